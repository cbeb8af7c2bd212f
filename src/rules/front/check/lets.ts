// Lets are macros. Here they are checked for circles and, once each, by themselves, so that a
// mistake in one is reported at its own place and not at every use.

import type { ASTNode } from '../cel-source.ts';
import { quote } from '../problem.ts';
import { Checker } from './checker.ts';
import { isBoolean } from './choose.ts';
import type { LetDeclaration, Scope } from './scope.ts';
import { Uses } from './scope.ts';

export function checkLets(scope: Scope, lets: readonly LetDeclaration[]): void {
  const order = orderLets(scope, lets);
  // What lets alone use is not part of the plan.
  const scratch = new Uses();
  for (const declaration of order) checkLet(scope, scratch, declaration);
}

function checkLet(scope: Scope, uses: Uses, declaration: LetDeclaration): void {
  const { ast, source } = declaration;
  if (ast === null || declaration.isBroken) return;
  const errorsBefore = scope.problems.errorCount;
  const checker = new Checker(scope, uses, source);
  const isWhole = checkBody(scope, checker, ast);
  // Where it names a broken one nothing is said again, and it is broken all the same.
  if (!isWhole || scope.problems.errorCount > errorsBefore) declaration.isBroken = true;
}

function checkBody(scope: Scope, checker: Checker, ast: ASTNode): boolean {
  if (ast.op === 'list') {
    return ast.args.map((element) => checker.value(element)).every((value) => value !== null);
  }
  // Another name for a list or a register, for the right side of "in".
  if (isSetName(scope, ast)) return true;
  if (isBoolean(checker, ast)) return checker.condition(ast, false) !== null;
  // A let may be a clock by itself: how it is used is seen at each use.
  return checker.value(ast, true) !== null;
}

function isSetName(scope: Scope, ast: ASTNode): boolean {
  if (ast.op !== 'id') return false;
  const target = scope.names.get(ast.args);
  if (target?.kind === 'let' && target.ast !== null) {
    return target.ast.op === 'list' || isSetName(scope, target.ast);
  }
  return target?.kind === 'list' || target?.kind === 'register';
}

/** Each let after the lets that it names; those in a circle are reported and marked broken. */
function orderLets(scope: Scope, lets: readonly LetDeclaration[]): LetDeclaration[] {
  const ordered: LetDeclaration[] = [];
  const done = new Set<LetDeclaration>();
  const inCircle = new Set<LetDeclaration>();
  const namesOf = new Map(
    lets.map((declaration) => [declaration, letsNamedBy(scope, declaration)]),
  );
  for (const root of lets) {
    // Depth first with its own stack: a chain of lets may be as long as the file.
    const path: { readonly let: LetDeclaration; next: number }[] = [{ let: root, next: 0 }];
    const onPath = new Set<LetDeclaration>([root]);
    if (done.has(root)) continue;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const child = namesOf.get(top.let)?.[top.next++];
      if (child === undefined) {
        path.pop();
        onPath.delete(top.let);
        done.add(top.let);
        ordered.push(top.let);
      } else if (onPath.has(child)) {
        reportCircle(
          scope,
          path.map((step) => step.let),
          child,
          inCircle,
        );
      } else if (!done.has(child)) {
        path.push({ let: child, next: 0 });
        onPath.add(child);
      }
    }
  }
  for (const declaration of inCircle) declaration.isBroken = true;
  return ordered;
}

function reportCircle(
  scope: Scope,
  path: readonly LetDeclaration[],
  again: LetDeclaration,
  inCircle: Set<LetDeclaration>,
): void {
  const circle = path.slice(path.indexOf(again));
  const names = [...circle, again].map(({ name }) => quote(name));
  if (!circle.every((member) => inCircle.has(member))) {
    scope.problems.error(again.source.node, `The let names go in a circle: ${names.join(' -> ')}.`);
  }
  for (const member of circle) inCircle.add(member);
}

function letsNamedBy(scope: Scope, { ast }: LetDeclaration): LetDeclaration[] {
  const found = new Set<LetDeclaration>();
  const stack: unknown[] = [ast];
  while (stack.length > 0) {
    const item = stack.pop();
    if (Array.isArray(item)) stack.push(...(item as unknown[]));
    if (typeof item !== 'object' || item === null || !('op' in item)) continue;
    const node = item as ASTNode;
    if (node.op === 'id') {
      const target = scope.names.get(node.args);
      if (target?.kind === 'let') found.add(target);
    } else stack.push(node.args);
  }
  return [...found];
}
