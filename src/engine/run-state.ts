// One run's bookkeeping on the main thread: what was read and written, its hash, its latencies.

import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { build } from 'hdr-histogram-js';
import type { Histogram } from 'hdr-histogram-js';
import type { BatchInput } from '../domain/ports.ts';
import { COUNTER } from './counters.ts';
import type { DecidedBatch, EngineOptions, EngineRun } from './engine.ts';
import type { RunProgress, RunResult } from './run-result.ts';
import { summarizeLatency, summarizeReports } from './run-result.ts';
import { addTimings } from './timings.ts';
import type { WorkerPool } from './worker-pool.ts';

const LATENCY_US_MAX = 3_600_000_000;

export class RunState {
  readonly #options: EngineOptions;
  readonly #run: EngineRun;
  readonly #hash: Hash = createHash('sha256');
  readonly #latency: Histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_US_MAX,
    numberOfSignificantValueDigits: 3,
  });
  readonly #startedMs: number;
  #taken = 0;
  #rows = 0;
  #alerts = 0;
  #bytesIn = 0;
  #limitReached = false;
  /** Where the row begins at which the limit was reached. */
  #limitByte = 0;
  #totals: readonly Float64Array[] = [];

  constructor(options: EngineOptions, run: EngineRun) {
    this.#options = options;
    this.#run = run;
    this.#startedMs = options.clock.monotonicMs();
  }

  isStopped(): boolean {
    return this.#limitReached || this.#run.signal?.aborted === true;
  }

  /** The source ended, or the row limit was reached. */
  isAtEnd(): boolean {
    return this.#run.signal?.aborted !== true;
  }

  /** Cuts the batch at the row limit; false when nothing is left of it. */
  take(input: BatchInput): boolean {
    const { rowLimit } = this.#run;
    if (rowLimit !== null && this.#taken + input.rowCount >= rowLimit) {
      const count = rowLimit - this.#taken;
      this.#limitByte =
        count < input.rowCount
          ? input.firstByte + (input.rows[2 * count] as number)
          : this.#run.source.nextByte;
      input.rowCount = count;
      this.#limitReached = true;
    }
    this.#taken += input.rowCount;
    return input.rowCount > 0;
  }

  /** Position in the source after the rows that were taken: where to go on. */
  get endByte(): number {
    return this.#limitReached ? this.#limitByte : this.#run.source.nextByte;
  }

  async write(
    batch: DecidedBatch,
    rows: number,
    endByte: number,
    arrivedMs: number,
  ): Promise<void> {
    const { clock } = this.#options;
    const latencyUs = Math.max(1, Math.round((clock.monotonicMs() - arrivedMs) * 1000));
    this.#latency.recordValueWithCount(Math.min(latencyUs, LATENCY_US_MAX), rows);
    await this.#writeDecisions(batch.decisions, latencyUs);
    for (const bytes of batch.letters) {
      if (bytes.length > 0) await this.#run.deadLetters.write(bytes);
    }
    for (const { alerts } of batch.results) {
      for (const bytes of alerts) await this.#run.alerts?.write(bytes);
      this.#alerts += alerts.length;
    }
    this.#rows += rows;
    this.#bytesIn = endByte;
    this.#totals = batch.results.map(({ totals }) => totals);
    this.#run.onProgress?.(this.#progress());
  }

  /** A part of what fell due after the last row: of no row's latency. */
  async writeDrained(decisions: readonly Uint8Array[]): Promise<void> {
    await this.#writeDecisions(decisions, 0);
  }

  async #writeDecisions(decisions: readonly Uint8Array[], latencyUs: number): Promise<void> {
    const { clock, outputFormat } = this.#options;
    for (const bytes of decisions) {
      if (bytes.length === 0) continue;
      this.#hash.update(bytes);
      const timed = this.#run.timings === true;
      await this.#run.sink.write(
        timed ? addTimings(bytes, outputFormat, clock.nowMs(), latencyUs) : bytes,
      );
    }
  }

  #progress(): RunProgress {
    const sum = (at: number): number =>
      this.#totals.reduce((total, counts) => total + (counts[at] ?? 0), 0);
    return {
      rows: this.#rows,
      decisions: sum(COUNTER.decisions),
      bytesIn: this.#bytesIn,
      outcomes: [sum(COUNTER.outcomes), sum(COUNTER.outcomes + 1), sum(COUNTER.outcomes + 2)],
      deadLetters: sum(COUNTER.deadLetters),
      amendments: sum(COUNTER.amendments),
    };
  }

  finish(reports: Awaited<ReturnType<WorkerPool['report']>>): RunResult {
    const elapsedMs = this.#options.clock.monotonicMs() - this.#startedMs;
    const stoppedBySignal = this.#run.signal?.aborted === true;
    // All batches that were read are written by now; blank lines may have followed the last one.
    this.#bytesIn = this.endByte;
    return {
      ...this.#progress(),
      ...summarizeReports(this.#options.plan, reports),
      stopped: stoppedBySignal ? 'signal' : this.#limitReached ? 'limit' : 'end',
      position: { row: this.#rows, byte: this.#bytesIn },
      decisionHash: this.#hash.digest('hex'),
      elapsedMs,
      rowsPerSecond: elapsedMs > 0 ? (this.#rows / elapsedMs) * 1000 : 0,
      latencyUs: summarizeLatency(this.#latency),
      alerts: this.#alerts,
      blankLines: this.#run.source.blankLines,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}
