import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FAULT_SCENARIOS } from '../../src/load/fault-scenarios.ts';
import { HONEST_SCENARIOS } from '../../src/load/honest-scenarios.ts';
import { MERCHANT_FRAUD_SCENARIOS } from '../../src/load/merchant-fraud-scenarios.ts';
import { PAYER_FRAUD_SCENARIOS } from '../../src/load/payer-fraud-scenarios.ts';
import { loadRulesFileSync } from '../../src/rules/front/load.ts';

const text = readFileSync(new URL('../../docs/triggers.md', import.meta.url), 'utf8');
const rules = fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url));
const loaded = loadRulesFileSync(rules);

describe('docs/triggers.md', () => {
  it('lists every rule of the main file with its description and outcome, and no other', () => {
    const plan = loaded.ok ? loaded.plan : null;
    const listed = [...text.matchAll(/\[`([\w-]+)`\]\([^)]*\) +\| ([^|]+?) +\| ([^|]+?) +\|/g)].map(
      ([, id, description, outcome]) => `${id}: ${description} -> ${outcome}`,
    );
    const expected = plan?.rules.map(
      ({ id, description, mode, outcome, score }) =>
        `${id}: ${description} -> ${mode === 'score' ? `${score?.text} points` : outcome}`,
    );
    expect(new Set(listed)).toEqual(new Set(expected));
  });

  it('names every injected kind that is no trigger of a rule', () => {
    const triggers = new Set(loaded.ok ? loaded.plan.rules.map(({ trigger }) => trigger) : []);
    const kinds = [
      ...PAYER_FRAUD_SCENARIOS,
      ...MERCHANT_FRAUD_SCENARIOS,
      ...FAULT_SCENARIOS,
      ...HONEST_SCENARIOS,
    ].map(({ kind }) => kind);
    const unnamed = kinds.filter((kind) => !triggers.has(kind) && !text.includes(`\`${kind}\``));
    expect(unnamed).toEqual([]);
  });
});
