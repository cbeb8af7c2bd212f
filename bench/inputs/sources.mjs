// The benchmark's stream behind the engine's Source port, and a sink that counts.

import { BatchFiller } from './row-stream.mjs';

/** Rows made where the engine wants them: no framing, no second copy. For preloading. */
export class StreamSource {
  name = 'bench';
  bytesTotal = null;
  blankLines = 0;
  #filler;
  #rowsLeft;
  #rows = 0;
  #bytes = 0;

  /** @param {import('./row-stream.mjs').RowStream} stream @param {'ndjson' | 'msgpack'} format */
  constructor(stream, format, rows) {
    this.format = format;
    this.#filler = new BatchFiller(stream, format);
    this.#rowsLeft = rows;
  }

  get nextByte() {
    return this.#bytes;
  }

  async read(batch) {
    const count = Math.min(this.#rowsLeft, batch.rowsMax);
    if (count === 0) return false;
    const { slab: bytes, rows: spans, splitErrors } = batch;
    const length = this.#filler.writeRows({ bytes, spans, splitErrors }, count);
    if (length > batch.bytesMax) throw new Error('The rows do not fit in the batch.');
    batch.rowCount = count;
    batch.firstRow = this.#rows;
    batch.firstByte = this.#bytes;
    batch.arrivedMs = 0;
    this.#rows += count;
    this.#bytes += length;
    this.#rowsLeft -= count;
    return true;
  }

  async close() {}
}

/** Rows of `stream` one after another, as a file would have them. */
export function rowBytes(stream, format, rows) {
  const bytes = Buffer.alloc(rows * 640);
  const batch = {
    bytes,
    spans: new Int32Array(rows * 2),
    splitErrors: new Int32Array(rows),
  };
  return bytes.subarray(0, new BatchFiller(stream, format).writeRows(batch, rows));
}

export class CountingSink {
  name = 'counted';
  bytes = 0;

  async write(bytes) {
    this.bytes += bytes.length;
  }

  async finish() {}

  async abandon() {}
}
