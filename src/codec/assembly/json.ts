// JSON rows to row records: the engine's hottest loop, in WebAssembly. AssemblyScript, not TypeScript.
//
// One pass over a row's bytes, table-driven: predict the next key from the one before it and compare 16
// bytes at once; read the value by what its field must be; write it to its slot; add it to the content
// hash. Strings are scanned for their closing quote 16 bytes at once, then hashed, as in base/hash.ts.
// Integers and decimals of up to 15 digits are exact in doubles (Clinger's fast path); the loop knows no
// other numbers. One space after brace, colon, value or comma is common too.
// Whatever is rare calls back: escapes, UTF-8, long numbers, times in words, unknown keys and their
// values. What is wrong or odd (errors, duplicates, null) ends the call at its row, which RowDraft then
// reads by the careful way.
// Up to 64 bytes past a row's end may be looked at, never used.

import {
  BLOCK_BYTES,
  BLOCK_BYTES_MAX,
  BLOCK_BIT,
  BLOCK_CLASS,
  BLOCK_KEY_BYTES,
  BLOCK_NEXT,
  BLOCK_SALT,
  BLOCK_SLOT,
  CLASS_BOOLEAN,
  CLASS_ENUM,
  CLASS_NUMBER,
  CLASS_LATITUDE,
  CLASS_TIME,
  CLASS_UNKNOWN,
  HEAD_BLOCKS,
  HEAD_CURSOR,
  HEAD_FIRST,
  HEAD_KIND,
  HEAD_MASKS,
  HEAD_NUMBER,
  HEAD_POWERS,
  HEAD_SEED,
  HEAD_SPANS,
  HEAD_STRIDE,
  HEAD_STRING_LENGTH,
  HEAD_STRING_OFFSET,
} from './area';
import { contentPart, hashText } from './hash';
import { check, findEnum, finishRow, isComplete, lastEnum, predict } from './record';

// What json-decoder.ts supplies. Positions are addresses; -1: not so, the row is for the careful way.
declare function findKey(p: usize, end: usize): i32;
declare function rareString(p: usize, end: usize): i32;
declare function rareNumber(p: usize, end: usize, valueClass: i32): i32;
declare function timeString(p: usize, end: usize): i32;
declare function skipValue(p: usize, end: usize): i32;

const QUOTE: i32 = 0x22;
const COMMA: i32 = 0x2c;
const MINUS: i32 = 0x2d;
const POINT: i32 = 0x2e;
const SPACE: i32 = 0x20;
const BRACE: i32 = 0x7b;
const BRACE_END: i32 = 0x7d;
/** `true`, and `alse` of `false`, as words. */
const WORD_TRUE: i32 = 0x65757274;
const WORD_ALSE: i32 = 0x65736c61;
const EXACT_DIGITS_MAX: i32 = 15;
/** Longer rows of digits are for the careful way. */
const DIGITS_SCANNED_MAX: usize = 18;

/** Bits of the bytes that end a run of plain text: quote, backslash, below space, or no ASCII. */
function textEnds(p: usize): i32 {
  const bytes = v128.load(p);
  const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
  const slashes = i8x16.eq(bytes, i8x16.splat(0x5c));
  const controls = i8x16.lt_u(bytes, i8x16.splat(0x20));
  return i8x16.bitmask(v128.or(v128.or(quotes, slashes), v128.or(controls, bytes)));
}

/** Whether the 8 bytes are digits. */
function areDigits(word: i64): bool {
  const high = (word + 0x4646464646464646) | (word - 0x3030303030303030);
  return (high & i64(0x8080808080808080)) == 0;
}

/** The number that 8 digits write, first digit first: tens to ones, hundreds to the rest, and so on. */
function digitsOf(word: i64): i64 {
  word = word & 0x0f0f0f0f0f0f0f0f;
  word = ((word * 2561) >> 8) & 0x00ff00ff00ff00ff;
  word = ((word * 6553601) >> 16) & 0x0000ffff0000ffff;
  return (word * 42949672960001) >> 32;
}

/** Decodes rows [from, to) of the spans, whose first record is at `records`; the first that is not common. */
export function decode(area: usize, records: usize, from: i32, to: i32): i32 {
  const seed = load<i64>(area, HEAD_SEED);
  const first: usize = load<u32>(area, HEAD_FIRST);
  const kindBlock: usize = load<u32>(area, HEAD_KIND);
  const masks: usize = load<u32>(area, HEAD_MASKS);
  const powers: usize = load<u32>(area, HEAD_POWERS);
  const spans: usize = load<u32>(area, HEAD_SPANS);
  const stride: usize = load<u32>(area, HEAD_STRIDE);

  for (let row = from; row < to; row++) {
    const start: usize = load<u32>(spans + (usize(row) << 3));
    const length = load<i32>(spans + (usize(row) << 3), 4);
    if (length < 2) return row; // framing found it bad, or nothing is in it
    const end: usize = start + length;
    const record = records + usize(row) * stride;
    if (load<u8>(start) != BRACE) return row;
    let p: usize = load<u8>(start, 1) == SPACE ? start + 3 : start + 2;
    if (load<u8>(p - 1) != QUOTE) return row;
    let seen: i64 = 0;
    let content: i64 = 0;
    let kind: i32 = -1;
    let unknownKeys: i32 = 0;
    let block = first;
    // One turn a key; p is after its opening quote.
    for (;;) {
      const previous = block;
      block = predict(previous, p, end, masks);
      if (block != 0) {
        p += load<u32>(block, BLOCK_KEY_BYTES);
      } else {
        const field = findKey(p, end);
        if (field < 0) return row;
        block = usize(load<u32>(area, HEAD_BLOCKS)) + usize(field) * BLOCK_BYTES;
        store<u32>(previous, u32(block), BLOCK_NEXT);
        p = load<u32>(area, HEAD_CURSOR);
      }
      const bit = load<i64>(block, BLOCK_BIT);
      if ((seen & bit) != 0) return row;
      seen |= bit;

      let c: i32 = load<u8>(p);
      if (c == SPACE) c = load<u8>(++p);
      const valueClass = load<i32>(block, BLOCK_CLASS);
      const slot = record + load<u32>(block, BLOCK_SLOT);
      let bits: i64 = 0;
      let isKnown = true;
      if (c == QUOTE && valueClass <= CLASS_ENUM) {
        let text = ++p;
        let ends = textEnds(p);
        while (ends == 0) {
          p += 16;
          if (p >= end) return row;
          ends = textEnds(p);
        }
        p += usize(ctz<i32>(ends));
        let size = i32(p - text);
        if (load<u8>(p) == QUOTE) {
          p++;
        } else {
          const after = rareString(text - 1, end);
          if (after < 0) return row;
          p = after;
          text = load<u32>(area, HEAD_STRING_OFFSET);
          size = load<i32>(area, HEAD_STRING_LENGTH);
        }
        if (size > load<i32>(block, BLOCK_BYTES_MAX)) return row;
        bits = hashText(text, size, seed, masks);
        if (valueClass == CLASS_ENUM) {
          if (!findEnum(block, bits)) return row;
          if (block == kindBlock) kind = lastEnum(block);
        }
        store<i64>(slot, bits);
        store<i32>(slot, i32(text), 8);
        store<i32>(slot, size, 12);
      } else if ((u32(c - 0x30) < 10 || c == MINUS) && valueClass > CLASS_ENUM) {
        const whole = c == MINUS ? p + 1 : p;
        let digits: i64 = 0;
        let point: usize = 0;
        let q = whole;
        for (;;) {
          // At most 16 digits so, which do not overflow; more are not exact and not used.
          if (q - whole < 8 && areDigits(load<i64>(q))) {
            digits = digits * 100000000 + digitsOf(load<i64>(q));
            q += 8;
          }
          for (; q - whole < DIGITS_SCANNED_MAX; q++) {
            const digit = u32(load<u8>(q)) - 0x30;
            if (digit > 9) break;
            digits = digits * 10 + digit;
          }
          if (point != 0 || load<u8>(q) != POINT) break;
          point = q++;
        }
        const places: i32 = point == 0 ? 0 : i32(q - point) - 1;
        const wholeDigits: i32 = i32((point == 0 ? q : point) - whole);
        if (wholeDigits == 0 || (wholeDigits > 1 && load<u8>(whole) == 0x30)) return row;
        if (point != 0 && places == 0) return row;
        let number: f64;
        if (wholeDigits + places > EXACT_DIGITS_MAX || (load<u8>(q) | 0x20) == 0x65) {
          const after = rareNumber(p, end, valueClass);
          if (after < 0) return row;
          q = after;
          number = load<f64>(area, HEAD_NUMBER);
        } else {
          number = f64(digits);
          if (places != 0) number /= load<f64>(powers + (places << 3));
          if (c == MINUS) number = 0 - number;
          // Whole as it is without a point, and of up to 7 places rounded already.
          if (valueClass <= CLASS_TIME ? places != 0 : valueClass < CLASS_NUMBER) {
            if (valueClass < CLASS_LATITUDE || places > 7) number = check(valueClass, number);
            else if (abs(number) > (valueClass == CLASS_LATITUDE ? 90 : 180)) return row;
            if (number != number) return row;
          }
        }
        p = q;
        if (valueClass >= CLASS_BOOLEAN) {
          if (valueClass == CLASS_BOOLEAN) return row;
          isKnown = false;
        } else {
          store<f64>(slot, number);
          bits = load<i64>(slot);
        }
      } else if (c == QUOTE && valueClass == CLASS_TIME) {
        const after = timeString(p, end);
        if (after < 0) return row;
        p = after;
        store<f64>(slot, load<f64>(area, HEAD_NUMBER));
        bits = load<i64>(slot);
      } else if (valueClass == CLASS_BOOLEAN) {
        if (load<i32>(p) == WORD_TRUE) {
          p += 4;
          store<f64>(slot, 1);
        } else if (c == 0x66 && load<i32>(p, 1) == WORD_ALSE) {
          p += 5;
          store<f64>(slot, 0);
        } else {
          return row;
        }
        bits = load<i64>(slot);
      } else if (valueClass == CLASS_UNKNOWN) {
        const after = skipValue(p, end);
        if (after < 0) return row;
        p = after;
        isKnown = false;
      } else {
        return row;
      }
      if (isKnown) {
        content += contentPart(bits, load<i64>(block, BLOCK_SALT));
      } else {
        unknownKeys++;
      }

      if (p >= end) return row; // nothing of a later row is taken
      c = load<u8>(p);
      if (c == SPACE) c = load<u8>(++p);
      if (c == COMMA) {
        c = load<u8>(++p);
        if (c == SPACE) c = load<u8>(++p);
        if (c != QUOTE) return row;
        p++;
        continue;
      }
      if (c != BRACE_END) return row;
      p++;
      while (p < end && isSpace(load<u8>(p))) p++;
      if (p != end || kind < 0 || !isComplete(area, kind, seen)) return row;
      break;
    }
    finishRow(area, record, start, length, kind, seen, content, unknownKeys);
  }
  return to;
}

function isSpace(c: i32): bool {
  return c == SPACE || c == 0x0a || c == 0x0d || c == 0x09;
}
