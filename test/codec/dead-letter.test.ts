import { describe, expect, test } from 'vitest';
import { inputErrorMessage, makeDeadLetter } from '../../src/codec/dead-letter.ts';
import { TRANSACTION_FIELDS } from '../../src/domain/fields.ts';
import { INPUT_ERRORS } from '../../src/domain/input-error.ts';
import { LAYOUT, decodeJson, decodeMsgpack, pack } from './decode-support.ts';

const PLACE = { source: 'in.ndjson', row: 17, batchFirstByte: 5120 };
/** Where decode-support puts its row. */
const ROW_AT = 3;

function letterOf(decoded: ReturnType<typeof decodeJson>): Record<string, unknown> {
  const line = new TextDecoder().decode(makeDeadLetter(decoded.table, LAYOUT, 1, PLACE));
  expect(line.indexOf('\n')).toBe(line.length - 1);
  return JSON.parse(line) as Record<string, unknown>;
}

test('says what, where and which row', () => {
  const text = '{"id":"tx-1","kind":"payment","time":5,"account":"A","amount":"ten"}';
  expect(letterOf(decodeJson(text))).toEqual({
    row: 17,
    byte: 5120 + ROW_AT,
    source: 'in.ndjson',
    code: 'WRONG_TYPE',
    message:
      'Value of key "amount" has the wrong type: expected a whole number of minor units within ±2^53',
    field: 'amount',
    at: 62,
    id: 'tx-1',
    bytes: text,
  });
});

test('a row that cannot be read has no field and no id', () => {
  const letter = letterOf(decodeJson('{"id":'));
  expect(letter).toMatchObject({ code: 'BAD_JSON', at: 6, bytes: '{"id":' });
  expect(letter).not.toHaveProperty('field');
  expect(letter).not.toHaveProperty('id');
});

test('the id is the whole one, though it begins with a byte order mark', () => {
  const text = '{"id":"\ufefftx-1","kind":"payment","time":5,"account":"A","amount":"ten"}';
  expect(letterOf(decodeJson(text))).toMatchObject({ id: '\ufefftx-1', bytes: text });
});

test('a missing key names the kind that needs it', () => {
  const text = '{"id":"x","kind":"label","time":5,"account":"A","label":"fraud"}';
  expect(letterOf(decodeJson(text))['message']).toBe(
    'Key "of" is missing: a row of kind label needs it',
  );
});

test('bytes that are no UTF-8 stand as base64', () => {
  const row = Uint8Array.of(...new TextEncoder().encode('{"id":"'), 0xff, 0x22, 0x7d);
  const letter = letterOf(decodeJson(row));
  expect(letter).not.toHaveProperty('bytes');
  expect(Buffer.from(String(letter['base64']), 'base64')).toEqual(Buffer.from(row));
});

describe('card numbers', () => {
  test('are masked in text', () => {
    const letter = letterOf(decodeJson('{"id":"x","card":"4111111111111111"'));
    expect(letter).toMatchObject({ bytes: '{"id":"x","card":"411111******1111"', masked: true });
  });

  test('are masked in base64 too', () => {
    const letter = letterOf(decodeMsgpack(pack({ id: 'x', card: '4111111111111111', n: -1000 })));
    expect(letter['masked']).toBe(true);
    const bytes = Buffer.from(String(letter['base64']), 'base64').toString('latin1');
    expect(bytes).toContain('411111******1111');
    expect(bytes).not.toContain('4111111111111111');
  });

  test('the slab keeps the row as it was', () => {
    const decoded = decodeJson('{"card":"4111111111111111"');
    letterOf(decoded);
    const bytes = decoded.table.bytes.slice(ROW_AT, ROW_AT + 26);
    expect(new TextDecoder().decode(bytes)).toContain('4111111111111111');
  });
});

test('of a row that is too long the first part is kept', () => {
  expect(letterOf(decodeJson('{"id":"x"', 5))).toMatchObject({
    code: 'ROW_TOO_LONG',
    id: 'x',
    bytes: '{"id":"x"',
  });
});

test('every error and field has a sentence', () => {
  for (const { code } of INPUT_ERRORS) {
    expect(inputErrorMessage(code, null, null)).toMatch(/^Bad row: ./);
    for (const spec of TRANSACTION_FIELDS) {
      const message = inputErrorMessage(code, spec, 'payment');
      expect(message).toContain(`"${spec.name}"`);
      expect(message).not.toContain('undefined');
    }
  }
});
