// Where the rings' blocks lie: a bump allocator with a free list for each power of two.
//
// Blocks are 2^k rows (k <= 8), page directories 2^k words. A freed block's first word links to the
// next free one. Blocks of a cache line or more start on one. Memory is reserved once; what was
// freed is used again before the arena grows.

import { HoldfastError } from '../base/errors.ts';
import { reserveWords } from './reserve.ts';

const LINE_WORDS = 16;
const CLASSES = 32;

export class RowArena {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly #rowWords: number;
  readonly #freeRows = new Int32Array(CLASSES);
  readonly #freeDirectories = new Int32Array(CLASSES);
  /** Word 0 and its line stay unused: offset 0 means none. */
  #next = LINE_WORDS;

  constructor(rowWords: number, wordsMax: number) {
    this.words = reserveWords(wordsMax);
    this.doubles = new Float64Array(this.words.buffer);
    this.#rowWords = rowWords;
  }

  get bytesUsed(): number {
    return this.#next * 4;
  }

  /** Word offset of a block of `rows` (a power of two) rows; its content is undefined. */
  takeRows(rows: number): number {
    return this.#take(this.#freeRows, rows, rows * this.#rowWords);
  }

  giveRows(offset: number, rows: number): void {
    this.#give(this.#freeRows, offset, rows);
  }

  /** Word offset of a directory of `entries` (a power of two) zeroed words. */
  takeDirectory(entries: number): number {
    const offset = this.#take(this.#freeDirectories, entries, entries);
    this.words.fill(0, offset, offset + entries);
    return offset;
  }

  giveDirectory(offset: number, entries: number): void {
    this.#give(this.#freeDirectories, offset, entries);
  }

  #take(free: Int32Array, size: number, words: number): number {
    const k = 31 - Math.clz32(size);
    const first = free[k] as number;
    if (first !== 0) {
      free[k] = this.words[first] as number;
      return first;
    }
    const line = words >= LINE_WORDS ? LINE_WORDS : 2;
    const offset = Math.ceil(this.#next / line) * line;
    if (offset + words > this.words.length) {
      throw new HoldfastError(
        'IO_FAILED',
        `The rows kept for windows do not fit in ${this.words.length / 2 ** 18} MiB: shorten windows or lower limits.rowsPerEntity in the rules file.`,
      );
    }
    this.#next = offset + words;
    return offset;
  }

  #give(free: Int32Array, offset: number, size: number): void {
    const k = 31 - Math.clz32(size);
    this.words[offset] = free[k] as number;
    free[k] = offset;
  }
}
