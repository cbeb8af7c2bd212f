import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZonedCalendar, dateNumberOfDay, daysFromCivil } from '../../src/base/calendar.ts';
import { instantOfWall } from '../oracle/local-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns', // changed at 00:01 until 2011
  'America/Sao_Paulo', // clocks jumped over midnight until 2018
  'Asia/Kathmandu', // +05:45
  'Australia/Lord_Howe', // moves by half an hour
  'Pacific/Apia', // skipped 2011-12-30
  'Africa/Casablanca',
  'Asia/Beirut', // jumps at midnight
];

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local date, hour and weekday by Intl itself. */
function readIntl(zone: string, timeMs: number) {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(timeMs).map((p) => [p.type, p.value]));
  return {
    date: Number(`${parts['year']}${parts['month']}${parts['day']}`),
    hour: Number(parts['hour']),
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts['weekday'] ?? '') + 1,
  };
}

const instants = fc.integer({
  min: Date.UTC(1990, 0, 1),
  max: Date.UTC(2037, 11, 31),
});
/** Near the changes of clocks, which come in March, April, October and November. */
const changes = fc
  .tuple(fc.integer({ min: 1990, max: 2036 }), fc.constantFrom(2, 3, 8, 9, 10), fc.nat(30 * 24 * 4))
  .map(([year, month, quarters]) => Date.UTC(year, month, 1) + quarters * 900_000);

describe('ZonedCalendar against Intl', () => {
  it.each(ZONES)('%s', (zone) => {
    const calendar = new ZonedCalendar(zone);
    fc.assert(
      fc.property(fc.oneof(instants, changes), fc.constantFrom(-1, 0, 1), (quarter, step) => {
        const timeMs = quarter + step;
        const expected = readIntl(zone, timeMs);
        const found = {
          date: calendar.dateNumber(timeMs),
          hour: calendar.hour(timeMs),
          weekday: calendar.isoWeekday(timeMs),
        };
        expect(found).toEqual(expected);
        const day = calendar.dayStartMs(timeMs);
        expect(day).toBeLessThanOrEqual(timeMs);
        expect(timeMs - day).toBeLessThan(26 * HOUR_MS);
        expect(readIntl(zone, day).date).toBe(expected.date);
        expect(readIntl(zone, day - 1).date).not.toBe(expected.date);
        const month = calendar.monthStartMs(timeMs);
        expect(month).toBeLessThanOrEqual(day);
        expect(Math.floor(readIntl(zone, month).date / 100)).toBe(Math.floor(expected.date / 100));
        expect(Math.floor(readIntl(zone, month - 1).date / 100)).not.toBe(
          Math.floor(expected.date / 100),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('days that are not 24 hours long', () => {
  it.each([
    { zone: 'Europe/Berlin', at: '2026-03-29T12:00Z', start: '2026-03-28T23:00Z', hours: 23 },
    { zone: 'Europe/Berlin', at: '2026-10-25T12:00Z', start: '2026-10-24T22:00Z', hours: 25 },
    {
      zone: 'Australia/Lord_Howe',
      at: '2026-04-05T02:00Z',
      start: '2026-04-04T13:00Z',
      hours: 24.5,
    },
    // No midnight on this day: it begins at 01:00.
    { zone: 'America/Sao_Paulo', at: '2018-11-04T12:00Z', start: '2018-11-04T03:00Z', hours: 23 },
    // Midnight comes twice at the end of this day's eve; the day itself begins once.
    { zone: 'America/Sao_Paulo', at: '2018-02-17T12:00Z', start: '2018-02-17T02:00Z', hours: 25 },
    // 30 December 2011 did not happen.
    { zone: 'Pacific/Apia', at: '2011-12-31T00:00Z', start: '2011-12-30T10:00Z', hours: 24 },
    { zone: 'Pacific/Apia', at: '2011-12-30T09:59Z', start: '2011-12-29T10:00Z', hours: 24 },
  ])('$zone $at', ({ zone, at, start, hours }) => {
    const calendar = new ZonedCalendar(zone);
    const startMs = Date.parse(start);
    expect(new Date(calendar.dayStartMs(Date.parse(at)))).toEqual(new Date(startMs));
    expect(calendar.dayStartMs(startMs)).toBe(startMs);
    expect(calendar.dayStartMs(startMs + hours * HOUR_MS - 1)).toBe(startMs);
    expect(calendar.dayStartMs(startMs + hours * HOUR_MS)).toBe(startMs + hours * HOUR_MS);
  });
});

/** When clocks change in [fromMs, toMs), to 6 hours, by looking. */
function changesOf(calendar: ZonedCalendar, fromMs: number, toMs: number): number[] {
  const found: number[] = [];
  for (let at = fromMs; at < toMs; at += 6 * HOUR_MS) {
    if (calendar.offsetMs(at) !== calendar.offsetMs(at + 6 * HOUR_MS)) found.push(at);
  }
  return found;
}

const shown = (timeMs: number): string => new Date(timeMs).toISOString();
const wall = (text: string): number => Date.parse(`${text}Z`);
const anyTime = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2037, 11, 31) });
const aroundChange = fc.integer({ min: -30 * 60, max: 30 * 60 }).map((minutes) => minutes * 60_000);
const steps = fc.constantFrom(-1, 0, 1);

function expectInstant(calendar: ZonedCalendar, atMs: number, step: number): void {
  const local = Math.floor(atMs / 60_000) * 60_000 + step;
  const expected = instantOfWall(calendar.zone, local);
  expect(shown(calendar.instantMs(local))).toBe(shown(expected));
  expect(calendar.instantMs(local)).toBe(expected);
}

describe('local time to instant against trying by Intl', () => {
  it.each(ZONES)('%s', (zone) => {
    const calendar = new ZonedCalendar(zone);
    const changing = changesOf(calendar, Date.UTC(2005, 0, 1), Date.UTC(2030, 0, 1));
    const near =
      changing.length === 0
        ? anyTime
        : fc.tuple(fc.constantFrom(...changing), aroundChange).map(([at, ms]) => at + ms);
    fc.assert(
      fc.property(fc.oneof(anyTime, near), steps, (at, step) => expectInstant(calendar, at, step)),
      { numRuns: 150 },
    );
  });

  it('any zone, around the changes of any year', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.integer({ min: 1975, max: 2036 }),
        fc.array(fc.tuple(aroundChange, steps), { minLength: 3, maxLength: 3 }),
        (zone, year, places) => {
          const calendar = new ZonedCalendar(zone);
          const [from, to] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
          const changing = changesOf(calendar, from, to);
          for (const [ms, step] of places) {
            for (const at of [from, ...changing]) expectInstant(calendar, at + ms, step);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    // No such time: the first instant after the jump.
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00'],
    ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:00'],
    ['America/New_York', '2026-03-08T01:59:59.999', '2026-03-08T06:59:59.999'],
    ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00'],
    // Jumps at midnight of UTC, with which a day of the cache begins.
    ['Africa/Algiers', '1981-05-01T00:30', '1981-05-01T00:00'],
    ['Africa/Algiers', '1981-04-30T23:59:59.999', '1981-04-30T23:59:59.999'],
    // Twice: the earlier.
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45'],
    // A day that did not happen.
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00'],
    ['Asia/Shanghai', '2026-03-02T23:00', '2026-03-02T15:00'],
  ])('%s %s is %sZ', (zone, local, instant) => {
    expect(shown(new ZonedCalendar(zone).instantMs(wall(local)))).toBe(shown(wall(instant)));
  });

  it('there and back', () => {
    const calendar = new ZonedCalendar('America/New_York');
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_234_567) {
      const back = calendar.instantMs(at + calendar.offsetMs(at));
      // In the hour that comes twice the earlier is meant.
      expect([0, HOUR_MS]).toContain(at - back);
    }
  });

  it.each([2 ** 53, -(2 ** 53), Infinity, -Infinity, 8.64e15, Date.UTC(2500, 6, 1)])(
    '%d does not throw',
    (ms) => {
      const near = Math.abs(new ZonedCalendar('Europe/Berlin').instantMs(ms) - ms) <= 2 * HOUR_MS;
      expect(near || !Number.isFinite(ms)).toBe(true);
    },
  );
});

describe('edges', () => {
  const calendar = new ZonedCalendar('Asia/Shanghai');
  it('a missing time is missing', () => {
    const answers = [
      calendar.hour(NaN),
      calendar.isoWeekday(NaN),
      calendar.dateNumber(NaN),
      calendar.dayStartMs(NaN),
      calendar.monthStartMs(NaN),
      calendar.instantMs(NaN),
    ];
    expect(answers).toEqual([NaN, NaN, NaN, NaN, NaN, NaN]);
  });

  it.each([2 ** 53, -(2 ** 53), Infinity, -Infinity, 8.64e15])('%d does not throw', (timeMs) => {
    calendar.hour(timeMs);
    calendar.dateNumber(timeMs);
    expect(calendar.dayStartMs(timeMs) <= timeMs || !Number.isFinite(timeMs)).toBe(true);
  });

  it('an unknown zone is a RangeError', () => {
    expect(() => new ZonedCalendar('Mars/Olympus')).toThrow(RangeError);
  });
});

describe('civil days', () => {
  it('agree with Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) => {
        const date = new Date(day * DAY_MS);
        const [year, month, dayOfMonth] = [
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ];
        expect(daysFromCivil(year, month, dayOfMonth)).toBe(day);
        expect(dateNumberOfDay(day)).toBe(year * 10_000 + month * 100 + dayOfMonth);
      }),
    );
  });
});
