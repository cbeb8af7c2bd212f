// Which rows of a CSV file repeat the key of an earlier one. The keys stand in the columns that are
// being filled; here are only their hashes and row numbers, 16 to 32 bytes a row, where a Map of
// their texts takes ten times that.
//
//   slots: | hash | row + 1 (0 = empty) |   open addressing, at most half are taken

import { DEFAULT_HASH_KEY, hashBytes, hashWords } from '../../base/hash.ts';
import type { TextColumnBuilder } from '../../domain/text-column.ts';
import { equalBytes } from '../runtime/text.ts';

const FIRST_SLOTS = 512;

export class DistinctKeys {
  readonly #columns: readonly TextColumnBuilder[];
  readonly #part = new Int32Array(2);
  readonly #parts: Int32Array;
  #slots = new Int32Array(FIRST_SLOTS * 2);
  #count = 0;

  /** @param columns of the key's parts; a missing text equals a missing one only */
  constructor(columns: readonly TextColumnBuilder[]) {
    this.#columns = columns;
    this.#parts = new Int32Array(columns.length * 2);
  }

  /** The row that was taken in before and has the key of `row`, or -1: then `row` is taken in. */
  add(row: number): number {
    const hash = this.#hashOf(row);
    const wrap = this.#slots.length - 1;
    let at = (hash << 1) & wrap;
    for (; this.#slots[at + 1] !== 0; at = (at + 2) & wrap) {
      const other = (this.#slots[at + 1] as number) - 1;
      if (this.#slots[at] === hash && this.#isSame(row, other)) return other;
    }
    this.#slots[at] = hash;
    this.#slots[at + 1] = row + 1;
    if (++this.#count * 4 > this.#slots.length) this.#grow();
    return -1;
  }

  #hashOf(row: number): number {
    const parts = this.#parts;
    for (const [i, { bytes, spans }] of this.#columns.entries()) {
      const length = spans[row * 2 + 1] as number;
      hashBytes(bytes, spans[row * 2] as number, length, DEFAULT_HASH_KEY, this.#part);
      parts.set(this.#part, i * 2);
    }
    hashWords(parts, parts.length, DEFAULT_HASH_KEY, this.#part);
    return this.#part[0] as number;
  }

  #isSame(row: number, other: number): boolean {
    return this.#columns.every(({ bytes, spans }) => {
      const length = spans[row * 2 + 1] as number;
      if (length !== spans[other * 2 + 1]) return false;
      const [begin, otherBegin] = [spans[row * 2] as number, spans[other * 2] as number];
      return equalBytes(bytes, begin, bytes, otherBegin, length);
    });
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const wrap = slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let at = ((old[from] as number) << 1) & wrap;
      while (slots[at + 1] !== 0) at = (at + 2) & wrap;
      slots[at] = old[from] as number;
      slots[at + 1] = old[from + 1] as number;
    }
    this.#slots = slots;
  }
}
