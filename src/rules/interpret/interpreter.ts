// The interpreter: the value of a checked expression over one row of JavaScript values, by walking
// the tree. It is the oracle of the compiler and what explain shows, so it is slow, plain and
// independent of the compiled runtime (JS strings, Maps, Intl, RE2JS).
//
// Missing is undefined, everywhere and only: NaN never leaves a node. A condition has three values,
// true, false and missing; a rule holds where it is true. `and` and `or` are Kleene's: since
// negations stand at the atoms only, "missing is never true" makes no difference between missing
// and false at the top, but a boolean that is compared or chosen keeps the difference.

import { RE2JS } from 're2js';
import { assert, must } from '../../base/assert.ts';
import type { Expression } from '../../domain/expression.ts';
import type { FieldSpec } from '../../domain/fields.ts';
import type { Plan, RegisterData } from '../../domain/plan.ts';
import { planFields } from '../../domain/plan.ts';
import { textAt, textsOf } from '../../domain/text-column.ts';
import * as fn from './functions.ts';
import { maintenanceWindows } from './maintenance-windows.ts';
import type { Value } from './operators.ts';
import { CALCULATE, HOLDS, callSimple, numberOf, order, textOf } from './operators.ts';

export type { Value } from './operators.ts';

export interface RowView {
  /** Value of a field by number; money already in the plan's currency. */
  field(number: number): Value;
  /** Value of plan.features[index]; a boolean one as 0 or 1. */
  feature(index: number): number | string | undefined;
}

/** A plan with its lists and registers as Sets and Maps. Caches inside fill as it is used. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly fields: readonly FieldSpec[];
  readonly lists: readonly ReadonlySet<string>[];
  /** Row of a register by its key, see keyText. */
  readonly registers: readonly ReadonlyMap<string, number>[];
  readonly patterns: Map<string, RE2JS>;
  readonly zones: Map<string, Intl.DateTimeFormat>;
}

type Node<Op extends Expression['op']> = Extract<Expression, { op: Op }>;
/** Told each node's value, children before parents. */
type Note = (e: Expression, value: Value) => void;

export function prepare(plan: Plan): PreparedPlan {
  return {
    plan,
    fields: planFields(plan),
    lists: plan.lists.map((list) => new Set(textsOf(list.values).map(String))),
    registers: plan.registers.map(rowsByKey),
    patterns: new Map(),
    zones: new Map(),
  };
}

function rowsByKey({ rowCount, keys }: RegisterData): Map<string, number> {
  const keyOf = (row: number): string => keyText(keys.map((part) => textAt(part, row) ?? ''));
  return new Map(Array.from({ length: rowCount }, (_, row) => [keyOf(row), row]));
}

export function evaluate(e: Expression, row: RowView, plan: PreparedPlan): Value {
  return new Walk(row, plan, undefined).value(e);
}

export interface TracedNode {
  readonly expression: Expression;
  readonly value: Value;
}

/** Every node that was evaluated with its value, children before parents, the whole last. */
export function trace(e: Expression, row: RowView, plan: PreparedPlan): TracedNode[] {
  const nodes: TracedNode[] = [];
  new Walk(row, plan, (expression, value) => nodes.push({ expression, value })).value(e);
  return nodes;
}

/** Calendar of a zone, undefined = the plan's own. */
export function zoneFormat(plan: PreparedPlan, zone: string | undefined): Intl.DateTimeFormat {
  const name = zone ?? plan.plan.timezone;
  const known = plan.zones.get(name);
  if (known !== undefined) return known;
  const made = fn.makeZoneFormat(name);
  plan.zones.set(name, made);
  return made;
}

function keyText(parts: readonly (number | string | boolean)[]): string {
  return JSON.stringify(parts.map(String));
}

class Walk {
  readonly #row: RowView;
  readonly #plan: PreparedPlan;
  readonly #note: Note | undefined;

  constructor(row: RowView, plan: PreparedPlan, note: Note | undefined) {
    this.#row = row;
    this.#plan = plan;
    this.#note = note;
  }

  value(e: Expression): Value {
    const raw = this.#raw(e);
    const isNotANumber = typeof raw === 'number' && Number.isNaN(raw);
    const isNoVersion =
      e.type === 'version' && typeof raw === 'string' && fn.versionParts(raw) === undefined;
    const value = isNotANumber || isNoVersion ? undefined : raw;
    this.#note?.(e, value);
    return value;
  }

  #raw(e: Expression): Value {
    switch (e.op) {
      case 'number':
      case 'string':
      case 'boolean':
        return e.value;
      case 'field':
        return this.#row.field(e.field);
      case 'feature':
        return this.#feature(e);
      case 'cell':
        return this.#cell(e);
      case 'in':
        return this.#in(e);
      case 'has':
        return (this.value(e.value) !== undefined) !== e.negated;
      case 'compare':
        return this.#compare(e);
      case 'truth':
        return this.#truth(this.value(e.value), e.negated);
      case 'not':
        return this.#truth(this.value(e.value), true);
      case 'and':
      case 'or':
        return this.#junction(e);
      case 'arithmetic':
        return this.#arithmetic(e);
      case 'negate': {
        const value = this.value(e.value);
        return value === undefined ? undefined : -numberOf(value);
      }
      case 'choose':
        if (this.value(e.test) === true) return this.value(e.then);
        if (this.value(e.negatedTest) === true) return this.value(e.otherwise);
        return undefined;
      default:
        return this.#call(e);
    }
  }

  #feature(e: Node<'feature'>): Value {
    const value = this.#row.feature(e.feature);
    return e.type === 'boolean' && value !== undefined ? value === 1 : value;
  }

  #truth(value: Value, negated: boolean): Value {
    if (value === undefined) return undefined;
    assert(typeof value === 'boolean', 'a condition is a boolean');
    return value !== negated;
  }

  #junction(e: Node<'and' | 'or'>): Value {
    const decisive = e.op === 'or';
    const values = e.args.map((arg) => this.value(arg));
    if (values.includes(decisive)) return decisive;
    return values.includes(undefined) ? undefined : !decisive;
  }

  /** All of them, or undefined when one is missing. */
  #all(parts: readonly Expression[]): (number | string | boolean)[] | undefined {
    const values = parts.map((part) => this.value(part));
    const present = values.filter((value) => value !== undefined);
    return present.length === values.length ? present : undefined;
  }

  #cell(e: Node<'cell'>): Value {
    const key = this.#all(e.key);
    if (key === undefined) return undefined;
    const row = must(this.#plan.registers[e.register], 'register').get(keyText(key));
    if (row === undefined) return undefined;
    const register = must(this.#plan.plan.registers[e.register], 'register');
    const column = must(register.columns[e.column], 'column');
    if (column.texts !== null) return textAt(column.texts, row) ?? undefined;
    const number = must(column.numbers, 'numbers of a column')[row];
    if (number === undefined || Number.isNaN(number)) return undefined;
    return column.type === 'boolean' ? number === 1 : number;
  }

  #in(e: Node<'in'>): Value {
    const key = this.#all(e.key);
    if (key === undefined) return undefined;
    if (e.set === 'list') return must(this.#plan.lists[e.index], 'list').has(String(key[0]));
    if (e.set === 'register') {
      return must(this.#plan.registers[e.index], 'register').has(keyText(key));
    }
    const isVersion = e.key[0]?.type === 'version';
    return e.elements.some((element) => {
      const value = this.value(element);
      return value !== undefined && order(must(key[0], 'key'), value, isVersion) === 0;
    });
  }

  #compare(e: Node<'compare'>): Value {
    const left = this.value(e.left);
    const right = this.value(e.right);
    if (left === undefined || right === undefined) return undefined;
    const sign = order(left, right, e.left.type === 'version' || e.right.type === 'version');
    if (sign === undefined) return undefined;
    return HOLDS[e.operator](sign);
  }

  #arithmetic(e: Node<'arithmetic'>): Value {
    const left = this.value(e.left);
    const right = this.value(e.right);
    if (left === undefined || right === undefined) return undefined;
    return CALCULATE[e.operator](numberOf(left), numberOf(right));
  }

  #call(e: Node<'call'>): Value {
    const args = this.#all(e.args);
    if (args === undefined) return undefined;
    const text = (i: number): string => textOf(must(args[i], `argument ${i} of ${e.name}`));
    const number = (i: number): number => numberOf(must(args[i], `argument ${i} of ${e.name}`));
    const simple = callSimple(e.name, text, number, args.length);
    if (simple !== null) return simple;
    switch (e.name) {
      case 'matches':
        return this.#pattern(text(1)).matcher(text(0)).find();
      case 'hourOf':
        return this.#local(number(0), e.zone)?.hour;
      case 'dayOfWeekOf': {
        const local = this.#local(number(0), e.zone);
        return local === undefined ? undefined : fn.isoWeekday(local);
      }
      case 'dateOf': {
        const local = this.#local(number(0), e.zone);
        return local === undefined ? undefined : fn.dateNumber(local);
      }
      case 'expired':
        return fn.expired(text(0), number(1), this.#zone(undefined));
      default:
        assert(e.name === 'inMaintenance', `unknown function ${e.name}`);
        return this.#inMaintenance(
          text(0),
          must(e.register, 'register of inMaintenance'),
          e.timeField,
        );
    }
  }

  #pattern(source: string): RE2JS {
    const known = this.#plan.patterns.get(source);
    if (known !== undefined) return known;
    const made = RE2JS.compile(source);
    this.#plan.patterns.set(source, made);
    return made;
  }

  #zone(zone: string | undefined): Intl.DateTimeFormat {
    return zoneFormat(this.#plan, zone);
  }

  #local(timeMs: number, zone: string | undefined): fn.LocalTime | undefined {
    return fn.localTime(timeMs, this.#zone(zone));
  }

  #inMaintenance(scope: string, registerIndex: number, timeField: number | undefined): Value {
    const timeNumber = timeField ?? this.#plan.fields.findIndex((spec) => spec.name === 'time');
    const time = this.#row.field(timeNumber);
    if (time === undefined) return undefined;
    const at = numberOf(time);
    return maintenanceWindows(must(this.#plan.plan.registers[registerIndex], 'register')).some(
      (window) => [scope, '*', ''].includes(window.scope) && window.from <= at && at < window.to,
    );
  }
}
