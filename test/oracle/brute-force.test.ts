// The oracle itself, against values worked out by hand.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Expression } from '../../src/domain/expression.ts';
import type { FeatureSpec, Plan, RulePlan } from '../../src/domain/plan.ts';
import { node } from '../support/random-expression.ts';
import { planOf } from '../support/random-plan.ts';
import { START_MS, numberOfField } from '../support/random-world.ts';
import { decideAll, runOracle } from './brute-force.ts';
import type { FeatureValue } from './features.ts';
import { convert } from './money.ts';
import type { InputRow } from './rows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function field(name: string, type: Expression['type']): Expression {
  return { ...node(type, `tx.${name}`), op: 'field', field: numberOfField(name) };
}

function is(name: string, value: string): Expression {
  const right: Expression = { ...node('string', value), op: 'string', value };
  return {
    ...node('boolean', ''),
    op: 'compare',
    operator: '==',
    left: field(name, 'string'),
    right,
  };
}

function feature(fn: FeatureSpec['fn'], more: Partial<FeatureSpec> = {}): FeatureSpec {
  const isWindowed = !['last', 'sinceLast', 'age', 'distanceKm', 'speedKmh'].includes(fn);
  return {
    entity: 0,
    fn,
    window: isWindowed ? { kind: 'length', ms: 10 * MINUTE } : null,
    prior: false,
    where: null,
    whereOf: null,
    value: null,
    decidedOnly: true,
    isInteger: true,
    type: 'number',
    key: fn,
    ...more,
  };
}

/** A payment of A1 at so many minutes. */
function pay(minutes: number, more: InputRow = {}): InputRow {
  return {
    id: `p${minutes}`,
    kind: 'payment',
    time: START_MS + minutes * MINUTE,
    account: 'A1',
    merchant: 'M1',
    amount: 100,
    currency: 'CNY',
    ...more,
  };
}

function planWith(spec: FeatureSpec, more: Partial<Plan> = {}): Plan {
  return planOf({ rules: [], features: [spec], ...more }, new Random(1), { timezone: 'UTC' });
}

function valuesOf(
  spec: FeatureSpec,
  rows: readonly InputRow[],
  more: Partial<Plan> = {},
): FeatureValue[] {
  const numbered = rows.map((row, i) => ({ ...row, id: `r${i}` }));
  return runOracle(planWith(spec, more), numbered).map((result) => result.features?.[0]);
}

const amount = field('amount', 'money');
const atM1 = is('merchant', 'M1');
const TIMES = [0, 5, 10, 15].map((minutes) => pay(minutes));
const SIZES = [100, 300, -50].map((size, i) => pay(i, { amount: size }));
const NAMES = ['M1', 'M2', 'M1'].map((merchant, i) => pay(i, { merchant }));

test.each<[string, FeatureSpec, readonly InputRow[], readonly FeatureValue[]]>([
  ['count leaves out what is exactly one window old', feature('count'), TIMES, [1, 2, 2, 2]],
  ['prior', feature('count', { prior: true }), TIMES, [0, 1, 1, 1]],
  ['one instant, in stream order', feature('count'), [pay(0), pay(0), pay(0)], [1, 2, 3]],
  ['other entities', feature('count'), [pay(0), pay(1, { account: 'A2' }), pay(2)], [1, 1, 2]],
  ['where leaves out the current row too', feature('count', { where: atM1 }), NAMES, [1, 1, 2]],
  ['a late row in its place', feature('count'), [pay(0), pay(8), pay(4), pay(9)], [1, 2, 2, 4]],
  ['sum', feature('sum', { value: amount }), SIZES, [100, 400, 350]],
  ['avg', feature('avg', { value: amount }), SIZES, [100, 200, 350 / 3]],
  ['avg of nothing', feature('avg', { value: amount, prior: true }), SIZES, [undefined, 100, 200]],
  ['min', feature('min', { value: amount }), SIZES, [100, 100, -50]],
  ['max of nothing', feature('max', { value: amount, prior: true }), SIZES, [undefined, 100, 300]],
  ['distinct', feature('distinct', { value: field('merchant', 'string') }), NAMES, [1, 2, 2]],
  ['distinct of absent', feature('distinct', { value: field('ip', 'string') }), NAMES, [0, 0, 0]],
  [
    'ratio',
    feature('ratio', { where: atM1, whereOf: is('kind', 'payment') }),
    NAMES,
    [1, 0.5, 2 / 3],
  ],
  [
    'ratio of nothing, and of something to nothing',
    feature('ratio', { where: is('merchant', 'M2'), whereOf: is('city', 'X') }),
    NAMES,
    [0, undefined, undefined],
  ],
  [
    'last looks back',
    feature('last', { value: field('merchant', 'string') }),
    NAMES,
    [undefined, 'M1', 'M2'],
  ],
  [
    'last passes over rows without it',
    feature('last', { value: field('city', 'string') }),
    [pay(0, { city: 'X' }), pay(1), pay(2)],
    [undefined, 'X', 'X'],
  ],
  ['sinceLast', feature('sinceLast'), [pay(0), pay(3), pay(3)], [undefined, 3 * MINUTE, 0]],
  ['age', feature('age'), [pay(0), pay(3), pay(9)], [undefined, 3 * MINUTE, 9 * MINUTE]],
  ['no entity', feature('count', { entity: 3 }), [pay(0)], [undefined]],
  [
    'informing rows count only where they are named',
    feature('count'),
    [pay(0), { id: 'x', kind: 'code', time: START_MS + 1, account: 'A1' }, pay(1)],
    [1, undefined, 2],
  ],
  [
    'and there they do',
    feature('count', { decidedOnly: false }),
    [pay(0), { id: 'x', kind: 'code', time: START_MS + 1, account: 'A1' }, pay(1)],
    [1, 2, 3],
  ],
  [
    'a composite key compares amounts as sent',
    feature('count', { entity: 4 }),
    [pay(0), pay(1, { currency: 'USD' }), pay(2), pay(3, { amount: 101 })],
    [1, 1, 2, 1],
  ],
  [
    'money of other currencies',
    feature('sum', { value: amount }),
    [pay(0, { currency: 'USD' }), pay(1, { currency: 'JPY' }), pay(2, { currency: 'EUR' })],
    [712, 712 + 482, 712 + 482],
  ],
  [
    'the local day',
    feature('count', { window: { kind: 'day' } }),
    [pay(24 * 60 - 1), pay(24 * 60), pay(25 * 60)],
    [1, 1, 2],
  ],
  [
    'the local month',
    feature('count', { window: { kind: 'month' } }),
    [pay(0), pay(30 * 24 * 60), pay(31 * 24 * 60)],
    [1, 2, 1],
  ],
])('%s', (_, spec, rows, values) => {
  expect(valuesOf(spec, rows)).toEqual(values);
});

test.each<[FeatureSpec['fn'], readonly FeatureValue[]]>([
  ['sinceLast', [undefined, DAY, undefined, 1]],
  ['last', [undefined, 100, undefined, 100]],
  ['age', [undefined, DAY, undefined, 1]],
])('%s looks back keep, and a longer gap begins another life', (fn, values) => {
  const times = [0, DAY, 2 * DAY + 1, 2 * DAY + 2];
  const rows = times.map((ms) => pay(0, { time: START_MS + ms }));
  const spec = feature(fn, { value: fn === 'last' ? amount : null });
  expect(valuesOf(spec, rows, { keepMs: DAY })).toEqual(values);
});

/** Minutes of event time in arrival order; ages in minutes, with `keep` of 10 and 60 of lateness. */
test.each<[string, readonly number[], readonly (number | undefined)[]]>([
  [
    'a row before the beginning of the present life has none',
    [0, 12, 5],
    [undefined, undefined, undefined],
  ],
  ['such a row becomes the beginning', [0, 12, 5, 13], [undefined, undefined, undefined, 8]],
  ['one more than keep before it does not', [0, 25, 5, 26], [undefined, undefined, undefined, 1]],
  [
    'a row that joins two lives: the later one has grown, no more',
    [0, 11, 5, 12],
    [undefined, undefined, undefined, 7],
  ],
  [
    'and goes on growing by rows that come later still',
    [0, 11, 5, 1, 12],
    [undefined, undefined, undefined, undefined, 11],
  ],
  ['a row between two of its life', [0, 8, 5, 9], [undefined, 8, 5, 9]],
  ['a row at the beginning itself', [0, 0, 5], [undefined, 0, 5]],
  ['a late row after a silence', [0, 30, 15], [undefined, undefined, undefined]],
])('age: %s', (_, minutes, ages) => {
  const plan = planWith(feature('age'), {
    keepMs: 10 * MINUTE,
    time: { latenessMs: HOUR, aheadMaxMs: 0, scanMax: 4096 },
  });
  const rows = minutes.map((minute, i) => pay(minute, { id: `r${i}` }));
  const found = runOracle(plan, rows).map((result) => result.features?.[0]);
  expect(found).toEqual(ages.map((value) => value && value * MINUTE));
});

test('a LATE row that stands before the present life has no age', () => {
  const plan = planWith(feature('age'), {
    keepMs: 10 * MINUTE,
    time: { latenessMs: 5000, aheadMaxMs: 0, scanMax: 4096 },
  });
  const times = [0, 600_100, 590_000];
  const rows = times.map((ms, i) => pay(0, { id: `r${i}`, time: START_MS + ms }));
  const ages = runOracle(plan, rows).map((result) => result.features?.[0]);
  expect(ages).toEqual([undefined, undefined, undefined]);
});

test('distance and speed are from the latest earlier row with a place', () => {
  const rows = [
    pay(0, { lat: 0, lon: 0 }),
    pay(30),
    pay(60, { lat: 0, lon: 90 }),
    pay(60, { lat: 0, lon: 90 }),
    pay(60, { lat: 0, lon: 0 }),
  ];
  const quarter = (6371.0088 * Math.PI) / 2;
  expect(valuesOf(feature('distanceKm'), rows)).toEqual([
    undefined,
    undefined,
    expect.closeTo(quarter, 6),
    0,
    expect.closeTo(quarter, 6),
  ]);
  expect(valuesOf(feature('speedKmh'), rows)).toEqual([
    undefined,
    undefined,
    expect.closeTo(quarter, 6),
    0,
    Infinity,
  ]);
});

test('a row behind lateness is flagged, stands at stream time - lateness and is not entered', () => {
  // At minute 20 with 5 minutes of lateness, minute 14 is late and stands at minute 15.
  const rows = [pay(6), pay(15), pay(16), pay(20), pay(14), pay(20)];
  const results = runOracle(
    planWith(feature('count')),
    rows.map((row, i) => ({ ...row, id: `r${i}` })),
  );
  expect(results.map((result) => result.features?.[0])).toEqual([1, 2, 2, 3, 3, 4]);
  expect(results.map((result) => result.decision?.flags)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    ['LATE'],
    undefined,
  ]);
});

test('at lateness exactly a row is in time', () => {
  const [, late] = runOracle(planWith(feature('count')), [pay(5), pay(0)]);
  expect(late?.isLate).toBe(false);
});

test('more than scanMax newer rows make a row late at that entity', () => {
  const plan = planWith(feature('count'), {
    time: { latenessMs: HOUR, aheadMaxMs: 0, scanMax: 2 },
  });
  const rows = [pay(0), pay(1), pay(2), pay(3), pay(0.5), pay(1.5)];
  const results = runOracle(plan, rows);
  // Minute 0.5 has three newer rows: it stands an hour before minute 3, alone.
  expect(results.map((result) => result.isLate)).toEqual([false, false, false, false, true, false]);
  expect(results.map((result) => result.features?.[0])).toEqual([1, 2, 3, 4, 1, 3]);
});

const ALWAYS: RulePlan = {
  id: 'always',
  trigger: null,
  description: null,
  when: is('kind', 'payment'),
  mode: 'live',
  outcome: 'hold',
  reason: 0,
  score: null,
  isLife: false,
  hold: null,
  at: { file: '', line: 1, column: 1 },
};

test('a repeat tells the decision again in short, and counts nowhere', () => {
  const plan = planWith(feature('count'), { rules: [ALWAYS], version: null });
  const [first, again, next] = runOracle(plan, [pay(0), pay(0), pay(1)]);
  expect(again?.decision).toEqual({
    decisionId: 'p0#0',
    transactionId: 'p0',
    account: 'A1',
    outcome: 'hold',
    reasons: first?.decision?.reasons,
    flags: ['REPEAT'],
    eventTime: START_MS,
    revision: 0,
    rulesHash: plan.hash,
  });
  expect(next?.features).toEqual([2]);
});

test.each<[string, readonly InputRow[], readonly (readonly [string, string])[]]>([
  [
    'other content is decided anew, and is then what a repeat repeats',
    [pay(0), pay(0, { city: 'X' }), pay(0, { city: 'X' }), pay(0)],
    [
      ['p0#0', ''],
      ['p0#1', 'REPEAT_DIFFERS'],
      ['p0#1', 'REPEAT'],
      ['p0#2', 'REPEAT_DIFFERS'],
    ],
  ],
  [
    'forMs after it an id is new',
    [pay(0), pay(60), pay(0), pay(60.1), pay(0)],
    [
      ['p0#0', ''],
      ['p60#0', ''],
      ['p0#0', 'REPEAT'],
      ['p60.1#0', ''],
      ['p0#0', 'LATE'],
    ],
  ],
  [
    'an id that informed first',
    [{ id: 'p0', kind: 'code', time: START_MS, account: 'A1' }, pay(0), pay(0)],
    [
      ['p0#0', 'REPEAT_DIFFERS'],
      ['p0#0', 'REPEAT'],
    ],
  ],
])('repeats: %s', (_, rows, decisions) => {
  const plan = planWith(feature('count'), { repeats: { forMs: HOUR, ids: 10 } });
  const have = decideAll(plan, rows).map((one) => [one.decisionId, one.flags?.join() ?? '']);
  expect(have).toEqual(decisions);
});

test('bad rows are told where their id can be read, and move nothing', () => {
  const plan = planWith(feature('count'));
  const far = START_MS + 400 * DAY;
  const results = runOracle(plan, [
    pay(0),
    pay(1, { id: 'bad', amount: 1.5, time: far }),
    { kind: 'payment' },
    { id: 'x', kind: 'status', time: far },
    pay(2),
  ]);
  expect(results.map((result) => result.error)).toEqual([
    undefined,
    'BAD_VALUE',
    'MISSING_KEY',
    'MISSING_KEY',
    undefined,
  ]);
  expect(results.map((result) => result.decision?.decisionId)).toEqual([
    'p0#0',
    'bad#0',
    undefined,
    undefined,
    'p2#0',
  ]);
  expect(results[1]?.decision).toMatchObject({
    outcome: 'hold',
    eventTime: far,
    reasons: [{ code: 'INVALID_INPUT' }],
  });
  expect(results[4]?.isLate).toBe(false);
});

test.each<[number, string, number | undefined]>([
  [100, 'CNY', 100],
  [100, 'USD', 712], // 712.35
  [1, 'KWD', 2], // 0.001 x 23.5 = 0.0235 = 2.35 fen
  [10, 'KWD', 24], // 23.5 to even
  [30, 'KWD', 70], // 70.5 to even
  [-10, 'KWD', -24],
  [100, 'JPY', 482], // 4.825 yuan, 482.5 to even
  [100, 'EUR', undefined],
])('%i minor units of %s are %s fen', (minor, currency, fen) => {
  expect(convert(planWith(feature('count')), minor, currency)).toBe(fen);
});
