// The numbers of a register's column: doubles in a shared buffer, for the reasons of text-column.ts.
// NaN = missing.

import { grown } from '../base/grown.ts';

const FIRST_ROWS = 256;

export function numberColumnOf(values: ArrayLike<number>): Float64Array {
  const column = new Float64Array(
    new SharedArrayBuffer(values.length * Float64Array.BYTES_PER_ELEMENT),
  );
  column.set(values);
  return column;
}

/** A column that grows row by row. */
export class NumberColumnBuilder {
  #numbers = new Float64Array(FIRST_ROWS);
  #rowCount = 0;

  add(value: number): void {
    if (this.#rowCount === this.#numbers.length) {
      this.#numbers = grown(this.#numbers, this.#rowCount * 2);
    }
    this.#numbers[this.#rowCount++] = value;
  }

  /** Of a row that has been added. */
  at(row: number): number {
    return this.#numbers[row] as number;
  }

  finish(): Float64Array {
    return numberColumnOf(this.#numbers.subarray(0, this.#rowCount));
  }
}
