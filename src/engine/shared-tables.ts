// The tables that several workers share in one batch beside the row records: feature records, fired bits, and
// of each range (ranges.ts) its greatest time, what was written of it, and for each entity kind the list of
// rows to update, of which every owner takes its own.

import type { DecodeTable } from '../codec/decode-options.ts';
import type { BatchMemory } from './batch.ts';
import { ENTRY, ENTRY_WORDS } from './life/life-walk.ts';
import type { RangeTimes } from '../domain/range-times.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import { PLACE, PLACE_WORDS, rangeCount, rangeShiftOf } from './ranges.ts';
import type { KeyList } from './row-lists.ts';
import { makeKeyList } from './row-lists.ts';
import type { WorkerProgram } from './worker-program.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const REPEAT: number = ROW_FLAG.repeat;
const SHARDS: number = SHARD_COUNT;

/** Made by main from the plan's layouts (see makeSharedTableMemory), viewed by every worker. */
export interface SharedTableMemory {
  readonly features: SharedArrayBuffer;
  readonly fired: SharedArrayBuffer;
  readonly greatest: SharedArrayBuffer;
  readonly lifeRows: SharedArrayBuffer;
  readonly places: SharedArrayBuffer;
  readonly lists: SharedArrayBuffer;
  readonly listCounts: SharedArrayBuffer;
}

export interface SharedTableSizes {
  readonly rowsMax: number;
  readonly kinds: number;
  readonly featureDoubles: number;
  readonly firedWords: number;
}

export function makeSharedTableMemory(sizes: SharedTableSizes): SharedTableMemory {
  const { rowsMax, kinds } = sizes;
  const shift = rangeShiftOf(rowsMax);
  const ranges = rangeCount(rowsMax, shift);
  const lists = Math.max(1, ranges * kinds);
  return {
    features: new SharedArrayBuffer(Math.max(8, sizes.featureDoubles) * 8),
    fired: new SharedArrayBuffer(rowsMax * Math.max(1, sizes.firedWords) * 4),
    greatest: new SharedArrayBuffer(ranges * 8),
    lifeRows: new SharedArrayBuffer(rowsMax),
    places: new SharedArrayBuffer(ranges * PLACE_WORDS * 4),
    lists: new SharedArrayBuffer((lists << shift) * 12),
    listCounts: new SharedArrayBuffer(lists * 4),
  };
}

/** none; amendments stand before or after it; its decision was encoded by the life pass too. */
export const LIFE_ROW = { none: 0, around: 1, encoded: 2 } as const;

export class SharedTables {
  readonly table: DecodeTable;
  readonly F: Float64Array;
  readonly FI: Int32Array;
  readonly fired: Int32Array;
  /** Of each range by itself. */
  readonly greatest: Float64Array;
  /** Before each range, once it is known: see `followTimes`. Of this worker alone. */
  readonly times: RangeTimes;
  /** LIFE_ROW of each row. */
  readonly lifeRows: Uint8Array;
  /** PLACE of each range. */
  readonly #places: Int32Array;
  readonly #program: WorkerProgram;
  readonly #kinds: number;
  /** Of range r and kind k the one at r * kinds + k. */
  readonly #lists: readonly KeyList[];
  readonly #counts: Int32Array;

  constructor(
    memory: BatchMemory,
    shared: SharedTableMemory,
    program: WorkerProgram,
    table: DecodeTable,
  ) {
    this.#program = program;
    this.#kinds = program.passes.length;
    this.table = table;
    this.F = new Float64Array(shared.features);
    this.FI = new Int32Array(shared.features);
    this.fired = new Int32Array(shared.fired);
    this.greatest = new Float64Array(shared.greatest);
    this.lifeRows = new Uint8Array(shared.lifeRows);
    this.#places = new Int32Array(shared.places);
    this.#counts = new Int32Array(shared.listCounts);
    const shift = rangeShiftOf(memory.sizes.rowsMax);
    this.times = { before: new Float64Array(this.greatest.length), shift };
    this.#lists = Array.from({ length: this.greatest.length * this.#kinds }, (_, k) =>
      makeKeyList(1 << shift, shared.lists, (k << shift) * 12),
    );
  }

  /** Lists rows [from, to) of range `range` for each kind. */
  collect(range: number, from: number, to: number): void {
    for (let kind = 0; kind < this.#kinds; kind++) {
      const at = range * this.#kinds + kind;
      const list = this.#lists[at] as KeyList;
      list.count = 0;
      this.#program.collectors[kind]?.collect(this.table.i32, from, to, list, null);
      this.#counts[at] = list.count;
    }
  }

  /** Appends to `own` the rows of `kind` in the first `ranges` ranges whose shard is 0 in `shards`, without repeats. */
  takeOwn(kind: number, ranges: number, shards: Int32Array, own: KeyList): void {
    const { i32 } = this.table;
    const stride = this.#program.rows.strideBytes / 4;
    let taken = own.count;
    for (let range = 0; range < ranges; range++) {
      const at = range * this.#kinds + kind;
      const { rows, lo, hi } = this.#lists[at] as KeyList;
      const count = this.#counts[at] as number;
      for (let k = 0; k < count; k++) {
        const low = lo[k] as number;
        if (shards[low & (SHARDS - 1)] !== 0) continue;
        const row = rows[k] as number;
        // Lists were made before repeats were known.
        if (((i32[row * stride + FLAGS_WORD] as number) & REPEAT) !== 0) continue;
        own.rows[taken] = row;
        own.lo[taken] = low;
        own.hi[taken] = hi[k] as number;
        taken++;
      }
    }
    own.count = taken;
  }

  /**
   * What the life pass has of rows [from, to), for those who encode.
   * @param words entries of life/life-walk.ts; those of the rows are [first, end)
   */
  tellLifeRows(words: Int32Array, first: number, end: number, from: number, to: number): void {
    this.lifeRows.fill(LIFE_ROW.none, from, to);
    for (let k = first * ENTRY_WORDS; k < end * ENTRY_WORDS; k += ENTRY_WORDS) {
      const isOwn = (words[k + ENTRY.own] as number) >= 0;
      this.lifeRows[words[k + ENTRY.row] as number] = isOwn ? LIFE_ROW.encoded : LIFE_ROW.around;
    }
  }

  /** Stream time before each of the first `ranges` ranges, from that before the batch; gives that after it. */
  followTimes(beforeBatch: number, ranges: number): number {
    const { before } = this.times;
    let time = beforeBatch;
    for (let range = 0; range < ranges; range++) {
      before[range] = time;
      time = Math.max(time, this.greatest[range] as number);
    }
    return time;
  }

  /** What worker `worker` wrote of a range, for main, who puts the ranges in order. */
  tellPlace(
    range: number,
    worker: number,
    outBytes: number,
    deadBytes: number,
    cuts: number,
  ): void {
    const at = range * PLACE_WORDS;
    this.#places[at + PLACE.worker] = worker;
    this.#places[at + PLACE.outBytes] = outBytes;
    this.#places[at + PLACE.deadBytes] = deadBytes;
    this.#places[at + PLACE.cuts] = cuts;
  }

  /** Rows [from, to) have no feature values until their entities' owners write them. */
  clearFeatures(from: number, to: number): void {
    const { base, stride } = this.#program.features;
    for (let feature = 0; feature < base.length; feature++) {
      const step = stride[feature] as number;
      const start = base[feature] as number;
      for (let row = from; row < to; row++) this.F[start + row * step] = NaN;
    }
  }
}
