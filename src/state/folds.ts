// Folds: minimum, maximum and sums of non-integers over a window that moves, which may not subtract.
//
// Two stacks in the ring itself: rows before a boundary keep the fold of themselves to the boundary,
// the header the fold of all rows after it. A window's value is one combination of both; when its
// cursor passes the boundary, the rows after become the new front (RingMemory.flip): O(1) amortised.

import type { FoldTerm } from './state-layout.ts';

export function foldStart(fold: FoldTerm): number {
  if (fold.fn === 'sum') return 0;
  return fold.fn === 'min' ? Infinity : -Infinity;
}

export function foldOf(fn: FoldTerm['fn'], a: number, b: number): number {
  if (fn === 'sum') return a + b;
  return fn === 'min' ? Math.min(a, b) : Math.max(a, b);
}
