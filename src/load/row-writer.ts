// Writes a draft as one NDJSON line or one msgpack map, byte by byte into a buffer: no string is
// made for a row. Both forms carry the same keys and values. Cost: ~0.5 us a row of 350 bytes.

import type { Draft } from './draft.ts';
import type { Format } from '../domain/ports.ts';

/** No generated row is longer. */
export const GENERATED_ROW_BYTES_MAX = 2048;

interface RowWriter {
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

/** Writes `draft` at bytes[offset] and returns the offset after it. */
export type DraftWriter = (draft: Draft, bytes: Uint8Array, offset: number) => number;

export function makeDraftWriter(format: Format): DraftWriter {
  const writer: RowWriter = format === 'ndjson' ? new JsonRowWriter() : new MsgpackRowWriter();
  return (draft, bytes, offset) => {
    writer.begin(bytes, offset);
    writeDraft(draft, writer);
    return writer.end();
  };
}

// Longer than a function should be: one line a key, in the contract's order.
function writeDraft(draft: Draft, out: RowWriter): void {
  out.digits('id', 't', draft.id, 9);
  out.text('kind', draft.kind);
  out.integer('time', draft.timeMs);
  if (draft.account >= 0) out.digits('account', 'A', draft.account, 8);
  if (draft.card >= 0) out.digits('card', '', draft.card, 16);
  if (draft.expiry >= 0) out.digits('expiry', '', draft.expiry, 4);
  // NaN is the only value that differs from itself: amounts may be zero or negative.
  if (!Number.isNaN(draft.amount)) out.integer('amount', draft.amount);
  if (draft.currency !== '') out.text('currency', draft.currency);
  if (draft.merchant !== '') out.text('merchant', draft.merchant);
  if (draft.merchantName !== '') out.text('merchantName', draft.merchantName);
  if (draft.mcc !== '') out.text('mcc', draft.mcc);
  if (draft.city !== '') out.text('city', draft.city);
  if (draft.country !== '') out.text('country', draft.country);
  if (draft.terminal !== '') out.text('terminal', draft.terminal);
  if (draft.softwareVersion !== '') out.text('softwareVersion', draft.softwareVersion);
  if (draft.channel !== '') out.text('channel', draft.channel);
  if (!Number.isNaN(draft.latE5)) out.degrees('lat', draft.latE5);
  if (!Number.isNaN(draft.lonE5)) out.degrees('lon', draft.lonE5);
  if (draft.ip >= 0) out.address('ip', draft.ip);
  if (draft.device >= 0) out.device('device', draft.device);
  if (draft.verification !== '') out.text('verification', draft.verification);
  if (draft.terminalStatus !== '') out.text('terminalStatus', draft.terminalStatus);
  if (draft.walletStatus !== '') out.text('walletStatus', draft.walletStatus);
  if (!Number.isNaN(draft.balance)) out.integer('balance', draft.balance);
  if (draft.accountState !== '') out.text('accountState', draft.accountState);
  if (draft.durationMs >= 0) out.integer('durationMs', draft.durationMs);
  if (draft.order >= 0) out.digits('order', 'O', draft.order, 9);
  if (draft.paymentCode >= 0) out.digits('paymentCode', '', draft.paymentCode, 16);
  if (draft.codeState !== '') out.text('codeState', draft.codeState);
  if (draft.of !== null) out.digits('of', 't', draft.of.id, 9);
  if (draft.operator !== '') out.text('operator', draft.operator);
  if (draft.credential !== '') out.text('credential', draft.credential);
  if (draft.fault !== '') out.text('fault', draft.fault);
  if (draft.label !== '') out.text('label', draft.label);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const HEX = '0123456789abcdef';

/** Bytes being filled, and the digit and text helpers that both forms use. */
class ByteWriter {
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

class JsonRowWriter extends ByteWriter implements RowWriter {
  #isFirst = true;

  begin(bytes: Uint8Array, offset: number): void {
    this.bytes = bytes;
    this.at = offset;
    this.#isFirst = true;
    bytes[this.at++] = 0x7b;
  }

  end(): number {
    this.bytes[this.at++] = 0x7d;
    this.bytes[this.at++] = 0x0a;
    return this.at;
  }

  #key(key: string): void {
    if (!this.#isFirst) this.bytes[this.at++] = COMMA;
    this.#isFirst = false;
    this.bytes[this.at++] = QUOTE;
    this.ascii(key);
    this.bytes[this.at++] = QUOTE;
    this.bytes[this.at++] = COLON;
  }

  #quote(): void {
    this.bytes[this.at++] = QUOTE;
  }

  text(key: string, value: string): void {
    this.#key(key);
    this.#quote();
    this.utf8(value);
    this.#quote();
  }

  digits(key: string, prefix: string, value: number, width: number): void {
    this.#key(key);
    this.#quote();
    this.ascii(prefix);
    this.decimal(value, width);
    this.#quote();
  }

  integer(key: string, value: number): void {
    this.#key(key);
    if (value < 0) this.bytes[this.at++] = MINUS;
    this.decimal(Math.abs(value), 1);
  }

  degrees(key: string, valueE5: number): void {
    this.#key(key);
    if (valueE5 < 0) this.bytes[this.at++] = MINUS;
    const whole = Math.floor(Math.abs(valueE5) / 1e5);
    this.decimal(whole, 1);
    this.bytes[this.at++] = DOT;
    this.decimal(Math.abs(valueE5) - whole * 1e5, 5);
  }

  address(key: string, ip: number): void {
    this.#key(key);
    this.#quote();
    this.octets(ip);
    this.#quote();
  }

  device(key: string, value: number): void {
    this.#key(key);
    this.#quote();
    this.ascii('D');
    this.hex(value);
    this.#quote();
  }
}

/** Map with a 16-bit count that is filled in at the end; strings str8, integers 64-bit doubles. */
class MsgpackRowWriter extends ByteWriter implements RowWriter {
  #start = 0;
  #count = 0;
  readonly #double = new Float64Array(1);
  readonly #doubleBytes = new Uint8Array(this.#double.buffer);

  begin(bytes: Uint8Array, offset: number): void {
    this.bytes = bytes;
    this.#start = offset;
    this.#count = 0;
    this.at = offset + 3;
  }

  end(): number {
    this.bytes[this.#start] = 0xde;
    this.bytes[this.#start + 1] = this.#count >>> 8;
    this.bytes[this.#start + 2] = this.#count & 0xff;
    return this.at;
  }

  #key(key: string): void {
    this.#count++;
    this.bytes[this.at++] = 0xa0 | key.length;
    this.ascii(key);
  }

  /** Room for a str8 header; the text follows, then #close. */
  #open(): number {
    this.at += 2;
    return this.at;
  }

  #close(start: number): void {
    this.bytes[start - 2] = 0xd9;
    this.bytes[start - 1] = this.at - start;
  }

  text(key: string, value: string): void {
    this.#key(key);
    const start = this.#open();
    this.utf8(value);
    this.#close(start);
  }

  digits(key: string, prefix: string, value: number, width: number): void {
    this.#key(key);
    const start = this.#open();
    this.ascii(prefix);
    this.decimal(value, width);
    this.#close(start);
  }

  integer(key: string, value: number): void {
    this.#key(key);
    if (value >= 0 && value < 0x80) {
      this.bytes[this.at++] = value;
    } else if (value >= 0 && value <= 0xffffffff) {
      this.bytes[this.at++] = 0xce;
      this.#uint32(value);
    } else if (value >= 0) {
      this.bytes[this.at++] = 0xcf;
      this.#uint32(Math.floor(value / 0x1_0000_0000));
      this.#uint32(value % 0x1_0000_0000);
    } else {
      this.bytes[this.at++] = 0xd3;
      this.#uint32(Math.floor(value / 0x1_0000_0000));
      this.#uint32(value - Math.floor(value / 0x1_0000_0000) * 0x1_0000_0000);
    }
  }

  degrees(key: string, valueE5: number): void {
    this.#key(key);
    this.#double[0] = valueE5 / 1e5;
    this.bytes[this.at++] = 0xcb;
    for (let i = 7; i >= 0; i--) this.bytes[this.at++] = this.#doubleBytes[i] as number;
  }

  address(key: string, ip: number): void {
    this.#key(key);
    const start = this.#open();
    this.octets(ip);
    this.#close(start);
  }

  device(key: string, value: number): void {
    this.#key(key);
    const start = this.#open();
    this.ascii('D');
    this.hex(value);
    this.#close(start);
  }

  #uint32(value: number): void {
    const { bytes } = this;
    bytes[this.at++] = (value >>> 24) & 0xff;
    bytes[this.at++] = (value >>> 16) & 0xff;
    bytes[this.at++] = (value >>> 8) & 0xff;
    bytes[this.at++] = value & 0xff;
  }
}
