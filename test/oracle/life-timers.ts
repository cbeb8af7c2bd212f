// When a payment has to be looked at again though nothing happens.

import type { Expression } from '../../src/domain/expression.ts';
import { partsOf, someNode } from '../../src/domain/expression-tree.ts';
import type { RulePlan, TimerPlan } from '../../src/domain/plan.ts';
import { maintenanceWindows } from '../../src/rules/interpret/maintenance-windows.ts';
import type { PreparedPlan, RowView } from '../../src/rules/interpret/interpreter.ts';
import { evaluate } from '../../src/rules/interpret/interpreter.ts';

export interface Due {
  readonly due: number;
  readonly cause: 'timer' | 'maintenance';
}

export const NO_TIMER: Due = { due: Infinity, cause: 'timer' };

/** The next timer of a payment after `now`. Of timers of one instant a clock's comes first. */
export function nextTimer(prepared: PreparedPlan, view: RowView, paidAt: number, now: number): Due {
  const dues = prepared.plan.life.timers
    .filter((timer) => rulesOf(prepared, timer).some((rule) => couldFire(prepared, rule, view)))
    .map((timer): Due => {
      const due =
        timer.kind === 'clock'
          ? clockDue(prepared, timer, view, paidAt)
          : maintenanceDue(prepared, timer, view, now);
      return { due, cause: timer.kind === 'clock' ? 'timer' : 'maintenance' };
    })
    .filter(({ due }) => due > now && due < Infinity);
  const rank = { timer: 0, maintenance: 1 };
  return dues.toSorted((a, b) => a.due - b.due || rank[a.cause] - rank[b.cause])[0] ?? NO_TIMER;
}

/** First whole ms at which the comparison is another. */
function clockDue(
  prepared: PreparedPlan,
  { field, threshold, isStrict }: Extract<TimerPlan, { kind: 'clock' }>,
  view: RowView,
  paidAt: number,
): number {
  const limit = evaluate(threshold, view, prepared);
  if (view.field(field) === undefined || typeof limit !== 'number') return Infinity;
  return paidAt + (isStrict ? Math.floor(limit) + 1 : Math.ceil(limit));
}

/** End of the maintenance that the scope is in, windows that follow each other taken together. */
function maintenanceDue(
  prepared: PreparedPlan,
  { register, scope }: Extract<TimerPlan, { kind: 'maintenance' }>,
  view: RowView,
  now: number,
): number {
  const name = evaluate(scope, view, prepared);
  const data = prepared.plan.registers[register];
  if (typeof name !== 'string' || data === undefined) return Infinity;
  const windows = maintenanceWindows(data).filter((one) => [name, '*', ''].includes(one.scope));
  let end = now;
  for (;;) {
    const at = end;
    const later = windows.filter(({ from, to }) => from <= at && at < to).map(({ to }) => to);
    if (later.length === 0) return end === now ? Infinity : end;
    end = Math.max(...later);
  }
}

/** Rules whose condition or score has the comparison, or asks the register, that the timer is for. */
function rulesOf(prepared: PreparedPlan, timer: TimerPlan): readonly RulePlan[] {
  const same = (a: Expression, b: Expression): boolean => strip(a) === strip(b);
  const isIt = (e: Expression): boolean => {
    if (timer.kind === 'maintenance') {
      const [scope] = partsOf(e);
      if (e.op !== 'call' || !isNowMaintenance(e) || scope === undefined) return false;
      return e.register === timer.register && same(scope, timer.scope);
    }
    if (e.op !== 'compare') return false;
    const isClock = (side: Expression): boolean =>
      side.op === 'field' && side.field === timer.field;
    return (
      (isClock(e.left) && same(e.right, timer.threshold)) ||
      (isClock(e.right) && same(e.left, timer.threshold))
    );
  };
  return prepared.plan.rules.filter(
    (rule) => rule.isLife && [rule.when, rule.score].some((e) => e !== null && someNode(e, isIt)),
  );
}

/** The tree without places and texts. */
function strip(e: Expression): string {
  return JSON.stringify(e, (key, value: unknown) => (['at', 'text'].includes(key) ? null : value));
}

function isNowMaintenance(e: Expression): boolean {
  return e.op === 'call' && e.name === 'inMaintenance' && e.timeField !== undefined;
}

const MOVING =
  /^(payment\.(age|codeUses|openMethod|reversalOpen|voidOpen|refundOpen)|event\.cause)$/;

/** Whether the rule could be true at another instant, with no event: all that moves taken for true. */
function couldFire(prepared: PreparedPlan, rule: RulePlan, view: RowView): boolean {
  const nameOf = (field: number): string => prepared.fields[field]?.name ?? '';
  const without: RowView = {
    ...view,
    field: (field) => (nameOf(field).startsWith('event.') ? undefined : view.field(field)),
  };
  const moves = (e: Expression): boolean => {
    if (e.op !== 'field') return isNowMaintenance(e);
    // Whether a payment is pending changes at events only; how long it is, with time.
    if (nameOf(e.field) === 'payment.pendingFor') return view.field(e.field) !== undefined;
    return MOVING.test(nameOf(e.field));
  };
  const could = (e: Expression): boolean => {
    if (e.op === 'and') return e.args.every(could);
    if (e.op === 'or') return e.args.some(could);
    return someNode(e, moves) || evaluate(e, without, prepared) === true;
  };
  return could(rule.when);
}
