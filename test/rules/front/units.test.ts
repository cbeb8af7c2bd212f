import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatDuration,
  isTimezone,
  isVersion,
  parseDate,
  parseDecimal,
  parseDuration,
  parseTime,
  scaleToInteger,
} from '../../../src/rules/front/units.ts';

describe('units', () => {
  test.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['0s', 0],
    ['30d', 2_592_000_000],
    ['', null],
    ['10', null],
    ['10x', null],
    ['1.5h', null],
    ['-1h', null],
    ['10 m', null],
    ['999999999999999d', null],
  ])('duration %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('a formatted duration reads as itself', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test('times agree with Date for every instant and offset', () => {
    const from = Date.UTC(1, 0, 2);
    fc.assert(
      fc.property(fc.integer({ min: from, max: Date.UTC(9998, 0) }), (ms) => {
        expect(parseTime(new Date(ms).toISOString())).toBe(ms);
        expect(parseTime(new Date(ms).toISOString().replace('Z', '+05:30'))).toBe(ms - 19_800_000);
      }),
    );
  });

  test.each(['2026-02-29T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:00', '2026-01-01'])(
    '%s is no time',
    (text) => {
      expect(parseTime(text)).toBe(null);
    },
  );

  test.each([
    ['2024-02-29', 20_240_229],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['0050-01-01', 500_101],
    ['26-1-1', null],
  ])('date %s', (text, date) => {
    expect(parseDate(text)).toBe(date);
  });

  test.each([
    ['9.90', 2, 990],
    ['0.29', 2, 29],
    ['1e3', 2, 100_000],
    ['1.005', 2, null],
    ['1.0050', 3, 1005],
    ['-2.5', 1, -25],
    ['90071992547409.93', 2, null],
    ['90071992547409.91', 2, 9_007_199_254_740_991],
    ['5', 0, 5],
  ])('%s with %i decimals', (text, exponent, minor) => {
    const decimal = parseDecimal(text);
    expect(decimal === null ? null : scaleToInteger(decimal, exponent)).toBe(minor);
  });

  test.each(['', '.', 'e5', '1e9999', '--1', '0x', 'NaN', '١'])('%s is no decimal', (text) => {
    expect(parseDecimal(text)).toBe(null);
  });

  test('decimals are as exact as their text', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(15), (digits, scale) => {
        const sign = digits < 0 ? '-' : '';
        const padded = String(Math.abs(digits)).padStart(scale + 1, '0');
        const cut = padded.length - scale;
        const text = `${sign}${padded.slice(0, cut)}.${padded.slice(cut)}0`;
        const decimal = parseDecimal(text);
        expect(decimal === null ? null : scaleToInteger(decimal, scale)).toBe(digits + 0);
      }),
    );
  });

  test.each([
    ['UTC', true],
    ['Asia/Shanghai', true],
    ['Asia/Shanghi', false],
    ['CST', false],
    ['EST5EDT', true],
    ["'); x//", false],
  ])('time zone %s', (name, isKnown) => {
    expect(isTimezone(name)).toBe(isKnown);
  });

  test.each([
    ['3.2.10', true],
    ['3', true],
    ['3.', false],
    ['v3', false],
    ['', false],
  ])('version %s', (text, isOne) => {
    expect(isVersion(text)).toBe(isOne);
  });
});
