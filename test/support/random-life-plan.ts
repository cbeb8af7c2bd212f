// Random plans whose rules read the life of payments in any shape that trees can have (random-plan.ts),
// with the timers that they need, holds, small limits; and streams for them.

import type { Random } from '../../src/base/random.ts';
import type { CompareOperator, Expression } from '../../src/domain/expression.ts';
import { MIRRORED, partsOf } from '../../src/domain/expression-tree.ts';
import type { Kind } from '../../src/domain/fields.ts';
import type { Plan, TimerPlan } from '../../src/domain/plan.ts';
import { planFields } from '../../src/domain/plan.ts';
import type { HoldPlan } from '../../src/domain/rails.ts';
import { ON_EXPIRY } from '../../src/domain/rails.ts';
import { randomLifeStream } from './random-life-stream.ts';
import { randomPlan } from './random-plan.ts';
import type { StreamRow } from './random-stream.ts';
import { randomRow } from './random-stream.ts';

const MINUTE = 60_000;

export function randomLifePlan(random: Random): Plan {
  const plan = randomPlan(random, {
    ruleCount: 1 + random.below(10),
    featuresMax: 1 + random.below(10),
    withLife: true,
    latenessMs: random.pick([5000, 300_000]),
    repeatsForMs: random.pick([MINUTE, 1440 * MINUTE]),
  });
  const keepMs = random.pick([MINUTE, 60 * MINUTE, 43_200 * MINUTE]);
  const hold = (): HoldPlan => ({
    forMs: Math.min(keepMs, random.pick([10_000, MINUTE, 4320 * MINUTE])),
    onExpiry: random.pick(ON_EXPIRY),
  });
  return {
    ...plan,
    rules: plan.rules.map((rule) =>
      rule.outcome === 'hold' && random.chance(0.4) ? { ...rule, hold: hold() } : rule,
    ),
    limits: { ...plan.limits, pending: random.pick([1, 2, 5, 200]) },
    life: {
      ...plan.life,
      keepMs,
      waitMs: random.pick([1000, 10 * MINUTE]),
      hold: hold(),
      timers: timersOf(plan),
    },
  };
}

/** What makes the plan's life rules look again, one of each. */
export function timersOf(plan: Plan): TimerPlan[] {
  const fields = planFields(plan);
  const isClock = (e: Expression): boolean =>
    e.op === 'field' && /^payment\.(age|pendingFor)$/.test(fields[e.field]?.name ?? '');
  const timers = new Map<string, TimerPlan>();
  const add = (timer: TimerPlan): void => {
    timers.set(JSON.stringify(timer), timer);
  };
  const clock = (side: Expression, operator: CompareOperator, threshold: Expression): void => {
    if (side.op !== 'field' || !isClock(side)) return;
    const base = { kind: 'clock', field: side.field, threshold } as const;
    if (operator !== '>' && operator !== '<=') add({ ...base, isStrict: false });
    if (operator !== '>=' && operator !== '<') add({ ...base, isStrict: true });
  };
  const visit = (e: Expression): void => {
    if (e.op === 'compare') {
      clock(e.left, e.operator, e.right);
      clock(e.right, MIRRORED[e.operator], e.left);
    }
    if (e.op === 'call' && e.name === 'inMaintenance') {
      const [scope] = e.args;
      const { register } = e;
      if (scope !== undefined && register !== undefined)
        add({ kind: 'maintenance', register, scope });
    }
    for (const part of partsOf(e)) visit(part);
  };
  for (const { isLife, when, score } of plan.rules) {
    if (!isLife) continue;
    visit(when);
    if (score !== null) visit(score);
  }
  return [...timers.values()];
}

/** Events as in random-life-stream.ts, with every other field there or not. */
export function randomFullStream(random: Random, rowCount: number, payments: number): StreamRow[] {
  return randomLifeStream(random, { rowCount, payments }).map((row) => ({
    ...randomRow(random, String(row['id']), row['kind'] as Kind, Number(row['time'])),
    ...row,
  }));
}
