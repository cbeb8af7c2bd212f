// Walking an expression: its parts, and whether some node in it is what one looks for; and what a
// comparison becomes when a negation is pushed down to it.

import type { CompareOperator, Expression } from './expression.ts';

/** The comparison that holds where this one does not, and neither side is missing. */
export const OPPOSITE_OPERATOR: Readonly<Record<CompareOperator, CompareOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** Parts of an expression, those first that are needed first. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.op) {
    case 'cell':
      return e.key;
    case 'in':
      return [...e.key, ...e.elements];
    case 'has':
    case 'truth':
    case 'not':
    case 'negate':
      return [e.value];
    case 'compare':
    case 'arithmetic':
      return [e.left, e.right];
    case 'and':
    case 'or':
    case 'call':
      return e.args;
    case 'choose':
      return [e.test, e.negatedTest, e.then, e.otherwise];
    default:
      return [];
  }
}

/** True when `test` holds for the expression or anything in it; ends at the first. */
export function someNode(e: Expression, test: (node: Expression) => boolean): boolean {
  return test(e) || partsOf(e).some((part) => someNode(part, test));
}
