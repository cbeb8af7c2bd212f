// Operators and the functions that need nothing but their arguments, over present JavaScript values.

import { assert } from '../../base/assert.ts';
import type { ArithmeticOperator, CompareOperator, FunctionName } from '../../domain/expression.ts';
import * as fn from './functions.ts';

/** undefined = missing. */
export type Value = number | string | boolean | undefined;

/** Of the sign of left against right. */
export const HOLDS: Readonly<Record<CompareOperator, (sign: number) => boolean>> = {
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
  '==': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
};

export const CALCULATE: Readonly<Record<ArithmeticOperator, (x: number, y: number) => Value>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => (y === 0 ? undefined : x / y),
  '%': (x, y) => (y === 0 ? undefined : x % y),
};

/** -1, 0 or 1; undefined where a version is malformed. */
export function order(
  left: number | string | boolean,
  right: number | string | boolean,
  isVersion: boolean,
): number | undefined {
  if (typeof left === 'string' || typeof right === 'string') {
    const [a, b] = [textOf(left), textOf(right)];
    return isVersion ? fn.compareVersions(a, b) : fn.compareCodePoints(a, b);
  }
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Functions that need nothing but their arguments; null when `name` is another. */
export function callSimple(
  name: FunctionName,
  text: (i: number) => string,
  number: (i: number) => number,
  count: number,
): Value | null {
  const numbers = (): number[] => Array.from({ length: count }, (_, i) => number(i));
  switch (name) {
    case 'startsWith':
      return text(0).startsWith(text(1));
    case 'endsWith':
      return text(0).endsWith(text(1));
    case 'contains':
      return text(0).includes(text(1));
    case 'lower':
      return text(0).toLowerCase();
    case 'trim':
      return text(0).trim();
    case 'size':
      return Array.from(text(0)).length;
    case 'min':
      return Math.min(...numbers());
    case 'max':
      return Math.max(...numbers());
    case 'abs':
      return Math.abs(number(0));
    case 'round':
      return fn.roundHalfAway(number(0));
    case 'version':
      return text(0);
    case 'kmBetween':
      return fn.kmBetween(number(0), number(1), number(2), number(3));
    case 'luhn':
      return fn.luhn(text(0));
    default:
      return null;
  }
}

export function numberOf(value: number | string | boolean): number {
  assert(typeof value === 'number', `a number was expected, got ${typeof value}`);
  return value;
}

export function textOf(value: number | string | boolean): string {
  assert(typeof value === 'string', `a string was expected, got ${typeof value}`);
  return value;
}
