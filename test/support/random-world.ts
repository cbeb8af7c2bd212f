// What random rules and random streams have in common: pools of values small enough that rows meet
// each other, lists and registers that hold some of them, and extra fields. Numbers that are not
// whole are multiples of 1/4, so that every order of summing them is exact.

import type { FieldSpec } from '../../src/domain/fields.ts';
import { TRANSACTION_FIELDS } from '../../src/domain/fields.ts';
import type { EntitySpec, ListData, RateData, RegisterData } from '../../src/domain/plan.ts';
import { numberColumnOf } from '../../src/domain/number-column.ts';
import { textColumnOf } from '../../src/domain/text-column.ts';

function pool(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
}

/** Values by field, for strings that have no enum. */
export const POOLS: Readonly<Record<string, readonly string[]>> = {
  account: pool('A', 6),
  card: ['4111111111111111', '4111111111111112', 'tok-1', '62170000000000000', '', '411111111111'],
  expiry: ['2512', '2601', '2602', '2613', '26', 'abcd', '9912', '0001'],
  currency: ['CNY', 'CNY', 'CNY', 'CNY', 'USD', 'JPY', 'KWD', 'EUR', 'ZZZ'],
  merchant: pool('M', 4),
  merchantName: ['Tea House', 'tea house', 'TEA', '茶馆', '茶馆 2', 'Café', 'CAFÉ', ' x ', ''],
  mcc: ['5411', '5812', '6011'],
  city: ['Shanghai', 'shanghai', 'Zürich', '東京', 'a😀b', '\u{FF5E}', ''],
  country: ['CN', 'CH', 'JP'],
  terminal: pool('T', 4),
  softwareVersion: ['3.2.10', '3.2.9', '3.2', '3.2.0', '3.10', 'beta', '', '3..2', '03.2', '3.2.'],
  ip: pool('10.0.0.', 3),
  device: pool('D', 3),
  order: pool('O', 3),
  paymentCode: pool('P', 3),
  rail: ['card', 'wallet'],
  operator: pool('op', 2),
  loyaltyTier: ['gold', 'silver', 'none'],
};

function extra(name: string, type: FieldSpec['type']): FieldSpec {
  return { name, type, bytesMax: 1024, neededBy: [], meaning: `extra ${name}` };
}

export const EXTRA_FIELDS: readonly FieldSpec[] = [
  extra('loyaltyTier', 'string'),
  extra('riskHint', 'number'),
  extra('isKnown', 'boolean'),
];

export const ALL_FIELDS: readonly FieldSpec[] = [...TRANSACTION_FIELDS, ...EXTRA_FIELDS];

export function numberOfField(name: string): number {
  const number = ALL_FIELDS.findIndex((spec) => spec.name === name);
  if (number < 0) throw new Error(`no field ${name}`);
  return number;
}

export const START_MS: number = Date.UTC(2026, 0, 1);

export const LISTS: readonly ListData[] = [
  { name: 'watched', values: textColumnOf(['A1', 'A3', 'M2', '10.0.0.2', '4111111111111111']) },
  { name: 'cities', values: textColumnOf(['Shanghai', '東京']) },
  { name: 'nobody', values: textColumnOf([]) },
];

export const REGISTERS: readonly RegisterData[] = [
  {
    name: 'merchants',
    keyColumns: ['merchant'],
    rowCount: 4,
    keys: [textColumnOf(['M1', 'M2', 'M4', 'M9'])],
    columns: [
      {
        name: 'legalName',
        type: 'string',
        texts: textColumnOf(['Tea House', '茶馆', null, 'Café']),
        numbers: null,
      },
      { name: 'limit', type: 'money', texts: null, numbers: numberColumnOf([10_000, NaN, 500, 0]) },
      {
        name: 'weight',
        type: 'number',
        texts: null,
        numbers: numberColumnOf([0.5, 0, NaN, -2.25]),
      },
      { name: 'active', type: 'boolean', texts: null, numbers: numberColumnOf([1, 0, NaN, 1]) },
      {
        name: 'since',
        type: 'time',
        texts: null,
        numbers: numberColumnOf([START_MS - 1000, START_MS + 3_600_000, NaN, START_MS + 90_000]),
      },
    ],
  },
  {
    name: 'terminals',
    keyColumns: ['terminal'],
    rowCount: 3,
    keys: [textColumnOf(['T1', 'T2', 'T3'])],
    columns: [
      { name: 'merchant', type: 'string', texts: textColumnOf(['M1', 'M2', null]), numbers: null },
      { name: 'lat', type: 'number', texts: null, numbers: numberColumnOf([31.25, 31.25, NaN]) },
      { name: 'lon', type: 'number', texts: null, numbers: numberColumnOf([121.5, 8.5, 8.5]) },
      {
        name: 'software',
        type: 'string',
        texts: textColumnOf(['3.2', '3.2.10', 'beta']),
        numbers: null,
      },
    ],
  },
  {
    name: 'pairs',
    keyColumns: ['account', 'merchant'],
    rowCount: 3,
    keys: [textColumnOf(['A1', 'A2', 'A1']), textColumnOf(['M1', 'M3', 'M2'])],
    columns: [
      { name: 'ceiling', type: 'money', texts: null, numbers: numberColumnOf([100, 20_000, NaN]) },
    ],
  },
  {
    name: 'maintenance',
    keyColumns: [],
    rowCount: 4,
    keys: [],
    columns: [
      {
        name: 'from',
        type: 'time',
        texts: null,
        numbers: numberColumnOf([START_MS, START_MS + 60_000, NaN, START_MS + 7_200_000]),
      },
      {
        name: 'to',
        type: 'time',
        texts: null,
        numbers: numberColumnOf([
          START_MS + 600_000,
          START_MS + 120_000,
          START_MS + 1e10,
          START_MS + 7_300_000,
        ]),
      },
      {
        name: 'scope',
        type: 'string',
        texts: textColumnOf(['T1', 'T2', 'T3', '*']),
        numbers: null,
      },
    ],
  },
];

export const RATES: readonly RateData[] = [
  { currency: 'USD', rateDigits: 71_235, rateScale: 4 },
  { currency: 'JPY', rateDigits: 4_825, rateScale: 5 },
  { currency: 'KWD', rateDigits: 235, rateScale: 1 },
];

export const ENTITIES: readonly EntitySpec[] = [
  { name: 'account', keyFields: [numberOfField('account')] },
  { name: 'merchant', keyFields: [numberOfField('merchant')] },
  { name: 'terminal', keyFields: [numberOfField('terminal')] },
  { name: 'ip', keyFields: [numberOfField('ip')] },
  {
    name: 'charge',
    keyFields: ['account', 'merchant', 'amount', 'currency'].map(numberOfField),
  },
];
