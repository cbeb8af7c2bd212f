// The keyed 64-bit hash that stands for a string everywhere in the engine, as two 32-bit lanes.
//
// Method: each lane takes the bytes as little-endian 32-bit words (the last one padded with zeros),
// `lane = (lane ^ word) * odd; lane ^= lane >>> k`, with other constants a lane; the length and both
// lanes are mixed at the end by a bijection, so two strings of one length that differ in one word
// never collide. Cost: ~2 ns a word. The decoders have the same steps in WebAssembly
// (codec/assembly/hash.ts); a property test holds the two equal.
// Not cryptographic: the key is configuration and keeps strangers from preparing collisions.

import { LANE_A, LANE_B, MIX_A, MIX_B } from './hash-constants.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const STEP_A = LANE_A;
const STEP_B = LANE_B;
const FINISH_A = MIX_A;
const FINISH_B = MIX_B;

export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

export const DEFAULT_HASH_KEY: HashKey = { k0: 0x2545f491, k1: 0x6a09e667 };

/** One lane's last step (Ellis, "lowbias32"): bijective, full avalanche. */
export function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), FINISH_A);
  x = Math.imul(x ^ (x >>> 15), FINISH_B);
  return x ^ (x >>> 15);
}

export function stepA(a: number, word: number): number {
  const x = Math.imul(a ^ word, STEP_A);
  return x ^ (x >>> 15);
}

export function stepB(b: number, word: number): number {
  const x = Math.imul(b ^ ((word << 16) | (word >>> 16)), STEP_B);
  return x ^ (x >>> 13);
}

/** Low half of the hash from both lanes and the length in bytes. */
export function finishLo(a: number, b: number, length: number): number {
  return mix32(((a ^ length) + b) | 0); // an int32, or a call boxes it
}

/**
 * High half, from lane b: with the low half a bijection of both lanes. It does not wait for the
 * low half, which makes hashing while scanning a sixth faster.
 */
export function finishHi(b: number, length: number): number {
  return mix32((b - length) | 0);
}

/** Hash of bytes[offset, offset + length) into out[0] (low), out[1] (high). Allocates nothing. */
export function hashBytes(
  bytes: Uint8Array,
  offset: number,
  length: number,
  key: HashKey,
  out: Int32Array,
): void {
  let a = key.k0 | 0;
  let b = key.k1 | 0;
  const end = offset + length;
  let p = offset;
  for (; p + 4 <= end; p += 4) {
    const word =
      (bytes[p] as number) |
      ((bytes[p + 1] as number) << 8) |
      ((bytes[p + 2] as number) << 16) |
      ((bytes[p + 3] as number) << 24);
    a = stepA(a, word);
    b = stepB(b, word);
  }
  if (p < end) {
    let word = bytes[p] as number;
    if (p + 1 < end) word |= (bytes[p + 1] as number) << 8;
    if (p + 2 < end) word |= (bytes[p + 2] as number) << 16;
    a = stepA(a, word);
    b = stepB(b, word);
  }
  out[0] = finishLo(a, b, length);
  out[1] = finishHi(b, length);
}

/** Hash of a JavaScript string's UTF-8 bytes, [low, high]. For set-up, not for the hot path. */
export function hashString(text: string, key: HashKey): [number, number] {
  const bytes = new TextEncoder().encode(text);
  const out = new Int32Array(2);
  hashBytes(bytes, 0, bytes.length, key, out);
  return [out[0] as number, out[1] as number];
}

/**
 * Hash of a sequence of words (the halves of several hashes, or of a double's bits): composite
 * keys. `words` is the sequence; the result is [low, high] in out.
 */
export function hashWords(words: Int32Array, count: number, key: HashKey, out: Int32Array): void {
  let a = key.k0 | 0;
  let b = key.k1 | 0;
  for (let i = 0; i < count; i++) {
    const word = words[i] as number;
    a = stepA(a, word);
    b = stepB(b, word);
  }
  out[0] = finishLo(a, b, count * 4);
  out[1] = finishHi(b, count * 4);
}
