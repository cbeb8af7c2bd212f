// Memory as the engine lays it out for a decoder: rows' bytes, unescaped strings, the decoder's area, records.

import { makeWasmMemory } from '../../src/base/web-assembly.ts';
import { decodeAreaBytes } from '../../src/codec/decode-area.ts';
import type { DecodeTable } from '../../src/codec/decode-options.ts';
import type { RowLayout } from '../../src/domain/row-layout.ts';

export interface DecodeMemory {
  readonly table: DecodeTable;
  readonly scratchOffset: number;
  readonly areaOffset: number;
}

/** @param byteCount of rows, and of what stands behind them */
export function makeDecodeMemory(
  layout: RowLayout,
  byteCount: number,
  recordCount: number,
): DecodeMemory {
  const scratchOffset = Math.ceil(byteCount / 64) * 64;
  const areaOffset = 2 * scratchOffset;
  const recordsAt = areaOffset + decodeAreaBytes(layout);
  const recordBytes = layout.strideBytes * recordCount;
  const memory = makeWasmMemory(recordsAt + recordBytes);
  const { buffer } = memory;
  const table = {
    i32: new Int32Array(buffer, recordsAt, recordBytes / 4),
    f64: new Float64Array(buffer, recordsAt, recordBytes / 8),
    bytes: new Uint8Array(buffer),
    view: new DataView(buffer),
    memory,
  };
  return { table, scratchOffset, areaOffset };
}
