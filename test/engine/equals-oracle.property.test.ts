// The engine against the brute-force oracle: random plans over random streams with ties, late rows,
// gaps, jumps of months, repeats and every kind, in batches of random size.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { decideAll, decisionsOf, runOracle } from '../oracle/brute-force.ts';
import { featuresOf } from '../support/engine-features.ts';
import { randomPlan } from '../support/random-plan.ts';
import { randomStream } from '../support/random-stream.ts';
import { runs } from '../support/runs.ts';
import { asWritten } from '../support/as-written.ts';
import { close } from '../support/close.ts';

const SEEDS = runs(60);
const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

/** As the wire has it: infinity is a text. */
describe('the engine decides as the oracle does', () => {
  test.each(Array.from({ length: SEEDS }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const plan = randomPlan(random, {
      ruleCount: 1 + random.below(12),
      featuresMax: 1 + random.below(16),
      latenessMs: random.pick([0, 5000, 300_000]),
      scanMax: random.pick([2, 4096]),
    });
    const rows = randomStream(random, {
      rowCount: 50 + random.below(400),
      latenessMs: plan.time.latenessMs,
    });
    const engine = new LocalEngine({
      plan,
      batchRowsMax: random.pick([1, 3, 64, 300]),
      emitShadow: true,
    });
    const wanted = decideAll(plan, rows, { withShadow: true });
    const decided = engine.decide(rows);
    expect(decided.length).toBe(wanted.length);
    decided.forEach((decision, k) => {
      const difference = close(decision, asWritten(wanted[k]));
      expect(difference, `decision ${k} of seed ${seed}`).toBe(null);
    });
  });

  test.each(Array.from({ length: Math.ceil(SEEDS / 2) }, (_, k) => FIRST_SEED + 1000 + k))(
    'feature values, seed %i',
    (seed) => {
      const random = new Random(seed);
      const plan = randomPlan(random, {
        ruleCount: 12,
        featuresMax: 16,
        latenessMs: random.pick([0, 5000, 300_000]),
        scanMax: random.pick([2, 4096]),
      });
      const rows = randomStream(random, { rowCount: 300, latenessMs: plan.time.latenessMs });
      const engine = new LocalEngine({ plan, batchRowsMax: 1 });
      const expected = runOracle(plan, rows);
      rows.forEach((row, k) => {
        engine.decide([row]);
        const { features, decision } = expected[k] ?? {};
        if (features === undefined || decision === undefined) return;
        const values = featuresOf(engine);
        plan.features.forEach((feature, f) => {
          const difference = close(values[f], features[f]);
          expect(difference, `row ${k}, ${feature.key}, seed ${seed}`).toBe(null);
        });
      });
    },
  );
});

describe('short memories: small keep and repeats.for, an hour of lateness', () => {
  test.each(Array.from({ length: Math.ceil(SEEDS / 3) }, (_, k) => FIRST_SEED + 2000 + k))(
    'seed %i',
    (seed) => {
      const random = new Random(seed);
      const plan = randomPlan(random, {
        ruleCount: 12,
        featuresMax: 16,
        latenessMs: random.pick([0, 60_000, 600_000, 3_600_000]),
        scanMax: random.pick([0, 3, 4096]),
        keepMs: random.pick([1000, 60_000, 600_000, 3_600_000]),
        repeatsForMs: random.pick([0, 1000, 60_000, 600_000]),
      });
      const rows = randomStream(random, {
        rowCount: 300,
        latenessMs: random.pick([plan.time.latenessMs, 600_000]),
        late: random.pick([0.15, 0.5]),
        jump: random.pick([0, 0.01, 0.05]),
      });
      const engine = new LocalEngine({ plan, batchRowsMax: 1, emitShadow: true });
      const expected = runOracle(plan, rows, { withShadow: true });
      rows.forEach((row, k) => {
        const decided = engine.decide([row]);
        const result = expected[k];
        const where = `row ${k} of seed ${seed}`;
        expect(close(decided, asWritten(result && decisionsOf(result))), where).toBe(null);
        const features = result?.features;
        if (features === undefined) return;
        const values = featuresOf(engine);
        plan.features.forEach((feature, f) => {
          expect(close(values[f], features[f]), `${where}, ${feature.key}`).toBe(null);
        });
      });
    },
  );
});
