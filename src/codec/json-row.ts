// A whole JSON row into a draft, with the careful reader: every row that is not common.

import { NESTING_MAX } from '../domain/fields.ts';
import type { FieldTables } from './field-tables.ts';
import { JsonReader, isDigit } from './json-reader.ts';
import { ERROR, RowDraft } from './row-draft.ts';

export class JsonRowReader {
  readonly reader: JsonReader = new JsonReader();
  readonly #tables: FieldTables;
  readonly #scratchOffset: number;
  /** Unescaped key; grows to the longest escaped one. */
  #keyBytes = new Uint8Array(64);

  constructor(tables: FieldTables, scratchOffset: number) {
    this.#tables = tables;
    this.#scratchOffset = scratchOffset;
  }

  /** Fills `draft` from bytes[start, end). False where the row is malformed: see reader.error. */
  read(draft: RowDraft, bytes: Uint8Array, start: number, end: number): boolean {
    const { reader } = this;
    draft.begin();
    reader.begin(bytes, end);
    let p = reader.skipSpace(start);
    const isObject = reader.at(p) === 0x7b;
    p = isObject ? this.#readMembers(draft, p + 1) : reader.skipValue(p, 0, NESTING_MAX);
    if (p < 0) return false;
    p = reader.skipSpace(p);
    if (p !== end) reader.fail(ERROR.BAD_JSON, p);
    else if (!isObject) reader.fail(ERROR.NOT_A_MAP, start);
    return reader.error < 0;
  }

  #readMembers(draft: RowDraft, p: number): number {
    const { reader } = this;
    p = reader.skipSpace(p);
    if (reader.at(p) === 0x7d) return p + 1;
    for (;;) {
      if ((p = reader.readKey(p)) < 0) return -1;
      const field = this.lastKeyField();
      if (draft.isUnknown(field)) draft.noteUnknownKey();
      if ((p = this.#readValue(draft, field, p)) < 0) return -1;
      p = reader.skipSpace(p);
      const next = reader.at(p);
      if (next === 0x7d) return p + 1;
      if (next !== 0x2c) return reader.fail(ERROR.BAD_JSON, p);
      p = reader.skipSpace(p + 1);
    }
  }

  /** Field number of the key that the reader has just read, or the number of fields. */
  lastKeyField(): number {
    const { reader } = this;
    const length = reader.rawEnd - reader.rawStart;
    if (!reader.hasEscapes) return this.#tables.keys.find(reader.bytes, reader.rawStart, length);
    if (length > this.#keyBytes.length) this.#keyBytes = new Uint8Array(length * 2);
    return this.#tables.keys.find(this.#keyBytes, 0, reader.unescape(this.#keyBytes, 0));
  }

  /** Where the last string stands unescaped: its own place, or written to the scratch half. */
  unescapedOffset(): number {
    const { reader } = this;
    return reader.hasEscapes ? reader.rawStart + this.#scratchOffset : reader.rawStart;
  }

  /** Length of the last string, unescaped to unescapedOffset() where it has escapes. */
  unescapedLength(): number {
    const { reader } = this;
    if (!reader.hasEscapes) return reader.rawEnd - reader.rawStart;
    return reader.unescape(reader.bytes, this.unescapedOffset());
  }

  #readValue(draft: RowDraft, field: number, at: number): number {
    const { reader } = this;
    const c = reader.at(at);
    if (draft.isUnknown(field) || c === 0x7b || c === 0x5b) {
      const p = reader.skipValue(at, 1, NESTING_MAX);
      if (p < 0) return -1;
      if (reader.tooDeepAt >= 0) draft.noteTooDeep(reader.tooDeepAt);
      if (!draft.isUnknown(field)) draft.setWrongType(field, at);
      return p;
    }
    if (c === 0x22) {
      const p = reader.readString(at);
      if (p < 0) return -1;
      const length = this.unescapedLength();
      draft.setString(field, reader.bytes, this.unescapedOffset(), length, at);
      return p;
    }
    if (c === 0x2d || isDigit(c)) {
      const p = reader.readNumber(at);
      if (p < 0) return -1;
      // A row that is cut may be so within its last number.
      if (reader.at(p) >= 0) {
        draft.setNumber(field, reader.number[0] as number, reader.isExact, at);
      }
      return p;
    }
    if (c === 0x74 || c === 0x66) {
      const p = reader.readLiteral(at, c === 0x74 ? 'true' : 'false');
      if (p >= 0) draft.setBoolean(field, c === 0x74, at);
      return p;
    }
    if (c === 0x6e) {
      const p = reader.readLiteral(at, 'null');
      if (p >= 0) draft.setWrongType(field, at);
      return p;
    }
    return reader.fail(ERROR.BAD_JSON, at);
  }
}
