// The worker threads: one pool of one thread each, because a general pool does not pin, and two
// tasks of one batch on one thread would wait for each other at a barrier for ever.

import { setTimeout as delay } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { HoldfastError } from '../base/errors.ts';
import type { BatchMemory } from './batch.ts';
import { BARRIERS, CONTROL } from './batch.ts';
import type { BatchResult } from './batch-result.ts';
import type { DuePart, PassingTime } from './life/life-walk.ts';
import type { WorkerReport, WorkerStart, WorkerTask } from './worker.ts';

/** In the sources the worker is TypeScript, which Node does not run: the built one stands in. */
function workerFile(): string {
  const path = import.meta.url.endsWith('.ts') ? '../../dist/engine/worker.js' : './worker.js';
  return new URL(path, import.meta.url).href;
}

/** Longest wait for tasks in flight before their threads are ended. */
const CLOSE_WAIT_MS = 5000;

export class WorkerPool {
  readonly #pools: readonly Piscina[];
  #batches: readonly BatchMemory[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #lost: HoldfastError | null = null;

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
          // The next batches wait in the thread's own queue: it does not wait for main between them.
          concurrentTasksPerWorker: 4,
          atomics: 'sync',
          idleTimeout: Infinity,
        }),
    );
    for (const pool of this.#pools) this.#run(pool, { kind: 'load' }).catch(() => {});
  }

  /** Resolves when every worker has built its program and is warm. */
  async start(starts: readonly WorkerStart[]): Promise<void> {
    this.#batches = starts[0]?.batches ?? [];
    await this.#each((index) => ({ kind: 'start', start: starts[index] as WorkerStart }));
  }

  /** Runs a batch on all workers; results are in worker order. */
  async runBatch(task: Extract<WorkerTask, { kind: 'batch' }>): Promise<readonly BatchResult[]> {
    return (await this.#each(() => task)) as readonly BatchResult[];
  }

  /** A part of what falls due while no row comes. */
  async fireDue(time: PassingTime, bytesMax: number): Promise<DuePart> {
    return (await this.#one(0, { kind: 'fire', time, bytesMax })) as DuePart;
  }

  /** Time has passed: all workers hear of it. */
  async advance(time: PassingTime): Promise<void> {
    await this.#each(() => ({ kind: 'advance', time }));
  }

  async report(): Promise<readonly WorkerReport[]> {
    return (await this.#each(() => ({ kind: 'report' }))) as readonly WorkerReport[];
  }

  /**
   * Ends the threads. Tasks in flight end first: a thread that is ended while it answers makes its
   * pool throw from nowhere.
   */
  async close(): Promise<void> {
    const settled = Promise.allSettled(this.#running);
    await Promise.race([settled, delay(CLOSE_WAIT_MS, undefined, { ref: false })]);
    await Promise.allSettled(this.#pools.map((pool) => pool.destroy()));
  }

  async #each(taskOf: (index: number) => WorkerTask): Promise<readonly unknown[]> {
    const runs = this.#pools.map((_, index) => this.#one(index, taskOf(index)));
    const results = await Promise.allSettled(runs);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw this.#lost ?? failed.reason;
    return results.map((result) => (result as PromiseFulfilledResult<unknown>).value);
  }

  async #one(index: number, task: WorkerTask): Promise<unknown> {
    if (this.#lost !== null) throw this.#lost;
    try {
      return await this.#run(this.#pools[index] as Piscina, task);
    } catch (cause) {
      this.#poison();
      this.#lost ??= lostWorker(index, cause);
      throw this.#lost;
    }
  }

  async #run(pool: Piscina, task: WorkerTask): Promise<unknown> {
    const running: Promise<unknown> = pool.run(task);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Lets workers that wait for a lost one go. */
  #poison(): void {
    for (const batch of this.#batches) {
      const control = new Int32Array(batch.control);
      Atomics.store(control, CONTROL.poison, 1);
      for (let k = 0; k < BARRIERS; k++) Atomics.notify(control, CONTROL.barriers + k);
    }
  }
}

function lostWorker(index: number, cause: unknown): HoldfastError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof HoldfastError) return cause;
  return new HoldfastError('INTERNAL', `Worker ${index} failed: ${detail}`, { cause });
}
