// The worker thread's entry: one of them a pool of one thread (engine/worker-pool.ts). It builds its
// program once, warms it on scratch state, and then runs the batches it is told of by number.

import { assert } from '../base/assert.ts';
import { systemClock } from '../base/clock.ts';
import type { Format } from '../domain/ports.ts';
import type { BatchMemory } from './batch.ts';
import { memoryPlaces } from './batch.ts';
import { makeBatchView } from './batch-view.ts';
import type { BatchView } from './batch-view.ts';
import type { BatchResult } from './batch-result.ts';
import { BatchWorker } from './batch-worker.ts';
import type { CarriedError } from './carried-error.ts';
import { carryError } from './carried-error.ts';
import { DeadLetterBox } from './dead-letter-box.ts';
import type { DuePart, PassingTime } from './life/life-walk.ts';
import type { SharedTableMemory } from './shared-tables.ts';
import { warmUp } from './warm-up.ts';
import type { LaneEnd } from './worker-lane.ts';
import { serve } from './worker-lane.ts';
import type { WatchCounts } from './watch.ts';
import { WorkerProgram } from './worker-program.ts';
import type { WorkerProgramOptions } from './worker-program.ts';

/** What main gives each worker at its start. */
export interface WorkerStart {
  readonly program: Omit<WorkerProgramOptions, 'places'>;
  /** Format of the input that is expected: what the warm-up decodes. */
  readonly warmFormat: Format;
  readonly batches: readonly BatchMemory[];
  /** Of each batch; null with one worker. */
  readonly shared: readonly (SharedTableMemory | null)[];
  /** Throw when this many batches are done: for tests of what happens when a worker is lost. */
  readonly failAfterBatches: number | null;
}

/** What the pool asks of a thread. */
export type WorkerTask =
  /** Loads this file, no more. */
  | { readonly kind: 'load' }
  | { readonly kind: 'start'; readonly start: WorkerStart; readonly lane: LaneEnd }
  /** Answers what comes on its lane. */
  | { readonly kind: 'serve' };

export interface BatchTask {
  readonly kind: 'batch';
  readonly batch: number;
  /** Batches of an engine are numbered from 1. */
  readonly sequence: number;
  readonly firstRow: number;
  readonly firstByte: number;
  readonly sourceName: string;
  readonly format: Format;
}

/** What comes on a lane. */
export type LaneTask =
  | BatchTask
  /** Of the worker that walks: a part of what falls due. */
  | { readonly kind: 'fire'; readonly time: PassingTime; readonly bytesMax: number }
  /** Of all: time has passed. */
  | { readonly kind: 'advance'; readonly time: PassingTime }
  | { readonly kind: 'report' };

export interface WorkerReport {
  readonly counters: Float64Array;
  readonly passMs: Float64Array;
  readonly unknownKeys: number;
  readonly entities: readonly {
    readonly name: string;
    readonly count: number;
    readonly bytes: number;
    readonly evicted: number;
    readonly truncated: number;
    readonly swept: number;
  }[];
  readonly repeats: { readonly ids: number; readonly bytes: number; readonly evicted: number };
  /** null where no row gets keys from its payment. */
  readonly paymentKeys: PaymentKeysReport | null;
  /** Of the worker that walks payments' lives. */
  readonly life: LifeReport | null;
  /** Of the worker that watches rates. */
  readonly watch: WatchCounts | null;
}

/** Keys of payments that are kept for rows about them. */
export interface PaymentKeysReport {
  readonly payments: number;
  readonly bytes: number;
  /** Payments whose keys left at the limit. */
  readonly evicted: number;
}

export interface LifeReport {
  /** Payments (refunds, reversals) that are kept, and timers set. */
  readonly kept: number;
  readonly timers: number;
  readonly bytes: number;
  /** Of these, the texts of what is kept: ids, accounts, what life rules read. */
  readonly textBytes: number;
  /** Payments (refunds, reversals) that left at the limit. */
  readonly evicted: number;
  /** Terminals and payment codes that left at the limit: their payments are no longer found by them. */
  readonly terminalsEvicted: number;
  readonly codesEvicted: number;
  /** Rows whose payment is awaited, those that left at their limit, and those that waited in vain. */
  readonly waiting: number;
  readonly waitingEvicted: number;
  readonly waitedInVain: number;
}

class Worker {
  readonly #start: WorkerStart;
  readonly #program: WorkerProgram;
  readonly #runner: BatchWorker;
  readonly #letters: DeadLetterBox;
  readonly #views: readonly BatchView[];
  #batchesDone = 0;

  constructor(start: WorkerStart) {
    this.#start = start;
    const { index, workers } = start.program;
    const sizes = start.batches[0]?.sizes;
    if (sizes === undefined) throw new Error('a worker has batches');
    this.#program = new WorkerProgram({
      ...start.program,
      startsWarming: true,
      places: memoryPlaces(sizes, index),
    });
    this.#letters = new DeadLetterBox(this.#program.rows, '');
    this.#runner = new BatchWorker({
      program: this.#program,
      index,
      workers,
      clock: systemClock,
      letters: this.#letters,
      watchesRates: start.program.watchesRates ?? false,
    });
    this.#views = start.batches.map((memory, k) =>
      makeBatchView(memory, index, this.#program, start.shared[k] ?? null),
    );
    const decoder = this.#program.decoderOf(start.warmFormat);
    for (const { table } of this.#views) decoder.bind(table);
    warmUp(this.#program, start.warmFormat, sizes);
  }

  answer(task: LaneTask): BatchResult | WorkerReport | DuePart | null {
    if (task.kind === 'batch') return this.#runBatch(task);
    if (task.kind === 'fire') return this.#runner.fireDue(task.time, task.bytesMax);
    if (task.kind === 'report') return this.#report();
    this.#runner.advance(task.time);
    return null;
  }

  #runBatch(task: BatchTask): BatchResult {
    if (this.#start.failAfterBatches === this.#batchesDone) {
      throw new Error('failing on purpose, as the test asked');
    }
    this.#letters.nameSource(task.sourceName);
    const view = this.#views[task.batch] as BatchView;
    this.#runner.expectNext(this.#views, task.sequence);
    const result = this.#runner.run(view, task.format, task.firstRow, task.firstByte);
    this.#batchesDone++;
    return result;
  }

  #report(): WorkerReport {
    const program = this.#program;
    return {
      counters: program.counters,
      passMs: this.#runner.passMs,
      unknownKeys: program.unknownKeyCount,
      entities: program.passes.map(({ state, layout }) => ({
        name: program.plan.entities[layout.entity]?.name ?? '',
        count: state.entityCount,
        bytes: state.bytesUsed,
        evicted: state.counters.entitiesEvicted,
        truncated: state.rowsTruncated,
        swept: state.counters.entitiesSwept,
      })),
      repeats: {
        ids: program.repeats.idCount,
        bytes: program.repeats.bytesUsed,
        evicted: program.repeats.evicted,
      },
      paymentKeys:
        program.ofKeys === null
          ? null
          : {
              payments: program.ofKeys.count,
              bytes: program.ofKeys.bytesUsed,
              evicted: program.ofKeys.evicted,
            },
      life: program.life === null ? null : program.life.counts,
      watch: program.watch === null ? null : program.watch.counts,
    };
  }
}

// A thread's one worker: the pool calls `run` by its name (see worker-pool.ts) and gives no place of
// its own to keep what lives between calls.
const thread: { worker: Worker | null; lane: LaneEnd | null } = { worker: null, lane: null };

/** @returns why the thread is of no use, where that is an operating failure */
export function run(task: WorkerTask): CarriedError | null {
  return carryError(() => {
    runTask(task);
  });
}

function runTask(task: WorkerTask): void {
  if (task.kind === 'start') {
    thread.worker = new Worker(task.start);
    thread.lane = task.lane;
  } else if (task.kind === 'serve') {
    const { worker, lane } = thread;
    assert(worker !== null && lane !== null, 'the worker was started before it was given batches');
    serve(lane, (asked) => worker.answer(asked as LaneTask));
  }
}
