// The rings of one entity kind: each entity's rows in time order, and the cold steps on them that the
// generated loop calls: making room, folds, distinct values, bringing sums down.
//
//   capacity <= 256 rows: one block            row seq at base + (seq & (capacity - 1)) * rowWords
//   more: a directory of pages of 256 rows     page at base + (seq >> 8 & pages - 1)
//
// Pages are given back one by one as their last row is dropped, so none holds rows of both ends.
//
// Sequence numbers only grow (and wrap at 2^32, compared by difference); `start`..`end` are the rows
// kept, each window has a cursor between them. Expired rows leave only when the ring is full, so an
// append is mostly one store. makeRoom is called for every few appends of a small ring: it is plain
// loops without closures, ~0.1 µs.

import { assert } from '../base/assert.ts';
import type { HashKey } from '../base/hash.ts';
import { DistinctIndex, INDEXED_ABOVE } from './distinct-index.ts';
import { reserveWords } from './reserve.ts';
import { RowArena, UNIT_ROWS } from './row-arena.ts';
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

// Own constants: an imported one is loaded and checked at each use.
const BASE: number = HEADER.base;
const CAPACITY: number = HEADER.capacity;
const START: number = HEADER.start;
const END: number = HEADER.end;
const LIMIT: number = HEADER.limit;
const FLAGS: number = HEADER.flags;

const RING_ROWS_MIN = UNIT_ROWS;
/** Rings of at least this many rows grow at seven eighths, so that room lasts. */
const GROWS_EARLY_FROM = 16;
const ARENA_WORDS = 2 ** 29;

export class EntityRings {
  readonly layout: EntityLayout;
  /** Headers as words and as doubles, rows likewise. Short names: the generated code uses them. */
  readonly H: Int32Array;
  readonly HD: Float64Array;
  readonly R: Int32Array;
  readonly RD: Float64Array;
  readonly arena: RowArena;
  readonly distinct: DistinctIndex | null;
  rowsTruncated = 0;
  /** Time of the row that room is made for. Not an argument: a double passed to a call is boxed. */
  readonly now: Float64Array = new Float64Array(1);
  readonly #rowsPerEntity: number;
  readonly #retentionMs: number;
  readonly #calendar: WindowCalendar;
  readonly #headerWords: number;
  readonly #rowWords: number;
  readonly #windows: readonly WindowTerm[];
  /** True when dropping a row needs more than moving `start`. */
  readonly #dropsCarry: boolean;

  constructor(options: RingOptions) {
    const { layout } = options;
    this.layout = layout;
    this.#headerWords = layout.headerWords;
    this.#rowWords = layout.rowWords;
    this.#windows = layout.windows;
    this.#rowsPerEntity = options.rowsPerEntity;
    this.#retentionMs = layout.retentionMs;
    this.#calendar = options.calendar;
    this.#dropsCarry =
      layout.droppedDecided >= 0 || layout.lasts.length > 0 || layout.places.length > 0;
    this.H = reserveWords(options.entitiesMax * layout.headerWords);
    this.HD = new Float64Array(this.H.buffer);
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
    if (capacity <= PAGE_ROWS) return base + (seq & (capacity - 1)) * this.#rowWords;
    const page = this.R[base + ((seq >>> 8) & ((capacity >>> 8) - 1))] as number;
    return page + (seq & (PAGE_ROWS - 1)) * this.#rowWords;
  }

  timeAt(h: number, seq: number): number {
    return this.RD[this.at(h, seq) >> 1] as number;
  }

  /** Rows at or before this time are outside window `w` for a row at `t`. */
  lowerBound(w: number, t: number): number {
    const { window } = this.#windows[w] as WindowTerm;
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

  /**
   * Called when the ring has no place for row `end`, a row at now[0]: drops what no window needs,
   * or grows, or at the limit gives the oldest row up. Returns true in the last case.
   */
  makeRoom(slot: number): boolean {
    const { H } = this;
    const h = slot * this.#headerWords;
    const capacity = H[h + CAPACITY] as number;
    if (capacity === 0) {
      H[h + BASE] = this.arena.takeRows(RING_ROWS_MIN);
      H[h + CAPACITY] = RING_ROWS_MIN;
      H[h + LIMIT] = Math.min(RING_ROWS_MIN, this.#rowsPerEntity);
      return false;
    }
    if (capacity <= PAGE_ROWS && this.#dropFromBlock(slot, h, capacity)) return false;
    const end = H[h + END] as number;
    let isTruncated = false;
    // A ring of pages drops at the beginning of each: one that was hot once gives its pages back.
    if (capacity > PAGE_ROWS || this.#isFull(h)) {
      this.#advance(h);
      this.#dropExpired(slot);
      const count = (end - (H[h + HEADER.start] as number)) | 0;
      if (count >= this.#rowsPerEntity) {
        this.#truncate(slot);
        isTruncated = true;
      }
      const isNearlyFull = capacity >= GROWS_EARLY_FROM && count > capacity - (capacity >> 3);
      if (!this.#hasPlace(h) || (isNearlyFull && capacity < this.#rowsPerEntity)) {
        this.#resize(slot, capacity * 2);
      } else this.#shrinkIfEmpty(slot, capacity, count);
    } else {
      this.#shrinkIfEmpty(slot, capacity, (end - (H[h + START] as number)) | 0);
    }
    this.#openPage(h, end);
    this.#setLimit(h, end);
    return isTruncated;
  }

  #shrinkIfEmpty(slot: number, capacity: number, count: number): void {
    if (capacity <= RING_ROWS_MIN || count >= capacity >> 3) return;
    this.#resize(slot, Math.max(RING_ROWS_MIN, capacity >> 1));
  }

  /**
   * The commonest way to room, of a small ring: its oldest rows are in no window any more. False
   * when there are none, or so many that the ring should shrink.
   */
  #dropFromBlock(slot: number, h: number, capacity: number): boolean {
    const { H, RD } = this;
    const bound = (this.now[0] as number) - this.#retentionMs;
    const mask = capacity - 1;
    const base = H[h + BASE] as number;
    const end = H[h + END] as number;
    const oldest = H[h + START] as number;
    const windows = this.#windows;
    const isIndexed = ((H[h + FLAGS] as number) & HEADER_FLAG.indexed) !== 0;
    let start = oldest;
    while (start !== end) {
      const a = base + (start & mask) * this.#rowWords;
      if ((RD[a >> 1] as number) > bound) break;
      for (let w = 0; w < windows.length; w++) {
        const { cursor } = windows[w] as WindowTerm;
        if (H[h + cursor] !== start) continue;
        if (this.distinct !== null) this.#leave(h, w, start);
        H[h + cursor] = (start + 1) | 0;
      }
      if (this.#dropsCarry) this.#carry(h, a);
      if (isIndexed) this.unindex(slot, a);
      start = (start + 1) | 0;
    }
    if (start === oldest) return false;
    H[h + START] = start;
    const count = (end - start) | 0;
    if (capacity > RING_ROWS_MIN && count < capacity >> 3) return false;
    H[h + LIMIT] = (start + Math.min(capacity, this.#rowsPerEntity)) | 0;
    return true;
  }

  /** Full, as opposed to a paged ring that only begins another page. */
  #isFull(h: number): boolean {
    const { H } = this;
    const count = ((H[h + HEADER.end] as number) - (H[h + HEADER.start] as number)) | 0;
    return count >= this.#rowsPerEntity || !this.#hasPlace(h);
  }

  /** Whether row `end` has a place: a page never holds both the oldest rows and the newest. */
  #hasPlace(h: number): boolean {
    const { H } = this;
    const capacity = H[h + HEADER.capacity] as number;
    const start = H[h + HEADER.start] as number;
    const first = capacity <= PAGE_ROWS ? start : start & ~(PAGE_ROWS - 1);
    return (((H[h + HEADER.end] as number) - first) | 0) < capacity;
  }

  #setLimit(h: number, end: number): void {
    const { H } = this;
    const capacity = H[h + HEADER.capacity] as number;
    const start = H[h + HEADER.start] as number;
    const rowsLeft = this.#rowsPerEntity - ((end - start) | 0);
    const placesLeft =
      capacity <= PAGE_ROWS ? capacity - ((end - start) | 0) : PAGE_ROWS - (end & (PAGE_ROWS - 1));
    H[h + HEADER.limit] = (end + Math.min(rowsLeft, placesLeft)) | 0;
  }

  /** Page for row `end` of a paged ring. */
  #openPage(h: number, end: number): void {
    const { H, R } = this;
    const capacity = H[h + HEADER.capacity] as number;
    if (capacity <= PAGE_ROWS) return;
    const entry = (H[h + HEADER.base] as number) + ((end >>> 8) & ((capacity >>> 8) - 1));
    if (R[entry] === 0) R[entry] = this.arena.takeRows(PAGE_ROWS);
  }

  /** Moves the ring into one of `capacity` rows. */
  #resize(slot: number, capacity: number): void {
    const { H, arena } = this;
    const h = slot * this.#headerWords;
    const oldCapacity = H[h + HEADER.capacity] as number;
    const oldBase = H[h + HEADER.base] as number;
    if (oldCapacity <= PAGE_ROWS && capacity <= PAGE_ROWS) {
      const base = arena.takeRows(capacity);
      this.#copyRows(h, oldBase, oldCapacity, base, capacity);
      H[h + HEADER.base] = base;
    } else if (oldCapacity > PAGE_ROWS && capacity > PAGE_ROWS) {
      H[h + HEADER.base] = this.#copyDirectory(h, oldBase, oldCapacity, capacity);
    } else this.#changeKind(h, oldBase, oldCapacity, capacity);
    H[h + HEADER.capacity] = capacity;
    this.freeRing(oldBase, oldCapacity);
    this.#indexAsNeeded(slot);
  }

  #copyRows(h: number, from: number, fromRows: number, to: number, toRows: number): void {
    const { H, R } = this;
    const words = this.#rowWords;
    const end = H[h + HEADER.end] as number;
    for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
      const a = from + (seq & (fromRows - 1)) * words;
      const b = to + (seq & (toRows - 1)) * words;
      for (let k = 0; k < words; k++) R[b + k] = R[a + k] as number;
    }
  }

  /** A larger or smaller directory of the same pages; the old one keeps none of them. */
  #copyDirectory(h: number, oldBase: number, oldCapacity: number, capacity: number): number {
    const { H, R } = this;
    const base = this.arena.takeDirectory(capacity >>> 8);
    const first = H[h + HEADER.start] as number;
    const rows = ((H[h + HEADER.end] as number) - (first & ~(PAGE_ROWS - 1))) | 0;
    for (let k = 0; k < Math.ceil(rows / PAGE_ROWS); k++) {
      const page = (first >>> 8) + k;
      const old = oldBase + (page & ((oldCapacity >>> 8) - 1));
      R[base + (page & ((capacity >>> 8) - 1))] = R[old] as number;
      R[old] = 0;
    }
    return base;
  }

  /** From one block to pages or back. */
  #changeKind(h: number, oldBase: number, oldCapacity: number, capacity: number): void {
    const { H, R, arena } = this;
    const isPaged = capacity > PAGE_ROWS;
    const base = isPaged ? arena.takeDirectory(capacity >>> 8) : arena.takeRows(capacity);
    const end = H[h + HEADER.end] as number;
    for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
      H[h + HEADER.base] = oldBase;
      H[h + HEADER.capacity] = oldCapacity;
      const from = this.at(h, seq);
      H[h + HEADER.base] = base;
      H[h + HEADER.capacity] = capacity;
      this.#openPage(h, seq);
      R.copyWithin(this.at(h, seq), from, from + this.#rowWords);
    }
    H[h + HEADER.base] = base;
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

  /** Brings every cursor to where a row at now[0] needs it. */
  #advance(h: number): void {
    const { H, RD } = this;
    const t = this.now[0] as number;
    const end = H[h + HEADER.end] as number;
    const capacity = H[h + HEADER.capacity] as number;
    const base = H[h + HEADER.base] as number;
    const isBlock = capacity <= PAGE_ROWS;
    const hasDistinct = this.distinct !== null;
    for (let w = 0; w < this.#windows.length; w++) {
      const { cursor } = this.#windows[w] as WindowTerm;
      const lower = this.lowerBound(w, t);
      const first = H[h + cursor] as number;
      let c = first;
      while (c !== end) {
        const a = isBlock ? base + (c & (capacity - 1)) * this.#rowWords : this.at(h, c);
        if ((RD[a >> 1] as number) > lower) break;
        if (hasDistinct) this.#leave(h, w, c);
        c = (c + 1) | 0;
      }
      if (c !== first) H[h + cursor] = c;
    }
  }

  /** Row `seq` leaves window `w`: distinct counts give its value back. */
  #leave(h: number, w: number, seq: number): void {
    const { layout, H, R } = this;
    for (const term of layout.distincts) {
      const both = term.presentBit | term.againBit;
      for (const { window, count } of term.counts) {
        if (window !== w) continue;
        const flags = R[this.at(h, seq) + layout.rowFlags] as number;
        if ((flags & both) === term.presentBit) H[h + count] = (H[h + count] as number) - 1;
      }
    }
  }

  #dropExpired(slot: number): void {
    const { H } = this;
    const bound = (this.now[0] as number) - this.#retentionMs;
    const h = slot * this.#headerWords;
    const end = H[h + HEADER.end] as number;
    while (H[h + HEADER.start] !== end && this.timeAt(h, H[h + HEADER.start] as number) <= bound) {
      this.#dropOldest(slot);
    }
  }

  /** The ring is at its limit: its oldest row goes although a window may still need it. */
  #truncate(slot: number): void {
    const { H } = this;
    const h = slot * this.#headerWords;
    const start = H[h + HEADER.start] as number;
    for (let w = 0; w < this.#windows.length; w++) {
      const { cursor } = this.#windows[w] as WindowTerm;
      if (H[h + cursor] !== start) continue;
      this.#leave(h, w, start);
      H[h + cursor] = (start + 1) | 0;
    }
    this.rowsTruncated++;
    this.#dropOldest(slot);
  }

  #dropOldest(slot: number): void {
    const { H, R } = this;
    const h = slot * this.#headerWords;
    const start = H[h + HEADER.start] as number;
    const a = this.at(h, start);
    if (this.#dropsCarry) this.#carry(h, a);
    if (((H[h + HEADER.flags] as number) & HEADER_FLAG.indexed) !== 0) this.unindex(slot, a);
    const capacity = H[h + HEADER.capacity] as number;
    if (capacity > PAGE_ROWS && (start & (PAGE_ROWS - 1)) === PAGE_ROWS - 1) {
      const entry = (H[h + HEADER.base] as number) + ((start >>> 8) & ((capacity >>> 8) - 1));
      this.arena.giveRows(R[entry] as number, PAGE_ROWS);
      R[entry] = 0;
    }
    H[h + HEADER.start] = (start + 1) | 0;
  }

  /**
   * What features without a window may still want of a row that is dropped goes to the header: of
   * the newest one. At the limit of rows a late row may be dropped after newer ones.
   */
  #carry(h: number, a: number): void {
    const { layout, H, HD, R, RD } = this;
    const time = RD[a >> 1] as number;
    if (layout.droppedDecided >= 0) {
      const bit = layout.rowDecidedBit;
      const isDecided = bit === 0 || ((R[a + layout.rowFlags] as number) & bit) !== 0;
      const at = (h + layout.droppedDecided) >> 1;
      if (isDecided && time >= (HD[at] as number)) HD[at] = time;
    }
    for (const term of layout.lasts) {
      if (Number.isNaN(RD[(a + term.raw) >> 1])) continue;
      if (time < (HD[((h + term.dropped) >> 1) + term.doubles] as number)) continue;
      const words = term.doubles * 2;
      for (let k = 0; k < words; k++) H[h + term.dropped + k] = R[a + term.raw + k] as number;
      HD[((h + term.dropped) >> 1) + term.doubles] = time;
    }
    for (const term of layout.places) {
      if (!isPlaced(layout, R, a, term.bit)) continue;
      if (time < (HD[(h + term.dropped) >> 1] as number)) continue;
      HD[(h + term.dropped) >> 1] = time;
      H[h + term.dropped + 2] = R[a + layout.rowLat] as number;
      H[h + term.dropped + 3] = R[a + layout.rowLat + 1] as number;
    }
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

  /** Indexes the values of a ring that has grown large, and forgets those of one that shrank. */
  #indexAsNeeded(slot: number): void {
    const { layout, H, R } = this;
    if (this.distinct === null) return;
    const h = slot * this.#headerWords;
    const flags = H[h + HEADER.flags] as number;
    const isIndexed = (flags & HEADER_FLAG.indexed) !== 0;
    if (isIndexed === (H[h + HEADER.capacity] as number) > INDEXED_ABOVE) return;
    if (isIndexed) {
      this.#forgetIndex(slot);
      return;
    }
    if (this.distinct.hasRoomFor(H[h + HEADER.capacity] as number)) {
      H[h + HEADER.flags] = flags | HEADER_FLAG.indexed;
    } else return;
    const end = H[h + HEADER.end] as number;
    for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
      const a = this.at(h, seq);
      layout.distincts.forEach((term, i) => {
        if (((R[a + layout.rowFlags] as number) & term.presentBit) === 0) return;
        const lo = R[a + term.hash] as number;
        this.distinct?.set(slot, i, lo, R[a + term.hash + 1] as number, seq);
      });
    }
  }

  /** The ring's values are looked for in the ring again: it shrank, or the index is full. */
  #forgetIndex(slot: number): void {
    const { H } = this;
    const h = slot * this.#headerWords;
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
    if (isIndexed && this.distinct.isFull) this.#forgetIndex(h / this.#headerWords);
    else if (isIndexed) {
      const slot = h / this.#headerWords;
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

export function foldStart(fold: FoldTerm): number {
  if (fold.fn === 'sum') return 0;
  return fold.fn === 'min' ? Infinity : -Infinity;
}

export function foldOf(fn: FoldTerm['fn'], a: number, b: number): number {
  if (fn === 'sum') return a + b;
  return fn === 'min' ? Math.min(a, b) : Math.max(a, b);
}

/** Whether the row at address `a` is located and met a place term's condition. */
export function isPlaced(layout: EntityLayout, R: Int32Array, a: number, bit: number): boolean {
  if (bit !== 0) return ((R[a + layout.rowFlags] as number) & bit) !== 0;
  return R[a + layout.rowLat] !== PLACE_NONE;
}
