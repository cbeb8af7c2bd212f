// The functions of the rules language over JavaScript values, each as plain as it can be written.
// They are the oracle of the compiled runtime, which works on bytes and hashes: nothing here is
// shared with it. Cost does not matter here. Arguments are present; results may be undefined, which
// is missing.

const EARTH_RADIUS_KM = 6371.0088;
const EPOCH_MS_MAX = 8.64e15;

/** -1, 0 or 1 by code points (JavaScript's own < compares UTF-16 units). */
export function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (c) => c.codePointAt(0) ?? 0);
  const right = Array.from(b, (c) => c.codePointAt(0) ?? 0);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
}

/** Components of a dotted version, undefined where it is malformed. */
export function versionParts(text: string): bigint[] | undefined {
  return /^[0-9]+(\.[0-9]+)*$/.test(text) ? text.split('.').map(BigInt) : undefined;
}

/** -1, 0 or 1; missing trailing components count as 0; undefined where either is malformed. */
export function compareVersions(a: string, b: string): number | undefined {
  const left = versionParts(a);
  const right = versionParts(b);
  if (left === undefined || right === undefined) return undefined;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? 0n;
    const y = right[i] ?? 0n;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Half away from zero. The remainder is exact, so 0.49999999999999994 gives 0. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** Modulus 10, ISO/IEC 7812-1 annex B; false where it is empty or not all digits. */
export function luhn(text: string): boolean {
  if (!/^[0-9]+$/.test(text)) return false;
  const fromRight = Array.from(text, Number).toReversed();
  const sum = fromRight.reduce((total, digit, place) => {
    const weighted = place % 2 === 1 ? digit * 2 : digit;
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return sum % 10 === 0;
}

export interface LocalTime {
  readonly year: number;
  readonly month: number; // 1..12
  readonly day: number;
  readonly hour: number; // 0..23
}

export function makeZoneFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
  });
}

/** undefined where `timeMs` is no time that a calendar can name. */
export function localTime(timeMs: number, format: Intl.DateTimeFormat): LocalTime | undefined {
  if (!(Math.abs(timeMs) <= EPOCH_MS_MAX)) return undefined;
  const parts = new Map(
    format.formatToParts(Math.floor(timeMs)).map((part) => [part.type, part.value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const yearOfEra = read('year');
  return {
    year: (parts.get('era') ?? '').startsWith('B') ? 1 - yearOfEra : yearOfEra,
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
  };
}

/** 1 = Monday .. 7 = Sunday (ISO 8601). */
export function isoWeekday(local: LocalTime): number {
  const date = new Date(0);
  date.setUTCFullYear(local.year, local.month - 1, local.day);
  return date.getUTCDay() || 7;
}

/** yyyymmdd as a number. */
export function dateNumber(local: LocalTime): number {
  return local.year * 10_000 + local.month * 100 + local.day;
}

/** A card of YYMM is good to the end of that month in the format's zone; malformed is expired. */
export function expired(
  yymm: string,
  timeMs: number,
  format: Intl.DateTimeFormat,
): boolean | undefined {
  const now = localTime(timeMs, format);
  if (now === undefined) return undefined;
  if (!/^[0-9]{2}(0[1-9]|1[0-2])$/.test(yymm)) return true;
  const lastMonth = (2000 + Number(yymm.slice(0, 2))) * 12 + Number(yymm.slice(2));
  return now.year * 12 + now.month > lastMonth;
}

/**
 * Great circle on a sphere. Vincenty's atan2 form: another formula than the haversine of the
 * runtime, equal to it in exact arithmetic and accurate at every distance.
 */
export function kmBetween(lat1: number, lon1: number, lat2: number, lon2: number): number {
  if (lat1 === lat2 && lon1 === lon2) return 0;
  const rad = Math.PI / 180;
  const [f1, f2, dl] = [lat1 * rad, lat2 * rad, (lon2 - lon1) * rad];
  const y = Math.hypot(
    Math.cos(f2) * Math.sin(dl),
    Math.cos(f1) * Math.sin(f2) - Math.sin(f1) * Math.cos(f2) * Math.cos(dl),
  );
  const x = Math.sin(f1) * Math.sin(f2) + Math.cos(f1) * Math.cos(f2) * Math.cos(dl);
  return EARTH_RADIUS_KM * Math.atan2(y, x);
}
