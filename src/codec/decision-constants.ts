// The constant parts of decisions, made once at set-up and copied eight bytes at a time.
//
// All constants stand in one Float64Array, each from a whole double on. A copy writes whole doubles
// and so runs up to seven bytes over the constant's end; what comes next overwrites them.
// Cost: under 1 ns a double, where TypedArray.set takes some 20 ns a call.

import { assert } from '../base/assert.ts';

/** Bytes that a copy may write past its end. */
export const OVERRUN_BYTES = 8;

export interface Constants {
  readonly words: Float64Array;
  /** First double of each constant. */
  readonly starts: Int32Array;
  /** In bytes. */
  readonly lengths: Int32Array;
}

/** Collects constants; `add` gives the number that stands for one from then on. */
export class ConstantPool {
  readonly #parts: Uint8Array[] = [];

  add(bytes: Uint8Array): number {
    this.#parts.push(bytes);
    return this.#parts.length - 1;
  }

  finish(): Constants {
    const starts = new Int32Array(this.#parts.length);
    const lengths = new Int32Array(this.#parts.length);
    let wordCount = 0;
    this.#parts.forEach((part, index) => {
      starts[index] = wordCount;
      lengths[index] = part.length;
      wordCount += Math.ceil(part.length / 8);
    });
    const words = new Float64Array(wordCount);
    const bytes = new Uint8Array(words.buffer);
    this.#parts.forEach((part, index) => bytes.set(part, (starts[index] as number) * 8));
    // A NaN may lose its bits in a copy. UTF-8 never makes one (0xff does not occur, and nothing
    // from 0xf0 on stands before 0x7f), nor does the head of a msgpack value under 60 KiB.
    assert(!words.some(Number.isNaN), 'a constant of the decision encoder makes a NaN');
    return { words, starts, lengths };
  }
}

/** Copies `constant` to `at`; the result is where it ends. */
export function putConstant(
  view: DataView,
  at: number,
  constants: Constants,
  constant: number,
): number {
  const words = constants.words;
  const end = at + (constants.lengths[constant] as number);
  let word = constants.starts[constant] as number;
  for (let p = at; p < end; p += 8) view.setFloat64(p, words[word++] as number, true);
  return end;
}

/** Copies bytes that are no constant of a pool; the result is where they end. */
export function putRaw(view: DataView, at: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) view.setUint8(at + i, bytes[i] as number);
  return at + bytes.length;
}

/** Short constants as doubles, for code that writes them one by one (putTwo). */
export function wordsOf(...parts: readonly Uint8Array[]): Float64Array {
  const pool = new ConstantPool();
  for (const part of parts) pool.add(part);
  return pool.finish().words;
}

/** Writes two doubles of `words` from `word` on. */
export function putTwo(view: DataView, at: number, words: Float64Array, word: number): void {
  view.setFloat64(at, words[word] as number, true);
  view.setFloat64(at + 8, words[word + 1] as number, true);
}

/**
 * Copies UTF-8 as it is, eight bytes at a time (no eight of them make a NaN, see ConstantPool); the
 * result is where it ends.
 */
export function putBytes(
  view: DataView,
  at: number,
  source: DataView,
  from: number,
  length: number,
): number {
  const last = length - 8;
  if (last >= 0) {
    for (let i = 0; i < last; i += 8) {
      view.setFloat64(at + i, source.getFloat64(from + i, true), true);
    }
    view.setFloat64(at + last, source.getFloat64(from + last, true), true);
  } else {
    for (let i = 0; i < length; i++) view.setUint8(at + i, source.getUint8(from + i));
  }
  return at + length;
}
