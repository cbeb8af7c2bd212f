import { describe, expect, test } from 'vitest';
import { currencyCodes, currencyExponent, isCurrencyCode } from '../../src/domain/currency.ts';

describe('currencies', () => {
  test.each([
    ['CNY', 2, true],
    ['JPY', 0, true],
    ['KWD', 3, true],
    ['CLF', 4, true],
    ['XAU', 2, false],
    ['constructor', 2, false],
  ] as const)('%s has %i decimals', (code, exponent, isKnown) => {
    expect(currencyExponent(code)).toBe(exponent);
    expect(isCurrencyCode(code)).toBe(isKnown);
  });

  test('codes are three capitals, each once', () => {
    const codes = currencyCodes();
    expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
