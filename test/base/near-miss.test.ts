import { describe, expect, test } from 'vitest';
import { editDistance, nearMiss } from '../../src/base/near-miss.ts';

describe('near miss', () => {
  test.each([
    ['amout', ['amount', 'account'], 'amount'],
    ['cuont', ['count', 'sum'], 'count'],
    ['lim', ['limit', 'mcc'], 'limit'],
    ['WHEN', ['when'], 'when'],
    ['rules', ['rules'], null],
    ['zebra', ['amount', 'account'], null],
    ['', ['a'], null],
    ['x'.repeat(65), ['x'.repeat(66)], null],
    ['ab', ['ba'], 'ba'],
  ] as const)('%s among %j: %s', (word, candidates, expected) => {
    expect(nearMiss(word, candidates)).toBe(expected);
  });

  test.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ] as const)('distance of %s and %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
