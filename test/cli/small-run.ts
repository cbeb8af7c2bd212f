// What several tests of the program run it on: a rule, a row, and what a run has left in its folder.

import { readdirSync } from 'node:fs';

export const SMALL_RULES = `ruleset: small
currency: CNY
rules:
  - { id: large, when: tx.amount > 900, outcome: hold, reason: AMOUNT_TOO_LARGE }
`;
export const SMALL_ROW = {
  id: 't1',
  kind: 'payment',
  time: 1_772_380_800_000,
  account: 'A',
  amount: 100,
  currency: 'CNY',
  merchant: 'M',
};

/** Names of all files beside rules.yaml and in.ndjson, in order. */
export function outputsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== 'rules.yaml' && name !== 'in.ndjson')
    .toSorted();
}
