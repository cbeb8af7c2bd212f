// The engine in the calling thread, without workers: the same passes on the same code. For rules
// files' own tests, for explaining, and for tests that compare the engine with its oracle.

import { Packr } from 'msgpackr';
import { stoppedClock } from '../base/clock.ts';
import type { HashKey } from '../base/hash.ts';
import { DEFAULT_HASH_KEY } from '../base/hash.ts';
import type { Decision } from '../domain/decision.ts';
import type { Plan } from '../domain/plan.ts';
import type { Format } from '../domain/ports.ts';
import type { BatchMemory } from './batch.ts';
import { makeBatchMemory, memoryPlaces } from './batch.ts';
import { fillBatch, makeBatchView } from './batch-view.ts';
import type { BatchView } from './batch-view.ts';
import { BatchWorker } from './batch-worker.ts';
import { DeadLetterBox } from './dead-letter-box.ts';
import { TILE_ROWS } from './feature-pass.ts';
import { parseLines } from './parse-lines.ts';
import { WorkerProgram, recordSizesOf } from './worker-program.ts';

const BYTES_PER_ROW = 4096;
const SLAB_BYTES_MIN = 1 << 18;

export interface LocalEngineOptions {
  readonly plan: Plan;
  readonly batchRowsMax?: number;
  readonly outputFormat?: Format;
  readonly emitShadow?: boolean;
  readonly requireKeys?: boolean;
  /** Most payments kept a shard, if fewer than the plan's limit. */
  readonly paymentsMax?: number;
  readonly hashKey?: HashKey;
}

export class LocalEngine {
  readonly program: WorkerProgram;
  readonly #runner: BatchWorker;
  readonly #memory: BatchMemory;
  readonly #view: BatchView;
  readonly #batchRowsMax: number;
  #rowCount = 0;
  #byteCount = 0;

  constructor(options: LocalEngineOptions) {
    this.#batchRowsMax = options.batchRowsMax ?? 1024;
    this.#memory = makeBatchMemory({
      rowsMax: this.#batchRowsMax,
      bytesMax: Math.max(SLAB_BYTES_MIN, this.#batchRowsMax * BYTES_PER_ROW),
      workers: 1,
      outBytes: SLAB_BYTES_MIN,
      deadBytes: SLAB_BYTES_MIN,
      tableRows: TILE_ROWS,
      ...recordSizesOf(options.plan),
    });
    this.program = new WorkerProgram({
      plan: options.plan,
      outputFormat: options.outputFormat ?? 'ndjson',
      emitShadow: options.emitShadow ?? false,
      hashKey: options.hashKey ?? DEFAULT_HASH_KEY,
      index: 0,
      workers: 1,
      places: memoryPlaces(this.#memory.sizes, 0),
      requireKeys: options.requireKeys ?? true,
      paymentsMax: options.paymentsMax ?? Infinity,
    });
    this.#runner = new BatchWorker({
      program: this.program,
      index: 0,
      workers: 1,
      clock: stoppedClock,
      letters: new DeadLetterBox(this.program.rows, 'memory'),
    });
    this.#view = makeBatchView(this.#memory, 0, this.program, null);
  }

  /** Decides rows given as bytes, one transaction each. Returns copies. */
  decideBytes(
    rows: readonly Uint8Array[],
    format: Format,
  ): { decisions: Uint8Array; letters: Uint8Array } {
    const decisions: Uint8Array[] = [];
    const letters: Uint8Array[] = [];
    let from = 0;
    while (from < rows.length) {
      const batch = this.#takeBatch(rows, from);
      fillBatch(this.#view, batch);
      const result = this.#runner.run(this.#view, format, this.#rowCount, this.#byteCount);
      decisions.push(this.#copy(this.#memory.out, result.out.regionBytes), ...result.out.chunks);
      letters.push(this.#copy(this.#memory.dead, result.dead.regionBytes), ...result.dead.chunks);
      from += batch.length;
      this.#rowCount += batch.length;
      this.#byteCount += batch.reduce((sum, row) => sum + row.length, 0);
    }
    return { decisions: Buffer.concat(decisions), letters: Buffer.concat(letters) };
  }

  /**
   * Time passes, and no row comes: until an instant, or (null) `byMs` after the newest row. Gives what
   * fell due.
   */
  advance(untilMs: number | null, byMs: number = Infinity): Decision[] {
    const time = { untilMs, byMs };
    const due: Decision[] = [];
    for (const piece of this.#runner.fireDue(time, Infinity).pieces) parseLines(piece, due);
    this.#runner.advance(time);
    return due;
  }

  /** Forgets all rows: the next one is the first of its stream. */
  reset(): void {
    this.program.reset();
    this.#runner.reset();
    this.#rowCount = 0;
    this.#byteCount = 0;
  }

  /** Decides transactions given as objects of the transaction contract (output format NDJSON). */
  decide(transactions: readonly object[]): Decision[] {
    const packr = new Packr({ useRecords: false });
    const rows = transactions.map((transaction) => packr.pack(transaction));
    const decisions: Decision[] = [];
    parseLines(this.decideBytes(rows, 'msgpack').decisions, decisions);
    return decisions;
  }

  /** As many of rows from `from` as one batch holds. */
  #takeBatch(rows: readonly Uint8Array[], from: number): readonly Uint8Array[] {
    let to = from;
    let bytes = 0;
    while (to < rows.length && to - from < this.#batchRowsMax) {
      bytes += (rows[to] as Uint8Array).length;
      if (bytes > this.#memory.sizes.bytesMax && to > from) break;
      to++;
    }
    return rows.slice(from, to);
  }

  #copy(regions: readonly SharedArrayBuffer[], bytes: number): Uint8Array {
    return new Uint8Array(regions[0] as SharedArrayBuffer, 0, bytes).slice();
  }
}
