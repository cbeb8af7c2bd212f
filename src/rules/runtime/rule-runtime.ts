// The helpers that generated code calls, `rt`. A text is (offset, length): offset >= 0 in the
// batch's bytes, from LIFE_OFFSET on in the texts kept of payments, < 0 at ~offset in the constant
// pool; length -1 = missing. Answers of conditions
// are 1, 0 or -1 = missing; numbers are NaN when missing. A text that a helper makes or finds
// leaves hash and place in `out`, its length is returned. Nothing is allocated but where it says so.

import { haversineKm } from '../../base/geo.ts';
import type { ZonedCalendar } from '../../base/calendar.ts';
import { hashBytes } from '../../base/hash.ts';
import { STRING_FEATURE_TEXT_BYTES } from '../../domain/feature-layout.ts';
import type { ConstantPool } from './constant-pool.ts';
import {
  codePoints,
  compareBytes,
  containsBytes,
  equalBytes,
  expiryNumber,
  leadingSpace,
  lowerAscii,
  luhnHolds,
  trailingSpace,
} from './text.ts';
import { compareVersions, isVersion } from './versions.ts';

/** Bytes of the batch's temp area for each text that one row's expressions make. */
export const TEMP_SLOT_BYTES = 4096;
/** A worker's temp area holds so many; the compiler refuses rules that need more at once. */
export const TEMP_SLOTS_MAX = 64;

/** Offsets from here on are in the texts that are kept of payments. */
export const LIFE_OFFSET: number = 2 ** 30;

const NO_BYTES = new Uint8Array(0);

export class RuleRuntime {
  /** lo, hi, offset of the text that the last helper made. */
  readonly out: Int32Array = new Int32Array(4);
  readonly #pool: ConstantPool;
  readonly #calendar: ZonedCalendar;
  readonly #tempOffset: number;
  #bytes: Uint8Array = NO_BYTES;
  #featureBytes: Uint8Array = NO_BYTES;
  #lifeBytes: Uint8Array = NO_BYTES;
  #buffer: Buffer = Buffer.alloc(0);

  /** @param tempOffset where this worker's temp area begins in the batch's bytes */
  constructor(pool: ConstantPool, tempOffset: number) {
    this.#pool = pool;
    this.#tempOffset = tempOffset;
    this.#calendar = pool.calendars[pool.calendar(pool.plan.timezone)] as ZonedCalendar;
  }

  /** The batch's bytes and the feature table's, before any row of it. */
  bind(bytes: Uint8Array, featureBytes: Uint8Array): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#featureBytes = featureBytes;
  }

  /** Bytes that an offset is in; index into them with `positionOf`. */
  memoryOf(offset: number): Uint8Array {
    if (offset < 0) return this.#pool.bytes;
    return offset < LIFE_OFFSET ? this.#bytes : this.#lifeBytes;
  }

  /** The texts that are kept of payments. */
  bindLife(bytes: Uint8Array): void {
    this.#lifeBytes = bytes;
  }

  /** End of the maintenance that a scope is in at timeMs; NaN where it is in none. */
  maintenanceEnd(register: number, lo: number, hi: number, n: number, timeMs: number): number {
    if (n < 0 || timeMs !== timeMs) return NaN;
    return this.#pool.maintenance[register]?.endOf(lo, hi, timeMs) ?? NaN;
  }

  get featureBytes(): Uint8Array {
    return this.#featureBytes;
  }

  startsWith(o: number, n: number, p: number, m: number): number {
    if (n < 0 || m < 0) return -1;
    if (m > n) return 0;
    return equalBytes(this.memoryOf(o), positionOf(o), this.memoryOf(p), positionOf(p), m) ? 1 : 0;
  }

  endsWith(o: number, n: number, p: number, m: number): number {
    if (n < 0 || m < 0) return -1;
    if (m > n) return 0;
    return equalBytes(this.memoryOf(o), positionOf(o) + n - m, this.memoryOf(p), positionOf(p), m)
      ? 1
      : 0;
  }

  contains(o: number, n: number, p: number, m: number): number {
    if (n < 0 || m < 0) return -1;
    return containsBytes(this.memoryOf(o), positionOf(o), n, this.memoryOf(p), positionOf(p), m)
      ? 1
      : 0;
  }

  /** `guard` 0: the answer is not needed. Allocates for a text that is not in the cache. */
  matches(
    guard: boolean | number,
    pattern: number,
    lo: number,
    hi: number,
    o: number,
    n: number,
  ): number {
    if (!guard || n < 0) return -1;
    const known = this.#pool.patterns[pattern]?.known(lo, hi) as number;
    return known >= 0 ? known : this.#search(pattern, lo, hi, o, n);
  }

  size(o: number, n: number): number {
    return n < 0 ? NaN : codePoints(this.memoryOf(o), positionOf(o), n);
  }

  luhn(o: number, n: number): number {
    return n < 0 ? -1 : luhnHolds(this.memoryOf(o), positionOf(o), n) ? 1 : 0;
  }

  /** A card is good until its month ends in the file's zone; 1 where malformed. */
  expired(o: number, n: number, timeMs: number): number {
    if (n < 0 || timeMs !== timeMs) return -1;
    const yymm = expiryNumber(this.memoryOf(o), positionOf(o), n);
    if (yymm < 0) return 1;
    return Math.floor(this.#calendar.dateNumber(timeMs) / 100) > 200_000 + yymm ? 1 : 0;
  }

  inMaintenance(register: number, lo: number, hi: number, n: number, timeMs: number): number {
    if (n < 0 || timeMs !== timeMs) return -1;
    return this.#pool.maintenance[register]?.isOpen(lo, hi, timeMs) === true ? 1 : 0;
  }

  /** -1, 0, 1 in UTF-8 byte order; NaN when either is missing. */
  compareTexts(o: number, n: number, p: number, m: number): number {
    if (n < 0 || m < 0) return NaN;
    return compareBytes(this.memoryOf(o), positionOf(o), n, this.memoryOf(p), positionOf(p), m);
  }

  /** -1, 0, 1; NaN when either is missing or malformed. */
  compareVersions(o: number, n: number, p: number, m: number): number {
    const a = this.memoryOf(o);
    const b = this.memoryOf(p);
    if (!isVersion(a, positionOf(o), n) || !isVersion(b, positionOf(p), m)) return NaN;
    return compareVersions(a, positionOf(o), n, b, positionOf(p), m);
  }

  /** The length of a well-formed version, else -1. */
  versionLength(o: number, n: number): number {
    return isVersion(this.memoryOf(o), positionOf(o), n) ? n : -1;
  }

  km(latA: number, lonA: number, latB: number, lonB: number): number {
    return haversineKm(latA, lonA, latB, lonB);
  }

  /** Half away from zero; exact for every double. */
  round(x: number): number {
    const whole = Math.trunc(x);
    const step = Math.abs(x - whole) >= 0.5 ? Math.sign(x) : 0;
    return whole + step + 0;
  }

  /** Lower case into temp slot `slot`. A text that is not ASCII allocates. */
  lower(o: number, n: number, slot: number): number {
    if (n < 0 || n > TEMP_SLOT_BYTES) return -1;
    const to = this.#tempOffset + slot * TEMP_SLOT_BYTES;
    const bytes = this.#bytes;
    let length = n;
    if (!lowerAscii(this.memoryOf(o), positionOf(o), n, bytes, to)) {
      length = this.#lowerUnicode(o, n, to);
      if (length < 0) return -1;
    }
    return this.#found(to, length);
  }

  trim(o: number, n: number): number {
    if (n < 0) return -1;
    const memory = this.memoryOf(o);
    const start = positionOf(o);
    const lead = leadingSpace(memory, start, n);
    const length = n - lead - trailingSpace(memory, start + lead, n - lead);
    return this.#found(o >= 0 ? o + lead : ~(start + lead), length);
  }

  /** Copies a text feature's first bytes (`word`: its text's int32 index) to a temp slot. */
  featureText(word: number, n: number, slot: number): number {
    const to = this.#tempOffset + slot * TEMP_SLOT_BYTES;
    const from = word * 4;
    const count = n < STRING_FEATURE_TEXT_BYTES ? n : STRING_FEATURE_TEXT_BYTES;
    for (let i = 0; i < count; i++) {
      this.#bytes[to + i] = this.#featureBytes[from + i] as number;
    }
    return to;
  }

  #found(o: number, length: number): number {
    hashBytes(this.memoryOf(o), positionOf(o), length, this.#pool.hashKey, this.out);
    this.out[2] = o;
    return length;
  }

  #search(pattern: number, lo: number, hi: number, o: number, n: number): number {
    return this.#pool.patterns[pattern]?.search(lo, hi, this.#decode(o, n)) as number;
  }

  #decode(o: number, n: number): string {
    if (o >= 0 && o < LIFE_OFFSET) return this.#buffer.toString('utf8', o, o + n);
    const { buffer, byteOffset, byteLength } = this.memoryOf(o);
    const from = positionOf(o);
    return Buffer.from(buffer, byteOffset, byteLength).toString('utf8', from, from + n);
  }

  #lowerUnicode(o: number, n: number, to: number): number {
    const text = this.#decode(o, n).toLowerCase();
    const length = Buffer.byteLength(text);
    if (length > TEMP_SLOT_BYTES) return -1;
    return this.#buffer.write(text, to, length, 'utf8');
  }
}

/** Where a text begins in its memory. */
export function positionOf(offset: number): number {
  if (offset < 0) return ~offset;
  return offset < LIFE_OFFSET ? offset : offset - LIFE_OFFSET;
}
