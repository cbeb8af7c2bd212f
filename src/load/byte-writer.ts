// Digits and text into bytes, for the row writers: no string is made for a value. The bytes belong to
// the caller, who has left room enough.

const DOT = 0x2e;
const ZERO = 0x30;
const HEX = '0123456789abcdef';

/** What a row is written through, key by key. */
export interface RowWriter {
  begin(bytes: Uint8Array, offset: number): void;
  /** Offset after the row. */
  end(): number;
  text(key: string, value: string): void;
  /** `prefix` and `value` in at least `width` decimal digits, as a string. */
  digits(key: string, prefix: string, value: number, width: number): void;
  /** An integer. */
  integer(key: string, value: number): void;
  /** value / 1e5 */
  degrees(key: string, valueE5: number): void;
  address(key: string, ip: number): void;
  device(key: string, value: number): void;
}

/** Bytes being filled, and the digit and text helpers that both forms use. */
export class ByteWriter {
  bytes: Uint8Array = new Uint8Array(0);
  at: number = 0;

  ascii(text: string): void {
    const { bytes } = this;
    let at = this.at;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.at = at;
  }

  /** UTF-8; text has neither quotes, backslashes nor control characters. */
  utf8(text: string): void {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.at = start + new TextEncoder().encodeInto(text, bytes.subarray(start)).written;
        return;
      }
      bytes[at++] = unit;
    }
    this.at = at;
  }

  /** A whole number >= 0 in at least `width` digits. */
  decimal(value: number, width: number): void {
    const count = Math.max(width, digitCount(value));
    let rest = value;
    let at = this.at + count;
    this.at = at;
    // Two halves, so that most steps are on 32-bit integers.
    if (rest >= 1e9) {
      const high = Math.floor(rest / 1e9);
      let low = rest - high * 1e9;
      for (let i = 0; i < 9; i++) {
        const next = (low / 10) | 0;
        this.bytes[--at] = ZERO + low - next * 10;
        low = next;
      }
      rest = high;
    }
    let small = rest | 0;
    while (at > this.at - count) {
      const next = (small / 10) | 0;
      this.bytes[--at] = ZERO + small - next * 10;
      small = next;
    }
  }

  octets(ip: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) {
      this.decimal((ip >>> shift) & 0xff, 1);
      if (shift > 0) this.bytes[this.at++] = DOT;
    }
  }

  hex(value: number): void {
    for (let shift = 28; shift >= 0; shift -= 4) {
      this.bytes[this.at++] = HEX.charCodeAt((value >>> shift) & 15);
    }
  }
}

function digitCount(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
