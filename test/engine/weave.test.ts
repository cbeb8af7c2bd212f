// What several workers wrote, put in order with what one of them wrote of payments' lives: in one piece
// where the buffer has room, else in pieces, and the same bytes.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { BatchResult } from '../../src/engine/batch-result.ts';
import { ENTRY_WORDS } from '../../src/engine/life/life-walk.ts';
import { weaveDecisions } from '../../src/engine/weave.ts';

interface Woven {
  readonly results: readonly BatchResult[];
  readonly outs: readonly Uint8Array[];
  readonly wanted: Buffer;
}

/** Bytes cut into pieces: where chunks of a region end. */
function cutUp(random: Random, bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const to = Math.min(bytes.length, at + 1 + random.below(60));
    pieces.push(bytes.subarray(at, to));
    at = to;
  }
  return pieces;
}

/** A batch of so many workers, and its bytes as they belong. */
function batchOf(random: Random, workers: number, lifeShare: number): Woven {
  const wanted: Buffer[] = [];
  const lived: Buffer[] = [];
  const entries: number[] = [];
  const text = (name: string): Buffer => {
    const bytes = Buffer.from(name.repeat(1 + random.below(4)));
    wanted.push(bytes);
    return bytes;
  };
  const live = (name: string): number => {
    if (random.chance(0.4)) return 0;
    const bytes = text(name);
    lived.push(bytes);
    return bytes.length;
  };
  let row = 0;
  const written = Array.from({ length: workers }, () => {
    const own: Buffer[] = [];
    const cuts: number[] = [];
    const length = (): number => own.reduce((sum, bytes) => sum + bytes.length, 0);
    for (let k = random.below(12); k > 0; k--, row++) {
      if (!random.chance(lifeShare)) {
        own.push(text(`r${row},`));
        continue;
      }
      const before = live(`b${row},`);
      const start = length();
      const isOwn = random.chance(0.3);
      const encoded = isOwn ? live(`o${row},`) : -1;
      if (!isOwn) own.push(text(`r${row},`));
      cuts.push(start, length());
      entries.push(row, before, encoded, live(`a${row},`));
    }
    return { bytes: Buffer.concat(own), cuts };
  });
  const life =
    entries.length === 0
      ? null
      : {
          pieces: cutUp(random, Buffer.concat(lived)),
          bytes: Buffer.concat(lived).length,
          entries: Int32Array.from(entries),
          count: entries.length / ENTRY_WORDS,
        };
  const results = written.map(({ bytes, cuts }, worker): BatchResult => {
    const outBytes = random.below(bytes.length + 1);
    return {
      outBytes,
      deadBytes: 0,
      outChunks: cutUp(random, bytes.subarray(outBytes)),
      deadChunks: [],
      alerts: [],
      life: worker === 0 ? life : null,
      cuts: cuts.length > 0 ? Int32Array.from(cuts) : null,
      totals: new Float64Array(0),
    };
  });
  return { results, outs: written.map(({ bytes }) => bytes), wanted: Buffer.concat(wanted) };
}

test.each([0, 0.1, 0.7])('of a batch in which a share of %f rows has something', (share) => {
  const random = new Random(5);
  for (let round = 0; round < 200; round++) {
    const { results, outs, wanted } = batchOf(random, 1 + random.below(4), share);
    const isLived = results[0]?.life !== null;
    for (const room of [wanted.length + 7, wanted.length, wanted.length - 1, 0]) {
      const pieces = weaveDecisions(results, outs, new Uint8Array(Math.max(0, room)));
      expect(Buffer.concat(pieces).toString()).toBe(wanted.toString());
      if (isLived && room >= wanted.length) expect(pieces.length).toBe(1);
    }
  }
});
