// Checked expression -> JavaScript text. The generated text is built of generated names and number
// literals only: strings of the file are hashes and places in the constant pool.
//
// Conditions are joined by `&` and `|`, not `&&` and `||`: all parts are pure and loaded already,
// so evaluating all of them costs less than mispredicted branches, and no branch exists that was
// never taken before the optimiser saw it (such a branch, taken at last, throws away the optimised
// loop). What is expensive (`matches`) is a call that gets a guard.
//
// The text sees: i32, f64 (row table), F, FI (features), row, b32 = row * stride / 4, b64 = row *
// stride / 8, rt (RuleRuntime), K (ConstantPool), and the constants of preamble().

import { assert, must } from '../../base/assert.ts';
import type { CompareOperator, Expression, FunctionName } from '../../domain/expression.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { STRING_FEATURE_TEXT_BYTES } from '../../domain/feature-layout.ts';
import { isStringType } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../runtime/constant-pool.ts';
import { negate } from './negate.ts';
import { Scope, intText, numberText } from './scope.ts';

/** Texts of a string value's parts. `offset` may add statements when it is first read. */
export interface StringText {
  readonly lo: string;
  readonly hi: string;
  /** >= 0: in the batch's bytes; < 0: ~position in the constant pool. */
  readonly offset: string;
  /** -1 = missing. Of text features the whole length, also where only the first bytes are kept. */
  readonly length: string;
  /** Length for text functions: also -1 where the whole text is not kept. */
  readonly textLength: string;
}

type CellOrIn = Extract<Expression, { op: 'cell' | 'in' }>;

/** Where lookups are made before the rules: gives the text of a lookup's result, else null. */
export type LookupSource = (e: CellOrIn) => string | null;

const STRING_CALLS: ReadonlySet<FunctionName> = new Set(['lower', 'trim', 'version']);
const LITERALS_IN_LINE = 8;

export function isText(e: Expression): boolean {
  return e.type === 'string' || e.type === 'version';
}

function callsMatches(e: Expression): boolean {
  switch (e.op) {
    case 'call':
      return e.name === 'matches' || e.args.some((arg) => callsMatches(arg));
    case 'and':
    case 'or':
      return e.args.some((arg) => callsMatches(arg));
    case 'not':
    case 'truth':
    case 'has':
    case 'negate':
      return callsMatches(e.value);
    case 'compare':
    case 'arithmetic':
      return callsMatches(e.left) || callsMatches(e.right);
    case 'choose':
      return [e.test, e.negatedTest, e.then, e.otherwise].some((part) => callsMatches(part));
    default:
      return false;
  }
}

export class Emitter {
  readonly #plan: Plan;
  readonly #layout: RowLayout;
  readonly #features: FeatureLayout | null;
  readonly #pool: ConstantPool;
  readonly #lookups: LookupSource | null;
  readonly #scope = new Scope();
  /** Text that is 0 where the value in hand is not needed; null = always needed. */
  #guard: string | null = null;

  /**
   * @param features null where expressions have no features (`where` and `value` of features)
   * @param lookups null: lookups are made in line
   */
  constructor(
    plan: Plan,
    layout: RowLayout,
    features: FeatureLayout | null,
    pool: ConstantPool,
    lookups: LookupSource | null = null,
  ) {
    this.#plan = plan;
    this.#layout = layout;
    this.#features = features;
    this.#pool = pool;
    this.#lookups = lookups;
  }

  /** Statements that the texts given out since the last call need before them. */
  takeStatements(): string[] {
    return this.#scope.takeStatements();
  }

  /** Statements of the function so far that go before its loop. */
  preamble(): string[] {
    return this.#scope.preamble();
  }

  /** Begins another function. */
  reset(): void {
    this.#scope.reset();
    this.#guard = null;
  }

  /** Runs `body` for a nested block of code: locals made in it are not used after it. */
  block<T>(body: () => T): T {
    return this.#scope.block(body);
  }

  /** Adds a statement of the caller's own after those so far. */
  statement(text: string): void {
    this.#scope.statement(text);
  }

  /** Int32 index of a text feature's bytes in the feature table. */
  featureTextWord(feature: number): string {
    return this.#scope.local(`(${this.#scope.local(this.#featureIndex(feature))} << 1) + 4`);
  }

  /** A local that holds `text`, shared by equal texts. */
  local(text: string): string {
    return this.#scope.local(text);
  }

  /** Temp slots of the function so far. */
  get tempSlotsUsed(): number {
    return this.#scope.tempSlotsUsed;
  }

  /** Most slots that one function takes, of TEMP_SLOT_BYTES in the batch's temp area. */
  get tempSlotCount(): number {
    return this.#scope.tempSlotCount;
  }

  /** Text that is true (or 1) where the condition holds, else false (or 0). */
  condition(e: Expression): string {
    switch (e.op) {
      case 'boolean':
        return e.value ? '1' : '0';
      case 'and':
      case 'or':
        return this.#junction(e.op, e.args);
      case 'compare':
        return this.#compare(e.operator, e.left, e.right);
      case 'in':
        return this.#membership(e, false);
      case 'has':
        return this.#has(e.value, e.negated);
      case 'truth':
        return this.#truth(e.value, e.negated);
      case 'not':
        return this.#not(e.value);
      case 'call':
        return `(${this.#booleanCall(e)} === 1)`;
      default:
        return `(${this.number(e)} === 1)`;
    }
  }

  /** Text of a double: NaN = missing; of a condition 1, 0 or NaN. */
  number(e: Expression): string {
    switch (e.op) {
      case 'number':
        return numberText(e.value);
      case 'boolean':
        return e.value ? '1' : '0';
      case 'field':
        return this.#numberField(e.field);
      case 'feature':
        return this.#scope.local(`F[${this.#featureIndex(e.feature)}]`);
      case 'cell':
        return this.#numberCell(e);
      case 'arithmetic':
        return this.#arithmetic(e);
      case 'negate':
        return this.#scope.local(`0 - ${this.number(e.value)}`);
      case 'choose':
        return this.#choose(e, this.number(e.then), this.number(e.otherwise), 'NaN');
      case 'call':
        return this.#numberCall(e);
      case 'string':
        throw new TypeError('a text literal is not a number');
      default: {
        const yes = this.#scope.local(this.condition(e));
        const no = this.#scope.local(this.condition(negate(e)));
        return this.#scope.local(`(${yes} ? 1 : ${no} ? 0 : NaN)`);
      }
    }
  }

  string(e: Expression): StringText {
    switch (e.op) {
      case 'string':
        return this.#stringLiteral(e.value);
      case 'field':
        return this.#stringField(e.field);
      case 'feature':
        return this.#stringFeature(e.feature);
      case 'cell':
        return this.#stringCell(e);
      case 'choose':
        return this.#stringChoose(e);
      case 'call':
        return this.#stringCall(e);
      default:
        throw new TypeError(`${e.op} is not a text`);
    }
  }

  /** Text of the row found: >= 0, -1 = absent, -2 = the key is missing. */
  lookup(e: CellOrIn): string {
    return this.#lookup(e);
  }

  #junction(op: 'and' | 'or', args: readonly Expression[]): string {
    if (args.length === 0) return op === 'and' ? '1' : '0';
    const cheap = args.filter((arg) => !callsMatches(arg));
    const costly = args.filter((arg) => callsMatches(arg));
    const joint = op === 'and' ? ' & ' : ' | ';
    let text = cheap.map((arg) => this.condition(arg)).join(joint);
    if (cheap.length > 1) text = `(${text})`;
    for (const arg of costly) {
      if (text === '') {
        text = this.condition(arg);
        continue;
      }
      const outer = this.#guard;
      const known = this.#scope.local(text);
      const needed = op === 'and' ? known : this.#scope.local(`(${known} ? 0 : 1)`);
      this.#guard = outer === null ? needed : this.#scope.local(`(${outer} & ${needed})`);
      text = `(${known}${joint}${this.condition(arg)})`;
      this.#guard = outer;
    }
    return this.#scope.local(text);
  }

  #compare(operator: CompareOperator, left: Expression, right: Expression): string {
    if (left.type === 'version' || right.type === 'version') {
      return this.#order(operator, this.#callTexts('compareVersions', [left, right]), '0');
    }
    if (!isText(left)) return this.#order(operator, this.number(left), this.number(right));
    if (operator === '==' || operator === '!=') return this.#equality(operator, left, right);
    return this.#order(operator, this.#callTexts('compareTexts', [left, right]), '0');
  }

  #order(operator: CompareOperator, left: string, right: string): string {
    // NaN differs from everything in JavaScript, but a missing value may not.
    if (operator === '!=') return `((${left} < ${right}) | (${left} > ${right}))`;
    return `(${left} ${operator === '==' ? '===' : operator} ${right})`;
  }

  #equality(operator: '==' | '!=', left: Expression, right: Expression): string {
    const a = this.string(left);
    const b = this.string(right);
    const present = [a, b]
      .filter((side) => !/^\d+$/.test(side.length))
      .map((side) => `(${side.length} >= 0)`);
    const differs = operator === '!=';
    const [sign, joint] = differs ? ['!==', ' | '] : ['===', ' & '];
    const same = `((${a.lo} ${sign} ${b.lo})${joint}(${a.hi} ${sign} ${b.hi}))`;
    return this.#scope.local([...present, same].join(' & '));
  }

  #has(value: Expression, negated: boolean): string {
    if (isText(value)) {
      const { length } = this.string(value);
      return `(${length} ${negated ? '<' : '>='} 0)`;
    }
    const text = this.#scope.local(this.number(value));
    return `(${text} ${negated ? '!==' : '==='} ${text})`;
  }

  #truth(value: Expression, negated: boolean): string {
    return `(${this.number(value)} === ${negated ? 0 : 1})`;
  }

  #not(value: Expression): string {
    if (value.op === 'in') return this.#membership(value, true);
    if (value.op === 'call') return `(${this.#booleanCall(value)} === 0)`;
    return this.condition(negate(value));
  }

  #membership(e: Extract<Expression, { op: 'in' }>, negated: boolean): string {
    if (e.set === 'literal') return this.#literalMembership(e, negated);
    const found = this.#lookup(e);
    return negated ? `(${found} === -1)` : `(${found} >= 0)`;
  }

  #literalMembership(e: Extract<Expression, { op: 'in' }>, negated: boolean): string {
    const key = must(e.key[0], 'key of in');
    const texts = e.elements.flatMap((element) => (element.op === 'string' ? [element.value] : []));
    if (key.type === 'string' && texts.length === e.elements.length) {
      if (texts.length > LITERALS_IN_LINE) {
        const table = this.#pool.literalTable(texts);
        const found = this.#find(table, [key]);
        return negated ? `(${found} === -1)` : `(${found} >= 0)`;
      }
    }
    const parts = e.elements.map((element) => this.#compare('==', key, element));
    const any = this.#scope.local(parts.length === 0 ? '0' : `(${parts.join(' | ')})`);
    return negated ? `(${this.#has(key, false)} & (${any} ? 0 : 1))` : any;
  }

  #lookup(e: CellOrIn): string {
    const early = this.#lookups?.(e) ?? null;
    if (early !== null) return this.#scope.local(early);
    const isList = e.op === 'in' && e.set === 'list';
    const index = e.op === 'in' ? e.index : e.register;
    return this.#find(
      isList ? this.#pool.listTable(index) : this.#pool.registerTable(index),
      e.key,
    );
  }

  #find(table: number, key: readonly Expression[]): string {
    const name = this.#scope.constant(`t${table}`, `K.tables[${table}]`);
    const parts = key.map((part) => {
      assert(isText(part), 'a key of a list or register is a text');
      return this.string(part);
    });
    const first = must(parts[0], 'key');
    if (parts.length === 1) {
      return this.#scope.local(`${name}.find(${first.lo}, ${first.hi}, ${first.length})`);
    }
    const words = parts.flatMap((part) => [part.lo, part.hi]);
    const length = this.#scope.local(parts.map((part) => part.length).join(' | '));
    return this.#scope.once(`${name} ${words.join(' ')} ${length}`, () => {
      words.forEach((word, i) => {
        this.#scope.statement(`${name}.parts[${i}] = ${word};`);
      });
      const row = this.#scope.fresh();
      this.#scope.statement(`const ${row} = ${name}.findComposite(${parts.length}, ${length});`);
      return row;
    });
  }

  #numberField(field: number): string {
    const spec = must(this.#layout.fields[field], 'field');
    assert(!isStringType(spec.type), `${spec.name} is a number`);
    assert(this.#layout.isRead[field] === 1, `${spec.name} is read by decode`);
    const slots = spec.type === 'money' ? this.#layout.moneySlots : this.#layout.slots;
    return this.#scope.local(`f64[b64 + ${(slots[field] as number) / 8}]`);
  }

  #stringField(field: number): StringText {
    const spec = must(this.#layout.fields[field], 'field');
    assert(isStringType(spec.type), `${spec.name} is a text`);
    assert(this.#layout.isRead[field] === 1, `${spec.name} is read by decode`);
    const at = (this.#layout.slots[field] as number) / 4;
    const scope = this.#scope;
    const load = (word: number): string => scope.local(`i32[b32 + ${at + word}]`);
    return {
      get lo() {
        return load(0);
      },
      get hi() {
        return load(1);
      },
      get offset() {
        return load(2);
      },
      get length() {
        return load(3);
      },
      get textLength() {
        return load(3);
      },
    };
  }

  #featureIndex(feature: number): string {
    const layout = this.#features;
    assert(layout !== null, 'features may not stand in where and value of features');
    const stride = must(layout.stride[feature], 'feature');
    return `${this.#scope.local(`row * ${stride}`)} + ${layout.base[feature]}`;
  }

  #stringFeature(feature: number): StringText {
    const scope = this.#scope;
    const at = scope.local(this.#featureIndex(feature));
    const raw = scope.local(`F[${at}]`);
    const length = scope.local(`(${raw} >= 0 ? ${raw} : -1)`);
    const kept = STRING_FEATURE_TEXT_BYTES;
    return {
      get lo() {
        return scope.local(`FI[(${at} << 1) + 2]`);
      },
      get hi() {
        return scope.local(`FI[(${at} << 1) + 3]`);
      },
      get offset() {
        return scope.once(`text of ${at}`, () =>
          scope.local(`rt.featureText((${at} << 1) + 4, ${length}, ${scope.tempSlot()})`),
        );
      },
      length,
      get textLength() {
        return scope.local(`(${length} > ${kept} ? -1 : ${length})`);
      },
    };
  }

  #stringLiteral(value: string): StringText {
    const constant = this.#pool.text(value);
    const length = intText(constant.length);
    return {
      lo: intText(constant.lo),
      hi: intText(constant.hi),
      offset: intText(constant.offset),
      length,
      textLength: length,
    };
  }

  #numberCell(e: Extract<Expression, { op: 'cell' }>): string {
    const { isText: isTextColumn, number } = this.#pool.column(e.register, e.column);
    assert(!isTextColumn, 'a number column');
    const name = this.#scope.constant(`n${number}`, `K.numberColumns[${number}]`);
    return this.#scope.local(`${name}[${this.#lookup(e)} + 2]`);
  }

  #stringCell(e: Extract<Expression, { op: 'cell' }>): StringText {
    const { isText: isTextColumn, number } = this.#pool.column(e.register, e.column);
    assert(isTextColumn, 'a text column');
    const scope = this.#scope;
    const name = scope.constant(`s${number}`, `K.textColumns[${number}]`);
    const at = scope.local(`(${this.#lookup(e)} + 2) << 2`);
    const load = (word: number): string => scope.local(`${name}[${at} + ${word}]`);
    const length = load(3);
    return { lo: load(0), hi: load(1), offset: load(2), length, textLength: length };
  }

  #arithmetic(e: Extract<Expression, { op: 'arithmetic' }>): string {
    const left = this.number(e.left);
    const right = this.number(e.right);
    if (e.operator !== '/') return this.#scope.local(`${left} ${e.operator} ${right}`);
    // Division by zero is missing, also of what is not zero.
    const divisor = this.#scope.local(right);
    return this.#scope.local(`${left} / (${divisor} === 0 ? NaN : ${divisor})`);
  }

  #choose(
    e: Extract<Expression, { op: 'choose' }>,
    then: string,
    otherwise: string,
    missing: string,
  ): string {
    const test = this.#scope.local(this.condition(e.test));
    const negated = this.#scope.local(this.condition(e.negatedTest));
    return this.#scope.local(`(${test} ? ${then} : ${negated} ? ${otherwise} : ${missing})`);
  }

  #stringChoose(e: Extract<Expression, { op: 'choose' }>): StringText {
    const a = this.string(e.then);
    const b = this.string(e.otherwise);
    const pick = (then: string, otherwise: string, missing: string): string =>
      this.#choose(e, then, otherwise, missing);
    return {
      lo: pick(a.lo, b.lo, '0'),
      hi: pick(a.hi, b.hi, '0'),
      get offset() {
        return pick(a.offset, b.offset, '0');
      },
      length: pick(a.length, b.length, '-1'),
      get textLength() {
        return pick(a.textLength, b.textLength, '-1');
      },
    };
  }

  #stringCall(e: Extract<Expression, { op: 'call' }>): StringText {
    assert(STRING_CALLS.has(e.name), `${e.name} gives a text`);
    const scope = this.#scope;
    const value = this.string(must(e.args[0], 'argument'));
    if (e.name === 'version') {
      const length = scope.local(`rt.versionLength(${value.offset}, ${value.textLength})`);
      return { lo: value.lo, hi: value.hi, offset: value.offset, length, textLength: length };
    }
    const call = `rt.${e.name}(${value.offset}, ${value.textLength}`;
    const length = scope.once(call, () => {
      const slot = e.name === 'lower' ? `, ${scope.tempSlot()}` : '';
      const name = scope.fresh();
      scope.constant('R', 'rt.out');
      scope.statement(`const ${name} = ${call}${slot});`);
      ['l', 'h', 'o'].forEach((part, i) => {
        scope.statement(`const ${name}${part} = R[${i}];`);
      });
      return name;
    });
    return {
      lo: `${length}l`,
      hi: `${length}h`,
      offset: `${length}o`,
      length,
      textLength: length,
    };
  }

  /** A call of rt whose arguments are texts, each as offset and length. */
  #callTexts(name: string, args: readonly Expression[], ...more: string[]): string {
    const texts = args.flatMap((arg) => {
      // Versions are checked by the helper that compares them.
      const inner = arg.op === 'call' && arg.name === 'version' ? arg.args[0] : arg;
      const text = this.string(must(inner, 'argument'));
      return [text.offset, text.textLength];
    });
    return this.#scope.local(`rt.${name}(${[...texts, ...more].join(', ')})`);
  }

  /** 1, 0 or -1 = missing. */
  #booleanCall(e: Extract<Expression, { op: 'call' }>): string {
    switch (e.name) {
      case 'startsWith':
      case 'endsWith':
      case 'contains':
      case 'luhn':
        return this.#callTexts(e.name, e.args);
      case 'matches':
        return this.#matches(e);
      case 'expired':
        return this.#callTexts(
          'expired',
          e.args.slice(0, 1),
          this.number(must(e.args[1], 'time of expired')),
        );
      case 'inMaintenance': {
        const scope = this.string(must(e.args[0], 'scope of inMaintenance'));
        const register = this.#pool.maintenanceOf(must(e.register, 'register of inMaintenance'));
        const time = this.#scope.local(`f64[b64 + ${ROW.timeMs / 8}]`);
        const args = [register, scope.lo, scope.hi, scope.length, time];
        return this.#scope.local(`rt.inMaintenance(${args.join(', ')})`);
      }
      default:
        throw new TypeError(`${e.name} is not a condition`);
    }
  }

  #matches(e: Extract<Expression, { op: 'call' }>): string {
    const [value, source] = e.args;
    assert(source?.op === 'string', 'the pattern of matches is a literal');
    const text = this.string(must(value, 'argument of matches'));
    const args = [
      this.#guard ?? '1',
      this.#pool.pattern(source.value),
      text.lo,
      text.hi,
      text.offset,
      text.textLength,
    ];
    return this.#scope.local(`rt.matches(${args.join(', ')})`);
  }

  #numberCall(e: Extract<Expression, { op: 'call' }>): string {
    const numbers = (): string => e.args.map((arg) => this.number(arg)).join(', ');
    switch (e.name) {
      case 'size':
        return this.#callTexts('size', e.args);
      case 'min':
      case 'max':
      case 'abs':
        return this.#scope.local(`Math.${e.name}(${numbers()})`);
      case 'round':
        return this.#scope.local(`rt.round(${numbers()})`);
      case 'kmBetween':
        return this.#scope.local(`rt.km(${numbers()})`);
      case 'hourOf':
        return this.#scope.local(`${this.#calendar(e.zone)}.hour(${numbers()})`);
      case 'dayOfWeekOf':
        return this.#scope.local(`${this.#calendar(e.zone)}.isoWeekday(${numbers()})`);
      case 'dateOf':
        return this.#scope.local(`${this.#calendar(e.zone)}.dateNumber(${numbers()})`);
      default: {
        const answer = this.#booleanCall(e);
        return this.#scope.local(`(${answer} < 0 ? NaN : ${answer})`);
      }
    }
  }

  #calendar(zone: string | undefined): string {
    const number = this.#pool.calendar(zone ?? this.#plan.timezone);
    return this.#scope.constant(`z${number}`, `K.calendars[${number}]`);
  }
}
