// Ids seen within `repeats.for` of stream time: what makes a second delivery a repeat.
//
// An entry holds the id's hash, the content's hash, the stream time of its newest decided row and
// that decision's packed verdict. Entries of a shard stand in arrival order in pages of PAGE_ENTRIES;
// expired ones leave at the head, read one after another, by tiles, so that their index misses overlap
// too; a page that is left is used again. A second row with the same
// content is a repeat; one with other content is decided anew under the next revision, and the entry
// then stands for that one. At `ids` a shard the oldest leaves early, counted.
//
// Cost: ~0.1 µs a row, one cache miss. 44 bytes an id and its index.

import type { RangeTimes } from '../domain/range-times.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import { HashIndex } from './hash-index.ts';
import { doublesOf, reserveWords } from './reserve.ts';

/** One of them is padding: the time is a double. */
const ENTRY_WORDS = 10;
const PAGE_ENTRIES = 256;
/** Words of a row record; own constants, because imported ones are loaded and checked at each use. */
const W = {
  flags: ROW.flags / 4,
  streamTimeMs: ROW.streamTimeMs / 4,
  contentLo: ROW.contentLo / 4,
  contentHi: ROW.contentHi / 4,
  repeatRow: ROW.repeatRow / 4,
  revision: ROW.revision / 4,
  verdict: ROW.verdict / 4,
} as const;
/** Words of an entry; the stream time is the double at word 0. */
const E = {
  time: 0,
  hi: 2,
  lo: 3,
  contentLo: 4,
  contentHi: 5,
  verdict: 6,
  revision: 7, // of the newest decision; -1: an informing row, never decided
  pending: 8, // row of this batch whose verdict is not known yet + 1
} as const;
// Own constant: an imported one is loaded and checked at each use in a hot loop.
const SHARDS: number = SHARD_COUNT;
/** Expired and no longer found, but not yet at the head of its list. */
const DEAD = -1;

/**
 * Packs what a repeat tells again: outcome index and first reason (see codec's repeat()), which may be
 * below 0 by as much as above, hence zigzag.
 */
export function packVerdict(outcome: number, firstReason: number): number {
  return outcome | (((firstReason << 1) ^ (firstReason >> 31)) << 2);
}
export function verdictOutcome(packed: number): number {
  return packed & 3;
}
export function verdictReason(packed: number): number {
  return (packed >>> 3) ^ -((packed >>> 2) & 1);
}

export interface RepeatsOptions {
  readonly forMs: number;
  readonly idsMax: number;
  /** Shards (of the id's hash) that this worker owns, ascending. */
  readonly shards: readonly number[];
  readonly rowStrideBytes: number;
  readonly idSlot: number;
  readonly rowsMax: number;
}

export class Repeats {
  evicted = 0;
  readonly #forMs: number;
  readonly #perShard: number;
  readonly #index: HashIndex;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #shards: readonly number[];
  readonly #stride32: number;
  readonly #id32: number;
  /** Entry numbers: the oldest of each shard, and where its next one goes; -1 = no page yet. */
  readonly #head = new Int32Array(SHARDS).fill(-1);
  readonly #tail = new Int32Array(SHARDS).fill(-1);
  /** Page after each page of a shard, or the next free page; -1 = none. */
  readonly #nextPage: Int32Array;
  #pageFree = -1;
  #pageCount = 0;
  readonly #counts = new Int32Array(SHARDS);
  readonly #pending: Int32Array;
  #pendingCount = 0;
  #repeatsInside = false;
  /** Times in hand. Not arguments: a double passed to a call is boxed. */
  readonly #now = new Float64Array(1);
  readonly #expiredLo: Int32Array;
  readonly #first: Float64Array = Float64Array.of(-Infinity);
  readonly #expired: Int32Array;
  readonly #buckets: Int32Array;
  readonly #lo: Int32Array;
  /** Keeps the touching loops from being optimised away. */
  touched = 0;

  constructor(options: RepeatsOptions) {
    this.#forMs = options.forMs;
    this.#perShard = Math.max(1, Math.floor(options.idsMax / SHARDS));
    this.#shards = options.shards;
    const idsMax = this.#perShard * options.shards.length;
    this.#index = new HashIndex(idsMax);
    // A shard's first and last page may be part full.
    const pages = Math.ceil(idsMax / PAGE_ENTRIES) + options.shards.length * 2;
    this.#nextPage = new Int32Array(pages);
    this.#words = reserveWords(pages * PAGE_ENTRIES * ENTRY_WORDS);
    this.#times = doublesOf(this.#words);
    this.#stride32 = options.rowStrideBytes / 4;
    this.#id32 = options.idSlot / 4;
    this.#pending = new Int32Array(options.rowsMax);
    this.#expiredLo = new Int32Array(options.rowsMax * 2 + SHARDS);
    this.#expired = new Int32Array(options.rowsMax * 2 + SHARDS);
    this.#buckets = new Int32Array(options.rowsMax * 2 + SHARDS);
    this.#lo = new Int32Array(options.rowsMax);
  }

  get idCount(): number {
    return this.#index.count;
  }

  get bytesUsed(): number {
    return this.#pageCount * PAGE_ENTRIES * ENTRY_WORDS * 4 + this.#index.bytesUsed;
  }

  /**
   * Looks up rows (of this worker's shards, in stream order; bad ones that are told under their id,
   * too): sets REPEAT or REPEAT_DIFFERS, revision, verdict and repeatRow in their records; remembers new ids.
   * Returns true when a row repeats another of this batch.
   */
  check(
    i32: Int32Array,
    f64: Float64Array,
    rows: Int32Array,
    count: number,
    { before, shift }: RangeTimes,
  ): boolean {
    if (count === 0) return false;
    const stride = this.#stride32;
    this.#repeatsInside = false;
    // Stream time at the first row: what it may still repeat is not taken away.
    const first = rows[0] as number;
    const firstTime = f64[(first * stride + W.streamTimeMs) >> 1] as number;
    this.#now[0] = Math.max(firstTime, before[first >> shift] as number) - this.#forMs;
    this.#expire(count * 2);
    const lo = this.#lo;
    const id = this.#id32;
    for (let i = 0; i < count; i++) lo[i] = i32[(rows[i] as number) * stride + id] as number;
    this.touched ^= this.#index.locate(lo, this.#buckets, 0, count);
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const time = f64[(row * stride + W.streamTimeMs) >> 1] as number;
      this.#now[0] = Math.max(time, before[row >> shift] as number);
      this.#checkRow(i32, row);
    }
    return this.#repeatsInside;
  }

  #checkRow(i32: Int32Array, row: number): void {
    const at = row * this.#stride32;
    const lo = i32[at + this.#id32] as number;
    const hi = i32[at + this.#id32 + 1] as number;
    const entry = this.#index.find(lo, hi, this.#words, ENTRY_WORDS, E.hi);
    if (entry < 0) this.#remember(i32, at, row, lo, hi);
    else this.#again(i32, at, row, entry);
  }

  #remember(i32: Int32Array, at: number, row: number, lo: number, hi: number): void {
    const shard = lo & (SHARDS - 1);
    if ((this.#counts[shard] as number) >= this.#perShard) this.#drop(shard);
    const entry = this.#append(shard);
    const words = this.#words;
    const e = entry * ENTRY_WORDS;
    words[e + E.hi] = hi;
    words[e + E.lo] = lo;
    words[e + E.revision] = -1;
    words[e + E.pending] = 0;
    this.#index.insert(lo, entry);
    this.#decideAnew(i32, at, row, entry);
  }

  /** The entry now stands for this row. */
  #decideAnew(i32: Int32Array, at: number, row: number, entry: number): void {
    const words = this.#words;
    const e = entry * ENTRY_WORDS;
    this.#times[e >> 1] = this.#now[0] as number;
    words[e + E.contentLo] = i32[at + W.contentLo] as number;
    words[e + E.contentHi] = i32[at + W.contentHi] as number;
    i32[at + W.repeatRow] = (words[e + E.pending] as number) - 1;
    words[e + E.pending] = row + 1;
    const isDecided = ((i32[at + W.flags] as number) & ROW_FLAG.decided) !== 0;
    const revision = (words[e + E.revision] as number) + (isDecided ? 1 : 0);
    words[e + E.revision] = revision;
    i32[at + W.revision] = revision;
    this.#pending[this.#pendingCount++] = entry;
  }

  #again(i32: Int32Array, at: number, row: number, entry: number): void {
    const words = this.#words;
    const e = entry * ENTRY_WORDS;
    if (this.#isExpired(entry)) {
      // Expired but not yet taken away: a new id, at the list's end like any other, so that what is
      // dropped at the limit does not hang on when expired ones are taken away.
      const [lo, hi] = [words[e + E.lo] as number, words[e + E.hi] as number];
      this.#unindex(entry);
      words[e + E.pending] = DEAD;
      this.#remember(i32, at, row, lo, hi);
      return;
    }
    const isSame =
      words[e + E.contentLo] === i32[at + W.contentLo] &&
      words[e + E.contentHi] === i32[at + W.contentHi];
    if (!isSame) {
      Atomics.or(i32, at + W.flags, ROW_FLAG.repeatDiffers);
      this.#decideAnew(i32, at, row, entry);
      return;
    }
    Atomics.or(i32, at + W.flags, ROW_FLAG.repeat);
    i32[at + W.revision] = words[e + E.revision] as number;
    i32[at + W.verdict] = words[e + E.verdict] as number;
    const pending = words[e + E.pending] as number;
    i32[at + W.repeatRow] = pending - 1;
    if (pending !== 0) this.#repeatsInside = true;
  }

  /** After the batch's rows are decided: their verdicts become what a later repeat tells. */
  settle(i32: Int32Array): void {
    const words = this.#words;
    for (let k = 0; k < this.#pendingCount; k++) {
      const e = (this.#pending[k] as number) * ENTRY_WORDS;
      const row = (words[e + E.pending] as number) - 1;
      if (row < 0) continue; // decided twice in this batch, settled already
      words[e + E.verdict] = i32[row * this.#stride32 + W.verdict] as number;
      // Amendments may have come between, and an overdue row may have got two decisions.
      words[e + E.revision] = i32[row * this.#stride32 + W.revision] as number;
      words[e + E.pending] = 0;
    }
    this.#pendingCount = 0;
  }

  /** The next place of a shard. */
  #append(shard: number): number {
    const entry = this.#tail[shard] as number;
    this.#counts[shard] = (this.#counts[shard] as number) + 1;
    if (entry >= 0 && entry % PAGE_ENTRIES !== 0) {
      this.#tail[shard] = entry + 1;
      return entry;
    }
    // The tail stands behind a full page (or nowhere): another one is linked to it.
    const page = this.#takePage();
    if (entry >= 0) this.#nextPage[entry / PAGE_ENTRIES - 1] = page;
    if (this.#counts[shard] === 1) this.#head[shard] = page * PAGE_ENTRIES;
    this.#tail[shard] = page * PAGE_ENTRIES + 1;
    return page * PAGE_ENTRIES;
  }

  #takePage(): number {
    const page = this.#pageFree >= 0 ? this.#pageFree : this.#pageCount++;
    if (this.#pageFree >= 0) this.#pageFree = this.#nextPage[page] as number;
    return page;
  }

  /** The stream's first time: rows that came before any with a good one are taken to be of it. */
  beginAt(timeMs: number): void {
    this.#first[0] = timeMs;
  }

  /** Before the stream's first good row nothing has expired. */
  #isExpired(entry: number): boolean {
    return (this.#now[0] as number) - this.#timeOf(entry) > this.#forMs;
  }

  #timeOf(entry: number): number {
    const time = this.#times[(entry * ENTRY_WORDS) >> 1] as number;
    return time === -Infinity ? (this.#first[0] as number) : time;
  }

  /** Takes up to `most` entries from before #now away, from the heads. */
  #expire(most: number): void {
    const words = this.#words;
    const bound = this.#now[0] as number;
    let count = 0;
    for (const shard of this.#shards) {
      while (count < most && (this.#counts[shard] as number) > 0) {
        const entry = this.#head[shard] as number;
        const e = entry * ENTRY_WORDS;
        if (this.#timeOf(entry) >= bound) break;
        if ((words[e + E.pending] as number) > 0) break;
        this.#expired[count] = entry;
        this.#expiredLo[count] = words[e + E.lo] as number;
        count++;
        this.#leaveHead(shard);
      }
    }
    if (count === 0) return;
    this.touched ^= this.#index.locate(this.#expiredLo, this.#buckets, 0, count);
    for (let k = 0; k < count; k++) this.#unindex(this.#expired[k] as number);
  }

  /** The oldest of a full shard leaves; one that has expired by now is not missed. */
  #drop(shard: number): void {
    const entry = this.#head[shard] as number;
    if (!this.#isExpired(entry)) this.evicted++;
    this.#unindex(entry);
    this.#leaveHead(shard);
  }

  /** The head moves on; a page that it leaves is free. The entry's words stay until it is reused. */
  #leaveHead(shard: number): void {
    const entry = this.#head[shard] as number;
    this.#counts[shard] = (this.#counts[shard] as number) - 1;
    if (entry % PAGE_ENTRIES !== PAGE_ENTRIES - 1) {
      this.#head[shard] = entry + 1;
      return;
    }
    const page = (entry - (entry % PAGE_ENTRIES)) / PAGE_ENTRIES;
    this.#head[shard] = (this.#nextPage[page] as number) * PAGE_ENTRIES;
    if (this.#tail[shard] === entry + 1) this.#tail[shard] = -1;
    this.#nextPage[page] = this.#pageFree;
    this.#pageFree = page;
  }

  #unindex(entry: number): void {
    const words = this.#words;
    const e = entry * ENTRY_WORDS;
    if (words[e + E.pending] !== DEAD) {
      this.#index.remove(words[e + E.lo] as number, entry);
    }
    words[e + E.pending] = 0;
  }
}
