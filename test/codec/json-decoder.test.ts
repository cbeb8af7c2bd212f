// The JSON decoder against JSON.parse, on every form of row, and on every damage done to one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';
import { ROW_FLAG } from '../../src/domain/row-layout.ts';
import { ANY_ROWS, GOOD_ROWS, STYLES, writeJson } from './arbitrary-rows.ts';
import type { Decoded } from './decode-support.ts';
import { decodeJson, makeDecode } from './decode-support.ts';
import type { Meaning } from './reference-decoder.ts';
import { meaningOfJson } from './reference-decoder.ts';
import { wholeOf } from './whole-of.ts';

const encoder = new TextEncoder();

function expectMeaning(decoded: Decoded, meaning: Meaning): void {
  if (meaning.errors.length === 0) {
    expect(decoded.error).toBeNull();
    expect(decoded.values).toEqual(meaning.values);
    return;
  }
  expect(meaning.errors.map((error) => error.split(' ')[0])).toContain(decoded.error);
  if (decoded.errorField !== null) {
    expect(meaning.errors).toContain(`${decoded.error} ${decoded.errorField}`);
  }
}

/** JSON.parse rounds: 4503599627370497.5 is a whole number to it, and none to the contract. */
function isRounded(bytes: Uint8Array, { error, errorAt }: Decoded): boolean {
  if (error !== 'BAD_VALUE') return false;
  const [text = ''] = /^[-+.\deE]*/.exec(Buffer.from(bytes).toString('latin1', errorAt)) ?? [];
  return Number.isInteger(Number(text)) && Number.isNaN(wholeOf(text));
}

function check(bytes: Uint8Array): void {
  const decoded = decodeJson(bytes);
  if (!isRounded(bytes, decoded)) expectMeaning(decoded, meaningOfJson(bytes));
}

describe('against JSON.parse', () => {
  test('good rows, however they are written', () => {
    fc.assert(
      fc.property(GOOD_ROWS, STYLES, (row, style) => {
        const text = writeJson(row, style);
        const decoded = decodeJson(text);
        expect(decoded.error).toBeNull();
        expectMeaning(decoded, meaningOfJson(encoder.encode(text)));
      }),
      { numRuns: 600 },
    );
  });

  test('rows with anything in them', () => {
    fc.assert(
      fc.property(ANY_ROWS, STYLES, (row, style) => check(encoder.encode(writeJson(row, style)))),
      { numRuns: 600 },
    );
  });

  test('any JSON value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => check(encoder.encode(text))),
      { numRuns: 300 },
    );
  });

  test('mutated bytes', () => {
    const mutation = fc.tuple(
      fc.nat(),
      fc.constantFrom('set', 'insert', 'delete', 'repeat'),
      fc.oneof(
        fc.nat(255),
        fc.constantFrom(...encoder.encode('"\\,:{}[]0123456789.eE+-u \t\r\ntfn')),
      ),
    );
    fc.assert(
      fc.property(
        GOOD_ROWS,
        STYLES,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (row, style, mutations) => {
          let bytes = [...encoder.encode(writeJson(row, style))];
          for (const [place, how, byte] of mutations) {
            const at = place % (bytes.length + 1);
            if (how === 'set' && at < bytes.length) bytes[at] = byte;
            if (how === 'insert') bytes.splice(at, 0, byte);
            if (how === 'delete') bytes.splice(at, 1);
            if (how === 'repeat') bytes = [...bytes.slice(0, at), ...bytes.slice(at >> 1)];
          }
          check(Uint8Array.from(bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('truncated at every byte', () => {
    fc.assert(
      fc.property(GOOD_ROWS, STYLES, (row, style) => {
        const bytes = encoder.encode(writeJson(row, style).trimEnd());
        for (let length = 0; length < bytes.length; length++) {
          const decoded = decodeJson(bytes.slice(0, length));
          expect(['BAD_JSON', 'BAD_UTF8']).toContain(decoded.error);
        }
      }),
      { numRuns: 25 },
    );
  });
});

test('the fast loop and the careful way write the same record', () => {
  // A row with a space in front is never for the fast loop.
  fc.assert(
    fc.property(ANY_ROWS, (row) => {
      const text = JSON.stringify(row);
      const fast = decodeJson(text);
      const careful = decodeJson(` ${text}`);
      const isField = fast.errorField !== null && fast.error !== 'MISSING_KEY';
      expect({ ...careful, table: null, errorAt: careful.errorAt - (isField ? 1 : 0) }).toEqual({
        ...fast,
        table: null,
        errorAt: fast.error === 'MISSING_KEY' ? fast.errorAt + 1 : fast.errorAt,
      });
    }),
    { numRuns: 500 },
  );
});

test('the hash of every string is hashBytes of its unescaped bytes', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 64, unit: 'grapheme' }), STYLES, (text, style) => {
      const row = { ...JSON.parse(GOOD), merchantName: text };
      const decoded = decodeJson(writeJson(row, style));
      const [lo, hi] = hashString(text, DEFAULT_HASH_KEY);
      expect(decoded.hashes['merchantName']).toBe(`${lo}:${hi}`);
    }),
    { numRuns: 400 },
  );
});

const GOOD =
  '{"id":"x","kind":"payment","time":1767225600000,"account":"A","amount":100,"currency":"CNY","merchant":"M"}';

/** GOOD with `members` at its end, later duplicates win. */
function withMembers(members: string): string {
  return `${GOOD.slice(0, -1)},${members}}`;
}

test.each([
  ['100', 100],
  ['100.0', 100],
  ['1e2', 100],
  ['1E+2', 100],
  ['1000e-1', 100],
  ['-0', 0],
  ['0', 0],
  ['0.0', 0],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', 9007199254740992],
  ['-9007199254740992.000', -9007199254740992],
  ['90071992547409920e-1', 9007199254740992],
  ['123456789012345', 123456789012345],
])('amount %s is %d', (text, value) => {
  expect(decodeJson(withMembers(`"amount":${text}`)).values['amount']).toBe(value);
});

test.each([
  ['"amount":9007199254740993', 'BAD_VALUE', 'amount'],
  ['"amount":9007199254740992.5', 'BAD_VALUE', 'amount'],
  ['"amount":-9007199254740993', 'BAD_VALUE', 'amount'],
  ['"amount":1e400', 'BAD_VALUE', 'amount'],
  ['"amount":0.5', 'BAD_VALUE', 'amount'],
  ['"amount":"100"', 'WRONG_TYPE', 'amount'],
  ['"amount":null', 'WRONG_TYPE', 'amount'],
  ['"amount":[1]', 'WRONG_TYPE', 'amount'],
  ['"amount":true', 'WRONG_TYPE', 'amount'],
  ['"id":5', 'WRONG_TYPE', 'id'],
  ['"id":null', 'WRONG_TYPE', 'id'],
  ['"time":"2026-13-01T00:00:00Z"', 'BAD_VALUE', 'time'],
  ['"lat":90.0000001', 'BAD_VALUE', 'lat'],
  ['"lon":-181', 'BAD_VALUE', 'lon'],
  ['"kind":"Payment"', 'BAD_VALUE', 'kind'],
  ['"kind":"status"', 'MISSING_KEY', 'of'],
  ['"kind":"terminal"', 'MISSING_KEY', 'terminal'],
  ['"channel":"fax"', 'BAD_VALUE', 'channel'],
  [`"order":"${'x'.repeat(65)}"`, 'STRING_TOO_LONG', 'order'],
  [`"order":"${'\\u0041'.repeat(65)}"`, 'STRING_TOO_LONG', 'order'],
  [`"city":"${'é'.repeat(513)}"`, 'STRING_TOO_LONG', 'city'],
  [`"loyaltyTier":"${'x'.repeat(17)}"`, 'STRING_TOO_LONG', 'loyaltyTier'],
  ['"isStaff":1', 'WRONG_TYPE', 'isStaff'],
  ['"riskHint":1e999', 'BAD_VALUE', 'riskHint'],
  [`"z":${'['.repeat(32)}${']'.repeat(32)}`, 'TOO_DEEP', null],
  ['"amount":01', 'BAD_JSON', null],
  ['"amount":1.', 'BAD_JSON', null],
  ['"amount":.5', 'BAD_JSON', null],
  ['"amount":+1', 'BAD_JSON', null],
  ['"amount":1e', 'BAD_JSON', null],
  ['"amount":-', 'BAD_JSON', null],
  ['"z":NaN', 'BAD_JSON', null],
  ['"z":tru', 'BAD_JSON', null],
  ['"z":"a\tb"', 'BAD_JSON', null],
  ['"city":"a\tb"', 'BAD_JSON', null],
  ['"city":"a\\x"', 'BAD_JSON', null],
  ['"city":"\\u12g4"', 'BAD_JSON', null],
  ['"city":"\\ud800"', 'BAD_UTF8', null],
  ['"city":"\\udc00\\ud800"', 'BAD_UTF8', null],
  ['"\\ud800":1', 'BAD_UTF8', null],
  ['"z":{"a":["\\udead"]}', 'BAD_UTF8', null],
  ['"a":1,', 'BAD_JSON', null],
  ['a:1', 'BAD_JSON', null],
])('a row with %s is %s', (members, error, field) => {
  const decoded = decodeJson(withMembers(members));
  expect([decoded.error, decoded.errorField]).toEqual([error, field]);
  expect(decoded.flags & ROW_FLAG.bad).not.toBe(0);
});

test.each([
  [`"z":${'['.repeat(31)}${']'.repeat(31)}`, {}],
  ['"amount":"bad","amount":7', { amount: 7 }],
  [`"order":"${'x'.repeat(99)}","order":"o"`, { order: 'o' }],
  ['"\\u0061mount":5', { amount: 5 }],
  ['"amoun\\u0074" : 5', { amount: 5 }],
  ['"city":"\\ud83d\\ude00\\n\\/\\u4e0A"', { city: '😀\n/上' }],
  [`"order":"${'x'.repeat(64)}"`, { order: 'x'.repeat(64) }],
  [`"city":"${'é'.repeat(512)}"`, { city: 'é'.repeat(512) }],
  ['"lat":12.34567891,"lon":-0.00000001', { lat: 12.3456789, lon: 0 }],
  ['"time":"2026-01-01T08:00:00.1239+08:00"', { time: 1767225600123 }],
  ['"aFieldWithAVeryLongName":-3', { aFieldWithAVeryLongName: -3 }],
  ['"isStaff":true,"riskHint":-0.0', { isStaff: true, riskHint: 0 }],
  ['"":0,"z":{"id":"not mine"}', { id: 'x' }],
])('a row with %s is good', (members, values) => {
  const decoded = decodeJson(withMembers(members));
  expect(decoded.error).toBeNull();
  expect(decoded.values).toMatchObject(values);
  expect(decoded.flags).toBe(ROW_FLAG.decided);
});

test.each([
  ['', 'BAD_JSON'],
  ['{', 'BAD_JSON'],
  ['{}', 'MISSING_KEY'],
  [' {\t} \r', 'MISSING_KEY'],
  ['[]', 'NOT_A_MAP'],
  ['[1,]', 'BAD_JSON'],
  ['"id"', 'NOT_A_MAP'],
  ['5', 'NOT_A_MAP'],
  ['null', 'NOT_A_MAP'],
  ['nul', 'BAD_JSON'],
  [`${GOOD}x`, 'BAD_JSON'],
  [`${GOOD}{}`, 'BAD_JSON'],
  [`\ufeff${GOOD}`, 'BAD_JSON'],
])('the row %j is %s', (row, error) => {
  expect(decodeJson(row).error).toBe(error);
});

describe('a bad row', () => {
  const row = '{"amount":1,"id":"tx-1","account":"A","kind":"refund","time":5,"z":[1,"é"],"lat":1}';
  const idEnd = row.indexOf('"tx-1"') + 6;

  test('that is cut keeps the id that stands before the cut', () => {
    const bytes = encoder.encode(row);
    for (let length = 0; length < bytes.length; length++) {
      const decoded = decodeJson(bytes.slice(0, length));
      expect(decoded.id).toBe(length >= idEnd ? 'tx-1' : null);
      expect(decoded.errorAt).toBeLessThanOrEqual(length);
    }
  });

  test('keeps what names it and nothing else', () => {
    const decoded = decodeJson(row);
    expect(decoded.error).toBe('MISSING_KEY');
    expect(decoded.values).toEqual({ id: 'tx-1', account: 'A', kind: 'refund', time: 5 });
    expect(decoded.kind).toBe('refund');
    expect(decoded.flags).toBe(ROW_FLAG.bad | ROW_FLAG.idReadable | ROW_FLAG.decided);
  });

  test.each([
    ['an id inside another value', '{"z":{"id":"no"},"id":', null],
    ['an id of another type', '{"id":7,"kind":"payment"}', null],
    ['an id that is too long', `{"id":"${'x'.repeat(65)}"}`, null],
    ['an id after the error', '{"time":x,"id":"late"}', null],
    ['an id after a wrong type', '{"time":true,"id":"late"}', 'late'],
    ['an id that comes twice', '{"id":"a","id":"b"}', 'b'],
    ['an id with escapes', '{"id":"\\u0041\\n"', 'A\n'],
    ['an id after too much nesting', `{"z":${'['.repeat(40)}${']'.repeat(40)},"id":"i"}`, 'i'],
  ])('%s', (_, text, id) => {
    expect(decodeJson(text).id).toBe(id);
  });

  test('says where the error is', () => {
    expect(decodeJson(withMembers('"lat":91')).errorAt).toBe(GOOD.length - 1 + ',"lat":'.length);
    expect(decodeJson('{"id" 5}').errorAt).toBe(6);
    expect(decodeJson('{"a":"\\ud800"}').errorAt).toBe(6);
    expect(decodeJson('{}').errorAt).toBe(2);
  });

  test('that framing found bad keeps its error', () => {
    const decoded = decodeJson(GOOD, 5);
    expect(decoded.error).toBe('ROW_TOO_LONG');
    expect(decoded.id).toBe('x');
  });
});

test('unknown keys are counted once, in well-formed rows', () => {
  const decode = makeDecode('json');
  decode(withMembers('"a":1,"b":{"c":[]},"d":"e"'));
  expect(decode.decoder().unknownKeyCount).toBe(3);
  decode(withMembers('"a":1,"id":"y"'));
  expect(decode.decoder().unknownKeyCount).toBe(4);
  decode('{"a":1');
  expect(decode.decoder().unknownKeyCount).toBe(4);
});

test('a bad row in the middle leaves its neighbours alone', () => {
  const decode = makeDecode('json');
  const before = decode(GOOD);
  for (const bad of ['{"id":"x","kind":"payment"', GOOD.replace('"M"', '5'), '', '}{']) {
    expect(decode(bad).error).not.toBeNull();
    expect({ ...decode(GOOD), table: null }).toEqual({ ...before, table: null });
  }
});
