// + - * / % and the units that they keep: money and money, durations and times. Numbers are folded.

import type { ArithmeticOperator, Expression, ValueType } from '../../../domain/expression.ts';
import type { ASTNode } from '../cel-source.ts';
import { code } from '../problem.ts';
import { parseDuration } from '../units.ts';
import type { Checker } from './checker.ts';
import { typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { become, fit, isTextLiteral, typed } from './typed.ts';

export function checkArithmetic(checker: Checker, ast: ASTNode): Typed | null {
  const [leftAst, rightAst] = ast.args as [ASTNode, ASTNode];
  const operator = ast.op as ArithmeticOperator;
  const left = checker.value(leftAst);
  const right = checker.value(rightAst);
  if (left === null || right === null) return null;
  const sides = adapt(checker, [leftAst, rightAst], operator, left, right);
  if (sides === null) return null;
  const [a, b] = sides;
  const type = resultType(operator, a.expression.type, b.expression.type);
  if (type === null) {
    const leftIs = `${code(left.expression.text)} is ${typeWords(left.expression.type)}`;
    const rightIs = `${code(right.expression.text)} is ${typeWords(right.expression.type)}`;
    return checker.error(ast, `${leftIs}, ${rightIs}: ${whyNot(operator, left, right)}`);
  }
  return fold(checker, ast, operator, a, b, type);
}

/** Gives literals the unit of the other side, where the operator asks for the same unit. */
function adapt(
  checker: Checker,
  asts: readonly [ASTNode, ASTNode],
  operator: ArithmeticOperator,
  left: Typed,
  right: Typed,
): readonly [Typed, Typed] | null {
  const leftType = left.expression.type;
  const rightType = right.expression.type;
  if (operator === '*') return [left, right];
  // A time and a text: a duration where it reads as one ("1h"), else another time.
  if (operator !== '/' && leftType === 'time' && isDurationText(right)) {
    return pair(left, become(checker, asts[1], right, 'duration'));
  }
  if (operator === '+' && rightType === 'time' && isDurationText(left)) {
    return pair(become(checker, asts[0], left, 'duration'), right);
  }
  // A time and a number literal: so many ms later or earlier.
  if (leftType === 'time' && right.isLiteral) {
    return pair(left, become(checker, asts[1], right, 'duration'));
  }
  if (operator === '/' && right.isLiteral) return [left, right];
  if (operator === '/' && left.isLiteral) return [left, right];
  const fitted = fit(checker, asts, left, right);
  return fitted === undefined ? [left, right] : fitted;
}

function pair(left: Typed | null, right: Typed | null): readonly [Typed, Typed] | null {
  return left === null || right === null ? null : [left, right];
}

function isDurationText(value: Typed): boolean {
  const { expression } = value;
  return (
    isTextLiteral(value) && expression.op === 'string' && parseDuration(expression.value) !== null
  );
}

function isAmount(type: ValueType): boolean {
  return type === 'number' || type === 'money' || type === 'duration';
}

function isMs(type: ValueType): boolean {
  return type === 'number' || type === 'duration';
}

function resultType(
  operator: ArithmeticOperator,
  left: ValueType,
  right: ValueType,
): ValueType | null {
  switch (operator) {
    case '+':
      if (left === 'time' && right === 'duration') return 'time';
      if (left === 'duration' && right === 'time') return 'time';
      return sumType(left, right);
    case '-':
      if (left === 'time' && right === 'time') return 'duration';
      if (left === 'time' && right === 'duration') return 'time';
      return sumType(left, right);
    case '*':
      if (left === 'number' && isAmount(right)) return right;
      return right === 'number' && isAmount(left) ? left : null;
    case '/':
      if (!isAmount(left)) return null;
      if (right === 'number') return left;
      return left === right ? 'number' : null;
    case '%':
      return isAmount(left) && left === right ? left : null;
  }
}

/** Durations and plain numbers (ms) add up; money only with money. */
function sumType(left: ValueType, right: ValueType): ValueType | null {
  if (left === right && (left === 'number' || left === 'money' || left === 'duration')) return left;
  return isMs(left) && isMs(right) ? 'duration' : null;
}

function whyNot(operator: ArithmeticOperator, left: Typed, right: Typed): string {
  const types = [left.expression.type, right.expression.type];
  if (types.includes('string')) return 'texts cannot be calculated with.';
  if (types.includes('boolean'))
    return 'conditions cannot be calculated with; write (condition ? 1 : 0).';
  if (operator === '*' && types[0] === 'money' && types[1] === 'money') {
    return 'money cannot be multiplied by money.';
  }
  if (
    (operator === '+' || operator === '-') &&
    types.includes('money') &&
    types.includes('number')
  ) {
    return 'money and a plain number cannot be added or subtracted.';
  }
  return `they cannot stand on the two sides of "${operator}".`;
}

function fold(
  checker: Checker,
  ast: ASTNode,
  operator: ArithmeticOperator,
  left: Typed,
  right: Typed,
  type: ValueType,
): Typed | null {
  const node = checker.node(ast);
  const a = left.expression;
  const b = right.expression;
  const isLiteral = left.isLiteral && right.isLiteral;
  if ((operator === '/' || operator === '%') && b.op === 'number' && b.value === 0) {
    return checker.error(ast, 'This divides by zero, which has no value, so it could never hold.');
  }
  if (a.op !== 'number' || b.op !== 'number') {
    const expression: Expression = { op: 'arithmetic', operator, left: a, right: b, type, ...node };
    return typed(expression, { isLiteral });
  }
  const value = calculate(operator, a.value, b.value);
  if (!Number.isFinite(value)) return checker.error(ast, 'This number is too large.');
  return typed({ op: 'number', value, type, ...node }, { isLiteral });
}

function calculate(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

export function checkNegate(checker: Checker, ast: ASTNode & { readonly op: '-_' }): Typed | null {
  const inner = checker.value(ast.args);
  if (inner === null) return null;
  const { expression, decimal, isLiteral } = inner;
  const { type } = expression;
  const node = checker.node(ast);
  if (type !== 'number' && type !== 'money' && type !== 'duration') {
    return checker.error(
      ast,
      `${code(expression.text)} is ${typeWords(type)}: it has no negative.`,
    );
  }
  if (expression.op === 'number') {
    const negative = decimal === null ? null : { ...decimal, digits: -decimal.digits };
    const value = expression.value === 0 ? 0 : -expression.value;
    return typed({ op: 'number', value, type, ...node }, { isLiteral, decimal: negative });
  }
  return typed({ op: 'negate', value: expression, type, ...node }, { isLiteral });
}
