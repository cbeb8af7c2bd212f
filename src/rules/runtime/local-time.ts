// Local times of one zone and instants, both ways, for the windows of rails. From an instant to local
// time the calendar of base says the offset; from local time to an instant, where clocks may jump,
// Temporal does (the language's own standard, from a library until Node has it).
//
//   clocks forward: a local time that does not exist is the first instant after the jump
//   clocks back: a local time that comes twice is the earlier
//
// A local day has an offset at its begin, one at its end and the change between them; they are asked
// once a local day and kept, direct-mapped by day. Cost: a kept day a few ns, nothing allocated; a
// new one ~40 µs. The library (12 ms) is loaded when the first zone is made: a plan without rails
// never does. Deliberately absent: two changes in one local day (as in calendar.ts), changes of clocks
// before 1900 and after 2199 (such days get the offset at that end).

import { createRequire } from 'node:module';
import type { Temporal as TemporalNames } from 'temporal-polyfill';
import type { ZonedCalendar } from '../../base/calendar.ts';
import { dateNumberOfDay, daysFromCivil } from '../../base/calendar.ts';

type TemporalLibrary = typeof import('temporal-polyfill');

const DAY_MS = 86_400_000;
/** A power of two; more than payments are kept, so that a stream's days do not push each other out. */
const DAYS = 256;
/** More than any rail has. */
const MONTHS_MAX = 1024;
const FIRST_DAY = daysFromCivil(1900, 1, 1);
const LAST_DAY = daysFromCivil(2199, 12, 31);

export class LocalTime {
  readonly #calendar: ZonedCalendar;
  readonly #temporal: TemporalLibrary['Temporal'];
  readonly #days = new Float64Array(DAYS).fill(NaN);
  readonly #before = new Float64Array(DAYS);
  readonly #after = new Float64Array(DAYS);
  /** The instant of the change; Infinity = none that day. */
  readonly #changes = new Float64Array(DAYS);
  // Calendar months, kept too: by day * MONTHS_MAX + months, how far the day moves.
  readonly #monthKeys = new Float64Array(DAYS).fill(NaN);
  readonly #monthsMs = new Float64Array(DAYS);

  constructor(calendar: ZonedCalendar) {
    this.#calendar = calendar;
    // By require: an import would load it for every plan, and one with await cannot stand here.
    const library = createRequire(import.meta.url)('temporal-polyfill') as TemporalLibrary;
    this.#temporal = library.Temporal;
  }

  /** Local date and time of day as ms, as if it were UTC. */
  localMs(timeMs: number): number {
    return timeMs + this.#calendar.offsetMs(timeMs);
  }

  instantMs(localMs: number): number {
    const day = Math.floor(localMs / DAY_MS);
    const i = day & (DAYS - 1);
    if (this.#days[i] !== day) {
      if (day !== day) return NaN;
      this.#fill(i, day);
    }
    const change = this.#changes[i] as number;
    const earlier = localMs - (this.#before[i] as number);
    if (earlier < change) return earlier;
    const later = localMs - (this.#after[i] as number);
    return later > change ? later : change;
  }

  /** The same time of day so many calendar months later, on the month's last day at most. */
  addMonthsMs(timeMs: number, months: number): number {
    const localMs = this.localMs(timeMs);
    const day = Math.floor(localMs / DAY_MS);
    const i = day & (DAYS - 1);
    const key = day * MONTHS_MAX + months;
    if (this.#monthKeys[i] !== key) {
      this.#monthKeys[i] = key;
      this.#monthsMs[i] = (addMonths(day, months) - day) * DAY_MS;
    }
    return this.instantMs(localMs + (this.#monthsMs[i] as number));
  }

  #fill(i: number, day: number): void {
    const known = Math.min(LAST_DAY, Math.max(FIRST_DAY, day));
    const begin = this.#at(known * DAY_MS, 'earlier');
    const end = this.#at((known + 1) * DAY_MS - 1, 'later');
    this.#before[i] = begin.offsetNanoseconds / 1e6;
    this.#after[i] = end.offsetNanoseconds / 1e6;
    const change =
      begin.offsetNanoseconds === end.offsetNanoseconds || known !== day
        ? null
        : begin.getTimeZoneTransition('next');
    this.#changes[i] = change === null ? Infinity : change.epochMilliseconds;
    this.#days[i] = day;
  }

  #at(localMs: number, disambiguation: 'earlier' | 'later'): TemporalNames.ZonedDateTime {
    const { Instant } = this.#temporal;
    const local = Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC');
    return local.toPlainDateTime().toZonedDateTime(this.#calendar.zone, { disambiguation });
  }
}

/** Days since 1970-01-01, both. */
function addMonths(day: number, months: number): number {
  const date = dateNumberOfDay(day);
  const monthIndex = Math.floor(date / 10_000) * 12 + (Math.floor(date / 100) % 100) - 1 + months;
  const year = Math.floor(monthIndex / 12);
  const month = monthIndex - year * 12 + 1;
  const first = daysFromCivil(year, month, 1);
  const nextFirst =
    month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return Math.min(first + (date % 100), nextFirst) - 1;
}
