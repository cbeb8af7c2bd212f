// A careful msgpack reader over bytes: any legal value, every illegal one found where it begins.
// Used for whole rows that the fast loop gives up on, and by that loop for single rare values.
// All formats of the specification; strings must be UTF-8. Nesting is a stack of counts, so depth
// costs no recursion. The end of the bytes inside a value is TRUNCATED_ROW.
//
// Every read method takes a position, returns the position after what it read, or -1 and sets
// `error` and `errorAt`.

import { ERROR } from './row-draft.ts';
import { utf8ErrorAt } from './utf8.ts';

/** What readHead found. */
export const SHAPE = {
  nil: 0,
  boolean: 1,
  number: 2,
  string: 3,
  bytes: 4, // bin and ext: size bytes follow
  array: 5,
  map: 6,
} as const;

const TWO_TO_32 = 4_294_967_296;

export class MsgpackReader {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  end = 0;
  error = -1;
  errorAt = -1;
  /** Of the last head: its SHAPE, and bytes (string, bytes) or entries (array, map) to follow. */
  shape = 0;
  size = 0;
  /** Of the last head of SHAPE number or boolean. An array, so that no double is boxed. */
  readonly number: Float64Array = new Float64Array(1);
  /** Of the last number: false where it is an integer that the double ±2^53 does not equal. */
  isExact = true;
  /** Of the last value skipped: where nesting went past `depthMax`, or -1. */
  tooDeepAt = -1;
  /** Values still to come in each open container. Grows in powers of two, up to a row's bytes. */
  #stack = new Float64Array(64);

  begin(bytes: Uint8Array, view: DataView, end: number): void {
    this.bytes = bytes;
    this.view = view;
    this.end = end;
    this.error = -1;
    this.errorAt = -1;
  }

  fail(error: number, at: number): number {
    this.error = error;
    this.errorAt = at;
    return -1;
  }

  /** The head of the value at `p`: all of it but the content of strings, bytes and containers. */
  readHead(p: number): number {
    if (p >= this.end) return this.fail(ERROR.TRUNCATED_ROW, this.end);
    const c = this.bytes[p] as number;
    if (c < 0x80) return this.#plain(c, p + 1);
    if (c < 0x90) return this.#sized(SHAPE.map, c & 0x0f, p + 1);
    if (c < 0xa0) return this.#sized(SHAPE.array, c & 0x0f, p + 1);
    if (c < 0xc0) return this.#sized(SHAPE.string, c & 0x1f, p + 1);
    if (c >= 0xe0) return this.#plain(c - 0x100, p + 1);
    const after = p + 1 + headBytes(c);
    if (after > this.end) return this.fail(ERROR.TRUNCATED_ROW, this.end);
    return this.#readLongHead(c, p + 1, after, p);
  }

  #readLongHead(c: number, p: number, after: number, at: number): number {
    const { view } = this;
    switch (c) {
      case 0xc0:
        this.shape = SHAPE.nil;
        return after;
      case 0xc2:
      case 0xc3:
        this.shape = SHAPE.boolean;
        this.number[0] = c - 0xc2;
        return after;
      case 0xc4:
        return this.#sized(SHAPE.bytes, view.getUint8(p), after);
      case 0xc5:
        return this.#sized(SHAPE.bytes, view.getUint16(p), after);
      case 0xc6:
        return this.#sized(SHAPE.bytes, view.getUint32(p), after);
      // Of ext the type's byte stands between size and content: it is counted as content.
      case 0xc7:
        return this.#sized(SHAPE.bytes, view.getUint8(p) + 1, after);
      case 0xc8:
        return this.#sized(SHAPE.bytes, view.getUint16(p) + 1, after);
      case 0xc9:
        return this.#sized(SHAPE.bytes, view.getUint32(p) + 1, after);
      case 0xca:
        return this.#plain(view.getFloat32(p), after);
      case 0xcb:
        return this.#plain(view.getFloat64(p), after);
      case 0xcc:
        return this.#plain(view.getUint8(p), after);
      case 0xcd:
        return this.#plain(view.getUint16(p), after);
      case 0xce:
        return this.#plain(view.getUint32(p), after);
      case 0xcf:
        return this.#long(view.getUint32(p), view.getUint32(p + 4), after);
      case 0xd0:
        return this.#plain(view.getInt8(p), after);
      case 0xd1:
        return this.#plain(view.getInt16(p), after);
      case 0xd2:
        return this.#plain(view.getInt32(p), after);
      case 0xd3:
        return this.#long(view.getInt32(p), view.getUint32(p + 4), after);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#sized(SHAPE.bytes, (1 << (c - 0xd4)) + 1, after);
      case 0xd9:
        return this.#sized(SHAPE.string, view.getUint8(p), after);
      case 0xda:
        return this.#sized(SHAPE.string, view.getUint16(p), after);
      case 0xdb:
        return this.#sized(SHAPE.string, view.getUint32(p), after);
      case 0xdc:
        return this.#sized(SHAPE.array, view.getUint16(p), after);
      case 0xdd:
        return this.#sized(SHAPE.array, view.getUint32(p), after);
      case 0xde:
        return this.#sized(SHAPE.map, view.getUint16(p), after);
      case 0xdf:
        return this.#sized(SHAPE.map, view.getUint32(p), after);
      default:
        return this.fail(ERROR.BAD_MSGPACK, at);
    }
  }

  #sized(shape: number, size: number, after: number): number {
    this.shape = shape;
    this.size = size;
    return after;
  }

  #plain(value: number, after: number): number {
    this.shape = SHAPE.number;
    this.number[0] = value;
    this.isExact = true;
    return after;
  }

  #long(high: number, low: number, after: number): number {
    const value = high * TWO_TO_32 + low;
    this.#plain(value, after);
    this.isExact = Math.abs(value) !== 2 ** 53 || low === 0;
    return after;
  }

  /** The content of the string or bytes whose head was just read, checked. */
  readContent(p: number): number {
    const after = p + this.size;
    const errorAt =
      this.shape === SHAPE.string ? utf8ErrorAt(this.bytes, p, Math.min(after, this.end)) : -1;
    const isCutInCharacter = after > this.end && errorAt > this.end - 4;
    if (errorAt >= 0 && !isCutInCharacter) return this.fail(ERROR.BAD_UTF8, errorAt);
    return after > this.end ? this.fail(ERROR.TRUNCATED_ROW, this.end) : after;
  }

  /**
   * The value whose head was just read up to `p`, checked and left out.
   * @param at where its head began
   * @param depth containers open around it
   * @param depthMax deeper containers are noted in tooDeepAt; the value is still read to its end
   */
  skipRest(p: number, at: number, depth: number, depthMax: number): number {
    this.tooDeepAt = -1;
    let level = 0;
    for (;;) {
      if (this.shape >= SHAPE.array) {
        if (depth + level + 1 > depthMax && this.tooDeepAt < 0) this.tooDeepAt = at;
        this.#push(level++, this.shape === SHAPE.map ? this.size * 2 : this.size);
      } else if (this.shape >= SHAPE.string) {
        if ((p = this.readContent(p)) < 0) return -1;
      }
      while (level > 0 && this.#stack[level - 1] === 0) level--;
      if (level === 0) return p;
      this.#stack[level - 1] = (this.#stack[level - 1] as number) - 1;
      at = p;
      if ((p = this.readHead(p)) < 0) return -1;
    }
  }

  skipValue(p: number, depth: number, depthMax: number): number {
    const after = this.readHead(p);
    return after < 0 ? -1 : this.skipRest(after, p, depth, depthMax);
  }

  #push(level: number, count: number): void {
    if (level === this.#stack.length) {
      const grown = new Float64Array(level * 2);
      grown.set(this.#stack);
      this.#stack = grown;
    }
    this.#stack[level] = count;
  }
}

/** Bytes of a head after its first byte: sizes and numbers. */
function headBytes(c: number): number {
  if (c <= 0xc3) return 0;
  if (c <= 0xc9) return 1 << ((c - 0xc4) % 3);
  if (c <= 0xcb) return c === 0xca ? 4 : 8;
  if (c <= 0xcf) return 1 << (c - 0xcc);
  if (c <= 0xd3) return 1 << (c - 0xd0);
  if (c <= 0xd8) return 0;
  if (c <= 0xdb) return 1 << (c - 0xd9);
  return c <= 0xdd ? 2 << (c - 0xdc) : 2 << (c - 0xde);
}
