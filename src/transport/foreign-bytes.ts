// What an input seems to be instead of what it is given as, by its first bytes: so that somebody is told
// once what is wrong with all of it, beside a dead letter for each row. No JSON, and no map of msgpack, begins
// like these.

import type { Format } from '../domain/ports.ts';

export type ForeignForm = 'UTF-16' | 'gzip' | 'msgpack' | 'NDJSON';

const BEGINNINGS: readonly (readonly [first: number, second: number, ForeignForm])[] = [
  [0xff, 0xfe, 'UTF-16'],
  [0xfe, 0xff, 'UTF-16'],
  [0x1f, 0x8b, 'gzip'],
];
const OPENING_BRACE = 0x7b;

/** null = nothing strange, as far as two bytes tell */
export function foreignForm(bytes: Uint8Array, format: Format): ForeignForm | null {
  const [first = 0, second] = bytes;
  if (format === 'msgpack') return first === OPENING_BRACE ? 'NDJSON' : null;
  if (isMap(first)) return 'msgpack';
  const found = BEGINNINGS.find((bytesOf) => first === bytesOf[0] && second === bytesOf[1]);
  return found === undefined ? null : found[2];
}

/** A map's first byte in msgpack: no text of UTF-8 begins with it. */
function isMap(byte: number): boolean {
  return (byte >= 0x80 && byte <= 0x8f) || byte === 0xde || byte === 0xdf;
}
