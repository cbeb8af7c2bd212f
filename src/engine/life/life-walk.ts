// The walk's bytes: amendments, and the decisions of rows that are about other payments (their texts are
// those of kept payments, which may be gone when the others are encoded). They go to a region of their
// own with, for each row that has any, how many bytes stand before its decision, are its decision, and
// stand after it; whoever puts the decisions in order weaves them in.

import { OUT_SLACK_BYTES } from '../batch.ts';
import { OutputRegion } from '../output-region.ts';
import type { WorkerProgram } from '../worker-program.ts';
import type { LifePass } from './life-pass.ts';
import { PREFETCH_ROWS } from './life-pass.ts';

const REGION_BYTES = 2 ** 20 + OUT_SLACK_BYTES;

/** Words of an entry: row of the batch, bytes before, bytes of its own decision (-1 = not here), bytes after. */
export const ENTRY = { row: 0, before: 1, own: 2, after: 3 } as const;
export const ENTRY_WORDS = 4;

export interface LifeOutput {
  /** The bytes, one after another; the last piece may be longer than what there is. */
  readonly pieces: readonly Uint8Array[];
  /** How many bytes there are. */
  readonly bytes: number;
  /** ENTRY_WORDS a row, rows ascending; at least `count` of them. */
  readonly entries: Int32Array;
  readonly count: number;
}

/** Until an instant (Infinity: until nothing waits for time any more), or null: `byMs` after the newest row. */
export interface PassingTime {
  readonly untilMs: number | null;
  readonly byMs: number;
}

/** Of what falls due while no row comes. */
export interface DuePart {
  readonly pieces: readonly Uint8Array[];
  /** More is due: the same again gives the next part. */
  readonly isMore: boolean;
}

class LifeEntries {
  words: Int32Array = new Int32Array(256 * ENTRY_WORDS);
  count = 0;

  add(row: number, before: number, own: number, after: number): void {
    const at = this.count * ENTRY_WORDS;
    if (at + ENTRY_WORDS > this.words.length) {
      const grown = new Int32Array(this.words.length * 2);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[at + ENTRY.row] = row;
    this.words[at + ENTRY.before] = before;
    this.words[at + ENTRY.own] = own;
    this.words[at + ENTRY.after] = after;
    this.count++;
  }
}

/** Reads pieces one after another, as many bytes at a time as asked for. Used again and again: see `begin`. */
export class PieceReader {
  #pieces: readonly Uint8Array[] = [];
  #piece = 0;
  #at = 0;

  begin(pieces: readonly Uint8Array[]): void {
    this.#pieces = pieces;
    this.#piece = 0;
    this.#at = 0;
  }

  /** Appends the next `count` bytes, in one part or several. */
  read(count: number, to: { append(bytes: Uint8Array, from: number, to: number): void }): void {
    let left = count;
    while (left > 0) {
      const piece = this.#pieces[this.#piece] as Uint8Array;
      const part = Math.min(left, piece.length - this.#at);
      if (part > 0) to.append(piece, this.#at, this.#at + part);
      this.#at += part;
      left -= part;
      if (this.#at < piece.length) return;
      this.#piece++;
      this.#at = 0;
    }
  }
}

/** A copy that may travel to another thread: the walk's own region is used again. */
export function copyOutput({ pieces, bytes, entries, count }: LifeOutput): LifeOutput {
  const copied =
    pieces.length === 1 ? [(pieces[0] as Uint8Array).slice(0, bytes)] : copyPieces(pieces);
  return { pieces: copied, bytes, entries: entries.slice(0, count * ENTRY_WORDS), count };
}

export function copyPieces(pieces: readonly Uint8Array[]): Uint8Array[] {
  return pieces.map((piece) => piece.slice());
}

/** Walks rows of the bound tables and keeps what they make of other payments. */
export class LifeWalk {
  readonly #program: WorkerProgram;
  readonly #out = new OutputRegion(new SharedArrayBuffer(REGION_BYTES));
  readonly #entries = new LifeEntries();
  /** Of the rows that were walked last. */
  readonly #output = {
    pieces: [] as readonly Uint8Array[],
    bytes: 0,
    entries: new Int32Array(0) as Int32Array,
    count: 0,
  };

  constructor(program: WorkerProgram) {
    this.#program = program;
  }

  /** Rows [0, count) of the bound tables; null where nothing came of them. What it gives holds until the next call. */
  rows(count: number): LifeOutput | null {
    this.begin();
    this.walk(0, count);
    return this.finish();
  }

  /** Before the first rows of a batch. */
  begin(): void {
    this.#out.begin();
    this.#entries.count = 0;
  }

  /** The next rows of the bound tables. */
  walk(first: number, end: number): void {
    const life = this.#program.life as LifePass;
    for (let from = first; from < end; from += PREFETCH_ROWS) {
      const to = Math.min(end, from + PREFETCH_ROWS);
      life.prefetch(from, to);
      if (life.keepsAll) this.#allRows(life, from, to);
      else this.#busyRows(life, from, to);
    }
  }

  /** What there is of the rows walked since `begin`, entry by entry. */
  get entries(): { readonly words: Int32Array; readonly count: number } {
    return this.#entries;
  }

  #allRows(life: LifePass, from: number, to: number): void {
    for (let row = from; row < to; row++) this.#row(life, row);
  }

  #busyRows(life: LifePass, from: number, to: number): void {
    for (let row = life.nextBusy(from, to); row < to;) {
      this.#row(life, row);
      row = life.nextBusy(row + 1, to);
    }
  }

  #row(life: LifePass, row: number): void {
    const out = this.#out;
    const start = out.total;
    life.before(row, out);
    life.apply(row, out);
    const own = out.total;
    const isOwn = life.isAboutAnother;
    if (isOwn) {
      out.ensure(this.#program.rowBytesMax);
      this.#program.encode(row, out.buffer);
    }
    const end = out.total;
    life.after(row, out);
    if (isOwn || out.total > start) {
      this.#entries.add(row, own - start, isOwn ? end - own : -1, out.total - end);
    }
  }

  /** Time passes until an instant, and no row comes: what falls due, about `bytesMax` of it. */
  advance(untilMs: number, bytesMax: number): DuePart {
    const out = this.#out;
    out.begin();
    const isMore = (this.#program.life as LifePass).advance(untilMs, bytesMax, out);
    return { pieces: out.pieces(), isMore };
  }

  /** What came of the rows since `begin`; null = nothing. It holds until the next. */
  finish(): LifeOutput | null {
    const { count, words } = this.#entries;
    if (count === 0) return null;
    const output = this.#output;
    output.bytes = this.#out.total;
    output.pieces = this.#out.openPieces();
    output.entries = words;
    output.count = count;
    return output;
  }
}
