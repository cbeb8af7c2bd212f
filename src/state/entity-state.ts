// The state of one entity kind in one worker: its records, found by the hash of their key, and their
// rings. The in-order update is generated (update-source.ts); late rows are read by read-at-place.ts
// and entered by enter-late.ts.

import { assert } from '../base/assert.ts';
import type { HashKey } from '../base/hash.ts';
import { touchLines } from '../base/touch-lines.ts';
import type { FeatureLayout } from '../domain/feature-layout.ts';
import { STRING_FEATURE_DOUBLES, STRING_FEATURE_TEXT_BYTES } from '../domain/feature-layout.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import { EntityRings } from './entity-rings.ts';
import { foldStart } from './folds.ts';
import { insertLate } from './enter-late.ts';
import { HashIndex } from './hash-index.ts';
import { evaluateAt } from './read-at-place.ts';
import type { WindowCalendar } from './ring-memory.ts';
import type { EntityLayout } from './state-layout.ts';
import { HEADER, HEADER_FLAG } from './state-layout.ts';
import type { TermOffsets } from './term-offsets.ts';
import { makeTermOffsets } from './term-offsets.ts';
import { Victims } from './victims.ts';

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
  readonly calendar: WindowCalendar;
  readonly haversineKm: (latA: number, lonA: number, latB: number, lonB: number) => number;
}

/** The generated functions of one kind. Rows and slots are parallel, in stream order. */
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
  /** Word addresses in the rings that update will read and write, into `at`; gives their number. */
  lines(s: EntityState, slots: Int32Array, from: number, to: number, at: Int32Array): number;
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

export interface EntityStateOptions {
  readonly layout: EntityLayout;
  readonly limits: StateLimits;
  readonly tables: StateTables;
  readonly code: StateCode;
  readonly rows: RowLayout;
  readonly features: FeatureLayout;
  readonly hashKey: HashKey;
}

/** Entities that a sweep takes away at a time. */
const IDLE_ROOM = 256;

/** What happened at a limit, since the start. */
export interface StateCounters {
  entitiesEvicted: number;
  lateEvaluated: number;
  entitiesSwept: number;
}

// Own constant: an imported one is loaded and checked at each use in a hot loop.
const SHARDS: number = SHARD_COUNT;
const TEXT_WORDS: number = STRING_FEATURE_DOUBLES * 2;
/** HEADER.capacity of a slot that holds no entity. */
const FREE = -1;

export class EntityState extends EntityRings {
  readonly limits: StateLimits;
  readonly counters: StateCounters = { entitiesEvicted: 0, lateEvaluated: 0, entitiesSwept: 0 };
  readonly index: HashIndex;
  /** A row's own terms, written by the generated `contribute`. */
  readonly X: Float64Array;
  readonly XI: Int32Array;
  readonly tables: StateTables;
  readonly code: StateCode;
  readonly termOffsets: TermOffsets;
  /** int32 words of a row record. */
  readonly rowStrideWords: number;
  readonly featureBase: Int32Array;
  readonly featureStride: Int32Array;
  readonly #shardCounts = new Int32Array(SHARDS);
  /** Most entities that any shard has had. */
  #shardCountMax = 0;
  readonly #emptyHeader: Int32Array;
  #slotNext = 0;
  #slotFree = -1;
  #sweepAt = 0;
  readonly #idle: Int32Array = new Int32Array(IDLE_ROOM);
  readonly #idleLo: Int32Array = new Int32Array(IDLE_ROOM);
  readonly #idleAt: Int32Array = new Int32Array(IDLE_ROOM);
  /** Keeps the touching loops from being optimised away. */
  touched = 0;
  #created = 0;
  /** Idle for longer than this, an entity is not visible to any feature any more. */
  readonly #idleMsMax: number;
  readonly #views = new Map<ArrayBufferLike, DataView>();
  readonly #victims = new Map<number, Victims>();

  constructor(options: EntityStateOptions) {
    const { layout, limits, tables, rows, features, hashKey } = options;
    const entitiesMax = limits.entitiesPerShard * limits.shards;
    const { rowsPerEntity } = limits;
    super({ layout, entitiesMax, rowsPerEntity, calendar: tables.calendar, hashKey });
    this.rowStrideWords = rows.strideBytes / 4;
    this.featureBase = features.base;
    this.featureStride = features.stride;
    this.limits = limits;
    this.tables = tables;
    this.code = options.code;
    this.index = new HashIndex(entitiesMax);
    this.#emptyHeader = emptyHeader(layout);
    this.termOffsets = makeTermOffsets(layout);
    this.X = new Float64Array(this.termOffsets.length);
    this.XI = new Int32Array(this.X.buffer);
    const remembers =
      layout.lasts.length > 0 || layout.places.length > 0 || layout.droppedDecided >= 0;
    this.#idleMsMax = Math.max(remembers ? limits.keepMs : 0, layout.retentionMs);
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

  /** Makes the entity with this key, new with `row`, evicting one where its shard is full. */
  create(lo: number, hi: number, row: number): number {
    const { layout, H } = this;
    const shard = lo & (SHARDS - 1);
    if ((this.#shardCounts[shard] as number) >= this.limits.entitiesPerShard) {
      this.#evict(shard, row);
    }
    let slot = this.#slotFree;
    if (slot >= 0) {
      const h = slot * layout.headerWords;
      this.#slotFree = H[h + HEADER.limit] as number;
    } else slot = this.#slotNext++;
    const h = slot * layout.headerWords;
    const empty = this.#emptyHeader;
    for (let k = 0; k < empty.length; k++) H[h + k] = empty[k] as number;
    H[h + HEADER.keyLo] = lo;
    H[h + HEADER.keyHi] = hi;
    this.index.insert(lo, slot);
    const shardCount = (this.#shardCounts[shard] as number) + 1;
    this.#shardCounts[shard] = shardCount;
    if (shardCount > this.#shardCountMax) this.#shardCountMax = shardCount;
    this.#created++;
    if (this.#victims.size > 0) this.#victims.get(shard)?.add(slot);
    return slot;
  }

  /** Makes room for `row`; one given up at the limit flags this one TRUNCATED. */
  roomFor(slot: number, row: number): void {
    const at = row * (this.rowStrideWords / 2) + ROW.timeMs / 8;
    const lastTime = this.HD[(slot * this.layout.headerWords + HEADER.lastTime) >> 1] as number;
    // A late row does not bring the windows back.
    this.now[0] = Math.max(this.tables.f64[at] as number, lastTime);
    if (this.makeRoom(slot)) this.#flagTruncated(row);
  }

  /** Something was given up at a limit that the row, or a later one, would have seen. */
  #flagTruncated(row: number): void {
    const at = row * this.rowStrideWords + ROW.flags / 4;
    Atomics.or(this.tables.i32, at, ROW_FLAG.truncated);
  }

  /** Writes a text value (length, hash, first bytes) as doubles at word `at` of `target`. */
  putText(
    target: Int32Array,
    at: number,
    length: number,
    lo: number,
    hi: number,
    offset: number,
  ): void {
    const view = this.#viewOf(target.buffer);
    const base = target.byteOffset + at * 4;
    view.setFloat64(base, length < 0 ? NaN : length, true);
    target[at + 2] = lo;
    target[at + 3] = hi;
    for (let k = 4; k < TEXT_WORDS; k++) target[at + k] = 0;
    const from = offset >= 0 ? this.tables.bytes : this.tables.K.bytes;
    const start = offset >= 0 ? offset : ~offset;
    const count = length < STRING_FEATURE_TEXT_BYTES ? length : STRING_FEATURE_TEXT_BYTES;
    for (let k = 0; k < count; k++) view.setUint8(base + 16 + k, from[start + k] as number);
  }

  #viewOf(buffer: ArrayBufferLike): DataView {
    let view = this.#views.get(buffer);
    if (view === undefined) {
      view = new DataView(buffer);
      this.#views.set(buffer, view);
    }
    return view;
  }

  /** A row older than its entity's newest, or flagged LATE; slot -1 = the entity is not known. */
  late(row: number, slot: number): void {
    const { layout, limits, tables, H } = this;
    this.code.contribute(tables, this, row);
    const flagsAt = row * this.rowStrideWords + ROW.flags / 4;
    const times = row * (this.rowStrideWords / 2);
    const asOf = (tables.f64[times + ROW.streamTimeMs / 8] as number) - limits.latenessMs;
    const h = slot * layout.headerWords;
    let enters = ((tables.i32[flagsAt] as number) & ROW_FLAG.late) === 0;
    let t = enters ? (tables.f64[times + ROW.timeMs / 8] as number) : asOf;
    let place = slot < 0 ? 0 : this.placeOf(h, t);
    if (enters && (((H[h + HEADER.end] as number) - place) | 0) > limits.scanMax) {
      // Not `late` itself: the row's other entities still take it at its own time.
      Atomics.or(tables.i32, flagsAt, ROW_FLAG.lateSomewhere);
      enters = false;
      t = asOf;
      place = this.placeOf(h, t);
    }
    if (!enters) {
      this.counters.lateEvaluated++;
      const givenUpMs = slot < 0 ? 0 : this.givenUpMs(h);
      if (givenUpMs > 0 && givenUpMs > t - this.#idleMsMax) this.#flagTruncated(row);
    }
    evaluateAt(this, row, slot, place, t);
    if (enters) insertLate(this, row, slot, place, t);
  }

  /** Takes the entity away with all that it holds. */
  remove(slot: number): void {
    const { layout, H } = this;
    const h = slot * layout.headerWords;
    const lo = H[h + HEADER.keyLo] as number;
    if (((H[h + HEADER.flags] as number) & HEADER_FLAG.indexed) !== 0) {
      const end = H[h + HEADER.end] as number;
      for (let seq = H[h + HEADER.start] as number; seq !== end; seq = (seq + 1) | 0) {
        this.unindex(slot, this.at(h, seq));
      }
    }
    this.freeRing(H[h + HEADER.base] as number, H[h + HEADER.capacity] as number);
    this.index.remove(lo, slot);
    const shard = lo & (SHARDS - 1);
    this.#shardCounts[shard] = (this.#shardCounts[shard] as number) - 1;
    H[h + HEADER.capacity] = FREE;
    H[h + HEADER.limit] = this.#slotFree;
    this.#slotFree = slot;
  }

  /**
   * Removes entities that no feature can see any more, among the next few slots: twice as many as
   * were made since the last sweep, and `most` beyond. Never visible in a decision.
   */
  sweep(most: number, streamTimeMs: number): void {
    const { layout, H, HD } = this;
    const oldest = this.#visibleFrom(streamTimeMs);
    const count = Math.min(this.#slotNext, this.#created * 2 + most);
    this.#created = 0;
    let idle = 0;
    for (let k = 0; k < count; k++) {
      if (this.#sweepAt >= this.#slotNext) this.#sweepAt = 0;
      const h = this.#sweepAt * layout.headerWords;
      if ((HD[(h + HEADER.lastTime) >> 1] as number) < oldest && H[h + HEADER.capacity] !== FREE) {
        this.#idle[idle++] = this.#sweepAt;
        if (idle === IDLE_ROOM) {
          this.#removeIdle(idle);
          idle = 0;
        }
      }
      this.#sweepAt++;
    }
    this.#removeIdle(idle);
  }

  /** An entity whose last row is older is seen by no feature of a row that comes at this stream time, or later. */
  #visibleFrom(streamTimeMs: number): number {
    return streamTimeMs - this.#idleMsMax - this.limits.latenessMs;
  }

  /** Removes the first `count` that were found idle, all their lines brought in before. */
  #removeIdle(count: number): void {
    const { H, layout } = this;
    const slots = this.#idle;
    const lo = this.#idleLo;
    const at = this.#idleAt;
    for (let k = 0; k < count; k++) lo[k] = H[(slots[k] as number) * layout.headerWords] as number;
    this.touched ^= this.index.locate(lo, at, 0, count);
    for (let k = 0; k < count; k++) {
      at[k] = H[(slots[k] as number) * layout.headerWords + HEADER.base] as number;
    }
    this.touched ^= touchLines(this.R, at, 0, count);
    for (let k = 0; k < count; k++) this.remove(slots[k] as number);
    this.counters.entitiesSwept += count;
  }

  #evict(shard: number, row: number): void {
    let slot = this.#victims.get(shard)?.take() ?? -1;
    if (slot < 0) {
      const victims = new Victims(this.#candidates(shard), {
        lastTimeOf: (one) => this.#lastTimeOf(one, shard),
        hiOf: (one) => this.H[one * this.layout.headerWords + HEADER.keyHi] as number,
        isBefore: (a, b) => this.#isBefore(a, b),
      });
      this.#victims.set(shard, victims);
      slot = victims.take();
    }
    assert(slot >= 0, 'a full shard has an entity to evict');
    // One that no feature can see any more is not missed; a sweep might have taken it before.
    const now = this.tables.f64[row * (this.rowStrideWords / 2) + ROW.streamTimeMs / 8] as number;
    const lastTime = this.HD[(slot * this.layout.headerWords + HEADER.lastTime) >> 1] as number;
    if (lastTime >= this.#visibleFrom(now)) this.#flagTruncated(row);
    this.remove(slot);
    this.counters.entitiesEvicted++;
  }

  /** NaN when the slot holds no entity of this shard. */
  #lastTimeOf(slot: number, shard: number): number {
    const { H } = this;
    const h = slot * this.layout.headerWords;
    const isOther = ((H[h + HEADER.keyLo] as number) & (SHARDS - 1)) !== shard;
    if (isOther || H[h + HEADER.capacity] === FREE) return NaN;
    return this.HD[(h + HEADER.lastTime) >> 1] as number;
  }

  #isBefore(slotA: number, slotB: number): boolean {
    const { H, HD } = this;
    const a = slotA * this.layout.headerWords;
    const b = slotB * this.layout.headerWords;
    const timeA = HD[(a + HEADER.lastTime) >> 1] as number;
    const timeB = HD[(b + HEADER.lastTime) >> 1] as number;
    if (timeA !== timeB) return timeA < timeB;
    const hi = (H[a + HEADER.keyHi] as number) - (H[b + HEADER.keyHi] as number);
    return hi !== 0 ? hi < 0 : (H[a + HEADER.keyLo] as number) < (H[b + HEADER.keyLo] as number);
  }

  #candidates(shard: number): { slot: number; time: number; lo: number; hi: number }[] {
    const { layout, H } = this;
    const found = [];
    for (let slot = 0; slot < this.#slotNext; slot++) {
      const time = this.#lastTimeOf(slot, shard);
      if (Number.isNaN(time)) continue;
      const h = slot * layout.headerWords;
      found.push({ slot, time, lo: H[h] as number, hi: H[h + 1] as number });
    }
    return found;
  }
}

/** A new header's words: "never" for every time in it, and the folds' empty values. */
function emptyHeader(layout: EntityLayout): Int32Array {
  const { firstTime, lastDecided, droppedDecided, lasts, places, folds } = layout;
  const doubles = new Float64Array(Math.ceil(layout.headerWords / 2));
  const times = [
    HEADER.lastTime,
    ...[firstTime, lastDecided, droppedDecided].filter((word) => word >= 0),
    ...lasts.flatMap((term) => [term.newest, term.dropped].map((at) => at + 2 * term.doubles)),
    ...places.flatMap((term) => [term.newest, term.dropped]),
  ];
  for (const word of times) doubles[word >> 1] = -Infinity;
  for (const fold of folds) doubles[fold.back >> 1] = foldStart(fold);
  return new Int32Array(doubles.buffer, 0, layout.headerWords);
}
