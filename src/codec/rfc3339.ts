// RFC 3339 date-times from bytes to milliseconds since the epoch, without allocating.
// Accepts `T`, `t` or a space between date and time, `Z`, `z` or an offset, any number of
// fractional digits (truncated to ms), and :60 where UTC has leap seconds (it is then the next
// second).

import { daysFromCivil } from '../base/calendar.ts';

const LAST_MINUTE_OF_DAY_MS = 86_340_000;
const DAY_MS = 86_400_000;

/** Two digits at bytes[at], or NaN. */
function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48;
  const ones = (bytes[at + 1] as number) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Minutes east of UTC of the zone that fills bytes[at, end), or NaN. */
function zoneMinutes(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at];
  if (sign === 0x5a || sign === 0x7a) return at + 1 === end ? 0 : NaN;
  if ((sign !== 0x2b && sign !== 0x2d) || at + 6 !== end || bytes[at + 3] !== 0x3a) return NaN;
  const hours = two(bytes, at + 1);
  const minutes = two(bytes, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  const total = hours * 60 + minutes;
  return sign === 0x2d ? -total : total;
}

/** Milliseconds since the epoch of the text bytes[offset, offset + length), or NaN. */
export function parseRfc3339(bytes: Uint8Array, offset: number, length: number): number {
  if (length < 20) return NaN;
  const end = offset + length;
  const year = two(bytes, offset) * 100 + two(bytes, offset + 2);
  const month = two(bytes, offset + 5);
  const day = two(bytes, offset + 8);
  const hour = two(bytes, offset + 11);
  const minute = two(bytes, offset + 14);
  const second = two(bytes, offset + 17);
  const between = bytes[offset + 10];
  const isPunctuated =
    bytes[offset + 4] === 0x2d &&
    bytes[offset + 7] === 0x2d &&
    (between === 0x54 || between === 0x74 || between === 0x20) &&
    bytes[offset + 13] === 0x3a &&
    bytes[offset + 16] === 0x3a;
  const isInRange = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  // Comparisons with NaN are false, so a part that is no number fails here too.
  if (!isPunctuated || !isInRange || !(hour <= 23 && minute <= 59 && second <= 60 && year >= 0)) {
    return NaN;
  }
  let p = offset + 19;
  let fractionMs = 0;
  if (bytes[p] === 0x2e) {
    let unitMs = 100;
    const first = ++p;
    for (; p < end; p++) {
      const digit = (bytes[p] as number) - 48;
      if (digit < 0 || digit > 9) break;
      if (unitMs >= 1) fractionMs += digit * unitMs;
      unitMs /= 10;
    }
    if (p === first) return NaN;
  }
  if (p >= end) return NaN;
  const zone = zoneMinutes(bytes, p, end);
  const minuteMs =
    daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + (minute - zone) * 60_000;
  if (second === 60 && (minuteMs % DAY_MS) - LAST_MINUTE_OF_DAY_MS !== 0) {
    if ((minuteMs % DAY_MS) + DAY_MS !== LAST_MINUTE_OF_DAY_MS) return NaN;
  }
  return minuteMs + second * 1000 + fractionMs;
}
