import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRfc3339 } from '../../src/codec/rfc3339.ts';
import { timeOf } from './reference-decoder.ts';

function parse(text: string): number {
  const bytes = new TextEncoder().encode(`"${text}"`);
  return parseRfc3339(bytes, 1, bytes.length - 2);
}

test.each<[string, number]>([
  ['1970-01-01T00:00:00Z', 0],
  ['2026-01-01T00:00:00Z', 1767225600000],
  ['2026-01-01t08:00:00+08:00', 1767225600000],
  ['2025-12-31 19:00:00-05:00', 1767225600000],
  ['2026-01-01T00:00:00.5z', 1767225600500],
  ['2026-01-01T00:00:00.123999999Z', 1767225600123],
  ['2024-02-29T12:34:56Z', Date.UTC(2024, 1, 29, 12, 34, 56)],
  ['1900-03-01T00:00:00Z', Date.UTC(1900, 2, 1)],
  ['9999-12-31T23:59:59.999Z', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ['0000-01-01T00:00:00Z', Date.parse('0000-01-01T00:00:00Z')],
  ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ['2017-01-01T07:59:60+08:00', Date.UTC(2017, 0, 1)],
  ['1969-12-31T23:59:60Z', 0],
])('%s', (text, time) => {
  expect(parse(text)).toBe(time);
});

test.each([
  '',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00Z',
  '2026-1-01T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:61Z',
  '2026-01-01T12:00:60Z',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:00+0800',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+08:60',
  '2026-01-01T00:00:00Z ',
  ' 2026-01-01T00:00:00Z',
  '2026-01-01_00:00:00Z',
  '+026-01-01T00:00:00Z',
  '１234-01-01T00:00:00Z',
])('"%s" is no time', (text) => {
  expect(parse(text)).toBeNaN();
});

test('agrees with Date.parse', () => {
  const two = (max: number): fc.Arbitrary<string> =>
    fc.nat(max).map((n) => String(n).padStart(2, '0'));
  const text = fc
    .tuple(
      fc.nat(9999).map((n) => String(n).padStart(4, '0')),
      two(13),
      two(32),
      two(24),
      two(60),
      two(59),
      fc.constantFrom('', '.1', '.987654', '.000'),
      fc.constantFrom('Z', 'z', '+00:00', '-00:30', '+14:00', '-23:59', '+5:00'),
    )
    .map(([y, m, d, h, min, s, f, z]) => `${y}-${m}-${d}T${h}:${min}:${s}${f}${z}`);
  fc.assert(
    fc.property(text, (value) => {
      expect(parse(value)).toBe(timeOf(value) ?? NaN);
    }),
    { numRuns: 1000 },
  );
});
