// The watch against a plain model over random streams with bursts: the same alerts at the same rows.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { DEFAULT_WATCH } from '../../src/domain/alert.ts';
import { runs } from '../support/runs.ts';
import type { WatchedRow } from './watch-support.ts';
import { RowWriter, alertsOf, makeWatch, modelAlerts } from './watch-support.ts';

const ROWS = 1200;
const MINUTE_MS = 60_000;
/** Small enough that 1,200 rows tell a story, with both spans of time. */
const SETTINGS = {
  ...DEFAULT_WATCH,
  nowMs: 5 * MINUTE_MS,
  pastMs: 120 * MINUTE_MS,
  merchantNowMs: 10 * MINUTE_MS,
  merchantPastMs: 240 * MINUTE_MS,
  countedMin: 3,
  scoreMin: 8,
  pastRowsMin: 10,
  pastSpansMin: 2,
  ratioMin: 2,
};

/** Chance of each thing changes now and then; sometimes nothing comes for hours. */
function randomRows(random: Random): WatchedRow[] {
  const rows: WatchedRow[] = [];
  let timeMs = 1_772_380_800_000 + random.below(1_000_000);
  const chance = { hold: 0.02, reverse: 0.01, refund: 0.05, rule: 0.03 };
  for (let n = 0; n < ROWS; n++) {
    if (random.below(150) === 0) {
      chance.hold = random.below(3) === 0 ? 0.3 : 0.02;
      chance.reverse = random.below(3) === 0 ? 0.2 : 0.01;
      chance.refund = random.below(3) === 0 ? 0.5 : 0.05;
      chance.rule = random.below(3) === 0 ? 0.3 : 0.03;
    }
    timeMs += random.below(400) === 0 ? random.below(10_000_000) : random.below(12_000);
    const kind =
      random.next() < chance.refund ? 'refund' : random.below(40) === 0 ? 'reversal' : 'payment';
    const outcome = random.next() < chance.hold ? 1 : random.next() < chance.reverse ? 2 : 0;
    const rules = [0, 31, 39].filter(() => random.next() < chance.rule);
    rows.push({
      timeMs,
      kind,
      outcome,
      merchant: random.below(8) === 0 ? null : random.below(3),
      rules,
    });
  }
  return rows;
}

test('alerts as the model does', () => {
  let told = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const rows = randomRows(new Random(seed));
      const watch = makeWatch(SETTINGS);
      const writer = new RowWriter();
      const lines = rows.flatMap((row, n) => {
        writer.observe(watch, row);
        return alertsOf(watch).map(
          ({ state, scope, id, measure }) => `${state} ${scope} ${id ?? null} ${measure} ${n}`,
        );
      });
      expect(lines).toEqual(modelAlerts(rows, SETTINGS));
      told += lines.length;
    }),
    { numRuns: runs(10) },
  );
  // There was something to compare.
  expect(told).toBeGreaterThan(20);
});
