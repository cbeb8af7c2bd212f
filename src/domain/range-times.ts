// Stream time at a row where a batch is decoded in ranges: the greater of what its record says, which knows
// its own range alone, and the time before that range.

export interface RangeTimes {
  /** Stream time before each range. */
  readonly before: Float64Array;
  /** Rows of a range are 1 << shift. */
  readonly shift: number;
}

/** Rows whose records know it all. */
export const WHOLE_TIMES: RangeTimes = { before: Float64Array.of(-Infinity), shift: 31 };
