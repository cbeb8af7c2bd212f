// What few payments have: a hold's end, an amount refunded, reasons, a revision over 0, a place on a
// terminal, what fired. It stands in a block of the text arena, which a record gets with the first of
// them; a record without a block has none of them, and pays nothing for them.
//
//   block | held until | refunded |        two doubles
//         | reasons | revision | terminal | verdict | refunds |

import type { TextArena } from './text-arena.ts';

/** Doubles of a block. */
const HELD = 0;
const REFUNDED = 1;
/** Words of a block; without one all of them are 0. */
export const RARE_W = {
  reasonsLo: 4,
  reasonsHi: 5,
  revision: 6,
  terminalNode: 7, // node + 1 of the chain that it is in
  verdict: 8, // byte offset of what fired; 0 = nothing did
  refunds: 9,
} as const;
const BLOCK_WORDS = 10;

export class RareValues {
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
  }

  #block(record: number): number {
    return this.#words[record * this.#stride + this.#offset] as number;
  }

  #ensure(record: number): number {
    const known = this.#block(record);
    if (known !== 0) return known;
    const { i32, f64 } = this.#texts;
    const block = this.#texts.take(BLOCK_WORDS * 4);
    i32.fill(0, block >> 2, (block >> 2) + BLOCK_WORDS);
    f64[(block >> 3) + HELD] = NaN;
    this.#words[record * this.#stride + this.#offset] = block;
    return block;
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
    const block = this.#block(record);
    return block === 0 ? 0 : (this.#texts.i32[(block >> 2) + word] as number);
  }

  set(record: number, word: number, value: number): void {
    if (value === 0 && this.#block(record) === 0) return;
    this.#texts.i32[(this.#ensure(record) >> 2) + word] = value;
  }

  /** The hold's end; NaN = it is not held. */
  heldMs(record: number): number {
    const block = this.#block(record);
    return block === 0 ? NaN : (this.#texts.f64[(block >> 3) + HELD] as number);
  }

  /** @param untilMs NaN = without an end: as if it were not held */
  hold(record: number, untilMs: number): void {
    if (untilMs !== untilMs) this.endHold(record);
    else this.#texts.f64[(this.#ensure(record) >> 3) + HELD] = untilMs;
  }

  endHold(record: number): void {
    const block = this.#block(record);
    if (block !== 0) this.#texts.f64[(block >> 3) + HELD] = NaN;
  }

  /** In minor units of the file's currency. */
  refunded(record: number): number {
    const block = this.#block(record);
    return block === 0 ? 0 : (this.#texts.f64[(block >> 3) + REFUNDED] as number);
  }

  setRefunded(record: number, amount: number): void {
    if (amount === 0 && this.#block(record) === 0) return;
    this.#texts.f64[(this.#ensure(record) >> 3) + REFUNDED] = amount;
  }
}
