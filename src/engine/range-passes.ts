// A batch of several workers: its tables are shared, and the workers meet between passes.
//
//   decode, list rows by entity | meet | stream time, repeats of own ids | meet | windows of own shards | meet
//   | score, walk, encode
//
// Decode, score and encode are taken range by range by whoever is free (ranges.ts); repeats and windows are
// of the owner of the key. The life of payments is one walk by worker 0 (life/life-pass.ts), if the plan has
// any: behind those who score, before those who encode, range by range; what it writes main weaves in.
// Whoever waits decodes ranges of the next batch meanwhile.

import { SHARDS } from '../domain/shards.ts';
import { meet, tell, waitFor } from './barrier.ts';
import { CONTROL } from './batch.ts';
import type { BatchPasses, PassParts, Woven } from './batch-passes.ts';
import { OwnRows, PASSES } from './batch-passes.ts';
import type { BatchView } from './batch-view.ts';
import { copyOutput } from './life/life-walk.ts';
import type { LifeOutput } from './life/life-walk.ts';
import type { RangeDecoder } from './range-decoder.ts';
import { rangeCount, rangeRows, takeRange } from './ranges.ts';
import type { KeyList } from './row-lists.ts';
import { makeKeyList } from './row-lists.ts';
import type { SharedTables } from './shared-tables.ts';
import { firstStreamTime, markStreamTime } from './stream-time.ts';

const [DECODE, REPEATS, WINDOWS, SCORE, LIFE, ENCODE] = [0, 1, 2, 3, 4, 5];
const NO_ENTRIES = new Int32Array(0);

export interface RangePassesOptions extends PassParts {
  readonly ranges: RangeDecoder;
  readonly index: number;
  readonly workers: number;
  /** Payments have lives, or rates are watched: one worker goes through all rows before they are encoded. */
  readonly isWalked: boolean;
}

export class RangePasses implements BatchPasses {
  readonly passMs: Float64Array = new Float64Array(PASSES.length);
  readonly #options: RangePassesOptions;
  /** Of each shard 0 where it is this worker's, else -1. */
  readonly #ownShards: Int32Array;
  readonly #good: OwnRows;
  /** Own rows of one entity kind in a whole batch. */
  readonly #own: KeyList;
  #since = 0;
  #life: LifeOutput | null = null;
  #cuts: number[] = [];
  #unsettled: SharedTables | null = null;

  constructor(options: RangePassesOptions) {
    this.#options = options;
    const { program, index, workers } = options;
    this.#ownShards = Int32Array.from({ length: SHARDS }, (_, shard) =>
      shard % workers === index ? 0 : -1,
    );
    this.#good = new OwnRows(program, this.#ownShards, program.tableRows);
    this.#own = makeKeyList(program.tableRows);
  }

  get woven(): Woven {
    return {
      life: this.#life,
      cuts: this.#cuts.length > 0 ? Int32Array.from(this.#cuts) : null,
    };
  }

  resetTimes(): void {
    this.passMs.fill(0);
  }

  run(batch: BatchView, rowCount: number, streamTimeMs: number): number {
    const { program, clock, ranges: decoder } = this.#options;
    const shared = batch.shared as SharedTables;
    const ranges = rangeCount(rowCount, shared.times.shift);
    this.#life = null;
    this.#cuts = [];
    this.#since = clock.monotonicMs();
    program.bind(shared.table, shared.F, shared.FI, shared.fired);
    decoder.decode(batch);
    this.#lap(DECODE);
    this.#meet(batch, 0);

    this.#settleBefore(shared);
    const after = shared.followTimes(streamTimeMs, ranges);
    if (streamTimeMs === -Infinity) {
      const first = firstStreamTime(shared.table.f64, program.rows.strideBytes, rowCount);
      program.repeats.beginAt(first);
    }
    this.#markTimes(shared, rowCount, ranges);
    this.#checkRepeats(batch, shared, rowCount);
    this.#lap(REPEATS);
    this.#meet(batch, 1);

    this.#updateOwn(shared, rowCount, ranges);
    this.#lap(WINDOWS);
    this.#meet(batch, 2);

    if (this.#options.isWalked) this.#decideWalked(batch, shared, rowCount, ranges);
    else this.#decide(batch, shared, rowCount);
    return after;
  }

  #decide(batch: BatchView, shared: SharedTables, rowCount: number): void {
    const { program } = this.#options;
    // A row that repeats another of this batch tells that one's verdict: all must have theirs.
    const isScoredFirst = Atomics.load(batch.control, CONTROL.repeatsInside) !== 0;
    if (isScoredFirst) {
      while (this.#scoreRange(batch, rowCount));
      this.#meet(batch, 3);
    }
    this.#encodeRanges(batch, shared, rowCount, (_, from, to) => {
      if (isScoredFirst) return;
      program.score(from, to);
      this.#lap(SCORE);
    });
  }

  /** As #decide, with one worker's walk in between: rows' verdicts may change, and the order of rows counts. */
  #decideWalked(batch: BatchView, shared: SharedTables, rowCount: number, ranges: number): void {
    const { index, ranges: decoder } = this.#options;
    const { control } = batch;
    if (index === 0) this.#walk(batch, shared, rowCount, ranges);
    else while (this.#scoreRange(batch, rowCount));
    this.#encodeRanges(batch, shared, rowCount, (range) => {
      waitFor(control, CONTROL.walked, range + 1, decoder.decodeAhead);
    });
  }

  /** Walks range after range as they are scored. */
  #walk(batch: BatchView, shared: SharedTables, rowCount: number, ranges: number): void {
    const { program, walk, ranges: decoder } = this.#options;
    const { control } = batch;
    const { shift } = shared.times;
    walk?.begin();
    for (let range = 0; range < ranges; range++) {
      const word = CONTROL.isScored + range;
      while (Atomics.load(control, word) === 0 && this.#scoreRange(batch, rowCount));
      waitFor(control, word, 1, decoder.decodeAhead);
      this.#lap(SCORE);
      const [from, to] = rangeRows(range, shift, rowCount);
      this.#walkRange(shared, from, to);
      program.watchRows(from, to);
      tell(control, CONTROL.walked, range + 1);
      this.#lap(LIFE);
    }
    const life = walk?.finish() ?? null;
    this.#life = life === null ? null : copyOutput(life);
  }

  #walkRange(shared: SharedTables, from: number, to: number): void {
    const { walk } = this.#options;
    if (walk === null) {
      shared.tellLifeRows(NO_ENTRIES, 0, 0, from, to);
      return;
    }
    const before = walk.entries.count;
    walk.walk(from, to);
    const { words, count } = walk.entries;
    shared.tellLifeRows(words, before, count, from, to);
  }

  /** Scores a range that nobody has taken; false = there is none. */
  #scoreRange({ control, shared }: BatchView, rowCount: number): boolean {
    const { shift } = (shared as SharedTables).times;
    const range = takeRange(control, 'scored', rangeCount(rowCount, shift));
    if (range < 0) return false;
    const [from, to] = rangeRows(range, shift, rowCount);
    this.#options.program.score(from, to);
    tell(control, CONTROL.isScored + range, 1);
    this.#lap(SCORE);
    return true;
  }

  #lap(pass: number): void {
    const now = this.#options.clock.monotonicMs();
    this.passMs[pass] = (this.passMs[pass] as number) + now - this.#since;
    this.#since = now;
  }

  #meet({ control }: BatchView, barrier: number): void {
    meet(control, barrier, this.#options.workers, this.#options.ranges.decodeAhead);
  }

  /** Stream times of the ranges that are this worker's for this: a few each. */
  #markTimes({ table, times }: SharedTables, rowCount: number, ranges: number): void {
    const { program, index, workers } = this.#options;
    const { strideBytes } = program.rows;
    const { latenessMs } = program.plan.time;
    const { before, shift } = times;
    const end = Math.floor((ranges * (index + 1)) / workers);
    for (let range = Math.floor((ranges * index) / workers); range < end; range++) {
      const [from, to] = rangeRows(range, shift, rowCount);
      const time = before[range] as number;
      markStreamTime(table.i32, table.f64, strideBytes, from, to, time, latenessMs);
    }
  }

  #checkRepeats({ control }: BatchView, { table, times }: SharedTables, rowCount: number): void {
    const { repeats, ofKeys } = this.#options.program;
    const { i32, f64 } = table;
    const count = this.#good.list(table, 0, rowCount);
    if (repeats.check(i32, f64, this.#good.rows, count, times)) {
      Atomics.store(control, CONTROL.repeatsInside, 1);
    }
    ofKeys?.run(i32, f64, 0, rowCount, times);
  }

  /** Lists the rows of own shards, and updates their entities. */
  #updateOwn(shared: SharedTables, rowCount: number, ranges: number): void {
    const { passes, collectors, ofKeys } = this.#options.program;
    const own = this.#own;
    passes.forEach((pass, kind) => {
      own.count = 0;
      if (ofKeys === null) shared.takeOwn(kind, ranges, this.#ownShards, own);
      else collectors[kind]?.collect(shared.table.i32, 0, rowCount, own, this.#ownShards);
      pass.run(own);
    });
  }

  /** Encodes the ranges that this worker gets, each when `before` is through with it. */
  #encodeRanges(
    batch: BatchView,
    shared: SharedTables,
    rowCount: number,
    before: (range: number, from: number, to: number) => void,
  ): void {
    const { shift } = shared.times;
    const ranges = rangeCount(rowCount, shift);
    for (;;) {
      const range = takeRange(batch.control, 'encoded', ranges);
      if (range < 0) return;
      const [from, to] = rangeRows(range, shift, rowCount);
      before(range, from, to);
      this.#encode(batch, shared, range, from, to);
      this.#lap(ENCODE);
    }
  }

  #encode(batch: BatchView, shared: SharedTables, range: number, from: number, to: number): void {
    const { encoder, isWalked, index } = this.#options;
    const { out, dead } = batch;
    const [outBefore, deadBefore, cutsBefore] = [out.total, dead.total, this.#cuts.length];
    if (isWalked) encoder.cut(batch, shared, from, to, this.#cuts);
    else for (let row = from; row < to; row++) encoder.row(batch, shared.table, row, row);
    const cuts = (this.#cuts.length - cutsBefore) / 2;
    shared.tellPlace(range, index, out.total - outBefore, dead.total - deadBefore, cuts);
  }

  /**
   * Gives the repeats table the verdicts of the batch before. Done here, behind the first barrier
   * of the next batch, because then every worker has surely scored the last one.
   */
  #settleBefore(shared: SharedTables): void {
    if (this.#unsettled !== null) {
      this.#options.program.repeats.settle(this.#unsettled.table.i32);
    }
    this.#unsettled = shared;
  }
}
