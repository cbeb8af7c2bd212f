// Field numbers by key, where prediction fails: a small open-addressed table over all names, which
// compares every byte. Nothing here allocates after construction.

import { assert } from '../base/assert.ts';

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
