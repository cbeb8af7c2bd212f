// Decoding of ranges of rows, with several workers: whoever waits at a barrier decodes its range of the
// next batch meanwhile, tile by tile.

import type { RowDecoder } from '../codec/row-decoder.ts';
import type { Format } from '../domain/ports.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { CONTROL, rowRange } from './batch.ts';
import type { BatchView } from './batch-view.ts';
import { TILE_ROWS } from './feature-pass.ts';
import { OVERDUE } from './overdue.ts';
import type { SharedTables } from './shared-tables.ts';
import type { WorkerProgram } from './worker-program.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;

export class AheadDecoder {
  readonly #program: WorkerProgram;
  readonly #index: number;
  readonly #workers: number;
  #decoder: RowDecoder;
  #views: readonly BatchView[] = [];
  #sequence = 0;
  /** The next batch as far as it is decoded: its own range up to row `to`. */
  readonly #ahead: { view: BatchView | null; to: number } = { view: null, to: 0 };

  constructor(program: WorkerProgram, index: number, workers: number) {
    this.#program = program;
    this.#index = index;
    this.#workers = workers;
    this.#decoder = program.decoderOf('ndjson');
  }

  get decoder(): RowDecoder {
    return this.#decoder;
  }

  setFormat(format: Format): void {
    this.#decoder = this.#program.decoderOf(format);
  }

  /** Where decoding of a batch's range has to go on: `from`, or further where it was decoded ahead. */
  takeAhead(batch: BatchView, from: number): number {
    const to = this.#ahead.view === batch ? this.#ahead.to : from;
    this.#ahead.view = null;
    return to;
  }

  /** Main's marks become flags of the records of rows [from, to). */
  markOverdue(batch: BatchView, i32: Int32Array, from: number, to: number, base: number): void {
    if (batch.control[CONTROL.hasOverdue] === 0) return;
    const stride = this.#program.rows.strideBytes / 4;
    for (let row = from; row < to; row++) {
      const mark = batch.overdue[row] as number;
      if (mark === OVERDUE.none) continue;
      const flags =
        mark === OVERDUE.fallback ? ROW_FLAG.overdue | ROW_FLAG.fallback : ROW_FLAG.overdue;
      const at = (row - base) * stride + FLAGS_WORD;
      i32[at] = (i32[at] as number) | flags;
    }
  }

  /** Rows of this worker's range of a batch: records, and features that are missing as yet. */
  decodeRange(batch: BatchView, from: number, to: number): void {
    const shared = batch.shared as SharedTables;
    shared.clearFeatures(from, to);
    for (let tile = from; tile < to; tile += TILE_ROWS) {
      const end = Math.min(to, tile + TILE_ROWS);
      this.#decoder.decode(shared.table, batch.spans, batch.splitErrors, tile, end, 0);
    }
    this.markOverdue(batch, shared.table.i32, from, to, 0);
  }

  /** Of all batches' views, the one numbered `sequence` + 1 may be decoded ahead, once it is there. */
  expectNext(views: readonly BatchView[], sequence: number): void {
    this.#views = views;
    this.#sequence = sequence;
  }

  /** Decodes one more tile of the next batch; false when there is none to decode. */
  readonly decodeAhead = (): boolean => {
    const ahead = this.#ahead;
    if (ahead.view === null) {
      ahead.view = this.#nextView();
      if (ahead.view === null) return false;
      ahead.to = rowRange(this.#rowCountOf(ahead.view), this.#workers, this.#index)[0];
    }
    const [, end] = rowRange(this.#rowCountOf(ahead.view), this.#workers, this.#index);
    if (ahead.to >= end) return false;
    const to = Math.min(end, ahead.to + TILE_ROWS);
    this.decodeRange(ahead.view, ahead.to, to);
    ahead.to = to;
    return true;
  };

  #rowCountOf(view: BatchView): number {
    return view.control[CONTROL.rowCount] as number;
  }

  #nextView(): BatchView | null {
    for (const view of this.#views) {
      if (Atomics.load(view.control, CONTROL.sequence) === this.#sequence + 1) return view;
    }
    return null;
  }
}
