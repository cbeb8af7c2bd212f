// One batch's shared memory: what main fills, what workers read and write, and who waits for whom.
//
//   memory   | rows' raw bytes ... guard | unescaped strings ... guard | temp area of each worker
//            | decode area of each worker and format | row records |
//   control  rows, poison, barriers, number of the batch
//   features, fired, lists: only with several workers (one works in its own tiles)
//
// Rows' bytes and records stand in one WebAssembly memory, for the decoders' code works on them. Everything
// is a view of SharedArrayBuffers, made once and used again for every batch.

import type { WasmMemory } from '../base/web-assembly.ts';
import { makeWasmMemory } from '../base/web-assembly.ts';
import type { BatchInput, Format } from '../domain/ports.ts';
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
  barriers: 3, // counters of arrivals
  decoded: 8, // ranges that some worker has taken to decode ...
  scored: 9, // ... to score ...
  encoded: 10, // ... and to encode
  walked: 11, // ranges that the worker that walks is through with
  isScored: 12, // RANGES_MAX words, of each range 1 when it is scored
  sequence: 44, // number of the batch that stands here; set when it may be read
  hasOverdue: 45, // 1: some row's deadline has passed, `overdue` says which
} as const;
export const RANGES_MAX = 32;
const CONTROL_WORDS = 48;

export interface BatchSizes {
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly workers: number;
  /** Decisions' bytes that are expected of each worker; its region has OUT_SLACK_BYTES more. */
  readonly outBytes: number;
  readonly deadBytes: number;
  /** Records that are there: a tile's with one worker, else a batch's. */
  readonly tableRows: number;
  readonly rowStrideBytes: number;
  /** Of one decoder. */
  readonly decodeAreaBytes: number;
}

/** What is sent to a worker once; all of it shared. */
export interface BatchMemory {
  readonly sizes: BatchSizes;
  readonly memory: WasmMemory;
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
    memory: makeWasmMemory(recordsOffset(sizes) + sizes.tableRows * sizes.rowStrideBytes),
    spans: new SharedArrayBuffer(sizes.rowsMax * 8),
    splitErrors: new SharedArrayBuffer(sizes.rowsMax * 4),
    overdue: new SharedArrayBuffer(sizes.rowsMax),
    control: new SharedArrayBuffer(CONTROL_WORDS * 4),
    out: regions.map(() => new SharedArrayBuffer(sizes.outBytes + OUT_SLACK_BYTES)),
    dead: regions.map(() => new SharedArrayBuffer(sizes.deadBytes)),
  };
}

function scratchOffset(sizes: BatchSizes): number {
  return sizes.bytesMax + GUARD_BYTES;
}

function tempOffset(sizes: BatchSizes, index: number): number {
  return 2 * (sizes.bytesMax + GUARD_BYTES) + index * TEMP_BYTES;
}

/** Places are whole cache lines. */
function roundUp(bytes: number): number {
  return Math.ceil(bytes / GUARD_BYTES) * GUARD_BYTES;
}

function decodeAreaOffset(sizes: BatchSizes, index: number, format: Format): number {
  const first = roundUp(tempOffset(sizes, sizes.workers) + GUARD_BYTES);
  const areas = 2 * index + (format === 'ndjson' ? 0 : 1);
  return first + areas * roundUp(sizes.decodeAreaBytes);
}

/** Where the records begin. */
export function recordsOffset(sizes: BatchSizes): number {
  return decodeAreaOffset(sizes, sizes.workers, 'ndjson');
}

/** Where worker `index` finds its part of a batch's memory. */
export interface MemoryPlaces {
  /** Rows of the record tables: a tile's with one worker, else a batch's. */
  readonly tableRows: number;
  /** Unescaped strings stand so far from their raw bytes. */
  readonly scratchOffset: number;
  readonly tempOffset: number;
  readonly decodeAreas: Readonly<Record<Format, number>>;
}

export function memoryPlaces(sizes: BatchSizes, index: number): MemoryPlaces {
  return {
    tableRows: sizes.tableRows,
    scratchOffset: scratchOffset(sizes),
    tempOffset: tempOffset(sizes, index),
    decodeAreas: {
      ndjson: decodeAreaOffset(sizes, index, 'ndjson'),
      msgpack: decodeAreaOffset(sizes, index, 'msgpack'),
    },
  };
}

/** The views that a source fills. */
export function makeBatchInput(memory: BatchMemory): BatchInput {
  return {
    slab: new Uint8Array(memory.memory.buffer, 0, memory.sizes.bytesMax),
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
