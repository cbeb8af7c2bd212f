import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codePoints,
  compareBytes,
  containsBytes,
  cutAtCharacter,
  expiryNumber,
  leadingSpace,
  luhnHolds,
  trailingSpace,
} from '../../../src/rules/runtime/text.ts';
import { compareVersions, isVersion } from '../../../src/rules/runtime/versions.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
/** Every code point that trim takes away, and neighbours that it does not. */
const SPACES = Array.from({ length: 0x10000 }, (_, code) => code)
  .filter((code) => (code < 0xd800 || code > 0xdfff) && String.fromCharCode(code).trim() === '')
  .flatMap((code) => [code - 1, code, code + 1])
  .filter((code) => code >= 0)
  .map((code) => String.fromCodePoint(code));

describe('text over bytes', () => {
  it('contains, order and size are those of strings', () => {
    fc.assert(
      fc.property(text, text, fc.nat(4), (a, b, pad) => {
        const x = new Uint8Array([...new Uint8Array(pad).fill(0xff), ...bytesOf(a), 0xff]);
        const y = bytesOf(b);
        const n = bytesOf(a).length;
        expect(containsBytes(x, pad, n, y, 0, y.length)).toBe(a.includes(b));
        expect(compareBytes(x, pad, n, y, 0, y.length)).toBe(
          Math.sign(Buffer.compare(bytesOf(a), y)),
        );
        expect(codePoints(x, pad, n)).toBe(Array.from(a).length);
      }),
    );
  });

  it('finds a part of the text itself', () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const x = bytesOf(a + b + c);
        const y = bytesOf(b);
        expect(containsBytes(x, 0, x.length, y, 0, y.length)).toBe(true);
      }),
    );
  });

  it('trims what String.prototype.trim trims', () => {
    const spaced = fc.array(
      fc.oneof(fc.constantFrom(...SPACES), fc.constantFrom('a', 'é', '\u3000')),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(spaced, (parts) => {
        const whole = parts.join('');
        const x = bytesOf(whole);
        const lead = leadingSpace(x, 0, x.length);
        const trail = trailingSpace(x, lead, x.length - lead);
        expect(Buffer.from(x.subarray(lead, x.length - trail)).toString()).toBe(whole.trim());
      }),
      { numRuns: 2000 },
    );
  });

  it('cuts between characters', () => {
    fc.assert(
      fc.property(text, fc.nat(20), (a, max) => {
        const x = bytesOf(a);
        const cut = Buffer.from(x.subarray(0, cutAtCharacter(x, 0, x.length, max))).toString();
        expect(a.startsWith(cut)).toBe(true);
        expect(bytesOf(cut).length).toBeLessThanOrEqual(max);
        expect(bytesOf(cut).length).toBeGreaterThan(Math.min(x.length, max) - 4);
      }),
    );
  });
});

describe('luhn', () => {
  it.each([
    ['4111111111111111', true],
    ['79927398713', true],
    ['79927398710', false],
    ['0', true],
    ['', false],
    ['411111111111111a', false],
    [' 4111111111111111', false],
    ['-0', false],
  ])('%s is %s', (digits, expected) => {
    const x = bytesOf(digits);
    expect(luhnHolds(x, 0, x.length)).toBe(expected);
  });

  it('one wrong digit is noticed', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.integer({ min: 1, max: 9 }), (at, add) => {
        const x = bytesOf('4111111111111111');
        x[at] = 48 + (((x[at] as number) - 48 + add) % 10);
        expect(luhnHolds(x, 0, x.length)).toBe(false);
      }),
    );
  });
});

describe('versions', () => {
  it.each([
    ['3.2.10', '3.2.9', 1],
    ['3.2', '3.2.0', 0],
    ['3.2', '3.2.0.1', -1],
    ['03.002', '3.2', 0],
    ['10', '9.9.9', 1],
    ['1.100000000000000000000000000001', '1.100000000000000000000000000002', -1],
    ['0', '0.0', 0],
  ])('%s against %s is %i', (a, b, sign) => {
    const [x, y] = [bytesOf(a), bytesOf(b)];
    expect(compareVersions(x, 0, x.length, y, 0, y.length)).toBe(sign);
    expect(compareVersions(y, 0, y.length, x, 0, x.length)).toBe(sign === 0 ? 0 : -sign);
  });

  it.each(['', '.', '1.', '.1', '1..2', 'v1', '1.2-beta', ' 1', '1,2', '-1', '１'])(
    '%j is malformed',
    (malformed) => {
      const x = bytesOf(malformed);
      expect(isVersion(x, 0, x.length)).toBe(false);
    },
  );

  it('a missing one is no version', () => {
    expect(isVersion(bytesOf('1'), 0, -1)).toBe(false);
  });
});

describe('expiry', () => {
  it.each([
    ['2609', 2609],
    ['0001', 1],
    ['2612', 2612],
    ['2600', -1],
    ['2613', -1],
    ['260', -1],
    ['26099', -1],
    ['26/9', -1],
    ['', -1],
  ])('%j is %i', (yymm, expected) => {
    const x = bytesOf(yymm);
    expect(expiryNumber(x, 0, x.length)).toBe(expected);
  });
});
