// Puts a batch's decisions in order on the main thread: each worker's bytes, and between them what the
// worker that walks payments' lives wrote. Nearly every batch of a plan with lives has some, each between
// two decisions: all of them are copied into one buffer, since a piece costs a call of the hash, of the sink
// and of the system, and a copy costs nothing beside it (~0.2 ms a batch).

import { copyBytes } from '../base/copy-bytes.ts';
import type { BatchResult } from './batch-result.ts';
import { ENTRY, ENTRY_WORDS, PieceReader } from './life/life-walk.ts';

/**
 * Decisions of a batch, in order, in pieces.
 * @param outs each worker's region
 * @param buffer where they are put together; a batch for which it is too short goes out in pieces
 */
export function weaveDecisions(
  results: readonly BatchResult[],
  outs: readonly Uint8Array[],
  buffer: Uint8Array,
): Uint8Array[] {
  const pieces = results.map((result, k) => [
    (outs[k] as Uint8Array).subarray(0, result.outBytes),
    ...result.outChunks,
  ]);
  const life = results.find((result) => result.life !== null)?.life ?? null;
  if (life === null) return pieces.flat();
  const totals = pieces.map(bytesOf);
  const woven: Uint8Array[] = [];
  let length = 0;
  const copied = {
    append(bytes: Uint8Array, from: number, to: number): void {
      copyBytes(buffer, length, bytes, from, to);
      length += to - from;
    },
  };
  const apart = {
    append(bytes: Uint8Array, from: number, to: number): void {
      woven.push(bytes.subarray(from, to));
    },
  };
  const isShort = totals.reduce((sum, total) => sum + total, life.bytes) > buffer.length;
  const to = isShort ? apart : copied;
  const lived = new PieceReader();
  const own = new PieceReader();
  lived.begin(life.pieces);
  let entry = 0;
  results.forEach((result, worker) => {
    own.begin(pieces[worker] as Uint8Array[]);
    const cuts = result.cuts ?? new Int32Array(0);
    let at = 0;
    for (let k = 0; k < cuts.length; k += 2) {
      const [start, end] = [cuts[k] as number, cuts[k + 1] as number];
      own.read(start - at, to);
      lived.read(life.entries[entry + ENTRY.before] as number, to);
      const encoded = life.entries[entry + ENTRY.own] as number;
      if (encoded >= 0) lived.read(encoded, to);
      own.read(end - start, to);
      lived.read(life.entries[entry + ENTRY.after] as number, to);
      entry += ENTRY_WORDS;
      at = end;
    }
    own.read((totals[worker] as number) - at, to);
  });
  return isShort ? woven : [buffer.subarray(0, length)];
}

function bytesOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
