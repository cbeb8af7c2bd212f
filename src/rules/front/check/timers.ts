// What makes a rule look again though nothing happens: its comparisons of clocks, and the maintenance
// windows that it asks about. Found in the checked tree, where negations have reached the comparisons
// already; a comparison and its negation change at the same instant, so they are one timer.

import type { CompareOperator, Expression } from '../../../domain/expression.ts';
import { MIRRORED, partsOf } from '../../../domain/expression-tree.ts';
import type { TimerPlan } from '../../../domain/plan.ts';
import { canonical } from './canonical.ts';
import type { Scope, Uses } from './scope.ts';

const CLOCKS: readonly string[] = ['payment.age', 'payment.pendingFor'];
/** of. has them too, but what reads them there waits for no timer. */
const MOVING: readonly string[] = [...CLOCKS, 'of.age', 'of.pendingFor'];
const CONFLICTS: readonly string[] = ['payment.conflict', 'of.conflict'];

/** Whether an expression is payment.age() or payment.pendingFor(). */
export function isClock(e: Expression, scope: Scope, uses: Uses): boolean {
  return CLOCKS.includes(lifeNameOf(e, scope, uses) ?? '');
}

/** Whether an expression is a duration that grows with no event. */
export function isMovingTime(e: Expression, scope: Scope, uses: Uses): boolean {
  return MOVING.includes(lifeNameOf(e, scope, uses) ?? '');
}

/** payment.conflict and of.conflict: as conditions they ask whether there was one. */
export function isConflict(e: Expression, scope: Scope, uses: Uses): boolean {
  return CONFLICTS.includes(lifeNameOf(e, scope, uses) ?? '');
}

/** Name of the life's field that an expression is, `payment.state`. */
export function lifeNameOf(e: Expression, scope: Scope, uses: Uses): string | undefined {
  return e.op === 'field' ? uses.lifeFields[e.field - scope.fields.size]?.name : undefined;
}

/** Adds the timers of a life rule's condition or score to `uses`. */
export function addTimers(e: Expression, scope: Scope, uses: Uses): void {
  if (e.op === 'compare') {
    if (isClock(e.left, scope, uses)) addClock(e.left, e.operator, e.right, scope, uses);
    if (isClock(e.right, scope, uses)) addClock(e.right, MIRRORED[e.operator], e.left, scope, uses);
  }
  if (e.op === 'call' && e.name === 'inMaintenance') {
    const [of] = e.args;
    if (of !== undefined && e.register !== undefined) {
      const timer: TimerPlan = { kind: 'maintenance', register: e.register, scope: of };
      uses.timer(`maintenance ${e.register} ${canonical(of, scope)}`, timer);
    }
  }
  for (const part of partsOf(e)) addTimers(part, scope, uses);
}

function addClock(
  clock: Expression,
  operator: CompareOperator,
  threshold: Expression,
  scope: Scope,
  uses: Uses,
): void {
  if (clock.op !== 'field') return;
  const { field } = clock;
  const add = (isStrict: boolean): void => {
    const key = `${field} ${isStrict ? 'past' : 'at'} ${canonical(threshold, scope)}`;
    uses.timer(key, { kind: 'clock', field, threshold, isStrict });
  };
  // >= and < change at the threshold, > and <= just past it, == and != at both.
  if (operator !== '>' && operator !== '<=') add(false);
  if (operator !== '>=' && operator !== '<') add(true);
}
