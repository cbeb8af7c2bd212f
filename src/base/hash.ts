// The keyed 64-bit hash that stands for a string everywhere in the engine, as two 32-bit lanes.
//
// Method: each lane takes the bytes as little-endian 32-bit words (the last one padded with zeros),
// `lane = (lane ^ word) * odd; lane ^= lane >>> k`, with other constants a lane; the length and both
// lanes are mixed at the end by a bijection, so two strings of one length that differ in one word
// never collide. Cost: ~2 ns a word. The JSON decoder inlines the same steps into its scan for the
// closing quote (codec/json-decoder.ts); a property test holds the two equal.
// Not cryptographic: the key is configuration and keeps strangers from preparing collisions.

export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

export const DEFAULT_HASH_KEY: HashKey = { k0: 0x2545f491, k1: 0x6a09e667 };

/** Constants of the two lanes, for code that inlines the loop. */
export const LANE_A: number = 0x9e3779b1 | 0;
export const LANE_B: number = 0x85ebca6b | 0;

/** Multipliers of mix32, for code that inlines it. */
export const MIX_A = 0x21f0aaad;
export const MIX_B = 0x735a2d97;

/** One lane's last step (Ellis, "lowbias32"): bijective, full avalanche. */
export function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), MIX_A);
  x = Math.imul(x ^ (x >>> 15), MIX_B);
  return x ^ (x >>> 15);
}

export function stepA(a: number, word: number): number {
  const x = Math.imul(a ^ word, LANE_A);
  return x ^ (x >>> 15);
}

export function stepB(b: number, word: number): number {
  const x = Math.imul(b ^ ((word << 16) | (word >>> 16)), LANE_B);
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
