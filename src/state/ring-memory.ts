// The memory of one entity kind's rings: where each row stands, and what is looked up or brought up to
// date there without a row coming or going.
//
//   capacity <= 256 rows: one block            row seq at base + (seq & (capacity - 1)) * rowWords
//   more: a directory of pages of 256 rows     page at base + (seq >> 8 & pages - 1)
//
// Sequence numbers only grow (and wrap at 2^32, compared by difference); `start`..`end` are the rows
// kept, each window has a cursor between them. An address costs one look at the header, and one more
// at the directory of a paged ring; a place in time O(log rows). Distinct values are looked for in a
// small ring itself, in the index for a large one.
//
// The generated loop calls newestOf, flip and rebase by name. Rows leave by ring-drops.ts; rings are
// made, grown and shrunk by entity-rings.ts.

import { assert } from '../base/assert.ts';
import type { HashKey } from '../base/hash.ts';
import { DistinctIndex } from './distinct-index.ts';
import { foldOf, foldStart } from './folds.ts';
import { doublesOf, reserveWords } from './reserve.ts';
import { RowArena } from './row-arena.ts';
import type { EntityLayout, FoldTerm, WindowTerm } from './state-layout.ts';
import { HEADER, HEADER_FLAG, PAGE_ROWS, PLACE_NONE } from './state-layout.ts';

/** Where a row's own local day and month begin (the plan's timezone). */
export interface WindowCalendar {
  dayStartMs(t: number): number;
  monthStartMs(t: number): number;
}

export interface RingOptions {
  readonly layout: EntityLayout;
  readonly entitiesMax: number;
  readonly rowsPerEntity: number;
  readonly calendar: WindowCalendar;
  readonly hashKey: HashKey;
}

const ARENA_WORDS = 2 ** 29;

export class RingMemory {
  readonly layout: EntityLayout;
  /** Headers as words and as doubles, rows likewise. Short names: the generated code uses them. */
  readonly H: Int32Array;
  readonly HD: Float64Array;
  readonly R: Int32Array;
  readonly RD: Float64Array;
  readonly arena: RowArena;
  readonly distinct: DistinctIndex | null;
  protected readonly rowsPerEntity: number;
  readonly #calendar: WindowCalendar;
  protected readonly headerWords: number;
  protected readonly rowWords: number;
  protected readonly windows: readonly WindowTerm[];

  constructor(options: RingOptions) {
    const { layout } = options;
    this.layout = layout;
    this.headerWords = layout.headerWords;
    this.rowWords = layout.rowWords;
    this.windows = layout.windows;
    this.rowsPerEntity = options.rowsPerEntity;
    this.#calendar = options.calendar;
    this.H = reserveWords(options.entitiesMax * layout.headerWords);
    this.HD = doublesOf(this.H);
    this.arena = new RowArena(layout.rowWords, ARENA_WORDS);
    this.R = this.arena.words;
    this.RD = this.arena.doubles;
    this.distinct = layout.distincts.length > 0 ? new DistinctIndex(options.hashKey) : null;
  }

  /** Word address of row `seq` of the ring of header `h`. */
  at(h: number, seq: number): number {
    const { H } = this;
    const capacity = H[h + HEADER.capacity] as number;
    const base = H[h + HEADER.base] as number;
    if (capacity <= PAGE_ROWS) return base + (seq & (capacity - 1)) * this.rowWords;
    const page = this.R[base + ((seq >>> 8) & ((capacity >>> 8) - 1))] as number;
    return page + (seq & (PAGE_ROWS - 1)) * this.rowWords;
  }

  timeAt(h: number, seq: number): number {
    return this.RD[this.at(h, seq) >> 1] as number;
  }

  /** Rows at or before this time are outside window `w` for a row at `t`. */
  lowerBound(w: number, t: number): number {
    const { window } = this.windows[w] as WindowTerm;
    if (window.kind === 'length') return t - window.ms;
    if (window.kind === 'day') return this.#calendar.dayStartMs(t) - 1;
    return this.#calendar.monthStartMs(t) - 1;
  }

  /** Sequence number of the first row later than `t`, or the end. */
  placeOf(h: number, t: number): number {
    const { H } = this;
    const start = H[h + HEADER.start] as number;
    let low = 0;
    let high = ((H[h + HEADER.end] as number) - start) | 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(h, (start + middle) | 0) > t) high = middle;
      else low = middle + 1;
    }
    return (start + low) | 0;
  }

  /** Gives the ring's memory back; its rows are gone. */
  freeRing(base: number, capacity: number): void {
    if (capacity === 0) return;
    if (capacity <= PAGE_ROWS) {
      this.arena.giveRows(base, capacity);
      return;
    }
    for (let k = 0; k < capacity >>> 8; k++) {
      const page = this.R[base + k] as number;
      if (page !== 0) this.arena.giveRows(page, PAGE_ROWS);
    }
    this.arena.giveDirectory(base, capacity >>> 8);
  }

  /** Forgets the values of the row at address `a` that no later row has. */
  unindex(slot: number, a: number): void {
    const { layout, R } = this;
    layout.distincts.forEach((term, i) => {
      const flags = R[a + layout.rowFlags] as number;
      if ((flags & (term.presentBit | term.againBit)) === term.presentBit) {
        this.distinct?.remove(slot, i, R[a + term.hash] as number, R[a + term.hash + 1] as number);
      }
    });
  }

  /** The ring's values are looked for in the ring again: it shrank, or the index is full. */
  protected forgetIndex(slot: number): void {
    const { H } = this;
    const h = slot * this.headerWords;
    const end = H[h + HEADER.end] as number;
    for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
      this.unindex(slot, this.at(h, seq));
    }
    H[h + HEADER.flags] = (H[h + HEADER.flags] as number) & ~HEADER_FLAG.indexed;
  }

  /**
   * Address of the newest row before `end` with this value of distinct term `i`, or -1; from now on
   * that is row `end`.
   */
  newestOf(h: number, i: number, lo: number, hi: number, end: number): number {
    const { layout, H, R } = this;
    const term = layout.distincts[i];
    assert(term !== undefined && this.distinct !== null, 'the distinct term exists');
    const isIndexed = ((H[h + HEADER.flags] as number) & HEADER_FLAG.indexed) !== 0;
    if (isIndexed && this.distinct.isFull) this.forgetIndex(h / this.headerWords);
    else if (isIndexed) {
      const slot = h / this.headerWords;
      const entry = this.distinct.entry(slot, i, lo, hi);
      const address = entry < 0 ? -1 : this.at(h, this.distinct.seqAt(entry));
      this.distinct.set(slot, i, lo, hi, end);
      return address;
    }
    const start = H[h + HEADER.start] as number;
    for (let seq = end; seq !== start;) {
      seq = (seq - 1) | 0;
      const a = this.at(h, seq);
      const isSame = R[a + term.hash] === lo && R[a + term.hash + 1] === hi;
      if (isSame && ((R[a + layout.rowFlags] as number) & term.presentBit) !== 0) return a;
    }
    return -1;
  }

  /** Makes rows [cursor, end) the front of fold `i`: each gets the fold of itself and all after. */
  flip(h: number, i: number, cursor: number, end: number): void {
    const { layout, H, HD, RD } = this;
    const fold = layout.folds[i] as FoldTerm;
    const raw = layout.raws[fold.rawTerm]?.raw as number;
    let value = foldStart(fold);
    for (let seq = end; seq !== cursor;) {
      seq = (seq - 1) | 0;
      const a = this.at(h, seq);
      const own = RD[(a + raw) >> 1] as number;
      if (!Number.isNaN(own)) value = foldOf(fold.fn, own, value);
      RD[(a + fold.suffix) >> 1] = value;
    }
    HD[(h + fold.back) >> 1] = foldStart(fold);
    H[h + fold.boundary] = end;
  }

  /** Brings a sum's prefixes down by what stands before the oldest row, near 2^53. */
  rebase(h: number, i: number): void {
    const { layout, H, HD, RD } = this;
    const term = layout.sums[i];
    assert(term !== undefined, 'the sum exists');
    const start = H[h + HEADER.start] as number;
    const end = H[h + HEADER.end] as number;
    const total = (h + term.total) >> 1;
    const base = start === end ? HD[total] : RD[(this.at(h, start) + term.prefix) >> 1];
    if (base === undefined || base === 0) return;
    for (let seq = start; seq !== end; seq = (seq + 1) | 0) {
      const at = (this.at(h, seq) + term.prefix) >> 1;
      RD[at] = (RD[at] as number) - base;
    }
    HD[total] = (HD[total] as number) - base;
  }
}

/** Whether the row at address `a` is located and met a place term's condition. */
export function isPlaced(layout: EntityLayout, R: Int32Array, a: number, bit: number): boolean {
  if (bit !== 0) return ((R[a + layout.rowFlags] as number) & bit) !== 0;
  return R[a + layout.rowLat] !== PLACE_NONE;
}
