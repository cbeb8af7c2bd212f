// The row that causes an evaluation, wherever it stands: in the batch, or in the text arena where it
// waited for its payment. One object a worker, pointed anew at each event.

import type { RowTable } from '../../domain/verdict.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, slotWord } from '../../domain/row-layout.ts';
import { LIFE_OFFSET } from '../../rules/runtime/rule-runtime.ts';
import type { TextArena } from '../../state/text-arena.ts';
import type { CopySlot } from './life-slots.ts';

export class EventRow {
  /** False: nothing happened but that time passed. */
  isPresent = false;
  i32: Int32Array = new Int32Array(0);
  f64: Float64Array = new Float64Array(0);
  /** int32 word at which its record begins */
  at = 0;
  /** Where its id stands; length -1 = it has none to tell. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  idOffset = 0;
  idLength = -1;
  /** [0]: when it happened. */
  readonly time: Float64Array = new Float64Array(1);
  readonly #idWord: number;
  readonly #strideWords: number;

  constructor(layout: RowLayout) {
    this.#idWord = slotWord(layout, 'id');
    this.#strideWords = layout.strideBytes / 4;
  }

  /** A row of the batch. */
  pointAtRow(table: RowTable, row: number): void {
    this.#point(table.i32, table.f64, row * this.#strideWords);
    this.bytes = table.bytes;
    this.view = table.view;
    this.idOffset = table.i32[this.at + this.#idWord + 2] as number;
  }

  /** A row that waited, in a block that `keepRow` made. */
  pointAtBlock(texts: TextArena, block: number): void {
    this.#point(texts.i32, texts.f64, block >> 2);
    this.bytes = texts.bytes;
    this.view = texts.view;
    this.idOffset = (texts.i32[this.at + this.#idWord + 2] as number) - LIFE_OFFSET;
  }

  #point(i32: Int32Array, f64: Float64Array, at: number): void {
    this.isPresent = true;
    this.i32 = i32;
    this.f64 = f64;
    this.at = at;
    this.idLength = i32[at + this.#idWord + 3] as number;
    this.time[0] = f64[(at + ROW.timeMs / 4) >> 1] as number;
  }

  /** Time passed, nothing else; `time` is the caller's to set. */
  pointAtNothing(): void {
    this.isPresent = false;
    this.idLength = -1;
  }

  /** A record's id as the cause, without a row (a refund whose hold was released). */
  pointAtId(texts: TextArena, offset: number, length: number): void {
    this.isPresent = false;
    this.bytes = texts.bytes;
    this.view = texts.view;
    this.idOffset = offset;
    this.idLength = length;
  }

  /** Bytes that keepRow takes for the row that is pointed at. */
  keptBytes(event: readonly CopySlot[]): number {
    let bytes = this.#strideWords * 4 + Math.max(0, this.idLength) + 16;
    for (const slot of event) {
      if (slot.isText) bytes += Math.max(0, this.i32[this.at + slot.from + 3] as number);
    }
    return bytes;
  }

  /** Copies the row that is pointed at, with its id and the texts that rules read, into a block. */
  keepRow(texts: TextArena, block: number, event: readonly CopySlot[]): void {
    const { i32, at } = this;
    const w = block >> 2;
    for (let k = 0; k < this.#strideWords; k++) texts.i32[w + k] = i32[at + k] as number;
    let end = block + this.#strideWords * 4;
    const keepText = (word: number): void => {
      const length = i32[at + word + 3] as number;
      const from = i32[at + word + 2] as number;
      texts.i32[w + word + 2] = LIFE_OFFSET + end;
      for (let k = 0; k < length; k++) texts.bytes[end + k] = this.bytes[from + k] as number;
      end += Math.max(0, length);
    };
    keepText(this.#idWord);
    for (const slot of event) if (slot.isText && slot.from !== this.#idWord) keepText(slot.from);
  }
}
