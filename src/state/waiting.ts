// Rows whose `of` is not there yet: kept as they are, in a block of the text arena each, until the
// payment comes or `waitMs` of stream time have passed. A list in the order of arrival, and a chain
// for each id that is awaited. At `rowsMax` the oldest leaves, counted; those that waited in vain
// are counted too.

import { KeyChains } from './key-chains.ts';
import { doublesOf, reserveWords } from './reserve.ts';
import type { TextArena } from './text-arena.ts';

export class Waiting {
  /** Rows that waited in vain, and rows that left at the limit. */
  expired = 0;
  evicted = 0;
  /** [0]: stream time in hand. */
  readonly now: Float64Array = new Float64Array(1);
  readonly #chains: KeyChains;
  readonly #texts: TextArena;
  readonly #rowsMax: number;
  readonly #waitMs: number;
  readonly #since: Float64Array;
  /** Of each entry: node + 1 in its id's chain, block and its size; neighbours + 1 in the list. */
  readonly #nodes: Int32Array;
  readonly #blocks: Int32Array;
  readonly #sizes: Int32Array;
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  /** Entries + 1; 0 = none. */
  #oldest = 0;
  #newest = 0;
  #free = 0;
  #next = 0;
  #count = 0;

  constructor(rowsMax: number, waitMs: number, texts: TextArena) {
    this.#rowsMax = rowsMax;
    this.#waitMs = waitMs;
    this.#texts = texts;
    this.#chains = new KeyChains({ anchorsMax: rowsMax, nodesMax: rowsMax, keepMs: 0 });
    this.#since = doublesOf(reserveWords(rowsMax * 2));
    this.#nodes = reserveWords(rowsMax);
    this.#blocks = reserveWords(rowsMax);
    this.#sizes = reserveWords(rowsMax);
    this.#older = reserveWords(rowsMax);
    this.#newer = reserveWords(rowsMax);
  }

  get count(): number {
    return this.#count;
  }

  /** A row begins to wait for the id with this hash; its copy is the block. */
  add(lo: number, hi: number, block: number, bytes: number): void {
    this.expire();
    if (this.#count >= this.#rowsMax) {
      this.evicted++;
      this.#remove(this.#oldest - 1);
    }
    const at = this.#append();
    this.#chains.now[0] = this.now[0] as number;
    this.#nodes[at] = this.#chains.join(this.#chains.take(lo, hi), at);
    this.#blocks[at] = block;
    this.#sizes[at] = bytes;
    this.#since[at] = this.now[0] as number;
    this.#count++;
  }

  /** Block of the first row that waits for an id, or 0. */
  first(lo: number, hi: number): number {
    const anchor = this.#chains.find(lo, hi);
    if (anchor < 0) return 0;
    return this.#blocks[this.#chains.recordOf(this.#chains.first(anchor))] as number;
  }

  /** Takes away the first row that waits for an id; its block is given back. */
  removeFirst(lo: number, hi: number): void {
    const anchor = this.#chains.find(lo, hi);
    this.#remove(this.#chains.recordOf(this.#chains.first(anchor)));
  }

  /** Takes away what has waited too long. */
  expire(): void {
    while (this.#oldest > 0) {
      const at = this.#oldest - 1;
      if ((this.#since[at] as number) + this.#waitMs >= (this.now[0] as number)) return;
      this.expired++;
      this.#remove(at);
    }
  }

  /** An entry at the end of the list. */
  #append(): number {
    const at = this.#free > 0 ? this.#free - 1 : this.#next++;
    if (this.#free > 0) this.#free = this.#newer[at] as number;
    this.#older[at] = this.#newest;
    this.#newer[at] = 0;
    if (this.#newest > 0) this.#newer[this.#newest - 1] = at + 1;
    else this.#oldest = at + 1;
    this.#newest = at + 1;
    return at;
  }

  #remove(at: number): void {
    this.#chains.leave(this.#nodes[at] as number);
    this.#texts.give(this.#blocks[at] as number, this.#sizes[at] as number);
    const older = this.#older[at] as number;
    const newer = this.#newer[at] as number;
    if (older > 0) this.#newer[older - 1] = newer;
    else this.#oldest = newer;
    if (newer > 0) this.#older[newer - 1] = older;
    else this.#newest = older;
    this.#newer[at] = this.#free;
    this.#free = at + 1;
    this.#count--;
  }
}
