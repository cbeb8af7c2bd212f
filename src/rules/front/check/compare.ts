// == != < <= > >=. Both sides have one type once literals have taken the other side's. A comparison
// of two conditions is written out as (x && y) || (!x && !y), so that a missing part makes it and
// its negation false like any other.

import type { CompareOperator, Expression } from '../../../domain/expression.ts';
import { OPPOSITE_OPERATOR, someNode } from '../../../domain/expression-tree.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { wordList } from '../read-tree.ts';
import type { Checker } from './checker.ts';
import { refuseClock } from './life.ts';
import { typeWords } from './scope.ts';
import { isClock, isMovingTime } from './timers.ts';
import type { Typed } from './typed.ts';
import { fit, isTextFeature, refuseTextFeature } from './typed.ts';

export function checkCompare(checker: Checker, ast: ASTNode, negated: boolean): Expression | null {
  const asts = ast.args as [ASTNode, ASTNode];
  const written = ast.op as CompareOperator;
  const operator = negated ? OPPOSITE_OPERATOR[written] : written;
  if (checker.isBoolean(asts[0]) || checker.isBoolean(asts[1])) {
    return compareConditions(checker, ast, asts, operator);
  }
  const [left, right] = sideValues(checker, asts);
  if (left === null || right === null) return null;
  if (refusesClocks(checker, asts, left, right)) return null;
  const sides = comparable(checker, ast, asts, left, right);
  if (sides === null) return null;
  const [a, b] = sides;
  const asksOrder = isOrder(written);
  if (asksOrder && (isTextFeature(a) || isTextFeature(b))) {
    refuseTextFeature(checker, ast, isTextFeature(a) ? a : b);
    return null;
  }
  if (!asksOrder && !checkEnum(checker, asts, a, b)) return null;
  const node = checker.node(ast);
  const constant = foldCompare(operator, a.expression, b.expression);
  if (constant !== null) {
    const value: Expression = { op: 'boolean', value: constant, type: 'boolean', ...node };
    return { op: 'truth', value, negated: false, type: 'boolean', ...node };
  }
  return {
    op: 'compare',
    operator,
    left: a.expression,
    right: b.expression,
    type: 'boolean',
    ...node,
  };
}

/** The values of both sides; a name that is none is looked at last, beside what it is compared with. */
function sideValues(
  checker: Checker,
  asts: readonly [ASTNode, ASTNode],
): readonly [Typed | null, Typed | null] {
  const [a, b] = asts;
  if (isNoValue(checker, a)) {
    const right = checker.value(b, true);
    return [besideValue(checker, a, right), right];
  }
  const left = checker.value(a, true);
  return [left, besideValue(checker, b, left)];
}

function isNoValue(checker: Checker, ast: ASTNode): ast is ASTNode & { readonly op: 'id' } {
  if (ast.op !== 'id') return false;
  const kind = checker.scope.names.get(ast.args)?.kind;
  return kind !== 'let' && kind !== 'broken';
}

function besideValue(checker: Checker, ast: ASTNode, other: Typed | null): Typed | null {
  if (other !== null && refuseBareText(checker, ast, other.expression)) return null;
  return checker.value(ast, true);
}

/** A name that stands where one of the values of `side` does is that text without its quotes. */
export function refuseBareText(checker: Checker, ast: ASTNode, side: Expression): boolean {
  if (!isNoValue(checker, ast)) return false;
  const field = fieldOf(checker, side);
  const values = field === null ? undefined : valuesOf(checker, field);
  if (values?.includes(ast.args) !== true) return false;
  const message = `${code(ast.args)} is no value here; a text stands in quotes: "${ast.args}".`;
  checker.error(ast, message);
  return true;
}

/** What a clock is compared with must stand still between events, or no timer could be set. */
function refusesClocks(
  checker: Checker,
  asts: readonly [ASTNode, ASTNode],
  left: Typed,
  right: Typed,
): boolean {
  const { scope, uses } = checker;
  const isMoving = (node: Expression): boolean => isMovingTime(node, scope, uses);
  const refused = [left, right].findIndex(({ expression }, side) => {
    const other = side === 0 ? right : left;
    return isClock(expression, scope, uses) && someNode(other.expression, isMoving);
  });
  if (refused === -1) return false;
  refuseClock(checker, asts[refused] as ASTNode, (refused === 0 ? left : right).expression.text);
  return true;
}

/** Both sides in one unit. */
export function comparable(
  checker: Checker,
  ast: ASTNode,
  asts: readonly [ASTNode, ASTNode],
  left: Typed,
  right: Typed,
): readonly [Typed, Typed] | null {
  const fitted = fit(checker, asts, left, right);
  if (fitted !== undefined) return fitted;
  const types = [left.expression.type, right.expression.type];
  // A duration is ms: it compares with plain numbers.
  if (types.includes('duration') && types.includes('number')) return [left, right];
  const leftIs = `${code(left.expression.text)} is ${typeWords(left.expression.type)}`;
  const rightIs = `${code(right.expression.text)} is ${typeWords(right.expression.type)}`;
  return checker.error(
    ast,
    `${leftIs}, ${rightIs}: they cannot be compared.${hint(ast, left, right)}`,
  );
}

function hint(ast: ASTNode, left: Typed, right: Typed): string {
  const types = [left.expression.type, right.expression.type];
  const text = left.expression.type === 'string' ? left : right;
  if (types.includes('version') && types.includes('string')) {
    return ` Write version(${text.expression.text}).`;
  }
  if (text.expression.type === 'string' && text.expression.op === 'string') {
    if (types.includes('boolean') || Number.isNaN(Number(text.expression.value))) return '';
    return ' A number is written without quotes.';
  }
  const number = text === left ? right : left;
  // Texts have an order, too, but not that of the numbers in them.
  const isWanted = !isOrder(ast.op) && ast.op !== 'call' && ast.op !== 'rcall';
  if (types.includes('string') && number.decimal !== null && isWanted) {
    return ` A text is written in quotes: "${number.expression.text}".`;
  }
  if (types.includes('time') && types.includes('date')) return ' Write dateOf(…) around the time.';
  return '';
}

function compareConditions(
  checker: Checker,
  ast: ASTNode,
  [left, right]: readonly [ASTNode, ASTNode],
  operator: CompareOperator,
): Expression | null {
  if (operator !== '==' && operator !== '!=') {
    if (isOrder(left.op)) return refuseChain(checker, ast, left, right);
    return checker.error(ast, 'Conditions have no order: compare them with == or !=.');
  }
  const isSame = operator === '==';
  // With a literal on one side it is the other side, or its negation.
  if (left.op === 'value' && typeof left.args === 'boolean') {
    return checker.condition(right, left.args !== isSame);
  }
  if (right.op === 'value' && typeof right.args === 'boolean') {
    return checker.condition(left, right.args !== isSame);
  }
  const node = checker.node(ast);
  const x = checker.condition(left, false);
  const y = checker.condition(right, !isSame);
  if (x === null || y === null) return null;
  const notX = checker.condition(left, true);
  const notY = checker.condition(right, isSame);
  if (notX === null || notY === null) return null;
  const both: Expression = { op: 'and', args: [x, y], type: 'boolean', ...node };
  const neither: Expression = { op: 'and', args: [notX, notY], type: 'boolean', ...node };
  return { op: 'or', args: [both, neither], type: 'boolean', ...node };
}

function isOrder(op: string): boolean {
  return op === '<' || op === '<=' || op === '>' || op === '>=';
}

/** `a < b < c` is read as `(a < b) < c`. */
function refuseChain(checker: Checker, ast: ASTNode, left: ASTNode, right: ASTNode): null {
  const { source } = checker;
  const [, middle] = left.args as [ASTNode, ASTNode];
  const apart = `${source.textOf(left)} && ${source.textOf(middle)} ${ast.op} ${source.textOf(right)}`;
  return checker.error(ast, `Comparisons make no chain: write ${code(apart)}.`);
}

/** A text that an enumerated field can never have is a typing error. */
export function checkEnum(
  checker: Checker,
  asts: readonly [ASTNode, ASTNode],
  left: Typed,
  right: Typed,
): boolean {
  return (
    checkEnumSide(checker, asts[1], left.expression, right.expression) &&
    checkEnumSide(checker, asts[0], right.expression, left.expression)
  );
}

function checkEnumSide(
  checker: Checker,
  ast: ASTNode,
  side: Expression,
  literal: Expression,
): boolean {
  if (literal.op !== 'string') return true;
  const field = fieldOf(checker, side);
  const values = field === null ? undefined : valuesOf(checker, field);
  if (values === undefined || values.includes(literal.value)) return true;
  const message = `${side.text} is never ${quote(literal.value)}: it is ${wordList(values)}.`;
  checker.error(ast, message, nearMiss(literal.value, values));
  return false;
}

/** The field whose values `side` has: its own, or that of the row which `last` looks at. */
function fieldOf(checker: Checker, side: Expression): number | null {
  if (side.op === 'field') return side.field;
  if (side.op !== 'feature') return null;
  const feature = checker.uses.features[side.feature];
  return feature?.fn === 'last' && feature.value?.op === 'field' ? feature.value.field : null;
}

function valuesOf(checker: Checker, field: number): readonly string[] | undefined {
  const { fields } = checker.scope;
  const life = checker.uses.lifeFields[field - fields.size];
  return (life ?? [...fields.values()][field]?.spec)?.values;
}

function foldCompare(operator: CompareOperator, a: Expression, b: Expression): boolean | null {
  if (a.op !== 'number' || b.op !== 'number') return null;
  switch (operator) {
    case '<':
      return a.value < b.value;
    case '<=':
      return a.value <= b.value;
    case '>':
      return a.value > b.value;
    case '>=':
      return a.value >= b.value;
    case '==':
      return a.value === b.value;
    case '!=':
      return a.value !== b.value;
  }
}
