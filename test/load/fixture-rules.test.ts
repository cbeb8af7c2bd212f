import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { runFileTests } from '../../src/engine/rule-tests.ts';
import type { Accuracy } from '../../src/load/accuracy-figures.ts';
import { AccuracyMeter } from '../../src/load/accuracy-meter.ts';
import type { GeneratorOptions } from '../../src/load/generator.ts';
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

  const usual = measured(plan, { rows: 12_000, accounts: 2_400, seed: 3 });
  // Four days full of what can go wrong.
  const much = measured(plan, {
    rows: 40_000,
    accounts: 10_000,
    seed: 4,
    injectedRate: 0.06,
    spanMs: 4 * 86_400_000,
  });
  const kinds = new Map(much.kinds.map((row) => [row.kind, row]));
  const hardCases = new Map(much.hardCases.map((row) => [row.kind, row]));

  it('finds most of what is injected, and stops few others', () => {
    const { overall } = usual;
    expect(overall.injected).toBeGreaterThan(60);
    expect(overall.precision).toBeGreaterThan(0.85);
    expect(overall.recall).toBeGreaterThan(0.85);
    // Lookalikes and patient frauds are there on purpose.
    expect(overall.falseAlarms).toBeGreaterThan(0);
    expect(much.overall.precision).toBeGreaterThan(0.85);
    expect(much.overall.recall).toBeGreaterThan(0.9);
  });

  it.each([
    'charged-but-failed',
    'excessive-refunds',
    'late-reversal',
    'ledger-mismatch',
    'maintenance',
    'payment-code',
    'refund-of-nothing',
    'terminal-compromised',
    'terminal-fault',
    'terminal-moved',
    'took-too-long',
    'unauthorised-reversal',
  ])('finds what is injected of %s', (kind) => {
    const row = kinds.get(kind);
    expect(row?.injected).toBeGreaterThan(8);
    expect(row?.recall).toBeGreaterThan(0.9);
  });

  it('finds nothing of what no rule can see', () => {
    expect(kinds.get('under-the-radar')?.recall).toBeLessThan(0.1);
  });

  it.each([
    ['failed-on-both-sides', 0.1],
    ['code-expires-afterwards', 0.1],
    ['fault-at-rest', 0.1],
    ['network-blip', 0.1],
    ['refund-in-parts', 0.1],
    ['reversal-in-time', 0.1],
    ['one-fraud-there', 0.1],
    ['slow-answer', 0.5],
    ['sum-confirmed', 0.5],
  ])('leaves the honest %s alone, mostly', (kind, share) => {
    const row = hardCases.get(kind);
    expect(row?.shown).toBeGreaterThan(8);
    expect((row?.stopped ?? NaN) / (row?.shown ?? NaN)).toBeLessThan(share);
  });

  it('lets go what is answered in the end', () => {
    for (const kind of ['slow-answer', 'answered-in-maintenance']) {
      const row = hardCases.get(kind);
      expect(row?.stopped, kind).toBeGreaterThan(0);
      expect((row?.letGo ?? NaN) / (row?.stopped ?? NaN), kind).toBeGreaterThan(0.9);
    }
  });

  it('stops more money of frauds and faults than of honest payers', () => {
    const { money } = much;
    expect(money?.rightly).toBeGreaterThan(5 * (money?.wrongly ?? NaN));
    expect(money?.missed).toBeLessThan((money?.rightly ?? NaN) / 10);
  });
});

/** What the rules make of a generated stream, amendments included. */
function measured(plan: Plan, options: GeneratorOptions): Accuracy {
  const generator = new TransactionGenerator({ ...options, badRate: 0 });
  const bytes = new Uint8Array(options.rows * 600);
  const end = generator.writeRows(bytes);
  const lines = Buffer.from(bytes.subarray(0, end)).toString().trimEnd().split('\n');
  expect(lines).toHaveLength(options.rows);
  const meter = new AccuracyMeter(
    new Map(plan.rules.map(({ id, trigger }) => [id, trigger ?? ''])),
  );
  for (const { transactionId, label, kind } of generator.takeLabels()) {
    meter.addLabel(transactionId, label, kind);
  }
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const engine = new LocalEngine({ plan });
  for (const decision of engine.decide(rows)) meter.add(decision);
  for (const decision of engine.advance(null, 3_600_000)) meter.add(decision);
  for (const { id, amount, currency } of rows) {
    if (currency === 'CNY' && Number(amount) > 0) meter.addAmount(String(id), Number(amount));
  }
  return meter.result();
}
