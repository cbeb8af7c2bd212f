// The engine's main-thread side: reads batches, hands each to the workers by number, writes what they
// decided, in order. It moves bytes and never parses a transaction.
//
//   read k+2 | workers on k+1 | write k        three batches of memory, used in turn
//
// Decisions of a batch are written only when all of it is decided, and batches in order: what a sink
// holds is always a whole prefix of the stream.

import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { HashKey } from '../base/hash.ts';
import { DEFAULT_HASH_KEY } from '../base/hash.ts';
import { makeFeatureLayout } from '../domain/feature-layout.ts';
import type { Plan } from '../domain/plan.ts';
import type { BatchInput, Format, Sink, Source } from '../domain/ports.ts';
import type { BatchMemory } from './batch.ts';
import { CONTROL, makeBatchInput, makeBatchMemory } from './batch.ts';
import type { BatchResult } from './batch-result.ts';
import { markOverdue } from './overdue.ts';
import type { RunProgress, RunResult } from './run-result.ts';
import type { SharedTableMemory } from './shared-tables.ts';
import { TILE_ROWS } from './feature-pass.ts';
import { makeSharedTableMemory } from './shared-tables.ts';
import { RunState } from './run-state.ts';
import { stateProblems } from '../state/describe-state.ts';
import { rangeCount, rangeShiftOf } from './ranges.ts';
import { orderLetters, piecesOf, weaveDecisions } from './weave.ts';
import { WorkerPool } from './worker-pool.ts';
import { recordSizesOf, usedEntities } from './worker-program.ts';

export const BATCH_ROWS_DEFAULT = 4096;
export const BATCH_ROWS_MAX: number = 2 ** 16;
const BATCHES = 3;
const BYTES_PER_ROW = 640;
const SLAB_BYTES_MIN: number = 2 ** 18;
const OUT_BYTES_PER_ROW = 448;
const OUT_BYTES_MIN: number = 2 ** 18;
const DEAD_BYTES: number = 2 ** 16;
/** Of what falls due while no row comes, in one part: it fits in the walk's region. */
const DUE_BYTES_MAX: number = 2 ** 20;

export interface EngineOptions {
  readonly plan: Plan;
  readonly workers: number;
  readonly batchRowsMax: number;
  /** What the workers are warmed for; a source of the other format works too. */
  readonly inputFormat: Format;
  readonly outputFormat: Format;
  /** Decisions list what shadow rules would have done. */
  readonly emitShadow?: boolean;
  /** Rates are watched, and alerts written (see EngineRun.alerts). */
  readonly watchesRates?: boolean;
  readonly clock: Clock;
  readonly hashKey?: HashKey;
  /** Workers that were started earlier, while the rules were still being read. */
  readonly pool?: WorkerPool;
  /** For tests of parts: bytes of one part of what falls due while no row comes. */
  readonly dueBytesMax?: number;
  /** For tests of a lost worker: the last one throws after so many batches, the others wait for it. */
  readonly failAfterBatches?: number;
}

export interface EngineRun {
  readonly source: Source;
  readonly sink: Sink;
  readonly deadLetters: Sink;
  /** Where alerts go; of an engine that watches rates. */
  readonly alerts?: Sink | null;
  /** Decide the first so many rows, then end normally. */
  readonly rowLimit: number | null;
  /** Ends the run after the batch at hand. */
  readonly signal?: AbortSignal | undefined;
  onProgress?(progress: RunProgress): void;
  readonly timings?: boolean;
  /**
   * How much time passes after the last row of a source that ended: what falls due by then is decided.
   * 0 = none, Infinity = until nothing waits for time any more.
   */
  readonly drainMs: number;
}

interface Slot {
  readonly memory: BatchMemory;
  readonly input: BatchInput;
  readonly control: Int32Array;
  readonly overdue: Uint8Array;
  readonly out: readonly Uint8Array[];
  readonly dead: readonly Uint8Array[];
  /** Of several workers: PLACE of each range. */
  readonly places: Int32Array | null;
  /** Where what they wrote is put together. */
  readonly woven: Uint8Array;
}

/** Decided bytes of one batch, in order. */
export interface DecidedBatch {
  readonly decisions: readonly Uint8Array[];
  readonly letters: readonly Uint8Array[];
  readonly results: readonly BatchResult[];
}

export class Engine {
  readonly options: EngineOptions;
  readonly #pool: WorkerPool;
  readonly #slots: readonly Slot[];
  /** The clock when it was ready; what arrived before is a backlog. */
  readonly #startedMs: number;
  #sequence = 0;

  private constructor(options: EngineOptions, pool: WorkerPool, slots: readonly Slot[]) {
    this.options = options;
    this.#pool = pool;
    this.#slots = slots;
    this.#startedMs = options.clock.nowMs();
  }

  /** Starts the workers; resolves when all of them are warm. */
  static async create(options: EngineOptions): Promise<Engine> {
    const { plan, workers, batchRowsMax } = options;
    refuseTooLarge(plan);
    const sizes = {
      rowsMax: batchRowsMax,
      bytesMax: Math.max(SLAB_BYTES_MIN, batchRowsMax * BYTES_PER_ROW),
      workers,
      outBytes: Math.max(OUT_BYTES_MIN, Math.ceil((batchRowsMax * OUT_BYTES_PER_ROW) / workers)),
      deadBytes: DEAD_BYTES,
      tableRows: workers > 1 ? batchRowsMax : TILE_ROWS,
      ...recordSizesOf(plan),
    };
    const batches = Array.from({ length: BATCHES }, () => makeBatchMemory(sizes));
    const shared = batches.map(() => makeShared(plan, batchRowsMax, workers));
    const hashKey = options.hashKey ?? DEFAULT_HASH_KEY;
    const pool = options.pool ?? new WorkerPool(workers);
    const starts = Array.from({ length: workers }, (_, index) => ({
      program: {
        plan,
        outputFormat: options.outputFormat,
        emitShadow: options.emitShadow ?? false,
        watchesRates: options.watchesRates ?? false,
        hashKey,
        index,
        workers,
        requireKeys: true,
      },
      warmFormat: options.inputFormat,
      batches,
      shared,
      failAfterBatches: index === workers - 1 ? (options.failAfterBatches ?? null) : null,
    }));
    const slots = batches.map((memory, k) => ({
      memory,
      input: makeBatchInput(memory),
      control: new Int32Array(memory.control),
      overdue: new Uint8Array(memory.overdue),
      out: memory.out.map((region) => new Uint8Array(region)),
      dead: memory.dead.map((region) => new Uint8Array(region)),
      places: placesOf(shared[k] ?? null),
      woven: new Uint8Array(workers > 1 ? wovenBytes(memory) : 0),
    }));
    try {
      await pool.start(starts);
    } catch (error) {
      await pool.close();
      throw error;
    }
    return new Engine(options, pool, slots);
  }

  /** Decides a whole source. Rejects when I/O or a worker fails; the sinks are left to the caller. */
  async run(run: EngineRun): Promise<RunResult> {
    const state = new RunState(this.options, run);
    const free = [...this.#slots.keys()];
    let released = (): void => {};
    let writing: Promise<void> = Promise.resolve();
    const failures: unknown[] = [];
    const readFailures: unknown[] = [];
    while (failures.length === 0 && !state.isStopped()) {
      const slot = free.shift();
      if (slot === undefined) {
        await new Promise<void>((resolve) => {
          released = resolve;
        });
        continue;
      }
      const { input } = this.#slots[slot] as Slot;
      input.rowCount = 0;
      let hasRows: boolean;
      try {
        hasRows = await run.source.read(input);
      } catch (error) {
        // What was read before it is still decided and written.
        readFailures.push(error);
        break;
      }
      if (!hasRows || !state.take(input)) break;
      const batch = { rows: input.rowCount, firstRow: input.firstRow, firstByte: input.firstByte };
      const end = state.endByte;
      const arrivedMs = input.arrivedMs;
      const nowMs = run.source.isLive ? this.options.clock.nowMs() : null;
      const decided = this.#decide(slot, run.source.format, run.source.name, nowMs);
      // Awaited in order below; a rejection is seen there.
      decided.catch(() => {});
      writing = writing.then(async () => {
        if (failures.length > 0) return;
        try {
          await state.write(await decided, batch.rows, end, arrivedMs);
        } catch (error) {
          failures.push(error);
        }
        free.push(slot);
        released();
      });
    }
    await writing;
    const [failure] = [...failures, ...readFailures];
    if (failure !== undefined) throw failure;
    if (state.isAtEnd() && run.drainMs > 0) {
      for await (const part of this.advance(null, run.drainMs)) await state.writeDrained(part);
    }
    return state.finish(await this.#pool.report());
  }

  /** Decides one batch that is in memory; for the library. Calls must not overlap. */
  async decideBatch(
    fill: (input: BatchInput) => Promise<boolean>,
    format: Format,
    nowMs: number | null = null,
  ): Promise<DecidedBatch | null> {
    this.#pool.refuseLost();
    // In turn: a batch's verdicts are read again when the next one is decided.
    const slot = this.#sequence % this.#slots.length;
    const { input } = this.#slots[slot] as Slot;
    input.rowCount = 0;
    if (!(await fill(input))) return null;
    return this.#decide(slot, format, 'memory', nowMs);
  }

  /** @param nowMs the clock at the batch's start, for its rows' deadlines; null = they have none */
  async #decide(
    slot: number,
    format: Format,
    sourceName: string,
    nowMs: number | null,
  ): Promise<DecidedBatch> {
    const { input, control, overdue, out, dead, places, woven } = this.#slots[slot] as Slot;
    const { deadline } = this.options.plan.life;
    const hasOverdue =
      deadline !== null &&
      nowMs !== null &&
      markOverdue(overdue, input.arrivals, input.rowCount, deadline, nowMs, this.#startedMs);
    control[CONTROL.hasOverdue] = hasOverdue ? 1 : 0;
    control.fill(0, CONTROL.repeatsInside, CONTROL.sequence);
    control[CONTROL.rowCount] = input.rowCount;
    const { firstRow, firstByte } = input;
    // From here on workers that wait for one another may decode it ahead.
    const sequence = ++this.#sequence;
    Atomics.store(control, CONTROL.sequence, sequence);
    const results = await this.#pool.runBatch({
      kind: 'batch',
      batch: slot,
      sequence,
      firstRow,
      firstByte,
      sourceName,
      format,
    });
    if (places === null) {
      return {
        results,
        decisions: piecesOf(
          out,
          results.map((result) => result.out),
        ).flat(),
        letters: piecesOf(
          dead,
          results.map((result) => result.dead),
        ).flat(),
      };
    }
    const ranges = rangeCount(input.rowCount, rangeShiftOf(input.rowsMax));
    const written = { results, outs: out, deads: dead, places, ranges };
    return {
      results,
      decisions: weaveDecisions(written, woven),
      letters: orderLetters(written),
    };
  }

  /**
   * Time passes, and no row comes: until an instant, or `byMs` after the newest row (Infinity: until
   * nothing waits for time any more). Gives what falls due, in order and in parts of whole decisions: the
   * next timers fire when the next part is asked for, however many there are. Stream time is the new one
   * when the last part was taken; nothing may be decided before.
   */
  async *advance(
    untilMs: number | null,
    byMs: number,
  ): AsyncGenerator<readonly Uint8Array[], void, void> {
    const time = { untilMs, byMs };
    for (let isMore = true; isMore;) {
      const part = await this.#pool.fireDue(time, this.options.dueBytesMax ?? DUE_BYTES_MAX);
      yield part.pieces;
      isMore = part.isMore;
    }
    await this.#pool.advance(time);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

function refuseTooLarge(plan: Plan): void {
  const problems = stateProblems(plan);
  if (problems.length > 0) throw new HoldfastError('RULES_REJECTED', problems.join('\n'));
}

/** As all regions together: what came of a batch that fits in them. */
function wovenBytes({ out }: BatchMemory): number {
  return out.reduce((sum, region) => sum + region.byteLength, 0);
}

function placesOf(shared: SharedTableMemory | null): Int32Array | null {
  return shared === null ? null : new Int32Array(shared.places);
}

function makeShared(plan: Plan, rowsMax: number, workers: number): SharedTableMemory | null {
  if (workers === 1) return null;
  return makeSharedTableMemory({
    rowsMax,
    kinds: usedEntities(plan).length,
    featureDoubles: makeFeatureLayout(plan.features, plan.entities.length, rowsMax, true).length,
    firedWords: Math.ceil(plan.rules.length / 32),
  });
}
