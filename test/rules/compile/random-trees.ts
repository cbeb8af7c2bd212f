// Random checked expressions, plans' data and rows for property tests of the compiler. Small value
// sets, so that equalities, lookups and ties come up; hostile texts among them.

import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  ArithmeticOperator,
  CompareOperator,
  Expression,
  FunctionName,
} from '../../../src/domain/expression.ts';
import type { FeatureSpec, Plan } from '../../../src/domain/plan.ts';
import { numberColumnOf } from '../../../src/domain/number-column.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';
import {
  and,
  arithmetic,
  bool,
  call,
  callWith,
  cell,
  choose,
  compare,
  feature,
  featureOf,
  has,
  inList,
  inLiteral,
  inRegister,
  minus,
  not,
  num,
  numberFeature,
  or,
  str,
  truth,
  tx,
} from './trees.ts';
import type { Row } from './trees.ts';
import { negate } from '../../../src/rules/compile/negate.ts';

export const TEXTS: readonly string[] = [
  'A',
  'B',
  'a',
  '',
  '5411',
  '3.2.10',
  '3.2',
  '03.2.0',
  '3..2',
  'Zoë ÄÖ',
  ' trim\u00a0',
  'İstanbul',
  '4111111111111111',
  '2609',
  '💳💳',
  "'; process.exit(1); //",
  '`${process.exit()}`',
  '\\u0041\u2028',
];
const NUMBERS = [0, 1, -1, 0.5, 2.5, -2.5, 50, 1e21, 5e-324, Infinity, -Infinity, 2 ** 53, -0];
const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'UTC'];
const PATTERNS = ['^A', '[0-9]+$', 'a|b', '', '\\.2\\.'];

export const FEATURES: readonly FeatureSpec[] = [
  numberFeature('f0'),
  numberFeature('f1'),
  featureOf('f2', 'string'),
  featureOf('f3', 'boolean'),
];

export const DATA: Partial<Plan> = {
  timezone: 'Europe/Berlin',
  features: FEATURES,
  lists: [
    { name: "list'`", values: textColumnOf(TEXTS.slice(0, 6)) },
    { name: 'empty', values: textColumnOf([]) },
  ],
  registers: [
    {
      name: 'one',
      keyColumns: ['k'],
      rowCount: 8,
      keys: [textColumnOf(TEXTS.slice(0, 8))],
      columns: [
        {
          name: 'text',
          type: 'string',
          texts: textColumnOf(['B', null, ...TEXTS.slice(9, 15)]),
          numbers: null,
        },
        {
          name: 'number',
          type: 'number',
          texts: null,
          numbers: numberColumnOf([1, NaN, 50, 0, -1, 2.5, 1, 1]),
        },
        {
          name: 'active',
          type: 'boolean',
          texts: null,
          numbers: numberColumnOf([1, 0, NaN, 1, 0, 1, 0, 1]),
        },
      ],
    },
    {
      name: 'two',
      keyColumns: ['k', 'l'],
      rowCount: 4,
      keys: [textColumnOf(['A', 'B', 'A', '']), textColumnOf(['B', 'A', '', 'A'])],
      columns: [{ name: 'n', type: 'number', texts: null, numbers: numberColumnOf([1, 2, 3, 4]) }],
    },
  ],
};

const textField = fc.constantFrom('city', 'merchant', 'mcc', 'device').map((name) => tx(name));
const numberField = fc.constantFrom('x', 'y', 'lat', 'lon').map((name) => tx(name));

interface Trees {
  number: Expression;
  text: Expression;
  version: Expression;
  condition: Expression;
  atom: Expression;
  boolean: Expression;
}

/** A boolean call or membership, over which `not` may stand. */
function atoms(number: Arbitrary<Expression>, text: Arbitrary<Expression>): Arbitrary<Expression> {
  const version = text.map((value) => call('version', value));
  return fc.oneof(
    fc
      .tuple(fc.constantFrom<FunctionName[]>('startsWith', 'endsWith', 'contains'), text, text)
      .map(([f, a, b]) => call(f, a, b)),
    fc.tuple(text, fc.constantFrom(...PATTERNS)).map(([a, p]) => call('matches', a, str(p))),
    text.map((a) => call('luhn', a)),
    text.map((a) => call('expired', a, tx('time'))),
    text.map((a) => inList(0, a)),
    text.map((a) => inList(1, a)),
    text.map((a) => inRegister(0, a)),
    fc.tuple(text, text).map(([a, b]) => inRegister(1, a, b)),
    fc
      .tuple(text, fc.array(fc.constantFrom(...TEXTS), { maxLength: 12 }))
      .map(([a, list]) => inLiteral(a, ...list.map((value) => str(value)))),
    fc.tuple(text, text, text).map(([a, b, c]) => inLiteral(a, b, c)),
    fc.tuple(number, number, number).map(([a, b, c]) => inLiteral(a, b, c)),
    fc.tuple(version, version, version).map(([a, b, c]) => inLiteral(a, b, c)),
  );
}

export const trees: { [K in keyof Trees]: Arbitrary<Trees[K]> } = fc.letrec<Trees>(
  (tie: fc.LetrecTypedTie<Trees>) => {
    const number = tie('number');
    const text = tie('text');
    const version = tie('version');
    const condition = tie('condition');
    const small = { maxDepth: 5, withCrossShrink: true };
    const operators = fc.constantFrom<CompareOperator[]>('<', '<=', '>', '>=', '==', '!=');
    return {
      number: fc.oneof(
        small,
        fc.constantFrom(...NUMBERS).map((value) => num(value)),
        numberField,
        fc.constantFrom(0, 1).map((index) => feature(index)),
        fc
          .tuple(number, fc.constantFrom<ArithmeticOperator[]>('+', '-', '*', '/', '%'), number)
          .map(([a, operator, b]) => arithmetic(a, operator, b)),
        number.map((a) => minus(a)),
        text.map((a) => cell(0, 1, 'number', a)),
        fc.tuple(text, text).map(([a, b]) => cell(1, 0, 'number', a, b)),
        fc.tuple(condition, number, number).map(([t, a, b]) => choose(t, negate(t), a, b)),
        text.map((a) => call('size', a)),
        fc
          .tuple(fc.constantFrom<FunctionName[]>('min', 'max'), number, number)
          .map(([name, a, b]) => call(name, a, b)),
        fc
          .tuple(fc.constantFrom<FunctionName[]>('abs', 'round'), number)
          .map(([name, a]) => call(name, a)),
        fc
          .tuple(
            fc.constantFrom<FunctionName[]>('hourOf', 'dayOfWeekOf', 'dateOf'),
            fc.constantFrom(...ZONES),
          )
          .map(([name, zone]) => callWith({ zone }, name, tx('time'))),
        fc.tuple(number, number).map(([a, b]) => call('kmBetween', tx('lat'), tx('lon'), a, b)),
      ),
      text: fc.oneof(
        small,
        fc.constantFrom(...TEXTS).map((value) => str(value)),
        textField,
        fc.constant(feature(2, 'string')),
        text.map((a) => cell(0, 0, 'string', a)),
        fc.tuple(condition, text, text).map(([t, a, b]) => choose(t, negate(t), a, b)),
        fc
          .tuple(fc.constantFrom<FunctionName[]>('lower', 'trim'), text)
          .map(([name, a]) => call(name, a)),
      ),
      version: text.map((a) => call('version', a)),
      boolean: fc.oneof(
        small,
        fc.constantFrom(tx('flag'), feature(3, 'boolean'), bool(true), bool(false)),
        text.map((a) => cell(0, 2, 'boolean', a)),
        fc
          .tuple(condition, tie('boolean'), tie('boolean'))
          .map(([t, a, b]) => choose(t, negate(t), a, b)),
      ),
      atom: atoms(number, text),
      condition: fc.oneof(
        small,
        tie('atom'),
        fc.tuple(number, operators, number).map(([a, operator, b]) => compare(a, operator, b)),
        fc.tuple(text, operators, text).map(([a, operator, b]) => compare(a, operator, b)),
        fc.tuple(version, operators, version).map(([a, operator, b]) => compare(a, operator, b)),
        tie('atom').map((a) => not(a)),
        fc.tuple(fc.oneof(number, text, version), fc.boolean()).map(([a, n]) => has(a, n)),
        fc.tuple(tie('boolean'), fc.boolean()).map(([a, n]) => truth(a, n)),
        fc.array(condition, { maxLength: 4 }).map((args) => and(...args)),
        fc.array(condition, { maxLength: 4 }).map((args) => or(...args)),
      ),
    };
  },
);

const maybe = <T>(value: Arbitrary<T>): Arbitrary<T | undefined> =>
  fc.oneof(value, value, value, fc.constant(undefined));

const rowText = maybe(fc.constantFrom(...TEXTS));
const rowNumber = maybe(fc.constantFrom(...NUMBERS));

/** Rows without their missing keys. */
export const rows: Arbitrary<Row[]> = fc.array(
  fc
    .record({
      city: rowText,
      merchant: rowText,
      mcc: rowText,
      device: rowText,
      x: rowNumber,
      y: rowNumber,
      lat: maybe(fc.constantFrom(0, 31.2, -90)),
      lon: maybe(fc.constantFrom(0, 121.5, 180)),
      time: maybe(fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 })),
      flag: maybe(fc.boolean()),
      '#0': rowNumber,
      '#1': rowNumber,
      // A text feature keeps 24 bytes; longer ones have their own test.
      '#2': rowText,
      '#3': maybe(fc.boolean()),
    })
    .map(
      (row) =>
        Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Row,
    ),
  { minLength: 1, maxLength: 8 },
);
