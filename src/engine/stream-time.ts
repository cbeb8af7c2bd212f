// Stream time at a row: the greatest time of its partition so far, that row included. Bad rows move
// nothing. Rows more than `lateness` behind it are LATE.

import { ROW, ROW_FLAG } from '../domain/row-layout.ts';

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
  let streamTime = before;
  for (let row = from; row < to; row++) {
    const at = row * stride;
    const flags = i32[at + ROW.flags / 4] as number;
    if ((flags & ROW_FLAG.bad) === 0) {
      const time = f64[(at + ROW.timeMs / 4) >> 1] as number;
      if (time > streamTime) streamTime = time;
      // Atomic, because the owner of the row's id may set REPEAT in the same word meanwhile.
      else if (time < streamTime - latenessMs) Atomics.or(i32, at + ROW.flags / 4, ROW_FLAG.late);
    }
    f64[(at + ROW.streamTimeMs / 4) >> 1] = streamTime;
  }
  return streamTime;
}
