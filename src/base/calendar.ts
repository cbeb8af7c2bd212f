// The calendar of one time zone: local day, hour, weekday, where a local day or month begins, and the
// instant of any local time.
// The zone's rules come from Intl (ICU's tz data); a call of Intl costs microseconds and allocates,
// so offsets are cached by UTC day: an entry holds the offset before and after the one transition
// that the day may have. Cost when cached: a few ns, nothing allocated; a new day: two calls of
// Intl, a day with a transition ~30 calls once.
//
//   clocks forward: a local time that does not exist is the first instant after the jump
//   clocks back: a local time that comes twice is the earlier
//
// Deliberately absent: two transitions within three days (none since 1900 in a zone's civil use),
// formatting, years before 1 and after 9999 (they get the offset at that end).

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FIRST_MS = -62_135_596_800_000; // 0001-01-01T00:00Z
const LAST_MS = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
const OFFSET_DAYS = 256; // direct-mapped cache, a power of two
const STARTS = 64;

/** Days since 1970-01-01 of a civil date (Hinnant, days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** So many calendar months later, on the month's last day at most. Days since 1970-01-01, both. */
export function addMonths(days: number, months: number): number {
  const date = dateNumberOfDay(days);
  const monthIndex = Math.floor(date / 10_000) * 12 + (Math.floor(date / 100) % 100) - 1 + months;
  const year = Math.floor(monthIndex / 12);
  const month = monthIndex - year * 12 + 1;
  const first = daysFromCivil(year, month, 1);
  const nextFirst =
    month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return Math.min(first + (date % 100), nextFirst) - 1;
}

/** yyyymmdd of a day since 1970-01-01 (Hinnant, civil_from_days). */
export function dateNumberOfDay(days: number): number {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + day;
}

export class ZonedCalendar {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  // The offset cache: entry i is a UTC day with its offsets and the transition between them.
  readonly #days = new Float64Array(OFFSET_DAYS).fill(NaN);
  readonly #before = new Float64Array(OFFSET_DAYS);
  readonly #after = new Float64Array(OFFSET_DAYS);
  readonly #transition = new Float64Array(OFFSET_DAYS);
  readonly #startDays = new Float64Array(STARTS).fill(NaN);
  readonly #starts = new Float64Array(STARTS);

  /** @param zone IANA name; an unknown one is a RangeError of Intl, so check it before. */
  constructor(zone: string) {
    this.zone = zone;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Local minus UTC in ms at an instant; NaN for NaN. */
  offsetMs(timeMs: number): number {
    const day = Math.floor(timeMs / DAY_MS);
    const i = day & (OFFSET_DAYS - 1);
    if (this.#days[i] !== day) {
      if (day !== day) return NaN;
      this.#fill(i, day);
    }
    return timeMs < (this.#transition[i] as number)
      ? (this.#before[i] as number)
      : (this.#after[i] as number);
  }

  /** The instant at which clocks show `localMs`, a local date and time as if it were UTC; NaN for NaN. */
  instantMs(localMs: number): number {
    // The offsets a day before and after: a transition that matters lies between them.
    const before = this.offsetMs(localMs - DAY_MS);
    const asBefore = localMs - before;
    if (this.offsetMs(asBefore) === before) return asBefore;
    const after = this.offsetMs(localMs + DAY_MS);
    const asAfter = localMs - after;
    if (this.offsetMs(asAfter) === after) return asAfter;
    if (localMs !== localMs) return NaN;
    // Clocks jumped over it, at an instant in (asAfter, asBefore], which are at most a day apart.
    const jump = this.#transitionOfDay(asBefore);
    return jump > asAfter && jump <= asBefore ? jump : this.#transitionOfDay(asAfter);
  }

  /** 0..23 */
  hour(timeMs: number): number {
    const localMs = timeMs + this.offsetMs(timeMs);
    return Math.floor((localMs - Math.floor(localMs / DAY_MS) * DAY_MS) / HOUR_MS);
  }

  /** 1 (Monday) .. 7 */
  isoWeekday(timeMs: number): number {
    const day = Math.floor((timeMs + this.offsetMs(timeMs)) / DAY_MS) + 3;
    return day - Math.floor(day / 7) * 7 + 1;
  }

  /** yyyymmdd */
  dateNumber(timeMs: number): number {
    return dateNumberOfDay(Math.floor((timeMs + this.offsetMs(timeMs)) / DAY_MS));
  }

  /** First instant of the local day that `timeMs` lies in. */
  dayStartMs(timeMs: number): number {
    return this.#startOfLocalDay(Math.floor((timeMs + this.offsetMs(timeMs)) / DAY_MS));
  }

  /** First instant of the local month that `timeMs` lies in. */
  monthStartMs(timeMs: number): number {
    const day = Math.floor((timeMs + this.offsetMs(timeMs)) / DAY_MS);
    return this.#startOfLocalDay(day - ((dateNumberOfDay(day) % 100) - 1));
  }

  #startOfLocalDay(localDay: number): number {
    const i = localDay & (STARTS - 1);
    if (this.#startDays[i] !== localDay) {
      if (localDay !== localDay) return NaN;
      this.#starts[i] = this.instantMs(localDay * DAY_MS);
      this.#startDays[i] = localDay;
    }
    return this.#starts[i] as number;
  }

  /** The transition of the UTC day of an instant whose offset was just asked; -Infinity = none. */
  #transitionOfDay(timeMs: number): number {
    return this.#transition[Math.floor(timeMs / DAY_MS) & (OFFSET_DAYS - 1)] as number;
  }

  #fill(i: number, day: number): void {
    // From the last ms of the day before, so that a transition at 00:00 is of the day that it begins.
    const fromMs = day * DAY_MS - 1;
    const toMs = fromMs + DAY_MS;
    const before = this.#readOffset(fromMs);
    const after = this.#readOffset(toMs);
    this.#before[i] = before;
    this.#after[i] = after;
    this.#transition[i] = before === after ? -Infinity : this.#bisect(fromMs, toMs);
    this.#days[i] = day;
  }

  /** First instant in (fromMs, toMs] that has the offset of toMs. */
  #bisect(fromMs: number, toMs: number): number {
    const target = this.#readOffset(toMs);
    let low = fromMs;
    let high = toMs;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#readOffset(middle) === target) high = middle;
      else low = middle;
    }
    return high;
  }

  #readOffset(timeMs: number): number {
    const clamped = Math.min(LAST_MS, Math.max(FIRST_MS, timeMs));
    const secondMs = Math.floor(clamped / 1000) * 1000;
    const read: Record<string, number> = {};
    for (const part of this.#format.formatToParts(secondMs)) read[part.type] = Number(part.value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = read;
    const localMs =
      daysFromCivil(year, month, day) * DAY_MS + hour * HOUR_MS + minute * 60_000 + second * 1000;
    // Year 1 behind UTC is shown as 1 BC, "1": a whole year off; any offset is under a day.
    const offset = localMs - secondMs;
    return Math.abs(offset) < 2 * DAY_MS ? offset : 0;
  }
}
