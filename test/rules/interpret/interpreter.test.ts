// The interpreter, node by node and function by function, with what makes each of them missing.

import { expect, test } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type {
  ArithmeticOperator,
  CompareOperator,
  Expression,
  FunctionName,
  ValueType,
} from '../../../src/domain/expression.ts';
import { lifeField, nowField } from '../../../src/domain/life.ts';
import type { Plan, RegisterData } from '../../../src/domain/plan.ts';
import { numberColumnOf } from '../../../src/domain/number-column.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';
import { planFields } from '../../../src/domain/plan.ts';
import type { RowView, Value } from '../../../src/rules/interpret/interpreter.ts';
import { evaluate, prepare, trace } from '../../../src/rules/interpret/interpreter.ts';
import { chooseNode, node } from '../../support/random-expression.ts';
import { planOf } from '../../support/random-plan.ts';
import { REGISTERS, START_MS, numberOfField } from '../../support/random-world.ts';

const PLAN: Plan = planOf({ rules: [], features: [] }, new Random(1), {
  timezone: 'Asia/Shanghai',
});
const MISSING = undefined;
/** Fields that stand for a missing value of a type; the row carries none of them. */
const ABSENT: Readonly<Partial<Record<ValueType, string>>> = {
  number: 'riskHint',
  money: 'balance',
  duration: 'durationMs',
  string: 'city',
  boolean: 'isKnown',
};
const ROW: Readonly<Record<string, Value>> = {
  account: 'A1',
  merchant: 'M1',
  terminal: 'T1',
  time: START_MS,
};

function literal(value: Value, type?: ValueType): Expression {
  if (typeof value === 'number')
    return { ...node(type ?? 'number', String(value)), op: 'number', value };
  if (typeof value === 'string') return { ...node(type ?? 'string', value), op: 'string', value };
  if (typeof value === 'boolean')
    return { ...node('boolean', String(value)), op: 'boolean', value };
  return field(ABSENT[type ?? 'number'] ?? 'riskHint', type ?? 'number');
}

function field(name: string, type: ValueType): Expression {
  return { ...node(type, `tx.${name}`), op: 'field', field: numberOfField(name) };
}

function viewOf(row: Readonly<Record<string, Value>>): RowView {
  const byNumber = new Map(
    Object.entries(row).map(([name, value]) => [numberOfField(name), value]),
  );
  return { field: (number) => byNumber.get(number), feature: (index) => [7, 1, 0][index] };
}

function valueOf(e: Expression, row = ROW, plan = PLAN): Value {
  return evaluate(e, viewOf(row), prepare(plan));
}

function compare(left: Expression, operator: CompareOperator, right: Expression): Expression {
  return { ...node('boolean', 'compare'), op: 'compare', operator, left, right };
}

function call(
  name: FunctionName,
  args: readonly Expression[],
  more: { zone?: string; register?: number } = {},
): Expression {
  const type: ValueType = name === 'version' ? 'version' : 'number';
  return { ...node(type, name), op: 'call', name, args, ...more };
}

const OPERATORS: readonly CompareOperator[] = ['<', '<=', '>', '>=', '==', '!='];

test.each<[Value, Value, ValueType, string]>([
  [1, 2, 'number', '< <= !='],
  [2, 2, 'money', '<= >= =='],
  [Infinity, 1e308, 'number', '> >= !='],
  [Infinity, Infinity, 'number', '<= >= =='],
  [-0, 0, 'number', '<= >= =='],
  [MISSING, 2, 'number', ''],
  [2, MISSING, 'money', ''],
  [MISSING, MISSING, 'number', ''],
  ['a', 'b', 'string', '< <= !='],
  ['', 'a', 'string', '< <= !='],
  ['Z', 'a', 'string', '< <= !='],
  ['\u{FF5E}', '\u{1F600}', 'string', '< <= !='], // UTF-16 order is the other way
  ['x', MISSING, 'string', ''],
  ['3.2.9', '3.2.10', 'version', '< <= !='],
  ['3.2', '3.2.0', 'version', '<= >= =='],
  ['03.2', '3.2', 'version', '<= >= =='],
  ['1.99999999999999999999', '1.99999999999999999998', 'version', '> >= !='],
  ['3..2', '3.2', 'version', ''],
  ['beta', 'beta', 'version', ''],
  ['', '0', 'version', ''],
  [true, true, 'boolean', '<= >= =='],
])('%s against %s as %s: %s', (left, right, type, holding) => {
  const held = OPERATORS.filter(
    (operator) => valueOf(compare(literal(left, type), operator, literal(right, type))) === true,
  );
  expect(held.join(' ')).toBe(holding);
});

test('a comparison of what is missing is missing, not false', () => {
  expect(valueOf(compare(literal(MISSING), '==', literal(1)))).toBe(MISSING);
});

test.each<[Value, ArithmeticOperator, Value, Value]>([
  [6, '+', 2, 8],
  [6, '-', 2, 4],
  [6, '*', 2.5, 15],
  [6, '/', 4, 1.5],
  [-7, '%', 3, -1],
  [7, '/', 0, MISSING],
  [0, '/', 0, MISSING],
  [7, '/', -0, MISSING],
  [7, '%', 0, MISSING],
  [Infinity, '/', 0, MISSING],
  [MISSING, '+', 1, MISSING],
  [1, '*', MISSING, MISSING],
  [Infinity, '+', 1, Infinity],
  [Infinity, '-', Infinity, MISSING],
  [Infinity, '*', 0, MISSING],
  [1, '/', Infinity, 0],
  [1e308, '*', 10, Infinity],
])('%s %s %s = %s', (left, operator, right, result) => {
  const e: Expression = {
    ...node('number', ''),
    op: 'arithmetic',
    operator,
    left: literal(left),
    right: literal(right),
  };
  expect(valueOf(e)).toBe(result);
});

test.each<[Value, Value]>([
  [3, -3],
  [Infinity, -Infinity],
  [MISSING, MISSING],
])('-(%s) = %s', (value, result) => {
  expect(valueOf({ ...node('number', ''), op: 'negate', value: literal(value) })).toBe(result);
});

const T = literal(true);
const F = literal(false);
const M = literal(MISSING, 'boolean');
const truth = (value: Expression, negated: boolean): Expression => ({
  ...node('boolean', ''),
  op: 'truth',
  value,
  negated,
});

test.each<[string, Expression, Value]>([
  ['truth true', truth(T, false), true],
  ['truth false', truth(F, false), false],
  ['truth missing', truth(M, false), MISSING],
  ['not true', truth(T, true), false],
  ['not false', truth(F, true), true],
  ['not missing', truth(M, true), MISSING],
  ['and', { ...node('boolean', ''), op: 'and', args: [T, T] }, true],
  ['and with missing', { ...node('boolean', ''), op: 'and', args: [T, M] }, MISSING],
  ['and with false', { ...node('boolean', ''), op: 'and', args: [M, F] }, false],
  ['and of nothing', { ...node('boolean', ''), op: 'and', args: [] }, true],
  ['or', { ...node('boolean', ''), op: 'or', args: [F, T] }, true],
  ['or with missing', { ...node('boolean', ''), op: 'or', args: [F, M] }, MISSING],
  ['or of missing and true', { ...node('boolean', ''), op: 'or', args: [M, T] }, true],
  ['or of nothing', { ...node('boolean', ''), op: 'or', args: [] }, false],
  [
    'has',
    { ...node('boolean', ''), op: 'has', value: field('account', 'string'), negated: false },
    true,
  ],
  [
    'has not',
    { ...node('boolean', ''), op: 'has', value: field('account', 'string'), negated: true },
    false,
  ],
  ['has missing', { ...node('boolean', ''), op: 'has', value: M, negated: false }, false],
  ['has not missing', { ...node('boolean', ''), op: 'has', value: M, negated: true }, true],
  ['feature', { ...node('number', ''), op: 'feature', feature: 0 }, 7],
  ['boolean feature', { ...node('boolean', ''), op: 'feature', feature: 1 }, true],
  ['false feature', { ...node('boolean', ''), op: 'feature', feature: 2 }, false],
  ['missing feature', { ...node('boolean', ''), op: 'feature', feature: 3 }, MISSING],
])('%s', (_, e, result) => {
  expect(valueOf(e)).toBe(result);
});

test.each<[Value, Value]>([
  [true, 1],
  [false, 2],
  [MISSING, MISSING],
])('%s ? 1 : 2 = %s', (value, result) => {
  const flag = literal(value, 'boolean');
  const condition = { text: '', holds: truth(flag, false), fails: truth(flag, true) };
  const e = chooseNode('number', '', condition, literal(1), literal(2));
  expect(valueOf(e)).toBe(result);
});

type In = Extract<Expression, { op: 'in' }>;
const inSet = (
  set: In['set'],
  index: number,
  key: readonly Value[],
  elements: readonly Expression[] = [],
): In => ({
  ...node('boolean', ''),
  op: 'in',
  set,
  index,
  key: key.map((part) => literal(part, 'string')),
  elements,
});

test.each<[string, In, Value, Value]>([
  ['list', inSet('list', 0, ['A1']), true, false],
  ['other', inSet('list', 0, ['A2']), false, true],
  ['empty list', inSet('list', 2, ['A1']), false, true],
  ['empty text', inSet('literal', -1, [''], [literal('')]), true, false],
  ['missing in a list', inSet('list', 0, [MISSING]), MISSING, MISSING],
  ['register', inSet('register', 0, ['M1']), true, false],
  ['not in a register', inSet('register', 0, ['M3']), false, true],
  ['composite', inSet('register', 2, ['A1', 'M1']), true, false],
  ['composite, other way round', inSet('register', 2, ['M1', 'A1']), false, true],
  ['composite with a missing part', inSet('register', 2, ['A1', MISSING]), MISSING, MISSING],
  ['literal', inSet('literal', -1, ['b'], [literal('a'), literal('b')]), true, false],
  ['not in literal', inSet('literal', -1, ['c'], [literal('a'), literal('b')]), false, true],
  ['missing in literal', inSet('literal', -1, [MISSING], [literal('a')]), MISSING, MISSING],
])('in: %s', (_, e, result, negated) => {
  expect(valueOf(e)).toBe(result);
  expect(valueOf({ ...node('boolean', ''), op: 'not', value: e })).toBe(negated);
});

test.each<[string, number, number, readonly Value[], ValueType, Value]>([
  ['text', 0, 0, ['M1'], 'string', 'Tea House'],
  ['empty text cell', 0, 0, ['M4'], 'string', MISSING],
  ['money', 0, 1, ['M1'], 'money', 10_000],
  ['empty money cell', 0, 1, ['M2'], 'money', MISSING],
  ['boolean', 0, 3, ['M1'], 'boolean', true],
  ['false', 0, 3, ['M2'], 'boolean', false],
  ['empty boolean cell', 0, 3, ['M4'], 'boolean', MISSING],
  ['no such key', 0, 1, ['M3'], 'money', MISSING],
  ['missing key', 0, 1, [MISSING], 'money', MISSING],
  ['composite', 2, 0, ['A2', 'M3'], 'money', 20_000],
])('cell: %s', (_, register, column, key, type, result) => {
  const e: Expression = {
    ...node(type, ''),
    op: 'cell',
    register,
    column,
    key: key.map((k) => literal(k, 'string')),
  };
  expect(valueOf(e)).toBe(result);
});

const HOUR = 3_600_000;
test.each<[FunctionName, readonly Value[], Value]>([
  ['startsWith', ['茶馆 2', '茶'], true],
  ['startsWith', ['a', ''], true],
  ['startsWith', ['a', 'ab'], false],
  ['endsWith', ['茶馆 2', ' 2'], true],
  ['contains', ['abc', 'bc'], true],
  ['contains', ['abc', 'd'], false],
  ['matches', ['the tea house', 'tea'], true],
  ['matches', ['the tea house', '^tea'], false],
  ['lower', ['ÀB'], 'àb'],
  ['trim', ['\u3000 a b\t'], 'a b'],
  ['size', ['a😀b'], 3],
  ['size', [''], 0],
  ['min', [3, 1, 2], 1],
  ['max', [3, 1, Infinity], Infinity],
  ['abs', [-2.5], 2.5],
  ['round', [2.5], 3],
  ['round', [-2.5], -3],
  ['round', [0.49999999999999994], 0],
  ['round', [-0.2], 0],
  ['round', [Infinity], Infinity],
  ['hourOf', [START_MS], 8], // in Shanghai
  ['dayOfWeekOf', [START_MS], 4], // 2026-01-01 is a Thursday
  ['dayOfWeekOf', [START_MS + 72 * HOUR], 7],
  ['dateOf', [START_MS + 15 * HOUR], 20_260_101],
  ['dateOf', [START_MS + 16 * HOUR], 20_260_102],
  ['dateOf', [Infinity], MISSING],
  ['version', ['1.2'], '1.2'],
  ['version', ['1.2-rc'], MISSING],
  ['kmBetween', [31.25, 121.5, 31.25, 121.5], 0],
  ['luhn', ['4111111111111111'], true],
  ['luhn', ['4111111111111112'], false],
  ['luhn', ['0'], true],
  ['luhn', [''], false],
  ['luhn', ['4111 1111 1111 1111'], false],
  ['expired', ['2512', START_MS - 8 * HOUR - 1], false], // the last ms of 2025 in Shanghai
  ['expired', ['2512', START_MS - 8 * HOUR], true],
  ['expired', ['2601', START_MS], false],
  ['expired', ['2613', START_MS], true],
  ['expired', ['26', START_MS], true],
])('%s(%j) = %s', (name, args, result) => {
  expect(
    valueOf(
      call(
        name,
        args.map((arg) => literal(arg)),
      ),
    ),
  ).toEqual(result === 0 ? expect.closeTo(0) : result);
  // Each argument missing makes the whole missing.
  args.forEach((arg, i) => {
    const type = typeof arg === 'string' ? 'string' : 'number';
    const some = args.map((other, k) => literal(k === i ? MISSING : other, type));
    expect(valueOf(call(name, some))).toBe(MISSING);
  });
});

test('a zone of its own goes before that of the plan', () => {
  expect(valueOf(call('hourOf', [literal(START_MS)], { zone: 'America/New_York' }))).toBe(19);
});

test('a quarter of the meridian is 10007.557 km', () => {
  const km = valueOf(
    call(
      'kmBetween',
      [0, 7, 90, 7].map((degrees) => literal(degrees)),
    ),
  );
  expect(km).toBeCloseTo((6371.0088 * Math.PI) / 2, 9);
});

const WINDOWS = REGISTERS.length - 1;
test.each<[string, Value, number, Value]>([
  ['in its window', 'T1', START_MS, true],
  ['at its end', 'T1', START_MS + 600_000, false],
  ['before its window', 'T2', START_MS + 59_999, false],
  ['at its start', 'T2', START_MS + 60_000, true],
  ['everything', 'T9', START_MS + 7_250_000, true],
  ['open from the beginning', 'T3', 0, true],
  ['nobody', 'T9', START_MS, false],
  ['missing scope', MISSING, START_MS, MISSING],
])('inMaintenance: %s', (_, scope, time, result) => {
  const e = call('inMaintenance', [literal(scope, 'string')], { register: WINDOWS });
  expect(valueOf(e, { ...ROW, time })).toBe(result);
});

test('a name of the life is a field; inMaintenance of a life rule asks at its instant', () => {
  const state = lifeField('payment', 'state', []) ?? expect.fail();
  const plan = { ...PLAN, life: { ...PLAN.life, fields: [state, nowField()] } };
  const first = planFields(PLAN).length;
  const own = viewOf({ ...ROW, time: START_MS + 60_000, terminal: 'T2' });
  const life = ['charged', START_MS + 120_000];
  const row: RowView = { ...own, field: (number) => life[number - first] ?? own.field(number) };
  const ask = (e: Expression): Value => evaluate(e, row, prepare(plan));
  expect(ask({ ...node('string', 'payment.state'), op: 'field', field: first })).toBe('charged');
  const asked = { register: WINDOWS };
  const inWindow = call('inMaintenance', [field('terminal', 'string')], asked);
  const inWindowNow = { ...inWindow, timeField: first + 1 };
  expect([ask(inWindow), ask(inWindowNow)]).toEqual([true, false]);
});

test('inMaintenance reads windows that are keyed by scope and start', () => {
  const register: RegisterData = {
    name: 'windows',
    keyColumns: ['scope', 'from'],
    rowCount: 2,
    keys: [textColumnOf(['T1', 'T1']), textColumnOf([String(START_MS), '2026-01-02T00:00:00Z'])],
    columns: [
      { name: 'to', type: 'time', texts: null, numbers: numberColumnOf([START_MS + 1000, NaN]) },
    ],
  };
  const plan = { ...PLAN, registers: [register] };
  const e = call('inMaintenance', [literal('T1')], { register: 0 });
  const at = (time: number): Value => valueOf(e, { ...ROW, time }, plan);
  expect([0, 999, 1000, 24 * HOUR, 1e12].map((ms) => at(START_MS + ms))).toEqual([
    true,
    true,
    false,
    true,
    true,
  ]);
});

test('trace tells each node, children before parents', () => {
  const e = compare(field('riskHint', 'number'), '>', literal(3));
  const nodes = trace(e, viewOf({ riskHint: 5 }), prepare(PLAN));
  expect(nodes.map(({ expression, value }) => [expression.op, value])).toEqual([
    ['field', 5],
    ['number', 3],
    ['compare', true],
  ]);
});
