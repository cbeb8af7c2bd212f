// Text with a unit: durations, windows, times, decimals, versions. Exact: decimals are kept as
// digits and scale, never parsed into a double first.

/** digits / 10^scale */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
export const DURATION_UNITS = 'ms, s, m, h or d';
export const DURATION_MS_MAX: number = Number.MAX_SAFE_INTEGER;
const EXPONENT_MAX = 400;

/** Whether a text has the form of a duration, of any length. */
export function isDurationForm(text: string): boolean {
  return /^(\d+(ms|s|m|h|d))+$/.test(text);
}

/** Of the form of a duration, but more than can be counted. */
export function isDurationTooLong(text: string): boolean {
  return isDurationForm(text) && totalMsOf(text) > DURATION_MS_MAX;
}

/** "90s", "1h30m", "500ms" in ms, or null. */
export function parseDuration(text: string): number | null {
  if (!/^(\d{1,15}(ms|s|m|h|d)){1,5}$/.test(text)) return null;
  const totalMs = totalMsOf(text);
  return totalMs <= DURATION_MS_MAX ? totalMs : null;
}

function totalMsOf(text: string): number {
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    totalMs += Number(count) * (UNIT_MS.get(unit as string) as number);
  }
  return totalMs;
}

/** In the largest unit that divides it: 600000 -> "10m". */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNIT_MS.get(unit) as number;
    if (ms !== 0 && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** "2026-01-31" as yyyymmdd, or null where there is no such day. */
export function parseDate(text: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? year * 10_000 + month * 100 + day : null;
}

/** RFC 3339 date and time with offset, in ms since the epoch, or null. */
export function parseTime(text: string): number | null {
  const pattern =
    /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d)$/;
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, day, hour, minute, second = '0', fraction = '', zone] = match;
  const date = parseDate(day as string);
  if (date === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const clockMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const fractionMs = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offsetMs = zoneOffsetMs(zone as string);
  return offsetMs === null ? null : dayMs + clockMs + fractionMs - offsetMs;
}

function zoneOffsetMs(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** "-12.50", "1e6", "0x1f" exactly, or null. */
export function parseDecimal(text: string): Decimal | null {
  if (/^0[xX][0-9a-fA-F]{1,16}$/.test(text)) return { digits: BigInt(text), scale: 0 };
  const match = /^([+-]?)(\d{0,400})(?:\.(\d{0,400}))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_MAX) return null;
  let digits = BigInt(whole + fraction);
  let scale = fraction.length - exponent;
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return { digits: sign === '-' ? -digits : digits, scale };
}

/** The decimal × 10^exponent as a whole number within ±2^53, or null. */
export function scaleToInteger(decimal: Decimal, exponent: number): number | null {
  if (decimal.scale > exponent) return null;
  const scaled = Number(decimal.digits * 10n ** BigInt(exponent - decimal.scale));
  return Number.isSafeInteger(scaled) ? scaled : null;
}

/** Dotted numbers, "3.2.10". */
export function isVersion(text: string): boolean {
  return /^\d{1,15}(\.\d{1,15}){0,15}$/.test(text);
}

/** Abbreviations that the runtime takes for zones, though they are none of IANA's and mean several. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  ),
);

/** An IANA zone that this runtime knows. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  if (ABBREVIATIONS.has(name.toUpperCase())) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
