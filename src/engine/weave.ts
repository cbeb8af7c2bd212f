// Puts a batch's decisions in order on the main thread: ranges as the workers took them, and between their
// rows what the worker that walks payments' lives wrote. All of it is copied into one buffer, since a piece
// costs a call of the hash, of the sink and of the system, and a copy costs nothing beside it (~0.2 ms a batch).

import { copyBytes } from '../base/copy-bytes.ts';
import type { BatchResult } from './batch-result.ts';
import type { LifeOutput } from './life/life-walk.ts';
import { ENTRY, ENTRY_WORDS, PieceReader } from './life/life-walk.ts';
import type { WrittenBytes } from './output-region.ts';
import { PLACE, PLACE_WORDS } from './ranges.ts';

/** What several workers wrote of a batch. */
export interface WrittenBatch {
  readonly results: readonly BatchResult[];
  /** Each worker's regions. */
  readonly outs: readonly Uint8Array[];
  readonly deads: readonly Uint8Array[];
  /** PLACE of each range, and the number of ranges. */
  readonly places: Int32Array;
  readonly ranges: number;
}

interface Appender {
  append(bytes: Uint8Array, from: number, to: number): void;
}

/**
 * Decisions of a batch, in order, in pieces.
 * @param buffer where they are put together; a batch for which it is too short goes out in pieces
 */
export function weaveDecisions(written: WrittenBatch, buffer: Uint8Array): Uint8Array[] {
  const pieces = piecesOf(
    written.outs,
    written.results.map(({ out }) => out),
  );
  const life = written.results.find((result) => result.life !== null)?.life ?? null;
  if (bytesOf(pieces) + (life?.bytes ?? 0) > buffer.length) {
    const apart: Uint8Array[] = [];
    weave(written, pieces, life, {
      append: (piece, from, to) => void apart.push(piece.subarray(from, to)),
    });
    return apart;
  }
  let length = 0;
  weave(written, pieces, life, {
    append(piece, from, to) {
      copyBytes(buffer, length, piece, from, to);
      length += to - from;
    },
  });
  return [buffer.subarray(0, length)];
}

/** Dead letters of a batch, in order, in pieces. */
export function orderLetters({ results, deads, places, ranges }: WrittenBatch): Uint8Array[] {
  const ordered: Uint8Array[] = [];
  const readers = readersOf(
    piecesOf(
      deads,
      results.map(({ dead }) => dead),
    ),
  );
  const to: Appender = {
    append: (piece, start, end) => void ordered.push(piece.subarray(start, end)),
  };
  for (let range = 0; range < ranges; range++) {
    const at = range * PLACE_WORDS;
    readers[places[at + PLACE.worker] as number]?.read(places[at + PLACE.deadBytes] as number, to);
  }
  return ordered;
}

/** Of each worker what it wrote, one after another: in its region, and in chunks. */
export function piecesOf(
  regions: readonly Uint8Array[],
  written: readonly WrittenBytes[],
): Uint8Array[][] {
  return written.map(({ regionBytes, chunks }, worker) => [
    (regions[worker] as Uint8Array).subarray(0, regionBytes),
    ...chunks,
  ]);
}

function bytesOf(pieces: readonly Uint8Array[][]): number {
  return pieces.flat().reduce((sum, { length }) => sum + length, 0);
}

function weave(
  { results, places, ranges }: WrittenBatch,
  pieces: readonly Uint8Array[][],
  life: LifeOutput | null,
  to: Appender,
): void {
  const readers = readersOf(pieces);
  const lived = new PieceReader();
  lived.begin(life?.pieces ?? []);
  /** Of each worker: bytes read of its own, and cuts passed. */
  const read = results.map(() => 0);
  const passed = results.map(() => 0);
  let entry = 0;
  for (let range = 0; range < ranges; range++) {
    const place = range * PLACE_WORDS;
    const worker = places[place + PLACE.worker] as number;
    const own = readers[worker] as PieceReader;
    const end = (read[worker] as number) + (places[place + PLACE.outBytes] as number);
    const { cuts } = results[worker] as BatchResult;
    for (let k = places[place + PLACE.cuts] as number; k > 0; k--) {
      const { entries } = life as LifeOutput;
      const cut = 2 * (passed[worker] as number)++;
      const [start, stop] = [cuts?.[cut] as number, cuts?.[cut + 1] as number];
      own.read(start - (read[worker] as number), to);
      lived.read(entries[entry + ENTRY.before] as number, to);
      const encoded = entries[entry + ENTRY.own] as number;
      if (encoded >= 0) lived.read(encoded, to);
      own.read(stop - start, to);
      lived.read(entries[entry + ENTRY.after] as number, to);
      entry += ENTRY_WORDS;
      read[worker] = stop;
    }
    own.read(end - (read[worker] as number), to);
    read[worker] = end;
  }
}

function readersOf(pieces: readonly Uint8Array[][]): PieceReader[] {
  return pieces.map((own) => {
    const reader = new PieceReader();
    reader.begin(own);
    return reader;
  });
}
