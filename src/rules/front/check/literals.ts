// Literals: numbers as written (exact), texts, true and false.

import type { ASTNode } from '../cel-source.ts';
import { code } from '../problem.ts';
import { parseDecimal } from '../units.ts';
import type { Checker } from './checker.ts';
import type { Typed } from './typed.ts';
import { typed } from './typed.ts';

export function checkLiteral(
  checker: Checker,
  ast: ASTNode & { readonly op: 'value' },
): Typed | null {
  const value: unknown = ast.args;
  const node = checker.node(ast);
  if (typeof value === 'string') {
    if (/\p{Cs}/u.test(value)) return checker.error(ast, 'This text holds half a surrogate pair.');
    return typed({ op: 'string', value, type: 'string', ...node });
  }
  if (typeof value === 'boolean') return typed({ op: 'boolean', value, type: 'boolean', ...node });
  if (value === null) {
    return checker.error(ast, 'There is no null: write has(x) to ask whether x is there.');
  }
  const text = checker.source.text.slice(ast.start, ast.end);
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return checker.error(
      ast,
      `${code(text)} is not a value that rules know: write a number or a text.`,
    );
  }
  const decimal = parseDecimal(text);
  if (decimal === null)
    return checker.error(ast, `${code(text)} is no number that rules can hold.`);
  const number = Number(value);
  if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
    return checker.error(ast, `${code(text)} is over 2^53: it cannot be held exactly.`);
  }
  return typed(
    { op: 'number', value: number, type: 'number', ...node },
    { isLiteral: true, decimal },
  );
}
