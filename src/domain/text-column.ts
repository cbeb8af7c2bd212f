// The texts of a column (of a list, a register) as bytes: millions of them cost what their bytes cost,
// and 8 bytes each. The same texts as JavaScript strings cost some 40 bytes each, once a thread.
// Plain data in shared buffers: a column is sent to a thread without being copied, and the garbage
// collector has nothing to do with it (see state/reserve.ts).
//
//   bytes: | UTF-8 of row 0 | of row 1 | ... |
//   spans: | begin, length of row 0 | of row 1 | ... |   length -1 = missing

import { assert } from '../base/assert.ts';
import { grown } from '../base/grown.ts';

export interface TextColumn {
  readonly bytes: Uint8Array;
  /** Two words a row: where its bytes begin, and how many they are; -1 of a missing text. */
  readonly spans: Int32Array;
}

export function rowCountOf(column: TextColumn): number {
  return column.spans.length >> 1;
}

/** Text of a row; null where it is missing, or where there is no such row. */
export function textAt({ bytes, spans }: TextColumn, row: number): string | null {
  const begin = spans[row * 2];
  const length = spans[row * 2 + 1] as number;
  if (begin === undefined || length < 0) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset + begin, length).toString('utf8');
}

/** All texts of a column, by row. For a few of them: each becomes a string. */
export function textsOf(column: TextColumn): (string | null)[] {
  return Array.from({ length: rowCountOf(column) }, (_, row) => textAt(column, row));
}

export function textColumnOf(values: readonly (string | null)[]): TextColumn {
  const builder = new TextColumnBuilder();
  for (const value of values) builder.add(value);
  return builder.finish();
}

const FIRST_ROWS = 256;
/** Bytes that a UTF-16 unit may become in UTF-8. */
const UNIT_BYTES_MAX = 3;

/** A column that grows row by row. */
export class TextColumnBuilder {
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(FIRST_ROWS * 8);
  #byteCount = 0;
  #spans = new Int32Array(FIRST_ROWS * 2);
  #rowCount = 0;

  get rowCount(): number {
    return this.#rowCount;
  }

  /** As in a column, of the rows so far; longer than they need, and other arrays after the next row. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get spans(): Int32Array {
    return this.#spans;
  }

  add(text: string | null): void {
    const begin = this.#byteCount;
    if (text !== null) this.#append(text);
    if (this.#rowCount * 2 === this.#spans.length) {
      this.#spans = grown(this.#spans, this.#spans.length * 2);
    }
    this.#spans[this.#rowCount * 2] = begin;
    this.#spans[this.#rowCount * 2 + 1] = text === null ? -1 : this.#byteCount - begin;
    this.#rowCount++;
  }

  /** Takes the last row away again. */
  dropLast(): void {
    this.#rowCount--;
    this.#byteCount = this.#spans[this.#rowCount * 2] as number;
  }

  finish(): TextColumn {
    const spanBytes = this.#rowCount * 2 * Int32Array.BYTES_PER_ELEMENT;
    const bytes = new Uint8Array(new SharedArrayBuffer(this.#byteCount));
    const spans = new Int32Array(new SharedArrayBuffer(spanBytes));
    bytes.set(this.#bytes.subarray(0, this.#byteCount));
    spans.set(this.#spans.subarray(0, this.#rowCount * 2));
    return { bytes, spans };
  }

  #append(text: string): void {
    const needed = this.#byteCount + text.length * UNIT_BYTES_MAX;
    if (needed > this.#bytes.length) {
      assert(needed < 2 ** 31, 'the texts of a column are at most 2 GiB');
      this.#bytes = grown(this.#bytes, Math.max(this.#bytes.length * 2, needed));
    }
    // Most texts are short and ASCII: a call of the encoder costs more than they do.
    const bytes = this.#bytes;
    const begin = this.#byteCount;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#byteCount = begin + this.#encoder.encodeInto(text, bytes.subarray(begin)).written;
        return;
      }
      bytes[begin + i] = unit;
    }
    this.#byteCount = begin + text.length;
  }
}
