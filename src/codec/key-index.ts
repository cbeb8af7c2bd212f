// Field numbers by key: how the decoders recognise a transaction's keys.
//
// Two ways. Predicted: producers write keys in the same order, so the decoders compare the key
// that followed the same key last time, 4 bytes at once, with its bytes as they stand in the
// format (JSON: `amount":`, msgpack: header byte and `amount`). Otherwise: a small open-addressed
// table over all names, which compares every byte. Nothing here allocates after construction.

import { assert } from '../base/assert.ts';

/** Words that a predicted key may have; longer keys are found by the table. */
export const KEY_WORDS = 6;

/** A key's bytes as words, for comparing 4 bytes at once. Index: field number x KEY_WORDS. */
export interface KeyPattern {
  readonly words: Int32Array;
  /** Whole words of a key, before its masked last word. */
  readonly wholeWords: Uint8Array;
  readonly lastMask: Int32Array;
  /** Bytes of the pattern; more than any row has where the key cannot be predicted. */
  readonly byteCounts: Int32Array;
}

const NEVER_BYTES = 1 << 28;

/** @param patterns one a field: its key as it stands in the bytes, or null where that is not one */
export function makeKeyPattern(patterns: readonly (Uint8Array | null)[]): KeyPattern {
  // One entry more, for "unknown", which is never predicted.
  const count = patterns.length + 1;
  const words = new Int32Array(count * KEY_WORDS);
  const wholeWords = new Uint8Array(count);
  const lastMask = new Int32Array(count);
  const byteCounts = new Int32Array(count).fill(NEVER_BYTES);
  patterns.forEach((bytes, field) => {
    if (bytes === null || bytes.length >= KEY_WORDS * 4) return;
    bytes.forEach((byte, i) => {
      const at = field * KEY_WORDS + (i >> 2);
      words[at] = (words[at] as number) | (byte << ((i & 3) * 8));
    });
    byteCounts[field] = bytes.length;
    wholeWords[field] = bytes.length >> 2;
    lastMask[field] = (1 << ((bytes.length & 3) * 8)) - 1;
  });
  return { words, wholeWords, lastMask, byteCounts };
}

export class KeyIndex {
  readonly nameBytesMax: number;
  readonly #names: Uint8Array;
  readonly #starts: Int32Array;
  /** 1 + field number, 0 = empty. */
  readonly #table: Uint16Array;
  readonly #mask: number;
  readonly #unknown: number;

  constructor(names: readonly string[]) {
    const encoded = names.map((name) => new TextEncoder().encode(name));
    this.#unknown = names.length;
    this.nameBytesMax = Math.max(...encoded.map((bytes) => bytes.length));
    this.#starts = new Int32Array(names.length + 1);
    this.#names = new Uint8Array(encoded.reduce((sum, bytes) => sum + bytes.length, 0));
    let size = 16;
    while (size < names.length * 4) size *= 2;
    this.#mask = size - 1;
    this.#table = new Uint16Array(size);
    encoded.forEach((bytes, field) => {
      const start = this.#starts[field] as number;
      this.#names.set(bytes, start);
      this.#starts[field + 1] = start + bytes.length;
    });
    encoded.forEach((bytes, field) => {
      assert(this.find(bytes, 0, bytes.length) === this.#unknown, `Field ${names[field]} twice`);
      let at = this.#hash(bytes, 0, bytes.length);
      while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
      this.#table[at] = field + 1;
    });
  }

  #hash(bytes: Uint8Array, offset: number, length: number): number {
    let h = length;
    for (let p = offset; p < offset + length; p++) {
      h = Math.imul(h ^ (bytes[p] as number), 0x01000193);
    }
    return (h ^ (h >>> 15)) & this.#mask;
  }

  /** Field number of the name bytes[offset, offset + length), or the number of fields. */
  find(bytes: Uint8Array, offset: number, length: number): number {
    if (length > this.nameBytesMax) return this.#unknown;
    for (let at = this.#hash(bytes, offset, length); ; at = (at + 1) & this.#mask) {
      const entry = this.#table[at] as number;
      if (entry === 0) return this.#unknown;
      const start = this.#starts[entry - 1] as number;
      if ((this.#starts[entry] as number) - start !== length) continue;
      let i = 0;
      while (i < length && this.#names[start + i] === bytes[offset + i]) i++;
      if (i === length) return entry - 1;
    }
  }
}
