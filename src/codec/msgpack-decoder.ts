// msgpack rows to row records: the loop is assembly/msgpack.ts; here is what it calls for rare values.

import { NESTING_MAX } from '../domain/fields.ts';
import * as area from './assembly/area.ts';
import type { Callbacks } from './decode-loop.ts';
import { DecodeLoop } from './decode-loop.ts';
import type { DecodeOptions, DecodeTable, RowDecoder } from './decode-options.ts';
import type { FieldTables } from './field-tables.ts';
import { VALUE_CLASS, checkNumber, makeFieldTables } from './field-tables.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import { SHAPE } from './msgpack-reader.ts';
import { MsgpackRowReader } from './msgpack-row.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { utf8ErrorAt } from './utf8.ts';

/** A key as msgpack writes it, or null where it is longer than a fixstr. */
function msgpackKey(name: string): Uint8Array | null {
  const bytes = new TextEncoder().encode(name);
  return bytes.length < 32 ? Uint8Array.of(0xa0 | bytes.length, ...bytes) : null;
}

class MsgpackDecoder extends DecodeLoop {
  readonly #rows: MsgpackRowReader;

  constructor(options: DecodeOptions, tables: FieldTables) {
    const keys = tables.specs.map((spec) => msgpackKey(spec.name));
    super('msgpack', options, tables, keys);
    this.#rows = new MsgpackRowReader(tables);
  }

  protected override readRow(table: DecodeTable, start: number, end: number): boolean {
    return this.#rows.read(this.draft, table, start, end);
  }

  protected override get found(): MsgpackReader {
    return this.#rows.reader;
  }

  protected override callbacks(): Callbacks {
    return {
      findKey: (p: number, end: number) => this.#findKey(p, end),
      rareNumber: (p: number, end: number, valueClass: number) =>
        this.#rareNumber(p, end, valueClass),
      skipValue: (p: number, end: number) => this.#skipValue(p, end),
      isUtf8: (p: number, end: number) => (utf8ErrorAt(this.bytes, p, end) < 0 ? 1 : 0),
    };
  }

  #reader(end: number): MsgpackReader {
    const { reader } = this.#rows;
    reader.begin(this.bytes, this.view, end);
    return reader;
  }

  /**
   * The field whose key begins at `p`: its number, the number of fields for an unknown one, -1 for
   * what is for the careful way. The cursor is then at its value.
   */
  #findKey(p: number, end: number): number {
    const reader = this.#reader(end);
    const content = reader.readHead(p);
    if (content < 0) return -1;
    const isString = reader.shape === SHAPE.string;
    const cursor = reader.skipRest(content, p, 1, NESTING_MAX);
    if (cursor < 0 || reader.tooDeepAt >= 0) return -1;
    this.leave(area.HEAD_CURSOR, cursor);
    if (!isString) return this.tables.fieldCount;
    return this.tables.keys.find(reader.bytes, content, cursor - content);
  }

  /** Any number, or a time's string, its checked value left; position after it, or -1. */
  #rareNumber(p: number, end: number, valueClass: number): number {
    const reader = this.#reader(end);
    const content = reader.readHead(p);
    if (content < 0) return -1;
    let after = content;
    let value = NaN;
    if (reader.shape === SHAPE.number) {
      value = checkNumber(valueClass, reader.number[0] as number, reader.isExact);
    } else if (reader.shape === SHAPE.string && valueClass === VALUE_CLASS.time) {
      after = reader.readContent(content);
      if (after >= 0) value = parseRfc3339(reader.bytes, content, after - content);
    }
    this.leaveNumber(value);
    return value !== value ? -1 : after;
  }

  /** An unknown key's value; position after it, or -1. */
  #skipValue(p: number, end: number): number {
    const reader = this.#reader(end);
    const after = reader.skipValue(p, 1, NESTING_MAX);
    return reader.tooDeepAt >= 0 ? -1 : after;
  }
}

/** For rows that are one msgpack map each. */
export function createMsgpackDecoder(options: DecodeOptions): RowDecoder {
  const tables = makeFieldTables(options.layout, options.hashKey, options.requireKeys);
  return new MsgpackDecoder(options, tables);
}
