import { expect, test } from 'vitest';
import { planText } from '../../src/cli/plan-text.ts';
import { planOf } from '../rules/front/help.ts';

test('a column of a register is printed as it is written, and no text is changed', () => {
  const when = String.raw`account.count("1h", r[tx.city].lat > 5 && tx.city != "]." && tx.ip != "]\".\"a\"") > 1`;
  const rule = `{ id: a, when: '${when}', outcome: hold, reason: POLICY }`;
  const text = planText(
    planOf(
      `ruleset: t\nregisters: { r: { file: r.csv, key: k, types: { lat: number } } }\nrules: [${rule}]\n`,
      { 'r.csv': 'k,lat\na,1\n' },
    ),
  );
  const key = String.raw`account.count(1h, r[tx.city].lat > 5 && tx.city != "]." && tx.ip != "]\".\"a\"")`;
  expect(text.replaceAll(/\s+/g, ' ')).toContain(key);
});
