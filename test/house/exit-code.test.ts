// What `npm start` ends with: what the program ended with, also where that was a signal.

import { expect, test } from 'vitest';

interface ExitCode {
  exitCodeAfter(this: void, code: number | null, signal: NodeJS.Signals | null): number;
}

const script = new URL('../../scripts/exit-code.mjs', import.meta.url);
const { exitCodeAfter } = (await import(script.href)) as ExitCode;

test.each([
  [0, null, 0],
  [4, null, 4],
  [null, 'SIGINT', 130],
  [null, 'SIGTERM', 143],
  [null, 'SIGKILL', 137],
] as const)('code %s, signal %s: %s', (code, signal, expected) => {
  expect(exitCodeAfter(code, signal)).toBe(expected);
});
