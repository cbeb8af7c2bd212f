// One batch's shared memory: what main fills, what workers read and write, and who waits for whom.
//
//   slab     | rows' raw bytes ... guard | unescaped strings ... guard | temp area of each worker |
//   control  rows, poison, barriers, number of the batch
//   rows, features, fired, lists: only with several workers (one works in its own tiles)
//
// Everything is a view of SharedArrayBuffers, made once and used again for every batch.

import type { BatchInput } from '../domain/ports.ts';
import { TEMP_SLOTS_MAX, TEMP_SLOT_BYTES } from '../rules/runtime/rule-runtime.ts';

export const GUARD_BYTES = 64;
const TEMP_BYTES = TEMP_SLOT_BYTES * TEMP_SLOTS_MAX;
/**
 * Behind the decisions that are expected in a region: so much is asked for before each row, whose decision
 * may be as long as that of a row on which all rules fire. Pages that nothing was written to cost nothing.
 */
export const OUT_SLACK_BYTES: number = 2 ** 21;

/** Words of `control`. */
export const CONTROL = {
  rowCount: 0,
  poison: 1, // set by main when a worker is lost
  repeatsInside: 2, // set by a worker that found a row repeating another of the batch
  barriers: 3, // BARRIERS counters of arrivals
  sequence: 8, // number of the batch that stands here; set when it may be read
  hasOverdue: 9, // 1: some row's deadline has passed, `overdue` says which
} as const;
export const BARRIERS = 5;
const CONTROL_WORDS = 16;

export interface BatchSizes {
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly workers: number;
  /** Decisions' bytes that are expected of each worker; its region has OUT_SLACK_BYTES more. */
  readonly outBytes: number;
  readonly deadBytes: number;
}

/** What is sent to a worker once; all of it shared. */
export interface BatchMemory {
  readonly sizes: BatchSizes;
  readonly slab: SharedArrayBuffer;
  readonly spans: SharedArrayBuffer;
  readonly splitErrors: SharedArrayBuffer;
  /** OVERDUE of each row, a byte; read where `control` says so. */
  readonly overdue: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly out: readonly SharedArrayBuffer[];
  readonly dead: readonly SharedArrayBuffer[];
}

export function makeBatchMemory(sizes: BatchSizes): BatchMemory {
  const regions = Array.from({ length: sizes.workers });
  return {
    sizes,
    slab: new SharedArrayBuffer(
      2 * (sizes.bytesMax + GUARD_BYTES) + sizes.workers * TEMP_BYTES + GUARD_BYTES,
    ),
    spans: new SharedArrayBuffer(sizes.rowsMax * 8),
    splitErrors: new SharedArrayBuffer(sizes.rowsMax * 4),
    overdue: new SharedArrayBuffer(sizes.rowsMax),
    control: new SharedArrayBuffer(CONTROL_WORDS * 4),
    out: regions.map(() => new SharedArrayBuffer(sizes.outBytes + OUT_SLACK_BYTES)),
    dead: regions.map(() => new SharedArrayBuffer(sizes.deadBytes)),
  };
}

/** Where unescaped strings stand from their raw bytes. */
export function scratchOffset(sizes: BatchSizes): number {
  return sizes.bytesMax + GUARD_BYTES;
}

/** Where worker `index`'s temp area begins. */
export function tempOffset(sizes: BatchSizes, index: number): number {
  return 2 * (sizes.bytesMax + GUARD_BYTES) + index * TEMP_BYTES;
}

/** The views that a source fills. */
export function makeBatchInput(memory: BatchMemory): BatchInput {
  return {
    slab: new Uint8Array(memory.slab, 0, memory.sizes.bytesMax),
    bytesMax: memory.sizes.bytesMax,
    rowsMax: memory.sizes.rowsMax,
    rows: new Int32Array(memory.spans),
    splitErrors: new Int32Array(memory.splitErrors),
    arrivals: new Float64Array(memory.sizes.rowsMax),
    rowCount: 0,
    firstByte: 0,
    firstRow: 0,
    arrivedMs: 0,
  };
}

/** Rows [from, to) of worker `index`: ranges of nearly one length, in order. */
export function rowRange(rowCount: number, workers: number, index: number): [number, number] {
  return [Math.floor((rowCount * index) / workers), Math.floor((rowCount * (index + 1)) / workers)];
}
