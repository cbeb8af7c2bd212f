// Rates of merchants: a record (rates.ts) each, found by the merchant's hash. At the stated maximum the
// one whose last row is oldest leaves, counted; one with an open alert stays until that has ended.
//
// Cost: two cache misses a row. Memory: 128 B a merchant and 16 B of index, reserved at the start.

import { HashIndex } from './hash-index.ts';
import { RATES_WORD, RATES_WORDS } from './rates.ts';
import { doublesOf, reserveWords } from './reserve.ts';
import type { Candidate } from './victims.ts';
import { Victims } from './victims.ts';

export class MerchantRates {
  readonly words: Int32Array;
  readonly values: Float64Array;
  evicted = 0;
  readonly #max: number;
  readonly #index: HashIndex;
  #count = 0;
  #victims: Victims | null = null;

  constructor(merchantsMax: number) {
    this.#max = merchantsMax;
    this.#index = new HashIndex(merchantsMax);
    this.words = reserveWords(merchantsMax * RATES_WORDS);
    this.values = doublesOf(this.words);
  }

  get count(): number {
    return this.#count;
  }

  /** Number of the merchant's record, made at `step` where there is none; -1: all have open alerts. */
  find(lo: number, hi: number, step: number): number {
    const slot = this.#index.find(lo, hi, this.words, RATES_WORDS, RATES_WORD.hi);
    return slot >= 0 ? slot : this.#make(lo, hi, step);
  }

  #make(lo: number, hi: number, step: number): number {
    const slot = this.#count < this.#max ? this.#count++ : this.#evict();
    if (slot < 0) return -1;
    const { words } = this;
    const at = slot * RATES_WORDS;
    words.fill(0, at, at + RATES_WORDS);
    words[at + RATES_WORD.hi] = hi;
    words[at + RATES_WORD.lo] = lo;
    words[at + RATES_WORD.step] = step;
    words[at + RATES_WORD.first] = step;
    this.#index.insert(lo, slot);
    this.#victims?.add(slot);
    return slot;
  }

  /** The slot of the merchant that leaves. */
  #evict(): number {
    let slot = this.#victims?.take() ?? -1;
    if (slot < 0) {
      this.#victims = this.#chooseVictims();
      slot = this.#victims.take();
    }
    if (slot < 0) return -1;
    const { words } = this;
    const at = slot * RATES_WORDS;
    this.#index.remove(words[at + RATES_WORD.lo] as number, slot);
    this.evicted++;
    return slot;
  }

  /** Among those without an open alert. */
  #chooseVictims(): Victims {
    const { words } = this;
    const word = (slot: number, at: number): number => words[slot * RATES_WORDS + at] as number;
    const lastTimeOf = (slot: number): number =>
      word(slot, RATES_WORD.active) === 0 ? word(slot, RATES_WORD.step) : Infinity;
    const candidates: Candidate[] = [];
    for (let slot = 0; slot < this.#count; slot++) {
      const time = lastTimeOf(slot);
      if (time === Infinity) continue;
      candidates.push({ slot, time, lo: word(slot, RATES_WORD.lo), hi: word(slot, RATES_WORD.hi) });
    }
    return new Victims(candidates, {
      lastTimeOf,
      hiOf: (slot) => word(slot, RATES_WORD.hi),
      isBefore: (a, b) =>
        lastTimeOf(a) - lastTimeOf(b) < 0 ||
        (lastTimeOf(a) === lastTimeOf(b) &&
          (word(a, RATES_WORD.hi) - word(b, RATES_WORD.hi) ||
            word(a, RATES_WORD.lo) - word(b, RATES_WORD.lo)) < 0),
    });
  }
}
