// The numbers of a register's column: doubles in a shared buffer, for the reasons of text-column.ts.
// NaN = missing.

export function numberColumnOf(values: ArrayLike<number>): Float64Array {
  const column = numberColumn(values.length);
  column.set(values);
  return column;
}

/** A column that is filled row by row. */
export class NumberColumnBuilder {
  readonly #numbers: Float64Array;
  #rowCount = 0;

  constructor(rowsMax: number) {
    this.#numbers = numberColumn(rowsMax);
  }

  add(value: number): void {
    this.#numbers[this.#rowCount++] = value;
  }

  finish(): Float64Array {
    return this.#numbers.subarray(0, this.#rowCount);
  }
}

function numberColumn(rowCount: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(rowCount * Float64Array.BYTES_PER_ELEMENT));
}
