// The arena against a plain list of who holds which words: blocks never overlap, begin where a
// double may, keep what is written to them, and what is given back is used again.

import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import { Random } from '../../src/base/random.ts';
import { RowArena } from '../../src/state/row-arena.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

interface Block {
  readonly offset: number;
  readonly size: number;
  readonly words: number;
  readonly isDirectory: boolean;
  readonly mark: number;
}

function take(arena: RowArena, size: number, rowWords: number, isDirectory: boolean): Block {
  const offset = isDirectory ? arena.takeDirectory(size) : arena.takeRows(size);
  const words = isDirectory ? size : size * rowWords;
  return { offset, size, words, isDirectory, mark: offset * 7 + 1 };
}

describe('blocks', () => {
  test.each(Array.from({ length: runs(10) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const rowWords = random.pick([2, 6, 14, 16, 34]);
    const arena = new RowArena(rowWords, 1 << 20);
    const held: Block[] = [];
    const owner = new Int32Array(1 << 20);
    for (let step = 1; step < 1500; step++) {
      if (held.length > 0 && random.chance(0.45)) {
        const [block] = held.splice(random.below(held.length), 1) as [Block];
        const content = arena.words.subarray(block.offset, block.offset + block.words);
        expect(content.every((word) => word === block.mark)).toBe(true);
        owner.fill(0, block.offset, block.offset + block.words);
        if (block.isDirectory) arena.giveDirectory(block.offset, block.size);
        else arena.giveRows(block.offset, block.size);
        continue;
      }
      const isDirectory = random.chance(0.2);
      const size = isDirectory ? 2 << random.below(6) : 4 << random.below(5);
      const block = take(arena, size, rowWords, isDirectory);
      const { offset, words } = block;
      expect(offset).toBeGreaterThan(0);
      expect(offset % 2).toBe(0);
      expect(owner.subarray(offset, offset + words).every((other) => other === 0)).toBe(true);
      const content = arena.words.subarray(offset, offset + words);
      if (isDirectory) expect(content.every((word) => word === 0)).toBe(true);
      owner.fill(step, offset, offset + words);
      content.fill(block.mark);
      held.push(block);
    }
  });
});

test('what was given back is taken again before the arena grows', () => {
  const arena = new RowArena(6, 1 << 16);
  const blocks = Array.from({ length: 100 }, () => arena.takeRows(8));
  const { bytesUsed, bytesTouched } = arena;
  for (let round = 0; round < 5; round++) {
    for (const offset of blocks.splice(0)) arena.giveRows(offset, 8);
    expect(arena.bytesUsed).toBe(0);
    blocks.push(...Array.from({ length: 100 }, () => arena.takeRows(8)));
  }
  expect(arena.bytesUsed).toBe(bytesUsed);
  expect(arena.bytesTouched).toBe(bytesTouched);
});

test('buddies that were given back serve larger blocks', () => {
  const arena = new RowArena(6, 1 << 16);
  const small = Array.from({ length: 128 }, () => arena.takeRows(4));
  const { bytesTouched } = arena;
  for (const offset of small) arena.giveRows(offset, 4);
  for (let k = 0; k < 64; k++) arena.takeRows(8);
  expect(arena.bytesTouched).toBe(bytesTouched);
});

test('a full arena says which limit to lower', () => {
  const arena = new RowArena(16, 4096);
  const fill = (): void => {
    for (let k = 0; k < 100; k++) arena.takeRows(16);
  };
  expect(fill).toThrow(HoldfastError);
  expect(fill).toThrow(/limits\.rowsPerEntity/);
});
