// What both transaction decoders take and give: the seam between codec and engine. The same
// transaction gives the same record from JSON and msgpack (places in the bytes excepted).
//
//   json-decoder, msgpack-decoder   the common rows, one loop, calls for rare values only
//   straight-decoder             msgpack rows in the contract's order, as generated code, first
//   json-reader, msgpack-reader     any value, careful; what the loops call for rare ones
//   json-row, msgpack-row           a whole row by the careful way, into a draft
//   row-draft                       a row's fields, checked; for every row that is not common
//   record-writer                   what both ways write at a row's end

import type { HashKey } from '../base/hash.ts';
import type { MoneyConversion } from '../domain/currencies.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';

export interface DecodeOptions {
  readonly layout: RowLayout;
  readonly hashKey: HashKey;
  /** Unescaped strings are written this many bytes further than their raw bytes. */
  readonly scratchOffset: number;
  /** To the plan's currency; null when the plan has none. */
  readonly money: MoneyConversion | null;
  /** False only in rules files' own tests, whose rows give just the keys that matter. */
  readonly requireKeys?: boolean | undefined;
}

export interface RowDecoder {
  /** Unknown keys in well-formed rows so far; they are ignored otherwise. */
  unknownKeyCount: number;
  /**
   * Decodes rows [from, to): row r's bytes stand at rowSpans[2r], rowSpans[2r + 1] long, in
   * table.bytes; its record is record r - rowBase of the table. splitErrors[r] >= 0 marks a row
   * that framing already found bad. Never throws on input. table.bytes must have 16 readable bytes
   * after the last row, whatever is in them; table.view begins where table.bytes begins.
   */
  decode(
    table: RowTable,
    rowSpans: Int32Array,
    splitErrors: Int32Array,
    from: number,
    to: number,
    rowBase: number,
  ): void;
}
