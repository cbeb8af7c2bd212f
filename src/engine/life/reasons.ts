// The reasons of a verdict: what stands for all of them, and which is told first.

import { mix32 } from '../../base/hash.ts';
import { FIRST_REASON } from '../../codec/decision-writer.ts';
import type { Verdict } from '../../domain/verdict.ts';

/** Stands for the reason SCORE, beyond the numbers of rules. */
const SCORE = 0x200000;

/** 64 bits that stand for the reasons of a verdict in their order; no reasons are 0, 0. */
export function reasonsHash(verdict: Verdict, out: Int32Array): void {
  const { scoreAt, reasonCount } = verdict;
  out[0] = 0;
  out[1] = 0;
  if (verdict.engineReason >= 0) addReason(out, 0x100000 + verdict.engineReason);
  for (let k = 0; k < reasonCount; k++) {
    if (k === scoreAt) addReason(out, SCORE);
    addReason(out, verdict.reasonRules[k] as number);
  }
  if (scoreAt === reasonCount) addReason(out, SCORE);
}

/** No closure in reasonsHash: it runs for every payment that is kept. */
function addReason(out: Int32Array, reason: number): void {
  out[0] = mix32((Math.imul(out[0] as number, 0x9e3779b1) + reason + 1) | 0);
  out[1] = mix32((Math.imul(out[1] as number, 0x85ebca6b) ^ (reason + 0x5bd1)) | 0);
}

/** The first reason that a decision tells, as one number (FIRST_REASON). */
export function firstReason(verdict: Verdict): number {
  if (verdict.engineReason >= 0) return FIRST_REASON.engine - verdict.engineReason;
  if (verdict.scoreAt === 0) return FIRST_REASON.score;
  return verdict.reasonCount > 0 ? (verdict.reasonRules[0] as number) : FIRST_REASON.none;
}
