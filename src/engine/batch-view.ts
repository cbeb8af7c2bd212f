// A batch's memory as one worker sees it.

import type { DecodeTable } from '../codec/decode-options.ts';
import type { BatchMemory } from './batch.ts';
import { recordsOffset } from './batch.ts';
import { OutputRegion } from './output-region.ts';
import type { SharedTableMemory } from './shared-tables.ts';
import { SharedTables } from './shared-tables.ts';
import type { WorkerProgram } from './worker-program.ts';

/** One batch's views as this worker needs them. */
export interface BatchView {
  readonly control: Int32Array;
  readonly spans: Int32Array;
  readonly splitErrors: Int32Array;
  readonly overdue: Uint8Array;
  readonly bytes: Uint8Array;
  /** The rows' records: of a tile with one worker, else of the batch. */
  readonly table: DecodeTable;
  readonly out: OutputRegion;
  readonly dead: OutputRegion;
  /** Only with several workers. */
  readonly shared: SharedTables | null;
}

/** @param shared null with one worker */
export function makeBatchView(
  memory: BatchMemory,
  index: number,
  program: WorkerProgram,
  shared: SharedTableMemory | null,
): BatchView {
  const { sizes, memory: wasm } = memory;
  const bytes = new Uint8Array(wasm.buffer);
  const recordsAt = recordsOffset(sizes);
  const recordBytes = sizes.tableRows * sizes.rowStrideBytes;
  const table = {
    i32: new Int32Array(wasm.buffer, recordsAt, recordBytes / 4),
    f64: new Float64Array(wasm.buffer, recordsAt, recordBytes / 8),
    bytes,
    view: new DataView(wasm.buffer),
    memory: wasm,
  };
  return {
    control: new Int32Array(memory.control),
    spans: new Int32Array(memory.spans),
    splitErrors: new Int32Array(memory.splitErrors),
    overdue: new Uint8Array(memory.overdue),
    bytes,
    table,
    out: new OutputRegion(memory.out[index] as SharedArrayBuffer),
    dead: new OutputRegion(memory.dead[index] as SharedArrayBuffer),
    shared: shared === null ? null : new SharedTables(memory, shared, program, table),
  };
}

/** Puts rows into a batch that this thread owns; -1 = framing found nothing wrong. */
export function fillBatch(view: BatchView, rows: readonly Uint8Array[]): void {
  let at = 0;
  rows.forEach((bytes, row) => {
    view.bytes.set(bytes, at);
    view.spans[row * 2] = at;
    view.spans[row * 2 + 1] = bytes.length;
    view.splitErrors[row] = -1;
    at += bytes.length;
  });
  view.control[0] = rows.length;
}
