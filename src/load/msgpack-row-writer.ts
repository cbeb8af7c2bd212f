// A row as one msgpack map.

import type { RowWriter } from './byte-writer.ts';
import { ByteWriter } from './byte-writer.ts';

/** Map with a 16-bit count that is filled in at the end; strings str8, integers 64-bit doubles. */
export class MsgpackRowWriter extends ByteWriter implements RowWriter {
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
