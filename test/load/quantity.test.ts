import { describe, expect, it } from 'vitest';
import type { EvidenceValue } from '../../src/domain/decision.ts';
import type { Quantity } from '../../src/load/quantity.ts';
import {
  formatDuration,
  formatShare,
  formatTime,
  formatValue,
  formatWindow,
} from '../../src/load/quantity.ts';

const NUMBER: Quantity = { type: 'number', measure: null, window: null };

describe('a value as a person reads it', () => {
  it.each<[EvidenceValue, Partial<Quantity>, string]>([
    [6, {}, '6'],
    [0.3333, {}, '0.33'],
    [123456, { type: 'money' }, 'CNY 1,234.56'],
    [-50, { type: 'money' }, 'CNY -0.50'],
    [1249.6, { measure: 'km/h' }, '1,250 km/h'],
    [3.14, { measure: 'km' }, '3.1 km'],
    ['infinity', { measure: 'km/h' }, 'infinite'],
    [31_200, { type: 'duration' }, '31.2 s'],
    [Date.UTC(2026, 2, 1, 16), { type: 'time' }, '2026-03-02 00:00:00'],
    ['charged', { type: 'string' }, 'charged'],
    [true, { type: 'boolean' }, 'true'],
  ])('%s as %o is %s', (value, quantity, text) => {
    expect(formatValue(value, { ...NUMBER, ...quantity }, 'CNY', 'Asia/Shanghai')).toBe(text);
  });

  it('is a plain number where nothing is known of it', () => {
    expect(formatValue(1234, undefined, 'CNY', 'UTC')).toBe('1,234');
    expect(formatWindow(undefined)).toBe('');
  });

  it('has the decimals of its currency', () => {
    const money: Quantity = { ...NUMBER, type: 'money' };
    expect(formatValue(1500, money, 'JPY', 'UTC')).toBe('JPY 1,500');
    expect(formatValue(1500, money, 'KWD', 'UTC')).toBe('KWD 1.500');
  });
});

describe('durations, windows, shares, times', () => {
  it.each([
    [250, '250 ms'],
    [1_500, '1.5 s'],
    [30_000, '30 s'],
    [600_000, '10 min'],
    [5_400_000, '90 min'],
    [86_400_000, '1 d'],
    [129_600_000, '36 h'],
    [2_592_000_000, '30 d'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('names windows', () => {
    const within = (window: Quantity['window']): string => formatWindow({ ...NUMBER, window });
    expect(within({ kind: 'length', ms: 600_000 })).toBe('in 10 min');
    expect(within({ kind: 'day' })).toBe('since midnight');
    expect(within({ kind: 'month' })).toBe('this month');
  });

  it('has no share of nothing, and shows a time that is no date as it is', () => {
    expect(formatShare(NaN)).toBe('n/a');
    expect(formatShare(0.9876)).toBe('98.8 %');
    expect(formatTime(9e15, 'UTC')).toBe('9000000000000000');
  });
});
