// msgpack rows to row records: the JSON decoder's twin for the binary format.
//
// One pass over a row's bytes, table-driven: predict the next key from the one before it and
// compare header byte and name 4 bytes at once; read the value by what its field must be; write it
// to its slot; add it to the content hash. Lengths stand before strings, so that hashing needs no
// search. Whatever is rare is a call; what is wrong or odd (errors, duplicates, long strings)
// breaks out, and RowDraft redoes the whole row.
// Bytes are read in words: up to 16 bytes past a row's end may be looked at, never used.
// Cost: about 0.75 of JSON's for the same row; nothing is allocated. The size rule for functions
// is broken on purpose, as in json-decoder.ts.

import { LANE_A, LANE_B, MIX_A, MIX_B } from '../base/hash.ts';
import type { MoneyConversion } from '../domain/currencies.ts';
import { NESTING_MAX } from '../domain/fields.ts';
import type { RowTable } from '../domain/verdict.ts';
import { CONTENT_A, CONTENT_B } from './content-hash.ts';
import type { DecodeOptions, RowDecoder } from './decode-options.ts';
import type { FieldTables } from './field-tables.ts';
import { INFO, INFO_SHIFT, makeFieldInfo } from './field-info.ts';
import { checkNumber, enumIndex, makeFieldTables } from './field-tables.ts';
import { SHAPE } from './msgpack-reader.ts';
import { MsgpackRowReader } from './msgpack-row.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { RowDraft } from './row-draft.ts';
import { utf8ErrorAt } from './utf8.ts';

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

const HIGH_BITS = 0x80808080 | 0;
const TWO_TO_53 = 2 ** 53;

/** One a field: its key as msgpack writes it, or null where it is longer than a fixstr. */
export function msgpackKeys(tables: FieldTables): (Uint8Array | null)[] {
  return tables.specs.map(({ name }) => {
    const bytes = new TextEncoder().encode(name);
    return bytes.length < 32 ? Uint8Array.of(0xa0 | bytes.length, ...bytes) : null;
  });
}

class MsgpackDecoder implements RowDecoder {
  unknownKeyCount = 0;
  readonly #tables: FieldTables;
  /** Changes as it predicts: see field-info.ts. */
  readonly #info: Int32Array;
  readonly #rows: MsgpackRowReader;
  readonly #draft: RowDraft;
  /** Where #findKey left off. */
  #cursor = 0;
  /** Value of the calls below. An array, so that no double is boxed. */
  readonly #rareValue = new Float64Array(1);

  constructor(tables: FieldTables, money: MoneyConversion | null) {
    this.#tables = tables;
    this.#info = makeFieldInfo(tables, msgpackKeys(tables));
    this.#rows = new MsgpackRowReader(tables);
    this.#draft = new RowDraft(tables, money);
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
    const rareValue = this.#rareValue;
    const k0 = tables.hashKey.k0 | 0;
    const k1 = tables.hashKey.k1 | 0;
    const writer = this.#draft.writer;
    const firstBlock = (tables.fieldCount + 1) << BLOCK_SHIFT;

    rows: for (let r = from; r < to; r++) {
      const start = rowSpans[2 * r] as number;
      const end = start + (rowSpans[2 * r + 1] as number);
      const base = (r - rowBase) * strideWords;
      good: {
        if ((splitErrors[r] as number) >= 0) break good;
        let left = 0;
        let p = start + 1;
        const head = bytes[start] as number;
        if (head >>> 4 === 8) {
          left = head & 15;
        } else if (head === 0xde) {
          left = ((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number);
          p = start + 3;
        } else {
          break good;
        }
        let seenLo = 0;
        let seenHi = 0;
        let sumLo = 0;
        let sumHi = 0;
        let kind = -1;
        let unknownKeys = 0;
        let f = firstBlock;
        for (; left > 0; left--) {
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
            const field = this.#findKey(table, p, end) | 0;
            if (field < 0) break good;
            f = field << BLOCK_SHIFT;
            info[previous | NEXT] = f;
            p = this.#cursor | 0;
          }
          const bitLo = info[f | BIT_LO] as number;
          const bitHi = info[f | BIT_HI] as number;
          if (((seenLo & bitLo) | (seenHi & bitHi)) !== 0 || p >= end) break good;
          seenLo |= bitLo;
          seenHi |= bitHi;

          const c = bytes[p] as number;
          const valueClass = info[f | VALUE_CLASS] as number;
          const slot = base + (info[f | SLOT_WORD] as number);
          let lo = 0;
          let hi = 0;
          if (valueClass <= ENUM) {
            let length = c & 31;
            p++;
            if (c >>> 5 !== 5) {
              if (c !== 0xd9) break good;
              length = bytes[p++] as number;
            }
            const first = p;
            const stringEnd = p + length;
            if (stringEnd > end || length > (info[f | BYTES_MAX] as number)) break good;
            let a = k0;
            let b = k1;
            let marks = 0;
            for (const lastWord = stringEnd - 4; p <= lastWord; p += 4) {
              const w = view.getInt32(p, true);
              marks |= w;
              a = Math.imul(a ^ w, STEP_A);
              a ^= a >>> 15;
              b = Math.imul(b ^ ((w << 16) | (w >>> 16)), STEP_B);
              b ^= b >>> 13;
            }
            if (p < stringEnd) {
              const w = view.getInt32(p, true) & ((1 << ((stringEnd - p) << 3)) - 1);
              marks |= w;
              a = Math.imul(a ^ w, STEP_A);
              a ^= a >>> 15;
              b = Math.imul(b ^ ((w << 16) | (w >>> 16)), STEP_B);
              b ^= b >>> 13;
              p = stringEnd;
            }
            if ((marks & HIGH_BITS) !== 0 && utf8ErrorAt(bytes, first, stringEnd) >= 0) break good;
            // finishLo and finishHi of base/hash.ts.
            lo = (a ^ length) + b;
            lo = Math.imul(lo ^ (lo >>> 16), FINISH_A);
            lo = Math.imul(lo ^ (lo >>> 15), FINISH_B);
            lo ^= lo >>> 15;
            hi = b - length;
            hi = Math.imul(hi ^ (hi >>> 16), FINISH_A);
            hi = Math.imul(hi ^ (hi >>> 15), FINISH_B);
            hi ^= hi >>> 15;
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
            i32[slot + 2] = first;
            i32[slot + 3] = length;
          } else if (valueClass <= NUMBER) {
            let number = 0;
            if (c < 0x80) {
              number = c;
              p++;
            } else if (c === 0xcd) {
              number = view.getUint16(p + 1);
              p += 3;
            } else if (c === 0xce) {
              number = view.getUint32(p + 1);
              p += 5;
            } else if (c === 0xcb) {
              number = view.getFloat64(p + 1);
              p += 9;
            } else if (c === 0xcf) {
              number = view.getUint32(p + 1) * 4_294_967_296 + view.getUint32(p + 5);
              p += 9;
            } else {
              p = this.#rareNumber(table, p, end, valueClass) | 0;
              if (p < 0) break good;
              number = rareValue[0] as number;
            }
            if (p > end) break good;
            if (valueClass <= TIME) {
              // ±2^53 itself is for the careful way: others round to it.
              const isWhole = Math.abs(number) < TWO_TO_53 && number === Math.floor(number);
              if (!isWhole) break good;
              number += 0;
            } else if (valueClass < NUMBER) {
              // checkNumber of field-tables.ts.
              const limit = valueClass === LATITUDE ? 90 : 180;
              if (!(Math.abs(number) <= limit)) break good;
              number = Math.round(number * 1e7) / 1e7 + 0;
            } else {
              if (!(Math.abs(number) < Infinity)) break good;
              number += 0;
            }
            f64[slot >> 1] = number;
            lo = i32[slot] as number;
            hi = i32[slot + 1] as number;
          } else if (valueClass === BOOLEAN) {
            if (c >>> 1 !== 0x61) break good;
            p++;
            f64[slot >> 1] = c & 1;
            lo = i32[slot] as number;
            hi = i32[slot + 1] as number;
          } else {
            p = this.#skipValue(table, p, end) | 0;
            if (p < 0) break good;
            unknownKeys++;
            continue;
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
      this.#decodeRare(table, start, end, base, splitErrors[r] as number);
    }
  }

  /** The whole row again, by the careful way: whatever the loop above does not know. */
  #decodeRare(table: RowTable, start: number, end: number, base: number, split: number): void {
    const { reader } = this.#rows;
    const isWellFormed = this.#rows.read(this.#draft, table, start, end);
    const error = isWellFormed ? -1 : reader.error;
    const at = reader.errorAt;
    this.unknownKeyCount += this.#draft.write(table, base, start, end, error, at, split);
  }

  /**
   * The field whose key begins at `p`: its number, the number of fields for an unknown one, -1 for
   * what is for the careful way. The cursor is then at its value.
   */
  #findKey(table: RowTable, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(table.bytes, table.view, end);
    const content = reader.readHead(p);
    if (content < 0) return -1;
    const isString = reader.shape === SHAPE.string;
    this.#cursor = reader.skipRest(content, p, 1, NESTING_MAX);
    if (this.#cursor < 0 || reader.tooDeepAt >= 0) return -1;
    if (!isString) return this.#tables.fieldCount;
    return this.#tables.keys.find(table.bytes, content, this.#cursor - content);
  }

  /** Any number, or a time's string, its checked value in #rareValue; position after it, or -1. */
  #rareNumber(table: RowTable, p: number, end: number, valueClass: number): number {
    const { reader } = this.#rows;
    reader.begin(table.bytes, table.view, end);
    const content = reader.readHead(p);
    if (content < 0) return -1;
    let after = content;
    let value = NaN;
    if (reader.shape === SHAPE.number) {
      value = checkNumber(valueClass, reader.number[0] as number, reader.isExact);
    } else if (reader.shape === SHAPE.string && valueClass === TIME) {
      after = reader.readContent(content);
      if (after >= 0) value = parseRfc3339(table.bytes, content, after - content);
    }
    this.#rareValue[0] = value;
    return value !== value ? -1 : after;
  }

  /** An unknown key's value; position after it, or -1. */
  #skipValue(table: RowTable, p: number, end: number): number {
    const { reader } = this.#rows;
    reader.begin(table.bytes, table.view, end);
    const after = reader.skipValue(p, 1, NESTING_MAX);
    return reader.tooDeepAt >= 0 ? -1 : after;
  }
}

/** For rows that are one msgpack map each. @param tables those of the options, where they are made already */
export function createMsgpackDecoder(
  options: DecodeOptions,
  tables: FieldTables = makeFieldTables(options.layout, options.hashKey, options.requireKeys),
): RowDecoder {
  return new MsgpackDecoder(tables, options.money);
}
