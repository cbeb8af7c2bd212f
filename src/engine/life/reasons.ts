// The reasons of a verdict: what stands for all of them, and which is told first.

import { mix32 } from '../../base/hash.ts';
import { FIRST_REASON } from '../../codec/decision-writer.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Verdict } from '../../domain/verdict.ts';

const HOLD = 1;
const REVERSE = 2;
/** Stands for the reason SCORE, beyond the numbers of rules. */
const SCORE = 0x200000;

/** 64 bits that stand for the reasons of a verdict in their order; no reasons are 0, 0. */
export function reasonsHash(plan: Plan, verdict: Verdict, out: Int32Array): void {
  out[0] = 0;
  out[1] = 0;
  if (verdict.engineReason >= 0) addReason(out, 0x100000 + verdict.engineReason);
  // What is told of SCORE is its place, behind the rules that are as severe.
  let isScoreLeft = verdict.scoreOutcome > 0;
  for (let k = 0; k < verdict.reasonCount; k++) {
    const rule = verdict.reasonRules[k] as number;
    if (isScoreLeft && severityOf(plan, rule) < verdict.scoreOutcome) {
      addReason(out, SCORE);
      isScoreLeft = false;
    }
    addReason(out, rule);
  }
  if (isScoreLeft) addReason(out, SCORE);
}

/** No closure in reasonsHash: it runs for every payment that is kept. */
function addReason(out: Int32Array, reason: number): void {
  out[0] = mix32((Math.imul(out[0] as number, 0x9e3779b1) + reason + 1) | 0);
  out[1] = mix32((Math.imul(out[1] as number, 0x85ebca6b) ^ (reason + 0x5bd1)) | 0);
}

/** The first reason that a decision tells, as one number (FIRST_REASON). */
export function firstReason(plan: Plan, verdict: Verdict): number {
  if (verdict.engineReason >= 0) return FIRST_REASON.engine - verdict.engineReason;
  const first = verdict.reasonCount > 0 ? (verdict.reasonRules[0] as number) : FIRST_REASON.none;
  if (verdict.scoreOutcome === 0) return first;
  // SCORE stands after the rules of its outcome: it is first only where no rule is as severe.
  return severityOf(plan, first) < verdict.scoreOutcome ? FIRST_REASON.score : first;
}

/** Index of its outcome. */
function severityOf(plan: Plan, rule: number): number {
  const outcome = rule < 0 ? undefined : plan.rules[rule]?.outcome;
  return outcome === 'reverse' ? REVERSE : outcome === 'hold' ? HOLD : 0;
}
