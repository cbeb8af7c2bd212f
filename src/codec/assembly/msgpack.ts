// msgpack rows to row records: the JSON decoder's twin for the binary format. AssemblyScript, not
// TypeScript.
//
// One pass over a row's bytes, table-driven: predict the next key from the one before it and compare
// header byte and name 16 bytes at once; read the value by what its field must be; write it to its slot;
// add it to the content hash. Lengths stand before strings, so that hashing needs no search. Whatever is
// rare calls back; what is wrong or odd (errors, duplicates, long strings) ends the call at its row,
// which RowDraft then reads by the careful way.
// Up to 64 bytes past a row's end may be looked at, never used.

import {
  BLOCK_BIT,
  BLOCK_BYTES,
  BLOCK_BYTES_MAX,
  BLOCK_CLASS,
  BLOCK_KEY_BYTES,
  BLOCK_NEXT,
  BLOCK_SALT,
  BLOCK_SLOT,
  CLASS_BOOLEAN,
  CLASS_ENUM,
  CLASS_NUMBER,
  CLASS_TIME,
  HEAD_BLOCKS,
  HEAD_CURSOR,
  HEAD_FIRST,
  HEAD_KIND,
  HEAD_MASKS,
  HEAD_NUMBER,
  HEAD_SEED,
  HEAD_SPANS,
  HEAD_STRIDE,
} from './area';
import { contentPart, hashText } from './hash';
import { check, findEnum, finishRow, isComplete, lastEnum, predict } from './record';

// What msgpack-decoder.ts supplies. Positions are addresses; -1: not so, the row is for the careful way.
declare function findKey(p: usize, end: usize): i32;
declare function rareNumber(p: usize, end: usize, valueClass: i32): i32;
declare function skipValue(p: usize, end: usize): i32;
declare function isUtf8(p: usize, end: usize): i32;

/** Whether no byte of the text has its high bit set. */
function isAscii(p: usize, length: i32, masks: usize): bool {
  let rest = usize(length);
  let marks = v128.and(v128.load(p), v128.load(masks + (min<usize>(rest, 16) << 4)));
  for (; rest > 16;) {
    rest -= 16;
    p += 16;
    const mask = v128.load(masks + (min<usize>(rest, 16) << 4));
    marks = v128.or(marks, v128.and(v128.load(p), mask));
  }
  return i8x16.bitmask(marks) == 0;
}

/** Decodes rows [from, to) of the spans, whose first record is at `records`; the first that is not common. */
export function decode(area: usize, records: usize, from: i32, to: i32): i32 {
  const seed = load<i64>(area, HEAD_SEED);
  const first: usize = load<u32>(area, HEAD_FIRST);
  const kindBlock: usize = load<u32>(area, HEAD_KIND);
  const masks: usize = load<u32>(area, HEAD_MASKS);
  const spans: usize = load<u32>(area, HEAD_SPANS);
  const stride: usize = load<u32>(area, HEAD_STRIDE);

  for (let row = from; row < to; row++) {
    const start: usize = load<u32>(spans + (usize(row) << 3));
    const length = load<i32>(spans + (usize(row) << 3), 4);
    if (length < 1) return row; // framing found it bad, or nothing is in it
    const end: usize = start + length;
    const record = records + usize(row) * stride;
    let p = start + 1;
    let left: i32 = load<u8>(start);
    if (left >>> 4 == 8) {
      left &= 15;
    } else if (left == 0xde) {
      left = bswap<u16>(load<u16>(start, 1));
      p = start + 3;
    } else {
      return row;
    }
    let seen: i64 = 0;
    let content: i64 = 0;
    let kind: i32 = -1;
    let unknownKeys: i32 = 0;
    let block = first;
    for (; left > 0; left--) {
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
      if ((seen & bit) != 0 || p >= end) return row;
      seen |= bit;

      const c: i32 = load<u8>(p);
      const valueClass = load<i32>(block, BLOCK_CLASS);
      const slot = record + load<u32>(block, BLOCK_SLOT);
      let bits: i64;
      if (valueClass <= CLASS_ENUM) {
        let size = c & 31;
        p++;
        if (c >>> 5 != 5) {
          if (c != 0xd9) return row;
          size = load<u8>(p++);
        }
        const text = p;
        const stop = p + usize(size);
        if (stop > end || size > load<i32>(block, BLOCK_BYTES_MAX)) return row;
        if (!isAscii(p, size, masks) && isUtf8(p, stop) == 0) return row;
        bits = hashText(p, size, seed, masks);
        p = stop;
        if (valueClass == CLASS_ENUM) {
          if (!findEnum(block, bits)) return row;
          if (block == kindBlock) kind = lastEnum(block);
        }
        store<i64>(slot, bits);
        store<i32>(slot, i32(text), 8);
        store<i32>(slot, size, 12);
      } else if (valueClass <= CLASS_NUMBER) {
        let number: f64;
        if (c < 0x80) {
          number = c;
          p++;
        } else if (c == 0xcf) {
          // Of 2^53 and more a double need not be exact; check() leaves those to the careful way.
          number = f64(bswap<u64>(load<u64>(p, 1)));
          p += 9;
        } else if (c == 0xcb) {
          number = reinterpret<f64>(bswap<u64>(load<u64>(p, 1)));
          p += 9;
        } else if (c == 0xcd) {
          number = bswap<u16>(load<u16>(p, 1));
          p += 3;
        } else if (c == 0xce) {
          number = bswap<u32>(load<u32>(p, 1));
          p += 5;
        } else {
          const after = rareNumber(p, end, valueClass);
          if (after < 0) return row;
          p = after;
          number = load<f64>(area, HEAD_NUMBER);
        }
        if (p > end) return row;
        number = check(valueClass, number);
        if (number != number) return row;
        store<f64>(slot, number);
        bits = load<i64>(slot);
      } else if (valueClass == CLASS_BOOLEAN) {
        if (c >>> 1 != 0x61) return row;
        p++;
        store<f64>(slot, f64(c & 1));
        bits = load<i64>(slot);
      } else {
        const after = skipValue(p, end);
        if (after < 0) return row;
        p = after;
        unknownKeys++;
        continue;
      }
      content += contentPart(bits, load<i64>(block, BLOCK_SALT));
    }
    if (p != end || kind < 0 || !isComplete(area, kind, seen)) return row;
    finishRow(area, record, start, length, kind, seen, content, unknownKeys);
  }
  return to;
}
