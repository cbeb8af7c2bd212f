// For entities with many rows: where each value was seen last, so that a distinct count does not
// look through the ring. One index for all entities and terms of a kind; its key is the hash over
// value, slot and term. Entities of up to INDEXED_ABOVE rows do without and search their ring.

import type { HashKey } from '../base/hash.ts';
import { hashWords } from '../base/hash.ts';
import { HashIndex } from './hash-index.ts';
import { reserveWords } from './reserve.ts';

/** Rings of more rows than this are indexed. */
export const INDEXED_ABOVE = 64;
const ENTRIES_MAX = 1 << 23;
/** Free entries that rows entered late may still need. */
const SPARE = 4096;

export class DistinctIndex {
  readonly #index = new HashIndex(ENTRIES_MAX);
  /** A pair an entry: high half of the key's hash, sequence number. */
  readonly #entries = reserveWords(ENTRIES_MAX * 2);
  readonly #key: HashKey;
  readonly #words = new Int32Array(4);
  readonly #hash = new Int32Array(2);
  #next = 0;
  #free = -1;

  constructor(key: HashKey) {
    this.#key = key;
  }

  /** True when rings should look for values in themselves: slower, as exact. */
  get isFull(): boolean {
    return this.#index.count > ENTRIES_MAX - SPARE;
  }

  hasRoomFor(values: number): boolean {
    return this.#index.count + values < ENTRIES_MAX - SPARE;
  }

  get bytesUsed(): number {
    return this.#index.bytesUsed + this.#next * 8;
  }

  /** Entry of the value, or -1; leaves its hash in #hash. */
  entry(slot: number, term: number, lo: number, hi: number): number {
    const words = this.#words;
    words[0] = lo;
    words[1] = hi;
    words[2] = slot;
    words[3] = term;
    hashWords(words, 4, this.#key, this.#hash);
    return this.#index.find(this.#hash[0] as number, this.#hash[1] as number, this.#entries, 2, 0);
  }

  /** Sequence number that an entry (from `entry`) remembers. */
  seqAt(entry: number): number {
    return this.#entries[entry * 2 + 1] as number;
  }

  /** Remembers that the value was last seen in row `seq`. */
  set(slot: number, term: number, lo: number, hi: number, seq: number): void {
    let entry = this.entry(slot, term, lo, hi);
    if (entry < 0) {
      if (this.#free >= 0) {
        entry = this.#free;
        this.#free = this.#entries[entry * 2 + 1] as number;
      } else entry = this.#next++;
      this.#entries[entry * 2] = this.#hash[1] as number;
      this.#index.insert(this.#hash[0] as number, entry);
    }
    this.#entries[entry * 2 + 1] = seq;
  }

  remove(slot: number, term: number, lo: number, hi: number): void {
    const entry = this.entry(slot, term, lo, hi);
    if (entry < 0) return;
    this.#index.remove(this.#hash[0] as number, entry);
    this.#entries[entry * 2 + 1] = this.#free;
    this.#free = entry;
  }
}
