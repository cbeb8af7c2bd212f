// The texts of a column (of a list, a register) as bytes: millions of them cost what their bytes cost,
// and 8 bytes each. The same texts as JavaScript strings cost some 40 bytes each, once a thread.
// Plain data in shared buffers: a column is sent to a thread without being copied, and the garbage
// collector has nothing to do with it (see state/reserve.ts).
//
//   bytes: | UTF-8 of a text | of another | ... |   columns of one file share them
//   spans: | begin, length of row 0 | of row 1 | ... |   length -1 = missing

import { assert } from '../base/assert.ts';

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
  const bytesMax = values.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
  const builder = new TextColumnBuilder(new TextBytes(bytesMax), values.length);
  for (const value of values) builder.add(value);
  return builder.finish();
}

/**
 * Memory for the texts of columns that are filled together: of one size from the beginning, which may
 * be more than is needed, since pages that are never touched cost nothing. Growing it would leave
 * everything that it outgrew to the garbage collector.
 */
export class TextBytes {
  readonly bytes: Uint8Array;
  readonly #encoder = new TextEncoder();
  /** Bytes taken. */
  count = 0;

  constructor(bytesMax: number) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(bytesMax));
  }

  /** Takes in text[from, to). */
  append(text: string, from: number, to: number): void {
    const { bytes, count } = this;
    assert(count + to - from <= bytes.length, 'there is room for the texts of a column');
    // Most texts are short and ASCII: a call of the encoder costs more than they do.
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        const slice = text.slice(from, to);
        const { read, written } = this.#encoder.encodeInto(slice, bytes.subarray(count));
        assert(read === slice.length, 'there is room for the texts of a column');
        this.count += written;
        return;
      }
      bytes[count + i - from] = unit;
    }
    this.count += to - from;
  }
}

/** A column that is filled row by row. */
export class TextColumnBuilder {
  readonly #texts: TextBytes;
  /** As in a column, of the rows so far. */
  readonly spans: Int32Array;
  #rowCount = 0;

  constructor(texts: TextBytes, rowsMax: number) {
    this.#texts = texts;
    this.spans = new Int32Array(new SharedArrayBuffer(rowsMax * 2 * Int32Array.BYTES_PER_ELEMENT));
  }

  get bytes(): Uint8Array {
    return this.#texts.bytes;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** The next row: null, or text[from, to). */
  add(text: string | null, from: number = 0, to: number = text?.length ?? 0): void {
    const begin = this.#texts.count;
    if (text !== null) this.#texts.append(text, from, to);
    this.spans[this.#rowCount * 2] = begin;
    this.spans[this.#rowCount * 2 + 1] = text === null ? -1 : this.#texts.count - begin;
    this.#rowCount++;
  }

  /** Takes the last row away again; nothing has been added to other columns since. */
  dropLast(): void {
    this.#rowCount--;
    this.#texts.count = this.spans[this.#rowCount * 2] as number;
  }

  finish(): TextColumn {
    return {
      bytes: this.bytes.subarray(0, this.#texts.count),
      spans: this.spans.subarray(0, this.#rowCount * 2),
    };
  }
}
