import { expect, test } from 'vitest';
import { addScores } from '../../src/domain/score.ts';

test('sums are sums, and infinite scores of both signs are infinite in any order', () => {
  expect(addScores(0.1, 0.2)).toBe(0.1 + 0.2);
  expect(addScores(-Infinity, 5)).toBe(-Infinity);
  for (const scores of [
    [Infinity, -Infinity, 5],
    [-Infinity, 5, Infinity],
    [-Infinity, Infinity, -Infinity],
  ]) {
    expect(scores.reduce(addScores, 0)).toBe(Infinity);
  }
});
