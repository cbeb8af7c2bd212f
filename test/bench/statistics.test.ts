// The benchmark's medians and percentiles.

import { expect, test } from 'vitest';

interface Statistics {
  median(values: readonly number[]): number;
  percentile(values: readonly number[], percent: number): number;
  whole(value: number): string;
  spread(values: readonly number[], digits: number): string;
}

const url = new URL('../../bench/statistics.mjs', import.meta.url).href;
const statistics = (await import(url)) as Statistics;

test.each([
  [[3], 50, 3],
  [[1, 2], 50, 1.5],
  [[9, 1, 5], 50, 5],
  [[4, 1, 3, 2], 50, 2.5],
  [Array.from({ length: 100 }, (_, k) => k + 1), 99, 99],
  [Array.from({ length: 100 }, (_, k) => k + 1), 99.9, 100],
  [[7, 8], 0, 7],
  [[7, 8], 100, 8],
])('percentile of %j at %d is %d', (values, percent, expected) => {
  expect(statistics.percentile(values, percent)).toBe(expected);
});

test('numbers are written to be read', () => {
  expect(statistics.whole(1234567.8)).toBe('1,234,568');
  expect(statistics.spread([0.9, 1.1, 1], 2)).toBe('1.00 (0.90 to 1.10)');
});
