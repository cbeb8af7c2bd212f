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

/** The expression with each field in it replaced. */
export function replaceFields(
  e: Expression,
  by: (field: Extract<Expression, { op: 'field' }>) => Expression,
): Expression {
  const of = (part: Expression): Expression => replaceFields(part, by);
  const all = (parts: readonly Expression[]): readonly Expression[] =>
    parts.map((part) => of(part));
  switch (e.op) {
    case 'field':
      return by(e);
    case 'cell':
      return { ...e, key: all(e.key) };
    case 'in':
      return { ...e, key: all(e.key), elements: all(e.elements) };
    case 'has':
    case 'truth':
    case 'not':
    case 'negate':
      return { ...e, value: of(e.value) };
    case 'compare':
    case 'arithmetic':
      return { ...e, left: of(e.left), right: of(e.right) };
    case 'and':
    case 'or':
    case 'call':
      return { ...e, args: all(e.args) };
    case 'choose':
      return {
        ...e,
        test: of(e.test),
        negatedTest: of(e.negatedTest),
        // oxlint-disable-next-line unicorn/no-thenable -- the plan's name for a branch
        then: of(e.then),
        otherwise: of(e.otherwise),
      };
    default:
      return e;
  }
}

/** a < b is b > a, and so on. */
export const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};
