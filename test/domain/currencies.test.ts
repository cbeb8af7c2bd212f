import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';
import {
  createMoneyConversion,
  currencyCodes,
  currencyExponent,
  exponentOr2,
  isCurrencyCode,
} from '../../src/domain/currencies.ts';

function convert(
  amount: number,
  [from, to]: readonly [string, string],
  [rateDigits, rateScale]: readonly [number, number],
): number {
  const rates = [
    { currency: 'XAF', rateDigits: 1, rateScale: 0 },
    { currency: from, rateDigits, rateScale },
  ];
  const [lo, hi] = hashString(from, DEFAULT_HASH_KEY);
  return createMoneyConversion(to, rates, DEFAULT_HASH_KEY).convert(amount, lo, hi);
}

test.each<[string, number | null]>([
  ['CNY', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['CLF', 4],
  ['XCG', 2],
  ['XAU', null],
  ['DEM', null],
  ['cny', null],
  ['', null],
  ['constructor', null],
])('%s has exponent %s', (code, exponent) => {
  expect(currencyExponent(code)).toBe(exponent);
  expect(exponentOr2(code)).toBe(exponent ?? 2);
  expect(isCurrencyCode(code)).toBe(exponent !== null);
});

test('codes are three capitals, each once', () => {
  const codes = currencyCodes();
  expect(codes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each<[string, number, readonly [string, string], readonly [number, number], number]>([
  ['2.5 goes to the even 2', 5, ['USD', 'EUR'], [5, 1], 2],
  ['3.5 goes to the even 4', 7, ['USD', 'EUR'], [5, 1], 4],
  ['-2.5 goes to the even -2', -5, ['USD', 'EUR'], [5, 1], -2],
  ['-3.5 goes to the even -4', -7, ['USD', 'EUR'], [5, 1], -4],
  ['-0.5 is 0, not -0', -1, ['USD', 'EUR'], [5, 1], 0],
  ['0.5000001 goes up', 5000001, ['USD', 'EUR'], [1, 7], 1],
  ['no minor unit to two digits', 1234, ['JPY', 'CNY'], [49, 3], 6047],
  ['three digits to two', 1000, ['KWD', 'CNY'], [2345, 2], 2345],
  ['two digits to none', 12345, ['CNY', 'JPY'], [2050, 2], 2531],
  ['four digits to none', 10000, ['CLF', 'CLP'], [375, -2], 37500],
  ['a rate with 17 decimals', 2 ** 53 - 1, ['USD', 'EUR'], [123456789012345, 17], 11119998979847],
  ['a product past 2^53', 9007199254740991, ['USD', 'EUR'], [3, 0], 27021597764222972],
])('%s', (_, amount, currencies, rate, expected) => {
  expect(Object.is(convert(amount, currencies, rate), expected)).toBe(true);
});

test('agrees with whole-number arithmetic', () => {
  const codes = fc.constantFrom('JPY', 'USD', 'EUR', 'KWD', 'CLF');
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.tuple(codes, codes).filter(([from, to]) => from !== to),
      fc.integer({ min: 1, max: 10 ** 9 }),
      fc.nat(18),
      fc.nat(60),
      (big, currencies, digits, scale, shift) => {
        const amount = Math.trunc(big / 2 ** shift);
        const [from, to] = currencies.map((code) => BigInt(currencyExponent(code) ?? 0));
        // Doubled, so that the half is whole: compare |2q·d - 2n| with d.
        const n = BigInt(amount) * BigInt(digits) * 10n ** (to as bigint);
        const d = 10n ** ((from as bigint) + BigInt(scale));
        const q = BigInt(convert(amount, currencies, [digits, scale]));
        const distance = 2n * (q * d - n) < 0n ? -2n * (q * d - n) : 2n * (q * d - n);
        // Results past 2^53 are the nearest double.
        if (q < 2n ** 53n && q > -(2n ** 53n)) {
          expect(distance <= d).toBe(true);
          if (distance === d) expect(q % 2n).toBe(0n);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('its own currency is itself, an unknown one is NaN', () => {
  const conversion = createMoneyConversion('CNY', [], DEFAULT_HASH_KEY);
  expect(conversion.convert(5, conversion.planLo, conversion.planHi)).toBe(5);
  expect(conversion.convert(5, 1, 2)).toBeNaN();
  expect(convert(5, ['XAU', 'CNY'], [1, 0])).toBeNaN();
});
