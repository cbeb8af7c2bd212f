// Where the rings' blocks and directories lie: a buddy allocator (Knowlton, 1965) over memory that is
// reserved once.
//
// A block is 2^level units of four rows; it begins at a multiple of its size, so the buddy that it was
// split from stands at offset ^ size. A freed block merges with its buddy when that is free too:
// the four-row blocks that growing rings leave behind become eight-row blocks, and nothing stays
// stranded. Free blocks are in a doubly linked list a level, linked through their own words; `levels`
// says of each unit whether a free block begins there.

import { HoldfastError } from '../base/errors.ts';
import { doublesOf, reserveBytes, reserveWords } from './reserve.ts';

/** Rows of the smallest block. */
export const UNIT_ROWS = 4;
const LEVELS = 16;
/** Fresh memory is taken in blocks of this level: 256 rows. */
const FRESH_LEVEL = 6;
const NEXT = 0;
const PREVIOUS = 1;

export class RowArena {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly #unitWords: number;
  readonly #unitsMax: number;
  /** Level + 1 of the free block that begins at a unit, else 0. */
  readonly #levels: Uint8Array;
  /** First free block of each level as unit number; 0 = none (unit 0 is never given out). */
  readonly #free = new Int32Array(LEVELS);
  #unitNext: number;
  #unitsUsed = 0;

  constructor(rowWords: number, wordsMax: number) {
    this.#unitWords = rowWords * UNIT_ROWS;
    this.words = reserveWords(wordsMax);
    this.doubles = doublesOf(this.words);
    this.#unitsMax = Math.floor(wordsMax / this.#unitWords);
    this.#levels = reserveBytes(this.#unitsMax + (1 << FRESH_LEVEL));
    this.#unitNext = 1 << FRESH_LEVEL;
  }

  /** Bytes given out; free blocks between them not included. */
  get bytesUsed(): number {
    return this.#unitsUsed * this.#unitWords * 4;
  }

  /** Bytes touched so far: what is given out and what lies free. */
  get bytesTouched(): number {
    return this.#unitNext * this.#unitWords * 4;
  }

  /** Word offset of a block of `rows` rows, a power of two from UNIT_ROWS; content undefined. */
  takeRows(rows: number): number {
    return this.#take(levelOf((rows / UNIT_ROWS) | 0)) * this.#unitWords;
  }

  giveRows(offset: number, rows: number): void {
    this.#give((offset / this.#unitWords) | 0, levelOf((rows / UNIT_ROWS) | 0));
  }

  /** Word offset of a directory of `entries` zeroed words. */
  takeDirectory(entries: number): number {
    const offset = this.#take(levelOf(Math.ceil(entries / this.#unitWords) | 0)) * this.#unitWords;
    this.words.fill(0, offset, offset + entries);
    return offset;
  }

  giveDirectory(offset: number, entries: number): void {
    this.#give((offset / this.#unitWords) | 0, levelOf(Math.ceil(entries / this.#unitWords) | 0));
  }

  #take(level: number): number {
    this.#unitsUsed += 1 << level;
    let from = level;
    while (from < LEVELS && this.#free[from] === 0) from++;
    let unit: number;
    if (from === LEVELS) {
      from = Math.max(level, FRESH_LEVEL);
      unit = this.#takeFresh(from);
    } else {
      unit = this.#free[from] as number;
      this.#unlink(unit, from);
    }
    // What is too large is halved; the upper halves stay free.
    while (from > level) {
      from--;
      this.#link(unit + (1 << from), from);
    }
    return unit;
  }

  #takeFresh(level: number): number {
    const size = 1 << level;
    // Blocks begin at multiples of their size; what is skipped is free in pieces of the fresh level.
    while ((this.#unitNext & (size - 1)) !== 0) {
      this.#link(this.#unitNext, FRESH_LEVEL);
      this.#unitNext += 1 << FRESH_LEVEL;
    }
    const unit = this.#unitNext;
    if (unit + size > this.#unitsMax) {
      throw new HoldfastError(
        'IO_FAILED',
        `The rows kept for windows do not fit in ${this.words.length / 2 ** 18} MiB: shorten windows or lower limits.rowsPerEntity in the rules file, or use more workers.`,
      );
    }
    this.#unitNext += size;
    return unit;
  }

  #give(given: number, givenLevel: number): void {
    this.#unitsUsed -= 1 << givenLevel;
    let unit = given;
    let level = givenLevel;
    while (level < FRESH_LEVEL) {
      const buddy = unit ^ (1 << level);
      if (this.#levels[buddy] !== level + 1) break;
      this.#unlink(buddy, level);
      unit &= ~(1 << level);
      level++;
    }
    this.#link(unit, level);
  }

  #link(unit: number, level: number): void {
    const { words } = this;
    const first = this.#free[level] as number;
    const at = unit * this.#unitWords;
    words[at + NEXT] = first;
    if (first !== 0) words[first * this.#unitWords + PREVIOUS] = unit;
    this.#free[level] = unit;
    this.#levels[unit] = level + 1;
  }

  #unlink(unit: number, level: number): void {
    const { words } = this;
    const at = unit * this.#unitWords;
    const next = words[at + NEXT] as number;
    this.#levels[unit] = 0;
    // What a first block has in PREVIOUS is not read, so the next one, which is not in the caches, need not be told.
    if (this.#free[level] === unit) {
      this.#free[level] = next;
      return;
    }
    const previous = words[at + PREVIOUS] as number;
    words[previous * this.#unitWords + NEXT] = next;
    if (next !== 0) words[next * this.#unitWords + PREVIOUS] = previous;
  }
}

/** Smallest level whose block holds `units` units. */
function levelOf(units: number): number {
  let level = 0;
  while (1 << level < units) level++;
  return level;
}
