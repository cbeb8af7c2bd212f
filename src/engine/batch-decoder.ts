// Pass 0: rows of a batch become records of a table, and main's marks of overdue rows their flags.

import type { DecodeTable } from '../codec/decode-options.ts';
import type { RowDecoder } from '../codec/row-decoder.ts';
import type { Format } from '../domain/ports.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { CONTROL } from './batch.ts';
import type { BatchView } from './batch-view.ts';
import { OVERDUE } from './overdue.ts';
import type { WorkerProgram } from './worker-program.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;

export class BatchDecoder {
  readonly #program: WorkerProgram;
  #decoder: RowDecoder;

  constructor(program: WorkerProgram) {
    this.#program = program;
    this.#decoder = program.decoderOf('ndjson');
  }

  setFormat(format: Format): void {
    this.#decoder = this.#program.decoderOf(format);
  }

  /** Rows [from, to) of the batch; the record of row `base` is the table's first. */
  decode(batch: BatchView, table: DecodeTable, from: number, to: number, base: number): void {
    this.#decoder.decode(table, batch.spans, batch.splitErrors, from, to, base);
    if (batch.control[CONTROL.hasOverdue] !== 0)
      this.#markOverdue(batch, table.i32, from, to, base);
  }

  #markOverdue(batch: BatchView, i32: Int32Array, from: number, to: number, base: number): void {
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
}
