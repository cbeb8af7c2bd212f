// A worker's side of a batch: alone it goes tile by tile (tile-passes.ts); one of several, range by range
// (range-passes.ts).

import type { Clock } from '../base/clock.ts';
import type { Format } from '../domain/ports.ts';
import { CONTROL } from './batch.ts';
import { BatchDecoder } from './batch-decoder.ts';
import type { BatchPasses } from './batch-passes.ts';
import type { BatchResult } from './batch-result.ts';
import type { BatchView } from './batch-view.ts';
import { COUNTER } from './counters.ts';
import type { DeadLetterBox } from './dead-letter-box.ts';
import { lifeModeOf } from './life/life-needs.ts';
import type { DuePart, PassingTime } from './life/life-walk.ts';
import { LifeWalk, copyPieces } from './life/life-walk.ts';
import { RangeDecoder } from './range-decoder.ts';
import { RangePasses } from './range-passes.ts';
import { RowEncoder } from './row-encoder.ts';
import { TilePasses } from './tile-passes.ts';
import type { WorkerProgram } from './worker-program.ts';

export interface BatchWorkerOptions {
  readonly program: WorkerProgram;
  readonly index: number;
  readonly workers: number;
  readonly clock: Clock;
  readonly letters: DeadLetterBox;
  /** Some worker watches rates. */
  readonly watchesRates?: boolean;
}

/** Slots looked at for sweeping, of each kind a row of the batch, beside those of new entities. */
const SWEEP_PER_ROW = 1 / 16;

export class BatchWorker {
  readonly #program: WorkerProgram;
  readonly #letters: DeadLetterBox;
  readonly #decoder: BatchDecoder;
  /** Null where this worker is alone. */
  readonly #ranges: RangeDecoder | null;
  readonly #walk: LifeWalk | null;
  readonly #passes: BatchPasses;
  #streamTimeMs = -Infinity;

  constructor(options: BatchWorkerOptions) {
    const { program, index, workers, clock, letters } = options;
    this.#program = program;
    this.#letters = letters;
    this.#decoder = new BatchDecoder(program);
    const ranges = workers === 1 ? null : new RangeDecoder(program, this.#decoder);
    this.#ranges = ranges;
    this.#walk = program.life === null ? null : new LifeWalk(program);
    const encoder = new RowEncoder(program, letters);
    const parts = { program, clock, decoder: this.#decoder, encoder, walk: this.#walk };
    const isWalked = lifeModeOf(program.plan) !== 'none' || options.watchesRates === true;
    this.#passes =
      ranges === null
        ? new TilePasses(parts)
        : new RangePasses({ ...parts, ranges, index, workers, isWalked });
  }

  /** Of all batches' views, the one numbered `sequence` + 1 may be decoded ahead, once it is there. */
  expectNext(views: readonly BatchView[], sequence: number): void {
    this.#ranges?.expectNext(views, sequence);
  }

  /** Time in each pass so far, ms; with one worker from a sample of the tiles. */
  get passMs(): Float64Array {
    return this.#passes.passMs;
  }

  /** Forgets stream time and timings: after the warm-up. */
  reset(): void {
    this.#streamTimeMs = -Infinity;
    this.#passes.resetTimes();
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
    if (until === Infinity) return;
    if (this.#streamTimeMs === -Infinity) this.#program.repeats.beginAt(until);
    this.#streamTimeMs = Math.max(this.#streamTimeMs, until);
  }

  /** Decides the batch's rows; `place` is the source position of its first row and byte. */
  run(batch: BatchView, format: Format, firstRow: number, firstByte: number): BatchResult {
    this.#decoder.setFormat(format);
    batch.out.begin();
    batch.dead.begin();
    const rowCount = batch.control[CONTROL.rowCount] as number;
    this.#letters.begin(firstRow, firstByte);
    this.#streamTimeMs = this.#passes.run(batch, rowCount, this.#streamTimeMs);
    for (const pass of this.#program.passes) {
      pass.state.sweep(Math.ceil(rowCount * SWEEP_PER_ROW), this.#streamTimeMs);
    }
    return {
      out: batch.out.finish(),
      dead: batch.dead.finish(),
      alerts: this.#program.watch?.takeAlerts() ?? [],
      ...this.#passes.woven,
      totals: this.#program.counters.slice(0, COUNTER.overdue + 1),
    };
  }
}
