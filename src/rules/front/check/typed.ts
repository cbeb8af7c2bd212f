// A checked value, and what literals may still become. A number literal has no unit until it meets
// one: beside money it is in major units, beside a duration or a time it is ms. A text literal that
// meets a duration, time, date or version is read as one.

/* oxlint-disable unicorn/no-thenable -- a choice's branches are named so in the domain; nothing awaits them */

import { exponentOr2 } from '../../../domain/currencies.ts';
import type { Expression, ValueType } from '../../../domain/expression.ts';
import type { ASTNode } from '../cel-source.ts';
import { code } from '../problem.ts';
import type { Decimal } from '../units.ts';
import {
  DURATION_UNITS,
  isVersion,
  parseDate,
  parseDuration,
  parseTime,
  scaleToInteger,
} from '../units.ts';
import type { Checker } from './checker.ts';

export interface Typed {
  readonly expression: Expression;
  /** Made of number literals only: takes the unit of what it meets. */
  readonly isLiteral: boolean;
  /** The literal's exact value as written; null where it was computed. */
  readonly decimal: Decimal | null;
}

export function typed(expression: Expression, from?: Partial<Typed>): Typed {
  return {
    expression,
    isLiteral: from?.isLiteral ?? false,
    decimal: from?.decimal ?? null,
  };
}

/** A text literal, which may yet become another type. */
export function isTextLiteral({ expression }: Typed): boolean {
  return expression.op === 'string' && expression.type === 'string';
}

/** `last` of a text: kept as a hash and a beginning, so it can only be compared for equality. */
export function isTextFeature({ expression }: Typed): boolean {
  return expression.op === 'feature' && expression.type === 'string';
}

export function refuseTextFeature(checker: Checker, ast: ASTNode, value: Typed): boolean {
  if (!isTextFeature(value)) return false;
  checker.error(
    ast,
    `${code(value.expression.text)} is a remembered text: it may only stand in ==, !=, "in" and has().`,
  );
  return true;
}

/** True where `value` is a literal that has a meaning as `type`. */
export function mayBecome(value: Typed, type: ValueType): boolean {
  if (value.isLiteral) return ['number', 'money', 'duration', 'time', 'date'].includes(type);
  return isTextLiteral(value) && ['duration', 'time', 'date', 'version'].includes(type);
}

/** The literal `value` as `type`, or null after the reason is reported. mayBecome must hold. */
export function become(
  checker: Checker,
  ast: ASTNode,
  value: Typed,
  type: ValueType,
): Typed | null {
  if (value.expression.type === type && !value.isLiteral) return value;
  return value.isLiteral
    ? numberBecomes(checker, ast, value, type)
    : textBecomes(checker, ast, value, type);
}

function numberBecomes(
  checker: Checker,
  ast: ASTNode,
  value: Typed,
  type: ValueType,
): Typed | null {
  const { expression } = value;
  if (type === 'money') return moneyFrom(checker, ast, value);
  if (expression.op !== 'number') return typed(retype(expression, type));
  if (type === 'date' && !isDateNumber(expression.value)) {
    return checker.error(ast, `${code(expression.text)} is no date: write "2026-01-31".`);
  }
  return typed({ ...expression, type });
}

function isDateNumber(value: number): boolean {
  const text = String(value);
  if (!/^\d{8}$/.test(text)) return false;
  return parseDate(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`) !== null;
}

/** A choice between literals takes the unit in each branch. */
function retype(expression: Expression, type: ValueType): Expression {
  if (expression.op !== 'choose') return { ...expression, type };
  return {
    ...expression,
    type,
    then: retype(expression.then, type),
    otherwise: retype(expression.otherwise, type),
  };
}

function moneyFrom(checker: Checker, ast: ASTNode, value: Typed): Typed | null {
  const exponent = moneyExponent(checker, ast);
  if (exponent === null) return null;
  const result = toMinor(checker, ast, value.expression, value.decimal, exponent);
  return result === null ? null : typed(result);
}

function toMinor(
  checker: Checker,
  ast: ASTNode,
  expression: Expression,
  decimal: Decimal | null,
  exponent: number,
): Expression | null {
  if (expression.op === 'number') {
    const minor = minorOf(expression.value, decimal, exponent);
    if (minor !== null) return { ...expression, type: 'money', value: minor };
    const why =
      decimal !== null && decimal.scale <= exponent
        ? `too large for an amount of ${checker.scope.currency}`
        : `no amount of ${checker.scope.currency}, which has ${exponent} decimals`;
    return checker.error(ast, `${code(expression.text)} is ${why}.`);
  }
  if (expression.op === 'choose') {
    const then = toMinor(checker, ast, expression.then, null, exponent);
    const otherwise = toMinor(checker, ast, expression.otherwise, null, exponent);
    if (then === null || otherwise === null) return null;
    return { ...expression, type: 'money', then, otherwise };
  }
  // Arithmetic over choices of literals: the whole in major units, scaled.
  const factor: Expression = {
    op: 'number',
    value: 10 ** exponent,
    type: 'number',
    text: String(10 ** exponent),
    at: expression.at,
  };
  const { text, at } = expression;
  return {
    op: 'arithmetic',
    operator: '*',
    left: expression,
    right: factor,
    type: 'money',
    text,
    at,
  };
}

function minorOf(value: number, decimal: Decimal | null, exponent: number): number | null {
  if (decimal !== null) return scaleToInteger(decimal, exponent);
  const scaled = value * 10 ** exponent;
  const whole = Math.round(scaled);
  // Computed from literals in doubles: 0.1 + 0.2 is 0.30.
  const isWhole = Math.abs(scaled - whole) <= 1e-6 && Number.isSafeInteger(whole);
  return isWhole ? whole + 0 : null;
}

/** Decimals of the file's currency; money without one is an error, said once. */
export function moneyExponent(checker: Checker, ast: ASTNode): number | null {
  const { currency, said } = checker.scope;
  if (currency !== null) return exponentOr2(currency);
  if (!said.has('currency')) {
    said.add('currency');
    checker.error(
      ast,
      'Money is used here, so the file needs a "currency", such as currency: CNY.',
    );
  }
  return null;
}

function textBecomes(
  checker: Checker,
  ast: ASTNode,
  { expression }: Typed,
  type: ValueType,
): Typed | null {
  if (expression.op !== 'string') return null;
  const { value: text } = expression;
  const { at, text: written } = expression;
  if (type === 'version') {
    if (isVersion(text)) return typed({ ...expression, type });
    return checker.error(ast, `${code(text)} is no version: numbers with dots, such as "3.2.10".`);
  }
  const value = numberFromText(text, type);
  if (value !== null) return typed({ op: 'number', value, type, at, text: written });
  return checker.error(ast, `${code(text)} is ${NOT_A[type] ?? 'not understood'}.`);
}

function numberFromText(text: string, type: ValueType): number | null {
  if (type === 'duration') return parseDuration(text);
  if (type === 'time') return parseTime(text);
  return type === 'date' ? parseDate(text) : null;
}

const NOT_A: Readonly<Partial<Record<ValueType, string>>> = {
  duration: `no duration: a whole number and a unit (${DURATION_UNITS}), such as "10m"`,
  time: 'no time: write it as "2026-01-31T08:00:00Z"',
  date: 'no date: write it as "2026-01-31"',
};

/**
 * Two values of one type, literals made to fit the other side, or null after the reason is
 * reported; undefined where the types do not fit, for the caller to say.
 */
export function fit(
  checker: Checker,
  asts: readonly [ASTNode, ASTNode],
  left: Typed,
  right: Typed,
): readonly [Typed, Typed] | null | undefined {
  if (left.isLiteral && right.isLiteral) return [left, right];
  const leftType = left.expression.type;
  const rightType = right.expression.type;
  if (leftType === rightType && !left.isLiteral && !right.isLiteral) return [left, right];
  if (mayBecome(right, leftType)) {
    const fitted = become(checker, asts[1], right, leftType);
    return fitted === null ? null : [left, fitted];
  }
  if (mayBecome(left, rightType)) {
    const fitted = become(checker, asts[0], left, rightType);
    return fitted === null ? null : [fitted, right];
  }
  return undefined;
}
