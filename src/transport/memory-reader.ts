// Bytes that are in memory already; for the library, tests and benchmarks.

import type { ByteReader } from './byte-reader.ts';

export class MemoryReader implements ByteReader {
  readonly name: string;
  readonly bytesTotal: number;
  readonly isReady = true;
  readonly #bytes: Uint8Array;
  readonly #readBytesMax: () => number;
  #at = 0;

  /** @param readBytesMax the most that the next read gives: how a test cuts a stream in pieces */
  constructor(bytes: Uint8Array, name = 'memory', readBytesMax: () => number = () => Infinity) {
    this.#bytes = bytes;
    this.bytesTotal = bytes.length;
    this.name = name;
    this.#readBytesMax = readBytesMax;
  }

  async read(into: Uint8Array, offset: number, lengthMax: number): Promise<number> {
    const count = Math.min(lengthMax, this.#readBytesMax(), this.#bytes.length - this.#at);
    into.set(this.#bytes.subarray(this.#at, this.#at + count), offset);
    this.#at += count;
    return count;
  }

  async close(): Promise<void> {
    this.#at = this.#bytes.length;
  }
}
