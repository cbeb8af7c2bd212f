// Dead letters: one NDJSON line a bad row, with all that a person needs to find and mend it.
//
//   {"row": 17, "byte": 5120, "source": "in.ndjson", "code": "WRONG_TYPE", "message": "...",
//    "field": "amount", "at": 52, "id": "tx-1", "bytes": "{...}"}
//
// The row stands as text where it is valid UTF-8, else as "base64". Card numbers are masked in
// both, before encoding ("masked": true). Of a row that is too long the first part stands there. `id`
// stands as it was sent: it joins the line to its decision.
// Allocates freely: bad rows are rare, and their number is the operator's alarm, not a load.

import { KINDS } from '../domain/fields.ts';
import type { FieldSpec, FieldType } from '../domain/fields.ts';
import type { InputErrorCode } from '../domain/input-error.ts';
import { INPUT_ERRORS } from '../domain/input-error.ts';
import { must } from '../base/assert.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG, slotWord } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import { maskRow } from './mask-row.ts';
import { textAt } from './row-text.ts';
import { utf8ErrorAt } from './utf8.ts';

/** Where a row stands in its source. */
export interface DeadLetterPlace {
  readonly source: string;
  /** Number of the row in the source, from 0. */
  readonly row: number;
  /** Position in the source of the byte at offset 0 of the table's bytes. */
  readonly batchFirstByte: number;
}

const EXPECTED: Readonly<Record<FieldType, string>> = {
  string: 'a string',
  enum: 'a string',
  integer: 'a whole number within ±2^53',
  money: 'a whole number of minor units within ±2^53',
  time: 'whole milliseconds since the epoch, or an RFC 3339 date and time with its offset',
  duration: 'a whole number of milliseconds within ±2^53',
  latitude: 'degrees from -90 to 90',
  longitude: 'degrees from -180 to 180',
  number: 'a finite number',
  boolean: 'true or false',
};

function expectedOf(spec: FieldSpec): string {
  if (spec.values === undefined) return EXPECTED[spec.type];
  return `one of ${spec.values.map((value) => `"${value}"`).join(', ')}`;
}

/** A sentence on what is wrong with the row and what was expected. No byte of the row is in it. */
export function inputErrorMessage(
  code: InputErrorCode,
  spec: FieldSpec | null,
  kind: string | null,
): string {
  const error = must(
    INPUT_ERRORS.find((entry) => entry.code === code),
    code,
  );
  if (spec === null) return `Bad row: ${error.sentence}`;
  switch (code) {
    case 'MISSING_KEY':
      return `Key "${spec.name}" is missing: ${kind === null ? 'every row' : `a row of kind ${kind}`} needs it`;
    case 'WRONG_TYPE':
      return `Value of key "${spec.name}" has the wrong type: expected ${expectedOf(spec)}`;
    case 'BAD_VALUE':
      return `Value of key "${spec.name}" is not allowed: expected ${expectedOf(spec)}`;
    case 'STRING_TOO_LONG':
      return `Value of key "${spec.name}" is too long: expected at most ${spec.bytesMax} bytes`;
    default:
      return `Key "${spec.name}": ${error.sentence}`;
  }
}

/** The row's bytes for the line, masked: as text, or as base64 where they are no UTF-8. */
function contentOf(bytes: Uint8Array): Record<string, unknown> {
  const isMasked = maskRow(bytes);
  const isText = utf8ErrorAt(bytes, 0, bytes.length) < 0;
  return {
    ...(isText
      ? { bytes: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
      : { base64: Buffer.from(bytes).toString('base64') }),
    ...(isMasked ? { masked: true } : {}),
  };
}

/** The line, with its newline, of the bad row in record `record` of the table. */
export function makeDeadLetter(
  table: RowTable,
  layout: RowLayout,
  record: number,
  place: DeadLetterPlace,
): Uint8Array {
  const base = (record * layout.strideBytes) >> 2;
  const header = (offset: number): number => table.i32[base + (offset >> 2)] as number;
  const start = header(ROW.bytesOffset);
  const length = header(ROW.bytesLength);
  const { code } = must(INPUT_ERRORS[header(ROW.errorCode)], 'Error of a bad row');
  const spec = layout.fields[header(ROW.errorField)] ?? null;
  const isIdReadable = (header(ROW.flags) & ROW_FLAG.idReadable) !== 0;
  const idSlot = base + slotWord(layout, 'id');
  const line = {
    row: place.row,
    byte: place.batchFirstByte + start,
    source: place.source,
    code,
    message: inputErrorMessage(code, spec, KINDS[header(ROW.kind)] ?? null),
    ...(spec === null ? {} : { field: spec.name }),
    at: header(ROW.errorAt),
    ...(isIdReadable ? { id: textAt(table, idSlot) } : {}),
    ...contentOf(table.bytes.slice(start, start + length)),
  };
  return new TextEncoder().encode(`${JSON.stringify(line)}\n`);
}
