// A broken promise inside the program: the caller or this code is wrong, not the input.
// Bad input is a returned value (see domain/input-error.ts), a failing operation a HoldfastError.

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws AssertionError with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, or AssertionError when it is undefined or null: for indexed reads that cannot miss. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`${what} is missing`);
  return value;
}
