// Which method of a rail is open for a payment, by docs/rails.md, with local times by trying.

import type { Plan } from '../../src/domain/plan.ts';
import type { Method, RailPlan } from '../../src/domain/rails.ts';
import type { ReversalBlock } from '../../src/domain/decision.ts';
import { cutOffOf, monthsLater } from './local-time.ts';

interface Window {
  readonly opens: number;
  /** The first instant that is too late. */
  readonly closes: number;
}

/** The rail that a payment names, none where the plan does not know it; where it names none, the plan's. */
export function railOf(plan: Plan, name: string | undefined): RailPlan | undefined {
  if (name === undefined) return plan.life.rails[plan.life.rail];
  return plan.life.rails.find((rail) => rail.name === name);
}

function windowOf(rail: RailPlan, method: Method, paidAt: number): Window | undefined {
  const spec = rail.methods.find((one) => one.method === method);
  if (spec === undefined) return undefined;
  const { end, notBeforeMs } = spec;
  const opens = paidAt + notBeforeMs;
  switch (end.kind) {
    case 'never':
      return { opens, closes: Infinity };
    case 'length':
      return { opens, closes: paidAt + end.ms };
    case 'months':
      return { opens, closes: monthsLater(rail.timezone, paidAt, end.months) };
    default:
      return { opens, closes: cutOffOf(rail.timezone, paidAt, end.minuteOfDay, end.days) };
  }
}

/** The window, where it can still be used at `now`. */
function usable(rail: RailPlan, method: Method, paidAt: number, now: number): Window | undefined {
  const window = windowOf(rail, method, paidAt);
  if (window === undefined || now >= window.closes || window.opens >= window.closes)
    return undefined;
  return window;
}

export function isOpen(rail: RailPlan, method: Method, paidAt: number, now: number): boolean {
  return usable(rail, method, paidAt, now) !== undefined;
}

/** How a payment can be reversed now; undefined = no window is open any more. */
export function reversalOf(
  rail: RailPlan,
  paidAt: number,
  now: number,
  isCharged: boolean,
  byRefund: boolean,
): ReversalBlock | undefined {
  const hasVoid = rail.methods.some(({ method }) => method === 'VOID');
  const line: Method[] = byRefund
    ? ['REFUND']
    : isCharged && hasVoid
      ? ['VOID', 'REFUND']
      : ['REVERSAL', 'REFUND'];
  const open = line.flatMap((method) => {
    const window = usable(rail, method, paidAt, now);
    return window === undefined ? [] : [{ method, ...window }];
  });
  const [first, second] = open;
  if (first === undefined) return undefined;
  const { method, opens, closes } = first;
  const isAsked = method === 'REVERSAL' && !isCharged && rail.queryFirstMs !== null;
  return {
    method,
    ...(opens > now && { notBefore: opens }),
    ...(closes < Infinity && { notAfter: closes }),
    ...(second !== undefined && second.closes > closes && { fallbackMethod: second.method }),
    ...(isAsked && { queryFirst: rail.queryFirstMs }),
  };
}
