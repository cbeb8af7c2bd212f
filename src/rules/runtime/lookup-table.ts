// Lists and registers at run time: an open-addressing table from a key's 64-bit hash to its row.
// Equality is by all 64 bits; that no two keys of one table share a hash is checked when it is
// built, so that a lookup never needs the key's text. Cost: one cache miss, nothing allocated.
//
//   words: | lo | hi | row (-1 = empty) | 0 |  one entry, 16 bytes; at most half are taken

import { AssertionError, assert } from '../../base/assert.ts';
import type { HashKey } from '../../base/hash.ts';
import { hashBytes, hashWords } from '../../base/hash.ts';
import { touchLines } from '../../base/touch-lines.ts';
import type { TextColumn } from '../../domain/text-column.ts';
import { rowCountOf } from '../../domain/text-column.ts';

/** What find answers besides a row. */
export const LOOKUP = { absent: -1, missingKey: -2 } as const;

/**
 * Hash of a composite key from its parts' words (two a part) into out[0], out[1]. A key of one
 * part is its own hash and never comes here. Entities with several key fields use the same.
 */
export function composeKey(
  words: Int32Array,
  wordCount: number,
  key: HashKey,
  out: Int32Array,
): void {
  hashWords(words, wordCount, key, out);
}

export class LookupTable {
  readonly #words: Int32Array;
  readonly #wrap: number;
  readonly #key: HashKey;
  readonly #out = new Int32Array(2);
  /** Where callers of findComposite put the parts' words. */
  readonly parts: Int32Array;
  readonly rowCount: number;

  /** @param keys a column of texts for each part, none missing, distinct; `what` names the table in a message */
  constructor(what: string, keys: readonly TextColumn[], hashKey: HashKey) {
    const rowCount = keys[0] === undefined ? 0 : rowCountOf(keys[0]);
    let capacity = 4;
    while (capacity < rowCount * 2) capacity *= 2;
    assert(capacity <= 2 ** 26, `${what} has at most ${2 ** 25} rows`);
    this.#words = new Int32Array(capacity * 4);
    for (let i = 2; i < this.#words.length; i += 4) this.#words[i] = LOOKUP.absent;
    this.#wrap = capacity * 4 - 1;
    this.#key = hashKey;
    this.rowCount = rowCount;
    this.parts = new Int32Array(2 * Math.max(1, keys.length, 8));
    for (let row = 0; row < rowCount; row++) {
      this.#hash(keys, row);
      this.#insert(row, what);
    }
  }

  /** The row, LOOKUP.absent, or LOOKUP.missingKey when the key's length is -1. */
  find(lo: number, hi: number, length: number): number {
    if (length < 0) return -2;
    const words = this.#words;
    const wrap = this.#wrap;
    let at = (lo << 2) & wrap;
    for (;;) {
      const row = words[at + 2] as number;
      if (row < 0) return -1;
      if (words[at] === lo && words[at + 1] === hi) return row;
      at = (at + 4) & wrap;
    }
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Brings in where `count` keys begin to be looked for: lo[k], which become addresses. */
  touch(lo: Int32Array, count: number): number {
    const wrap = this.#wrap;
    for (let k = 0; k < count; k++) lo[k] = ((lo[k] as number) << 2) & wrap;
    return touchLines(this.#words, lo, 0, count);
  }

  /** The same for a key whose parts' hashes stand in `parts`; length < 0 when any is missing. */
  findComposite(partCount: number, length: number): number {
    if (length < 0) return -2;
    const out = this.#out;
    composeKey(this.parts, partCount * 2, this.#key, out);
    return this.find(out[0] as number, out[1] as number, 0);
  }

  /** Hash of a row's key into #out. */
  #hash(keys: readonly TextColumn[], row: number): void {
    for (let part = 0; part < keys.length; part++) {
      const { bytes, spans } = keys[part] as TextColumn;
      const length = spans[row * 2 + 1] as number;
      hashBytes(bytes, spans[row * 2] as number, length, this.#key, this.#out);
      this.parts.set(this.#out, part * 2);
    }
    if (keys.length > 1) composeKey(this.parts, keys.length * 2, this.#key, this.#out);
  }

  /** The row whose key's hash stands in #out. */
  #insert(row: number, what: string): void {
    const lo = this.#out[0] as number;
    const hi = this.#out[1] as number;
    if (this.find(lo, hi, 0) >= 0) {
      throw new AssertionError(
        `two keys of ${what} have one 64-bit hash (or row ${row + 1} repeats a key): use another hash key`,
      );
    }
    let at = (lo << 2) & this.#wrap;
    while ((this.#words[at + 2] as number) >= 0) at = (at + 4) & this.#wrap;
    this.#words[at] = lo;
    this.#words[at + 1] = hi;
    this.#words[at + 2] = row;
  }
}
