// Decoding with several workers: ranges of a batch by whoever is free, and of the next batch by whoever
// waits for others.

import { CONTROL } from './batch.ts';
import type { BatchDecoder } from './batch-decoder.ts';
import type { BatchView } from './batch-view.ts';
import { rangeCount, rangeRows, takeRange } from './ranges.ts';
import type { SharedTables } from './shared-tables.ts';
import { markStreamTime } from './stream-time.ts';
import type { WorkerProgram } from './worker-program.ts';

export class RangeDecoder {
  readonly #program: WorkerProgram;
  readonly #decoder: BatchDecoder;
  #views: readonly BatchView[] = [];
  #sequence = 0;

  constructor(program: WorkerProgram, decoder: BatchDecoder) {
    this.#program = program;
    this.#decoder = decoder;
  }

  /** Of all batches' views, the one numbered `sequence` + 1 may be decoded ahead, once it is there. */
  expectNext(views: readonly BatchView[], sequence: number): void {
    this.#views = views;
    this.#sequence = sequence;
  }

  /** Decodes what nobody else has taken. */
  decode(batch: BatchView): void {
    while (this.#decodeRange(batch));
  }

  /** Decodes one more range of the next batch; false when there is none to decode. */
  readonly decodeAhead = (): boolean => {
    for (const view of this.#views) {
      if (Atomics.load(view.control, CONTROL.sequence) === this.#sequence + 1) {
        return this.#decodeRange(view);
      }
    }
    return false;
  };

  /** One range: records, its own stream times, lists by entity, features that are missing as yet. */
  #decodeRange(batch: BatchView): boolean {
    const shared = batch.shared as SharedTables;
    const { control } = batch;
    const { shift } = shared.times;
    const rowCount = control[CONTROL.rowCount] as number;
    const range = takeRange(control, 'decoded', rangeCount(rowCount, shift));
    if (range < 0) return false;
    const [from, to] = rangeRows(range, shift, rowCount);
    const { table } = shared;
    shared.clearFeatures(from, to);
    this.#decoder.decode(batch, table, from, to, 0);
    // Of this range alone: what came before it is known when all are decoded.
    const { strideBytes } = this.#program.rows;
    const { i32, f64 } = table;
    shared.greatest[range] = markStreamTime(i32, f64, strideBytes, from, to, -Infinity, Infinity);
    // Where rows get keys from their payments, their owners list them when they have.
    if (this.#program.ofKeys === null) shared.collect(range, from, to);
    return true;
  }
}
