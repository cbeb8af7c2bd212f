// Pass 5: rows' decisions and dead letters as bytes, in order, with what the life pass wrote woven in
// between: here with one worker; with several the places are noted, and main weaves.

import type { RowTable } from '../domain/verdict.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import type { BatchView } from './batch-view.ts';
import type { DeadLetterBox } from './dead-letter-box.ts';
import type { LifeOutput } from './life/life-walk.ts';
import { ENTRY, ENTRY_WORDS, PieceReader } from './life/life-walk.ts';
import type { SharedTables } from './shared-tables.ts';
import { LIFE_ROW } from './shared-tables.ts';
import type { WorkerProgram } from './worker-program.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;

export class RowEncoder {
  readonly #program: WorkerProgram;
  readonly #letters: DeadLetterBox;
  /** Over what the walk wrote of a tile. */
  readonly #lived = new PieceReader();

  constructor(program: WorkerProgram, letters: DeadLetterBox) {
    this.#program = program;
    this.#letters = letters;
  }

  tile(batch: BatchView, table: RowTable, from: number, to: number, life: LifeOutput | null): void {
    if (life === null) {
      for (let row = 0; row < to - from; row++) this.row(batch, table, row, from + row);
    } else this.#weaveTile(batch, table, from, to, life);
    this.#program.repeats.settle(table.i32);
  }

  /** Decisions of the tile with the life's bytes between them. */
  #weaveTile(
    batch: BatchView,
    table: RowTable,
    from: number,
    to: number,
    { pieces, entries, count }: LifeOutput,
  ): void {
    const lived = this.#lived;
    lived.begin(pieces);
    let entry = 0;
    let next = entries[ENTRY.row];
    for (let row = 0; row < to - from; row++) {
      if (row !== next) {
        this.row(batch, table, row, from + row);
        continue;
      }
      const own = entries[entry + ENTRY.own] as number;
      lived.read(entries[entry + ENTRY.before] as number, batch.out);
      if (own < 0) this.row(batch, table, row, from + row);
      else lived.read(own, batch.out);
      lived.read(entries[entry + ENTRY.after] as number, batch.out);
      entry += ENTRY_WORDS;
      next = entry < count * ENTRY_WORDS ? entries[entry + ENTRY.row] : -1;
    }
  }

  row(batch: BatchView, table: RowTable, row: number, batchRow: number): void {
    const { rows, rowBytesMax } = this.#program;
    const flags = table.i32[(row * rows.strideBytes) / 4 + FLAGS_WORD] as number;
    batch.out.ensure(rowBytesMax);
    this.#program.encode(row, batch.out.buffer);
    if ((flags & ROW_FLAG.bad) !== 0) this.#letters.write(table, row, batchRow, batch.dead);
  }

  /** Rows [from, to), noting in `cuts` where those begin and end that main weaves something in at. */
  cut(batch: BatchView, shared: SharedTables, from: number, to: number, cuts: number[]): void {
    for (let row = from; row < to; row++) {
      const mark = shared.lifeRows[row] as number;
      if (mark === LIFE_ROW.none) {
        this.row(batch, shared.table, row, row);
        continue;
      }
      const start = batch.out.total;
      if (mark === LIFE_ROW.around) this.row(batch, shared.table, row, row);
      cuts.push(start, batch.out.total);
    }
  }
}
