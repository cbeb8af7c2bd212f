// `x in list`, `x in register`, `[a, b] in register`, `x in ["a", "b"]`.

import type { Expression } from '../../../domain/expression.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { isText } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { checkKey, isAskedAsWindows, refuseWindows } from './access.ts';
import type { Checker } from './checker.ts';
import { checkEnum, comparable, refuseBareText } from './compare.ts';
import type { Typed } from './typed.ts';

export function checkIn(checker: Checker, ast: ASTNode, negated: boolean): Expression | null {
  const [left, right] = ast.args as [ASTNode, ASTNode];
  if (left.op === '!_') return refuseNotBeforeIn(checker, left, right);
  const atom =
    right.op === 'list' ? inLiteral(checker, ast, left, right) : inNamed(checker, ast, left, right);
  if (atom === null || !negated) return atom;
  return { op: 'not', value: atom, type: 'boolean', ...checker.node(ast) };
}

/** `!x in y` is read as `(!x) in y`. */
function refuseNotBeforeIn(
  checker: Checker,
  left: ASTNode & { readonly op: '!_' },
  right: ASTNode,
): null {
  const { source } = checker;
  const whole = `!(${source.textOf(left.args)} in ${source.textOf(right)})`;
  const message = `${code(source.textOf(left))} is a condition, true or false: write ${code(whole)}.`;
  return checker.error(left, message);
}

function inNamed(checker: Checker, ast: ASTNode, left: ASTNode, right: ASTNode): Expression | null {
  if (right.op !== 'id') {
    checker.value(left);
    if (isText(right)) {
      const list = `[${checker.source.textOf(right)}]`;
      return checker.error(right, `A list stands in square brackets: write ${code(list)}.`);
    }
    return checker.error(
      right,
      'On the right of "in" stands a list, a register or a list in brackets.',
    );
  }
  const declaration = checker.scope.names.get(right.args);
  switch (declaration?.kind) {
    case 'list':
      return inSet(checker, ast, left, { set: 'list', ...declaration, columns: ['value'] });
    case 'register': {
      const columns = checker.scope.registers[declaration.index]?.keyColumns ?? [];
      if (isAskedAsWindows(declaration, columns)) {
        checker.value(left);
        return refuseWindows(checker, right, declaration.name);
      }
      return inSet(checker, ast, left, { set: 'register', ...declaration, columns });
    }
    case 'let':
      return checker.insideLet(declaration, right, (inner) =>
        inner.op === 'list' || inner.op === 'id'
          ? inLet(checker, ast, left, inner)
          : checker.error(right, `${quote(right.args)} is no list.`),
      );
    case 'broken':
      checker.value(left);
      return null;
    case 'entity':
      checker.value(left);
      return checker.error(
        right,
        `${quote(right.args)} is an entity; on the right of "in" stands a list or register.`,
      );
    default:
  }
  checker.value(left);
  const sets = [...checker.scope.names.values()].filter(
    ({ kind }) => kind === 'list' || kind === 'register',
  );
  const near = nearMiss(
    right.args,
    sets.map(({ name }) => name),
  );
  return checker.error(right, `There is no list or register ${quote(right.args)}.`, near);
}

/** The right side came from a let: the left one is still in the text around it. */
function inLet(checker: Checker, ast: ASTNode, left: ASTNode, inner: ASTNode): Expression | null {
  return checker.outsideLet((restore) => {
    if (inner.op !== 'list') return inNamed(checker, ast, left, inner);
    return inLiteral(checker, ast, left, inner, restore);
  });
}

/** What `left in [true]` or `left in [false]` means. */
function asCondition(checker: Checker, left: ASTNode, element: ASTNode): string {
  const text = checker.source.textOf(left);
  const isOne = left.op === '.' || left.op === 'id';
  return `: write ${code(element.args === true ? text : isOne ? `!${text}` : `!(${text})`)}`;
}

interface NamedSet {
  readonly set: 'list' | 'register';
  readonly index: number;
  readonly name: string;
  readonly columns: readonly string[];
}

function inSet(
  checker: Checker,
  ast: ASTNode,
  left: ASTNode,
  { set, index, name, columns }: NamedSet,
): Expression | null {
  const key = checkKey(checker, left, name, columns, set);
  if (key === null) return null;
  return { op: 'in', set, index, key, elements: [], type: 'boolean', ...checker.node(ast) };
}

function memberValue(checker: Checker, element: ASTNode, subject: Typed | null): Typed | null {
  if (subject !== null && refuseBareText(checker, element, subject.expression)) return null;
  return checker.value(element);
}

function inLiteral(
  checker: Checker,
  ast: ASTNode,
  left: ASTNode,
  right: ASTNode & { readonly op: 'list' },
  inSourceOfList: <T>(run: () => T) => T = (run) => run(),
): Expression | null {
  if (right.args.length === 0) return checker.error(ast, 'Nothing is in an empty list.');
  const subject = checker.value(left);
  let key: Typed | null = subject;
  const elements: Expression[] = [];
  for (const element of right.args) {
    const value = inSourceOfList(() => memberValue(checker, element, subject));
    if (value === null || subject === null) continue;
    if (value.expression.op !== 'number' && value.expression.op !== 'string') {
      const isAlone = right.args.length === 1 && value.expression.op === 'boolean';
      const itself = isAlone ? asCondition(checker, left, element) : '';
      const message = `A list in brackets holds numbers and texts only${itself}.`;
      inSourceOfList(() => checker.error(element, message));
      continue;
    }
    const sides = comparable(checker, element, [left, element], subject, value);
    if (sides === null || !checkEnum(checker, [left, element], sides[0], sides[1])) continue;
    key = sides[0];
    elements.push(sides[1].expression);
  }
  if (key === null || elements.length !== right.args.length) return null;
  const node = checker.node(ast);
  return {
    op: 'in',
    set: 'literal',
    index: -1,
    key: [key.expression],
    elements,
    type: 'boolean',
    ...node,
  };
}
