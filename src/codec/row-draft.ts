// One row's fields while a careful reader walks it: for every row that the fast loops give up on.
// A key that comes again overwrites what came before, its errors too; what is written into the
// record is decided at the row's end. Cost: ~5 times that
// of the fast loops; doubles that V8 boxes between calls are all that is allocated.

import { hashBytes } from '../base/hash.ts';
import type { MoneyConversion } from '../domain/currencies.ts';
import { DECIDED_KIND_COUNT, KINDS } from '../domain/fields.ts';
import type { InputErrorCode } from '../domain/input-error.ts';
import { inputErrorNumber } from '../domain/input-error.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import { addContent } from './content-hash.ts';
import type { FieldTables } from './field-tables.ts';
import { VALUE_CLASS, checkNumber, enumIndex } from './field-tables.ts';
import { RecordWriter } from './record-writer.ts';
import { parseRfc3339 } from './rfc3339.ts';

/** Numbers of the errors that a reader or draft sets. */
export const ERROR: Readonly<Record<InputErrorCode, number>> = Object.fromEntries(
  (
    [
      'BAD_JSON',
      'BAD_MSGPACK',
      'BAD_UTF8',
      'TRUNCATED_ROW',
      'NOT_A_MAP',
      'ROW_TOO_LONG',
      'TOO_DEEP',
      'MISSING_KEY',
      'WRONG_TYPE',
      'BAD_VALUE',
      'STRING_TOO_LONG',
      'TIME_AHEAD',
      'KEY_MISMATCH',
    ] as const
  ).map((code) => [code, inputErrorNumber(code)]),
) as Record<InputErrorCode, number>;

const ABSENT = 0;
const PRESENT = 1;
const WRONG = 2;

export class RowDraft {
  readonly writer: RecordWriter;
  readonly #tables: FieldTables;
  readonly #states: Uint8Array;
  readonly #errors: Int32Array;
  /** Where each field's value begins in the table's bytes. */
  readonly #places: Int32Array;
  /** String slots, four words a field. */
  readonly #strings: Int32Array;
  readonly #numbers: Float64Array;
  readonly #numberWords: Int32Array;
  readonly #hash = new Int32Array(2);
  readonly #content = new Int32Array(2);
  #kind = -1;
  #unknownKeys = 0;
  #tooDeepAt = -1;

  constructor(tables: FieldTables, money: MoneyConversion | null) {
    this.#tables = tables;
    this.writer = new RecordWriter(tables, money);
    this.#states = new Uint8Array(tables.fieldCount);
    this.#errors = new Int32Array(tables.fieldCount);
    this.#places = new Int32Array(tables.fieldCount);
    this.#strings = new Int32Array(tables.fieldCount * 4);
    this.#numbers = new Float64Array(tables.fieldCount);
    this.#numberWords = new Int32Array(this.#numbers.buffer);
  }

  begin(): void {
    this.#states.fill(ABSENT);
    this.#kind = -1;
    this.#unknownKeys = 0;
    this.#tooDeepAt = -1;
  }

  /** True where `field` is none of the layout: its value needs reading but no setting. */
  isUnknown(field: number): boolean {
    return field === this.#tables.fieldCount;
  }

  noteUnknownKey(): void {
    this.#unknownKeys++;
  }

  noteTooDeep(at: number): void {
    if (this.#tooDeepAt < 0) this.#tooDeepAt = at;
  }

  /** A string value: valid UTF-8, unescaped, at bytes[offset, offset + length). */
  setString(field: number, bytes: Uint8Array, offset: number, length: number, at: number): void {
    const t = this.#tables;
    const valueClass = t.classes[field] as number;
    if (valueClass === VALUE_CLASS.time) {
      const time = parseRfc3339(bytes, offset, length);
      if (time !== time) this.#setError(field, ERROR.BAD_VALUE, at);
      else this.#setPlainNumber(field, time, at);
      return;
    }
    if (valueClass > VALUE_CLASS.enum) return this.setWrongType(field, at);
    if (length > (t.bytesMax[field] as number)) {
      return this.#setError(field, ERROR.STRING_TOO_LONG, at);
    }
    hashBytes(bytes, offset, length, t.hashKey, this.#hash);
    const lo = this.#hash[0] as number;
    const hi = this.#hash[1] as number;
    if (valueClass === VALUE_CLASS.enum) {
      const index = enumIndex(t, field, lo, hi);
      if (index < 0) return this.#setError(field, ERROR.BAD_VALUE, at);
      if (field === t.kindField) this.#kind = index;
    }
    this.#strings[field * 4] = lo;
    this.#strings[field * 4 + 1] = hi;
    this.#strings[field * 4 + 2] = offset;
    this.#strings[field * 4 + 3] = length;
    this.#states[field] = PRESENT;
    this.#places[field] = at;
  }

  /**
   * A number value as a double, and whether the double is what the bytes say (only looked at where
   * it is ±2^53, the first that others round to).
   */
  setNumber(field: number, value: number, isExact: boolean, at: number): void {
    const valueClass = this.#tables.classes[field] as number;
    if (valueClass <= VALUE_CLASS.enum || valueClass === VALUE_CLASS.boolean) {
      return this.setWrongType(field, at);
    }
    const result = checkNumber(valueClass, value, isExact);
    if (result !== result) this.#setError(field, ERROR.BAD_VALUE, at);
    else this.#setPlainNumber(field, result, at);
  }

  setBoolean(field: number, value: boolean, at: number): void {
    if (this.#tables.classes[field] !== VALUE_CLASS.boolean) return this.setWrongType(field, at);
    this.#setPlainNumber(field, value ? 1 : 0, at);
  }

  setWrongType(field: number, at: number): void {
    this.#setError(field, ERROR.WRONG_TYPE, at);
  }

  #setPlainNumber(field: number, value: number, at: number): void {
    this.#numbers[field] = value;
    this.#states[field] = PRESENT;
    this.#places[field] = at;
  }

  #setError(field: number, error: number, at: number): void {
    this.#errors[field] = error;
    this.#states[field] = WRONG;
    this.#places[field] = at;
    if (field === this.#tables.kindField) this.#kind = -1;
  }

  /**
   * Writes the record of the row bytes[start, end).
   * @param fatal number of the error that ended the reading at `fatalAt`, or -1: well-formed
   * @param split number of the error that framing found, or -1; it is the one that is reported
   * @returns unknown keys to count
   */
  write(
    table: RowTable,
    base: number,
    start: number,
    end: number,
    fatal: number,
    fatalAt: number,
    split: number,
  ): number {
    if (split >= 0) {
      this.#writeBad(table, base, start, end, split, -1, fatal >= 0 ? fatalAt : end);
      return 0;
    }
    if (fatal >= 0) {
      this.#writeBad(table, base, start, end, fatal, -1, fatalAt);
      return 0;
    }
    let errorField = -1;
    let errorAt = this.#tooDeepAt < 0 ? Infinity : this.#tooDeepAt;
    for (let field = 0; field < this.#tables.fieldCount; field++) {
      if (this.#states[field] === WRONG && (this.#places[field] as number) < errorAt) {
        errorField = field;
        errorAt = this.#places[field] as number;
      }
    }
    if (errorAt < Infinity) {
      const error = errorField < 0 ? ERROR.TOO_DEEP : (this.#errors[errorField] as number);
      this.#writeBad(table, base, start, end, error, errorField, errorAt);
      return this.#unknownKeys;
    }
    const missing = this.#firstMissing();
    if (missing >= 0) this.#writeBad(table, base, start, end, ERROR.MISSING_KEY, missing, end);
    else this.#writeGood(table, base, start, end);
    return this.#unknownKeys;
  }

  /** Lowest field that rows of this kind need and this row lacks, or -1. */
  #firstMissing(): number {
    const t = this.#tables;
    const kind = this.#kind < 0 ? KINDS.length : this.#kind;
    for (let field = 0; field < t.fieldCount; field++) {
      const isNeeded =
        ((t.bitLo[field] as number) & (t.neededLo[kind] as number)) !== 0 ||
        ((t.bitHi[field] as number) & (t.neededHi[kind] as number)) !== 0;
      if (isNeeded && this.#states[field] !== PRESENT) return field;
    }
    return -1;
  }

  #writeField(table: RowTable, base: number, field: number): void {
    const { i32, f64 } = table;
    const t = this.#tables;
    const slot = base + (t.slotWords[field] as number);
    if ((t.classes[field] as number) <= VALUE_CLASS.enum) {
      for (let k = 0; k < 4; k++) i32[slot + k] = this.#strings[field * 4 + k] as number;
    } else {
      f64[slot >> 1] = this.#numbers[field] as number;
    }
  }

  #writeGood(table: RowTable, base: number, start: number, end: number): void {
    const t = this.#tables;
    let seenLo = 0;
    let seenHi = 0;
    const sum = this.#content.fill(0);
    for (let field = 0; field < t.fieldCount; field++) {
      if (this.#states[field] !== PRESENT) continue;
      seenLo |= t.bitLo[field] as number;
      seenHi |= t.bitHi[field] as number;
      this.#writeField(table, base, field);
      const isString = (t.classes[field] as number) <= VALUE_CLASS.enum;
      const words = isString ? this.#strings : this.#numberWords;
      const at = isString ? field * 4 : field * 2;
      const [saltLo, saltHi] = [t.saltLo[field] as number, t.saltHi[field] as number];
      addContent(sum, words[at] as number, words[at + 1] as number, saltLo, saltHi);
    }
    this.writer.markMissing(table, base, seenLo, seenHi);
    const [contentLo, contentHi] = [sum[0] as number, sum[1] as number];
    this.writer.writeGood(table, base, start, end - start, this.#kind, contentLo, contentHi);
  }

  /** A bad row keeps what names it, where it could be read; its content are its bytes. */
  #writeBad(
    table: RowTable,
    base: number,
    start: number,
    end: number,
    error: number,
    errorField: number,
    errorAt: number,
  ): void {
    const t = this.#tables;
    this.writer.markMissing(table, base, 0, 0);
    table.f64[(base + (ROW.timeMs >> 2)) >> 1] = NaN;
    for (const field of t.namingFields) {
      if (this.#states[field] === PRESENT) this.#writeField(table, base, field);
    }
    const isInforming = this.#kind >= DECIDED_KIND_COUNT;
    let flags = 0;
    if (this.#states[t.idField] === PRESENT) {
      flags = isInforming ? ROW_FLAG.idReadable : ROW_FLAG.idReadable | ROW_FLAG.decided;
    }
    const at = errorAt - start;
    this.writer.writeBad(table, base, start, end - start, this.#kind, flags, error, errorField, at);
    hashBytes(table.bytes, start, end - start, t.hashKey, this.#hash);
    table.i32[base + (ROW.contentLo >> 2)] = this.#hash[0] as number;
    table.i32[base + (ROW.contentHi >> 2)] = this.#hash[1] as number;
  }
}
