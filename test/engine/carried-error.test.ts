import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import { carryError, throwCarried } from '../../src/engine/carried-error.ts';

/** What arrives on the other side of a thread's border. */
function carriedOver(error: unknown): unknown {
  const carried = carryError(() => {
    throw error;
  });
  try {
    throwCarried(structuredClone(carried));
  } catch (arrived) {
    return arrived;
  }
  return null;
}

describe('an error that leaves its thread', () => {
  test.each([
    new HoldfastError('IO_FAILED', 'Cannot reserve.', { cause: new RangeError('no') }),
    new HoldfastError('IO_FAILED', 'Cannot read "a".', { path: 'a', retryable: true }),
    new HoldfastError('RULES_REJECTED', 'Cannot compile.'),
  ])('%s', (error) => {
    const { code, message, path, retryable } = error;
    const arrived = carriedOver(error);
    expect(arrived).toBeInstanceOf(HoldfastError);
    expect(arrived).toMatchObject({ code, message, path, retryable });
  });

  test('what is no operating failure is thrown where it happens', () => {
    expect(() => carriedOver(new Error('a bug'))).toThrow('a bug');
  });

  test('nothing went wrong', () => {
    const carried = carryError(() => {});
    expect(carried).toBe(null);
    throwCarried(carried);
  });
});
