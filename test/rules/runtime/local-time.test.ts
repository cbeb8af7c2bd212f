import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ZonedCalendar } from '../../../src/base/calendar.ts';
import { LocalTime } from '../../../src/rules/runtime/local-time.ts';
import { instantOfWall, monthsLater } from '../../oracle/local-time.ts';

const HOUR_MS = 3_600_000;
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns', // changed at 00:01 until 2011
  'America/Sao_Paulo', // jumped over midnight until 2018
  'Australia/Lord_Howe', // moves by half an hour
  'Asia/Kathmandu', // +05:45
  'Pacific/Apia', // skipped 2011-12-30
  'Africa/Casablanca',
];

const make = (zone: string): LocalTime => new LocalTime(new ZonedCalendar(zone));
const wall = (text: string): number => Date.parse(`${text}Z`);
const shown = (timeMs: number): string => new Date(timeMs).toISOString();

/** When clocks change, to the hour, by looking at each. */
function changesOf(zone: string): number[] {
  const calendar = new ZonedCalendar(zone);
  const found: number[] = [];
  for (let at = Date.UTC(2005, 0, 1); at < Date.UTC(2030, 0, 1); at += 6 * HOUR_MS) {
    if (calendar.offsetMs(at) !== calendar.offsetMs(at + 6 * HOUR_MS)) found.push(at);
  }
  return found;
}

const anyTime = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2037, 11, 31) });

describe('local time to instant against trying by Intl', () => {
  test.each(ZONES)('%s', (zone) => {
    const time = make(zone);
    const changes = changesOf(zone);
    const near =
      changes.length === 0
        ? anyTime
        : fc
            .tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * 60, max: 30 * 60 }))
            .map(([at, minutes]) => at + minutes * 60_000);
    fc.assert(
      fc.property(fc.oneof(anyTime, near), fc.constantFrom(-1, 0, 1), (at, step) => {
        const local = Math.floor(at / 60_000) * 60_000 + step;
        const expected = instantOfWall(zone, local);
        expect(shown(time.instantMs(local))).toBe(shown(expected));
        expect(time.instantMs(local)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });
});

describe('months later against trying by Intl', () => {
  const monthEnds = fc
    .tuple(fc.integer({ min: 1995, max: 2036 }), fc.nat(11), fc.integer({ min: -3, max: 2 }))
    .chain(([year, month, day]) =>
      fc.nat(24 * 60 - 1).map((minute) => Date.UTC(year, month, day, 0, minute, 7, 13)),
    );
  test.each(ZONES)('%s', (zone) => {
    const time = make(zone);
    fc.assert(
      fc.property(fc.oneof(anyTime, monthEnds), fc.integer({ min: 1, max: 30 }), (at, months) => {
        expect(shown(time.addMonthsMs(at, months))).toBe(shown(monthsLater(zone, at, months)));
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  // No such time: the first instant after the jump.
  ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00'],
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:00'],
  ['America/New_York', '2026-03-08T01:59:59.999', '2026-03-08T06:59:59.999'],
  ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00'],
  // Twice: the earlier.
  ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30'],
  ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30'],
  ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45'],
  // A day that did not happen.
  ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00'],
  ['Asia/Shanghai', '2026-03-02T23:00', '2026-03-02T15:00'],
])('%s %s is %sZ', (zone, local, instant) => {
  expect(shown(make(zone).instantMs(wall(local)))).toBe(shown(wall(instant)));
});

test.each([
  // [zone, UTC, months, UTC]
  ['UTC', '2026-01-31T10:00', 1, '2026-02-28T10:00'],
  ['UTC', '2024-01-31T10:00', 1, '2024-02-29T10:00'],
  ['UTC', '2024-02-29T10:00', 12, '2025-02-28T10:00'],
  ['UTC', '2023-12-31T23:59', 2, '2024-02-29T23:59'],
  // The last day of January there, of the month after here.
  ['America/New_York', '2026-02-01T04:00', 1, '2026-03-01T04:00'],
  ['Asia/Shanghai', '2026-01-31T16:00', 1, '2026-02-28T16:00'],
  // The same time of day, though the clock has changed.
  ['Europe/Berlin', '2026-01-15T11:00', 6, '2026-07-15T10:00'],
  ['Europe/Berlin', '2026-02-28T01:30', 1, '2026-03-28T01:30'],
  // 02:30 does not exist on 2026-03-29.
  ['Europe/Berlin', '2026-01-29T01:30', 2, '2026-03-29T01:00'],
])('%s %sZ and %d months is %sZ', (zone, from, months, to) => {
  expect(shown(make(zone).addMonthsMs(wall(from), months))).toBe(shown(wall(to)));
});

test('there and back', () => {
  const time = make('America/New_York');
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_234_567) {
    const back = time.instantMs(time.localMs(at));
    // In the hour that comes twice the earlier is meant.
    expect([0, HOUR_MS]).toContain(at - back);
  }
});

test.each([NaN, 2 ** 53, -(2 ** 53), Infinity, -Infinity, 8.64e15, Date.UTC(2500, 6, 1)])(
  '%d does not throw',
  (ms) => {
    const time = make('Europe/Berlin');
    time.addMonthsMs(ms, 11);
    const near = Math.abs(time.instantMs(ms) - ms) <= 2 * HOUR_MS;
    expect(near || !Number.isFinite(ms)).toBe(true);
  },
);
