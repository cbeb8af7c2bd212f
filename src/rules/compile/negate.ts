// The negation of a condition, pushed down as the checker does it: a missing value makes a
// condition and its negation both false. Needed where a condition stands as a value (0, 1, missing).

import type { Expression } from '../../domain/expression.ts';
import { OPPOSITE_OPERATOR } from '../../domain/expression-tree.ts';

export function negate(e: Expression): Expression {
  switch (e.op) {
    case 'boolean':
      return { ...e, value: !e.value };
    case 'compare':
      return { ...e, operator: OPPOSITE_OPERATOR[e.operator] };
    case 'and':
      return { ...e, op: 'or', args: e.args.map((arg) => negate(arg)) };
    case 'or':
      return { ...e, op: 'and', args: e.args.map((arg) => negate(arg)) };
    case 'not':
      return e.value;
    case 'has':
    case 'truth':
      return { ...e, negated: !e.negated };
    case 'choose':
      // oxlint-disable-next-line unicorn/no-thenable -- the plan's name for a branch
      return { ...e, then: negate(e.then), otherwise: negate(e.otherwise) };
    case 'in':
    case 'call':
      return { op: 'not', value: e, type: 'boolean', text: e.text, at: e.at };
    default:
      // A field, feature or cell standing as a condition.
      return { op: 'truth', value: e, negated: true, type: 'boolean', text: e.text, at: e.at };
  }
}
