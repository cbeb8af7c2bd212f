import { expect, test } from 'vitest';
import { touchLines } from '../../src/base/touch-lines.ts';

test.each([0, 1, 7, 8, 9, 16, 23])('reads each of %i words once', (count) => {
  const words = Int32Array.from({ length: 64 }, (_, k) => Math.imul(k + 1, 0x9e3779b1));
  const at = Int32Array.from({ length: count + 4 }, (_, k) => (k * 5) % 40);
  const read = [...at.subarray(2, 2 + count)].map((place) => words[place + 3] as number);
  const all = read.reduce((sum, word) => sum ^ word, 0);
  expect(touchLines(words, at, 2, 2 + count, 3)).toBe(all);
});
