// The keys of payments, for rows that are about one and lack them: a label counts at the terminal of
// the payment that it labels. An entry a payment: hash of its id, its time, the key fields that some
// entity uses (of a text its hash, of a number its bits). A ring a shard in the order of arrival; the
// oldest leaves after `keepMs` of stream time, or at `perShard`.
//
// A filled key goes to a place of its own in the row's record (RowLayout.keySlots): rules do not see it,
// only the lists of rows by entity do. Cost: one cache miss a payment, one a row with `of`.

import { KINDS, isStringType } from '../domain/fields.ts';
import type { RangeTimes } from '../domain/range-times.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG, slotWord } from '../domain/row-layout.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import { HashIndex } from './hash-index.ts';
import { doublesOf, reserveWords } from './reserve.ts';

const FLAGS_WORD: number = ROW.flags / 4;
const KIND_WORD: number = ROW.kind / 4;
const STREAM_TIME_WORD: number = ROW.streamTimeMs / 4;
const BAD: number = ROW_FLAG.bad;
const REPEAT: number = ROW_FLAG.repeat;
const FILLED: number = ROW_FLAG.filled;
const PAYMENT = KINDS.indexOf('payment');
// Own constant: an imported one is loaded and checked at each use in a hot loop.
const SHARDS: number = SHARD_COUNT;
const TILE_ROWS = 256;
const HEAD_WORDS = 4;
const E = { time: 0, lo: 2, hi: 3 } as const;
/** High word of a NaN: the payment has no such key. */
const MISSING_HI = 0x7ff80000;
/** Time of an entry whose payment has another by now. */
const GONE_MS = -Infinity;

export interface OfKeysOptions {
  readonly layout: RowLayout;
  readonly perShard: number;
  readonly keepMs: number;
  /** Shards (of a payment's id) that this worker owns. */
  readonly shards: readonly number[];
}

export class OfKeys {
  /** Payments that left at the limit. */
  evicted = 0;
  readonly #index: HashIndex;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #entryWords: number;
  readonly #perShard: number;
  readonly #keepMs: number;
  /** Place of a shard's ring among those of this worker; -1 = another's. */
  readonly #rings = new Int32Array(SHARDS).fill(-1);
  /** Of each ring: place of the oldest, and how many there are. */
  readonly #heads: Int32Array;
  readonly #counts: Int32Array;
  /** Of each ring: places that were ever taken. */
  readonly #reached: Int32Array;
  readonly #stride: number;
  readonly #idWord: number;
  readonly #ofWord: number;
  /** Words of each kept field in a row's record: its slot, the filled key's. */
  readonly #slots: Int32Array;
  readonly #targets: Int32Array;
  readonly #isText: Uint8Array;
  readonly #now = new Float64Array(1);
  readonly #lowHalves = new Int32Array(TILE_ROWS);
  readonly #buckets = new Int32Array(TILE_ROWS);
  /** Keeps the touching loop from being optimised away. */
  touched = 0;

  constructor({ layout, perShard, keepMs, shards }: OfKeysOptions) {
    const fields = [...layout.keySlots.keys()].filter(
      (field) => (layout.keySlots[field] as number) >= 0,
    );
    this.#perShard = perShard;
    this.#keepMs = keepMs;
    shards.forEach((shard, ring) => {
      this.#rings[shard] = ring;
    });
    this.#heads = new Int32Array(shards.length);
    this.#counts = new Int32Array(shards.length);
    this.#reached = new Int32Array(shards.length);
    this.#entryWords = HEAD_WORDS + fields.length * 2;
    const entries = perShard * shards.length;
    this.#words = reserveWords(entries * this.#entryWords);
    this.#times = doublesOf(this.#words);
    this.#index = new HashIndex(entries);
    this.#stride = layout.strideBytes / 4;
    this.#idWord = slotWord(layout, 'id');
    this.#ofWord = slotWord(layout, 'of');
    this.#slots = Int32Array.from(fields, (field) => (layout.slots[field] as number) / 4);
    this.#targets = Int32Array.from(fields, (field) => (layout.keySlots[field] as number) / 4);
    this.#isText = Uint8Array.from(fields, (field) =>
      isStringType(layout.fields[field]?.type ?? 'string') ? 1 : 0,
    );
  }

  get count(): number {
    return this.#index.count;
  }

  get bytesUsed(): number {
    const entries = this.#reached.reduce((sum, count) => sum + count, 0);
    return entries * this.#entryWords * 4 + this.#index.bytesUsed;
  }

  /**
   * Good rows [from, to) in stream order: payments of own shards are kept, rows about one of them get
   * the keys that they lack.
   */
  run(i32: Int32Array, f64: Float64Array, from: number, to: number, times: RangeTimes): void {
    for (let start = from; start < to; start += TILE_ROWS) {
      const end = Math.min(to, start + TILE_ROWS);
      this.#prefetch(i32, start, end);
      this.#tile(i32, f64, start, end, times);
    }
  }

  /** Touches the index where the rows' ids will be looked up, so that the cache misses overlap. */
  #prefetch(i32: Int32Array, from: number, to: number): void {
    const lo = this.#lowHalves;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      const word = i32[at + KIND_WORD] === PAYMENT ? this.#idWord : this.#ofWord;
      lo[row - from] = i32[at + word] as number;
    }
    this.touched ^= this.#index.locate(lo, this.#buckets, 0, to - from);
  }

  #tile(
    i32: Int32Array,
    f64: Float64Array,
    from: number,
    to: number,
    { before, shift }: RangeTimes,
  ): void {
    const rings = this.#rings;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      const flags = i32[at + FLAGS_WORD] as number;
      if ((flags & BAD) !== 0) continue;
      const isPayment = i32[at + KIND_WORD] === PAYMENT;
      const word = at + (isPayment ? this.#idWord : this.#ofWord);
      if ((i32[word + 3] as number) < 0) continue;
      const ring = rings[(i32[word] as number) & (SHARDS - 1)] as number;
      if (ring < 0) continue;
      const time = f64[(at + STREAM_TIME_WORD) >> 1] as number;
      this.#now[0] = Math.max(time, before[row >> shift] as number);
      if (!isPayment) this.#fill(i32, at, word);
      else if ((flags & REPEAT) === 0) this.#keep(i32, at, word, ring);
    }
  }

  #keep(i32: Int32Array, at: number, word: number, ring: number): void {
    const lo = i32[word] as number;
    const hi = i32[word + 1] as number;
    const words = this.#words;
    const entryWords = this.#entryWords;
    let known = this.#index.find(lo, hi, words, entryWords, E.hi);
    if (known >= 0 && this.#isOld(known)) {
      // Too old, though not yet taken away: it is not known any more.
      this.#index.remove(lo, known);
      this.#times[(known * entryWords) >> 1] = GONE_MS;
      known = -1;
    }
    const entry = known >= 0 ? known : this.#append(lo, hi, ring);
    const e = entry * entryWords;
    const slots = this.#slots;
    for (let k = 0; k < slots.length; k++) {
      const slot = at + (slots[k] as number);
      const isMissing = this.#isText[k] === 1 && (i32[slot + 3] as number) < 0;
      words[e + HEAD_WORDS + k * 2] = isMissing ? 0 : (i32[slot] as number);
      words[e + HEAD_WORDS + k * 2 + 1] = isMissing ? MISSING_HI : (i32[slot + 1] as number);
    }
  }

  #append(lo: number, hi: number, ring: number): number {
    this.#expire(ring);
    const words = this.#words;
    const count = this.#counts[ring] as number;
    this.#counts[ring] = count + 1;
    const place = this.#wrap((this.#heads[ring] as number) + count);
    if (place >= (this.#reached[ring] as number)) this.#reached[ring] = place + 1;
    const entry = ring * this.#perShard + place;
    const e = entry * this.#entryWords;
    this.#times[e >> 1] = this.#now[0] as number;
    words[e + E.lo] = lo;
    words[e + E.hi] = hi;
    this.#index.insert(lo, entry);
    return entry;
  }

  /** Makes room for one; of what is too old at most two leave at a time. */
  #expire(ring: number): void {
    for (let k = 0; k < 2; k++) {
      const count = this.#counts[ring] as number;
      if (count === 0) return;
      const head = this.#heads[ring] as number;
      const entry = ring * this.#perShard + head;
      const isOld = this.#isOld(entry);
      if (count < this.#perShard && !isOld) return;
      if (!isOld) this.evicted++;
      const e = entry * this.#entryWords;
      if (this.#times[e >> 1] !== GONE_MS) {
        this.#index.remove(this.#words[e + E.lo] as number, entry);
      }
      this.#heads[ring] = this.#wrap(head + 1);
      this.#counts[ring] = count - 1;
    }
  }

  /** A place in a ring, from one less than two times round. */
  #wrap(place: number): number {
    return place < this.#perShard ? place : place - this.#perShard;
  }

  #isOld(entry: number): boolean {
    const time = this.#times[(entry * this.#entryWords) >> 1] as number;
    return time + this.#keepMs < (this.#now[0] as number);
  }

  #fill(i32: Int32Array, at: number, word: number): void {
    const words = this.#words;
    const entry = this.#index.find(
      i32[word] as number,
      i32[word + 1] as number,
      words,
      this.#entryWords,
      E.hi,
    );
    if (entry < 0 || this.#isOld(entry)) return;
    const e = entry * this.#entryWords + HEAD_WORDS;
    const targets = this.#targets;
    for (let k = 0; k < targets.length; k++) {
      i32[at + (targets[k] as number)] = words[e + k * 2] as number;
      i32[at + (targets[k] as number) + 1] = words[e + k * 2 + 1] as number;
    }
    Atomics.or(i32, at + FLAGS_WORD, FILLED);
  }
}
