// The plain program's windows against adding up from scratch: what the engine is compared with must
// itself be right, late rows, ties and pruned rows included.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

interface Row {
  readonly time: number;
  readonly amount: number;
  readonly merchant: string;
  readonly lat: number | undefined;
}
interface Window {
  readonly value: unknown;
}
interface Series {
  readonly windows: readonly Window[];
  enter(row: Row): number;
  placedBefore(at: number): Row | undefined;
}
interface Module {
  Series: new (windows: readonly Window[]) => Series;
  TotalWindow: new (ms: number, counts: (row: Row) => boolean) => Window;
  DistinctWindow: new (ms: number) => Window;
}

const LATENESS_MS = 300_000;
const SHORT_MS = 60_000;
const LONG_MS = 600_000;
let plain: Module;

beforeAll(async () => {
  const url = new URL('../../bench/plain/series.mjs', import.meta.url).href;
  plain = (await import(url)) as Module;
});

const isSmall = ({ amount }: Row): boolean => amount <= 50;

const stepArbitrary = fc.record({
  /** Forward by this much, or late by it. */
  moveMs: fc.oneof(fc.nat(40_000), fc.constant(0), fc.nat(1_500_000)),
  lateMs: fc.option(fc.nat(LATENESS_MS), { freq: 5, nil: 0 }),
  amount: fc.nat(100),
  merchant: fc.constantFrom('a', 'b', 'c'),
  hasPlace: fc.boolean(),
});

test('windows and the place before are those of adding up from scratch', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 150, size: 'max' }), (steps) => {
      const { Series, TotalWindow, DistinctWindow } = plain;
      const series = new Series([
        new TotalWindow(SHORT_MS, isSmall),
        new TotalWindow(LONG_MS, () => true),
        new DistinctWindow(LONG_MS),
      ]);
      const all: Row[] = [];
      let now = 0;
      for (const { moveMs, lateMs, amount, merchant, hasPlace } of steps) {
        now += moveMs;
        const lat = hasPlace ? all.length : undefined;
        const row = { time: now - (lateMs ?? 0), amount, merchant, lat };
        const at = series.enter(row);
        // In time order, those of one instant as they came.
        const before = all.filter(({ time }) => time <= row.time);
        const within = (ms: number): Row[] =>
          [...before, row].filter(({ time }) => time > row.time - ms);
        const total = (rows: readonly Row[]): object => ({
          count: rows.length,
          sum: rows.reduce((sum, each) => sum + each.amount, 0),
        });
        const long = within(LONG_MS);
        expect(series.windows.map(({ value }) => value)).toEqual([
          total(within(SHORT_MS).filter(isSmall)),
          total(long),
          new Set(long.map((each) => each.merchant)).size,
        ]);
        const place = before.filter((each) => each.lat !== undefined);
        const latest = place.toSorted((a, b) => a.time - b.time).at(-1);
        expect(series.placedBefore(at)).toBe(latest);
        all.push(row);
      }
    }),
    { numRuns: 200 },
  );
});
