// Card numbers (PANs) masked in place: first 6 and last 4 digits stay, `*` between, equal length.
// What is masked where: docs/privacy.md.
//
// A PAN is 14-19 digits that pass the Luhn check (ISO/IEC 7812-1), with at most one separator between
// digits; written in groups, any run of whole groups counts. 13 digits without context are not taken:
// every tenth time in milliseconds would be one. What is known to be a card number, because it is the
// field `card` or stands directly after such a key, is masked at 13-19 digits, Luhn or not: a mistyped
// PAN is as secret as a right one.
//
//   digit       4   \u0034   ４ (fullwidth)   \uff14     masked as  *   \u002a   ＊   \uff0a
//   separator   space, dash, no-break space, and their escapes
//
// Cost: ~1 ns a byte where there are no digits. Memory is taken only for what is found.

import { STRING_FEATURE_TEXT_BYTES } from './feature-layout.ts';
import { EVIDENCE_TEXT_BYTES_MAX } from './verdict.ts';

const DIGITS_MIN = 14;
const CARD_DIGITS_MIN = 13;
const DIGITS_MAX = 19;
const KEPT_FIRST = 6;
const KEPT_LAST = 4;
/** Of a number that was cut, more digits than a masked one shows; with fewer nothing is masked. */
export const CUT_DIGITS_MIN: number = KEPT_FIRST + KEPT_LAST + 1;
/** Longest digit in UTF-8: a fullwidth one. */
const DIGIT_BYTES_MAX = 3;
const STAR = 0x2a;
const BACKSLASH = 0x5c;
const CARD_BACKWARDS: readonly number[] = [0x64, 0x72, 0x61, 0x63];
/** Bytes other than white space between a card's key and its value: quotes, colon, a msgpack header. */
const BETWEEN_MAX = 8;
/** Last part of the names of fields that are echoed as they came: a tenth of all numbers pass Luhn. */
const ECHOED: readonly string[] = ['id', 'account', 'order', 'merchant', 'of'];

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** `card`, `of.card`, `event.card`. */
export function isCardField(name: string): boolean {
  return lastPart(name) === 'card';
}

/** Fields that decisions echo, and what evidence shows of them: never masked. */
export function isEchoedField(name: string): boolean {
  return ECHOED.includes(lastPart(name));
}

/**
 * How card numbers are masked in evidence: `card`: a value may be one, Luhn or not; `luhn`: what passes
 * the check; `none`: only fields that decisions echo are compared.
 */
export type Masking = 'card' | 'luhn' | 'none';

export interface MaskOptions {
  /** The bytes are a value of the field `card`. */
  readonly isCard?: boolean;
  /** The bytes end where something was cut: a number at their end may be the first part of a PAN. */
  readonly isCut?: boolean;
}

const NO_OPTIONS: MaskOptions = {};

/** Masks all card numbers in bytes[from, to); true when something was masked. */
export function maskCardNumbers(
  bytes: Uint8Array,
  from: number = 0,
  to: number = bytes.length,
  options: MaskOptions = NO_OPTIONS,
): boolean {
  // Hidden after the search: runs overlap, and each is judged by its digits.
  const found: number[] = [];
  for (let p = from; p < to;) {
    if (digitLength(bytes, p, to) === 0) {
      p++;
      continue;
    }
    // Of a number's later groups neither holds.
    const isDeclared = options.isCard === true ? p === from : followsCardKey(bytes, p, from);
    p = findFrom(bytes, p, to, isDeclared, options.isCut === true, found);
  }
  for (let k = 0; k < found.length; k += 3) {
    hide(bytes, found[k] as number, found[k + 1] as number, found[k + 2] as number, to);
  }
  return found.length > 0;
}

/** The text with all card numbers masked. */
export function maskText(text: string, options: MaskOptions = NO_OPTIONS): string {
  const bytes = new TextEncoder().encode(text);
  const isMasked = maskCardNumbers(bytes, 0, bytes.length, options);
  return isMasked ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : text;
}

/**
 * Masks an evidence value, bytes[0, length), in place; true when something was. Texts as long as those
 * that are cut count as cut.
 */
export function maskEvidence(bytes: Uint8Array, length: number, masking: Masking): boolean {
  if (masking === 'none') return false;
  // Of the last character that fits in part only nothing is kept: up to 2 bytes of a fullwidth digit.
  const isFeature =
    length > STRING_FEATURE_TEXT_BYTES - DIGIT_BYTES_MAX && length <= STRING_FEATURE_TEXT_BYTES;
  const isCut = isFeature || length > EVIDENCE_TEXT_BYTES_MAX - 4;
  return maskCardNumbers(bytes, 0, length, { isCard: masking === 'card', isCut });
}

/** Text of a rules file that compares a card: each number of 13-19 digits is one, Luhn or not. */
export function maskCardText(text: string): string {
  return maskText(
    text.replace(
      /(?<!\d)\d{13,19}(?!\d)/g,
      (digits) =>
        digits.slice(0, KEPT_FIRST) +
        '*'.repeat(digits.length - KEPT_FIRST - KEPT_LAST) +
        digits.slice(-KEPT_LAST),
    ),
  );
}

/**
 * Finds the card numbers of whole groups from the one that begins at `start`.
 * Puts start, digits and how many last ones stay into `found`; returns where that group ends.
 */
function findFrom(
  bytes: Uint8Array,
  start: number,
  to: number,
  isDeclared: boolean,
  isCut: boolean,
  found: number[],
): number {
  let groupEnd = -1;
  let count = 0;
  // Sums for an even and an odd number of digits: which ones are doubled depends on it.
  let even = 0;
  let odd = 0;
  let p = start;
  for (;;) {
    const length = digitLength(bytes, p, to);
    const digit = (bytes[p + length - 1] as number) & 0x0f;
    const doubled = digit < 5 ? digit * 2 : digit * 2 - 9;
    even += count % 2 === 0 ? doubled : digit;
    odd += count % 2 === 0 ? digit : doubled;
    count++;
    p += length;
    if (digitLength(bytes, p, to) > 0) continue;
    if (groupEnd < 0) groupEnd = p;
    const passes = (count % 2 === 0 ? even : odd) % 10 === 0;
    const isCard = isDeclared ? count >= CARD_DIGITS_MIN : count >= DIGITS_MIN && passes;
    if (isCard && count <= DIGITS_MAX) found.push(start, count, KEPT_LAST);
    const separator = separatorLength(bytes, p, to);
    const isLast = separator === 0 || digitLength(bytes, p + separator, to) === 0;
    const goesOn = isLast && isCut && endsInNumber(bytes, p + separator, to);
    if (goesOn && count >= CUT_DIGITS_MIN) found.push(start, count, 0);
    if (isLast || count >= DIGITS_MAX) return groupEnd;
    p += separator;
  }
}

/** Whether nothing stands at `p`, or the first bytes of what may be a digit or a separator. */
function endsInNumber(bytes: Uint8Array, p: number, to: number): boolean {
  const first = bytes[p];
  const length = first === 0xc2 ? 2 : first === 0xef ? 3 : first === BACKSLASH ? 6 : 0;
  return p === to || p + length > to;
}

/** Hides `count` digits from `start` but for the first ones and `keptLast`. */
function hide(bytes: Uint8Array, start: number, count: number, keptLast: number, to: number): void {
  let p = start;
  for (let digit = 0; digit < count;) {
    const length = digitLength(bytes, p, to) || hiddenLength(bytes, p);
    if (length === 0) {
      p += Math.max(1, separatorLength(bytes, p, to));
      continue;
    }
    if (digit >= KEPT_FIRST && digit < count - keptLast) hideDigit(bytes, p, length);
    digit++;
    p += length;
  }
}

function hideDigit(bytes: Uint8Array, p: number, length: number): void {
  if (length === 1) bytes[p] = STAR;
  else if (length === 3) bytes[p + 2] = 0x8a;
  else {
    const isFullwidth = bytes[p + 2] !== 0x30;
    bytes[p + 4] = isFullwidth ? 0x30 : 0x32;
    bytes[p + 5] = 0x61;
  }
}

/** Length of a digit that another run has hidden already; 0 when there is none. */
function hiddenLength(bytes: Uint8Array, p: number): number {
  if (bytes[p] === STAR) return 1;
  if (bytes[p] === 0xef && bytes[p + 1] === 0xbc && bytes[p + 2] === 0x8a) return 3;
  return bytes[p] === BACKSLASH && bytes[p + 5] === 0x61 ? 6 : 0;
}

/** Length of the decimal digit at `p`, its value in the low half of its last byte; 0 when there is none. */
function digitLength(bytes: Uint8Array, p: number, to: number): number {
  if (p >= to) return 0;
  const byte = bytes[p] as number;
  if (byte >= 0x30 && byte <= 0x39) return 1;
  if (byte === 0xef) {
    const last = p + 3 <= to && bytes[p + 1] === 0xbc ? (bytes[p + 2] as number) : 0;
    return last >= 0x90 && last <= 0x99 ? 3 : 0;
  }
  if (byte !== BACKSLASH || p + 6 > to || bytes[p + 1] !== 0x75) return 0;
  const last = bytes[p + 5] as number;
  if (last < 0x30 || last > 0x39) return 0;
  const isPlain = bytes[p + 2] === 0x30 && bytes[p + 3] === 0x30 && bytes[p + 4] === 0x33;
  const isFullwidth =
    isLetter(bytes, p + 2, 0x66) && isLetter(bytes, p + 3, 0x66) && bytes[p + 4] === 0x31;
  return isPlain || isFullwidth ? 6 : 0;
}

/** Length of the one character that may stand between two digits of a number; 0 when there is none. */
function separatorLength(bytes: Uint8Array, p: number, to: number): number {
  if (p >= to) return 0;
  const byte = bytes[p] as number;
  if (byte === 0x20 || byte === 0x2d) return 1;
  if (byte === 0xc2) return p + 1 < to && bytes[p + 1] === 0xa0 ? 2 : 0;
  if (byte !== BACKSLASH || p + 6 > to || bytes[p + 1] !== 0x75) return 0;
  if (bytes[p + 2] !== 0x30 || bytes[p + 3] !== 0x30) return 0;
  const tens = bytes[p + 4];
  return (tens === 0x32 && (bytes[p + 5] === 0x30 || isLetter(bytes, p + 5, 0x64))) ||
    (isLetter(bytes, p + 4, 0x61) && bytes[p + 5] === 0x30)
    ? 6
    : 0;
}

/** Whether bytes[p] is the ASCII letter `lower`, in either case. */
function isLetter(bytes: Uint8Array, p: number, lower: number): boolean {
  return ((bytes[p] ?? 0) | 0x20) === lower;
}

/** True where the value that begins at `at` belongs to a key that ends in `card`, escapes read. */
function followsCardKey(bytes: Uint8Array, at: number, from: number): boolean {
  let p = at - 1;
  for (let between = 0; p >= from && between <= BETWEEN_MAX; p--) {
    const byte = bytes[p] as number;
    const isWord =
      (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
    if (isWord) break;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) between++;
  }
  // From its end: d r a c.
  for (const lower of CARD_BACKWARDS) {
    if (p < from) return false;
    if (isLetter(bytes, p, lower) && bytes[p - 5] !== BACKSLASH) {
      p--;
      continue;
    }
    const isEscape = p - 5 >= from && bytes[p - 5] === BACKSLASH && bytes[p - 4] === 0x75;
    const code = isEscape ? Number(`0x${String.fromCharCode(...bytes.subarray(p - 3, p + 1))}`) : 0;
    if ((code | 0x20) !== lower) return false;
    p -= 6;
  }
  return true;
}
