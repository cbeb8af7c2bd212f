// Random rules over the life of payments, made as trees, and the same rules written as CEL and read by
// the front end: over rows with any life both decide alike, and the same ones are life rules.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { KINDS } from '../../../src/domain/fields.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { planFields } from '../../../src/domain/plan.ts';
import { formatProblem, loadRulesText } from '../../../src/rules/front/load.ts';
import type { InterpretedVerdict } from '../../../src/rules/interpret/interpret-row.ts';
import { interpretRow } from '../../../src/rules/interpret/interpret-row.ts';
import type { Value } from '../../../src/rules/interpret/interpreter.ts';
import { prepare } from '../../../src/rules/interpret/interpreter.ts';
import { LIFE_FIELDS, randomLifeValue } from '../../support/random-life.ts';
import { randomPlan } from '../../support/random-plan.ts';
import { randomRow } from '../../support/random-stream.ts';
import { START_MS } from '../../support/random-world.ts';
import { rulesText } from '../../support/rules-text.ts';
import { runs } from '../../support/runs.ts';

/** The plan of one rule's text, or why it is refused. */
function loadOne(made: Plan, index: number): Plan | string {
  const [rule] = made.rules.slice(index, index + 1);
  if (rule === undefined) throw new Error('no such rule');
  const { text, files } = rulesText({ ...made, rules: [rule], exempt: [] });
  const result = loadRulesText(text, 'random.yaml', (path) => {
    const file = files.get(path.replace(/^.*\//, ''));
    if (file === undefined) throw new Error(`no file ${path}`);
    return new TextEncoder().encode(file);
  });
  return result.ok ? result.plan : result.problems.map(formatProblem).join('\n');
}

type Row = ReadonlyMap<string, Value>;

function randomLife(random: Random): Row {
  const time = START_MS + random.below(7_300_000);
  const row = randomRow(random, 'id', random.pick(KINDS), time);
  const life = LIFE_FIELDS.map((spec) => [spec.name, randomLifeValue(random, spec)] as const);
  return new Map<string, Value>([...(Object.entries(row) as [string, Value][]), ...life]);
}

/** Money is taken as converted already: both plans see the same values. */
function decide(plan: Plan, row: Row): Pick<InterpretedVerdict, 'fired' | 'score'> {
  const fields = planFields(plan);
  const { fired, score } = interpretRow(prepare(plan), {
    field: (number) => row.get(fields[number]?.name ?? ''),
    feature: () => undefined,
  });
  return { fired, score };
}

test('life rules as text decide what the same rules as trees decide', () => {
  let lifeCount = 0;
  let ruleCount = 0;
  const refusals: string[] = [];
  fc.assert(
    fc.property(fc.nat(), fc.nat(3), (seed, depth) => {
      const random = new Random(seed);
      const options = { ruleCount: 4, featuresMax: 0, takesTextOnly: true, withLife: true, depth };
      const made = randomPlan(random, options);
      made.rules.forEach((rule, index) => {
        ruleCount++;
        const loaded = loadOne(made, index);
        if (typeof loaded === 'string') {
          refusals.push(loaded);
          return;
        }
        expect(loaded.rules[0]?.isLife).toBe(rule.isLife);
        if (rule.isLife) lifeCount++;
        const tree = { ...made, rules: [rule], exempt: [] };
        for (let i = 0; i < 20; i++) {
          const row = randomLife(random);
          expect(decide(loaded, row)).toEqual(decide(tree, row));
        }
      });
    }),
    { numRuns: runs(60) },
  );
  expect(lifeCount).toBeGreaterThan(ruleCount / 3);
  expect(refusals.length, refusals.slice(0, 20).join('\n')).toBeLessThan(ruleCount / 10);
});
