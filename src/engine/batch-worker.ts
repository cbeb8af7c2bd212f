// A worker's side of a batch. With one worker every step runs tile by tile, so that records stay in
// the first caches; with several the batch's tables are shared and the workers meet between passes:
//
//   decode own rows, list them by owner | meet | stream time, repeats of own ids | meet
//   | windows of own shards | meet | score own rows | (meet) | life, one worker | (meet) | encode own rows
//
// Whoever waits at a barrier decodes its range of the next batch meanwhile.
//
// Rows are split by range (decode, score, encode) or by owner of the key (repeats, windows). The life of
// payments is one walk by worker 0 (life/life-pass.ts), if the plan has any; what it writes is woven in
// between the decisions: here with one worker, by main with several.

import type { Clock } from '../base/clock.ts';
import type { DecodeTable } from '../codec/decode-options.ts';
import type { Format } from '../domain/ports.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';
import type { RowTable } from '../domain/verdict.ts';
import { ROW, ROW_FLAG, slotWord } from '../domain/row-layout.ts';
import { AheadDecoder } from './ahead-decoder.ts';
import { meet } from './barrier.ts';
import { CONTROL, rowRange } from './batch.ts';
import type { BatchResult } from './batch-result.ts';
import { COUNTER } from './counters.ts';
import type { BatchView } from './batch-view.ts';
import type { DeadLetterBox } from './dead-letter-box.ts';
import { TILE_ROWS } from './feature-pass.ts';
import { lifeModeOf } from './life/life-needs.ts';
import type { DuePart, LifeOutput, PassingTime } from './life/life-walk.ts';
import { LifeWalk, copyOutput, copyPieces } from './life/life-walk.ts';
import { RowEncoder } from './row-encoder.ts';
import { makeKeyList } from './row-lists.ts';
import type { KeyList } from './row-lists.ts';
import { SharedTables } from './shared-tables.ts';
import { markStreamTime } from './stream-time.ts';
import type { WorkerProgram } from './worker-program.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const SHARDS: number = SHARD_COUNT;

export const PASSES = ['decode', 'repeats', 'windows', 'score', 'life', 'encode'] as const;

export interface BatchWorkerOptions {
  readonly program: WorkerProgram;
  readonly index: number;
  readonly workers: number;
  readonly clock: Clock;
  readonly letters: DeadLetterBox;
  /** Some worker watches rates. */
  readonly watchesRates?: boolean;
}

/** With one worker, one tile in so many is timed. */
const TIMED_TILES = 8;
/** Slots looked at for sweeping, of each kind a row of the batch, beside those of new entities. */
const SWEEP_PER_ROW = 1 / 16;

export class BatchWorker {
  readonly #passMs = new Float64Array(PASSES.length);
  readonly #tileMs = new Float64Array(PASSES.length + 1);
  #rowsRun = 0;
  #rowsTimed = 0;
  readonly #program: WorkerProgram;
  readonly #index: number;
  readonly #workers: number;
  readonly #clock: Clock;
  readonly #letters: DeadLetterBox;
  readonly #lists: (readonly [KeyList])[];
  readonly #owners: Int32Array;
  /** 0 a shard of this worker, -1 another's. */
  readonly #ownShards: Int32Array;
  /** Own rows of one entity kind in a whole batch; made where they are first listed. */
  #own: readonly [KeyList] | null = null;
  /** Of a tile or a range. */
  readonly #goodRows: Int32Array;
  readonly #idWord: number;
  readonly #walk: LifeWalk | null;
  /** Some worker walks, or watches. */
  readonly #hasLife: boolean;
  #life: LifeOutput | null = null;
  #cuts: Int32Array | null = null;
  #streamTimeMs = -Infinity;
  #unsettled: SharedTables | null = null;
  readonly #ahead: AheadDecoder;
  readonly #encoder: RowEncoder;
  readonly #tile: { readonly F: Float64Array; readonly FI: Int32Array; readonly fired: Int32Array };

  constructor(options: BatchWorkerOptions) {
    this.#program = options.program;
    this.#index = options.index;
    this.#workers = options.workers;
    this.#clock = options.clock;
    this.#letters = options.letters;
    const { program, workers } = options;
    this.#ahead = new AheadDecoder(program, options.index, workers);
    this.#encoder = new RowEncoder(program, options.letters);
    this.#lists = program.passes.map(() => [makeKeyList(TILE_ROWS)]);
    this.#owners = Int32Array.from({ length: SHARDS }, (_, shard) => shard % workers);
    this.#ownShards = this.#owners.map((owner) => (owner === options.index ? 0 : -1));
    this.#goodRows = new Int32Array(Math.max(TILE_ROWS, program.tableRows));
    this.#walk = program.life === null ? null : new LifeWalk(program);
    this.#hasLife = lifeModeOf(program.plan) !== 'none' || options.watchesRates === true;
    this.#idWord = slotWord(program.rows, 'id');
    const F = new Float64Array(workers > 1 ? 0 : Math.max(8, program.features.length));
    const firedWords = workers > 1 ? 0 : TILE_ROWS * Math.max(1, program.rules.firedWords);
    this.#tile = { F, FI: new Int32Array(F.buffer), fired: new Int32Array(firedWords) };
  }

  /** Of all batches' views, the one numbered `sequence` + 1 may be decoded ahead, once it is there. */
  expectNext(views: readonly BatchView[], sequence: number): void {
    this.#ahead.expectNext(views, sequence);
  }

  /** Time in each pass so far, ms; with one worker from a sample of the tiles. */
  get passMs(): Float64Array {
    const share = this.#rowsTimed > 0 ? this.#rowsRun / this.#rowsTimed : 1;
    return this.#passMs.map((ms) => ms * share);
  }

  /** Forgets stream time and timings: after the warm-up. */
  reset(): void {
    this.#streamTimeMs = -Infinity;
    this.#passMs.fill(0);
    this.#rowsRun = 0;
    this.#rowsTimed = 0;
  }

  /**
   * What falls due until an instant, or so long after the newest row, about `bytesMax` of it a time: of the
   * worker that walks. Stream time stays where it is, so that the next part is asked for as this one.
   */
  fireDue({ untilMs, byMs }: PassingTime, bytesMax: number): DuePart {
    if (this.#walk === null) return { pieces: [], isMore: false };
    const until = untilMs ?? this.#streamTimeMs + byMs;
    const { pieces, isMore } = this.#walk.advance(until, bytesMax);
    return { pieces: copyPieces(pieces), isMore };
  }

  /** Time has passed, and no row came: all workers hear of it when nothing is due any more. */
  advance({ untilMs, byMs }: PassingTime): void {
    const until = untilMs ?? this.#streamTimeMs + byMs;
    if (until < Infinity) this.#streamTimeMs = Math.max(this.#streamTimeMs, until);
  }

  /** Decides the batch's rows; `place` is the source position of its first row and byte. */
  run(batch: BatchView, format: Format, firstRow: number, firstByte: number): BatchResult {
    this.#ahead.setFormat(format);
    batch.out.begin();
    batch.dead.begin();
    this.#life = null;
    this.#cuts = null;
    const rowCount = batch.control[CONTROL.rowCount] as number;
    this.#letters.begin(firstRow, firstByte);
    if (this.#workers === 1) this.#runTiles(batch, rowCount);
    else this.#runPasses(batch, rowCount, batch.shared as SharedTables);
    for (const pass of this.#program.passes) {
      pass.state.sweep(Math.ceil(rowCount * SWEEP_PER_ROW), this.#streamTimeMs);
    }
    const out = batch.out.finish();
    const dead = batch.dead.finish();
    return {
      outBytes: out.regionBytes,
      deadBytes: dead.regionBytes,
      outChunks: out.chunks,
      deadChunks: dead.chunks,
      alerts: this.#program.watch?.takeAlerts() ?? [],
      life: this.#life,
      cuts: this.#cuts,
      totals: this.#program.counters.slice(0, COUNTER.overdue + 1),
    };
  }

  /** Tables of one tile: the batch's records, this worker's own features. */
  #bindTile(batch: BatchView, rowCount: number): DecodeTable {
    const { table } = batch;
    const { F, FI, fired } = this.#tile;
    this.#program.bind(table, F, FI, fired);
    F.fill(NaN, 0, rowCount * (this.#program.features.stride[0] ?? 0));
    return table;
  }

  #runTiles(batch: BatchView, rowCount: number): void {
    for (let from = 0, tile = 0; from < rowCount; from += TILE_ROWS, tile++) {
      const to = Math.min(rowCount, from + TILE_ROWS);
      // A clock's reading is an object: one tile in TIMED_TILES is timed and stands for them all.
      if (tile % TIMED_TILES === 0) this.#runTimedTile(batch, from, to);
      else {
        const table = this.#decodeTile(batch, from, to);
        this.#checkTileRepeats(table, to - from);
        this.#updateWindows(table.i32, to - from);
        this.#program.score(0, to - from);
        const life = this.#walk?.rows(to - from) ?? null;
        this.#program.watchRows(0, to - from);
        this.#encoder.tile(batch, table, from, to, life);
      }
    }
    this.#rowsRun += rowCount;
  }

  #runTimedTile(batch: BatchView, from: number, to: number): void {
    const clock = this.#clock;
    const times = this.#tileMs;
    const count = to - from;
    times[0] = clock.monotonicMs();
    const table = this.#decodeTile(batch, from, to);
    times[1] = clock.monotonicMs();
    this.#checkTileRepeats(table, count);
    times[2] = clock.monotonicMs();
    this.#updateWindows(table.i32, count);
    times[3] = clock.monotonicMs();
    this.#program.score(0, count);
    times[4] = clock.monotonicMs();
    const life = this.#walk?.rows(count) ?? null;
    this.#program.watchRows(0, count);
    times[5] = clock.monotonicMs();
    this.#encoder.tile(batch, table, from, to, life);
    times[6] = clock.monotonicMs();
    for (let pass = 0; pass < PASSES.length; pass++) {
      const spent = (times[pass + 1] as number) - (times[pass] as number);
      this.#passMs[pass] = (this.#passMs[pass] as number) + spent;
    }
    this.#rowsTimed += count;
  }

  #decodeTile(batch: BatchView, from: number, to: number): RowTable {
    const { rows, plan } = this.#program;
    const table = this.#bindTile(batch, to - from);
    this.#ahead.decoder.decode(table, batch.spans, batch.splitErrors, from, to, from);
    this.#ahead.markOverdue(batch, table.i32, from, to, from);
    this.#streamTimeMs = markStreamTime(
      table.i32,
      table.f64,
      rows.strideBytes,
      0,
      to - from,
      this.#streamTimeMs,
      plan.time.latenessMs,
    );
    return table;
  }

  #checkTileRepeats(table: RowTable, count: number): void {
    const good = this.#listGood(table, 0, count);
    this.#program.repeats.check(table.i32, table.f64, this.#goodRows, good, -Infinity);
    this.#program.ofKeys?.run(table.i32, table.f64, 0, count, -Infinity);
  }

  #updateWindows(i32: Int32Array, count: number): void {
    const { passes, collectors } = this.#program;
    for (let k = 0; k < passes.length; k++) {
      const lists = this.#lists[k] as readonly [KeyList];
      lists[0].count = 0;
      collectors[k]?.collect(i32, 0, count, lists, null);
      passes[k]?.run(lists[0]);
    }
  }

  /** Lists the rows of own shards in all ranges, and updates their entities. */
  #updateOwn(i32: Int32Array, rowCount: number): void {
    const { passes, collectors } = this.#program;
    const lists = (this.#own ??= [makeKeyList(this.#program.tableRows)]);
    passes.forEach((pass, kind) => {
      lists[0].count = 0;
      collectors[kind]?.collect(i32, 0, rowCount, lists, this.#ownShards);
      pass.run(lists[0]);
    });
  }

  /** Good rows of [from, to) whose id this worker owns, into #goodRows. */
  #listGood(table: RowTable, from: number, to: number): number {
    const { i32 } = table;
    const stride = this.#program.rows.strideBytes / 4;
    const owners = this.#owners;
    let count = 0;
    for (let row = from; row < to; row++) {
      const at = row * stride;
      if (((i32[at + FLAGS_WORD] as number) & ROW_FLAG.bad) !== 0) continue;
      if (owners[(i32[at + this.#idWord] as number) & (SHARDS - 1)] !== this.#index) continue;
      this.#goodRows[count++] = row;
    }
    return count;
  }

  #runPasses(batch: BatchView, rowCount: number, shared: SharedTables): void {
    const program = this.#program;
    const { control } = batch;
    const workers = this.#workers;
    const { table } = shared;
    const strideBytes = program.rows.strideBytes;
    const [from, to] = rowRange(rowCount, workers, this.#index);
    let since = this.#clock.monotonicMs();
    const lap = (pass: number): void => {
      const now = this.#clock.monotonicMs();
      this.#passMs[pass] = (this.#passMs[pass] as number) + now - since;
      since = now;
    };
    program.bind(table, shared.F, shared.FI, shared.fired);
    this.#ahead.decodeRange(batch, this.#ahead.takeAhead(batch, from), to);
    const late = program.plan.time.latenessMs;
    // Of this range alone at first: what came before it is known when all have decoded.
    shared.greatest[this.#index] = markStreamTime(
      table.i32,
      table.f64,
      strideBytes,
      from,
      to,
      -Infinity,
      Infinity,
    );
    // Where rows get keys from their payments, their owners list them when they have.
    if (program.ofKeys === null) shared.collect(this.#index, from, to, this.#owners);
    lap(0);
    meet(control, 0, workers, this.#ahead.decodeAhead);

    this.#settleBefore(shared);
    const start = this.#streamTimeMs;
    const before = shared.streamTimeBefore(this.#index, start);
    markStreamTime(table.i32, table.f64, strideBytes, from, to, before, late);
    this.#checkRepeats(shared, rowCount, start, control);
    this.#streamTimeMs = shared.streamTimeBefore(workers, start);
    lap(1);
    meet(control, 1, workers, this.#ahead.decodeAhead);

    if (program.ofKeys !== null) this.#updateOwn(table.i32, rowCount);
    else {
      program.passes.forEach((pass, kind) => {
        for (let range = 0; range < workers; range++) {
          pass.runUnrepeated(shared.listOf(range, kind, this.#index));
        }
      });
    }
    lap(2);
    meet(control, 2, workers, this.#ahead.decodeAhead);

    program.score(from, to);
    lap(3);
    // A row that repeats another of this batch tells that one's verdict: all must have theirs.
    if (this.#hasLife || Atomics.load(control, CONTROL.repeatsInside) !== 0) {
      meet(control, 3, workers, this.#ahead.decodeAhead);
    }
    if (this.#hasLife) this.#walkLife(shared, rowCount, control);
    lap(4);
    if (!this.#hasLife)
      for (let row = from; row < to; row++) this.#encoder.row(batch, table, row, row);
    else this.#cuts = this.#encoder.cut(batch, shared, from, to);
    lap(5);
  }

  /** Worker 0 walks, the others wait for it: rows' verdicts may change. */
  #walkLife(shared: SharedTables, rowCount: number, control: Int32Array): void {
    if (this.#walk !== null) {
      const life = this.#walk.rows(rowCount);
      this.#life = life === null ? null : copyOutput(life);
      shared.tellLifeRows(this.#life?.entries ?? null, rowCount);
    } else if (this.#index === 0) shared.tellLifeRows(null, rowCount);
    this.#program.watchRows(0, rowCount);
    meet(control, 4, this.#workers, this.#ahead.decodeAhead);
  }

  /** Repeats of own ids, range by range, each from the stream time before it. */
  #checkRepeats(
    shared: SharedTables,
    rowCount: number,
    streamTimeMs: number,
    control: Int32Array,
  ): void {
    const { i32, f64 } = shared.table;
    for (let range = 0; range < this.#workers; range++) {
      const [from, to] = rowRange(rowCount, this.#workers, range);
      const before = shared.streamTimeBefore(range, streamTimeMs);
      const count = this.#listGood(shared.table, from, to);
      if (this.#program.repeats.check(i32, f64, this.#goodRows, count, before)) {
        Atomics.store(control, CONTROL.repeatsInside, 1);
      }
      this.#program.ofKeys?.run(i32, f64, from, to, before);
    }
  }

  /**
   * Gives the repeats table the verdicts of the batch before. Done here, behind the first barrier
   * of the next batch, because then every worker has surely scored the last one.
   */
  #settleBefore(shared: SharedTables): void {
    if (this.#unsettled !== null) this.#program.repeats.settle(this.#unsettled.table.i32);
    this.#unsettled = shared;
  }
}
