import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { runFileTests } from '../../src/engine/rule-tests.ts';
import { AccuracyMeter } from '../../src/load/accuracy.ts';
import { TransactionGenerator } from '../../src/load/generator.ts';
import { formatProblem, loadRulesFileSync } from '../../src/rules/front/load.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

function planOf(name: string): Plan {
  const result = loadRulesFileSync(fileURLToPath(new URL(`rules/${name}`, FIXTURES)));
  if (!result.ok)
    throw new Error(result.problems.map((problem) => formatProblem(problem)).join('\n'));
  expect(result.warnings).toEqual([]);
  return result.plan;
}

describe.each(['pos-wallet.yaml', 'first.yaml', 'datasets/mlfs.yaml', 'datasets/tabformer.yaml'])(
  'fixtures/rules/%s',
  (name) => {
    const plan = planOf(name);

    it('has a description for every rule, in words', () => {
      for (const { id, description } of plan.rules)
        expect(description ?? '', id).toMatch(/\w+ \w+/);
    });

    it('passes its own tests', async () => {
      const results = await runFileTests(plan);
      expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    });
  },
);

describe('the main rules file', () => {
  const plan = planOf('pos-wallet.yaml');

  it('includes every family beside it', () => {
    const families = readdirSync(new URL('rules/', FIXTURES)).filter(
      (file) => file.endsWith('.yaml') && !['pos-wallet.yaml', 'first.yaml'].includes(file),
    );
    const files = new Set(plan.rules.map(({ at }) => at.file.split('/').at(-1)));
    expect(files).toEqual(new Set(families));
  });

  it("has a rule for each of the engine's reasons that a rule can give", () => {
    const given = new Set(plan.rules.map(({ reason }) => plan.reasons[reason]?.code));
    const others = ['SCORE', 'HOLD_EXPIRED', 'ENGINE_BUDGET_EXCEEDED'];
    const codes = plan.reasons.map(({ code }) => code).filter((code) => !others.includes(code));
    expect(codes.filter((code) => !given.has(code))).toEqual([]);
    expect(plan.score.hold).toBe(100);
  });

  it('finds most of what is injected, and stops few others', () => {
    const generator = new TransactionGenerator({
      rows: 12_000,
      accounts: 2_400,
      seed: 3,
      badRate: 0,
    });
    const bytes = new Uint8Array(12_000 * 600);
    const end = generator.writeRows(bytes);
    const rows = Buffer.from(bytes.subarray(0, end)).toString().trimEnd().split('\n');
    expect(rows).toHaveLength(12_000);
    const meter = new AccuracyMeter();
    for (const { transactionId, label, kind } of generator.takeLabels()) {
      meter.addLabel(transactionId, label, kind);
    }
    const input = rows.map((row) => JSON.parse(row) as Record<string, unknown>);
    for (const decision of new LocalEngine({ plan }).decide(input)) {
      if (decision.revision > 0 || decision.flags?.includes('REPEAT') === true) continue;
      if (decision.outcome === 'allow') meter.addAllowed(decision.transactionId);
      else meter.addStopped(decision);
    }
    const { overall } = meter.result();
    expect(overall.injected).toBeGreaterThan(60);
    expect(overall.precision).toBeGreaterThan(0.85);
    expect(overall.recall).toBeGreaterThan(0.85);
    // Lookalikes and patient frauds are there on purpose.
    expect(overall.falseAlarms).toBeGreaterThan(0);
  });
});
