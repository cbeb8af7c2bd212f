// The content hash of a transaction: the 64-bit sum over its fields of a mix of the field and its
// value's 64 bits, so that neither key order nor format matters. Values are a string's keyed hash, or a
// number's double (never -0). Salts come from the hash key, so that strangers cannot prepare two contents
// with one hash. The decoders' loops have it in WebAssembly (assembly/hash.ts); a test holds them equal.

import type { HashKey } from '../base/hash.ts';
import { hashString, highOf } from '../base/hash.ts';
import { MIX_HI, MIX_LO, STEP_HI, STEP_LO } from '../base/hash-constants.ts';

/** Adds a field's part, a bijection of its value's 64 bits, to the sum: [low, high] halves. */
export function addContent(
  sum: Int32Array,
  lo: number,
  hi: number,
  saltLo: number,
  saltHi: number,
): void {
  const x = lo ^ saltLo;
  const high = highOf(x, hi ^ saltHi, MIX_LO, MIX_HI);
  const mixed = Math.imul(x, MIX_LO) ^ high;
  const partLo = Math.imul(mixed, STEP_LO);
  const low = ((sum[0] as number) + partLo) | 0;
  const carry = low >>> 0 < partLo >>> 0 ? 1 : 0;
  sum[0] = low;
  sum[1] = (sum[1] as number) + highOf(mixed, high, STEP_LO, STEP_HI) + carry;
}

/** [low, high] salt of a field, by its name: the same whatever other fields there are. */
export function contentSalt(fieldName: string, key: HashKey): [number, number] {
  return hashString(`field:${fieldName}`, key);
}
