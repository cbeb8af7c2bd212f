// JSON rows to row records: the loop is assembly/json.ts; here is what it calls for rare values.

import { NESTING_MAX } from '../domain/fields.ts';
import * as area from './assembly/area.ts';
import type { Callbacks } from './decode-loop.ts';
import { DecodeLoop } from './decode-loop.ts';
import type { DecodeOptions, DecodeTable, RowDecoder } from './decode-options.ts';
import type { FieldTables } from './field-tables.ts';
import { VALUE_CLASS, checkNumber, makeFieldTables } from './field-tables.ts';
import type { JsonReader } from './json-reader.ts';
import { JsonRowReader } from './json-row.ts';
import { parseRfc3339 } from './rfc3339.ts';

/** A key as JSON writes it, from after its opening quote to its colon, or null: not plain text. */
function jsonKey(name: string): Uint8Array | null {
  return /^[\w-]+$/.test(name) ? new TextEncoder().encode(`${name}":`) : null;
}

class JsonDecoder extends DecodeLoop {
  readonly #rows: JsonRowReader;

  constructor(options: DecodeOptions, tables: FieldTables) {
    const keys = tables.specs.map((spec) => jsonKey(spec.name));
    super('json', options, tables, keys);
    this.#rows = new JsonRowReader(tables, options.scratchOffset);
  }

  protected override readRow(table: DecodeTable, start: number, end: number): boolean {
    return this.#rows.read(this.draft, table.bytes, start, end);
  }

  protected override get found(): JsonReader {
    return this.#rows.reader;
  }

  protected override callbacks(): Callbacks {
    return {
      findKey: (p: number, end: number) => this.#findKey(p, end),
      rareString: (p: number, end: number) => this.#rareString(p, end),
      rareNumber: (p: number, end: number, valueClass: number) =>
        this.#rareNumber(p, end, valueClass),
      timeString: (p: number, end: number) => this.#timeString(p, end),
      skipValue: (p: number, end: number) => this.#skipValue(p, end),
    };
  }

  #reader(end: number): JsonReader {
    const { reader } = this.#rows;
    reader.begin(this.bytes, end);
    return reader;
  }

  /**
   * The field whose key begins at `p`, after its quote: its number, the number of fields for an
   * unknown one, -1 for anything but a key. The cursor is then at its value, or a space before it.
   */
  #findKey(p: number, end: number): number {
    const cursor = this.#reader(end).readKey(p - 1);
    this.leave(area.HEAD_CURSOR, cursor);
    return cursor < 0 ? -1 : this.#rows.lastKeyField();
  }

  /** A string with escapes or beyond ASCII, opening quote at `p`; position after it, or -1. */
  #rareString(p: number, end: number): number {
    const after = this.#reader(end).readString(p);
    if (after < 0) return -1;
    const length = this.#rows.unescapedLength();
    const offset = this.#rows.unescapedOffset();
    this.leave(area.HEAD_STRING_OFFSET, offset);
    this.leave(area.HEAD_STRING_LENGTH, length);
    return after;
  }

  /** Any number, its checked value left; position after it, or -1. */
  #rareNumber(p: number, end: number, valueClass: number): number {
    const reader = this.#reader(end);
    const after = reader.readNumber(p);
    if (after < 0) return -1;
    const value = checkNumber(valueClass, reader.number[0] as number, reader.isExact);
    this.leaveNumber(value);
    return value !== value && valueClass !== VALUE_CLASS.unknown ? -1 : after;
  }

  /** An RFC 3339 string, its time left; position after it, or -1. */
  #timeString(p: number, end: number): number {
    const reader = this.#reader(end);
    const after = reader.readString(p);
    if (after < 0 || reader.hasEscapes) return -1;
    const time = parseRfc3339(reader.bytes, p + 1, after - p - 2);
    this.leaveNumber(time);
    return time !== time ? -1 : after;
  }

  /** An unknown key's value; position after it, or -1. */
  #skipValue(p: number, end: number): number {
    const reader = this.#reader(end);
    const after = reader.skipValue(reader.skipSpace(p), 1, NESTING_MAX);
    return reader.tooDeepAt >= 0 ? -1 : after;
  }
}

/** For rows that are one JSON object each. */
export function createJsonDecoder(options: DecodeOptions): RowDecoder {
  const tables = makeFieldTables(options.layout, options.hashKey, options.requireKeys);
  return new JsonDecoder(options, tables);
}
