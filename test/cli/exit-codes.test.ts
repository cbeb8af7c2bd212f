import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/base/errors.ts';
import { HoldfastError } from '../../src/base/errors.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT, EXIT_MEANINGS, exitCodeOf } from '../../src/cli/exit-codes.ts';
import { helpOfAll } from '../../src/cli/help.ts';

describe('what went wrong and the exit code', () => {
  const codes: Readonly<Record<ErrorCode, number>> = {
    USAGE: 2,
    RULES_REJECTED: 3,
    IO_FAILED: 4,
    INTERNAL: 5,
  };

  test.each(Object.entries(codes) as [ErrorCode, number][])('%s is %i', (code, exit) => {
    expect(exitCodeOf(new HoldfastError(code, 'a sentence'))).toBe(exit);
  });

  test.each([new Error('a bug'), new TypeError('x is not a function'), 'text', undefined])(
    '%s, which nobody meant to throw, is 5',
    (thrown) => {
      expect(exitCodeOf(thrown)).toBe(5);
    },
  );
});

test('help lists every exit code', () => {
  expect(EXIT_MEANINGS.map(([code]) => code)).toEqual(Object.values(EXIT));
  const listed = [...helpOfAll(COMMANDS).matchAll(/^ +(\d+) {2}/gm)].map(([, code]) =>
    Number(code),
  );
  expect(listed).toEqual(Object.values(EXIT));
});

test('the README says of each what help says', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const codes = [...readme.matchAll(/^\| ([\d, ]+?) +\| .+\|$/gm)].flatMap(([, code = '']) =>
    code.split(', ').map(Number),
  );
  expect(codes).toEqual(Object.values(EXIT));
  for (const text of [readme, helpOfAll(COMMANDS)]) {
    expect(text).toMatch(/ 1 +\|? ?(?:of `?run`?): decided, but some rows were dead letters/);
  }
});
