import { expect, test } from 'vitest';
import { DEFAULT_HASH_KEY } from '../../src/base/hash.ts';
import { hashKeyFrom } from '../../src/cli/hash-key.ts';

test.each([undefined, ''])('%j is the default', (value) => {
  expect(hashKeyFrom(value)).toEqual(DEFAULT_HASH_KEY);
});

test('sixteen digits are two halves', () => {
  expect(hashKeyFrom('00000001FFFFFFFF')).toEqual({ k0: 1, k1: -1 });
});

test.each(['1', 'g'.repeat(16), 'a'.repeat(17)])('%j is refused and not repeated', (value) => {
  expect(() => hashKeyFrom(value)).toThrow(/takes 16 hexadecimal digits/);
  if (value.length > 1) expect(() => hashKeyFrom(value)).not.toThrow(value);
});
