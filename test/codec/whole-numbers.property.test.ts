// Whole numbers in every form that JSON has for them, against exact arithmetic: what is no whole number is
// refused however near it is to one, and what is one is taken however it is written.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { VALUE_CLASS, checkNumber } from '../../src/codec/field-tables.ts';
import { JsonReader } from '../../src/codec/json-reader.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { planOf } from '../rules/front/help.ts';
import { runs } from '../support/runs.ts';
import { wholeOf } from './whole-of.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

function readWhole(text: string): number {
  const bytes = new TextEncoder().encode(`${text},`);
  const reader = new JsonReader();
  reader.begin(bytes, bytes.length);
  expect(reader.readNumber(0)).toBe(text.length);
  return checkNumber(VALUE_CLASS.integer, reader.number[0] as number, reader.isExact);
}

test.each([
  ['4503599627370497.5', NaN],
  ['738396861561337123.000e-2', NaN],
  ['738396861561337100.000e-2', 7_383_968_615_613_371],
  ['2251799813685249.25', NaN],
  ['1.0000000000000000000001', NaN],
  ['1.0000000000000000000000', 1],
  ['1e-400', NaN],
  ['0e-400', 0],
  ['-0.0', 0],
  ['9007199254740992', 2 ** 53],
  ['9007199254740993', NaN],
  ['9007199254740992.5', NaN],
  ['90071992547409920e-1', 2 ** 53],
  ['1e400', NaN],
])('%s', (text, value) => {
  expect(wholeOf(text)).toBe(value);
  expect(readWhole(text)).toBe(value);
});

test.each(Array.from({ length: runs(20) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
  const random = new Random(seed);
  const digits = (most: number): string =>
    Array.from({ length: 1 + random.below(most) }, () =>
      random.pick([0, 0, 0, 9, random.below(10)]),
    )
      .join('')
      .replace(/^0+(?=.)/, '');
  for (let step = 0; step < 500; step++) {
    const whole = random.pick([digits(4), digits(20), '9007199254740992', '9007199254740991']);
    const fraction = random.chance(0.5) ? `.${random.pick([digits(3), digits(20), '0'])}` : '';
    const sign = random.pick(['', '+', '-']);
    const exponent = random.chance(0.5) ? `e${sign}${random.below(random.pick([4, 25]))}` : '';
    const text = `${random.pick(['', '-'])}${whole}${fraction}${exponent}`;
    expect(readWhole(text), text).toBe(wholeOf(text));
  }
});

test('of a row that is cut within its last number, that number is not told', () => {
  const rules =
    'ruleset: t\ncurrency: CNY\nrules: [{ id: a, when: tx.amount > 1, outcome: hold, reason: POLICY }]';
  const engine = new LocalEngine({ plan: planOf(rules) });
  const row = '{"id":"q","kind":"payment","account":"Z","time":1772380860000';
  const decide = (text: string): unknown =>
    JSON.parse(Buffer.from(engine.decideBytes([Buffer.from(text)], 'ndjson').decisions).toString());
  expect(decide(row.slice(0, -4))).not.toHaveProperty('eventTime');
  expect(decide(row)).not.toHaveProperty('eventTime');
  expect(decide(`${row},`)).toMatchObject({ transactionId: 'q', eventTime: 1_772_380_860_000 });
});
