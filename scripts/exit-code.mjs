// What a script ends with, after the program that it ran.

import { constants } from 'node:os';

/** As a shell says it: 128 and the signal's number where one ended the program. */
export function exitCodeAfter(code, signal) {
  return signal === null ? (code ?? 5) : 128 + constants.signals[signal];
}
