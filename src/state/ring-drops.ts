// Rows that leave their ring: those that no window needs any more, or, at the limit of rows, the
// oldest.
//
// Expired rows leave only when room is needed, so an append is mostly one store; then as many as have
// expired leave at once: O(1) amortised a row. A row that leaves takes its distinct values out of the
// windows and the index, and gives what features without a window may still want to the header.
// Pages are given back one by one as their last row is dropped, so none holds rows of both ends.
// dropFromBlock is called for every few appends of a small ring: plain loops without closures.

import type { RingOptions } from './ring-memory.ts';
import { RingMemory, isPlaced } from './ring-memory.ts';
import { UNIT_ROWS } from './row-arena.ts';
import type { WindowTerm } from './state-layout.ts';
import { HEADER, HEADER_FLAG, PAGE_ROWS } from './state-layout.ts';

// Own constants: an imported one is loaded and checked at each use.
const BASE: number = HEADER.base;
const START: number = HEADER.start;
const END: number = HEADER.end;
const LIMIT: number = HEADER.limit;
const FLAGS: number = HEADER.flags;

/** Unit of a time in HEADER.flags, and the greatest: in the year 2248. */
const GIVEN_UP_MS = 4096;
const GIVEN_UP_MAX: number = 2 ** 31 - 1;

/** A ring of this many rows does not shrink. */
export const RING_ROWS_MIN: number = UNIT_ROWS;

export class RingDrops extends RingMemory {
  rowsTruncated = 0;
  /** Time of the row that room is made for. Not an argument: a double passed to a call is boxed. */
  readonly now: Float64Array = new Float64Array(1);
  readonly #retentionMs: number;
  /** True when dropping a row needs more than moving `start`. */
  readonly #dropsCarry: boolean;

  constructor(options: RingOptions) {
    super(options);
    const { layout } = options;
    this.#retentionMs = layout.retentionMs;
    this.#dropsCarry =
      layout.droppedDecided >= 0 || layout.lasts.length > 0 || layout.places.length > 0;
  }

  /**
   * The commonest way to room, of a small ring: its oldest rows are in no window any more. False
   * when there are none, or so many that the ring should shrink.
   */
  protected dropFromBlock(slot: number, h: number, capacity: number): boolean {
    const { H, RD } = this;
    const bound = (this.now[0] as number) - this.#retentionMs;
    const mask = capacity - 1;
    const base = H[h + BASE] as number;
    const end = H[h + END] as number;
    const oldest = H[h + START] as number;
    const windows = this.windows;
    const isIndexed = ((H[h + FLAGS] as number) & HEADER_FLAG.indexed) !== 0;
    let start = oldest;
    while (start !== end) {
      const a = base + (start & mask) * this.rowWords;
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
    H[h + LIMIT] = (start + Math.min(capacity, this.rowsPerEntity)) | 0;
    return true;
  }

  /** Brings every cursor to where a row at now[0] needs it. */
  protected advance(h: number): void {
    const { H, RD } = this;
    const t = this.now[0] as number;
    const end = H[h + HEADER.end] as number;
    const capacity = H[h + HEADER.capacity] as number;
    const base = H[h + HEADER.base] as number;
    const isBlock = capacity <= PAGE_ROWS;
    const hasDistinct = this.distinct !== null;
    for (let w = 0; w < this.windows.length; w++) {
      const { cursor } = this.windows[w] as WindowTerm;
      const lower = this.lowerBound(w, t);
      const first = H[h + cursor] as number;
      let c = first;
      while (c !== end) {
        const a = isBlock ? base + (c & (capacity - 1)) * this.rowWords : this.at(h, c);
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

  protected dropExpired(slot: number): void {
    const { H } = this;
    const bound = (this.now[0] as number) - this.#retentionMs;
    const h = slot * this.headerWords;
    const end = H[h + HEADER.end] as number;
    while (H[h + HEADER.start] !== end && this.timeAt(h, H[h + HEADER.start] as number) <= bound) {
      this.#dropOldest(slot);
    }
  }

  /** The ring is at its limit: its oldest row goes although a window may still need it. */
  protected truncate(slot: number): void {
    const { H } = this;
    const h = slot * this.headerWords;
    const start = H[h + HEADER.start] as number;
    for (let w = 0; w < this.windows.length; w++) {
      const { cursor } = this.windows[w] as WindowTerm;
      if (H[h + cursor] !== start) continue;
      this.#leave(h, w, start);
      H[h + cursor] = (start + 1) | 0;
    }
    this.rowsTruncated++;
    const time = this.timeAt(h, start);
    const units = Math.min(GIVEN_UP_MAX, Math.max(1, Math.ceil(time / GIVEN_UP_MS)));
    H[h + FLAGS] = (units << 1) | ((H[h + FLAGS] as number) & HEADER_FLAG.indexed);
    this.#dropOldest(slot);
  }

  /** When the newest row was that was given up at the limit, to 4 s and never too early; 0 = none was. */
  protected givenUpMs(h: number): number {
    return ((this.H[h + FLAGS] as number) >>> 1) * GIVEN_UP_MS;
  }

  #dropOldest(slot: number): void {
    const { H, R } = this;
    const h = slot * this.headerWords;
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
}
