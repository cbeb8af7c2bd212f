// Each entity kind's rows of a tile or range with the hash of their key, in row order.
// A row is listed where it carries every part of the key, is good and no repeat, and counts there.

import type { HashKey } from '../base/hash.ts';
import { hashWords } from '../base/hash.ts';
import { isStringType } from '../domain/fields.ts';
import type { Plan } from '../domain/plan.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import { SHARDS as SHARD_COUNT } from '../domain/shards.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const FILLED: number = ROW_FLAG.filled;
const SHARDS: number = SHARD_COUNT;
/** With a low half of 0: the payment has no such key (state/of-keys.ts). */
const NO_KEY_HI = 0x7ff80000;

/** Rows, and the halves of their keys' hashes; `count` of them are set. */
export interface KeyList {
  readonly rows: Int32Array;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  count: number;
}

/** A list over shared memory, or its own when `buffer` is not given. */
export function makeKeyList(
  rowsMax: number,
  buffer: ArrayBufferLike = new ArrayBuffer(rowsMax * 12),
  offset = 0,
): KeyList {
  return {
    rows: new Int32Array(buffer, offset, rowsMax),
    lo: new Int32Array(buffer, offset + rowsMax * 4, rowsMax),
    hi: new Int32Array(buffer, offset + rowsMax * 8, rowsMax),
    count: 0,
  };
}

interface KeyPart {
  readonly isString: boolean;
  /** int32 words from the record's start. */
  readonly word: number;
  /** Of the key that a row gets from the payment that it is about; -1 = none. */
  readonly filled: number;
}

/** Lists the rows of one entity kind. */
export class KeyCollector {
  readonly #parts: readonly KeyPart[];
  readonly #stride: number;
  readonly #hashKey: HashKey;
  readonly #words: Int32Array;
  readonly #hash = new Int32Array(2);
  readonly #skip: number;
  readonly #need: number;

  constructor(
    plan: Plan,
    entity: number,
    layout: RowLayout,
    takesInforming: boolean,
    key: HashKey,
  ) {
    this.#stride = layout.strideBytes / 4;
    this.#hashKey = key;
    this.#parts = (plan.entities[entity]?.keyFields ?? []).map((field) => ({
      isString: isStringType(layout.fields[field]?.type ?? 'string'),
      word: (layout.slots[field] as number) / 4,
      filled: Math.max(-4, layout.keySlots[field] as number) / 4,
    }));
    this.#words = new Int32Array(this.#parts.length * 2);
    this.#skip = ROW_FLAG.bad | ROW_FLAG.repeat;
    this.#need = takesInforming ? 0 : ROW_FLAG.decided;
  }

  /**
   * Appends rows [from, to) to the list: those whose shard is 0 in `shards`, or all of them where it is
   * null. The caller resets the count.
   */
  collect(
    i32: Int32Array,
    from: number,
    to: number,
    list: KeyList,
    shards: Int32Array | null,
  ): void {
    const first = this.#parts[0];
    if (this.#parts.length === 1 && first?.isString === true) {
      if (first.filled >= 0) this.#collectFilled(i32, from, to, list, shards, first);
      else this.#collectSingle(i32, from, to, list, shards, first.word);
      return;
    }
    for (let row = from; row < to; row++) {
      const flags = i32[row * this.#stride + FLAGS_WORD] as number;
      if ((flags & (this.#skip | this.#need)) !== this.#need) continue;
      if (!this.#composeKey(i32, row * this.#stride)) continue;
      const lo = this.#hash[0] as number;
      append(list, shards, row, lo, this.#hash[1] as number);
    }
  }

  #collectSingle(
    i32: Int32Array,
    from: number,
    to: number,
    list: KeyList,
    shards: Int32Array | null,
    word: number,
  ): void {
    const stride = this.#stride;
    const mask = this.#skip | this.#need;
    const need = this.#need;
    if (shards === null) {
      collectAll(list, i32, stride, from, to, mask, need, word);
      return;
    }
    for (let row = from; row < to; row++) {
      const at = row * stride;
      if (((i32[at + FLAGS_WORD] as number) & mask) !== this.#need) continue;
      if ((i32[at + word + 3] as number) < 0) continue;
      const lo = i32[at + word] as number;
      append(list, shards, row, lo, i32[at + word + 1] as number);
    }
  }

  /** As #collectSingle, where rows may have got the key from the payment that they are about. */
  #collectFilled(
    i32: Int32Array,
    from: number,
    to: number,
    list: KeyList,
    shards: Int32Array | null,
    { word, filled }: KeyPart,
  ): void {
    const mask = this.#skip | this.#need;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      const flags = i32[at + FLAGS_WORD] as number;
      if ((flags & mask) !== this.#need) continue;
      let key = at + word;
      if ((i32[key + 3] as number) < 0) {
        if ((flags & FILLED) === 0) continue;
        key = at + filled;
        if (i32[key] === 0 && i32[key + 1] === NO_KEY_HI) continue;
      }
      const lo = i32[key] as number;
      append(list, shards, row, lo, i32[key + 1] as number);
    }
  }

  /** Hash over the parts' hashes (strings) or bits (numbers); false where one is missing. */
  #composeKey(i32: Int32Array, at: number): boolean {
    for (let k = 0; k < this.#parts.length; k++) {
      const { isString, word, filled } = this.#parts[k] as KeyPart;
      let lo = i32[at + word] as number;
      let hi = i32[at + word + 1] as number;
      if (isString ? (i32[at + word + 3] as number) < 0 : isNaNBits(hi)) {
        if (filled < 0 || ((i32[at + FLAGS_WORD] as number) & FILLED) === 0) return false;
        lo = i32[at + filled] as number;
        hi = i32[at + filled + 1] as number;
        if (isString ? lo === 0 && hi === NO_KEY_HI : isNaNBits(hi)) return false;
      }
      this.#words[k * 2] = lo;
      this.#words[k * 2 + 1] = hi;
    }
    hashWords(this.#words, this.#words.length, this.#hashKey, this.#hash);
    return true;
  }
}

/** A double is NaN when its exponent is all ones and its fraction is not zero. */
function isNaNBits(hi: number): boolean {
  return (hi & 0x7ff80000) === 0x7ff80000;
}

function append(
  list: KeyList,
  shards: Int32Array | null,
  row: number,
  lo: number,
  hi: number,
): void {
  if (shards !== null && shards[lo & (SHARDS - 1)] !== 0) return;
  const k = list.count++;
  list.rows[k] = row;
  list.lo[k] = lo;
  list.hi[k] = hi;
}

/** The commonest case in one loop: all rows, one string for a key. */
function collectAll(
  list: KeyList,
  i32: Int32Array,
  stride: number,
  from: number,
  to: number,
  mask: number,
  need: number,
  word: number,
): void {
  const { rows, lo, hi } = list;
  let count = list.count;
  for (let row = from; row < to; row++) {
    const at = row * stride;
    if (((i32[at + FLAGS_WORD] as number) & mask) !== need) continue;
    if ((i32[at + word + 3] as number) < 0) continue;
    rows[count] = row;
    lo[count] = i32[at + word] as number;
    hi[count] = i32[at + word + 1] as number;
    count++;
  }
  list.count = count;
}
