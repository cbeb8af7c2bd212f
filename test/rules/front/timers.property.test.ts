// Timers against a plain oracle: a life rule is evaluated at every instant of a payment's first
// moments, and wherever its truth changes some timer of the plan is due just then.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import { planFields } from '../../../src/domain/plan.ts';
import type { RowView } from '../../../src/rules/interpret/interpreter.ts';
import { evaluate, prepare } from '../../../src/rules/interpret/interpreter.ts';
import { runs } from '../../support/runs.ts';
import { planOf } from './help.ts';

const LAST_MS = 30;

/** The payment `ageMs` after it was made: pending throughout. */
function at(plan: Plan, ageMs: number): RowView {
  const fields = planFields(plan);
  const values = new Map<string, number>([
    ['payment.age', ageMs],
    ['payment.pendingFor', ageMs],
    ['durationMs', 4],
  ]);
  return {
    field: (number) => values.get(fields[number]?.name ?? ''),
    feature: () => undefined,
  };
}

const operand = fc.oneof(
  fc.nat(20).map((ms) => `"${ms}ms"`),
  fc.constantFrom('tx.durationMs * 3', 'duration("5ms") + tx.durationMs', 'duration("3ms") * 1.5'),
);
const clock = fc.constantFrom('payment.age()', 'payment.pendingFor()', 'waiting');
const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const comparison = fc
  .tuple(clock, operator, operand, fc.boolean())
  .map(([left, sign, right, isSwapped]) =>
    isSwapped ? `${right} ${sign} ${left}` : `${left} ${sign} ${right}`,
  );
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    comparison,
    tie('condition').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||', '==', '!='), tie('condition'))
      .map(([a, sign, b]) => `((${a}) ${sign} (${b}))`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([test_, a, b]) => `((${test_}) ? (${a}) : (${b}))`),
  ),
}));

test('where a rule changes with time alone, a timer is due', () => {
  let changeCount = 0;
  fc.assert(
    fc.property(condition, (when) => {
      const plan = planOf(`ruleset: t
let: { waiting: payment.pendingFor() }
rules:
  - id: r
    outcome: hold
    reason: POLICY
    when: |-
      ${when}
`);
      const prepared = prepare(plan);
      const [rule] = plan.rules;
      if (rule === undefined) throw new Error('no rule');
      const due = new Set<number>();
      for (const timer of plan.life.timers) {
        if (timer.kind !== 'clock') continue;
        const threshold = Number(evaluate(timer.threshold, at(plan, 0), prepared));
        // The first whole ms at which the comparison is another.
        due.add(timer.isStrict ? Math.floor(threshold) + 1 : Math.ceil(threshold));
      }
      let before = evaluate(rule.when, at(plan, 0), prepared) === true;
      for (let ageMs = 1; ageMs <= LAST_MS; ageMs++) {
        const now = evaluate(rule.when, at(plan, ageMs), prepared) === true;
        if (now !== before) {
          changeCount++;
          expect([...due], `${when} at ${ageMs} ms`).toContain(ageMs);
        }
        before = now;
      }
    }),
    { numRuns: runs(300) },
  );
  expect(changeCount).toBeGreaterThan(50);
});
