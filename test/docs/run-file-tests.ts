// Runs the tests in a rules file. The one place where the manual's examples meet what decides them:
// here the slow oracle, which needs no workers.

import type { FileTest, Plan } from '../../src/domain/plan.ts';
import type { OracleResult } from '../oracle/brute-force.ts';
import { runOracle } from '../oracle/brute-force.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What became of each row; the check of needed keys is off. */
export function runGiven(plan: Plan, given: Rows): OracleResult[] {
  return runOracle(plan, given, { requiresKeys: false });
}

/** A sentence for each expectation that is not met. */
export function runFileTests(plan: Plan): string[] {
  return plan.tests.flatMap((one) => runFileTest(plan, one));
}

function runFileTest(plan: Plan, { name, given, expect }: FileTest): string[] {
  const results = runGiven(plan, given);
  return expect.flatMap(({ at, outcome, rules, place }) => {
    const { decision, verdict, error } = results[at] ?? {};
    const where = `line ${place.line}: test "${name}", row ${at}`;
    if (error !== undefined) return [`${where}: bad input, ${error}`];
    const problems: string[] = [];
    if (outcome !== null && decision?.outcome !== outcome) {
      problems.push(`${where}: expected ${outcome}, got ${decision?.outcome ?? 'no decision'}`);
    }
    const fired = (verdict?.fired.live ?? []).map((rule) => plan.rules[rule]?.id ?? '');
    if (rules !== null && fired.toSorted().join() !== rules.toSorted().join()) {
      problems.push(`${where}: expected rules [${rules.join()}], fired [${fired.join()}]`);
    }
    return problems;
  });
}
