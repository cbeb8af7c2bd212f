// The value of a field with few values, read from a row's record as its index + 1; 0 = missing.
// Decode has checked that it is one of them, so the low half of the hash tells them apart.

import { must } from '../../base/assert.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { fieldNumber } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';

export class EnumReader {
  readonly #hashes: Int32Array;
  readonly #word: number;

  constructor(name: string, layout: RowLayout, pool: ConstantPool) {
    const field = fieldNumber(layout, name);
    const values = must(layout.fields[field]?.values, `values of ${name}`);
    this.#hashes = Int32Array.from(values, (value) => pool.text(value).lo);
    this.#word = layout.isRead[field] === 1 ? (layout.slots[field] as number) / 4 : -1;
  }

  read(i32: Int32Array, at: number): number {
    const word = at + this.#word;
    if (this.#word < 0 || (i32[word + 3] as number) < 0) return 0;
    const hash = i32[word] as number;
    const hashes = this.#hashes;
    for (let k = 0; k < hashes.length; k++) if (hashes[k] === hash) return k + 1;
    return 0;
  }
}
