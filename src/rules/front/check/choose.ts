// `test ? a : b`. Of values it is a choice with both the test and its negation (neither holds:
// missing). Of conditions it is (test && a) || (!test && b).

/* oxlint-disable unicorn/no-thenable -- a choice's branches are named so in the domain; nothing awaits them */

import type { Expression } from '../../../domain/expression.ts';
import type { ASTNode } from '../cel-source.ts';
import { code } from '../problem.ts';
import { columnNamed, fieldNamed } from './access.ts';
import { callIsBoolean } from './calls.ts';
import type { Checker } from './checker.ts';
import { lifeNamed } from './life.ts';
import { typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { fit, refuseTextFeature, typed } from './typed.ts';

export function checkChoose(checker: Checker, ast: ASTNode & { readonly op: '?:' }): Typed | null {
  const [testAst, thenAst, otherwiseAst] = ast.args;
  const test = checker.condition(testAst, false);
  const negatedTest = test === null ? null : checker.condition(testAst, true);
  const then = checker.value(thenAst);
  const otherwise = checker.value(otherwiseAst);
  if (test === null || negatedTest === null || then === null || otherwise === null) return null;
  if (refuseTextFeature(checker, thenAst, then)) return null;
  if (refuseTextFeature(checker, otherwiseAst, otherwise)) return null;
  const fitted = fit(checker, [thenAst, otherwiseAst], then, otherwise);
  if (fitted === null) return null;
  if (fitted === undefined) {
    const thenIs = `${code(then.expression.text)} is ${typeWords(then.expression.type)}`;
    const otherwiseIs = `${code(otherwise.expression.text)} is ${typeWords(otherwise.expression.type)}`;
    return checker.error(ast, `${thenIs}, ${otherwiseIs}: both sides of ":" must be of one kind.`);
  }
  const [a, b] = fitted;
  const { type } = a.expression;
  const expression: Expression = {
    op: 'choose',
    test,
    negatedTest,
    then: a.expression,
    otherwise: b.expression,
    type,
    ...checker.node(ast),
  };
  return typed(expression, { isLiteral: a.isLiteral && b.isLiteral });
}

export function checkConditionChoose(
  checker: Checker,
  ast: ASTNode & { readonly op: '?:' },
  negated: boolean,
): Expression | null {
  const [testAst, thenAst, otherwiseAst] = ast.args;
  const test = checker.condition(testAst, false);
  const then = checker.condition(thenAst, negated);
  const otherwise = checker.condition(otherwiseAst, negated);
  if (test === null || then === null || otherwise === null) return null;
  const notTest = checker.condition(testAst, true);
  if (notTest === null) return null;
  const node = { type: 'boolean', ...checker.node(ast) } as const;
  const yes: Expression = { op: 'and', args: [test, then], ...node };
  const no: Expression = { op: 'and', args: [notTest, otherwise], ...node };
  return { op: 'or', args: [yes, no], ...node };
}

const CONDITION_OPERATORS: ReadonlySet<string> = new Set([
  '&&',
  '||',
  '!_',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
]);

/** Whether `ast` is a condition, by its form and by what its names are; reports nothing. */
export function isBoolean(checker: Checker, ast: ASTNode): boolean {
  let at = ast;
  // Lets cannot name each other in a circle, so this ends.
  for (;;) {
    if (CONDITION_OPERATORS.has(at.op)) return true;
    switch (at.op) {
      case 'value':
        return typeof at.args === 'boolean';
      case '?:':
        at = at.args[1];
        break;
      case 'id': {
        const declaration = checker.scope.names.get(at.args);
        if (declaration?.kind !== 'let' || declaration.ast === null || declaration.isBroken)
          return false;
        at = declaration.ast;
        break;
      }
      case '.':
        return (
          (fieldNamed(checker, at) ?? columnNamed(checker, at) ?? lifeNamed(checker, at))?.type ===
          'boolean'
        );
      case 'call':
        return callIsBoolean(at);
      case 'rcall': {
        if (callIsBoolean(at)) return true;
        // last(tx.flag)
        const [name, , [argument]] = at.args;
        return (
          name === 'last' &&
          argument !== undefined &&
          fieldNamed(checker, argument)?.type === 'boolean'
        );
      }
      default:
        return false;
    }
  }
}
