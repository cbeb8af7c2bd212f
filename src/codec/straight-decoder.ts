// The msgpack decoder of a running engine: generated code for rows whose keys stand in the contract's
// order (straight-source.ts), the table-driven loop (msgpack-decoder.ts) for the first row that is not
// straight, and so on. Where no row is, the loop gets ever longer runs.

import type { RowTable } from '../domain/verdict.ts';
import type { DecodeOptions, RowDecoder } from './decode-options.ts';
import { enumIndex, makeFieldTables } from './field-tables.ts';
import { createMsgpackDecoder, msgpackKeys } from './msgpack-decoder.ts';
import { RecordWriter } from './record-writer.ts';
import type { StraightDecode, StraightHelpers } from './straight-source.ts';
import { straightSource } from './straight-source.ts';
import { utf8ErrorAt } from './utf8.ts';

const DETOUR_ROWS_MAX = 256;

class StraightDecoder implements RowDecoder {
  readonly #loop: RowDecoder;
  readonly #straight: StraightDecode;
  readonly #helpers: StraightHelpers;
  /** Rows that the loop decodes before the straight path is tried again. */
  #detourRows = 1;

  constructor(options: DecodeOptions, compile: (source: string) => StraightDecode) {
    const tables = makeFieldTables(options.layout, options.hashKey, options.requireKeys);
    const writer = new RecordWriter(tables, options.money);
    this.#loop = createMsgpackDecoder(options, tables);
    this.#straight = compile(straightSource(tables, msgpackKeys(tables)));
    this.#helpers = {
      utf8ErrorAt,
      enumIndex,
      convertMoney: (table, base) => writer.convertMoney(table, base),
      tables,
      lastEnums: tables.enumStart.slice(),
    };
  }

  get unknownKeyCount(): number {
    return this.#loop.unknownKeyCount;
  }

  set unknownKeyCount(count: number) {
    this.#loop.unknownKeyCount = count;
  }

  decode(
    table: RowTable,
    rowSpans: Int32Array,
    splitErrors: Int32Array,
    from: number,
    to: number,
    rowBase: number,
  ): void {
    for (let r = from; r < to;) {
      const odd = this.#straight(table, rowSpans, splitErrors, r, to, rowBase, this.#helpers) | 0;
      if (odd >= to) return;
      this.#detourRows = odd > r ? 1 : Math.min(this.#detourRows * 2, DETOUR_ROWS_MAX);
      r = Math.min(odd + this.#detourRows, to);
      this.#loop.decode(table, rowSpans, splitErrors, odd, r, rowBase);
    }
  }
}

/** As createMsgpackDecoder, faster for rows in the contract's order; `compile` makes the function. */
export function createStraightDecoder(
  options: DecodeOptions,
  compile: (source: string) => StraightDecode,
): RowDecoder {
  return new StraightDecoder(options, compile);
}
