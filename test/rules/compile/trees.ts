// Builders of checked expression trees, plans and row tables, for tests of the compiler.

import { DEFAULT_HASH_KEY, hashString } from '../../../src/base/hash.ts';
import type {
  ArithmeticOperator,
  CompareOperator,
  Expression,
  FunctionName,
  ValueType,
} from '../../../src/domain/expression.ts';
import type { FeatureLayout } from '../../../src/domain/feature-layout.ts';
import {
  STRING_FEATURE_TEXT_BYTES,
  makeFeatureLayout,
} from '../../../src/domain/feature-layout.ts';
import type { FieldSpec } from '../../../src/domain/fields.ts';
import { TRANSACTION_FIELDS, isStringType } from '../../../src/domain/fields.ts';
import type { FeatureSpec, Plan, RulePlan } from '../../../src/domain/plan.ts';
import { DEFAULT_LIFE } from '../../../src/domain/plan.ts';
import { REASONS } from '../../../src/domain/reasons.ts';
import type { RowLayout } from '../../../src/domain/row-layout.ts';
import { ROW, ROW_FLAG, makeRowLayout } from '../../../src/domain/row-layout.ts';
import type { RowTable, Verdict } from '../../../src/domain/verdict.ts';
import { makeVerdict } from '../../../src/rules/compile/deciding.ts';
import { Emitter } from '../../../src/rules/compile/emit.ts';
import { compileRowFunction } from '../../../src/rules/compile/row-function.ts';
import type { RulesProgram } from '../../../src/rules/compile/rules-program.ts';
import { compileRules } from '../../../src/rules/compile/rules-program.ts';
import { ConstantPool } from '../../../src/rules/runtime/constant-pool.ts';
import {
  RuleRuntime,
  TEMP_SLOTS_MAX,
  TEMP_SLOT_BYTES,
} from '../../../src/rules/runtime/rule-runtime.ts';

const at = { file: 'rules.yaml', line: 1, column: 1 };

export const EXTRA_FIELDS: readonly FieldSpec[] = [
  { name: 'x', type: 'number', bytesMax: 0, neededBy: [], meaning: '' },
  { name: 'y', type: 'number', bytesMax: 0, neededBy: [], meaning: '' },
  { name: 'flag', type: 'boolean', bytesMax: 0, neededBy: [], meaning: '' },
];
const FIELDS = [...TRANSACTION_FIELDS, ...EXTRA_FIELDS];

const TYPE_OF: Partial<Record<FieldSpec['type'], ValueType>> = {
  string: 'string',
  enum: 'string',
  money: 'money',
  time: 'time',
  duration: 'duration',
  boolean: 'boolean',
};

export function tx(name: string): Expression {
  const field = FIELDS.findIndex((spec) => spec.name === name);
  const type = TYPE_OF[FIELDS[field]?.type ?? 'number'] ?? 'number';
  return { op: 'field', field, type, text: `tx.${name}`, at };
}

export function num(value: number, type: ValueType = 'number'): Expression {
  return { op: 'number', value, type, text: String(value), at };
}

export function str(value: string, type: ValueType = 'string'): Expression {
  return { op: 'string', value, type, text: JSON.stringify(value), at };
}

export function bool(value: boolean): Expression {
  return { op: 'boolean', value, type: 'boolean', text: String(value), at };
}

export function compare(
  left: Expression,
  operator: CompareOperator,
  right: Expression,
): Expression {
  const text = `${left.text} ${operator} ${right.text}`;
  return { op: 'compare', operator, left, right, type: 'boolean', text, at };
}

export function arithmetic(
  left: Expression,
  operator: ArithmeticOperator,
  right: Expression,
): Expression {
  const text = `${left.text} ${operator} ${right.text}`;
  return { op: 'arithmetic', operator, left, right, type: left.type, text, at };
}

export function minus(value: Expression): Expression {
  return { op: 'negate', value, type: value.type, text: `-${value.text}`, at };
}

export function and(...args: Expression[]): Expression {
  return { op: 'and', args, type: 'boolean', text: 'and', at };
}

export function or(...args: Expression[]): Expression {
  return { op: 'or', args, type: 'boolean', text: 'or', at };
}

export function not(value: Expression): Expression {
  return { op: 'not', value, type: 'boolean', text: `!${value.text}`, at };
}

export function has(value: Expression, negated = false): Expression {
  return { op: 'has', value, negated, type: 'boolean', text: `has(${value.text})`, at };
}

export function truth(value: Expression, negated = false): Expression {
  return { op: 'truth', value, negated, type: 'boolean', text: value.text, at };
}

export function choose(
  test: Expression,
  negatedTest: Expression,
  then: Expression,
  otherwise: Expression,
): Expression {
  // oxlint-disable-next-line unicorn/no-thenable -- the plan's name for a branch
  return { op: 'choose', test, negatedTest, then, otherwise, type: then.type, text: 'choose', at };
}

export function inList(index: number, ...key: Expression[]): Expression {
  return { op: 'in', set: 'list', index, key, elements: [], type: 'boolean', text: 'in', at };
}

export function inRegister(index: number, ...key: Expression[]): Expression {
  return { op: 'in', set: 'register', index, key, elements: [], type: 'boolean', text: 'in', at };
}

export function inLiteral(key: Expression, ...elements: Expression[]): Expression {
  return {
    op: 'in',
    set: 'literal',
    index: 0,
    key: [key],
    elements,
    type: 'boolean',
    text: 'in',
    at,
  };
}

export function cell(
  register: number,
  column: number,
  type: ValueType,
  ...key: Expression[]
): Expression {
  return { op: 'cell', register, column, key, type, text: `r${register}.c${column}`, at };
}

export function feature(index: number, type: ValueType = 'number'): Expression {
  return { op: 'feature', feature: index, type, text: `feature${index}`, at };
}

const CALL_TYPES: Partial<Record<FunctionName, ValueType>> = {
  startsWith: 'boolean',
  endsWith: 'boolean',
  contains: 'boolean',
  matches: 'boolean',
  luhn: 'boolean',
  expired: 'boolean',
  inMaintenance: 'boolean',
  lower: 'string',
  trim: 'string',
  version: 'version',
};

export function call(name: FunctionName, ...args: Expression[]): Expression {
  const text = `${name}(${args.map((arg) => arg.text).join(', ')})`;
  return { op: 'call', name, args, type: CALL_TYPES[name] ?? 'number', text, at };
}

export function callWith(
  more: { zone?: string; register?: number },
  name: FunctionName,
  ...args: Expression[]
): Expression {
  return { ...call(name, ...args), ...more };
}

export function numberFeature(name: string): FeatureSpec {
  return featureOf(name, 'number');
}

export function featureOf(
  name: string,
  type: ValueType,
  value: Expression | null = null,
): FeatureSpec {
  return {
    entity: 0,
    fn: type === 'string' ? 'last' : 'count',
    window: null,
    prior: false,
    where: null,
    whereOf: null,
    value,
    decidedOnly: true,
    isInteger: true,
    type,
    key: name,
  };
}

export function rule(id: string, when: Expression, more: Partial<RulePlan> = {}): RulePlan {
  return {
    id,
    trigger: null,
    description: null,
    when,
    mode: 'live',
    outcome: 'hold',
    reason: 0,
    score: null,
    isLife: false,
    hold: null,
    at,
    ...more,
  };
}

export function planOf(more: Partial<Plan>): Plan {
  return {
    life: DEFAULT_LIFE,
    ruleset: 'test',
    version: null,
    description: null,
    hash: '0'.repeat(32),
    currency: null,
    rates: [],
    timezone: 'UTC',
    extraFields: EXTRA_FIELDS,
    fieldsRead: [],
    entities: [{ name: 'account', keyFields: [3] }],
    features: [],
    lists: [],
    registers: [],
    reasons: REASONS,
    rules: [],
    exempt: [],
    score: { hold: null, reverse: null },
    invalid: { outcome: 'hold' },
    time: { latenessMs: 300_000, aheadMaxMs: 3_600_000, scanMax: 4096 },
    keepMs: 7_776_000_000,
    limits: { rowsPerEntity: 1e6, entities: 1024, pending: 1024 },
    repeats: { forMs: 86_400_000, ids: 1024 },
    tests: [],
    ...more,
  };
}

export type Value = string | number | boolean;
/** Fields by name, features by `#index`; `flags` sets the row's flags. */
export type Row = Readonly<Record<string, Value>>;

export interface Bench {
  readonly plan: Plan;
  readonly layout: RowLayout;
  readonly features: FeatureLayout;
  readonly pool: ConstantPool;
  readonly runtime: RuleRuntime;
  readonly table: RowTable;
  readonly F: Float64Array;
  readonly FI: Int32Array;
}

const TEXT_BYTES = 1 << 20;

/** A table that holds the rows, and what expressions over it are compiled with. */
export function benchOf(more: Partial<Plan>, rows: readonly Row[], separate = false): Bench {
  const plan = planOf(more);
  const layout = makeRowLayout(
    plan.extraFields,
    new Set(FIELDS.map((spec) => spec.name)),
    plan.currency !== null,
  );
  const features = makeFeatureLayout(plan.features, plan.entities.length, rows.length, separate);
  const pool = new ConstantPool(plan, DEFAULT_HASH_KEY);
  const runtime = new RuleRuntime(pool, TEXT_BYTES);
  const buffer = new SharedArrayBuffer(layout.strideBytes * rows.length);
  const bytes = new Uint8Array(
    new SharedArrayBuffer(TEXT_BYTES + TEMP_SLOTS_MAX * TEMP_SLOT_BYTES),
  );
  const table: RowTable = {
    i32: new Int32Array(buffer),
    f64: new Float64Array(buffer),
    bytes,
    view: new DataView(bytes.buffer),
  };
  const F = new Float64Array(new SharedArrayBuffer(features.length * 8)).fill(NaN);
  const bench = { plan, layout, features, pool, runtime, table, F, FI: new Int32Array(F.buffer) };
  fill(bench, rows);
  runtime.bind(bytes, new Uint8Array(F.buffer));
  return bench;
}

function fill(bench: Bench, rows: readonly Row[]): void {
  const { layout, table, features, F, FI, plan } = bench;
  let next = 0;
  const put = (text: string): [number, number] => {
    const encoded = new TextEncoder().encode(text);
    table.bytes.set(encoded, next);
    next += encoded.length;
    return [next - encoded.length, encoded.length];
  };
  rows.forEach((row, index) => {
    const base = index * layout.strideBytes;
    table.i32[(base + ROW.flags) / 4] = (row['flags'] as number) ?? ROW_FLAG.decided;
    layout.fields.forEach((spec, field) => {
      const value = row[spec.name];
      const slot = base + (layout.slots[field] as number);
      if (isStringType(spec.type)) {
        const words = slot / 4;
        table.i32.set([7, 7, 0, -1], words); // a missing text's hash means nothing
        if (typeof value !== 'string') return;
        const [lo, hi] = hashString(value, DEFAULT_HASH_KEY);
        table.i32.set([lo, hi, ...put(value)], words);
      } else {
        const number = value === undefined ? NaN : Number(value);
        table.f64[slot / 8] = number;
        if (spec.type === 'money') {
          table.f64[(base + (layout.moneySlots[field] as number)) / 8] = number;
        }
      }
    });
    plan.features.forEach((spec, f) => {
      const value = row[`#${f}`];
      const place = (features.base[f] as number) + index * (features.stride[f] as number);
      if (spec.type === 'string') {
        if (typeof value !== 'string') return;
        const encoded = new TextEncoder().encode(value);
        F[place] = encoded.length;
        const [lo, hi] = hashString(value, DEFAULT_HASH_KEY);
        FI.set([lo, hi], place * 2 + 2);
        new Uint8Array(F.buffer).set(
          encoded.subarray(0, STRING_FEATURE_TEXT_BYTES),
          (place + 2) * 8,
        );
      } else if (value !== undefined) {
        F[place] = Number(value);
      }
    });
  });
}

/** The value of a number (or condition: 1, 0) expression on each row. */
export function numbersOf(bench: Bench, e: Expression): number[] {
  const { run } = compileRowFunction(bench, (emitter) => emitter.number(e));
  return rowsOf(bench).map((row) => run(bench.table.i32, bench.table.f64, bench.F, bench.FI, row));
}

export function conditionsOf(bench: Bench, e: Expression): boolean[] {
  const { run } = compileRowFunction(bench, (emitter) => `${emitter.condition(e)} ? 1 : 0`);
  return rowsOf(bench).map(
    (row) => run(bench.table.i32, bench.table.f64, bench.F, bench.FI, row) === 1,
  );
}

export function rowsOf(bench: Bench): number[] {
  const count = (bench.table.i32.length * 4) / bench.layout.strideBytes;
  return Array.from({ length: count }, (_, row) => row);
}

export function emitterOf(bench: Bench): Emitter {
  return new Emitter(bench.plan, bench.layout, bench.features, bench.pool);
}

export interface Scored {
  readonly program: RulesProgram;
  readonly fired: Int32Array;
  /** Ids of the rules that fired, a row. */
  readonly ids: readonly (readonly string[])[];
}

export function scoreAll(bench: Bench): Scored {
  const program = compileRules(bench.plan, bench.layout, bench.features, bench);
  const rows = rowsOf(bench);
  const fired = new Int32Array(rows.length * program.firedWords).fill(-1);
  program.bind(bench.table, bench.F, bench.FI, fired);
  program.score(0, rows.length);
  const ids = rows.map((row) =>
    bench.plan.rules.flatMap(({ id }, r) => {
      const word = fired[row * program.firedWords + (r >> 5)] as number;
      return ((word >> (r & 31)) & 1) === 1 ? [id] : [];
    }),
  );
  return { program, fired, ids };
}

export function decideRow(bench: Bench, program: RulesProgram, row: number): Verdict {
  const verdict = makeVerdict(bench.plan);
  program.decide(row, verdict);
  return verdict;
}
