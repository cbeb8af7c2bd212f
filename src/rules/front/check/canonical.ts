// The canonical text of a checked expression: equal texts are equal features. Names are resolved and
// lets expanded; order of && and || is kept, since evidence shows it.

import { exponentOr2 } from '../../../domain/currencies.ts';
import type { Expression } from '../../../domain/expression.ts';
import { formatDuration } from '../units.ts';
import type { Scope } from './scope.ts';

export function canonical(node: Expression, scope: Scope): string {
  const show = (inner: Expression): string => canonical(inner, scope);
  const inner = (child: Expression): string =>
    isCompound(child) ? `(${show(child)})` : show(child);
  const part = (child: Expression): string =>
    child.op === 'and' || child.op === 'or' ? `(${show(child)})` : show(child);
  switch (node.op) {
    case 'number':
      return numberText(node.value, node.type, scope);
    case 'string':
      return node.type === 'version'
        ? `version(${JSON.stringify(node.value)})`
        : JSON.stringify(node.value);
    case 'boolean':
      return String(node.value);
    case 'field':
      return fieldName(node.field, scope);
    case 'feature':
      return `feature(${node.feature})`;
    case 'cell': {
      const register = scope.registers[node.register];
      const column = register?.columns[node.column]?.name ?? '';
      return `${register?.name}[${keyText(node.key, show)}].${JSON.stringify(column)}`;
    }
    case 'in':
      return `${keyText(node.key, show)} in ${setText(node, scope, show)}`;
    case 'has':
      return `${node.negated ? '!' : ''}has(${show(node.value)})`;
    case 'truth':
      return `${node.negated ? '!' : ''}${inner(node.value)}`;
    case 'not':
      return `!(${show(node.value)})`;
    case 'and':
      return node.args.map(part).join(' && ');
    case 'or':
      return node.args.map(part).join(' || ');
    case 'compare':
    case 'arithmetic':
      return `${inner(node.left)} ${node.operator} ${inner(node.right)}`;
    case 'negate':
      return `-${inner(node.value)}`;
    case 'choose':
      return `(${show(node.test)} ? ${show(node.then)} : ${show(node.otherwise)})`;
    case 'call': {
      const zone = node.zone === undefined ? [] : [JSON.stringify(node.zone)];
      return `${node.name}(${[...node.args.map(show), ...zone].join(', ')})`;
    }
  }
}

function isCompound({ op }: Expression): boolean {
  return ['and', 'or', 'compare', 'arithmetic', 'in', 'negate'].includes(op);
}

function numberText(value: number, type: string, scope: Scope): string {
  if (type === 'money') {
    const exponent = exponentOr2(scope.currency);
    // Whole minor units in major ones; anything else cannot stand for an amount as written.
    return Number.isInteger(value) ? (value / 10 ** exponent).toFixed(exponent) : `${value} minor`;
  }
  if (type === 'duration') return formatDuration(value);
  return String(value);
}

function fieldName(number: number, scope: Scope): string {
  for (const [name, field] of scope.fields) if (field.number === number) return `tx.${name}`;
  // Of a payment's life: in no feature, so in no key that a file shares.
  return `life.${number}`;
}

function keyText(key: readonly Expression[], show: (node: Expression) => string): string {
  const [only] = key;
  return key.length === 1 && only !== undefined ? show(only) : `[${key.map(show).join(', ')}]`;
}

function setText(
  node: Expression & { readonly op: 'in' },
  scope: Scope,
  show: (node: Expression) => string,
): string {
  if (node.set === 'literal') return `[${node.elements.map(show).join(', ')}]`;
  const sets = node.set === 'list' ? scope.lists : scope.registers;
  return sets[node.index]?.name ?? '';
}
