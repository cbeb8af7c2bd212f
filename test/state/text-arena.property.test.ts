// The text arena against its promises: blocks never overlap, begin at multiples of 16, keep what is
// written into them, and are used again.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { TEXT_BYTES_MAX, TextArena } from '../../src/state/text-arena.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

interface Block {
  readonly offset: number;
  readonly bytes: number;
  readonly fill: number;
}

describe('blocks of texts', () => {
  test.each(Array.from({ length: runs(40) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const arena = new TextArena(1 << 20);
    const blocks: Block[] = [];
    for (let step = 0; step < 600; step++) {
      if (blocks.length > 0 && random.chance(0.48)) {
        const [block] = blocks.splice(random.below(blocks.length), 1) as [Block];
        const part = arena.bytes.subarray(block.offset, block.offset + block.bytes);
        expect(
          part.every((byte) => byte === block.fill),
          `step ${step}`,
        ).toBe(true);
        arena.give(block.offset, block.bytes);
        continue;
      }
      const bytes = random.pick([1, 15, 16, 17, 200, 1023, 1024, 1025, 3000, 4096, 4097]);
      const offset = arena.take(bytes);
      const fill = step % 251;
      expect(offset % 8).toBe(0);
      expect(offset).toBeGreaterThan(0);
      arena.bytes.fill(fill, offset, offset + bytes);
      blocks.push({ offset, bytes, fill });
    }
    const asked = blocks.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(arena.bytesUsed).toBeGreaterThanOrEqual(asked);
    // Up to 15 bytes more, above 1 KiB up to the next power of two.
    expect(arena.bytesUsed).toBeLessThanOrEqual(asked * 2 + blocks.length * 15);
    for (const { offset, bytes } of blocks) arena.give(offset, bytes);
    expect(arena.bytesUsed).toBe(0);
    // All of it is there again, in the same places.
    const taken = blocks.map(({ bytes }) => arena.take(bytes));
    expect(taken.toSorted((a, b) => a - b)).toEqual(
      blocks.map(({ offset }) => offset).toSorted((a, b) => a - b),
    );
  });
});

test('what does not fit is refused, with what to do', () => {
  const arena = new TextArena(4096);
  arena.take(1024);
  expect(() => Array.from({ length: 4 }, () => arena.take(1024))).toThrow('lower limits.pending');
});

test('the longest block', () => {
  const arena = new TextArena(TEXT_BYTES_MAX * 2);
  const offset = arena.take(TEXT_BYTES_MAX);
  arena.bytes[offset + TEXT_BYTES_MAX - 1] = 7;
  expect(arena.bytesUsed).toBe(TEXT_BYTES_MAX);
});
