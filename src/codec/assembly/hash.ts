// The string hash of base/hash.ts and the content hash of content-hash.ts, in 64 bits at once.

import { MIX_HI, MIX_LO, STEP_HI, STEP_LO } from '../../base/hash-constants';

const STEP: i64 = (i64(STEP_HI) << 32) | i64(STEP_LO);
const MIX: i64 = (i64(MIX_HI) << 32) | i64(MIX_LO);

function fold(h: i64): i64 {
  return h ^ i64(u64(h) >> 32);
}

/** @param masks 16 bytes by n, the first n of them set */
export function hashText(p: usize, length: i32, seed: i64, masks: usize): i64 {
  let h = seed;
  let rest = usize(length);
  for (; rest > 16; rest -= 16, p += 16) {
    h = fold((h ^ load<i64>(p)) * STEP);
    h = fold((h ^ load<i64>(p, 8)) * STEP);
  }
  const last = v128.and(v128.load(p), v128.load(masks + (rest << 4)));
  h = fold((h ^ i64x2.extract_lane(last, 0)) * STEP);
  h = fold((h ^ i64x2.extract_lane(last, 1)) * STEP);
  h = fold((h ^ length) * MIX);
  return fold(h * MIX);
}

/** A field's part of a row's content, from its value's bits and its salt. */
export function contentPart(bits: i64, salt: i64): i64 {
  return fold((bits ^ salt) * MIX) * STEP;
}
