// JSON rows to row records: the engine's hottest loop.
//
// One pass over a row's bytes, table-driven: predict the next key from the one before it and
// compare 4 bytes at once; read the value by what its field must be; write it to its slot; add it
// to the content hash. Strings are hashed while they are scanned for their closing quote, a word
// at a time (SWAR, as in base/hash.ts, held equal by a test). Integers and decimals of up to 15
// digits are exact in doubles (Clinger's fast path); the loop knows no other numbers.
// One space after brace, colon, value or comma is common too.
// Whatever is rare is a call: escapes, UTF-8, long numbers, unknown keys, keys out of order. What
// is wrong or odd (errors, duplicates, literals) breaks out, and RowDraft redoes the whole row.
// Bytes are read in words: up to 16 bytes past a row's end may be looked at, never used.
// Cost: ~1.3 ns a byte; nothing is allocated, but a string for a number of more than 15 digits.
// The size rule for functions is broken on purpose: each part reads and writes the same dozen
// locals; bytecode stays far under V8's limits.

import { LANE_A, LANE_B, MIX_A, MIX_B, hashBytes } from '../base/hash.ts';
import { NESTING_MAX } from '../domain/fields.ts';
import type { RowTable } from '../domain/verdict.ts';
import { CONTENT_A, CONTENT_B } from './content-hash.ts';
import type { DecodeOptions, RowDecoder } from './decode-options.ts';
import type { FieldTables } from './field-tables.ts';
import { INFO, INFO_SHIFT, makeFieldInfo } from './field-info.ts';
import { checkNumber, enumIndex, makeFieldTables } from './field-tables.ts';
import { JsonRowReader } from './json-row.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { RowDraft } from './row-draft.ts';

// Constants of other modules are copied, for V8 folds a module's own constants into its code, but
// loads and checks imported ones at each use.
const STEP_A = LANE_A;
const STEP_B = LANE_B;
const FINISH_A = MIX_A;
const FINISH_B = MIX_B;
const PART_A = CONTENT_A;
const PART_B = CONTENT_B;
const BLOCK_SHIFT = INFO_SHIFT;

// Words of a field's block: see field-info.ts.
const NEXT = INFO.next;
const KEY = INFO.keyWords;
const KEY_BYTES = INFO.keyBytes;
const KEY_1 = KEY + 1;
const KEY_2 = KEY + 2;
const KEY_MASK_0 = INFO.keyMask0;
const KEY_MASK_1 = INFO.keyMask1;
const KEY_LAST_MASK = INFO.keyLastMask;
const VALUE_CLASS = INFO.valueClass;
const SLOT_WORD = INFO.slotWord;
const BYTES_MAX = INFO.bytesMax;
const SALT_LO = INFO.saltLo;
const SALT_HI = INFO.saltHi;
const BIT_LO = INFO.bitLo;
const BIT_HI = INFO.bitHi;
const ENUM_AT = INFO.enumAt;
const ENUM_START = INFO.enumStart;

// VALUE_CLASS as plain constants: the loop compares with them for every value.
const ENUM = 1;
const TIME = 3;
const LATITUDE = 4;
const NUMBER = 6;
const BOOLEAN = 7;
const UNKNOWN = 8;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const SPACE = 0x20;

// The same byte in all four places of a word.
const EACH_01 = 0x01010101;
const EACH_20 = 0x20202020;
const EACH_QUOTE = 0x22222222;
const EACH_BACKSLASH = 0x5c5c5c5c;
const HIGH_BITS = 0x80808080 | 0;
const EACH_0F = 0x0f0f0f0f;
const EACH_30 = 0x30303030;
const EACH_46 = 0x46464646;

/** Digits whose number is exact in a double. */
const EXACT_DIGITS_MAX = 15;

function powersOfTen(): Float64Array {
  return Float64Array.from({ length: EXACT_DIGITS_MAX + 1 }, (_, i) => 10 ** i);
}

/** A key as JSON writes it, from after its opening quote to its colon, or null: not plain text. */
function jsonKey(name: string): Uint8Array | null {
  return /^[\w-]+$/.test(name) ? new TextEncoder().encode(`${name}":`) : null;
}

class JsonDecoder implements RowDecoder {
  unknownKeyCount = 0;
  readonly #tables: FieldTables;
  /** Changes as it predicts: see field-info.ts. */
  readonly #info: Int32Array;
  readonly #rows: JsonRowReader;
  readonly #draft: RowDraft;
  readonly #powers = powersOfTen();
  readonly #hash: [k0: number, k1: number];
  /** Results of the calls below, beside their return value. */
  #cursor = 0;
  #stringOffset = 0;
  #stringLength = 0;
  readonly #hashOut = new Int32Array(2);
  readonly #rareValue = new Float64Array(1);

  constructor(options: DecodeOptions) {
    const tables = makeFieldTables(options.layout, options.hashKey, options.requireKeys);
    this.#tables = tables;
    const keys = tables.specs.map((spec) => jsonKey(spec.name));
    this.#info = makeFieldInfo(tables, keys);
    this.#rows = new JsonRowReader(tables, options.scratchOffset);
    this.#draft = new RowDraft(tables, options.money);
    this.#hash = [options.hashKey.k0 | 0, options.hashKey.k1 | 0];
  }

  decode(
    table: RowTable,
    rowSpans: Int32Array,
    splitErrors: Int32Array,
    from: number,
    to: number,
    rowBase: number,
  ): void {
    const { i32, f64, bytes, view } = table;
    const tables = this.#tables;
    const { neededLo, neededHi, enumLo, enumHi, strideWords } = tables;
    const info = this.#info;
    const kindBlock = tables.kindField << BLOCK_SHIFT;
    const powers = this.#powers;
    const hashOut = this.#hashOut;
    const rareValue = this.#rareValue;
    const [k0, k1] = this.#hash;
    const writer = this.#draft.writer;
    const firstBlock = (tables.fieldCount + 1) << BLOCK_SHIFT;

    rows: for (let r = from; r < to; r++) {
      const start = rowSpans[2 * r] as number;
      const end = start + (rowSpans[2 * r + 1] as number);
      const base = (r - rowBase) * strideWords;
      good: {
        if ((splitErrors[r] as number) >= 0) break good;
        if (bytes[start] !== 0x7b) break good;
        let p = bytes[start + 1] === SPACE ? start + 3 : start + 2;
        if (bytes[p - 1] !== QUOTE) break good;
        let seenLo = 0;
        let seenHi = 0;
        let sumLo = 0;
        let sumHi = 0;
        let kind = -1;
        let unknownKeys = 0;
        let f = firstBlock;
        // One turn a key; p is after its opening quote.
        for (;;) {
          const previous = f;
          f = info[f | NEXT] as number;
          const after = p + (info[f | KEY_BYTES] as number);
          // The first two words at once; few keys have more.
          const differs =
            ((view.getInt32(p, true) ^ (info[f | KEY] as number)) &
              (info[f | KEY_MASK_0] as number)) |
            ((view.getInt32(p + 4, true) ^ (info[f | KEY_1] as number)) &
              (info[f | KEY_MASK_1] as number));
          let isPredicted = differs === 0 && after <= end;
          if (isPredicted && after - p > 8) {
            let k = f | KEY_2;
            for (p += 8; p + 4 <= after && view.getInt32(p, true) === info[k]; p += 4) k++;
            isPredicted =
              p + 4 > after &&
              ((view.getInt32(p, true) ^ (info[k] as number)) &
                (info[f | KEY_LAST_MASK] as number)) ===
                0;
            if (!isPredicted) p -= (k - (f | KEY)) << 2;
          }
          if (isPredicted) {
            p = after;
          } else {
            const field = this.#findKey(bytes, p, end) | 0;
            if (field < 0) break good;
            f = field << BLOCK_SHIFT;
            info[previous | NEXT] = f;
            p = this.#cursor | 0;
          }
          const bitLo = info[f | BIT_LO] as number;
          const bitHi = info[f | BIT_HI] as number;
          if (((seenLo & bitLo) | (seenHi & bitHi)) !== 0) break good;
          seenLo |= bitLo;
          seenHi |= bitHi;

          let c = bytes[p] as number;
          if (c === SPACE) c = bytes[++p] as number;
          const valueClass = info[f | VALUE_CLASS] as number;
          const slot = base + (info[f | SLOT_WORD] as number);
          value: {
            let lo = 0;
            let hi = 0;
            if (c === QUOTE && valueClass <= ENUM) {
              const first = p + 1;
              let a = k0;
              let b = k1;
              let w = 0;
              let marks = 0;
              for (p = first; ; p += 4) {
                w = view.getInt32(p, true);
                // High bits: quote, backslash, below space, or no ASCII. The lowest mark is exact.
                marks =
                  (((w ^ EACH_QUOTE) - EACH_01) |
                    ((w ^ EACH_BACKSLASH) - EACH_01) |
                    (w - EACH_20) |
                    w) &
                  HIGH_BITS;
                if (marks !== 0) break;
                a = Math.imul(a ^ w, STEP_A);
                a ^= a >>> 15;
                b = Math.imul(b ^ ((w << 16) | (w >>> 16)), STEP_B);
                b ^= b >>> 13;
                if (p >= end) break good;
              }
              const shift = 24 - Math.clz32(marks ^ (marks - 1));
              let offset = first;
              let length = 0;
              if (((w >>> shift) & 0xff) === QUOTE) {
                if (shift !== 0) {
                  w &= (1 << shift) - 1;
                  a = Math.imul(a ^ w, STEP_A);
                  a ^= a >>> 15;
                  b = Math.imul(b ^ ((w << 16) | (w >>> 16)), STEP_B);
                  b ^= b >>> 13;
                }
                p += shift >>> 3;
                length = p - first;
                p++;
                // finishLo and finishHi of base/hash.ts.
                lo = (a ^ length) + b;
                lo = Math.imul(lo ^ (lo >>> 16), FINISH_A);
                lo = Math.imul(lo ^ (lo >>> 15), FINISH_B);
                lo ^= lo >>> 15;
                hi = b - length;
                hi = Math.imul(hi ^ (hi >>> 16), FINISH_A);
                hi = Math.imul(hi ^ (hi >>> 15), FINISH_B);
                hi ^= hi >>> 15;
              } else {
                p = this.#rareString(bytes, first - 1, end) | 0;
                if (p < 0) break good;
                offset = this.#stringOffset | 0;
                length = this.#stringLength | 0;
                lo = hashOut[0] as number;
                hi = hashOut[1] as number;
              }
              if (length > (info[f | BYTES_MAX] as number)) break good;
              if (valueClass === ENUM) {
                let e = info[f | ENUM_AT] as number;
                if (enumLo[e] !== lo || enumHi[e] !== hi) {
                  e = enumIndex(tables, f >> BLOCK_SHIFT, lo, hi) | 0;
                  if (e < 0) break good;
                  e += info[f | ENUM_START] as number;
                  info[f | ENUM_AT] = e;
                }
                if (f === kindBlock) kind = e - (info[f | ENUM_START] as number);
              }
              i32[slot] = lo;
              i32[slot + 1] = hi;
              i32[slot + 2] = offset;
              i32[slot + 3] = length;
            } else if (((c - 0x30) >>> 0 < 10 || c === MINUS) && valueClass > ENUM) {
              const whole = c === MINUS ? p + 1 : p;
              let number = 0;
              let point = -1;
              let q = whole;
              for (;;) {
                for (; q < end; q += 4) {
                  // Four digits at once: check, then tens to ones, then hundreds to the rest.
                  const w = view.getInt32(q, true);
                  if ((((w + EACH_46) | (w - EACH_30)) & HIGH_BITS) !== 0) break;
                  const pairs = (Math.imul(w & EACH_0F, 2561) >>> 8) & 0x00ff00ff;
                  number = number * 10_000 + (Math.imul(pairs, 6_553_601) >>> 16);
                }
                for (; q < end; q++) {
                  const digit = (bytes[q] as number) - 0x30;
                  if (digit >>> 0 > 9) break;
                  number = number * 10 + digit;
                }
                if (point >= 0 || bytes[q] !== POINT) break;
                point = q++;
              }
              const places = point < 0 ? 0 : q - point - 1;
              const wholeDigits = (point < 0 ? q : point) - whole;
              if (wholeDigits === 0 || (wholeDigits > 1 && bytes[whole] === 0x30)) break good;
              if (point >= 0 && places === 0) break good;
              if (
                wholeDigits + places > EXACT_DIGITS_MAX ||
                ((bytes[q] as number) | 0x20) === 0x65
              ) {
                q = this.#rareNumber(bytes, p, end, valueClass) | 0;
                if (q < 0) break good;
                number = rareValue[0] as number;
              } else {
                if (places !== 0) number /= powers[places] as number;
                if (c === MINUS) number = 0 - number;
                if (valueClass <= TIME) {
                  if (places !== 0 && number !== Math.floor(number)) break good;
                } else if (valueClass < NUMBER) {
                  // checkNumber of field-tables.ts.
                  const limit = valueClass === LATITUDE ? 90 : 180;
                  if (!(Math.abs(number) <= limit)) break good;
                  // Up to 7 places it is rounded already.
                  if (places > 7) number = Math.round(number * 1e7) / 1e7 + 0;
                }
              }
              p = q;
              if (valueClass >= BOOLEAN) {
                if (valueClass === BOOLEAN) break good;
                unknownKeys++;
                break value;
              }
              f64[slot >> 1] = number;
              lo = i32[slot] as number;
              hi = i32[slot + 1] as number;
            } else if (c === QUOTE && valueClass === TIME) {
              p = this.#timeString(bytes, p, end) | 0;
              if (p < 0) break good;
              f64[slot >> 1] = rareValue[0] as number;
              lo = i32[slot] as number;
              hi = i32[slot + 1] as number;
            } else if (valueClass === BOOLEAN && (c === 0x74 || c === 0x66)) {
              p = this.#boolean(bytes, p, end) | 0;
              if (p < 0) break good;
              f64[slot >> 1] = c === 0x74 ? 1 : 0;
              lo = i32[slot] as number;
              hi = i32[slot + 1] as number;
            } else if (valueClass === UNKNOWN) {
              p = this.#skipValue(bytes, p, end) | 0;
              if (p < 0) break good;
              unknownKeys++;
              break value;
            } else {
              break good;
            }
            // contentLo and contentHi of content-hash.ts.
            let x = lo ^ ((hi << 16) | (hi >>> 16)) ^ (info[f | SALT_LO] as number);
            x = Math.imul(x, PART_A);
            x = Math.imul(x ^ (x >>> 15), PART_B);
            let y = Math.imul(hi ^ (info[f | SALT_HI] as number), PART_B);
            y = Math.imul(y ^ (y >>> 15), PART_A);
            sumLo = (sumLo + x) | 0;
            sumHi = (sumHi + y) | 0;
          }

          if (p >= end) break good; // nothing of a later row is read but by words
          c = bytes[p] as number;
          if (c === SPACE) c = bytes[++p] as number;
          if (c === COMMA) {
            c = bytes[++p] as number;
            if (c === SPACE) c = bytes[++p] as number;
            if (c !== QUOTE) break good;
            p++;
            continue;
          }
          if (c !== 0x7d) break good;
          p++;
          if (p < end) p = this.#skipSpace(bytes, p, end) | 0;
          if (p !== end || kind < 0) break good;
          if (
            ((neededLo[kind] as number) & ~seenLo) !== 0 ||
            ((neededHi[kind] as number) & ~seenHi) !== 0
          ) {
            break good;
          }
          writer.markMissing(table, base, seenLo, seenHi);
          writer.writeGood(table, base, start, end - start, kind, sumLo, sumHi);
          this.unknownKeyCount += unknownKeys;
          continue rows;
        }
      }
      this.#decodeRare(table, start, end, base, splitErrors[r] as number);
    }
  }

  /** The whole row again, by the careful way: whatever the loop above does not know. */
  #decodeRare(table: RowTable, start: number, end: number, base: number, split: number): void {
    const { reader } = this.#rows;
    const isWellFormed = this.#rows.read(this.#draft, table.bytes, start, end);
    const error = isWellFormed ? -1 : reader.error;
    const at = reader.errorAt;
    this.unknownKeyCount += this.#draft.write(table, base, start, end, error, at, split);
  }

  /**
   * The field whose key begins at `p`, after its quote: its number, the number of fields for an
   * unknown one, -1 for anything but a key. The cursor is then at its value, or a space before it.
   */
  #findKey(bytes: Uint8Array, p: number, end: number): number {
    let q = p;
    for (; q < end; q++) {
      const c = bytes[q] as number;
      if (c === QUOTE) break;
      if (c === 0x5c || c < 0x20 || c >= 0x80) return this.#findRareKey(bytes, p, end);
    }
    if (bytes[q + 1] !== COLON || q + 1 >= end) return this.#findRareKey(bytes, p, end);
    this.#cursor = q + 2;
    return this.#tables.keys.find(bytes, p, q - p);
  }

  #findRareKey(bytes: Uint8Array, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    this.#cursor = reader.readKey(p - 1);
    return this.#cursor < 0 ? -1 : this.#rows.lastKeyField();
  }

  /** A string with escapes or beyond ASCII, opening quote at `p`; position after it, or -1. */
  #rareString(bytes: Uint8Array, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    const after = reader.readString(p);
    if (after < 0) return -1;
    this.#stringLength = this.#rows.unescapedLength();
    this.#stringOffset = this.#rows.unescapedOffset();
    hashBytes(bytes, this.#stringOffset, this.#stringLength, this.#tables.hashKey, this.#hashOut);
    return after;
  }

  /** Any number, its checked value in #rareValue; position after it, or -1. */
  #rareNumber(bytes: Uint8Array, p: number, end: number, valueClass: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    const after = reader.readNumber(p);
    if (after < 0) return -1;
    const value = checkNumber(valueClass, reader.number[0] as number, reader.isExact);
    this.#rareValue[0] = value;
    return value !== value && valueClass !== UNKNOWN ? -1 : after;
  }

  /** An RFC 3339 string, its time in #rareValue; position after it, or -1. */
  #timeString(bytes: Uint8Array, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    const after = reader.readString(p);
    if (after < 0 || reader.hasEscapes) return -1;
    const time = parseRfc3339(bytes, p + 1, after - p - 2);
    this.#rareValue[0] = time;
    return time !== time ? -1 : after;
  }

  /** `true` or `false` at `p`; position after it, or -1. */
  #boolean(bytes: Uint8Array, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    return reader.readLiteral(p, bytes[p] === 0x74 ? 'true' : 'false');
  }

  /** An unknown key's value; position after it, or -1. */
  #skipValue(bytes: Uint8Array, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    const after = reader.skipValue(reader.skipSpace(p), 1, NESTING_MAX);
    return reader.tooDeepAt >= 0 ? -1 : after;
  }

  #skipSpace(bytes: Uint8Array, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(bytes, end);
    return reader.skipSpace(p);
  }
}

/** For rows that are one JSON object each. */
export function createJsonDecoder(options: DecodeOptions): RowDecoder {
  return new JsonDecoder(options);
}
