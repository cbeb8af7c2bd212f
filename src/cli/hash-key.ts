// The key of the hashes that stand for strings (base/hash.ts), from the environment: with one of its
// own an installation cannot be slowed by ids that a stranger prepared for the published default.
// Decisions are the same under every key. Never printed.

import { HoldfastError } from '../base/errors.ts';
import type { HashKey } from '../base/hash.ts';
import { DEFAULT_HASH_KEY } from '../base/hash.ts';

export const HASH_KEY_VARIABLE = 'HOLDFAST_HASH_KEY';

/** 16 hexadecimal digits; unset or empty: the default. Throws USAGE, without the value. */
export function hashKeyFrom(value: string | undefined): HashKey {
  if (value === undefined || value === '') return DEFAULT_HASH_KEY;
  if (!/^[\da-f]{16}$/i.test(value)) {
    throw new HoldfastError(
      'USAGE',
      `${HASH_KEY_VARIABLE} takes 16 hexadecimal digits; what it has (length ${value.length}) is not that.`,
    );
  }
  return { k0: parseInt(value.slice(0, 8), 16) | 0, k1: parseInt(value.slice(8), 16) | 0 };
}
