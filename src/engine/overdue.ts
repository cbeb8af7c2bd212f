// Which rows of a batch are older than their deadline when it begins. Decided here, on the main thread,
// with the clock that it was given, and handed to the workers as marks: with the same marks the same
// rows give the same bytes.

import type { DeadlinePlan } from '../domain/plan.ts';

/** Mark of a row: in time; overdue and first given the fallback; overdue, but evaluated all the same. */
export const OVERDUE = { none: 0, fallback: 1, evaluated: 2 } as const;

/**
 * Marks rows [0, rowCount); gives true where some row is overdue.
 * @param arrivals when each arrived, @param nowMs the clock at the batch's start, @param startedMs when
 * the engine was ready: what arrived before is a backlog
 */
export function markOverdue(
  marks: Uint8Array,
  arrivals: Float64Array,
  rowCount: number,
  { budgetMs, catchUp }: DeadlinePlan,
  nowMs: number,
  startedMs: number,
): boolean {
  let isAny = false;
  for (let row = 0; row < rowCount; row++) {
    const arrivedMs = arrivals[row] as number;
    const isOverdue = nowMs - arrivedMs > budgetMs;
    const isBacklog = arrivedMs < startedMs && catchUp === 'evaluate';
    marks[row] = isOverdue ? (isBacklog ? OVERDUE.evaluated : OVERDUE.fallback) : OVERDUE.none;
    isAny ||= isOverdue;
  }
  return isAny;
}
