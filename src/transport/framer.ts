// What finds rows in bytes: one framer a source, because it remembers the unfinished row.
//
// A framer looks at slab[from, to) and appends to the batch's rows. It parses nothing beyond where
// rows begin and end. The rows that it gives depend on the bytes alone, never on how they arrived:
// the conformance suite cuts one stream at random places and compares.

import type { BatchInput, Format } from '../domain/ports.ts';
import { MsgpackFramer } from './msgpack-framing.ts';
import { NdjsonFramer } from './ndjson-framing.ts';

export interface Framer {
  /** Blank lines seen so far. */
  readonly blankLines: number;
  /**
   * True while the rest of a row that is too long is being dropped: it was already given with its
   * first bytes, and what scan consumes now need not be kept.
   */
  readonly isSkipping: boolean;
  /**
   * Takes rows from slab[from, to), `from` being where the last scan stopped, until
   * batch.rowCount = batch.rowsMax, the bytes end, or a row that is too long begins to be skipped.
   * With `isEnd` an unfinished row at `to` is given too.
   * @returns offset of the first byte not consumed: the start of an unfinished row, or `to`
   */
  scan(batch: BatchInput, from: number, to: number, isEnd: boolean): number;
}

export function makeFramer(format: Format): Framer {
  return format === 'ndjson' ? new NdjsonFramer() : new MsgpackFramer();
}
