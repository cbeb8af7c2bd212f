// Puts a batch's decisions in order on the main thread: each worker's bytes, and between them what the
// worker that walks payments' lives wrote. Bytes are not copied, only cut.

import type { BatchResult } from './batch-worker.ts';
import { ENTRY, ENTRY_WORDS, PieceReader } from './life/life-walk.ts';

/** Decisions of a batch in pieces, in order. @param outs each worker's region */
export function weaveDecisions(
  results: readonly BatchResult[],
  outs: readonly Uint8Array[],
): Uint8Array[] {
  const pieces = results.map((result, k) => [
    (outs[k] as Uint8Array).subarray(0, result.outBytes),
    ...result.outChunks,
  ]);
  const life = results.find((result) => result.life !== null)?.life ?? null;
  if (life === null) return pieces.flat();
  const woven: Uint8Array[] = [];
  const take = (part: Uint8Array): void => void woven.push(part);
  const lived = new PieceReader(life.pieces);
  let entry = 0;
  results.forEach((result, worker) => {
    const own = new PieceReader(pieces[worker] as Uint8Array[]);
    const total = (pieces[worker] as Uint8Array[]).reduce((sum, piece) => sum + piece.length, 0);
    const cuts = result.cuts ?? new Int32Array(0);
    let at = 0;
    for (let k = 0; k < cuts.length; k += 2) {
      const [start, end] = [cuts[k] as number, cuts[k + 1] as number];
      own.read(start - at, take);
      lived.read(life.entries[entry + ENTRY.before] as number, take);
      const encoded = life.entries[entry + ENTRY.own] as number;
      if (encoded >= 0) lived.read(encoded, take);
      own.read(end - start, take);
      lived.read(life.entries[entry + ENTRY.after] as number, take);
      entry += ENTRY_WORDS;
      at = end;
    }
    own.read(total - at, take);
  });
  return woven;
}
