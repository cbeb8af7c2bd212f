// The content hash of a transaction: the wrapping sum over its fields of a mix of the field and
// its value's 64 bits, so that neither key order nor format matters. Values are a string's keyed
// hash, or a number's double (never -0). Salts come from the hash key, so that strangers cannot
// prepare two contents with one hash. The decoders' loops have it in WebAssembly
// (assembly/hash.ts); a test holds them equal.

import type { HashKey } from '../base/hash.ts';
import { hashString } from '../base/hash.ts';
import { MIX_A, MIX_B } from '../base/hash-constants.ts';

/** Constants of the mix, which are those of mix32. */
const CONTENT_A: number = MIX_A;
const CONTENT_B: number = MIX_B;

/** Low half of a field's part. With contentHi a bijection of the value's 64 bits. */
export function contentLo(lo: number, hi: number, saltLo: number): number {
  const x = Math.imul(lo ^ ((hi << 16) | (hi >>> 16)) ^ saltLo, CONTENT_A);
  return Math.imul(x ^ (x >>> 15), CONTENT_B);
}

export function contentHi(hi: number, saltHi: number): number {
  const y = Math.imul(hi ^ saltHi, CONTENT_B);
  return Math.imul(y ^ (y >>> 15), CONTENT_A);
}

/** [low, high] salt of a field, by its name: the same whatever other fields there are. */
export function contentSalt(fieldName: string, key: HashKey): [number, number] {
  return hashString(`field:${fieldName}`, key);
}
