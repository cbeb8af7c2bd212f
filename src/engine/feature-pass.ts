// Pass 2: windows of one entity kind are updated in row order and their values written to the rows'
// feature records. By tiles of TILE_ROWS: find all buckets, then all records, then touch the rings'
// lines, then update; each loop is short, so that the cache misses of many rows overlap.

import { must } from '../base/assert.ts';
import { haversineKm } from '../base/geo.ts';
import type { HashKey } from '../base/hash.ts';
import { touchLines } from '../base/touch-lines.ts';
import type { FeatureLayout } from '../domain/feature-layout.ts';
import type { Plan } from '../domain/plan.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { Emitter } from '../rules/compile/emit.ts';
import type { ConstantPool } from '../rules/runtime/constant-pool.ts';
import type { RuleRuntime } from '../rules/runtime/rule-runtime.ts';
import type { StateCode, StateTables } from '../state/entity-state.ts';
import { EntityState } from '../state/entity-state.ts';
import { makeEntityLayout } from '../state/make-layout.ts';
import type { EntityLayout } from '../state/state-layout.ts';
import { HEADER } from '../state/state-layout.ts';
import { contributeSource, linesOfRow, linesSource, updateSource } from '../state/update-source.ts';
import { compileFunction } from './generated-code.ts';
import type { KeyList } from './row-lists.ts';
import type { StateRoom } from './state-room.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const KEY_HI: number = HEADER.keyHi;
const LINE_WORDS = 16;
const FLAGS_WORD: number = ROW.flags / 4;
const LATE: number = ROW_FLAG.late;

export const TILE_ROWS = 256;

export interface FeaturePassOptions {
  readonly plan: Plan;
  readonly rows: RowLayout;
  readonly features: FeatureLayout;
  readonly pool: ConstantPool;
  readonly runtime: RuleRuntime;
  readonly hashKey: HashKey;
  /** Longest list that run() is given. */
  readonly listRowsMax: number;
}

/** The code of one entity kind; its state can be exchanged (warm-up works on scratch state). */
export class FeaturePass {
  readonly layout: EntityLayout;
  state: EntityState;
  readonly #code: StateCode;
  readonly #options: FeaturePassOptions;
  readonly #tables: StateTables;
  readonly #rowStride: number;
  readonly #slots: Int32Array;
  readonly #buckets: Int32Array;
  readonly sources: readonly string[];
  /** Words of a header, one in each of its cache lines. */
  readonly #headerLines: readonly number[];
  /** Addresses of a tile's rows in their rings. */
  readonly #lines: Int32Array;
  /** Keeps the touching loops from being optimised away. */
  touched = 0;

  constructor(entity: number, options: FeaturePassOptions, tables: StateTables, room: StateRoom) {
    const { plan, rows, features, pool } = options;
    this.#options = options;
    this.#tables = tables;
    this.#rowStride = rows.strideBytes / 4;
    this.#slots = new Int32Array(options.listRowsMax);
    this.#buckets = new Int32Array(options.listRowsMax);
    this.layout = makeEntityLayout(entity, plan.features, plan.time.latenessMs);
    this.#headerLines = headerLines(this.layout.headerWords);
    this.#lines = new Int32Array(TILE_ROWS * linesOfRow(this.layout));
    const source = {
      layout: this.layout,
      rows,
      features,
      keepMs: plan.keepMs,
      writer: () => new Emitter(plan, rows, null, pool),
    };
    this.sources = [updateSource(source), contributeSource(source), linesSource(source)];
    const [update, contribute, lines] = this.sources;
    this.#code = {
      update: compileFunction<StateCode['update']>(must(update, 'the update loop')),
      contribute: compileFunction<StateCode['contribute']>(must(contribute, 'the late row step')),
      lines: compileFunction<StateCode['lines']>(must(lines, 'the list of lines')),
    };
    this.state = this.makeState(room);
  }

  /** An empty state for this kind. */
  makeState(room: StateRoom): EntityState {
    const { plan, rows, features, hashKey } = this.#options;
    const limits = {
      rowsPerEntity: plan.limits.rowsPerEntity,
      entitiesPerShard: room.entities,
      shards: room.shards.length,
      keepMs: plan.keepMs,
      latenessMs: plan.time.latenessMs,
      scanMax: plan.time.scanMax,
    };
    return new EntityState({
      layout: this.layout,
      limits,
      tables: this.#tables,
      code: this.#code,
      rows,
      features,
      hashKey,
    });
  }

  /** Updates the entities of `list` in order and writes its rows' features. */
  run(list: KeyList): void {
    for (let from = 0; from < list.count; from += TILE_ROWS) {
      this.#tile(list, from, Math.min(list.count, from + TILE_ROWS));
    }
  }

  #tile(list: KeyList, from: number, to: number): void {
    const { state } = this;
    if (!state.hasRoomFor(to - from)) {
      this.#oneByOne(list, from, to);
      return;
    }
    const slots = this.#slots;
    this.touched ^= state.index.locate(list.lo, this.#buckets, from, to);
    this.#findSlots(list, from, to);
    const count = this.#code.lines(state, slots, from, to, this.#lines);
    this.touched ^= touchLines(state.R, this.#lines, 0, count);
    this.#code.update(this.#tables, state, list.rows, slots, from, to);
  }

  /** Slots of all rows of the tile; new entities are made in row order. */
  #findSlots(list: KeyList, from: number, to: number): void {
    const { index, H } = this.state;
    const { headerWords } = this.layout;
    const { lo, hi } = list;
    const slots = this.#slots;
    index.candidates(lo, this.#buckets, slots, from, to);
    this.#touchHeaders(from, to);
    let isOdd = 0;
    for (let k = from; k < to; k++) {
      const slot = slots[k] as number;
      isOdd |= slot < 0 ? 1 : (H[slot * headerWords + KEY_HI] as number) ^ (hi[k] as number);
    }
    if (isOdd === 0) return;
    for (let k = from; k < to; k++) {
      const keyLo = lo[k] as number;
      const keyHi = hi[k] as number;
      const slot = slots[k] as number;
      if (slot >= 0 && H[slot * headerWords + KEY_HI] === keyHi) continue;
      const found = this.state.find(keyLo, keyHi);
      slots[k] = found >= 0 ? found : this.#slotOfNew(list.rows[k] as number, keyLo, keyHi);
    }
  }

  /** All lines of the headers that were found; of one that was not, the first header's. */
  #touchHeaders(from: number, to: number): void {
    const { headerWords } = this.layout;
    const slots = this.#slots;
    const heads = this.#buckets;
    for (let k = from; k < to; k++) heads[k] = Math.max(slots[k] as number, 0) * headerWords;
    for (const offset of this.#headerLines) {
      this.touched ^= touchLines(this.state.H, heads, from, to, offset);
    }
  }

  /** A LATE row enters nothing, so it makes no entity: slot -1. */
  #slotOfNew(row: number, lo: number, hi: number): number {
    const flags = this.#tables.i32[row * this.#rowStride + FLAGS_WORD] as number;
    return (flags & LATE) !== 0 ? -1 : this.state.create(lo, hi, row);
  }

  /** Near the limit of entities each row is entered before the next is looked up. */
  #oneByOne(list: KeyList, from: number, to: number): void {
    for (let k = from; k < to; k++) {
      const lo = list.lo[k] as number;
      const hi = list.hi[k] as number;
      const found = this.state.find(lo, hi);
      this.#slots[k] = found >= 0 ? found : this.#slotOfNew(list.rows[k] as number, lo, hi);
      this.#code.update(this.#tables, this.state, list.rows, this.#slots, k, k + 1);
    }
  }
}

/** Without whole lines a header stands in one more than its words need, or may. */
function headerLines(words: number): number[] {
  const starts = Array.from({ length: Math.ceil(words / LINE_WORDS) }, (_, k) => k * LINE_WORDS);
  return words % LINE_WORDS === 0 ? starts : [...starts, words - 1];
}

/** Tables for generated state code, bound to each batch by the caller. */
export function makeStateTables(options: {
  readonly runtime: RuleRuntime;
  readonly pool: ConstantPool;
}): StateTables {
  const { pool } = options;
  const none = new ArrayBuffer(8);
  return {
    i32: new Int32Array(none),
    f64: new Float64Array(none),
    F: new Float64Array(none),
    FI: new Int32Array(none),
    bytes: new Uint8Array(none),
    rt: options.runtime,
    K: pool,
    calendar: must(pool.calendars[pool.calendar(pool.plan.timezone)], 'the calendar'),
    haversineKm,
  };
}
