// Two facts about a feature's conditions and values that its state depends on.

import type { Expression } from '../../../domain/expression.ts';
import { someNode } from '../../../domain/expression-tree.ts';
import type { Scope } from './scope.ts';

/** Fields whose naming in a where lets rows of the kinds that only inform count. */
const KIND_FIELDS: readonly string[] = ['kind', 'label', 'fault', 'codeState'];

export function namesOtherKinds(condition: Expression, scope: Scope): boolean {
  const numbers = new Set(KIND_FIELDS.map((name) => scope.fields.get(name)?.number));
  return someNode(condition, (node) => node.op === 'field' && numbers.has(node.field));
}

/** True where every value is a whole number, so that a sum may subtract what leaves its window. */
export function isWholeNumber(value: Expression, scope: Scope): boolean {
  const isWhole = (inner: Expression): boolean => isWholeNumber(inner, scope);
  switch (value.op) {
    case 'number':
      return Number.isInteger(value.value);
    case 'field':
      return isWholeField(value.field, scope);
    case 'cell': {
      const { type } = value;
      return type === 'money' || type === 'time';
    }
    case 'negate':
      return isWhole(value.value);
    case 'choose':
      return isWhole(value.then) && isWhole(value.otherwise);
    case 'arithmetic': {
      if (value.operator === '/') return false;
      const bothWhole = isWhole(value.left) && isWhole(value.right);
      // Products of two readings leave 2^53 too soon.
      const hasLiteral = value.left.op === 'number' || value.right.op === 'number';
      return bothWhole && (value.operator !== '*' || hasLiteral);
    }
    case 'call':
      if (value.name === 'round' || value.name === 'size' || value.name === 'hourOf') return true;
      if (value.name === 'dayOfWeekOf' || value.name === 'dateOf') return true;
      if (value.name !== 'min' && value.name !== 'max' && value.name !== 'abs') return false;
      return value.args.every(isWhole);
    default:
      return false;
  }
}

function isWholeField(number: number, scope: Scope): boolean {
  for (const field of scope.fields.values()) {
    if (field.number !== number) continue;
    const { type } = field.spec;
    return type === 'integer' || type === 'money' || type === 'time' || type === 'duration';
  }
  return false;
}
