// The keyed 64-bit hash that stands for a string everywhere in the engine, as two halves of 32 bits.
//
// Method: blocks of 16 bytes, the last one padded with zeros, are two steps of 8 bytes (little-endian)
// each, `h = (h ^ bytes) * odd; h ^= h >>> 32`; the length and two more such multiplications (as in Evensen's
// xmxmx, full avalanche) end it. Each step is a bijection, so two strings of one length that differ in
// 8 bytes only never collide. Whole blocks, because the decoders' WebAssembly (codec/assembly/hash.ts)
// then has no branch for strings of up to 16 bytes; a property test holds the two equal.
// Cost here: ~4 ns a step, there 1.
// Not cryptographic: the key is configuration and keeps strangers from preparing collisions.

import * as constants from './hash-constants.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const STEP_LO = constants.STEP_LO;
const STEP_HI = constants.STEP_HI;
const MIX_LO = constants.MIX_LO;
const MIX_HI = constants.MIX_HI;

export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

export const DEFAULT_HASH_KEY: HashKey = { k0: 0x2545f491, k1: 0x6a09e667 };

/** A bijection of 32 bits with full avalanche (Ellis, "lowbias32"). */
export function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}

/** High half of (hi, lo) * (oddHi, oddLo), modulo 2^64; the low half is Math.imul(lo, oddLo). */
export function highOf(lo: number, hi: number, oddLo: number, oddHi: number): number {
  const a0 = lo & 0xffff;
  const a1 = lo >>> 16;
  const b0 = oddLo & 0xffff;
  const b1 = oddLo >>> 16;
  const low = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const middle = (Math.imul(a0, b1) + (low & 0xffff)) | 0;
  const carried = (Math.imul(a1, b1) + (low >>> 16) + (middle >>> 16)) | 0;
  return (carried + Math.imul(hi, oddLo) + Math.imul(lo, oddHi)) | 0;
}

/** The last mix: of the state and the length in bytes. */
function finish(lo: number, hi: number, length: number, out: Int32Array): void {
  lo ^= length;
  for (let round = 0; round < 2; round++) {
    const high = highOf(lo, hi, MIX_LO, MIX_HI);
    lo = Math.imul(lo, MIX_LO) ^ high;
    hi = high;
  }
  out[0] = lo;
  out[1] = hi;
}

/** Hash of bytes[offset, offset + length) into out[0] (low), out[1] (high). Allocates nothing. */
export function hashBytes(
  bytes: Uint8Array,
  offset: number,
  length: number,
  key: HashKey,
  out: Int32Array,
): void {
  let lo = key.k0 | 0;
  let hi = key.k1 | 0;
  const end = offset + length;
  let p = offset;
  do {
    for (let step = 0; step < 2; step++, p += 8) {
      lo ^= wordAt(bytes, p, end);
      hi ^= wordAt(bytes, p + 4, end);
      const high = highOf(lo, hi, STEP_LO, STEP_HI);
      lo = Math.imul(lo, STEP_LO) ^ high;
      hi = high;
    }
  } while (p < end);
  finish(lo, hi, length, out);
}

/** The word at `p`; what is at `end` and behind counts as zeros. */
function wordAt(bytes: Uint8Array, p: number, end: number): number {
  if (p >= end) return 0;
  let word = bytes[p] as number;
  if (p + 1 < end) word |= (bytes[p + 1] as number) << 8;
  if (p + 2 < end) word |= (bytes[p + 2] as number) << 16;
  if (p + 3 < end) word |= (bytes[p + 3] as number) << 24;
  return word;
}

/** Hash of a JavaScript string's UTF-8 bytes, [low, high]. For set-up, not for the hot path. */
export function hashString(text: string, key: HashKey): [number, number] {
  const bytes = new TextEncoder().encode(text);
  const out = new Int32Array(2);
  hashBytes(bytes, 0, bytes.length, key, out);
  return [out[0] as number, out[1] as number];
}

/**
 * Hash of pairs of words (the halves of several hashes, or of a double's bits): composite keys.
 * `count` words are the pairs; the result is [low, high] in out.
 */
export function hashWords(words: Int32Array, count: number, key: HashKey, out: Int32Array): void {
  let lo = key.k0 | 0;
  let hi = key.k1 | 0;
  for (let i = 0; i < count; i += 2) {
    lo ^= words[i] as number;
    hi ^= words[i + 1] as number;
    const high = highOf(lo, hi, STEP_LO, STEP_HI);
    lo = Math.imul(lo, STEP_LO) ^ high;
    hi = high;
  }
  finish(lo, hi, count * 4, out);
}
