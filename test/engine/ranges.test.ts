// Ranges of a batch: every row stands in one, in order, and the control words have room for all of them.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { CONTROL, RANGES_MAX } from '../../src/engine/batch.ts';
import { BATCH_ROWS_MAX } from '../../src/engine/engine.ts';
import { rangeCount, rangeRows, rangeShiftOf, takeRange } from '../../src/engine/ranges.ts';

const random = new Random(11);
const rowsMaxima = [1, 7, 8, 9, 255, 256, 257, 4096, BATCH_ROWS_MAX, ...drawn(200)];

function drawn(count: number): number[] {
  return Array.from({ length: count }, () => 1 + random.below(BATCH_ROWS_MAX));
}

test('all rows once, in order, in at most RANGES_MAX ranges', () => {
  for (const rowsMax of rowsMaxima) {
    const shift = rangeShiftOf(rowsMax);
    expect(rangeCount(rowsMax, shift)).toBeLessThanOrEqual(RANGES_MAX);
    for (const rowCount of [0, 1, rowsMax, 1 + random.below(rowsMax)]) {
      let next = 0;
      for (let range = 0; range < rangeCount(rowCount, shift); range++) {
        const [from, to] = rangeRows(range, shift, rowCount);
        expect(from).toBe(next);
        expect(to).toBeGreaterThan(from);
        next = to;
      }
      expect(next, `${rowCount} of ${rowsMax} rows`).toBe(rowCount);
    }
  }
});

test('a batch of the usual size has ranges of 128 rows', () => {
  expect(rangeRows(1, rangeShiftOf(4096), 4096)).toEqual([128, 256]);
});

test('each range is taken once for each step', () => {
  const control = new Int32Array(new SharedArrayBuffer(64 * 4));
  for (const step of ['decoded', 'scored', 'encoded'] as const) {
    const taken = Array.from({ length: 5 }, () => takeRange(control, step, 3));
    expect(taken).toEqual([0, 1, 2, -1, -1]);
  }
});

test('the words of the ranges are those that are cleared for each batch', () => {
  expect(CONTROL.sequence - CONTROL.isScored).toBe(RANGES_MAX);
});
