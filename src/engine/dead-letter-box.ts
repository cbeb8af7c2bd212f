// Bad rows of a batch, written as dead letters with their place in the source.

import { makeDeadLetter } from '../codec/dead-letter.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import type { OutputRegion } from './output-region.ts';

export class DeadLetterBox {
  readonly #layout: RowLayout;
  #sourceName: string;
  #firstRow = 0;
  #firstByte = 0;

  constructor(layout: RowLayout, sourceName: string) {
    this.#layout = layout;
    this.#sourceName = sourceName;
  }

  nameSource(name: string): void {
    this.#sourceName = name;
  }

  /** The next rows are of a batch whose first row and byte have these numbers in the source. */
  begin(firstRow: number, firstByte: number): void {
    this.#firstRow = firstRow;
    this.#firstByte = firstByte;
  }

  /** Writes the letter of record `row`, row `batchRow` of the batch. Allocates: bad rows are rare. */
  write(table: RowTable, row: number, batchRow: number, region: OutputRegion): void {
    const letter = makeDeadLetter(table, this.#layout, row, {
      source: this.#sourceName,
      row: this.#firstRow + batchRow,
      batchFirstByte: this.#firstByte,
    });
    region.append(letter);
  }
}
