// msgpack values: at set-up as bytes of their own, for a row straight into the output.
//
// Whole numbers within ±2^53 in their smallest form (so eventTime is a uint64), others as float64;
// strings with their smallest head.

import { putBytes } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import { makeDigitPairs, putInteger } from './decision-digits.ts';

const encoder = new TextEncoder();

const HASH_SIGN = 0x23;

/** uint64, int64 and float64. */
export const NUMBER_BYTES_MAX = 9;
const ARRAY_HEAD_BYTES_MAX = 3;
const INTEGER_MAX = 2 ** 53;
const TWO_32 = 2 ** 32;
/** Exact, and a product is cheaper than a quotient. */
const PER_TWO_32 = 2 ** -32;

export function packText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concat(textHead(bytes.length), bytes);
}

function textHead(length: number): Uint8Array {
  if (length < 32) return Uint8Array.of(0xa0 | length);
  if (length < 0x100) return Uint8Array.of(0xd9, length);
  if (length < 0x1_0000) return Uint8Array.of(0xda, length >> 8, length & 0xff);
  return Uint8Array.of(
    0xdb,
    length >>> 24,
    (length >> 16) & 0xff,
    (length >> 8) & 0xff,
    length & 0xff,
  );
}

/** A map of texts. */
export function packTexts(entries: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(entries);
  return concat(Uint8Array.of(0x80 | pairs.length), ...pairs.flat().map(packText));
}

/** Up to 15 texts. */
export function packTextArray(texts: readonly string[]): Uint8Array {
  return concat(Uint8Array.of(0x90 | texts.length), ...texts.map(packText));
}

/** Up to 65,535 finite numbers. */
export function packNumberArray(numbers: readonly number[]): Uint8Array {
  const values = Float64Array.from(numbers);
  const view = new DataView(
    new ArrayBuffer(ARRAY_HEAD_BYTES_MAX + NUMBER_BYTES_MAX * values.length),
  );
  let at = putArrayHead(view, 0, values.length);
  for (let k = 0; k < values.length; k++) at = putNumber(view, at, values, k);
  return new Uint8Array(view.buffer, 0, at);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Head of a string under 256 bytes; the result is where its bytes begin. */
export function putTextHead(view: DataView, at: number, length: number): number {
  if (length < 32) {
    view.setUint8(at, 0xa0 | length);
    return at + 1;
  }
  view.setUint16(at, 0xd900 | length);
  return at + 2;
}

/** Head of an array under 65,536; the result is where its first element begins. */
export function putArrayHead(view: DataView, at: number, count: number): number {
  if (count < 16) {
    view.setUint8(at, 0x90 | count);
    return at + 1;
  }
  view.setUint8(at, 0xdc);
  view.setUint16(at + 1, count);
  return at + 3;
}

/** The finite number values[index]; the result is where it ends. */
export function putNumber(view: DataView, at: number, values: Float64Array, index: number): number {
  const value = values[index] as number;
  if (!(value >= -INTEGER_MAX && value <= INTEGER_MAX && Math.floor(value) === value)) {
    view.setUint8(at, 0xcb);
    view.setFloat64(at + 1, value);
    return at + 9;
  }
  if (value < 0) return putNegative(view, at, values, index);
  if (value >= TWO_32) {
    const high = Math.floor(value * PER_TWO_32);
    view.setUint8(at, 0xcf);
    view.setInt32(at + 1, high);
    view.setUint32(at + 5, value - high * TWO_32);
    return at + 9;
  }
  if (value < 0x80) {
    view.setUint8(at, value);
    return at + 1;
  }
  if (value < 0x100) {
    view.setUint8(at, 0xcc);
    view.setUint8(at + 1, value);
    return at + 2;
  }
  if (value < 0x1_0000) {
    view.setUint8(at, 0xcd);
    view.setUint16(at + 1, value);
    return at + 3;
  }
  view.setUint8(at, 0xce);
  view.setUint32(at + 1, value);
  return at + 5;
}

function putNegative(view: DataView, at: number, values: Float64Array, index: number): number {
  const value = values[index] as number;
  if (value >= -32) {
    view.setInt8(at, value);
    return at + 1;
  }
  if (value >= -0x80) {
    view.setUint8(at, 0xd0);
    view.setInt8(at + 1, value);
    return at + 2;
  }
  if (value >= -0x8000) {
    view.setUint8(at, 0xd1);
    view.setInt16(at + 1, value);
    return at + 3;
  }
  if (value >= -0x8000_0000) {
    view.setUint8(at, 0xd2);
    view.setInt32(at + 1, value);
    return at + 5;
  }
  const high = Math.floor(value * PER_TWO_32);
  view.setUint8(at, 0xd3);
  view.setInt32(at + 1, high);
  view.setUint32(at + 5, value - high * TWO_32);
  return at + 9;
}

/** Writes `<id>#<revision>` as a string. */
export class DecisionIdWriter {
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #revision: Float64Array = new Float64Array(1);

  /** The id is source[from, from + length); the result is where the string ends. */
  put(
    view: DataView,
    at: number,
    source: DataView,
    from: number,
    length: number,
    revision: number,
  ): number {
    this.#revision[0] = revision;
    // For their number: the head stands before them.
    const digits = putInteger(view, at, this.#pairs, this.#revision, 0) - at;
    at = putTextHead(view, at, length + 1 + digits);
    at = putBytes(view, at, source, from, length);
    view.setUint8(at, HASH_SIGN);
    return putInteger(view, at + 1, this.#pairs, this.#revision, 0);
  }
}
