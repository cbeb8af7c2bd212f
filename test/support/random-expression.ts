// Random expressions that type-check: as trees, with negations pushed down as the checker does it,
// and as CEL text in each node's `text`. Every operator, function and kind of lookup comes up.

import type { Random } from '../../src/base/random.ts';
import type {
  ArithmeticOperator,
  CompareOperator,
  Expression,
  FunctionName,
  ValueType,
} from '../../src/domain/expression.ts';
import type { FeatureSpec } from '../../src/domain/plan.ts';
import type { LifeMaker } from './random-life.ts';
import { specOf } from './random-life.ts';
import { ALL_FIELDS, LISTS, POOLS, REGISTERS, numberOfField } from './random-world.ts';

/** A condition, and what holds exactly when it fails: where neither holds it is missing. */
export interface Condition {
  readonly text: string;
  readonly holds: Expression;
  readonly fails: Expression;
}

/** Makes a feature of this type and gives its index and text, or null where none may stand. */
export type FeatureMaker = (
  type: ValueType,
  depth: number,
) => { index: number; spec: FeatureSpec } | null;

const NO_PLACE = { file: 'random.yaml', line: 1, column: 1 };
const OPPOSITE: Readonly<Record<CompareOperator, CompareOperator>> = {
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '==': '!=',
  '!=': '==',
};
const OPERATORS: readonly CompareOperator[] = ['<', '<=', '>', '>=', '==', '!='];
const ORDERED: readonly ValueType[] = [
  'number',
  'money',
  'duration',
  'time',
  'date',
  'string',
  'version',
];
/** Numbers and money are compared most. */
const COMPARED: readonly ValueType[] = [...ORDERED, 'number', 'number', 'number', 'money', 'money'];
const ZONES = [undefined, undefined, 'UTC', 'Asia/Shanghai', 'America/New_York', 'Asia/Kathmandu'];

type Expr<Op extends Expression['op']> = Extract<Expression, { op: Op }>;

export function node(
  type: ValueType,
  text: string,
): { type: ValueType; text: string; at: typeof NO_PLACE } {
  return { type, text, at: NO_PLACE };
}

export class ExpressionMaker {
  readonly #random: Random;
  readonly #feature: FeatureMaker;
  readonly #takesTextOnly: boolean;
  readonly #life: LifeMaker | null;

  /**
   * @param takesTextOnly only what the rules' front end accepts as text
   * @param life where rules may read the life of a payment
   */
  constructor(
    random: Random,
    feature: FeatureMaker,
    takesTextOnly = false,
    life: LifeMaker | null = null,
  ) {
    this.#random = random;
    this.#feature = feature;
    this.#takesTextOnly = takesTextOnly;
    this.#life = life;
  }

  condition(depth: number): Condition {
    const random = this.#random;
    if (depth > 0 && random.chance(0.4)) return this.#junction(depth);
    if (depth > 0 && random.chance(0.15)) {
      const { text, holds, fails } = this.condition(depth - 1);
      return { text: `!(${text})`, holds: fails, fails: holds };
    }
    const kinds = [
      () => this.#compare(depth),
      () => this.#compare(depth),
      () => this.#compare(depth),
      () => this.#in(depth),
      () => this.#in(depth),
      () => this.#has(depth),
      () => this.#truth(depth),
      () => this.#call(depth),
      ...(depth > 0 ? [() => this.#choice(depth)] : []),
    ];
    return random.pick(kinds)();
  }

  /** The condition alone, its text at the top node. */
  when(depth: number): Expression {
    const { text, holds } = this.condition(depth);
    return { ...holds, text };
  }

  value(type: ValueType, depth: number): Expression {
    const random = this.#random;
    const life = this.#life !== null && random.chance(0.25) ? this.#life.value(type) : null;
    if (life !== null) return life;
    const isText = type === 'string';
    // In text rules a text feature stands only where #reading is asked for.
    const chance = isText ? (this.#takesTextOnly ? 0 : 0.08) : type === 'boolean' ? 0.08 : 0.35;
    if (random.chance(chance)) {
      const feature = this.#feature(type, depth);
      if (feature !== null) {
        return { ...node(type, feature.spec.key), op: 'feature', feature: feature.index };
      }
    }
    if (depth > 0 && random.chance(0.1)) {
      const test = this.condition(depth - 1);
      const [then, otherwise] = [this.value(type, depth - 1), this.value(type, depth - 1)];
      const text = `(${test.text} ? ${then.text} : ${otherwise.text})`;
      return chooseNode(type, text, test, then, otherwise);
    }
    if (type === 'string') return this.#string(depth);
    if (type === 'version')
      return this.#callOf('version', 'version', [this.value('string', depth - 1)]);
    if (type === 'boolean') return this.#boolean();
    return depth > 0 && random.chance(0.5) ? this.#calculated(type, depth) : this.#plain(type);
  }

  #junction(depth: number): Condition {
    const count = 2 + this.#random.below(2);
    const parts = Array.from({ length: count }, () => this.condition(depth - 1));
    const isAnd = this.#random.chance(0.5);
    const text = `(${parts.map((part) => part.text).join(isAnd ? ' && ' : ' || ')})`;
    const join = (op: 'and' | 'or', args: Expression[]): Expression => ({
      ...node('boolean', text),
      op,
      args,
    });
    return {
      text,
      holds: join(
        isAnd ? 'and' : 'or',
        parts.map((part) => part.holds),
      ),
      fails: join(
        isAnd ? 'or' : 'and',
        parts.map((part) => part.fails),
      ),
    };
  }

  #choice(depth: number): Condition {
    const [test, then, otherwise] = [0, 1, 2].map(() => this.condition(depth - 1));
    if (test === undefined || then === undefined || otherwise === undefined)
      throw new Error('three');
    const text = `(${test.text} ? ${then.text} : ${otherwise.text})`;
    const choose = (yes: Expression, no: Expression): Expression =>
      chooseNode('boolean', text, test, yes, no);
    return {
      text,
      holds: choose(then.holds, otherwise.holds),
      fails: choose(then.fails, otherwise.fails),
    };
  }

  #compare(depth: number): Condition {
    if (this.#life !== null && this.#random.chance(0.15)) return this.#compareClock(this.#life);
    const type = this.#random.pick(COMPARED);
    const isLast = type === 'string' && this.#random.chance(0.2);
    const left = isLast ? this.#reading(type, depth) : this.value(type, depth - 1);
    const right = this.#random.chance(0.6) ? this.#literalFor(left) : this.value(type, depth - 1);
    const operator = this.#random.pick(isLast ? (['==', '!='] as const) : OPERATORS);
    return this.#comparison(left, operator, right);
  }

  /** A clock stands on either side, and what it is compared with holds none. */
  #compareClock(life: LifeMaker): Condition {
    const clock = life.clock();
    const limit = this.#random.chance(0.8) ? this.#literal('duration') : this.#field('durationMs');
    const operator = this.#random.pick(OPERATORS);
    return this.#random.chance(0.7)
      ? this.#comparison(clock, operator, limit)
      : this.#comparison(limit, operator, clock);
  }

  #comparison(left: Expression, operator: CompareOperator, right: Expression): Condition {
    const text = `${left.text} ${operator} ${right.text}`;
    const compare = (op: CompareOperator): Expression => ({
      ...node('boolean', text),
      op: 'compare',
      operator: op,
      left,
      right,
    });
    return { text, holds: compare(operator), fails: compare(OPPOSITE[operator]) };
  }

  /** An atom whose negation is a `not` over it. */
  #atom(holds: Expression): Condition {
    return {
      text: holds.text,
      holds,
      fails: { ...node('boolean', `!(${holds.text})`), op: 'not', value: holds },
    };
  }

  #in(depth: number): Condition {
    const set = this.#random.pick(['list', 'register', 'literal'] as const);
    if (set === 'literal') {
      const key = this.value('string', depth - 1);
      const count = this.#random.pick([0, 1, 2, 3, 12]);
      const elements = Array.from(
        { length: this.#takesTextOnly ? Math.max(1, count) : count },
        () => this.#literalFor(key),
      );
      const text = `${key.text} in [${elements.map((element) => element.text).join(', ')}]`;
      return this.#atom({
        ...node('boolean', text),
        op: 'in',
        set,
        index: -1,
        key: [key],
        elements,
      });
    }
    const index = this.#random.below(set === 'list' ? LISTS.length : 3);
    const keyCount = set === 'list' ? 1 : (REGISTERS[index]?.keyColumns.length ?? 1);
    const key = this.#key(keyCount, depth);
    const name = (set === 'list' ? LISTS : REGISTERS)[index]?.name ?? '';
    const text = `${keyText(key)} in ${name}`;
    return this.#atom({ ...node('boolean', text), op: 'in', set, index, key, elements: [] });
  }

  #key(count: number, depth: number): Expression[] {
    if (count === 2 && this.#random.chance(0.6))
      return [this.#field('account'), this.#field('merchant')];
    return Array.from({ length: count }, () =>
      this.#random.chance(0.7)
        ? this.#field(this.#random.pick(['account', 'merchant', 'terminal', 'ip', 'card', 'city']))
        : this.value('string', depth - 1),
    );
  }

  #has(depth: number): Condition {
    const type = this.#random.pick([...ORDERED, 'boolean' as const]);
    const value = this.#takesTextOnly ? this.#reading(type, depth) : this.value(type, depth - 1);
    return this.#hasOf(value, `has(${value.text})`);
  }

  #hasOf(value: Expression, text: string): Condition {
    const has = (negated: boolean): Expression => ({
      ...node('boolean', text),
      op: 'has',
      value,
      negated,
    });
    return { text, holds: has(false), fails: has(true) };
  }

  /** A field, feature or cell: what surely is no literal. */
  #reading(type: ValueType, depth: number): Expression {
    const life = this.#life !== null && this.#random.chance(0.3) ? this.#life : null;
    if (life !== null) return life.value(type) ?? life.clock();
    const feature = this.#random.chance(0.5) ? this.#feature(type, depth) : null;
    if (feature === null) return this.#cell('string') ?? this.#field('ip');
    return { ...node(type, feature.spec.key), op: 'feature', feature: feature.index };
  }

  #truth(depth: number): Condition {
    if (this.#life !== null && this.#random.chance(0.2)) {
      const { conflict, state } = this.#life.conflict();
      const { text } = conflict;
      const [was, isThere] = [this.#hasOf(conflict, text), this.#hasOf(state, text)];
      // That there was none can be said only of a payment that is there.
      const args = [isThere.holds, was.fails];
      return { ...was, fails: { ...node('boolean', text), op: 'and', args } };
    }
    const value = this.value('boolean', depth - 1);
    const truth = (negated: boolean): Expression => ({
      ...node('boolean', value.text),
      op: 'truth',
      value,
      negated,
    });
    return { text: value.text, holds: truth(false), fails: truth(true) };
  }

  #call(depth: number): Condition {
    const random = this.#random;
    const name = random.pick([
      'startsWith',
      'endsWith',
      'contains',
      'matches',
      'luhn',
      'expired',
      'inMaintenance',
    ] as const);
    switch (name) {
      case 'matches': {
        const pattern = random.pick([
          '^Tea',
          'ea',
          'Caf.$',
          '(?i)tea house',
          '^$',
          '\\d+',
          '[茶馆]+',
          '.',
        ]);
        return this.#atom(
          this.#callOf('boolean', name, [this.value('string', depth - 1), this.#text(pattern)]),
        );
      }
      case 'luhn':
        return this.#atom(this.#callOf('boolean', name, [this.#some('card', depth)]));
      case 'expired':
        return this.#atom(
          this.#callOf('boolean', name, [this.#some('expiry', depth), this.#calendarTime()]),
        );
      case 'inMaintenance':
        return this.#atom(
          this.#callOf('boolean', name, [this.#some('terminal', depth)], {
            register: REGISTERS.length - 1,
          }),
        );
      default: {
        const part = random.chance(0.6)
          ? this.#text(random.pick(['', 'T', 'tea', '茶', ' ', '1', 'É', 'House']))
          : this.value('string', depth - 1);
        return this.#atom(this.#callOf('boolean', name, [this.value('string', depth - 1), part]));
      }
    }
  }

  /** Mostly the field itself. */
  #some(field: string, depth: number): Expression {
    return this.#random.chance(0.8) ? this.#field(field) : this.value('string', depth - 1);
  }

  #callOf(
    type: ValueType,
    name: FunctionName,
    args: readonly Expression[],
    more: { zone?: string; register?: number } = {},
  ): Expr<'call'> {
    const texts = args.map((arg) => arg.text);
    if (more.zone !== undefined) texts.push(JSON.stringify(more.zone));
    return { ...node(type, `${name}(${texts.join(', ')})`), op: 'call', name, args, ...more };
  }

  #field(name: string): Expr<'field'> {
    const field = numberOfField(name);
    const spec = ALL_FIELDS[field];
    const type: ValueType =
      spec?.type === 'money' ||
      spec?.type === 'time' ||
      spec?.type === 'duration' ||
      spec?.type === 'boolean'
        ? spec.type
        : spec?.type === 'string' || spec?.type === 'enum'
          ? 'string'
          : 'number';
    return { ...node(type, `tx.${name}`), op: 'field', field };
  }

  /** A cell of some register's column of this type. */
  #cell(type: ValueType): Expression | null {
    const found = REGISTERS.flatMap((register, index) =>
      register.columns.flatMap((spec, column) =>
        spec.type === type && register.keyColumns.length > 0
          ? [{ register, index, spec, column }]
          : [],
      ),
    );
    if (found.length === 0) return null;
    const { register, index, spec, column } = this.#random.pick(found);
    const key = this.#random.chance(0.8)
      ? register.keyColumns.map((name) => this.#field(name))
      : this.#key(register.keyColumns.length, 0);
    const text = `${register.name}[${keyText(key)}].${spec.name}`;
    return { ...node(type, text), op: 'cell', register: index, column, key };
  }

  #text(value: string): Expr<'string'> {
    return { ...node('string', JSON.stringify(value)), op: 'string', value };
  }

  #string(depth: number): Expression {
    const random = this.#random;
    if (depth > 0 && random.chance(0.15)) {
      return this.#callOf('string', random.pick(['lower', 'trim'] as const), [
        this.value('string', depth - 1),
      ]);
    }
    const cell = random.chance(0.2) ? this.#cell('string') : null;
    if (cell !== null) return cell;
    return this.#field(
      random.pick([...Object.keys(POOLS), 'kind', 'channel', 'walletStatus', 'fault', 'id']),
    );
  }

  #boolean(): Expression {
    return (this.#random.chance(0.5) ? this.#cell('boolean') : null) ?? this.#field('isKnown');
  }

  /** Of a field mostly one of its own values. */
  #literalFor(left: Expression): Expression {
    const spec = left.op === 'field' ? specOf(left.field) : undefined;
    const values = spec?.values ?? POOLS[spec?.name ?? ''];
    const isOther = spec?.type !== 'enum' && this.#random.chance(0.2);
    if (values === undefined || isOther) return this.#literal(left.type);
    return this.#text(this.#random.pick(values));
  }

  #literal(type: ValueType): Expression {
    const random = this.#random;
    const number = (value: number, text: string): Expression => ({
      ...node(type, text),
      op: 'number',
      value,
    });
    switch (type) {
      case 'string':
        return this.#text(random.pick(random.pick(Object.values(POOLS))));
      case 'version': {
        const text = random.pick(['3.2.10', '3.2', '3.2.0', '0', '03.2', '3.10.1']);
        return this.#callOf('version', 'version', [this.#text(text)]);
      }
      case 'money': {
        const minor = random.pick([0, 1, 50, 999, 1000, 5000, 123_456]);
        return number(minor, (minor / 100).toFixed(2));
      }
      case 'duration': {
        const seconds = random.pick([0, 1, 30, 60, 3600, 86_400]);
        return number(seconds * 1000, `duration("${seconds}s")`);
      }
      case 'time':
        return this.#field('time');
      case 'date':
        return this.#callOf('date', 'dateOf', [this.#field('time')]);
      default: {
        const value = random.pick([0, 0, 1, 2, 3, 0.25, 0.5, 100, 900, 1e6, -1]);
        return number(value, String(value));
      }
    }
  }

  /** A time that surely lies in the years 1 to 9999: beyond them calendars may differ. */
  #calendarTime(): Expression {
    const time = this.#plain('time');
    if (this.#random.chance(0.6)) return time;
    return this.#arithmetic('time', this.#random.pick(['+', '-']), time, this.#literal('duration'));
  }

  /** A field or a cell of a number-like type. */
  #plain(type: ValueType): Expression {
    const random = this.#random;
    const cell = random.chance(0.3) ? this.#cell(type) : null;
    if (cell !== null) return cell;
    switch (type) {
      case 'money':
        return this.#field(random.pick(['amount', 'amount', 'balance']));
      case 'duration':
        return this.#field('durationMs');
      case 'time':
        return this.#field('time');
      case 'date':
        return this.#callOf('date', 'dateOf', [this.#field('time')], zoneOf(random));
      default:
        return this.#random.chance(0.2)
          ? this.#literal('number')
          : this.#field(random.pick(['riskHint', 'riskHint', 'lat', 'lon']));
    }
  }

  #arithmetic(
    type: ValueType,
    operator: ArithmeticOperator,
    left: Expression,
    right: Expression,
  ): Expression {
    return {
      ...node(type, `(${left.text} ${operator} ${right.text})`),
      op: 'arithmetic',
      operator,
      left,
      right,
    };
  }

  #calculated(type: ValueType, depth: number): Expression {
    const random = this.#random;
    const of = (one: ValueType): Expression => this.value(one, depth - 1);
    if (type === 'date')
      return this.#callOf('date', 'dateOf', [this.#calendarTime()], zoneOf(random));
    if (type === 'time')
      return this.#arithmetic('time', random.pick(['+', '-']), of('time'), of('duration'));
    if (type === 'number' && random.chance(0.5)) return this.#numberCall(depth);
    if (type === 'duration' && random.chance(0.3))
      return this.#arithmetic(type, '-', of('time'), of('time'));
    const kinds: readonly (() => Expression)[] = [
      () => this.#arithmetic(type, random.pick(['+', '-']), of(type), of(type)),
      () => this.#arithmetic(type, '*', of('number'), of(type)),
      () => this.#arithmetic(type, '/', of(type), of('number')),
      () => this.#callOf(type, random.pick(['min', 'max'] as const), [of(type), of(type)]),
      () => this.#callOf(type, random.pick(['abs', 'round'] as const), [of(type)]),
      () => {
        const value = of(type);
        return { ...node(type, `-(${value.text})`), op: 'negate', value };
      },
      ...(type === 'number'
        ? [
            () => this.#remainder(of('number'), of('number')),
            () => this.#arithmetic(type, '/', of('money'), of('money')),
            () => this.#arithmetic(type, '/', of('number'), this.#literal('number')),
          ]
        : []),
    ];
    return random.pick(kinds)();
  }

  /**
   * Not of distances: they come of two formulas, and what is left of 2^53 / km says nothing when km differs
   * in its last digit.
   */
  #remainder(left: Expression, right: Expression): Expression {
    const isDistance = /km(?:Between|h)/i.test(left.text + right.text);
    return this.#arithmetic('number', isDistance ? '-' : '%', left, right);
  }

  #numberCall(depth: number): Expression {
    const random = this.#random;
    const of = (type: ValueType): Expression => this.value(type, depth - 1);
    switch (random.pick(['size', 'hourOf', 'dayOfWeekOf', 'kmBetween'] as const)) {
      case 'size':
        return this.#callOf('number', 'size', [of('string')]);
      case 'hourOf':
        return this.#callOf('number', 'hourOf', [this.#calendarTime()], zoneOf(random));
      case 'dayOfWeekOf':
        return this.#callOf('number', 'dayOfWeekOf', [this.#calendarTime()], zoneOf(random));
      default: {
        const there = this.#field('terminal');
        const part = (column: number, name: string): Expression => ({
          ...node('number', `terminals[tx.terminal].${name}`),
          op: 'cell',
          register: 1,
          column,
          key: [there],
        });
        return this.#callOf('number', 'kmBetween', [
          this.#field('lat'),
          this.#field('lon'),
          part(1, 'lat'),
          part(2, 'lon'),
        ]);
      }
    }
  }
}

function zoneOf(random: Random): { zone?: string } {
  const zone = random.pick(ZONES);
  return zone === undefined ? {} : { zone };
}

function keyText(key: readonly Expression[]): string {
  const texts = key.map((part) => part.text);
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** `test ? then : otherwise`. */
export function chooseNode(
  type: ValueType,
  text: string,
  test: Condition,
  then: Expression,
  otherwise: Expression,
): Expression {
  const tests = { test: test.holds, negatedTest: test.fails };
  // oxlint-disable-next-line unicorn/no-thenable -- the tree's own name for it; nobody awaits a tree
  return { ...node(type, text), op: 'choose', ...tests, then, otherwise };
}
