// Stream time at a row: the greatest time of its partition so far, that row included. Bad rows move
// nothing. Rows more than `lateness` behind it are LATE.

import { ROW, ROW_FLAG } from '../domain/row-layout.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const TIME_WORD: number = ROW.timeMs / 4;
const STREAM_TIME_WORD: number = ROW.streamTimeMs / 4;
const BAD: number = ROW_FLAG.bad;

/**
 * Sets stream time and LATE of rows [from, to) of a record table, starting from `before` (-Infinity
 * at a stream's start). Returns the stream time after the last row.
 */
export function markStreamTime(
  i32: Int32Array,
  f64: Float64Array,
  strideBytes: number,
  from: number,
  to: number,
  before: number,
  latenessMs: number,
): number {
  const stride = strideBytes / 4;
  // The subtraction tells the compiler that it is a number; as it comes, each row's would be boxed.
  let streamTime = before - 0;
  for (let row = from; row < to; row++) {
    const at = row * stride;
    const flags = i32[at + FLAGS_WORD] as number;
    if ((flags & BAD) === 0) {
      const time = f64[(at + TIME_WORD) >> 1] as number;
      if (time > streamTime) streamTime = time;
      // Atomic, because the owner of the row's id may set REPEAT in the same word meanwhile.
      else if (time < streamTime - latenessMs) Atomics.or(i32, at + FLAGS_WORD, ROW_FLAG.late);
    }
    f64[(at + STREAM_TIME_WORD) >> 1] = streamTime;
  }
  return streamTime;
}

/** The first stream time among rows [0, count) of a table; -Infinity = none of them is good. */
export function firstStreamTime(f64: Float64Array, strideBytes: number, count: number): number {
  for (let row = 0; row < count; row++) {
    const time = f64[(row * strideBytes + ROW.streamTimeMs) >> 3] as number;
    if (time > -Infinity) return time;
  }
  return -Infinity;
}
