import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8ErrorAt, writeCodePoint } from '../../src/codec/utf8.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

test('agrees with TextDecoder on any bytes, and on nearly right ones', () => {
  const lead = fc.constantFrom(
    0x41,
    0x7f,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xe1,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
  );
  const tail = fc.constantFrom(0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0x7f, 0xc0);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.tuple(lead, fc.array(tail, { maxLength: 4 })).map(([l, t]) => Uint8Array.of(l, ...t)),
  );
  fc.assert(
    fc.property(bytes, (value) => {
      expect(utf8ErrorAt(value, 0, value.length) < 0).toBe(isUtf8(value));
    }),
    { numRuns: 3000 },
  );
});

test('the error is where the first bad sequence begins', () => {
  const bytes = Uint8Array.of(0x41, 0xc3, 0xa9, 0xe4, 0xb8);
  expect(utf8ErrorAt(bytes, 0, 5)).toBe(3);
  expect(utf8ErrorAt(bytes, 0, 3)).toBe(-1);
  expect(utf8ErrorAt(bytes, 2, 3)).toBe(2);
});

test('writes every code point as TextEncoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), (text) => {
      const bytes = new Uint8Array(4);
      const length = writeCodePoint(bytes, 0, text.codePointAt(0) as number);
      expect(bytes.slice(0, length)).toEqual(new TextEncoder().encode(text));
    }),
    { numRuns: 500 },
  );
});
