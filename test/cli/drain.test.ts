import { expect, test } from 'vitest';
import { DRAIN_DEFAULT_MS, drainMsOf } from '../../src/cli/drain.ts';

test.each([
  [null, DRAIN_DEFAULT_MS],
  ['none', 0],
  ['all', Infinity],
  ['0s', 0],
  ['1h30m', 5_400_000],
  ['104249991d', 9_007_199_222_400_000],
])('--drain %s', (text, ms) => {
  expect(drainMsOf(text)).toBe(ms);
});

test.each([['104249992d'], ['999999999d'], ['9999999999999999ms'], ['104249991d24h']])(
  '--drain %s is too long, and the most is told',
  (text) => {
    const sentence = `--drain takes at most 104249991d, or all; "${text}" is too long.`;
    expect(() => drainMsOf(text)).toThrow(sentence);
  },
);

test.each([[''], ['1'], ['1w'], ['-1s'], ['1 h'], ['d'], ['1s1s1s1s1s1s'], ['0000000000000001s']])(
  '--drain %j is no time',
  (text) => {
    expect(() => drainMsOf(text)).toThrow(`all or none, not "${text}".`);
  },
);
