// Checked expression -> JavaScript text. The generated text is built of generated names and number
// literals only: strings of the file are hashes and places in the constant pool.
//
// Conditions are joined by `&` and `|`, not `&&` and `||`: all parts are pure and loaded already,
// so evaluating all of them costs less than mispredicted branches, and no branch exists that was
// never taken before the optimiser saw it (such a branch, taken at last, throws away the optimised
// loop). What is expensive (`matches`, a lookup in line) is a call that gets a guard.
//
// The text sees: i32, f64 (row table), F, FI (features), row, b32 = row * stride / 4, b64 = row *
// stride / 8, rt (RuleRuntime), K (ConstantPool), and the constants of preamble().

import { assert, must } from '../../base/assert.ts';
import type { CompareOperator, Expression } from '../../domain/expression.ts';
import { someNode } from '../../domain/expression-tree.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../runtime/constant-pool.ts';
import { Calls, isCostlyCall } from './calls.ts';
import type { StringText } from './loads.ts';
import { Loads } from './loads.ts';
import { negate } from './negate.ts';
import { Scope, intText, numberText } from './scope.ts';

type CellOrIn = Extract<Expression, { op: 'cell' | 'in' }>;

/** Where lookups are made before the rules: gives the text of a lookup's result, else null. */
export type LookupSource = (e: CellOrIn) => string | null;

const LITERALS_IN_LINE = 8;

/** Operators of the language and of JavaScript; what is not here does not become code. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['==', '==='],
  ['+', '+'],
  ['-', '-'],
  ['*', '*'],
  ['%', '%'],
]);

export function isText(e: Expression): boolean {
  return e.type === 'string' || e.type === 'version';
}

export class Emitter {
  readonly #pool: ConstantPool;
  readonly #lookups: LookupSource | null;
  readonly #scope = new Scope();
  readonly #loads: Loads;
  readonly #calls: Calls;
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
    assert(pool.plan === plan, 'the pool is of this plan');
    this.#pool = pool;
    this.#lookups = lookups;
    this.#loads = new Loads(layout, features, this.#scope);
    this.#calls = new Calls(this.#scope, pool, this);
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
    return this.#loads.featureTextWord(feature);
  }

  /** A local that holds `text`, shared by equal texts. */
  local(text: string): string {
    return this.#scope.local(text);
  }

  /** Text that is 0 where the value in hand is not needed; null = it always is. */
  get guard(): string | null {
    return this.#guard;
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
    return this.#scope.memo(`condition ${this.#guard}`, e, () => this.#condition(e));
  }

  /** Text of a double: NaN = missing; of a condition 1, 0 or NaN. */
  number(e: Expression): string {
    return this.#scope.memo(`number ${this.#guard}`, e, () => this.#number(e));
  }

  #condition(e: Expression): string {
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
        return `(${this.#calls.booleanCall(e)} === 1)`;
      default:
        return `(${this.number(e)} === 1)`;
    }
  }

  #number(e: Expression): string {
    switch (e.op) {
      case 'number':
        return numberText(e.value);
      case 'boolean':
        return e.value ? '1' : '0';
      case 'field':
        return this.#loads.numberField(e.field);
      case 'feature':
        return this.#loads.numberFeature(e.feature);
      case 'cell':
        return this.#numberCell(e);
      case 'arithmetic':
        return this.#arithmetic(e);
      case 'negate':
        return this.#scope.local(`0 - ${this.number(e.value)}`);
      case 'choose':
        return this.#choose(e, this.number(e.then), this.number(e.otherwise), 'NaN');
      case 'call':
        return this.#calls.numberCall(e);
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
        return this.#loads.stringField(e.field);
      case 'feature':
        return this.#loads.stringFeature(e.feature);
      case 'cell':
        return this.#stringCell(e);
      case 'choose':
        return this.#stringChoose(e);
      case 'call':
        return this.#calls.stringCall(e);
      default:
        throw new TypeError(`${e.op} is not a text`);
    }
  }

  /** Text of the row found: >= 0, -1 = absent, -2 = the key is missing. */
  lookup(e: CellOrIn): string {
    return this.#lookup(e);
  }

  /** It calls what takes long, or looks up in line: in a table that is not in the caches. */
  #isCostly(e: Expression): boolean {
    const isLookup = (node: Expression): boolean =>
      node.op === 'cell' || (node.op === 'in' && node.set !== 'literal');
    return someNode(e, (node) => isCostlyCall(node) || (this.#lookups === null && isLookup(node)));
  }

  #junction(op: 'and' | 'or', args: readonly Expression[]): string {
    if (args.length === 0) return op === 'and' ? '1' : '0';
    const cheap = args.filter((arg) => !this.#isCostly(arg));
    const costly = args.filter((arg) => this.#isCostly(arg));
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
      return this.#order(operator, this.#calls.callTexts('compareVersions', [left, right]), '0');
    }
    if (!isText(left)) return this.#order(operator, this.number(left), this.number(right));
    if (operator === '==' || operator === '!=') return this.#equality(operator, left, right);
    return this.#order(operator, this.#calls.callTexts('compareTexts', [left, right]), '0');
  }

  #order(operator: CompareOperator, left: string, right: string): string {
    // NaN differs from everything in JavaScript, but a missing value may not.
    if (operator === '!=') return `((${left} < ${right}) | (${left} > ${right}))`;
    return `(${left} ${must(OPERATORS.get(operator), 'operator')} ${right})`;
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
      const length = this.#presentLength(value);
      return `(${length} ${negated ? '<' : '>='} 0)`;
    }
    const text = this.#scope.local(this.number(value));
    return `(${text} ${negated ? '!==' : '==='} ${text})`;
  }

  /** Length of a text; -1 also of a malformed version. */
  #presentLength(e: Expression): string {
    const text = this.string(e);
    if (e.type !== 'version' || e.op === 'call') return text.length;
    return this.#scope.local(`rt.versionLength(${text.offset}, ${text.textLength})`);
  }

  #truth(value: Expression, negated: boolean): string {
    return `(${this.number(value)} === ${negated ? 0 : 1})`;
  }

  #not(value: Expression): string {
    if (value.op === 'in') return this.#membership(value, true);
    if (value.op === 'call') return `(${this.#calls.booleanCall(value)} === 0)`;
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
    return this.#find(this.#pool.tableOf(e), e.key);
  }

  #find(table: number, key: readonly Expression[]): string {
    const name = this.#scope.constant(`t${table}`, `K.tables[${table}]`);
    const parts = key.map((part) => {
      assert(isText(part), 'a key of a list or register is a text');
      return this.string(part);
    });
    const first = must(parts[0], 'key');
    // A key that is missing is not looked for.
    const guarded = (length: string): string =>
      this.#guard === null ? length : this.#scope.local(`(${this.#guard} ? ${length} : -1)`);
    if (parts.length === 1) {
      const length = guarded(first.length);
      return this.#scope.local(`${name}.find(${first.lo}, ${first.hi}, ${length})`);
    }
    const words = parts.flatMap((part) => [part.lo, part.hi]);
    const length = guarded(this.#scope.local(parts.map((part) => part.length).join(' | ')));
    return this.#scope.once(`${name} ${words.join(' ')} ${length}`, () => {
      words.forEach((word, i) => {
        this.#scope.statement(`${name}.parts[${i}] = ${word};`);
      });
      const row = this.#scope.fresh();
      this.#scope.statement(`const ${row} = ${name}.findComposite(${parts.length}, ${length});`);
      return row;
    });
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
    if (e.operator !== '/') {
      return this.#scope.local(`${left} ${must(OPERATORS.get(e.operator), 'operator')} ${right}`);
    }
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
}
