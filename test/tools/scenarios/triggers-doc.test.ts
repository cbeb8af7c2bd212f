import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { FAULT_SCENARIOS } from '../../../src/load/fault-scenarios.ts';
import { HONEST_SCENARIOS } from '../../../src/load/honest-scenarios.ts';
import { MERCHANT_FRAUD_SCENARIOS } from '../../../src/load/merchant-fraud-scenarios.ts';
import { PAYER_FRAUD_SCENARIOS } from '../../../src/load/payer-fraud-scenarios.ts';
import { DOCUMENTED_TRIGGERS } from '../../../src/tools/scenarios/documented-triggers.ts';
import { ScenarioRunner } from '../../../src/tools/scenarios/run-scenario.ts';
import { readScenario } from '../../../src/tools/scenarios/scenario-file.ts';
import { shownCases, triggersDoc } from '../../../src/tools/scenarios/triggers-doc.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOC = `${ROOT}docs/triggers.md`;
const plan = new ScenarioRunner().plan(`${ROOT}fixtures/rules/pos-wallet.yaml`);
const scenarios = readdirSync(`${ROOT}fixtures/scenarios`)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readScenario(`${ROOT}fixtures/scenarios/${file}`));
const text = readFileSync(DOC, 'utf8');

describe('docs/triggers.md', () => {
  it('is what scripts/write-scenarios.mjs makes of the scenarios and rules', async () => {
    const config = await resolveConfig(DOC);
    expect(text).toBe(await format(triggersDoc(scenarios, plan), { ...config, filepath: DOC }));
  });

  it('names every injected kind', () => {
    const triggers = new Set(plan.rules.map(({ trigger }) => trigger));
    const kinds = [
      ...PAYER_FRAUD_SCENARIOS,
      ...MERCHANT_FRAUD_SCENARIOS,
      ...FAULT_SCENARIOS,
      ...HONEST_SCENARIOS,
    ].map(({ kind }) => kind);
    expect(kinds.filter((kind) => !triggers.has(kind) && !text.includes(`\`${kind}\``))).toEqual(
      [],
    );
  });
});

describe('the documented triggers', () => {
  it.each(DOCUMENTED_TRIGGERS)(
    '$number, $title: every outcome and code, and a near miss',
    (row) => {
      const own = scenarios.filter(({ triggers }) => triggers.includes(row.number));
      const shown = own.filter(({ isNearMiss }) => !isNearMiss).flatMap((item) => shownCases(item));
      expect(shown.map((item) => item.text)).toEqual(expect.arrayContaining([...row.cases]));
      expect(own.filter(({ isNearMiss }) => isNearMiss)).not.toEqual([]);
    },
  );

  it('are all that the rules name', () => {
    const names = new Set(DOCUMENTED_TRIGGERS.flatMap((row) => row.names));
    const others = plan.rules.filter(({ trigger }) => !names.has(trigger ?? ''));
    expect(others.map(({ id }) => id)).toEqual([]);
  });

  it('every live rule fires in a scenario of its trigger', () => {
    const fired = new Set(
      scenarios.flatMap((scenario) =>
        shownCases(scenario).flatMap(({ rule }) =>
          DOCUMENTED_TRIGGERS.filter(({ number }) => scenario.triggers.includes(number)).flatMap(
            ({ names }) => names.map((name) => `${name} ${rule}`),
          ),
        ),
      ),
    );
    const live = plan.rules.filter(({ mode }) => mode === 'live');
    const silent = live.filter(({ id, trigger }) => !fired.has(`${trigger} ${id}`));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('no near miss is stopped for the trigger that it is near to', () => {
    const stopped = scenarios
      .filter(({ isNearMiss }) => isNearMiss)
      .filter((scenario) => {
        const names = DOCUMENTED_TRIGGERS.filter(({ number }) =>
          scenario.triggers.includes(number),
        ).flatMap((row) => row.names);
        const rules = plan.rules.filter(({ trigger }) => names.includes(trigger ?? ''));
        const ids = new Set(rules.map(({ id }) => id));
        return shownCases(scenario).some(({ rule }) => rule !== null && ids.has(rule));
      });
    expect(stopped.map(({ file }) => file)).toEqual([]);
  });
});
