// A batch of several workers in ranges of rows, taken by whoever is free: workers are not equally fast (one
// walks payments' lives, main takes a core from another), and with fixed shares all would wait for the
// slowest. A batch has at most RANGES_MAX of them: 128 rows each where batches are of 4,096.

import { CONTROL, RANGES_MAX } from './batch.ts';

/** Shorter ranges would cost more to take than to share. */
const SHIFT_MIN = 3;

/** What is done range by range, each with a count of its own in the batch's control words. */
export type RangeStep = 'decoded' | 'scored' | 'encoded';

/** Rows of a range are 1 << this, for batches of at most `rowsMax` rows. */
export function rangeShiftOf(rowsMax: number): number {
  let shift = SHIFT_MIN;
  while (rowsMax > RANGES_MAX << shift) shift++;
  return shift;
}

export function rangeCount(rowCount: number, shift: number): number {
  return ((rowCount - 1) >> shift) + 1;
}

/** Rows [from, to) of a range. */
export function rangeRows(range: number, shift: number, rowCount: number): [number, number] {
  const from = range << shift;
  return [from, Math.min(rowCount, from + (1 << shift))];
}

/** Number of a range that nobody has taken for this step yet; -1 = there is none. */
export function takeRange(control: Int32Array, step: RangeStep, ranges: number): number {
  const range = Atomics.add(control, CONTROL[step], 1);
  return range < ranges ? range : -1;
}

/** What a worker wrote of one range, int32 words: decisions, dead letters, cuts (see BatchResult). */
export const PLACE = { worker: 0, outBytes: 1, deadBytes: 2, cuts: 3 } as const;
export const PLACE_WORDS = 4;
