// Random rules made as trees, and the same rules written as YAML and CEL and read by the front end:
// both plans decide a random stream alike. It holds the front end to negations pushed down, units,
// kinds that are counted, and registers and rates read from their files.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { LoadResult } from '../../../src/rules/front/load.ts';
import { formatProblem, loadRulesText } from '../../../src/rules/front/load.ts';
import { decideAll } from '../../oracle/brute-force.ts';
import { randomPlan } from '../../support/random-plan.ts';
import { randomStream } from '../../support/random-stream.ts';
import { rulesText } from '../../support/rules-text.ts';
import { runs } from '../../support/runs.ts';

function load(plan: Plan): LoadResult {
  const { text, files } = rulesText(plan);
  return loadRulesText(text, 'random.yaml', (path) => {
    const file = files.get(path.replace(/^.*\//, ''));
    if (file === undefined) throw new Error(`no file ${path}`);
    return new TextEncoder().encode(file);
  });
}

/** The plan without the rules that the front end refuses, such as those that divide by a literal 0. */
function withoutRefused(plan: Plan, refusals: string[]): { plan: Plan; loaded: Plan } | null {
  const result = load(plan);
  if (result.ok) return { plan, loaded: result.plan };
  const refused = new Set(result.problems.map((problem) => problem.rule));
  for (const rule of refused) {
    const first = result.problems.find((problem) => problem.rule === rule);
    if (first !== undefined) refusals.push(formatProblem(first));
  }
  const rules = plan.rules.filter((rule) => !refused.has(rule.id));
  if (rules.length === 0 || rules.length === plan.rules.length) return null;
  const indexes = rules.map((rule) => plan.rules.indexOf(rule));
  const exempt = plan.exempt.map((clause) => ({
    ...clause,
    rules: clause.rules?.map((rule) => indexes.indexOf(rule)).filter((rule) => rule >= 0) ?? null,
  }));
  return withoutRefused({ ...plan, rules, exempt }, refusals);
}

/** What does not tell the two plans' texts apart. */
function essence(decision: Decision): unknown {
  const { rulesHash: _, evidence, ...rest } = decision;
  const scores = evidence?.map(({ rule, score, exemptBy }) => ({ rule, score, exemptBy }));
  return { ...rest, scores };
}

test('rules as text decide what the same rules as trees decide', () => {
  let ruleCount = 0;
  const refusals: string[] = [];
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), fc.nat(3), (seed, rules, depth) => {
      const random = new Random(seed);
      const made = randomPlan(random, { ruleCount: rules, depth, takesTextOnly: true });
      const both = withoutRefused(made, refusals);
      if (both === null) return;
      ruleCount += both.plan.rules.length;
      const rows = randomStream(random, { rowCount: 60, latenessMs: 300_000 });
      const plan = { ...both.plan, fieldsRead: both.loaded.fieldsRead };
      const want = decideAll(plan, rows, { withShadow: true });
      const have = decideAll(both.loaded, rows, { withShadow: true });
      expect(have.map(essence)).toEqual(want.map(essence));
    }),
    { numRuns: runs(40) },
  );
  expect(refusals.length, refusals.slice(0, 20).join('\n')).toBeLessThan(ruleCount / 10);
});
