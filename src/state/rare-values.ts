// What few payments have: a hold's end, an amount refunded, reasons, a revision over 0, a place on a
// terminal, what fired. It stands in a block of the text arena, which a record gets with the first of
// them. A record without a block reads the one at the arena's beginning, which says that there is nothing.
//
//   block | held until | refunded | event |        three doubles
//         | reasons | revision | terminal | verdict | refunds |
//
// Doubles are read and written in place, at `at` and `ensure`: passed to a call, or given by one, they
// would be boxed.

import type { TextArena } from './text-arena.ts';

/** Doubles of a block. */
export const RARE_D = {
  heldMs: 0, // the hold's end; NaN = not held, or without an end
  refunded: 1, // in minor units of the file's currency
  eventMs: 2, // eventTime of the newest decision, if that is an amendment; NaN = it is the row's own
} as const;
/** Words of a block. */
export const RARE_W = {
  reasonsLo: 6,
  reasonsHi: 7,
  revision: 8,
  terminalNode: 9, // node + 1 of the chain that it is in
  verdict: 10, // byte offset of what fired; 0 = nothing did
  refunds: 11,
} as const;
const BLOCK_WORDS = 12;

export class RareValues {
  /** Of the arena. */
  readonly doubles: Float64Array;
  /** Words of the records; a block's byte offset stands at record * stride + offset, 0 = none. */
  readonly #words: Int32Array;
  readonly #stride: number;
  readonly #offset: number;
  readonly #texts: TextArena;

  constructor(words: Int32Array, stride: number, offset: number, texts: TextArena) {
    this.#words = words;
    this.#stride = stride;
    this.#offset = offset;
    this.#texts = texts;
    this.doubles = texts.f64;
    this.#clear(0);
  }

  #block(record: number): number {
    return this.#words[record * this.#stride + this.#offset] as number;
  }

  #clear(block: number): void {
    const word = block >> 2;
    this.#texts.i32.fill(0, word, word + BLOCK_WORDS);
    this.doubles[(block >> 3) + RARE_D.heldMs] = NaN;
    this.doubles[(block >> 3) + RARE_D.eventMs] = NaN;
  }

  /** Counts the record's decisions on; gives the revision of the new one. */
  nextRevision(record: number): number {
    const revision = this.get(record, RARE_W.revision) + 1;
    this.set(record, RARE_W.revision, revision);
    return revision;
  }

  /** Where its doubles begin in `doubles`, to be read. */
  at(record: number): number {
    return this.#block(record) >> 3;
  }

  /** Where its doubles begin, to be written: it has a block from now on. */
  ensure(record: number): number {
    const known = this.#block(record);
    if (known !== 0) return known >> 3;
    const block = this.#texts.take(BLOCK_WORDS * 4);
    this.#clear(block);
    this.#words[record * this.#stride + this.#offset] = block;
    return block >> 3;
  }

  /** Gives the block back, where there is one. */
  free(record: number): void {
    const block = this.#block(record);
    if (block === 0) return;
    this.#texts.give(block, BLOCK_WORDS * 4);
    this.#words[record * this.#stride + this.#offset] = 0;
  }

  /** @param word one of RARE_W */
  get(record: number, word: number): number {
    return this.#texts.i32[(this.#block(record) >> 2) + word] as number;
  }

  set(record: number, word: number, value: number): void {
    if (value === 0 && this.#block(record) === 0) return;
    this.#texts.i32[this.ensure(record) * 2 + word] = value;
  }

  /** It is not held. */
  endHold(record: number): void {
    const block = this.#block(record);
    if (block !== 0) this.doubles[(block >> 3) + RARE_D.heldMs] = NaN;
  }
}
