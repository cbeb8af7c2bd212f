// Which rows of a CSV file repeat the key of an earlier one. The keys stand in the columns that are
// being filled; here are only their row numbers, 8 to 16 bytes a row, where a Map of their texts
// takes ten times that.
//
//   slots: row + 1 (0 = empty), by the key's hash; open addressing, at most half are taken

import { DEFAULT_HASH_KEY, hashBytes, hashWords } from '../../base/hash.ts';
import type { TextColumnBuilder } from '../../domain/text-column.ts';
import { equalBytes } from '../runtime/text.ts';

export class DistinctKeys {
  readonly #columns: readonly TextColumnBuilder[];
  readonly #part = new Int32Array(2);
  readonly #parts: Int32Array;
  readonly #slots: Int32Array;

  /** @param columns of the key's parts; a missing text equals a missing one only */
  constructor(columns: readonly TextColumnBuilder[], rowsMax: number) {
    this.#columns = columns;
    this.#parts = new Int32Array(columns.length * 2);
    let slots = 4;
    while (slots < rowsMax * 2) slots *= 2;
    this.#slots = new Int32Array(slots);
  }

  /** The row that was taken in before and has the key of `row`, or -1: then `row` is taken in. */
  add(row: number): number {
    const slots = this.#slots;
    const wrap = slots.length - 1;
    let at = this.#hashOf(row) & wrap;
    for (; slots[at] !== 0; at = (at + 1) & wrap) {
      const other = (slots[at] as number) - 1;
      if (this.#isSame(row, other)) return other;
    }
    slots[at] = row + 1;
    return -1;
  }

  #hashOf(row: number): number {
    const parts = this.#parts;
    let at = 0;
    for (const { bytes, spans } of this.#columns) {
      const length = spans[row * 2 + 1] as number;
      hashBytes(bytes, spans[row * 2] as number, length, DEFAULT_HASH_KEY, this.#part);
      parts.set(this.#part, at);
      at += 2;
    }
    hashWords(parts, parts.length, DEFAULT_HASH_KEY, this.#part);
    return this.#part[0] as number;
  }

  #isSame(row: number, other: number): boolean {
    for (const { bytes, spans } of this.#columns) {
      const length = spans[row * 2 + 1] as number;
      if (length !== spans[other * 2 + 1]) return false;
      const begin = spans[row * 2] as number;
      const otherBegin = spans[other * 2] as number;
      if (!equalBytes(bytes, begin, bytes, otherBegin, length)) return false;
    }
    return true;
  }
}
