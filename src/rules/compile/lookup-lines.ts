// Brings in the cache lines that a tile's lookups and cells will read, where the tables are too large to
// stand in the caches anyway. Two of them can be known before: where a key that is a field of the row has its
// place in the table, and, when the rows are found, where their cells stand in the columns.

import { must } from '../../base/assert.ts';
import { touchLines } from '../../base/touch-lines.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../runtime/constant-pool.ts';
import { COLUMN_ROWS_BEFORE } from '../runtime/constant-pool.ts';
import type { LookupTable } from '../runtime/lookup-table.ts';
import type { LookupPlan } from './lookup-plan.ts';

// Own constant: an imported one is loaded and checked at each use in a hot loop.
const ROWS_BEFORE: number = COLUMN_ROWS_BEFORE;
/** Tables smaller than this stay in the cache of a core. */
const LARGE_BYTES = 2 ** 18;
const TEXT_CELL_WORDS = 4;
const NUMBER_CELL_WORDS = 2;

interface KeyLines {
  readonly table: LookupTable;
  /** Word of a row's record where the key's hash stands. */
  readonly word: number;
}
interface CellLines {
  readonly words: Int32Array;
  readonly cellWords: number;
  /** Number of the lookup that finds the row. */
  readonly lookup: number;
}

export class LookupLines {
  readonly #keys: KeyLines[] = [];
  readonly #cells: CellLines[] = [];
  readonly #lookupCount: number;
  readonly #strideWords: number;
  readonly #at: Int32Array;
  /** Keeps the touching loops from being optimised away. */
  touched = 0;

  constructor(lookups: LookupPlan, layout: RowLayout, pool: ConstantPool, rowsMax: number) {
    this.#lookupCount = lookups.lookups.length;
    this.#strideWords = layout.strideBytes / 4;
    this.#at = new Int32Array(rowsMax);
    for (const lookup of lookups.lookups) {
      const [key, ...others] = lookup.key;
      if (key?.op !== 'field' || others.length > 0) continue;
      const table = must(pool.tables[pool.tableOf(lookup)], 'the table of a lookup');
      const word = (layout.slots[key.field] as number) / 4;
      if (table.bytes >= LARGE_BYTES) this.#keys.push({ table, word });
    }
    for (const cell of lookups.cells) {
      const lookup = must(lookups.numberOf(cell), 'the lookup of a cell');
      const { isText, number } = pool.column(cell.register, cell.column);
      const column = must((isText ? pool.textColumns : pool.numberColumns)[number], 'a column');
      if (column.byteLength < LARGE_BYTES) continue;
      const words = new Int32Array(column.buffer, column.byteOffset, column.byteLength / 4);
      const cellWords = isText ? TEXT_CELL_WORDS : NUMBER_CELL_WORDS;
      this.#cells.push({ words, cellWords, lookup });
    }
  }

  /** Before the lookups of rows[0, count). */
  touchKeys(i32: Int32Array, rows: Int32Array, count: number): void {
    const at = this.#at;
    const stride = this.#strideWords;
    for (const { table, word } of this.#keys) {
      for (let k = 0; k < count; k++) at[k] = i32[(rows[k] as number) * stride + word] as number;
      this.touched ^= table.touch(at, count);
    }
  }

  /** When the lookups of `count` rows stand in L, before the rules. */
  touchCells(L: Int32Array, count: number): void {
    const at = this.#at;
    const lookupCount = this.#lookupCount;
    for (const { words, cellWords, lookup } of this.#cells) {
      for (let k = 0; k < count; k++) {
        at[k] = ((L[k * lookupCount + lookup] as number) + ROWS_BEFORE) * cellWords;
      }
      this.touched ^= touchLines(words, at, 0, count);
    }
  }
}
