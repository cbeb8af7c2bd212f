// The rings of one entity kind: room for rows to come. A ring is made small, doubles, becomes pages,
// and shrinks again as its rows leave.
//
// makeRoom is called when a ring has no place for its next row, which of a small ring is every few
// appends: plain loops without closures, ~0.1 µs. A resize copies the rows of a block, or the
// directory only of a ring of pages. Where rows stand is ring-memory.ts's, how they leave
// ring-drops.ts's: classes one upon the other, so that the generated loop has one object to call.

import type { DistinctIndex } from './distinct-index.ts';
import { INDEXED_ABOVE } from './distinct-index.ts';
import { RING_ROWS_MIN, RingDrops } from './ring-drops.ts';
import { HEADER, HEADER_FLAG, PAGE_ROWS } from './state-layout.ts';

// Own constants: an imported one is loaded and checked at each use.
const BASE: number = HEADER.base;
const CAPACITY: number = HEADER.capacity;
const START: number = HEADER.start;
const END: number = HEADER.end;
const LIMIT: number = HEADER.limit;
const ROWS_MIN: number = RING_ROWS_MIN;

/** Rings of at least this many rows grow at seven eighths, so that room lasts. */
const GROWS_EARLY_FROM = 16;

export class EntityRings extends RingDrops {
  /**
   * Called when the ring has no place for row `end`, a row at now[0]: drops what no window needs,
   * or grows, or at the limit gives the oldest row up. Returns true in the last case.
   */
  makeRoom(slot: number): boolean {
    const { H } = this;
    const h = slot * this.headerWords;
    const capacity = H[h + CAPACITY] as number;
    if (capacity === 0) {
      H[h + BASE] = this.arena.takeRows(ROWS_MIN);
      H[h + CAPACITY] = ROWS_MIN;
      H[h + LIMIT] = Math.min(ROWS_MIN, this.rowsPerEntity);
      return false;
    }
    if (capacity <= PAGE_ROWS && this.dropFromBlock(slot, h, capacity)) return false;
    const end = H[h + END] as number;
    let isTruncated = false;
    // A ring of pages drops at the beginning of each: one that was hot once gives its pages back.
    if (capacity > PAGE_ROWS || this.#isFull(h)) {
      this.advance(h);
      this.dropExpired(slot);
      const count = (end - (H[h + HEADER.start] as number)) | 0;
      if (count >= this.rowsPerEntity) {
        this.truncate(slot);
        isTruncated = true;
      }
      const isNearlyFull = capacity >= GROWS_EARLY_FROM && count > capacity - (capacity >> 3);
      if (!this.#hasPlace(h) || (isNearlyFull && capacity < this.rowsPerEntity)) {
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
    if (capacity <= ROWS_MIN || count >= capacity >> 3) return;
    this.#resize(slot, Math.max(ROWS_MIN, capacity >> 1));
  }

  /** Full, as opposed to a paged ring that only begins another page. */
  #isFull(h: number): boolean {
    const { H } = this;
    const count = ((H[h + HEADER.end] as number) - (H[h + HEADER.start] as number)) | 0;
    return count >= this.rowsPerEntity || !this.#hasPlace(h);
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
    const rowsLeft = this.rowsPerEntity - ((end - start) | 0);
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
    const h = slot * this.headerWords;
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
    const words = this.rowWords;
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
      R.copyWithin(this.at(h, seq), from, from + this.rowWords);
    }
    H[h + HEADER.base] = base;
  }

  /** Indexes the values of a ring that has grown large, and forgets those of one that shrank. */
  #indexAsNeeded(slot: number): void {
    const { H } = this;
    if (this.distinct === null) return;
    const h = slot * this.headerWords;
    const flags = H[h + HEADER.flags] as number;
    const isIndexed = (flags & HEADER_FLAG.indexed) !== 0;
    if (isIndexed === (H[h + HEADER.capacity] as number) > INDEXED_ABOVE) return;
    if (isIndexed) this.forgetIndex(slot);
    else if (this.distinct.hasRoomFor(H[h + HEADER.capacity] as number)) {
      H[h + HEADER.flags] = flags | HEADER_FLAG.indexed;
      this.#index(slot, this.distinct);
    }
  }

  /** Apart from the look at whether to: what a closure captures is made on entry, used or not. */
  #index(slot: number, distinct: DistinctIndex): void {
    const { layout, H, R } = this;
    const h = slot * this.headerWords;
    const end = H[h + HEADER.end] as number;
    for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
      const a = this.at(h, seq);
      layout.distincts.forEach((term, i) => {
        if (((R[a + layout.rowFlags] as number) & term.presentBit) === 0) return;
        const lo = R[a + term.hash] as number;
        distinct.set(slot, i, lo, R[a + term.hash + 1] as number, seq);
      });
    }
  }
}
