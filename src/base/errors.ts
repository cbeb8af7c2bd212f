// An operating failure: something outside the program went wrong and a person should read why.

/** Which exit code of the command line a failure ends with (see cli/exit-codes.ts). */
export type ErrorCode = 'USAGE' | 'RULES_REJECTED' | 'IO_FAILED' | 'INTERNAL';

export interface ErrorDetails {
  /** File, topic or setting that it is about. */
  readonly path?: string;
  /** True when the same call may succeed later. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** `message` is a whole sentence that says what failed, on what, and what was expected. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.retryable = details.retryable ?? false;
  }
}
