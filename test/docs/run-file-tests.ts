// Runs the tests in a rules file by the model that decides as arrays do, so that the manual's examples
// are held to what the manual says and not to the engine alone.

import type { Decision } from '../../src/domain/decision.ts';
import type { FileTest, Plan } from '../../src/domain/plan.ts';
import type { OracleResult } from '../oracle/brute-force.ts';
import { Oracle, decisionsOf, runOracle } from '../oracle/brute-force.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What became of each row; the check of needed keys is off. */
export function runGiven(plan: Plan, given: Rows): OracleResult[] {
  return runOracle(plan, given, { requiresKeys: false });
}

/** A sentence for each expectation that is not met. */
export function runFileTests(plan: Plan): string[] {
  return plan.tests.flatMap((one) => runFileTest(plan, one));
}

/** What an expectation looks at. */
interface Seen {
  readonly outcome: string;
  /** Live rules that fired. */
  readonly rules: readonly string[];
}

function runFileTest(plan: Plan, { name, given, expect }: FileTest): string[] {
  const oracle = new Oracle(plan, { requiresKeys: false });
  const newest = new Map<string, Decision>();
  const errors: string[] = [];
  const seen = new Map<number, Seen>();
  const note = (decided: readonly Decision[]): void => {
    for (const decision of decided) newest.set(decision.transactionId, decision);
  };
  /** Expectations about what stands after row `row`. */
  const look = (row: number): void => {
    expect.forEach(({ at, after }, k) => {
      const decision = newest.get(String(given[at]?.['id']));
      if (after === row && decision !== undefined) seen.set(k, seenIn(plan, decision));
    });
  };
  given.forEach((row, n) => {
    const result = oracle.take(row);
    const { decision, verdict, error } = result;
    if (error !== undefined) errors.push(`test "${name}", row ${n}: bad input, ${error}`);
    note(decisionsOf(result));
    expect.forEach(({ at, after }, k) => {
      if (at !== n || after !== null || decision === undefined) return;
      const rules = (verdict?.fired.live ?? []).map((rule) => plan.rules[rule]?.id ?? '');
      seen.set(k, { outcome: decision.outcome, rules });
    });
    look(n);
  });
  if (expect.some(({ after }) => after === given.length)) {
    note(oracle.advance(Infinity));
    look(given.length);
  }
  const unmet = expect.flatMap(({ at, after, outcome, rules, place }, k) => {
    const where = `line ${place.line}: test "${name}", row ${at}, after ${after}`;
    const what = seen.get(k);
    if (what === undefined) return [`${where}: no decision`];
    const problems: string[] = [];
    if (outcome !== null && what.outcome !== outcome) {
      problems.push(`${where}: expected ${outcome}, got ${what.outcome}`);
    }
    if (rules !== null && what.rules.toSorted().join() !== rules.toSorted().join()) {
      problems.push(`${where}: expected rules [${rules.join()}], fired [${what.rules.join()}]`);
    }
    return problems;
  });
  return [...errors, ...unmet];
}

/** Exempted rules stand in the evidence only, row rules of an amendment in the reasons only. */
function seenIn(plan: Plan, { outcome, evidence = [], reasons = [] }: Decision): Seen {
  const live = new Set(plan.rules.filter(({ mode }) => mode === 'live').map(({ id }) => id));
  const told = [...evidence, ...reasons].flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  return { outcome, rules: [...new Set(told)].filter((id) => live.has(id)) };
}
