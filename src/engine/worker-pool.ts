// The worker threads: one pool of one thread each, because a general pool does not pin, and two
// tasks of one batch on one thread would wait for each other at a barrier for ever.

import { setTimeout as delay } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { HoldfastError } from '../base/errors.ts';
import type { BatchMemory } from './batch.ts';
import { CONTROL } from './batch.ts';
import type { BatchResult } from './batch-result.ts';
import type { CarriedError } from './carried-error.ts';
import { throwCarried } from './carried-error.ts';
import type { DuePart, PassingTime } from './life/life-walk.ts';
import type { BatchTask, LaneTask, WorkerReport, WorkerStart, WorkerTask } from './worker.ts';
import { WorkerLane } from './worker-lane.ts';

/** In the sources the worker is TypeScript, which Node does not run: the built one stands in. */
function workerFile(): string {
  const path = import.meta.url.endsWith('.ts') ? '../../dist/engine/worker.js' : './worker.js';
  return new URL(path, import.meta.url).href;
}

/** Longest wait for tasks in flight before their threads are ended. */
const CLOSE_WAIT_MS = 5000;

export class WorkerPool {
  readonly #pools: readonly Piscina[];
  readonly #lanes: readonly WorkerLane[];
  #batches: readonly BatchMemory[] = [];
  /** All threads have loaded their code, or could not. */
  readonly #loaded: Promise<unknown>;
  #lost: HoldfastError | null = null;
  #closing: Promise<void> | null = null;

  /** Starts the threads; they load their code while the caller reads the rules. */
  constructor(workers: number) {
    this.#pools = Array.from(
      { length: workers },
      () =>
        new Piscina({
          filename: workerFile(),
          name: 'run',
          minThreads: 1,
          maxThreads: 1,
          concurrentTasksPerWorker: 2,
          atomics: 'sync',
          idleTimeout: Infinity,
        }),
    );
    this.#lanes = this.#pools.map(
      (pool) => new WorkerLane(async () => runOn(pool, { kind: 'serve' })),
    );
    const loading = this.#pools.map(async (pool) => runOn(pool, { kind: 'load' }));
    this.#loaded = Promise.allSettled(loading);
  }

  /** Throws what ended the pool, if anything did. */
  refuseLost(): void {
    if (this.#lost !== null) throw this.#lost;
  }

  /** Resolves when every worker has built its program and is warm. */
  async start(starts: readonly WorkerStart[]): Promise<void> {
    this.#batches = starts[0]?.batches ?? [];
    await this.#all(async (index) => {
      const lane = (this.#lanes[index] as WorkerLane).end;
      const task: WorkerTask = { kind: 'start', start: starts[index] as WorkerStart, lane };
      return runOn(this.#pools[index] as Piscina, task, [lane.port]);
    });
  }

  /** Runs a batch on all workers; results are in worker order. */
  async runBatch(task: BatchTask): Promise<readonly BatchResult[]> {
    return (await this.#askAll(task, task.sequence)) as readonly BatchResult[];
  }

  /** A part of what falls due while no row comes. */
  async fireDue(time: PassingTime, bytesMax: number): Promise<DuePart> {
    const task: LaneTask = { kind: 'fire', time, bytesMax };
    const [part] = await this.#all(async (index) => this.#lanes[index]?.ask(task), 1);
    return part as DuePart;
  }

  /** Time has passed: all workers hear of it. */
  async advance(time: PassingTime): Promise<void> {
    await this.#askAll({ kind: 'advance', time });
  }

  async report(): Promise<readonly WorkerReport[]> {
    return (await this.#askAll({ kind: 'report' })) as readonly WorkerReport[];
  }

  /**
   * Ends the threads. Tasks in flight end first: a thread that is ended while it answers makes its
   * pool throw from nowhere. Called again, it is the same ending.
   */
  async close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const left = Promise.all([this.#loaded, ...this.#lanes.map(async (lane) => lane.close())]);
    await Promise.race([left, delay(CLOSE_WAIT_MS, undefined, { ref: false })]);
    await Promise.allSettled(this.#pools.map((pool) => pool.destroy()));
  }

  async #askAll(task: LaneTask, sequence: number = 0): Promise<readonly unknown[]> {
    const ask = async (index: number): Promise<unknown> => this.#lanes[index]?.ask(task);
    return this.#all(ask, this.#lanes.length, sequence);
  }

  /** Of each of the first `workers`; rejects with the first failure there ever was. */
  async #all(
    run: (index: number) => Promise<unknown>,
    workers: number = this.#lanes.length,
    sequence: number = 0,
  ): Promise<readonly unknown[]> {
    this.refuseLost();
    const running = Array.from({ length: workers }, async (_, index) => {
      try {
        return await run(index);
      } catch (cause) {
        throw this.#lose(index, cause, sequence);
      }
    });
    return Promise.all(running);
  }

  #lose(index: number, cause: unknown, sequence: number): HoldfastError {
    if (this.#lost === null) this.#poison(sequence);
    this.#lost ??= lostWorker(index, cause);
    return this.#lost;
  }

  /**
   * Lets workers go that wait for one that was lost in batch `sequence`. It was through with those before,
   * and the others finish them.
   */
  #poison(sequence: number): void {
    for (const batch of this.#batches) {
      const control = new Int32Array(batch.control);
      if (Atomics.load(control, CONTROL.sequence) < sequence) continue;
      Atomics.store(control, CONTROL.poison, 1);
      for (let word = CONTROL.barriers; word < CONTROL.sequence; word++) {
        Atomics.notify(control, word);
      }
    }
  }
}

/** Rejects with what the thread threw: an operating failure as it was, the rest as a plain error. */
async function runOn(
  pool: Piscina,
  task: WorkerTask,
  transferList: readonly MessagePort[] = [],
): Promise<void> {
  throwCarried((await pool.run(task, { transferList: [...transferList] })) as CarriedError | null);
}

function lostWorker(index: number, cause: unknown): HoldfastError {
  if (cause instanceof HoldfastError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new HoldfastError('INTERNAL', `Worker ${index} failed: ${detail}`, { cause });
}
