// The functions whose type is that of their arguments, min, max, abs, round, and those that read a
// literal, version and duration. What is constant is folded.

import type { Expression } from '../../../domain/expression.ts';
import type { ASTNode } from '../cel-source.ts';
import { code } from '../problem.ts';
import type { Checker } from './checker.ts';
import { comparable } from './compare.ts';
import { typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { become, isTextLiteral, refuseTextFeature, typed } from './typed.ts';

/** min and max: two or more numbers, durations, amounts or times of one kind. */
export function checkLeast(
  checker: Checker,
  ast: ASTNode,
  name: 'min' | 'max',
  given: readonly ASTNode[],
): Typed | null {
  if (given.length < 2)
    return checker.error(ast, `${name} takes two or more values: ${name}(a, b).`);
  const values = given.map((argument) => checker.value(argument));
  if (values.includes(null)) return null;
  const whole = values as Typed[];
  // What is not a literal sets the unit.
  let lead = whole.findIndex(
    ({ isLiteral, expression }) => !isLiteral && expression.type !== 'string',
  );
  if (lead === -1) lead = 0;
  const first = whole[lead] as Typed;
  const args: Expression[] = [];
  for (const [index, value] of whole.entries()) {
    const asts = [given[lead] as ASTNode, given[index] as ASTNode] as const;
    const sides =
      index === lead ? ([first, first] as const) : comparable(checker, ast, asts, first, value);
    if (sides === null) return null;
    args.push(sides[1].expression);
  }
  const { type } = args[lead] as Expression;
  if (type === 'string' || type === 'version' || type === 'boolean') {
    return checker.error(
      ast,
      `${name} is of numbers, money, durations or times, not of ${typeWords(type)}.`,
    );
  }
  const isLiteral = whole.every((value) => value.isLiteral);
  const numbers = args.flatMap((arg) => (arg.op === 'number' ? [arg.value] : []));
  if (numbers.length === args.length) {
    const value = name === 'min' ? Math.min(...numbers) : Math.max(...numbers);
    return typed({ op: 'number', value, type, ...checker.node(ast) }, { isLiteral });
  }
  return typed({ op: 'call', name, args, type, ...checker.node(ast) }, { isLiteral });
}

export function checkOneNumber(
  checker: Checker,
  ast: ASTNode,
  name: 'abs' | 'round',
  given: readonly ASTNode[],
): Typed | null {
  const [argument, ...more] = given;
  if (argument === undefined || more.length > 0) {
    return checker.error(ast, `${name} takes one number: ${name}(x).`);
  }
  const value = checker.value(argument);
  if (value === null) return null;
  const { expression, isLiteral } = value;
  const { type } = expression;
  if (type !== 'number' && type !== 'money' && type !== 'duration') {
    return checker.error(
      argument,
      `${code(expression.text)} is ${typeWords(type)}; ${name} takes a number.`,
    );
  }
  const node = checker.node(ast);
  if (expression.op === 'number') {
    const size = Math.abs(expression.value);
    const rounded = Math.sign(expression.value) * Math.round(size);
    const folded = name === 'abs' ? size : rounded === 0 ? 0 : rounded;
    return typed({ op: 'number', value: folded, type, ...node }, { isLiteral });
  }
  return typed({ op: 'call', name, args: [expression], type, ...node }, { isLiteral });
}

export function checkVersion(
  checker: Checker,
  ast: ASTNode,
  given: readonly ASTNode[],
): Typed | null {
  const [argument, ...more] = given;
  if (argument === undefined || more.length > 0) {
    return checker.error(ast, 'version takes one text: version("3.2.10").');
  }
  const value = checker.value(argument);
  if (value === null || refuseTextFeature(checker, argument, value)) return null;
  const node = checker.node(ast);
  if (isTextLiteral(value)) {
    const version = become(checker, argument, value, 'version');
    return version === null ? null : typed({ ...version.expression, ...node });
  }
  const { expression } = value;
  if (expression.type === 'version') return value;
  if (expression.type !== 'string') {
    return checker.error(
      argument,
      `${code(expression.text)} is ${typeWords(expression.type)}; version takes a text.`,
    );
  }
  return typed({ op: 'call', name: 'version', args: [expression], type: 'version', ...node });
}

export function checkDuration(
  checker: Checker,
  ast: ASTNode,
  given: readonly ASTNode[],
): Typed | null {
  const [argument, ...more] = given;
  const value = argument === undefined ? null : checker.value(argument);
  if (argument === undefined || more.length > 0 || (value !== null && !isTextLiteral(value))) {
    return checker.error(ast, 'duration takes one text literal: duration("30s").');
  }
  if (value === null) return null;
  const result = become(checker, argument, value, 'duration');
  return result === null ? null : typed({ ...result.expression, ...checker.node(ast) });
}
