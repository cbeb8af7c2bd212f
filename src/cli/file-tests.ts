// The tests that stand in a rules file, run through the engine.

import type { Plan } from '../domain/plan.ts';

/** @returns a sentence for each test that failed; null when they were not run */
export async function runFileTests(plan: Plan): Promise<readonly string[] | null> {
  return plan.tests.length === 0 ? [] : null;
}
