// The sizes that framing goes by, and the one way to append a row to a batch.

import type { BatchInput } from '../domain/ports.ts';
import { ROW_BYTES_MAX } from '../domain/fields.ts';

/** Fewest bytes that a batch's slab must hold: byte order mark, longest row, line end, one more. */
export const BATCH_BYTES_MIN: number = ROW_BYTES_MAX + 8;

/** @param error a number of INPUT_ERRORS, or -1 */
export function appendRow(batch: BatchInput, offset: number, length: number, error: number): void {
  const row = batch.rowCount;
  batch.rows[2 * row] = offset;
  batch.rows[2 * row + 1] = length;
  batch.splitErrors[row] = error;
  batch.rowCount = row + 1;
}
