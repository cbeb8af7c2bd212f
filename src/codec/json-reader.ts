// A careful JSON reader over bytes: any legal value, every illegal one found where it begins.
// Used for whole rows that the fast loop gives up on, and by that loop for single rare values.
// Strict RFC 8259; strings must be UTF-8 and escapes must make whole code points (JSON.parse lets
// half surrogate pairs through, a stored transaction must not). Nesting uses a stack of one byte a
// level, so depth costs no recursion. Cost: ~1.5 ns a byte.
//
// Every read method takes a position, returns the position after what it read, or -1 and sets
// `error` and `errorAt`.

import { ERROR } from './row-draft.ts';
import { utf8SequenceLength, writeCodePoint } from './utf8.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;
const ARRAY_OPEN = 0x5b;
const ARRAY_CLOSE = 0x5d;

/** Digits whose number, and the power of ten that divides it, are exact in a double. */
const EXACT_DIGITS_MAX = 15;

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** 0-15 of a hexadecimal digit, or -1. */
function hexValue(c: number): number {
  if (isDigit(c)) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Code of `\` + this byte, or -1: not one of the short escapes. */
function shortEscape(c: number): number {
  switch (c) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      return c;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return -1;
  }
}

export class JsonReader {
  bytes: Uint8Array = new Uint8Array(0);
  end = 0;
  error = -1;
  errorAt = -1;
  /** Of the last string: its raw bytes between the quotes, and whether escapes are among them. */
  rawStart = 0;
  rawEnd = 0;
  hasEscapes = false;
  /** Of the last value skipped: where nesting went past `depthMax`, or -1. */
  tooDeepAt = -1;
  /** Of the last number: [0] its value. An array, so that no double is boxed. */
  readonly number: Float64Array = new Float64Array(1);
  /** Of the last number: false where it is a whole one up to ±2^53 but its text is another number. */
  isExact = true;
  readonly #decoder = new TextDecoder('latin1');
  /** Kind of each open container, 1 = object. Grows in powers of two, up to a row's bytes. */
  #stack = new Uint8Array(64);

  begin(bytes: Uint8Array, end: number): void {
    this.bytes = bytes;
    this.end = end;
    this.error = -1;
    this.errorAt = -1;
  }

  fail(error: number, at: number): number {
    this.error = error;
    this.errorAt = at;
    return -1;
  }

  /** The byte at `p`, or -1 at the end. */
  at(p: number): number {
    return p < this.end ? (this.bytes[p] as number) : -1;
  }

  skipSpace(p: number): number {
    for (;;) {
      const c = this.at(p);
      if (c !== 0x20 && c !== 0x09 && c !== 0x0d && c !== 0x0a) return p;
      p++;
    }
  }

  /** A string whose opening quote is at `p`. */
  readString(p: number): number {
    const { bytes, end } = this;
    this.rawStart = ++p;
    this.hasEscapes = false;
    while (p < end) {
      const c = bytes[p] as number;
      if (c === QUOTE) {
        this.rawEnd = p;
        return p + 1;
      }
      if (c === BACKSLASH) {
        this.hasEscapes = true;
        p = this.#readEscape(p);
        if (p < 0) return -1;
      } else if (c < 0x20) {
        return this.fail(ERROR.BAD_JSON, p);
      } else if (c < 0x80) {
        p++;
      } else {
        const length = utf8SequenceLength(bytes, p, end);
        if (length === 0) return this.fail(ERROR.BAD_UTF8, p);
        p += length;
      }
    }
    return this.fail(ERROR.BAD_JSON, end);
  }

  #readEscape(p: number): number {
    const c = this.at(p + 1);
    if (c !== 0x75) return shortEscape(c) < 0 ? this.fail(ERROR.BAD_JSON, p) : p + 2;
    const unit = this.#unit(p);
    if (unit < 0) return this.fail(ERROR.BAD_JSON, p);
    if (unit < 0xd800 || unit > 0xdfff) return p + 6;
    if (unit > 0xdbff) return this.fail(ERROR.BAD_UTF8, p);
    const isEscape = this.at(p + 6) === BACKSLASH && this.at(p + 7) === 0x75;
    const low = isEscape ? this.#unit(p + 6) : 0;
    if (low < 0) return this.fail(ERROR.BAD_JSON, p + 6);
    return low >= 0xdc00 && low <= 0xdfff ? p + 12 : this.fail(ERROR.BAD_UTF8, p);
  }

  /** The 16 bits of the \uXXXX at `p`, or -1. */
  #unit(p: number): number {
    let unit = 0;
    for (let k = p + 2; k < p + 6; k++) {
      const digit = hexValue(this.at(k));
      if (digit < 0) return -1;
      unit = unit * 16 + digit;
    }
    return unit;
  }

  /**
   * Writes the last string, unescaped, to target from `to` on: never longer than its raw bytes.
   * @returns its length in bytes
   */
  unescape(target: Uint8Array, to: number): number {
    const { bytes, rawEnd } = this;
    let q = to;
    for (let p = this.rawStart; p < rawEnd;) {
      const c = bytes[p] as number;
      if (c !== BACKSLASH) {
        target[q++] = c;
        p++;
      } else if (bytes[p + 1] !== 0x75) {
        target[q++] = shortEscape(bytes[p + 1] as number);
        p += 2;
      } else {
        let code = this.#unit(p);
        p += 6;
        if (code >= 0xd800 && code <= 0xdfff) {
          code = 0x10000 + ((code - 0xd800) << 10) + (this.#unit(p) - 0xdc00);
          p += 6;
        }
        q = writeCodePoint(target, q, code);
      }
    }
    return q - to;
  }

  /** A number that begins at `p`: its value in number[0]. */
  readNumber(p: number): number {
    const end = this.skipNumber(p);
    if (end < 0) return -1;
    if (end - p <= EXACT_DIGITS_MAX && this.#readShort(p, end)) return end;
    const text = this.#decoder.decode(this.bytes.slice(p, end));
    const value = Number(text);
    this.number[0] = value;
    const isWhole = Number.isInteger(value) && Math.abs(value) <= 2 ** 53;
    this.isExact = !isWhole || isWholeText(text, value);
    return end;
  }

  /** The number [p, end) where it has no exponent: its digits are exact in a double. */
  #readShort(p: number, end: number): boolean {
    const isNegative = this.at(p) === 0x2d;
    let digits = 0;
    let divisor = 1;
    let isFraction = false;
    for (let q = isNegative ? p + 1 : p; q < end; q++) {
      const c = this.bytes[q] as number;
      if (c === 0x2e) {
        isFraction = true;
        continue;
      }
      if (!isDigit(c)) return false;
      digits = digits * 10 + (c - 0x30);
      if (isFraction) divisor *= 10;
    }
    this.number[0] = (isNegative ? -digits : digits) / divisor;
    this.isExact = true;
    return true;
  }

  /** A number that begins at `p`, only checked. */
  skipNumber(p: number): number {
    if (this.at(p) === 0x2d) p++;
    if (this.at(p) === 0x30) p++;
    else if ((p = this.#digits(p)) < 0) return -1;
    if (this.at(p) === 0x2e && (p = this.#digits(p + 1)) < 0) return -1;
    if ((this.at(p) | 0x20) === 0x65) {
      const sign = this.at(p + 1);
      p = this.#digits(sign === 0x2b || sign === 0x2d ? p + 2 : p + 1);
    }
    return p;
  }

  #digits(p: number): number {
    const start = p;
    while (isDigit(this.at(p))) p++;
    return p > start ? p : this.fail(ERROR.BAD_JSON, p);
  }

  /** `text` at `p`: the rest of true, false or null. */
  readLiteral(p: number, text: string): number {
    for (let i = 0; i < text.length; i++) {
      if (this.at(p + i) !== text.charCodeAt(i)) return this.fail(ERROR.BAD_JSON, p + i);
    }
    return p + text.length;
  }

  /**
   * Any value that begins at `p` (no space before it), checked and left out.
   * @param depth containers open around it
   * @param depthMax deeper containers are noted in tooDeepAt; the value is still read to its end
   */
  skipValue(p: number, depth: number, depthMax: number): number {
    this.tooDeepAt = -1;
    let level = 0;
    for (;;) {
      const c = this.at(p);
      if (c === OBJECT_OPEN || c === ARRAY_OPEN) {
        if (depth + level + 1 > depthMax && this.tooDeepAt < 0) this.tooDeepAt = p;
        this.#push(level++, c === OBJECT_OPEN ? 1 : 0);
        p = this.skipSpace(p + 1);
        const isEmpty = this.at(p) === (c === OBJECT_OPEN ? OBJECT_CLOSE : ARRAY_CLOSE);
        if (!isEmpty) {
          if (c === OBJECT_OPEN && (p = this.readKey(p)) < 0) return -1;
          continue;
        }
        p++;
        level--;
      } else if ((p = this.#readScalar(p, c)) < 0) {
        return -1;
      }
      // After a value: close what ends here, or go on to the next one.
      for (;;) {
        if (level === 0) return p;
        p = this.skipSpace(p);
        const isObject = this.#stack[level - 1] === 1;
        const next = this.at(p);
        if (next === (isObject ? OBJECT_CLOSE : ARRAY_CLOSE)) {
          p++;
          level--;
        } else if (next === COMMA) {
          p = this.skipSpace(p + 1);
          if (isObject && (p = this.readKey(p)) < 0) return -1;
          break;
        } else {
          return this.fail(ERROR.BAD_JSON, p);
        }
      }
    }
  }

  /** A key at `p`, its colon and the space after it; the string's place is that of the key. */
  readKey(p: number): number {
    if (this.at(p) !== QUOTE) return this.fail(ERROR.BAD_JSON, p);
    if ((p = this.readString(p)) < 0) return -1;
    p = this.skipSpace(p);
    if (this.at(p) !== COLON) return this.fail(ERROR.BAD_JSON, p);
    return this.skipSpace(p + 1);
  }

  #readScalar(p: number, c: number): number {
    if (c === QUOTE) return this.readString(p);
    if (c === 0x2d || isDigit(c)) return this.skipNumber(p);
    if (c === 0x74) return this.readLiteral(p, 'true');
    if (c === 0x66) return this.readLiteral(p, 'false');
    if (c === 0x6e) return this.readLiteral(p, 'null');
    return this.fail(ERROR.BAD_JSON, p);
  }

  #push(level: number, kind: number): void {
    if (level === this.#stack.length) {
      const grown = new Uint8Array(level * 2);
      grown.set(this.#stack);
      this.#stack = grown;
    }
    this.#stack[level] = kind;
  }
}

/**
 * Whether the JSON number `text` is exactly the whole number `value`, up to 2^53. Linear in its length, unlike
 * a trim by regex.
 */
function isWholeText(text: string, value: number): boolean {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = whole + fraction;
  let first = 0;
  while (digits[first] === '0') first++;
  let last = digits.length;
  while (last > first && digits[last - 1] === '0') last--;
  if (first === last) return value === 0;
  const shown = String(Math.abs(value));
  let lastShown = shown.length;
  while (shown[lastShown - 1] === '0') lastShown--;
  const pointAfter = whole.length + Number(exponent) - first;
  return pointAfter === shown.length && digits.slice(first, last) === shown.slice(0, lastShown);
}
