import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeDeadLetter } from '../../src/codec/dead-letter.ts';
import { INPUT_ERRORS } from '../../src/domain/input-error.ts';
import type { Schema } from '../support-schema/validate.ts';
import { validate } from '../support-schema/validate.ts';
import { LAYOUT, decodeJson } from './decode-support.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/schemas/dead-letter.schema.json', import.meta.url), 'utf8'),
) as Schema;

function letterOf(row: string | Uint8Array): Record<string, unknown> {
  const place = { source: 'in.ndjson', row: 17, batchFirstByte: 5120 };
  const { table } = decodeJson(row);
  const line = makeDeadLetter(table, LAYOUT, 1, place);
  return JSON.parse(new TextDecoder().decode(line)) as Record<string, unknown>;
}

test.each([
  ['of a wrong type', '{"id":"tx-1","kind":"payment","time":5,"account":"A","amount":"ten"}'],
  ['of no JSON', '{"id":'],
  ['with a card number', '{"id":"x","card":"4111111111111111","kind":1}'],
  ['that is no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
])('a letter on a row %s conforms to the schema', (_, row) => {
  expect(validate(schema, letterOf(row))).toEqual([]);
});

test.each([
  ['the row twice', { base64: '' }, '$ matches 2 of oneOf'],
  ['an unknown code', { code: 'ODD' }, '$.code matches 0 of oneOf'],
  ['an unknown key', { masks: 1 }, '$.masks is unknown'],
  ['masked: false', { masked: false }, '$.masked is not the const'],
])('%s is no dead letter', (_, more, message) => {
  expect(validate(schema, { ...letterOf('{"id":'), ...more })).toContain(message);
});

test('the schema names the codes of the code', () => {
  const { properties } = schema as { properties: { code: { oneOf: { const: string }[] } } };
  expect(properties.code.oneOf.map((code) => code.const)).toEqual(
    INPUT_ERRORS.map(({ code }) => code),
  );
});
