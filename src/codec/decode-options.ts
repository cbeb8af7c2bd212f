// What both transaction decoders take and give: the seam between codec and engine. The same
// transaction gives the same record from JSON and msgpack (places in the bytes excepted).
//
//   assembly/json, assembly/msgpack the common rows: one loop, in WebAssembly
//   decode-loop                     runs it; decode-area has what it needs beside the rows
//   json-decoder, msgpack-decoder   what it calls for rare values
//   json-reader, msgpack-reader     any value, careful; what the loops call for rare ones
//   json-row, msgpack-row           a whole row by the careful way, into a draft
//   row-draft                       a row's fields, checked; for every row that is not common
//   record-writer                   what both ways write at a row's end

import type { HashKey } from '../base/hash.ts';
import type { WasmMemory } from '../base/web-assembly.ts';
import type { MoneyConversion } from '../domain/currencies.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';

export interface DecodeOptions {
  readonly layout: RowLayout;
  readonly hashKey: HashKey;
  /** Unescaped strings are written this many bytes further than their raw bytes. */
  readonly scratchOffset: number;
  /** Where this decoder's area begins in the memory, decodeAreaBytes() long, a multiple of 8. */
  readonly areaOffset: number;
  /** To the plan's currency; null when the plan has none. */
  readonly money: MoneyConversion | null;
  /** False only in rules files' own tests, whose rows give just the keys that matter. */
  readonly requireKeys?: boolean | undefined;
}

/** A table whose bytes, from its start, and records stand in one memory. */
export interface DecodeTable extends RowTable {
  readonly memory: WasmMemory;
}

export interface RowDecoder {
  /** Unknown keys in well-formed rows so far; they are ignored otherwise. */
  unknownKeyCount: number;
  /**
   * Readies the loop for a table's memory, else done at its first row. Before the warm-up, so that what is
   * optimised there has seen more than one memory.
   */
  bind(table: DecodeTable): void;
  /**
   * Decodes rows [from, to): row r's bytes stand at rowSpans[2r], rowSpans[2r + 1] long, in
   * table.bytes; its record is record r - rowBase of the table. splitErrors[r] >= 0 marks a row
   * that framing already found bad. Never throws on input. Up to 64 bytes after the last row are
   * looked at, whatever is in them; table.bytes and table.view begin where the memory begins.
   */
  decode(
    table: DecodeTable,
    rowSpans: Int32Array,
    splitErrors: Int32Array,
    from: number,
    to: number,
    rowBase: number,
  ): void;
}
