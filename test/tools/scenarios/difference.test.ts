import { describe, expect, it } from 'vitest';
import { difference } from '../../../src/tools/scenarios/difference.ts';

describe('difference', () => {
  it('is nothing where both are the same', () => {
    expect(difference([{ hold: 'a', score: 60 }], [{ hold: 'a', score: 60 }])).toBe('');
  });

  it.each([
    {
      name: 'another value',
      expected: [{ hold: 'a', score: 60 }],
      actual: [{ hold: 'a', score: 61 }],
      lines: ['  expect:', '    - hold: a', '-     score: 60', '+     score: 61', '  '],
    },
    {
      name: 'a decision too many',
      expected: [{ allow: 'a' }],
      actual: [{ allow: 'a' }, { hold: 'b' }],
      lines: ['  expect:', '    - allow: a', '+   - hold: b', '  '],
    },
    {
      name: 'a decision too few',
      expected: [{ hold: 'a' }, { hold: 'b' }],
      actual: [{ hold: 'b' }],
      lines: ['  expect:', '-   - hold: a', '    - hold: b', '  '],
    },
    {
      name: 'another order',
      expected: [{ hold: 'a' }, { reverse: 'b' }],
      actual: [{ reverse: 'b' }, { hold: 'a' }],
      lines: ['  expect:', '-   - hold: a', '    - reverse: b', '+   - hold: a', '  '],
    },
  ])('shows $name', ({ expected, actual, lines }) => {
    expect(difference(expected, actual).split('\n')).toEqual(lines);
  });
});
