// What a worker counts while it decides; the main thread adds the workers' counters up.

import type { Plan } from '../domain/plan.ts';

/**
 * Index of each counter. From `rules` on, two a rule (fired, in reasons), then SCORE, then the engine's
 * own reasons by index in the plan's.
 */
export const COUNTER = {
  outcomes: 0, // allow, hold, reverse
  decisions: 3,
  informing: 4,
  deadLetters: 5,
  invalid: 6,
  repeats: 7,
  repeatsDiffer: 8,
  late: 9,
  currencyUnknown: 10,
  truncated: 11,
  amendments: 12,
  amendedOutcomes: 13, // allow, hold, reverse
  overdue: 16,
  causes: 20, // amendments, by index in CAUSES
  rules: 36,
} as const;

export function makeCounters(plan: Plan): Float64Array {
  return new Float64Array(engineReasonCounter(plan, plan.reasons.length));
}

/** Decisions that have the score as a reason. */
export function scoreCounter(plan: Plan): number {
  return COUNTER.rules + plan.rules.length * 2;
}

/** Decisions that have this reason of the plan as the engine's own. */
export function engineReasonCounter(plan: Plan, reason: number): number {
  return scoreCounter(plan) + 1 + reason;
}
