// A thread's error on its way to main. What a thread throws is copied, and the copy is a plain Error: a
// HoldfastError would lose its code, and with it the exit code of the command line. So it goes as values,
// and main makes the same error of them. Deliberately absent: the cause and the stack, which speak of the
// thread's code; the message is a whole sentence without them.

import type { ErrorCode } from '../base/errors.ts';
import { HoldfastError } from '../base/errors.ts';

/** Survives a copy to another thread. */
export interface CarriedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path: string | undefined;
  readonly retryable: boolean;
}

/** On the thread: runs `task`; gives the HoldfastError that it throws as values. Others are thrown on. */
export function carryError(task: () => void): CarriedError | null {
  try {
    task();
    return null;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const { code, message, path, retryable } = error;
    return { code, message, path, retryable };
  }
}

/** On main: throws what was carried, if anything was. */
export function throwCarried(carried: CarriedError | null): void {
  if (carried === null) return;
  const { code, message, path, retryable } = carried;
  throw new HoldfastError(code, message, { retryable, ...(path !== undefined && { path }) });
}
