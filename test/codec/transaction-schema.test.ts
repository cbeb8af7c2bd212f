// The published schema is the one that the code makes, and it agrees with the decoder on what a
// schema can say. `npx vitest run test/codec/transaction-schema.test.ts -u` writes it anew.

import { format } from 'prettier';
import { expect, test } from 'vitest';
import { transactionSchema } from '../../src/codec/transaction-schema.ts';
import { validate } from '../support-schema/validate.ts';
import { decodeJson } from './decode-support.ts';

const GOOD = {
  id: 'tx-1',
  kind: 'payment',
  time: 1767225600000,
  account: 'A',
  amount: 100,
  currency: 'CNY',
  merchant: 'M',
};

test('docs/schemas/transaction.schema.json is what the code makes', async () => {
  const text = await format(JSON.stringify(transactionSchema()), {
    parser: 'json',
    printWidth: 100,
  });
  await expect(text).toMatchFileSnapshot('../../docs/schemas/transaction.schema.json');
});

test.each([
  ['a payment', {}],
  ['no id', { id: undefined }],
  ['an id that is a number', { id: 5 }],
  ['an unknown kind', { kind: 'gift' }],
  ['a time as text', { time: '2026-01-01T00:00:00Z' }],
  ['a time that is no date', { time: 'yesterday' }],
  ['half a minor unit', { amount: 0.5 }],
  ['an amount past 2^53', { amount: 2 ** 54 }],
  ['a negative amount', { amount: -100 }],
  ['no merchant', { merchant: undefined }],
  ['a latitude of 91', { lat: 91 }],
  ['a longitude of -180', { lon: -180 }],
  ['an unknown channel', { channel: 'carrier-pigeon' }],
  ['a null', { ip: null }],
  ['an unknown key', { colour: { r: 1 } }],
  ['an order of 65 bytes', { order: 'x'.repeat(65) }],
  ['a terminal report', { kind: 'terminal', account: undefined, terminal: 'T' }],
  ['a terminal report without its terminal', { kind: 'terminal' }],
  ['a status without `of`', { kind: 'status' }],
  ['a label', { kind: 'label', of: 'tx-0', label: 'fraud' }],
  ['a release that says nothing', { kind: 'release', of: 'tx-0' }],
])('schema and decoder agree on %s', (_, change) => {
  const row: unknown = JSON.parse(JSON.stringify({ ...GOOD, ...change }));
  const isValid = validate(transactionSchema(), row).length === 0;
  expect(decodeJson(JSON.stringify(row)).error === null).toBe(isValid);
});
