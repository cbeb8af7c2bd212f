// Revisions of decisions that are no longer kept: where a payment's record leaves before its id is
// forgotten by the repeats table (at a limit, or by a `keep` shorter than `repeats.for`), what comes again
// under that id still tells its newest decision, or counts on from it. No decisionId is told twice.
//
// A ring in the order in which they left. At `entriesMax` the oldest leaves; from then on an id of which
// nothing is known counts on from the greatest revision that was lost so, which skips numbers but repeats
// none. Cost: nothing until something has left with a revision above 0.

import { HashIndex } from './hash-index.ts';
import { doublesOf, reserveWords } from './reserve.ts';

const ENTRY_WORDS = 10;
/** Words of an entry; the instant until which it counts is the double at word 0. */
const E = { until: 0, hi: 2, lo: 3, revision: 4, content: 5, verdict: 6 } as const;
/** Doubles of an entry besides. */
const EVENT = 4;
/** Instant of an entry whose id has a record again. */
const GONE_MS = -Infinity;

export class LeftRevisions {
  /** Those that left at the limit. */
  evicted = 0;
  /** Greatest revision among them; -1 = none. */
  lost = -1;
  /** [0]: stream time in hand. [1]: until when the one that is added counts. [2]: its eventTime, if it is an amendment; else NaN. Not arguments: a double passed to a call is boxed. */
  readonly times: Float64Array = new Float64Array(3);
  readonly #entriesMax: number;
  readonly #index: HashIndex;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  #head = 0;
  #tail = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
    this.#index = new HashIndex(entriesMax);
    this.#words = reserveWords(entriesMax * ENTRY_WORDS);
    this.#doubles = doublesOf(this.#words);
  }

  get count(): number {
    return this.#index.count;
  }

  get bytesUsed(): number {
    return Math.min(this.#tail, this.#entriesMax) * ENTRY_WORDS * 4 + this.#index.bytesUsed;
  }

  /** What is known of an id, until times[1]. @param content low half of its content's hash */
  add(lo: number, hi: number, revision: number, content: number, verdict: number): void {
    this.forget(lo, hi);
    this.#makeRoom();
    const entry = this.#tail++ % this.#entriesMax;
    const e = entry * ENTRY_WORDS;
    const words = this.#words;
    this.#doubles[e >> 1] = this.times[1] as number;
    this.#doubles[(e >> 1) + EVENT] = this.times[2] as number;
    words[e + E.hi] = hi;
    words[e + E.lo] = lo;
    words[e + E.revision] = revision;
    words[e + E.content] = content;
    words[e + E.verdict] = verdict;
    this.#index.insert(lo, entry);
  }

  /** Entry of an id at times[0], or -1. */
  find(lo: number, hi: number): number {
    const entry = this.#index.find(lo, hi, this.#words, ENTRY_WORDS, E.hi);
    return entry >= 0 && !this.#isOver(entry) ? entry : -1;
  }

  revisionOf(entry: number): number {
    return this.#words[entry * ENTRY_WORDS + E.revision] as number;
  }

  contentOf(entry: number): number {
    return this.#words[entry * ENTRY_WORDS + E.content] as number;
  }

  /** Packed verdict of its newest decision. */
  verdictOf(entry: number): number {
    return this.#words[entry * ENTRY_WORDS + E.verdict] as number;
  }

  /** Its eventTime, if it is an amendment, else NaN, into out[0]. */
  readEvent(entry: number, out: Float64Array): void {
    out[0] = this.#doubles[((entry * ENTRY_WORDS) >> 1) + EVENT] as number;
  }

  /** The id has a record again. */
  forget(lo: number, hi: number): void {
    const entry = this.#index.find(lo, hi, this.#words, ENTRY_WORDS, E.hi);
    if (entry < 0) return;
    this.#index.remove(lo, entry);
    this.#doubles[(entry * ENTRY_WORDS) >> 1] = GONE_MS;
  }

  #isOver(entry: number): boolean {
    return (this.#doubles[(entry * ENTRY_WORDS) >> 1] as number) < (this.times[0] as number);
  }

  /** Of those that count no more at most two leave at a time. */
  #makeRoom(): void {
    for (let k = 0; k < 2 && this.#head < this.#tail; k++) {
      const entry = this.#head % this.#entriesMax;
      const isOver = this.#isOver(entry);
      const isFull = this.#tail - this.#head >= this.#entriesMax;
      if (!isOver && !isFull) return;
      const e = entry * ENTRY_WORDS;
      if (!isOver) {
        this.evicted++;
        this.lost = Math.max(this.lost, this.#words[e + E.revision] as number);
      }
      if (this.#doubles[e >> 1] !== GONE_MS)
        this.#index.remove(this.#words[e + E.lo] as number, entry);
      this.#head++;
    }
  }
}
