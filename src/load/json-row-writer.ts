// A row as one line of NDJSON.

import type { RowWriter } from './byte-writer.ts';
import { ByteWriter } from './byte-writer.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;

export class JsonRowWriter extends ByteWriter implements RowWriter {
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
