// The string hash of base/hash.ts and the content hash of content-hash.ts, step by step.

import { LANE_A, LANE_B, MIX_A, MIX_B } from '../../base/hash-constants';

function shiftRight(x: i32, bits: i32): i32 {
  return i32(u32(x) >> bits);
}

export function stepA(a: i32, word: i32): i32 {
  const x = (a ^ word) * LANE_A;
  return x ^ shiftRight(x, 15);
}

export function stepB(b: i32, word: i32): i32 {
  const x = (b ^ rotl<i32>(word, 16)) * LANE_B;
  return x ^ shiftRight(x, 13);
}

/** finishLo takes (a ^ length) + b, finishHi b - length. */
export function finish(x: i32): i32 {
  x = (x ^ shiftRight(x, 16)) * MIX_A;
  x = (x ^ shiftRight(x, 15)) * MIX_B;
  return x ^ shiftRight(x, 15);
}

export function contentLo(lo: i32, hi: i32, salt: i32): i32 {
  const x = (lo ^ rotl<i32>(hi, 16) ^ salt) * MIX_A;
  return (x ^ shiftRight(x, 15)) * MIX_B;
}

export function contentHi(hi: i32, salt: i32): i32 {
  const y = (hi ^ salt) * MIX_B;
  return (y ^ shiftRight(y, 15)) * MIX_A;
}
