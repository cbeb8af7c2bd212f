// A source: bytes from a reader, rows from a framer, straight into the batch's slab.
//
//   reader ──► slab [ row row row ... row | unfinished ] ──► batch
//     ▲                                        │ unread
//     └── carry ◄──────────────────────────────┘
//
// Bytes are read where the rows will stand, so a row is copied only if it was cut: what is left
// behind the last whole row goes to the carry, and the next batch begins with it. How much is read
// at once follows the rows' mean length, so that a batch of few rows leaves little behind.
// Within one batch the slab is the input without gaps: row r begins at byte firstByte + rows[2r].
//
// Memory: the carry, at most one slab. Cost: the reader's copy and the framer (50-100 ns a row).

import type { BatchInput, Format, Source } from '../domain/ports.ts';
import type { Clock } from '../base/clock.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ForeignForm } from './foreign-bytes.ts';
import type { Framer } from './framer.ts';
import { assert } from '../base/assert.ts';
import { foreignForm } from './foreign-bytes.ts';
import { makeFramer } from './framer.ts';
import { BATCH_BYTES_MIN } from './row-bounds.ts';

/** One read: large enough that its fixed cost vanishes, small enough to stay in the caches. */
const READ_BYTES_MAX = 1 << 20;
const READ_BYTES_MIN = 4096;
/** Mean bytes of a row before any was seen. */
const ROW_BYTES_GUESS = 350;

export interface FramedSourceOptions {
  readonly reader: ByteReader;
  readonly format: Format;
  readonly clock: Clock;
  /** When it is aborted the source is at its end: the rows handed over before are all there are. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, before the first batch is given, where NDJSON does not begin like NDJSON. */
  readonly onForeign?: ((form: ForeignForm) => void) | undefined;
  /** Of a live source: when a row arrived. */
  readonly arrivedMs?: ((row: number) => number) | undefined;
}

export class FramedSource implements Source {
  readonly name: string;
  readonly format: Format;
  readonly bytesTotal: number | null;
  readonly isLive: boolean;
  readonly #arrivedMs: ((row: number) => number) | null;
  readonly #reader: ByteReader;
  readonly #framer: Framer;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #onForeign: ((form: ForeignForm) => void) | undefined;
  readonly #onAbort = (): void => void this.#reader.close();
  /** Bytes read but not yet given in a batch: [#carryFrom, #carryTo). */
  #carry: Uint8Array = new Uint8Array(0);
  #carryFrom = 0;
  #carryTo = 0;
  #isReaderAtEnd = false;
  #isReading = false;
  /** Position in the input of the next batch's first byte, and its first row. */
  #nextByte = 0;
  #nextRow = 0;

  constructor(options: FramedSourceOptions) {
    this.#reader = options.reader;
    this.#framer = makeFramer(options.format);
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#onForeign = options.onForeign;
    this.name = options.reader.name;
    this.format = options.format;
    this.bytesTotal = options.reader.bytesTotal;
    this.#arrivedMs = options.arrivedMs ?? null;
    this.isLive = this.#arrivedMs !== null;
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get blankLines(): number {
    return this.#framer.blankLines;
  }

  get nextByte(): number {
    return this.#nextByte;
  }

  async read(batch: BatchInput): Promise<boolean> {
    assert(batch.bytesMax >= BATCH_BYTES_MIN, `a slab holds at least ${BATCH_BYTES_MIN} bytes`);
    assert(batch.rowsMax >= 1, 'a batch holds at least one row');
    assert(!this.#isReading, 'a source is read by one reader at a time');
    this.#isReading = true;
    try {
      return await this.#fill(batch);
    } finally {
      this.#isReading = false;
    }
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    await this.#reader.close();
  }

  async #fill(batch: BatchInput): Promise<boolean> {
    batch.rowCount = 0;
    batch.firstByte = this.#nextByte;
    batch.firstRow = this.#nextRow;
    let filled = 0;
    let scanned = 0;
    let isCarryOnly = true;
    while (!this.#isAborted()) {
      const space = batch.bytesMax - filled;
      const isEnd = this.#carryFrom === this.#carryTo && this.#isReaderAtEnd;
      if (!isEnd) {
        if (space === 0) break;
        const wanted = Math.min(space, this.#bytesWanted(batch));
        if (this.#carryFrom < this.#carryTo) {
          filled += this.#takeCarry(batch.slab, filled, wanted);
        } else {
          if (batch.rowCount > 0 && !(await this.#hasMore())) break;
          const count = await this.#reader.read(batch.slab, filled, wanted);
          if (count > 0) isCarryOnly = false;
          else this.#isReaderAtEnd = true;
          filled += count;
          if (this.#isAborted()) break;
        }
      }
      const isLast = this.#carryFrom === this.#carryTo && this.#isReaderAtEnd;
      scanned = this.#framer.scan(batch, scanned, filled, isLast);
      if (batch.rowCount === batch.rowsMax) break;
      if (isLast && scanned === filled) break;
      if (batch.rowCount > 0) {
        if (this.#framer.isSkipping) break;
      } else if (scanned > 0) {
        // Nothing but blank lines, or the rest of a row that is too long: the slab starts anew.
        batch.slab.copyWithin(0, scanned, filled);
        batch.firstByte += scanned;
        filled -= scanned;
        scanned = 0;
      }
    }
    if (this.#isAborted()) {
      // What stands in the slab is given up: the position stays where it was before.
      batch.rowCount = 0;
      return false;
    }
    this.#nextByte = batch.firstByte + scanned;
    if (batch.rowCount === 0) return false;
    if (this.#nextRow === 0) this.#tellForeign(batch.slab.subarray(0, scanned));
    this.#nextRow += batch.rowCount;
    this.#keepCarry(batch.slab, scanned, filled, isCarryOnly);
    batch.arrivedMs = this.#clock.monotonicMs();
    if (this.#arrivedMs !== null) {
      for (let row = 0; row < batch.rowCount; row++) {
        batch.arrivals[row] = this.#arrivedMs(batch.firstRow + row);
      }
    }
    return true;
  }

  /** @param bytes of the first batch */
  #tellForeign(bytes: Uint8Array): void {
    const form = foreignForm(bytes, this.format);
    if (form !== null) this.#onForeign?.(form);
  }

  #isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** What the rows still wanted will take, by the mean so far. */
  #bytesWanted(batch: BatchInput): number {
    const mean = this.#nextRow === 0 ? ROW_BYTES_GUESS : this.#nextByte / this.#nextRow;
    const wanted = Math.ceil((batch.rowsMax - batch.rowCount) * mean);
    return Math.max(READ_BYTES_MIN, Math.min(READ_BYTES_MAX, wanted));
  }

  /** One turn of the event loop lets a pipe's bytes in that lie ready in the system. */
  async #hasMore(): Promise<boolean> {
    if (this.#reader.isReady) return true;
    await new Promise((resolve) => setImmediate(resolve));
    return this.#reader.isReady;
  }

  #takeCarry(slab: Uint8Array, at: number, lengthMax: number): number {
    const length = Math.min(lengthMax, this.#carryTo - this.#carryFrom);
    slab.set(this.#carry.subarray(this.#carryFrom, this.#carryFrom + length), at);
    this.#carryFrom += length;
    return length;
  }

  /** @param isCarryOnly everything in the slab came from the carry and still stands there */
  #keepCarry(slab: Uint8Array, from: number, to: number, isCarryOnly: boolean): void {
    const length = to - from;
    if (isCarryOnly) {
      this.#carryFrom -= length;
      return;
    }
    assert(this.#carryFrom === this.#carryTo, 'the carry is used up before the reader is read');
    if (this.#carry.length < length) {
      this.#carry = new Uint8Array(Math.max(READ_BYTES_MIN, 2 ** Math.ceil(Math.log2(length))));
    }
    this.#carry.set(slab.subarray(from, to), 0);
    this.#carryFrom = 0;
    this.#carryTo = length;
  }
}
