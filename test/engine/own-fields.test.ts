// As many fields of its own as a rules file may declare are read, in both forms; one more is refused.

import { expect, test } from 'vitest';
import { FIELDS_MAX, TRANSACTION_FIELDS } from '../../src/domain/fields.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { loadRulesText } from '../../src/rules/front/load.ts';

const MOST = FIELDS_MAX - TRANSACTION_FIELDS.length;

function rules(count: number): string {
  const names = Array.from({ length: count }, (_, k) => `own${k}`);
  return `ruleset: own
currency: CNY
fields: { ${names.map((name) => `${name}: number`).join(', ')} }
rules:
  - { id: all, when: '${names.map((name) => `tx.${name} == ${name.slice(3)}`).join(' && ')}', outcome: hold, reason: POLICY }
`;
}

test('as many as there may be', () => {
  const loaded = loadRulesText(rules(MOST), 'own.yaml', () => new Uint8Array(0));
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const engine = new LocalEngine({ plan: loaded.plan, batchRowsMax: 4 });
  const own = Object.fromEntries(Array.from({ length: MOST }, (_, k) => [`own${k}`, k]));
  const row = { id: 'a', kind: 'payment', time: 1_767_225_600_000, account: 'A', merchant: 'M' };
  const rest = { amount: 100, currency: 'CNY' };
  const rows = [
    { ...row, ...rest, ...own },
    { ...row, ...rest, ...own, id: 'b', [`own${MOST - 1}`]: -1 },
    { ...row, ...rest, id: 'c' },
  ];
  expect(engine.decide(rows).map(({ outcome }) => outcome)).toEqual(['hold', 'allow', 'allow']);
  const lines = rows.map((one) => Buffer.from(JSON.stringify({ ...one, id: `${one.id}2` })));
  const { decisions } = engine.decideBytes(lines, 'ndjson');
  const text = Buffer.from(decisions).toString();
  expect(text.match(/"outcome":"\w+"/g)).toEqual([
    '"outcome":"hold"',
    '"outcome":"allow"',
    '"outcome":"allow"',
  ]);
});

test('one more is refused with its place', () => {
  const loaded = loadRulesText(rules(MOST + 1), 'own.yaml', () => new Uint8Array(0));
  expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toContain(
    `More than ${MOST} extra fields are declared.`,
  );
});
