// A whole msgpack row into a draft, with the careful reader: every row that is not common.

import { NESTING_MAX } from '../domain/fields.ts';
import type { RowTable } from '../domain/verdict.ts';
import type { FieldTables } from './field-tables.ts';
import { MsgpackReader, SHAPE } from './msgpack-reader.ts';
import { ERROR, RowDraft } from './row-draft.ts';

export class MsgpackRowReader {
  readonly reader: MsgpackReader = new MsgpackReader();
  readonly #tables: FieldTables;

  constructor(tables: FieldTables) {
    this.#tables = tables;
  }

  /** Fills `draft` from bytes[start, end). False where the row is malformed: see reader.error. */
  read(draft: RowDraft, table: RowTable, start: number, end: number): boolean {
    const { reader } = this;
    draft.begin();
    reader.begin(table.bytes, table.view, end);
    let p = reader.readHead(start);
    if (p < 0) return false;
    if (reader.shape !== SHAPE.map) {
      reader.fail(ERROR.NOT_A_MAP, start);
      return false;
    }
    for (let left = reader.size; left > 0; left--) {
      p = this.#readKey(p);
      if (p < 0) return false;
      if (reader.tooDeepAt >= 0) draft.noteTooDeep(reader.tooDeepAt);
      const field = this.#keyField;
      if (draft.isUnknown(field)) draft.noteUnknownKey();
      p = this.#readValue(draft, field, p);
      if (p < 0) return false;
    }
    if (p !== end) reader.fail(ERROR.BAD_MSGPACK, p);
    return reader.error < 0;
  }

  #keyField = 0;

  /** A key of any kind at `p`; #keyField is its field, or the number of fields. */
  #readKey(p: number): number {
    const { reader } = this;
    const content = reader.readHead(p);
    if (content < 0) return -1;
    const isString = reader.shape === SHAPE.string;
    const after = reader.skipRest(content, p, 1, NESTING_MAX);
    if (after < 0) return -1;
    this.#keyField = isString
      ? this.#tables.keys.find(reader.bytes, content, after - content)
      : this.#tables.fieldCount;
    return after;
  }

  #readValue(draft: RowDraft, field: number, at: number): number {
    const { reader } = this;
    const content = reader.readHead(at);
    if (content < 0) return -1;
    const { shape } = reader;
    const after = reader.skipRest(content, at, 1, NESTING_MAX);
    if (after < 0) return -1;
    if (reader.tooDeepAt >= 0) draft.noteTooDeep(reader.tooDeepAt);
    if (draft.isUnknown(field)) return after;
    if (shape === SHAPE.string) {
      draft.setString(field, reader.bytes, content, after - content, at);
    } else if (shape === SHAPE.number) {
      draft.setNumber(field, reader.number[0] as number, reader.isExact, at);
    } else if (shape === SHAPE.boolean) {
      draft.setBoolean(field, reader.number[0] !== 0, at);
    } else {
      draft.setWrongType(field, at);
    }
    return after;
  }
}
