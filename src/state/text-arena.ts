// Where what is kept of a payment beside its record lies: its id and account as texts, the values that
// its life rules read. Blocks of whole 8 bytes up to 1 KiB, above that powers of two; a freed block
// goes to the list of its size and is taken again before fresh memory is.
//
// Offsets are bytes and never below 64: what a record without a block reads stands there (rare-values.ts). Cost: a few ns; a free block is linked through its own first word.
// Deliberately absent: merging of neighbours. Payments of one plan take blocks of a few sizes.

import { HoldfastError } from '../base/errors.ts';
import { bytesOf, doublesOf, reserveWords } from './reserve.ts';

const UNIT_BYTES = 8;
/** That may be read past the end of the last text. */
const GUARD_BYTES = 64;
const SMALL_BYTES_MAX = 1024;
const SMALL_CLASSES = SMALL_BYTES_MAX / UNIT_BYTES + 1;
const LARGE_CLASSES = 12;
/** Longest block: 4 MiB. */
export const TEXT_BYTES_MAX: number = SMALL_BYTES_MAX << LARGE_CLASSES;

export class TextArena {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #bytesMax: number;
  /** First free block of each class; 0 = none. */
  readonly #free = new Int32Array(SMALL_CLASSES + LARGE_CLASSES + 1);
  #next = 64;
  #bytesUsed = 0;

  constructor(bytesMax: number) {
    this.i32 = reserveWords((bytesMax + GUARD_BYTES) / 4);
    this.f64 = doublesOf(this.i32);
    this.bytes = bytesOf(this.i32);
    this.view = new DataView(this.i32.buffer, this.i32.byteOffset);
    this.#bytesMax = bytesMax;
  }

  /** Bytes given out. */
  get bytesUsed(): number {
    return this.#bytesUsed;
  }

  /** Byte offset of a block of at least `bytes` bytes, at a multiple of 8; content undefined. */
  take(bytes: number): number {
    const sizeClass = classOf(bytes);
    this.#bytesUsed += sizeOf(sizeClass);
    const free = this.#free[sizeClass] as number;
    if (free !== 0) {
      this.#free[sizeClass] = this.i32[free >> 2] as number;
      return free;
    }
    const offset = this.#next;
    const size = sizeOf(sizeClass);
    if (offset + size > this.#bytesMax) {
      throw new HoldfastError(
        'IO_FAILED',
        `What is kept of payments does not fit in ${this.#bytesMax / 2 ** 20} MiB: lower limits.pending or shorten keep.payments in the rules file.`,
      );
    }
    this.#next += size;
    return offset;
  }

  /** @param bytes as it was taken */
  give(offset: number, bytes: number): void {
    const sizeClass = classOf(bytes);
    this.#bytesUsed -= sizeOf(sizeClass);
    this.i32[offset >> 2] = this.#free[sizeClass] as number;
    this.#free[sizeClass] = offset;
  }
}

function classOf(bytes: number): number {
  if (bytes <= SMALL_BYTES_MAX) return (bytes + UNIT_BYTES - 1) >> 3;
  return SMALL_CLASSES + 21 - Math.clz32(bytes - 1);
}

function sizeOf(sizeClass: number): number {
  return sizeClass < SMALL_CLASSES
    ? sizeClass << 3
    : SMALL_BYTES_MAX << (sizeClass - SMALL_CLASSES + 1);
}
