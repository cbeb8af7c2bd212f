// What several workers wrote of a batch's ranges, put in order with what one of them wrote of payments'
// lives: in one piece where the buffer has room, else in pieces, and the same bytes. Dead letters too.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { BatchResult } from '../../src/engine/batch-result.ts';
import { ENTRY_WORDS } from '../../src/engine/life/life-walk.ts';
import { PLACE, PLACE_WORDS } from '../../src/engine/ranges.ts';
import type { WrittenBatch } from '../../src/engine/weave.ts';
import { orderLetters, weaveDecisions } from '../../src/engine/weave.ts';

interface Woven {
  readonly written: WrittenBatch;
  readonly wanted: Buffer;
  readonly wantedLetters: Buffer;
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

/** What one worker has written so far. */
class Writing {
  readonly own: Buffer[] = [];
  readonly letters: Buffer[] = [];
  readonly cuts: number[] = [];

  get length(): number {
    return bytesOf(this.own);
  }
}

function bytesOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** A batch of so many workers, and its bytes as they belong. */
function batchOf(random: Random, workers: number, lifeShare: number): Woven {
  const wanted: Buffer[] = [];
  const wantedLetters: Buffer[] = [];
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
  const writings = Array.from({ length: workers }, () => new Writing());
  const ranges = random.below(9);
  const places = new Int32Array((ranges + 1) * PLACE_WORDS);
  let row = 0;
  for (let range = 0; range < ranges; range++) {
    const worker = random.below(workers);
    const { own, letters, cuts } = writings[worker] as Writing;
    const length = (): number => (writings[worker] as Writing).length;
    const before = { out: length(), dead: bytesOf(letters), cuts: cuts.length };
    for (let k = random.below(6); k > 0; k--, row++) {
      if (random.chance(0.1)) {
        const letter = Buffer.from(`d${row},`);
        wantedLetters.push(letter);
        letters.push(letter);
      }
      if (!random.chance(lifeShare)) {
        own.push(text(`r${row},`));
        continue;
      }
      const lifeBefore = live(`b${row},`);
      const start = length();
      const isOwn = random.chance(0.3);
      const encoded = isOwn ? live(`o${row},`) : -1;
      if (!isOwn) own.push(text(`r${row},`));
      cuts.push(start, length());
      entries.push(row, lifeBefore, encoded, live(`a${row},`));
    }
    const at = range * PLACE_WORDS;
    places[at + PLACE.worker] = worker;
    places[at + PLACE.outBytes] = length() - before.out;
    places[at + PLACE.deadBytes] = bytesOf(letters) - before.dead;
    places[at + PLACE.cuts] = (cuts.length - before.cuts) / 2;
  }
  const life =
    entries.length === 0
      ? null
      : {
          pieces: cutUp(random, Buffer.concat(lived)),
          bytes: Buffer.concat(lived).length,
          entries: Int32Array.from(entries),
          count: entries.length / ENTRY_WORDS,
        };
  const outs = writings.map(({ own }) => Buffer.concat(own));
  const deads = writings.map(({ letters }) => Buffer.concat(letters));
  const results = writings.map(({ cuts }, worker): BatchResult => {
    const [out, dead] = [outs[worker] as Buffer, deads[worker] as Buffer];
    const outBytes = random.below(out.length + 1);
    const deadBytes = random.below(dead.length + 1);
    return {
      out: { regionBytes: outBytes, chunks: cutUp(random, out.subarray(outBytes)) },
      dead: { regionBytes: deadBytes, chunks: cutUp(random, dead.subarray(deadBytes)) },
      alerts: [],
      life: worker === 0 ? life : null,
      cuts: cuts.length > 0 ? Int32Array.from(cuts) : null,
      totals: new Float64Array(0),
    };
  });
  return {
    written: { results, outs, deads, places, ranges },
    wanted: Buffer.concat(wanted),
    wantedLetters: Buffer.concat(wantedLetters),
  };
}

test.each([0, 0.1, 0.7])('of a batch in which a share of %f rows has something', (share) => {
  const random = new Random(5);
  for (let round = 0; round < 200; round++) {
    const { written, wanted, wantedLetters } = batchOf(random, 1 + random.below(4), share);
    for (const room of [wanted.length + 7, wanted.length, wanted.length - 1, 0]) {
      const pieces = weaveDecisions(written, new Uint8Array(Math.max(0, room)));
      expect(Buffer.concat(pieces).toString()).toBe(wanted.toString());
      if (room >= wanted.length) expect(pieces.length).toBe(1);
    }
    expect(Buffer.concat(orderLetters(written)).toString()).toBe(wantedLetters.toString());
  }
});
