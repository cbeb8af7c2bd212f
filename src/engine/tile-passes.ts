// A batch of one worker: every step runs tile by tile, so that records stay in the first caches.

import type { DecodeTable } from '../codec/decode-options.ts';
import { WHOLE_TIMES } from '../domain/range-times.ts';
import { SHARDS } from '../domain/shards.ts';
import type { RowTable } from '../domain/verdict.ts';
import type { BatchPasses, PassParts, Woven } from './batch-passes.ts';
import { OwnRows, PASSES } from './batch-passes.ts';
import type { BatchView } from './batch-view.ts';
import { TILE_ROWS } from './feature-pass.ts';
import type { KeyList } from './row-lists.ts';
import { makeKeyList } from './row-lists.ts';
import { firstStreamTime, markStreamTime } from './stream-time.ts';

/** One tile in so many is timed. */
const TIMED_TILES = 8;
const NOTHING_WOVEN: Woven = { life: null, cuts: null };

export class TilePasses implements BatchPasses {
  /** All is in its place when the worker is done. */
  readonly woven: Woven = NOTHING_WOVEN;
  readonly #parts: PassParts;
  readonly #timedMs = new Float64Array(PASSES.length);
  readonly #tileMs = new Float64Array(PASSES.length + 1);
  #rowsRun = 0;
  #rowsTimed = 0;
  #streamTimeMs = -Infinity;
  readonly #good: OwnRows;
  readonly #lists: readonly KeyList[];
  readonly #F: Float64Array;
  readonly #FI: Int32Array;
  readonly #fired: Int32Array;

  constructor(parts: PassParts) {
    this.#parts = parts;
    const { program } = parts;
    this.#good = new OwnRows(program, new Int32Array(SHARDS), TILE_ROWS);
    this.#lists = program.passes.map(() => makeKeyList(TILE_ROWS));
    this.#F = new Float64Array(Math.max(8, program.features.length));
    this.#FI = new Int32Array(this.#F.buffer);
    this.#fired = new Int32Array(TILE_ROWS * Math.max(1, program.rules.firedWords));
  }

  /** From the tiles that were timed. */
  get passMs(): Float64Array {
    const share = this.#rowsTimed > 0 ? this.#rowsRun / this.#rowsTimed : 1;
    return this.#timedMs.map((ms) => ms * share);
  }

  resetTimes(): void {
    this.#timedMs.fill(0);
    this.#rowsRun = 0;
    this.#rowsTimed = 0;
  }

  run(batch: BatchView, rowCount: number, streamTimeMs: number): number {
    this.#streamTimeMs = streamTimeMs;
    const { program, encoder, walk } = this.#parts;
    for (let from = 0, tile = 0; from < rowCount; from += TILE_ROWS, tile++) {
      const to = Math.min(rowCount, from + TILE_ROWS);
      // A clock's reading is an object: one tile in TIMED_TILES is timed and stands for them all.
      if (tile % TIMED_TILES === 0) this.#runTimed(batch, from, to);
      else {
        const table = this.#decode(batch, from, to);
        this.#checkRepeats(table, to - from);
        this.#updateWindows(table.i32, to - from);
        program.score(0, to - from);
        const life = walk?.rows(to - from) ?? null;
        program.watchRows(0, to - from);
        encoder.tile(batch, table, from, to, life);
      }
    }
    this.#rowsRun += rowCount;
    return this.#streamTimeMs;
  }

  #runTimed(batch: BatchView, from: number, to: number): void {
    const { program, encoder, walk, clock } = this.#parts;
    const times = this.#tileMs;
    const count = to - from;
    times[0] = clock.monotonicMs();
    const table = this.#decode(batch, from, to);
    times[1] = clock.monotonicMs();
    this.#checkRepeats(table, count);
    times[2] = clock.monotonicMs();
    this.#updateWindows(table.i32, count);
    times[3] = clock.monotonicMs();
    program.score(0, count);
    times[4] = clock.monotonicMs();
    const life = walk?.rows(count) ?? null;
    program.watchRows(0, count);
    times[5] = clock.monotonicMs();
    encoder.tile(batch, table, from, to, life);
    times[6] = clock.monotonicMs();
    for (let pass = 0; pass < PASSES.length; pass++) {
      const spent = (times[pass + 1] as number) - (times[pass] as number);
      this.#timedMs[pass] = (this.#timedMs[pass] as number) + spent;
    }
    this.#rowsTimed += count;
  }

  /** Tables of one tile: the batch's records, this worker's own features. */
  #bind(batch: BatchView, rowCount: number): DecodeTable {
    const { table } = batch;
    const { program } = this.#parts;
    program.bind(table, this.#F, this.#FI, this.#fired);
    this.#F.fill(NaN, 0, rowCount * (program.features.stride[0] ?? 0));
    return table;
  }

  #decode(batch: BatchView, from: number, to: number): RowTable {
    const { program, decoder } = this.#parts;
    const table = this.#bind(batch, to - from);
    decoder.decode(batch, table, from, to, from);
    const before = this.#streamTimeMs;
    this.#streamTimeMs = markStreamTime(
      table.i32,
      table.f64,
      program.rows.strideBytes,
      0,
      to - from,
      before,
      program.plan.time.latenessMs,
    );
    if (before === -Infinity) {
      const first = firstStreamTime(table.f64, program.rows.strideBytes, to - from);
      program.repeats.beginAt(first);
    }
    return table;
  }

  #checkRepeats(table: RowTable, count: number): void {
    const { repeats, ofKeys } = this.#parts.program;
    const good = this.#good.list(table, 0, count);
    repeats.check(table.i32, table.f64, this.#good.rows, good, WHOLE_TIMES);
    ofKeys?.run(table.i32, table.f64, 0, count, WHOLE_TIMES);
  }

  #updateWindows(i32: Int32Array, count: number): void {
    const { passes, collectors } = this.#parts.program;
    for (let k = 0; k < passes.length; k++) {
      const list = this.#lists[k] as KeyList;
      list.count = 0;
      collectors[k]?.collect(i32, 0, count, list, null);
      passes[k]?.run(list);
    }
  }
}
