// Many rows in one table: neighbours, records, the guard behind the last row, layouts.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_HASH_KEY } from '../../src/base/hash.ts';
import { createJsonDecoder } from '../../src/codec/json-decoder.ts';
import { createMsgpackDecoder } from '../../src/codec/msgpack-decoder.ts';
import { createMoneyConversion } from '../../src/domain/currencies.ts';
import type { RowLayout } from '../../src/domain/row-layout.ts';
import { ROW, ROW_FLAG, makeRowLayout } from '../../src/domain/row-layout.ts';
import { ANY_ROWS, STYLES, writeJson } from './arbitrary-rows.ts';
import { makeDecodeMemory } from './decode-memory.ts';
import type { Decoded } from './decode-support.ts';
import {
  EXTRA_FIELDS,
  LAYOUT,
  decodeJson,
  makeDecode,
  pack,
  readRecord,
} from './decode-support.ts';

const GUARD_BYTES = 64;
const encoder = new TextEncoder();

/** Rows laid end to end with nothing between them and `guard` behind the last. */
function decodeAll(
  format: 'json' | 'msgpack',
  rows: readonly Uint8Array[],
  guard: string | Uint8Array,
  layout: RowLayout = LAYOUT,
): Decoded[] {
  const byteCount = rows.reduce((sum, row) => sum + row.length, 0) + GUARD_BYTES;
  const { table, ...places } = makeDecodeMemory(layout, byteCount, rows.length);
  const { bytes } = table;
  const spans: number[] = [];
  let at = 0;
  for (const row of rows) {
    bytes.set(row, at);
    spans.push(at, row.length);
    at += row.length;
  }
  const behind = typeof guard === 'string' ? encoder.encode(guard.repeat(GUARD_BYTES)) : guard;
  bytes.set(behind.subarray(0, GUARD_BYTES), at);
  const options = { layout, hashKey: DEFAULT_HASH_KEY, money: null, ...places };
  const decoder = format === 'json' ? createJsonDecoder(options) : createMsgpackDecoder(options);
  const split = new Int32Array(rows.length).fill(-1);
  decoder.decode(table, Int32Array.from(spans), split, 0, rows.length, 0);
  return rows.map((_, record) => readRecord(layout, table, record));
}

test('rows end to end are what they are alone, whatever stands behind them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(ANY_ROWS, STYLES, fc.option(fc.nat(), { freq: 3 })), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.constantFrom('\0', '"', '0', ',"', '\\', '}', '","', '1,"id":', 'é'),
      (made, guard) => {
        const texts = made.map(([row, style, cut]) => {
          const bytes = encoder.encode(writeJson(row, style));
          return cut === null ? bytes : bytes.slice(0, cut % (bytes.length + 1));
        });
        const packs = made.map(([row, , cut]) => {
          const bytes = pack(row);
          return cut === null ? bytes : bytes.slice(0, cut % (bytes.length + 1));
        });
        for (const [format, rows] of [
          ['json', texts],
          ['msgpack', packs],
        ] as const) {
          const alone = makeDecode(format);
          decodeAll(format, rows, guard).forEach((decoded, index) => {
            expect({ ...decoded, table: null }).toEqual({
              ...alone(rows[index] as Uint8Array),
              table: null,
            });
          });
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('no cut of a row makes the decoder read past the guard, or take what is in it', () => {
  const row = '{"id":"x1","time":1767225600123,"lat":12.25,"city":"abcdefg","kind":"code"';
  for (const guard of ['abcdefg","id":"', '","id":"', '", "', '1,"', '":"a","', '5.5', '"}', ' ']) {
    for (let length = 0; length < row.length; length++) {
      for (let phase = 0; phase < guard.length; phase++) {
        const text = encoder.encode(row.slice(0, length));
        const rest = guard.slice(phase) + guard.repeat(GUARD_BYTES);
        expect(decodeAll('json', [text], rest)[0]?.error).toBe('BAD_JSON');
      }
    }
  }
});

test('of a msgpack row that is cut nothing is read past the guard, though it goes on there', () => {
  const row = pack({
    id: 'x1',
    kind: 'code',
    time: 1_767_225_600_123,
    account: 'A',
    softwareVersion: '3.1',
    lat: 12.25,
    codeState: 'paid',
    aFieldWithAVeryLongName: 7,
  });
  for (let length = 0; length < row.length; length++) {
    const [decoded] = decodeAll('msgpack', [row.slice(0, length)], row.slice(length));
    expect(decoded?.error).toBe('TRUNCATED_ROW');
  }
  expect(decodeAll('msgpack', [row], '')[0]?.error).toBeNull();
});

test('what the rules do not read changes neither content nor errors', () => {
  const small = makeRowLayout(EXTRA_FIELDS, new Set(['amount']), false);
  const decodeSmall = makeDecode('json', null, small);
  fc.assert(
    fc.property(ANY_ROWS, (row) => {
      const text = JSON.stringify(row);
      const whole = decodeJson(text);
      const decoded = decodeSmall(text);
      const shared = ['error', 'errorField', 'errorAt', 'id', 'flags', 'kind', 'content'] as const;
      for (const name of shared) expect(decoded[name]).toEqual(whole[name]);
      for (const [name, value] of Object.entries(decoded.values)) {
        expect(whole.values[name]).toEqual(value);
      }
    }),
    { numRuns: 200 },
  );
});

test('the whole header is written, over whatever was there', () => {
  const { table } = decodeJson(
    '{"id":"x","kind":"code","time":5,"account":"A","codeState":"paid"}',
  );
  const base = LAYOUT.strideBytes / 4;
  const at = (offset: number): number | undefined => table.i32[base + offset / 4];
  expect({
    flags: at(ROW.flags),
    bytesOffset: at(ROW.bytesOffset),
    bytesLength: at(ROW.bytesLength),
    errorCode: at(ROW.errorCode),
    errorField: at(ROW.errorField),
    errorAt: at(ROW.errorAt),
    repeatRow: at(ROW.repeatRow),
    revision: at(ROW.revision),
    verdict: at(ROW.verdict),
  }).toEqual({
    flags: 0,
    bytesOffset: 3,
    bytesLength: 66,
    errorCode: -1,
    errorField: -1,
    errorAt: -1,
    repeatRow: -1,
    revision: 0,
    verdict: 0,
  });
});

describe('money in the plan currency', () => {
  const money = createMoneyConversion(
    'CNY',
    [
      { currency: 'USD', rateDigits: 72005, rateScale: 4 },
      { currency: 'JPY', rateDigits: 5, rateScale: 2 },
    ],
    DEFAULT_HASH_KEY,
  );
  const decode = makeDecode('json', money);
  const row = (currency: string | null, amount: number, more = ''): Decoded =>
    decode(
      `{"id":"x","kind":"${currency === null ? 'reversal' : 'payment'}","time":5,"account":"A","of":"y",` +
        `"amount":${amount},"merchant":"M"${more}${currency === null ? '' : `,"currency":"${currency}"`}}`,
    );

  test.each<[string | null, number, number]>([
    ['CNY', 12345, 12345],
    ['USD', 100, 720],
    ['USD', -1000, -7200],
    ['JPY', 1, 5],
    ['JPY', 3, 15],
    [null, 77, 77],
  ])('%s %d is %d', (currency, amount, converted) => {
    const decoded = row(currency, amount);
    expect(decoded.error).toBeNull();
    expect(decoded.converted['amount']).toBe(converted);
    expect(decoded.values['amount']).toBe(amount);
    expect(decoded.flags & ROW_FLAG.currencyUnknown).toBe(0);
  });

  test.each(['EUR', 'XAU', 'cny', 'nonsense', ''])('currency "%s" has no rate', (currency) => {
    const decoded = row(currency, 100, ',"balance":5');
    expect(decoded.error).toBeNull();
    expect(decoded.converted['amount']).toBeNaN();
    expect(decoded.converted['balance']).toBeNaN();
    expect(decoded.values['amount']).toBe(100);
    expect(decoded.flags).toBe(ROW_FLAG.decided | ROW_FLAG.currencyUnknown);
  });

  test('every money field is converted, absent ones stay missing', () => {
    expect(row('USD', 100, ',"balance":1000').converted).toEqual({ amount: 720, balance: 7200 });
    expect(row('USD', 100).converted['balance']).toBeNaN();
  });
});
