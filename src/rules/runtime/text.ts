// Text functions over UTF-8 bytes in place. Every function takes a memory, an offset and a length
// and allocates nothing. Cost: linear in the bytes, but contains is needle × text at worst (both
// at most 1 KiB; the first byte is searched first). Deliberately absent: case folding, collation.

/** Byte order, which for UTF-8 is code point order: -1, 0 or 1. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aLength: number,
  b: Uint8Array,
  bStart: number,
  bLength: number,
): number {
  const shared = aLength < bLength ? aLength : bLength;
  for (let i = 0; i < shared; i++) {
    const x = a[aStart + i] as number;
    const y = b[bStart + i] as number;
    if (x !== y) return x < y ? -1 : 1;
  }
  return aLength === bLength ? 0 : aLength < bLength ? -1 : 1;
}

/** Whether b's bytes stand at a[aStart]; the caller has checked that they fit. */
export function equalBytes(
  a: Uint8Array,
  aStart: number,
  b: Uint8Array,
  bStart: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

export function containsBytes(
  a: Uint8Array,
  aStart: number,
  aLength: number,
  b: Uint8Array,
  bStart: number,
  bLength: number,
): boolean {
  if (bLength === 0) return true;
  const first = b[bStart] as number;
  const last = aStart + aLength - bLength;
  for (let at = aStart; at <= last; at++) {
    if (a[at] === first && equalBytes(a, at, b, bStart, bLength)) return true;
  }
  return false;
}

/** Code points of valid UTF-8: the bytes that do not continue another. */
export function codePoints(a: Uint8Array, start: number, length: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) if (((a[start + i] as number) & 0xc0) !== 0x80) count++;
  return count;
}

/** Luhn check (ISO/IEC 7812-1) over digits; false for anything else and for nothing. */
export function luhnHolds(a: Uint8Array, start: number, length: number): boolean {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    let digit = (a[start + length - 1 - i] as number) - 48;
    if (digit < 0 || digit > 9) return false;
    if ((i & 1) === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return length > 0 && sum % 10 === 0;
}

/**
 * Length in bytes of the white space (that of String.prototype.trim) which begins at `at`, or 0.
 * In UTF-8 it is one byte (09-0D, 20), two (C2 A0) or three (E1 9A 80; E2 80 80-8A, A8, A9, AF;
 * E2 81 9F; E3 80 80; EF BB BF).
 */
function spaceAt(a: Uint8Array, at: number, end: number): number {
  const x = a[at] as number;
  if (x < 0x80) return x === 0x20 || (x >= 9 && x <= 13) ? 1 : 0;
  if (at + 1 >= end) return 0;
  const y = a[at + 1] as number;
  if (x === 0xc2) return y === 0xa0 ? 2 : 0;
  if (at + 2 >= end) return 0;
  return isWideSpace(x, y, a[at + 2] as number) ? 3 : 0;
}

function isWideSpace(x: number, y: number, z: number): boolean {
  if (x === 0xe2) {
    if (y === 0x80) return (z >= 0x80 && z <= 0x8a) || z === 0xa8 || z === 0xa9 || z === 0xaf;
    return y === 0x81 && z === 0x9f;
  }
  if (x === 0xe1) return y === 0x9a && z === 0x80;
  if (x === 0xe3) return y === 0x80 && z === 0x80;
  return x === 0xef && y === 0xbb && z === 0xbf;
}

/** How many bytes of white space the text begins with. */
export function leadingSpace(a: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let at = start;
  while (at < end) {
    const step = spaceAt(a, at, end);
    if (step === 0) break;
    at += step;
  }
  return at - start;
}

/** How many bytes of white space the text ends with. */
export function trailingSpace(a: Uint8Array, start: number, length: number): number {
  let end = start + length;
  while (end > start) {
    // Step back over one character: up to three bytes of white space.
    let at = end - 1;
    while (at > start && end - at < 3 && ((a[at] as number) & 0xc0) === 0x80) at--;
    if (spaceAt(a, at, end) !== end - at) break;
    end = at;
  }
  return start + length - end;
}

/**
 * Copies with A-Z lowered; false as soon as a byte is not ASCII (nothing is then promised of the
 * target).
 */
export function lowerAscii(
  a: Uint8Array,
  start: number,
  length: number,
  to: Uint8Array,
  toStart: number,
): boolean {
  for (let i = 0; i < length; i++) {
    const x = a[start + i] as number;
    if (x >= 0x80) return false;
    to[toStart + i] = x >= 65 && x <= 90 ? x + 32 : x;
  }
  return true;
}

/** The longest length <= max that does not cut a character in two. */
export function cutAtCharacter(a: Uint8Array, start: number, length: number, max: number): number {
  if (length <= max) return length;
  let cut = max;
  while (cut > 0 && ((a[start + cut] as number) & 0xc0) === 0x80) cut--;
  return cut;
}

/** YYMM as a number, or -1 where it is not four digits with a month of 01..12. */
export function expiryNumber(a: Uint8Array, start: number, length: number): number {
  if (length !== 4) return -1;
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const digit = (a[start + i] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  const month = value % 100;
  return month >= 1 && month <= 12 ? value : -1;
}
