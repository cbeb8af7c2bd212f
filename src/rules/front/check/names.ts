// What to say of a name that stands where a value is expected and is none.

import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { quote } from '../problem.ts';
import type { Checker } from './checker.ts';
import { bareLifeName, lifeOwnerOf } from './life.ts';

export function notAValue(checker: Checker, ast: ASTNode & { readonly op: 'id' }): null {
  const name = ast.args;
  const declaration = checker.scope.names.get(name);
  switch (declaration?.kind) {
    case 'entity':
      if (checker.scope.fields.has(name)) {
        const message = `${quote(name)} is an entity and no value; the field of the transaction is written tx.${name}.`;
        return checker.error(ast, message, `tx.${name}`);
      }
      return checker.error(
        ast,
        `${quote(name)} is an entity: ask one of its features, such as ${name}.count("10m").`,
      );
    case 'list':
      return checker.error(
        ast,
        `${quote(name)} is a list: it may only stand on the right of "in".`,
      );
    case 'register':
      return checker.error(
        ast,
        `${quote(name)} is a register: write "key in ${name}" or ${name}[key].column.`,
      );
    case 'broken':
      return null;
    default:
  }
  if (name === 'tx')
    return checker.error(
      ast,
      'The transaction itself is no value: name a field, such as tx.amount.',
    );
  const owner = lifeOwnerOf(ast);
  if (owner !== null) return bareLifeName(checker, ast, owner);
  if (checker.scope.fields.has(name)) {
    return checker.error(
      ast,
      `Unknown name ${quote(name)}; a field of the transaction is written tx.${name}.`,
      `tx.${name}`,
    );
  }
  return checker.error(
    ast,
    `Unknown name ${quote(name)}.`,
    nearMiss(name, ['tx', 'true', 'false', ...checker.scope.names.keys()]),
  );
}
