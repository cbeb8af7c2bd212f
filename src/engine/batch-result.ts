// What each worker hands to the main thread when a batch is decided.

import type { LifeOutput } from './life/life-walk.ts';
import type { WrittenBytes } from './output-region.ts';

export interface BatchResult {
  /** Decisions, and dead letters. */
  readonly out: WrittenBytes;
  readonly dead: WrittenBytes;
  /** NDJSON lines, of the worker that watches rates. */
  readonly alerts: readonly Uint8Array[];
  /** Only of the worker that walks payments' lives, where there are several. */
  readonly life: LifeOutput | null;
  /** Where this worker's bytes of each row stand that `life` has something of: begin and end, as it wrote them. */
  readonly cuts: Int32Array | null;
  /** The worker's counters up to COUNTER.overdue, since its start. */
  readonly totals: Float64Array;
}
