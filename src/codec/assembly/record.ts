// What both loops do for a field and at a row's end: predict the key, find an enum's value, mark what is
// missing, write the header. As FieldTables, RecordWriter and checkNumber of the careful way have it.

import {
  DECIDED_KIND_COUNT,
  FLAG_DECIDED,
  ROW_BYTES_LENGTH,
  ROW_BYTES_OFFSET,
  ROW_CONTENT_LO as ROW_CONTENT,
  ROW_ERROR_AT,
  ROW_ERROR_CODE,
  ROW_ERROR_FIELD,
  ROW_FLAGS,
  ROW_KIND,
  ROW_REPEAT_ROW,
  ROW_REVISION,
  ROW_VERDICT,
} from './row-header';
import {
  BLOCK_BYTES,
  BLOCK_CLASS,
  BLOCK_ENUM_AT,
  BLOCK_ENUM_END,
  BLOCK_ENUM_START,
  BLOCK_KEY,
  BLOCK_KEY_BYTES,
  BLOCK_KEY_MASK,
  BLOCK_NEXT,
  BLOCK_SLOT,
  CLASS_ENUM,
  CLASS_LATITUDE,
  CLASS_NUMBER,
  CLASS_TIME,
  HEAD_BLOCKS,
  HEAD_CONVERTS,
  HEAD_CURRENCY_SLOT,
  HEAD_MONEY,
  HEAD_MONEY_COUNT,
  HEAD_NEEDED,
  HEAD_OWN_CURRENCY,
  HEAD_READ,
  HEAD_UNKNOWN_KEYS,
} from './area';

/** What decode-loop.ts supplies, for money of another currency than the plan's: flags of the record. */
declare function convertMoney(record: usize): i32;

/** Fields that may be left out in a row before its key is looked up. */
const SKIPS_MAX = 6;

/** Whether the key of `block` stands at `p`; 16 bytes at once, few keys have more. */
function isKey(block: usize, p: usize, end: usize, masks: usize): bool {
  const bits = v128.xor(v128.load(block, BLOCK_KEY), v128.load(p));
  if (v128.any_true(v128.and(bits, v128.load(block, BLOCK_KEY_MASK)))) return false;
  const bytes: usize = load<u32>(block, BLOCK_KEY_BYTES);
  if (p + bytes > end) return false;
  for (let at: usize = 16; at < bytes; at += 16) {
    const count = min<usize>(bytes - at, 16);
    if (differs(block + BLOCK_KEY + at, p + at, count, masks)) return false;
  }
  return true;
}

function differs(key: usize, p: usize, count: usize, masks: usize): bool {
  const bits = v128.xor(v128.load(key), v128.load(p));
  return v128.any_true(v128.and(bits, v128.load(masks + (count << 4))));
}

/**
 * The block of the field whose key stands at `p`, or 0: the one that came after `previous` before, or,
 * since rows leave fields out, one of those that came after that.
 */
export function predict(previous: usize, p: usize, end: usize, masks: usize): usize {
  let block: usize = previous;
  for (let skips = 0; skips < SKIPS_MAX; skips++) {
    block = load<u32>(block, BLOCK_NEXT);
    if (isKey(block, p, end, masks)) return block;
  }
  return 0;
}

/** Whether `hash` is one of the enum's values; it is then the one that came last. */
export function findEnum(block: usize, hash: i64): bool {
  if (load<i64>(load<u32>(block, BLOCK_ENUM_AT)) == hash) return true;
  const stop: usize = load<u32>(block, BLOCK_ENUM_END);
  for (let at: usize = load<u32>(block, BLOCK_ENUM_START); at < stop; at += 8) {
    if (load<i64>(at) != hash) continue;
    store<u32>(block, u32(at), BLOCK_ENUM_AT);
    return true;
  }
  return false;
}

/** Number of the enum's value that came last. */
export function lastEnum(block: usize): i32 {
  return (load<i32>(block, BLOCK_ENUM_AT) - load<i32>(block, BLOCK_ENUM_START)) >> 3;
}

/** As Math.round has it, for what is far from 2^52. */
function round(x: f64): f64 {
  const up = Math.ceil(x);
  return up - 0.5 > x ? up - 1 : up;
}

/** checkNumber of field-tables.ts; ±2^53 itself is for the careful way: others round to it. */
export function check(valueClass: i32, value: f64): f64 {
  if (valueClass <= CLASS_TIME) {
    return abs(value) < 9007199254740992 && value == Math.floor(value) ? value + 0 : NaN;
  }
  if (valueClass < CLASS_NUMBER) {
    const limit: f64 = valueClass == CLASS_LATITUDE ? 90 : 180;
    return abs(value) <= limit ? round(value * 1e7) / 1e7 + 0 : NaN;
  }
  return abs(value) < Infinity ? value + 0 : NaN;
}

/** Whether a row of this kind has all that it needs. */
export function isComplete(area: usize, kind: i32, seen: i64): bool {
  const needed = load<i64>(usize(load<u32>(area, HEAD_NEEDED)) + (kind << 3));
  return (needed & ~seen) == 0;
}

/** Marks the read fields missing whose bits are not in `seen`. */
function markMissing(area: usize, record: usize, seen: i64): void {
  const blocks: usize = load<u32>(area, HEAD_BLOCKS);
  for (let rest = load<i64>(area, HEAD_READ) & ~seen; rest != 0; rest &= rest - 1) {
    const block = blocks + usize(ctz<i64>(rest)) * BLOCK_BYTES;
    const slot = record + load<u32>(block, BLOCK_SLOT);
    if (load<i32>(block, BLOCK_CLASS) <= CLASS_ENUM) {
      store<i64>(slot, 0);
      store<i32>(slot, 0, 8);
      store<i32>(slot, -1, 12);
    } else {
      store<f64>(slot, NaN);
    }
  }
}

/** Whether the row's money is in the plan's currency, or is not converted. */
function isOwnMoney(area: usize, record: usize): bool {
  if (load<i32>(area, HEAD_CONVERTS) == 0) return true;
  const currency = record + load<u32>(area, HEAD_CURRENCY_SLOT);
  return load<i32>(currency, 12) < 0 || load<i64>(currency) == load<i64>(area, HEAD_OWN_CURRENCY);
}

/** Fills the money slots of a row whose money is the plan's. */
function copyMoney(area: usize, record: usize): void {
  const count = load<i32>(area, HEAD_MONEY_COUNT);
  let pair: usize = load<u32>(area, HEAD_MONEY);
  for (let k = 0; k < count; k++, pair += 8) {
    store<f64>(record + load<u32>(pair, 4), load<f64>(record + load<u32>(pair)));
  }
}

/** The header of a good row; its time is there already. */
function writeGood(
  record: usize,
  start: usize,
  length: usize,
  kind: i32,
  flags: i32,
  content: i64,
): void {
  store<i32>(record, flags | (kind < DECIDED_KIND_COUNT ? FLAG_DECIDED : 0), ROW_FLAGS);
  store<i32>(record, kind, ROW_KIND);
  store<i32>(record, i32(start), ROW_BYTES_OFFSET);
  store<i32>(record, i32(length), ROW_BYTES_LENGTH);
  store<i64>(record, content, ROW_CONTENT);
  store<i32>(record, -1, ROW_ERROR_CODE);
  store<i32>(record, -1, ROW_ERROR_FIELD);
  store<i32>(record, -1, ROW_ERROR_AT);
  store<i32>(record, -1, ROW_REPEAT_ROW);
  store<i32>(record, 0, ROW_REVISION);
  store<i32>(record, 0, ROW_VERDICT);
}

/** A good row's end: what its keys, which are in their slots, do not say. */
export function finishRow(
  area: usize,
  record: usize,
  start: usize,
  length: usize,
  kind: i32,
  seen: i64,
  content: i64,
  unknownKeys: i32,
): void {
  markMissing(area, record, seen);
  let flags: i32 = 0;
  if (isOwnMoney(area, record)) copyMoney(area, record);
  else flags = convertMoney(record);
  writeGood(record, start, length, kind, flags, content);
  store<i32>(area, load<i32>(area, HEAD_UNKNOWN_KEYS) + unknownKeys, HEAD_UNKNOWN_KEYS);
}
