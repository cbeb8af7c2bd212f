// Where a worker writes the bytes of one batch: its shared region first, and what does not fit in
// chunks of its own that travel with the task's result. Bounded by the batch's rows times the
// longest decision; the region is sized so that a chunk is a rarity.

import { copyBytes } from '../base/copy-bytes.ts';
import type { OutputBuffer } from '../codec/decision-writer.ts';

const CHUNK_BYTES_MIN = 1 << 20;

/** What a worker wrote of a batch. */
export interface WrittenBytes {
  /** So many in its region, perhaps none: a long first one stands in a chunk. */
  readonly regionBytes: number;
  /** Follow them. */
  readonly chunks: readonly Uint8Array[];
}

export class OutputRegion {
  /** Where the next bytes go; `ensure` before writing. */
  readonly buffer: OutputBuffer;
  readonly #region: Uint8Array;
  readonly #regionView: DataView;
  /** Bytes written to the region; known once a chunk was begun or at `finish`. */
  #regionBytes = -1;
  #chunks: Uint8Array[] = [];
  readonly #whole: readonly Uint8Array[];
  #closedBytes = 0;

  constructor(region: SharedArrayBuffer) {
    this.#region = new Uint8Array(region);
    this.#whole = [this.#region];
    this.#regionView = new DataView(region);
    this.buffer = { bytes: this.#region, view: this.#regionView, at: 0 };
  }

  /** Bytes written since `begin`. */
  get total(): number {
    return this.#closedBytes + this.buffer.at;
  }

  begin(): void {
    this.#closedBytes = 0;
    this.buffer.bytes = this.#region;
    this.buffer.view = this.#regionView;
    this.buffer.at = 0;
    this.#regionBytes = -1;
    if (this.#chunks.length > 0) this.#chunks = [];
  }

  /** Makes sure that `bytesMax` bytes can be written at buffer.at. */
  ensure(bytesMax: number): void {
    if (this.buffer.at + bytesMax > this.buffer.bytes.length) this.#nextChunk(bytesMax);
  }

  /** Appends bytes[from, to). */
  append(bytes: Uint8Array, from: number = 0, to: number = bytes.length): void {
    this.ensure(to - from);
    copyBytes(this.buffer.bytes, this.buffer.at, bytes, from, to);
    this.buffer.at += to - from;
  }

  #nextChunk(bytesMax: number): void {
    this.#close();
    const chunk = new Uint8Array(Math.max(CHUNK_BYTES_MIN, bytesMax * 4));
    this.buffer.bytes = chunk;
    this.buffer.view = new DataView(chunk.buffer);
    this.buffer.at = 0;
  }

  #close(): void {
    this.#closedBytes += this.buffer.at;
    if (this.#regionBytes < 0) this.#regionBytes = this.buffer.at;
    else this.#chunks.push(this.buffer.bytes.subarray(0, this.buffer.at));
  }

  /** As `pieces`, but where there is one it goes on to the region's end: nothing is allocated for it. */
  openPieces(): readonly Uint8Array[] {
    return this.#chunks.length === 0 && this.#regionBytes < 0 ? this.#whole : this.pieces();
  }

  /** All bytes, in pieces; nothing may be written until `begin`. */
  pieces(): Uint8Array[] {
    this.#close();
    return [this.#region.subarray(0, this.#regionBytes), ...this.#chunks];
  }

  /** What was written since `begin`, as it may travel. */
  finish(): WrittenBytes {
    this.#close();
    return { regionBytes: this.#regionBytes, chunks: this.#chunks.map(withoutRest) };
  }
}

/** With a chunk that travels all memory behind it does: few bytes go in their own. */
function withoutRest(chunk: Uint8Array): Uint8Array {
  return chunk.length * 2 < chunk.buffer.byteLength ? chunk.slice() : chunk;
}
