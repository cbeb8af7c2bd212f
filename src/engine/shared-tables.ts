// The tables that several workers share in one batch beside the row records: feature records, fired bits, each
// range's greatest time, and for each range, entity kind and owner the list of rows to update, so
// that nobody scans another's rows.

import type { DecodeTable } from '../codec/decode-options.ts';
import type { BatchMemory } from './batch.ts';
import { ENTRY, ENTRY_WORDS } from './life/life-walk.ts';
import type { KeyList } from './row-lists.ts';
import { makeKeyList } from './row-lists.ts';
import type { WorkerProgram } from './worker-program.ts';

/** Made by main from the plan's layouts (see makeSharedTableMemory), viewed by every worker. */
export interface SharedTableMemory {
  readonly features: SharedArrayBuffer;
  readonly fired: SharedArrayBuffer;
  readonly greatest: SharedArrayBuffer;
  readonly lifeRows: SharedArrayBuffer;
  readonly lists: SharedArrayBuffer;
  readonly listCounts: SharedArrayBuffer;
}

export interface SharedTableSizes {
  readonly rowsMax: number;
  readonly workers: number;
  readonly kinds: number;
  readonly featureDoubles: number;
  readonly firedWords: number;
}

/** Most rows of one worker's range. */
function rangeRowsMax(sizes: { rowsMax: number; workers: number }): number {
  return Math.ceil(sizes.rowsMax / sizes.workers) + 1;
}

export function makeSharedTableMemory(sizes: SharedTableSizes): SharedTableMemory {
  const { rowsMax, workers, kinds } = sizes;
  const lists = workers * workers * kinds;
  return {
    features: new SharedArrayBuffer(Math.max(8, sizes.featureDoubles) * 8),
    fired: new SharedArrayBuffer(rowsMax * Math.max(1, sizes.firedWords) * 4),
    greatest: new SharedArrayBuffer(workers * 8),
    lifeRows: new SharedArrayBuffer(rowsMax),
    lists: new SharedArrayBuffer(Math.max(1, lists) * rangeRowsMax(sizes) * 12),
    listCounts: new SharedArrayBuffer(Math.max(1, lists) * 4),
  };
}

/** none; amendments stand before or after it; its decision was encoded by the life pass too. */
export const LIFE_ROW = { none: 0, around: 1, encoded: 2 } as const;

export class SharedTables {
  readonly table: DecodeTable;
  readonly F: Float64Array;
  readonly FI: Int32Array;
  readonly fired: Int32Array;
  readonly greatest: Float64Array;
  /** LIFE_ROW of each row. */
  readonly lifeRows: Uint8Array;
  readonly #program: WorkerProgram;
  readonly #workers: number;
  readonly #kinds: number;
  readonly #lists: readonly KeyList[];
  readonly #counts: Int32Array;

  constructor(
    memory: BatchMemory,
    shared: SharedTableMemory,
    program: WorkerProgram,
    table: DecodeTable,
  ) {
    this.#program = program;
    this.#workers = memory.sizes.workers;
    this.#kinds = program.passes.length;
    this.table = table;
    this.F = new Float64Array(shared.features);
    this.FI = new Int32Array(shared.features);
    this.fired = new Int32Array(shared.fired);
    this.greatest = new Float64Array(shared.greatest);
    this.lifeRows = new Uint8Array(shared.lifeRows);
    this.#counts = new Int32Array(shared.listCounts);
    const rowsMax = rangeRowsMax(memory.sizes);
    this.#lists = Array.from({ length: this.#workers * this.#workers * this.#kinds }, (_, k) =>
      makeKeyList(rowsMax, shared.lists, k * rowsMax * 12),
    );
  }

  /** Lists rows [from, to) of range `range` for each kind and owner. */
  collect(range: number, from: number, to: number, owners: Int32Array): void {
    for (let kind = 0; kind < this.#kinds; kind++) {
      const first = (range * this.#kinds + kind) * this.#workers;
      const lists = this.#lists.slice(first, first + this.#workers);
      for (const list of lists) list.count = 0;
      this.#program.collectors[kind]?.collect(this.table.i32, from, to, lists, owners);
      lists.forEach((list, owner) => {
        this.#counts[first + owner] = list.count;
      });
    }
  }

  /** The list that range `range` made of `kind` for `owner`. */
  listOf(range: number, kind: number, owner: number): KeyList {
    const at = (range * this.#kinds + kind) * this.#workers + owner;
    const list = this.#lists[at] as KeyList;
    list.count = this.#counts[at] as number;
    return list;
  }

  /** What the life pass has of each row, for those who encode. @param entries of life/life-walk.ts */
  tellLifeRows(entries: Int32Array | null, rowCount: number): void {
    this.lifeRows.fill(0, 0, rowCount);
    if (entries === null) return;
    for (let k = 0; k < entries.length; k += ENTRY_WORDS) {
      const isOwn = (entries[k + ENTRY.own] as number) >= 0;
      this.lifeRows[entries[k + ENTRY.row] as number] = isOwn ? LIFE_ROW.encoded : LIFE_ROW.around;
    }
  }

  /** Stream time before range `index`, from that before the batch and the ranges' maxima. */
  streamTimeBefore(index: number, beforeBatch: number): number {
    let time = beforeBatch;
    for (let k = 0; k < index; k++) time = Math.max(time, this.greatest[k] as number);
    return time;
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
