// What the process ends with. Documented in the README and in `holdfast help`.

import { HoldfastError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';

export const EXIT = {
  /** Everything was decided. */
  ok: 0,
  /** Of `run` alone: everything was decided, but some rows were dead letters. */
  deadLetters: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** The rules file has errors, or its own tests fail. */
  rulesRejected: 3,
  /** A file cannot be read or written, an output was closed, or the system gives too little memory. */
  ioFailed: 4,
  /** A bug, or a worker died: the output ends after the last whole batch. */
  internal: 5,
  /** SIGINT: the batch was finished, the .partial kept, the position printed (128 + 2). */
  interrupted: 130,
  /** SIGTERM: likewise (128 + 15). */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'all decided'],
  [EXIT.deadLetters, 'of run: decided, but some rows were dead letters'],
  [EXIT.usage, 'the command line is wrong'],
  [EXIT.rulesRejected, 'the rules file was rejected, or its own tests fail'],
  [EXIT.ioFailed, 'a file cannot be read or written, an output was closed, or memory is lacking'],
  [EXIT.internal, 'an internal error; the output ends after the last whole batch'],
  [EXIT.interrupted, 'stopped by SIGINT; the last batch was finished, the .partial file kept'],
  [EXIT.terminated, 'stopped by SIGTERM; likewise'],
];

const BY_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  USAGE: EXIT.usage,
  RULES_REJECTED: EXIT.rulesRejected,
  IO_FAILED: EXIT.ioFailed,
  INTERNAL: EXIT.internal,
};

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof HoldfastError ? BY_ERROR[error.code] : EXIT.internal;
}
