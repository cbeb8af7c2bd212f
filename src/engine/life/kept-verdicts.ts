// What the rules said of a payment: one block of the text arena for each record on which a rule fired,
// or that is about another (a refund, a reversal).
//
//   block | score of row rules | amount given back | of: hash | row rules | life rules | waived |
//         `---- 8 ----'          `---- 8 ----'       `- 8 -'   `-- as many words as `fired` has --'
//
// Row rules: those that give a reason, exempted ones left out. Waived: by release or expiry.

import type { Lives } from '../../state/lives.ts';
import { RARE_W } from '../../state/rare-values.ts';

const SCORE = 0;
const AMOUNT = 1;
const OF_WORD = 4;
const BITS_WORD = 6;

export class KeptVerdicts {
  readonly #lives: Lives;
  readonly #firedWords: number;
  readonly #bytes: number;

  constructor(lives: Lives, firedWords: number) {
    this.#lives = lives;
    this.#firedWords = firedWords;
    this.#bytes = (BITS_WORD + firedWords * 3) * 4;
  }

  has(record: number): boolean {
    return this.#block(record) !== 0;
  }

  /** Makes sure that the record has a block; a new one says that nothing fired. */
  ensure(record: number): void {
    const { rare, texts } = this.#lives;
    if (this.has(record)) return;
    const block = texts.take(this.#bytes);
    rare.set(record, RARE_W.verdict, block);
    texts.i32.fill(0, block >> 2, (block + this.#bytes) >> 2);
    texts.f64[(block >> 3) + SCORE] = NaN;
    texts.f64[(block >> 3) + AMOUNT] = NaN;
  }

  free(record: number): void {
    const block = this.#block(record);
    if (block === 0) return;
    this.#lives.texts.give(block, this.#bytes);
    this.#lives.rare.set(record, RARE_W.verdict, 0);
  }

  #block(record: number): number {
    return this.#lives.rare.get(record, RARE_W.verdict);
  }

  score(record: number): number {
    const block = this.#block(record);
    return block === 0 ? NaN : (this.#lives.texts.f64[(block >> 3) + SCORE] as number);
  }

  setScore(record: number, score: number): void {
    this.#lives.texts.f64[(this.#block(record) >> 3) + SCORE] = score;
  }

  amount(record: number): number {
    const block = this.#block(record);
    return block === 0 ? NaN : (this.#lives.texts.f64[(block >> 3) + AMOUNT] as number);
  }

  setAmount(record: number, amount: number): void {
    this.#lives.texts.f64[(this.#block(record) >> 3) + AMOUNT] = amount;
  }

  ofLo(record: number): number {
    return this.#lives.texts.i32[(this.#block(record) >> 2) + OF_WORD] as number;
  }

  ofHi(record: number): number {
    return this.#lives.texts.i32[(this.#block(record) >> 2) + OF_WORD + 1] as number;
  }

  setOf(record: number, lo: number, hi: number): void {
    const w = (this.#block(record) >> 2) + OF_WORD;
    this.#lives.texts.i32[w] = lo;
    this.#lives.texts.i32[w + 1] = hi;
  }

  rowBits(record: number, word: number): number {
    return this.#bits(record, word, 0);
  }

  lifeBits(record: number, word: number): number {
    return this.#bits(record, word, 1);
  }

  waivedBits(record: number, word: number): number {
    return this.#bits(record, word, 2);
  }

  setRowBits(record: number, word: number, bits: number): void {
    this.#setBits(record, word, 0, bits);
  }

  setLifeBits(record: number, word: number, bits: number): void {
    this.#setBits(record, word, 1, bits);
  }

  setWaivedBits(record: number, word: number, bits: number): void {
    this.#setBits(record, word, 2, bits);
  }

  #bits(record: number, word: number, part: number): number {
    const block = this.#block(record);
    if (block === 0) return 0;
    const at = (block >> 2) + BITS_WORD + part * this.#firedWords + word;
    return this.#lives.texts.i32[at] as number;
  }

  #setBits(record: number, word: number, part: number, bits: number): void {
    const at = (this.#block(record) >> 2) + BITS_WORD + part * this.#firedWords + word;
    this.#lives.texts.i32[at] = bits;
  }
}
