// The state of one entity kind in one worker: its records, their index, and their rings.
// The in-order update is generated (update-source.ts); this class holds the memory and the rare
// steps that the generated loop calls: making room, folds, distinct values, late rows.

import { assert } from '../base/assert.ts';
import type { HashKey } from '../base/hash.ts';
import type { FeatureLayout } from '../domain/feature-layout.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { DistinctIndex, INDEXED_ABOVE } from './distinct-index.ts';
import { HashIndex } from './hash-index.ts';
import { evaluateAt, insertLate } from './late-rows.ts';
import { reserveWords } from './reserve.ts';
import { RowArena } from './row-arena.ts';
import type { EntityLayout, FoldTerm, TermOffsets } from './state-layout.ts';
import { HEADER, HEADER_FLAG, PAGE_ROWS, PLACE_NONE, makeTermOffsets } from './state-layout.ts';

/** Views that the generated code works on; bound anew for each batch. */
export interface StateTables {
  i32: Int32Array;
  f64: Float64Array;
  F: Float64Array;
  FI: Int32Array;
  bytes: Uint8Array;
  /** The expressions' helpers and constants (rules/runtime), as the generated code names them. */
  readonly rt: object;
  readonly K: { readonly bytes: Uint8Array };
  readonly calendar: { dayStartMs(t: number): number; monthStartMs(t: number): number };
  readonly haversineKm: (latA: number, lonA: number, latB: number, lonB: number) => number;
}

export interface StateCode {
  update(
    c: StateTables,
    s: EntityState,
    rows: Int32Array,
    slots: Int32Array,
    from: number,
    to: number,
  ): void;
  contribute(c: StateTables, s: EntityState, row: number): void;
  touch(
    c: StateTables,
    s: EntityState,
    slots: Int32Array,
    from: number,
    to: number,
  ): number;
}

export interface StateLimits {
  readonly rowsPerEntity: number;
  /** Entities of this kind, per shard. */
  readonly entitiesPerShard: number;
  /** Shards that this worker owns. */
  readonly shards: number;
  readonly keepMs: number;
  readonly latenessMs: number;
  readonly scanMax: number;
}

/** What happened at a limit, since the start. */
export interface StateCounters {
  entitiesEvicted: number;
  rowsTruncated: number;
  lateEvaluated: number;
  entitiesSwept: number;
}

export const SHARDS = 16;
const RING_ROWS_MIN = 4;
const ARENA_WORDS = 2 ** 30;

export class EntityState {
  readonly layout: EntityLayout;
  readonly limits: StateLimits;
  readonly counters: StateCounters = {
    entitiesEvicted: 0,
    rowsTruncated: 0,
    lateEvaluated: 0,
    entitiesSwept: 0,
  };
  readonly index: HashIndex;
  /** Headers as words and as doubles, rows likewise. Short names: the generated code uses them. */
  readonly H: Int32Array;
  readonly HD: Float64Array;
  readonly R: Int32Array;
  readonly RD: Float64Array;
  readonly X: Float64Array;
  readonly XI: Int32Array;
  readonly arena: RowArena;
  readonly distinct: DistinctIndex | null;
  readonly tables: StateTables;
  readonly code: StateCode;
  /** int32 words of a row record. */
  readonly rowStrideWords: number;
  readonly termOffsets: TermOffsets;
  readonly featureBase: Int32Array;
  readonly featureStride: Int32Array;
  readonly #shardCounts = new Int32Array(SHARDS);
  /** Most entities that any shard has had. */
  #shardCountMax = 0;
  #slotNext = 0;
  #slotFree = -1;
  #sweepAt = 0;
  /** Bytes of H, R, FI and XI, for text. */
  readonly #bytesOf = new Map<ArrayBufferLike, Uint8Array>();
  /** Victims of the shard that is full, oldest first; see evict. */
  readonly #victims = new Map<number, Int32Array>();

  constructor(
    layout: EntityLayout,
    limits: StateLimits,
    tables: StateTables,
    code: StateCode,
    tablesLayout: { rows: RowLayout; features: FeatureLayout },
    hashKey: HashKey,
  ) {
    this.rowStrideWords = tablesLayout.rows.strideBytes / 4;
    this.featureBase = tablesLayout.features.base;
    this.featureStride = tablesLayout.features.stride;
    this.layout = layout;
    this.limits = limits;
    this.tables = tables;
    this.code = code;
    const entitiesMax = limits.entitiesPerShard * limits.shards;
    this.index = new HashIndex(entitiesMax);
    this.H = reserveWords(entitiesMax * layout.headerWords);
    this.HD = new Float64Array(this.H.buffer);
    this.arena = new RowArena(layout.rowWords, ARENA_WORDS);
    this.R = this.arena.words;
    this.RD = this.arena.doubles;
    this.termOffsets = makeTermOffsets(layout);
    this.X = new Float64Array(this.termOffsets.length);
    this.XI = new Int32Array(this.X.buffer);
    this.distinct = layout.distincts.length > 0 ? new DistinctIndex(hashKey) : null;
  }

  get entityCount(): number {
    return this.index.count;
  }

  /** Bytes of memory in use: headers, index, rings. */
  get bytesUsed(): number {
    return (
      this.#slotNext * this.layout.headerWords * 4 +
      this.index.bytesUsed +
      this.arena.bytesUsed +
      (this.distinct?.bytesUsed ?? 0)
    );
  }

  /** Slot of the entity with this key, or -1. */
  find(lo: number, hi: number): number {
    return this.index.find(lo, hi, this.H, this.layout.headerWords, HEADER.keyHi);
  }

  /** True when `count` new entities fit in every shard: then no eviction can fall among them. */
  hasRoomFor(count: number): boolean {
    return this.#shardCountMax + count <= this.limits.entitiesPerShard;
  }

  /** Makes the entity with this key, which is new, evicting one where its shard is full. */
  create(lo: number, hi: number): number {
    const { layout, H, HD } = this;
    const shard = lo & (SHARDS - 1);
    if ((this.#shardCounts[shard] as number) >= this.limits.entitiesPerShard) this.#evict(shard);
    let slot = this.#slotFree;
    if (slot >= 0) {
      this.#slotFree = H[slot * layout.headerWords + HEADER.limit] as number;
      H.fill(0, slot * layout.headerWords, (slot + 1) * layout.headerWords);
    } else slot = this.#slotNext++;
    const h = slot * layout.headerWords;
    H[h + HEADER.keyLo] = lo;
    H[h + HEADER.keyHi] = hi;
    const never = (word: number): void => {
      if (word >= 0) HD[(h + word) >> 1] = -Infinity;
    };
    never(HEADER.lastTime);
    never(layout.firstTime);
    never(layout.lastDecided);
    never(layout.droppedDecided);
    for (const term of layout.lasts) {
      never(term.newest + term.doubles * 2);
      never(term.dropped + term.doubles * 2);
    }
    for (const term of layout.places) {
      never(term.newest);
      never(term.dropped);
    }
    for (const fold of layout.folds) HD[(h + fold.back) >> 1] = foldStart(fold);
    this.index.insert(lo, hi, slot, H, layout.headerWords, HEADER.keyHi);
    const shardCount = (this.#shardCounts[shard] as number) + 1;
    this.#shardCounts[shard] = shardCount;
    if (shardCount > this.#shardCountMax) this.#shardCountMax = shardCount;
    return slot;
  }

  /** Word address of row `seq` of the ring of header `h`. */
  at(h: number, seq: number): number {
    const { H, R, layout } = this;
    const capacity = H[h + HEADER.capacity] as number;
    const base = H[h + HEADER.base] as number;
    if (capacity <= PAGE_ROWS) return base + (seq & (capacity - 1)) * layout.rowWords;
    const page = R[base + ((seq >>> 8) & ((capacity >>> 8) - 1))] as number;
    return page + (seq & (PAGE_ROWS - 1)) * layout.rowWords;
  }

  timeAt(h: number, seq: number): number {
    return this.RD[this.at(h, seq) >> 1] as number;
  }

  /** Rows at or before this time are outside window `w` for a row at `t`. */
  lowerBound(w: number, t: number): number {
    const window = this.layout.windows[w]?.window;
    assert(window !== undefined, 'the window exists');
    if (window.kind === 'length') return t - window.ms;
    const { calendar } = this.tables;
    return (window.kind === 'day' ? calendar.dayStartMs(t) : calendar.monthStartMs(t)) - 1;
  }

  /** Called when the ring has no place for row `end`: drops what no window needs, or grows. */
  makeRoom(slot: number, t: number): void {
    const { layout, H } = this;
    const h = slot * layout.headerWords;
    const end = H[h + HEADER.end] as number;
    let capacity = H[h + HEADER.capacity] as number;
    if (((end - (H[h + HEADER.start] as number)) | 0) >= capacity || capacity > PAGE_ROWS) {
      if (capacity > 0) {
        this.#advance(slot, t);
        this.#dropExpired(slot, t - layout.retentionMs);
      }
      let count = (end - (H[h + HEADER.start] as number)) | 0;
      while (count >= this.limits.rowsPerEntity) {
        this.#truncate(slot);
        count--;
      }
      let wanted = capacity;
      if (count >= capacity - (capacity >> 2)) wanted = Math.max(RING_ROWS_MIN, capacity * 2);
      while (wanted > RING_ROWS_MIN && count < wanted >> 3) wanted >>= 1;
      // A full ring of few live rows is kept: it has just been emptied.
      if (wanted !== capacity && (wanted < capacity || count >= capacity - (capacity >> 2))) {
        this.#resize(slot, wanted);
      }
    }
    this.#openPage(h);
    capacity = H[h + HEADER.capacity] as number;
    let limit = ((H[h + HEADER.start] as number) + Math.min(capacity, this.limits.rowsPerEntity)) | 0;
    if (capacity > PAGE_ROWS) {
      const pageEnd = ((end & ~(PAGE_ROWS - 1)) + PAGE_ROWS) | 0;
      if (((pageEnd - limit) | 0) < 0) limit = pageEnd;
    }
    H[h + HEADER.limit] = limit;
  }

  /** Page for row `end` of a paged ring. */
  #openPage(h: number): void {
    const { H, R } = this;
    const capacity = H[h + HEADER.capacity] as number;
    if (capacity <= PAGE_ROWS) return;
    const entry =
      (H[h + HEADER.base] as number) + (((H[h + HEADER.end] as number) >>> 8) & ((capacity >>> 8) - 1));
    if (R[entry] === 0) R[entry] = this.arena.takeRows(PAGE_ROWS);
  }

  /** Moves the ring into one of `capacity` rows. */
  #resize(slot: number, capacity: number): void {
    const { layout, H, R, arena } = this;
    const h = slot * layout.headerWords;
    const oldCapacity = H[h + HEADER.capacity] as number;
    const oldBase = H[h + HEADER.base] as number;
    const start = H[h + HEADER.start] as number;
    const end = H[h + HEADER.end] as number;
    if (oldCapacity > PAGE_ROWS && capacity > PAGE_ROWS) {
      // Pages stay where they are, only the directory is written anew.
      const base = arena.takeDirectory(capacity >>> 8);
      const oldMask = (oldCapacity >>> 8) - 1;
      const pages = (((end - (start & ~255)) | 0) + 255) >>> 8;
      for (let k = 0; k < pages; k++) {
        const page = (start >>> 8) + k;
        R[base + (page & ((capacity >>> 8) - 1))] = R[oldBase + (page & oldMask)] as number;
        R[oldBase + (page & oldMask)] = 0;
      }
      this.#freeRing(oldBase, oldCapacity);
      H[h + HEADER.base] = base;
      H[h + HEADER.capacity] = capacity;
    } else {
      const base =
        capacity > PAGE_ROWS ? arena.takeDirectory(capacity >>> 8) : arena.takeRows(capacity);
      const words = layout.rowWords;
      const from = new Int32Array((end - start) | 0);
      for (let k = 0; k < from.length; k++) from[k] = this.at(h, (start + k) | 0);
      H[h + HEADER.base] = base;
      H[h + HEADER.capacity] = capacity;
      for (let k = 0; k < from.length; k++) {
        const seq = (start + k) | 0;
        if (capacity > PAGE_ROWS) {
          const entry = base + ((seq >>> 8) & ((capacity >>> 8) - 1));
          if (R[entry] === 0) R[entry] = arena.takeRows(PAGE_ROWS);
        }
        R.copyWithin(this.at(h, seq), from[k] as number, (from[k] as number) + words);
      }
      if (oldCapacity > 0) this.#freeRing(oldBase, oldCapacity);
    }
    this.#indexAsNeeded(slot);
  }

  #freeRing(base: number, capacity: number): void {
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

  /** Brings every cursor to where a row at `t` needs it. */
  #advance(slot: number, t: number): void {
    const { layout, H } = this;
    const h = slot * layout.headerWords;
    const end = H[h + HEADER.end] as number;
    layout.windows.forEach(({ cursor }, w) => {
      const lower = this.lowerBound(w, t);
      let c = H[h + cursor] as number;
      while (c !== end && this.timeAt(h, c) <= lower) {
        this.#leave(h, w, c);
        c = (c + 1) | 0;
      }
      H[h + cursor] = c;
    });
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

  #dropExpired(slot: number, bound: number): void {
    const { layout, H } = this;
    const h = slot * layout.headerWords;
    const end = H[h + HEADER.end] as number;
    while (H[h + HEADER.start] !== end && this.timeAt(h, H[h + HEADER.start] as number) <= bound) {
      this.#dropOldest(slot);
    }
  }

  /** The ring is at its limit: its oldest row goes although a window may still need it. */
  #truncate(slot: number): void {
    const { layout, H } = this;
    const h = slot * layout.headerWords;
    const start = H[h + HEADER.start] as number;
    layout.windows.forEach(({ cursor }, w) => {
      if (H[h + cursor] !== start) return;
      this.#leave(h, w, start);
      H[h + cursor] = (start + 1) | 0;
    });
    H[h + HEADER.flags] = (H[h + HEADER.flags] as number) | HEADER_FLAG.truncated;
    this.counters.rowsTruncated++;
    this.#dropOldest(slot);
  }

  #dropOldest(slot: number): void {
    const { layout, H, HD, R, RD } = this;
    const h = slot * layout.headerWords;
    const start = H[h + HEADER.start] as number;
    const a = this.at(h, start);
    const time = RD[a >> 1] as number;
    const flags = layout.rowFlags >= 0 ? (R[a + layout.rowFlags] as number) : 0;
    if (layout.droppedDecided >= 0) {
      const decided = layout.rowDecidedBit === 0 || (flags & layout.rowDecidedBit) !== 0;
      if (decided) HD[(h + layout.droppedDecided) >> 1] = time;
    }
    for (const term of layout.lasts) {
      const value = RD[(a + term.raw) >> 1] as number;
      if (Number.isNaN(value)) continue;
      H.set(R.subarray(a + term.raw, a + term.raw + term.doubles * 2), h + term.dropped);
      HD[((h + term.dropped) >> 1) + term.doubles] = time;
    }
    for (const term of layout.places) {
      if (!isPlaced(layout, R, a, term.bit)) continue;
      HD[(h + term.dropped) >> 1] = time;
      H[h + term.dropped + 2] = R[a + layout.rowLat] as number;
      H[h + term.dropped + 3] = R[a + layout.rowLat + 1] as number;
    }
    if (((H[h + HEADER.flags] as number) & HEADER_FLAG.indexed) !== 0) this.#unindex(slot, a);
    const capacity = H[h + HEADER.capacity] as number;
    if (capacity > PAGE_ROWS && (start & (PAGE_ROWS - 1)) === PAGE_ROWS - 1) {
      const entry = (H[h + HEADER.base] as number) + ((start >>> 8) & ((capacity >>> 8) - 1));
      this.arena.giveRows(R[entry] as number, PAGE_ROWS);
      R[entry] = 0;
    }
    H[h + HEADER.start] = (start + 1) | 0;
  }

  #unindex(slot: number, a: number): void {
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
    const h = slot * layout.headerWords;
    const flags = H[h + HEADER.flags] as number;
    const indexed = (flags & HEADER_FLAG.indexed) !== 0;
    const wanted = (H[h + HEADER.capacity] as number) > INDEXED_ABOVE;
    if (indexed === wanted) return;
    H[h + HEADER.flags] = flags ^ HEADER_FLAG.indexed;
    const end = H[h + HEADER.end] as number;
    for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
      const a = this.at(h, seq);
      if (indexed) {
        this.#unindex(slot, a);
        continue;
      }
      layout.distincts.forEach((term, i) => {
        if (((R[a + layout.rowFlags] as number) & term.presentBit) === 0) return;
        this.distinct?.set(slot, i, R[a + term.hash] as number, R[a + term.hash + 1] as number, seq);
      });
    }
  }

  /**
   * Address of the newest row before `end` with this value of distinct term `i`, or -1; from now on
   * that is row `end`.
   */
  newestOf(h: number, i: number, lo: number, hi: number, end: number): number {
    const { layout, H, R } = this;
    const term = layout.distincts[i];
    assert(term !== undefined && this.distinct !== null, 'the distinct term exists');
    if (((H[h + HEADER.flags] as number) & HEADER_FLAG.indexed) !== 0) {
      const slot = h / layout.headerWords;
      const entry = this.distinct.entry(slot, i, lo, hi);
      const address = entry < 0 ? -1 : this.at(h, this.distinct.seqAt(entry));
      this.distinct.set(slot, i, lo, hi, end);
      return address;
    }
    const start = H[h + HEADER.start] as number;
    for (let seq = end; seq !== start; ) {
      seq = (seq - 1) | 0;
      const a = this.at(h, seq);
      if (
        R[a + term.hash] === lo &&
        R[a + term.hash + 1] === hi &&
        ((R[a + layout.rowFlags] as number) & term.presentBit) !== 0
      ) {
        return a;
      }
    }
    return -1;
  }

  /** Makes rows [cursor, end) the front of fold `i`: each gets the fold of itself and all after. */
  flip(h: number, i: number, cursor: number, end: number): void {
    const { layout, H, HD, RD } = this;
    const fold = layout.folds[i];
    assert(fold !== undefined, 'the fold exists');
    const raw = layout.raws[fold.rawTerm]?.raw as number;
    let value = foldStart(fold);
    for (let seq = end; seq !== cursor; ) {
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

  /** Writes a text value (length, hash, first bytes) as doubles at word `at` of `target`. */
  putText(target: Int32Array, at: number, length: number, lo: number, hi: number, offset: number): void {
    const doubles = this.#viewOf(target.buffer);
    const view = new DataView(doubles.buffer);
    view.setFloat64(at * 4, length < 0 ? NaN : length, true);
    target[at + 2] = lo;
    target[at + 3] = hi;
    target.fill(0, at + 4, at + 10);
    const from = offset >= 0 ? this.tables.bytes : this.tables.K.bytes;
    const start = offset >= 0 ? offset : ~offset;
    for (let k = 0; k < Math.min(length, 24); k++) doubles[(at + 4) * 4 + k] = from[start + k] as number;
  }

  #viewOf(buffer: ArrayBufferLike): Uint8Array {
    let view = this.#bytesOf.get(buffer);
    if (view === undefined) {
      view = new Uint8Array(buffer);
      this.#bytesOf.set(buffer, view);
    }
    return view;
  }

  /** A row older than its entity's newest, or flagged LATE; slot -1 = the entity is not known. */
  late(row: number, slot: number): void {
    const { layout, limits, tables, H } = this;
    this.code.contribute(tables, this, row);
    const flagsAt = (row * this.rowStrideWords + ROW.flags / 4) | 0;
    const timeAt = row * (this.rowStrideWords / 2);
    const time = tables.f64[timeAt + ROW.timeMs / 8] as number;
    const asOf = (tables.f64[timeAt + ROW.streamTimeMs / 8] as number) - limits.latenessMs;
    const h = slot * layout.headerWords;
    let enters = ((tables.i32[flagsAt] as number) & ROW_FLAG.late) === 0;
    let t = enters ? time : asOf;
    let place = slot < 0 ? 0 : this.placeOf(h, t);
    if (enters && (((H[h + HEADER.end] as number) - place) | 0) > limits.scanMax) {
      // Not `late` itself: the row's other entities still take it at its own time.
      Atomics.or(tables.i32, flagsAt, ROW_FLAG.lateSomewhere);
      enters = false;
      t = asOf;
      place = this.placeOf(h, t);
    }
    if (!enters) this.counters.lateEvaluated++;
    evaluateAt(this, row, slot, place, t);
    if (enters) insertLate(this, slot, place, t);
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

  /** Takes the entity away with all that it holds. */
  remove(slot: number): void {
    const { layout, H } = this;
    const h = slot * layout.headerWords;
    const lo = H[h + HEADER.keyLo] as number;
    if (((H[h + HEADER.flags] as number) & HEADER_FLAG.indexed) !== 0) {
      const end = H[h + HEADER.end] as number;
      for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
        this.#unindex(slot, this.at(h, seq));
      }
    }
    this.#freeRing(H[h + HEADER.base] as number, H[h + HEADER.capacity] as number);
    this.index.remove(lo, H[h + HEADER.keyHi] as number, slot);
    const shard = lo & (SHARDS - 1);
    this.#shardCounts[shard] = (this.#shardCounts[shard] as number) - 1;
    H[h + HEADER.capacity] = -1; // marks a free slot
    H[h + HEADER.limit] = this.#slotFree;
    this.#slotFree = slot;
  }

  /**
   * Looks at the next `count` slots and removes entities whose newest row no feature can see any
   * more. Bounded work a batch; never visible in a decision.
   */
  sweep(count: number, streamTimeMs: number): void {
    const { layout, limits, H, HD } = this;
    const oldest =
      streamTimeMs - Math.max(limits.keepMs, layout.retentionMs) - limits.latenessMs;
    for (let k = 0; k < count && this.#slotNext > 0; k++) {
      if (this.#sweepAt >= this.#slotNext) this.#sweepAt = 0;
      const h = this.#sweepAt * layout.headerWords;
      if (H[h + HEADER.capacity] !== -1 && (HD[(h + HEADER.lastTime) >> 1] as number) < oldest) {
        this.remove(this.#sweepAt);
        this.counters.entitiesSwept++;
      }
      this.#sweepAt++;
    }
  }

  /**
   * Removes the shard's entity with the oldest last time (ties: smaller key). The candidates are
   * found by one scan for many evictions and checked again when they are used.
   */
  #evict(shard: number): void {
    let victims = this.#victims.get(shard);
    for (let tries = 0; tries < 2; tries++) {
      if (victims !== undefined) {
        const taken = this.#takeVictim(victims);
        if (taken >= 0) {
          this.remove(taken);
          this.counters.entitiesEvicted++;
          return;
        }
      }
      victims = this.#scanVictims(shard);
      this.#victims.set(shard, victims);
    }
    assert(false, 'a full shard has an entity to evict');
  }

  /** [next, slot, lastTime (2 words), slot, ...]; a candidate that was touched since is passed over. */
  #takeVictim(victims: Int32Array): number {
    const times = new Float64Array(1);
    const timeWords = new Int32Array(times.buffer);
    while ((victims[0] as number) < victims.length) {
      const at = victims[0] as number;
      victims[0] = at + 3;
      const slot = victims[at] as number;
      timeWords[0] = victims[at + 1] as number;
      timeWords[1] = victims[at + 2] as number;
      const h = slot * this.layout.headerWords;
      const live = this.H[h + HEADER.capacity] !== -1;
      if (live && this.HD[(h + HEADER.lastTime) >> 1] === times[0]) return slot;
    }
    return -1;
  }

  #scanVictims(shard: number): Int32Array {
    const { layout, H, HD } = this;
    const found: { slot: number; time: number; lo: number; hi: number }[] = [];
    for (let slot = 0; slot < this.#slotNext; slot++) {
      const h = slot * layout.headerWords;
      if (H[h + HEADER.capacity] === -1 || ((H[h] as number) & (SHARDS - 1)) !== shard) continue;
      const time = HD[(h + HEADER.lastTime) >> 1] as number;
      // Being created in this tile, not yet entered: never a victim.
      if (time === -Infinity) continue;
      found.push({ slot, time, lo: H[h] as number, hi: H[h + 1] as number });
    }
    found.sort((a, b) => a.time - b.time || a.hi - b.hi || a.lo - b.lo);
    const kept = found.slice(0, Math.max(1, found.length >> 6));
    const victims = new Int32Array(1 + kept.length * 3);
    const times = new Float64Array(1);
    const timeWords = new Int32Array(times.buffer);
    victims[0] = 1;
    kept.forEach(({ slot, time }, k) => {
      times[0] = time;
      victims.set([slot, timeWords[0] as number, timeWords[1] as number], 1 + k * 3);
    });
    return victims;
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
