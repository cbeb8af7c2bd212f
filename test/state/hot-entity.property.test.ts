// One hot entity against the plain model, row by row: rings that grow into pages and shrink again,
// late rows into both, distinct values with and without an index, folds that flip, sums near 2^53,
// months of silence, and the limit of rows.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { INDEXED_ABOVE } from '../../src/state/distinct-index.ts';
import { HEADER, PAGE_ROWS } from '../../src/state/state-layout.ts';
import { close } from '../support/close.ts';
import { featuresOf } from '../support/engine-features.ts';
import { planOf } from '../support/random-plan.ts';
import { START_MS } from '../support/random-world.ts';
import { runs } from '../support/runs.ts';
import type { PlainLimits, PlainRow } from './plain-entity.ts';
import { PLAIN_FEATURES, PlainEntity, TIMEZONE } from './plain-entity.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const DAY = 86_400_000;

function planWith(limits: PlainLimits): Plan {
  const { rowsPerEntity, keepMs, latenessMs, scanMax } = limits;
  const features = PLAIN_FEATURES.map(({ spec }, k) => ({ ...spec, key: `${k} ${spec.key}` }));
  const plan = planOf({ rules: [], features }, new Random(1), {
    timezone: TIMEZONE,
    latenessMs,
    scanMax,
    keepMs,
  });
  return { ...plan, limits: { rowsPerEntity, entities: 100, pending: 100 } };
}

interface Traffic {
  /** Mean ms between rows. */
  readonly stepMs: number;
  readonly late: number;
  readonly lateMs: number;
  readonly devices: number;
  /** Probability of months of silence, a row. */
  readonly jump: number;
  readonly amount: (random: Random) => number;
}

class Stream {
  readonly #random: Random;
  #time = START_MS;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(traffic: Traffic): PlainRow {
    const random = this.#random;
    const { stepMs, late, lateMs, devices, jump } = traffic;
    if (random.chance(jump)) this.#time += random.below(100 * DAY);
    else if (!random.chance(0.1)) this.#time += random.below(2 * stepMs);
    const behind = random.chance(late) ? random.below(lateMs) : 0;
    return {
      id: `p${this.#count++}`,
      kind: random.chance(0.95) ? 'payment' : 'code',
      time: this.#time - behind,
      account: 'A',
      merchant: random.pick(['M1', 'M2', 'M3']),
      currency: 'CNY',
      amount: traffic.amount(random),
      ...(random.chance(0.9) && { device: `D${random.below(devices)}` }),
      ...(random.chance(0.9) && { riskHint: random.below(400) / 4 - 20 }),
      ...(random.chance(0.5) && { lat: random.below(3) / 2, lon: random.below(3) }),
    };
  }
}

const small = (random: Random): number => random.below(10_000) - 500;

/** Compares every row's values and flags; `each` may look at the engine after a row. */
function compare(
  limits: PlainLimits,
  rows: Iterable<PlainRow>,
  each?: (engine: LocalEngine) => void,
): void {
  const plan = planWith(limits);
  const engine = new LocalEngine({ plan, batchRowsMax: 1 });
  const model = new PlainEntity(limits);
  let k = 0;
  for (const row of rows) {
    const { values, isLate, isTruncated } = model.take(row);
    const [decision] = engine.decide([row]);
    const found = featuresOf(engine);
    const wrong = plan.features.flatMap(({ key }, f) => {
      const difference = close(found[f], values[f]);
      return difference === null ? [] : [`row ${k}, ${key}${difference}`];
    });
    expect(wrong).toEqual([]);
    if (decision !== undefined) {
      const wanted = [...(isLate ? ['LATE'] : []), ...(isTruncated ? ['TRUNCATED'] : [])];
      expect(decision.flags ?? [], `flags of row ${k}`).toEqual(wanted);
    }
    each?.(engine);
    k++;
  }
}

const WIDE: PlainLimits = {
  rowsPerEntity: 1_000_000,
  keepMs: 90 * DAY,
  latenessMs: 300_000,
  scanMax: 4096,
};

describe('random traffic', () => {
  test.each(Array.from({ length: runs(12) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const limits = {
      ...WIDE,
      keepMs: random.pick([1000, 600_000, 90 * DAY]),
      latenessMs: random.pick([0, 60_000, 3_600_000]),
      scanMax: random.pick([0, 5, 100, 4096]),
    };
    const traffic = {
      stepMs: random.pick([1, 1000, 60_000, 3_600_000]),
      late: random.pick([0, 0.02, 0.3]),
      lateMs: random.pick([1000, 600_000, 7_200_000]),
      devices: random.pick([1, 5, 300, 1e6]),
      jump: random.pick([0, 0.002, 0.05]),
      amount: small,
    };
    const stream = new Stream(random);
    compare(
      limits,
      Array.from({ length: 600 }, () => stream.next(traffic)),
    );
  });
});

describe('a limit of rows', () => {
  test.each(Array.from({ length: runs(24) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const limits = {
      ...WIDE,
      rowsPerEntity: random.pick([1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 100, 256, 257, 300]),
      latenessMs: random.pick([0, 60_000, 3_600_000]),
      keepMs: random.pick([600_000, 90 * DAY]),
    };
    const traffic = {
      stepMs: random.pick([100, 10_000, 3_600_000]),
      late: random.pick([0, 0.05, 0.3]),
      lateMs: random.pick([10_000, 600_000]),
      devices: random.pick([2, 50, 1e6]),
      jump: random.pick([0, 0.003]),
      amount: small,
    };
    const stream = new Stream(random);
    const count = Math.min(900, 200 + limits.rowsPerEntity * 3);
    compare(
      limits,
      Array.from({ length: count }, () => stream.next(traffic)),
    );
  });
});

test('many thousand rows: pages, an index of distinct values, silence, and small again', () => {
  const random = new Random(FIRST_SEED);
  const stream = new Stream(random);
  const limits = { ...WIDE, latenessMs: 600_000 };
  const hot = { stepMs: 90_000, late: 0.02, lateMs: 700_000, devices: 100, jump: 0, amount: small };
  const [first, quiet, second] = runs(1) > 1 ? [9000, 1500, 9500] : [3000, 800, 3200];
  function* rows(): Iterable<PlainRow> {
    for (let k = 0; k < first; k++) yield stream.next(hot);
    // Quiet for months: the ring shrinks out of its pages, the index is given up.
    for (let k = 0; k < quiet; k++) yield stream.next({ ...hot, stepMs: 2 * DAY });
    for (let k = 0; k < second; k++) yield stream.next({ ...hot, devices: 20_000 });
  }
  const rings: number[] = [];
  const bytes: number[] = [];
  compare(limits, rows(), ({ program }) => {
    const state = program.passes[0]?.state;
    rings.push(state?.H[HEADER.capacity] ?? 0);
    bytes.push(state?.arena.bytesUsed ?? 0);
  });
  expect(Math.max(...rings)).toBeGreaterThan(PAGE_ROWS * 4);
  expect(Math.min(...rings.slice(first))).toBeLessThanOrEqual(INDEXED_ABOVE * 4);
  // What the first hot time took is used again for the second.
  expect(bytes.at(-1)).toBeLessThan((bytes[first - 1] as number) * 1.5);
}, 120_000);

describe('sums of large amounts are exact while those of the kept rows stay below 2^53', () => {
  test.each([2 ** 45, 2 ** 49, 2 ** 50 - 1])('around %d', (size) => {
    const random = new Random(FIRST_SEED);
    const stream = new Stream(random);
    const traffic = {
      stepMs: 200_000,
      late: 0.1,
      lateMs: 600_000,
      devices: 3,
      jump: 0.02,
      // Of both signs now and then, so that totals turn.
      amount: (r: Random): number =>
        (r.chance(0.2) ? -1 : 1) * (r.chance(0.02) ? size + r.below(3) : r.below(5)),
    };
    compare(
      { ...WIDE, latenessMs: 600_000 },
      Array.from({ length: 3000 }, () => stream.next(traffic)),
    );
  });
});
