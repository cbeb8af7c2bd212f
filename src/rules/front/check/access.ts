// `tx.field` and `register[key].column`; for `payment.state` see life.ts.

import type { Expression } from '../../../domain/expression.ts';
import type { RegisterColumn } from '../../../domain/plan.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { isIdentifier } from '../names.ts';
import { counted, wordList } from '../read-tree.ts';
import type { Checker } from './checker.ts';
import { FEATURE_NAMES } from './features.ts';
import { checkLifeName, lifeOwnerOf } from './life.ts';
import type { FieldInfo, RegisterDeclaration } from './scope.ts';
import { typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { moneyExponent, refuseTextFeature, typed } from './typed.ts';

type AccessNode = ASTNode & { readonly op: '.' };

export function checkAccess(checker: Checker, ast: AccessNode): Typed | null {
  const [owner, name] = ast.args;
  if (owner.op === 'id') {
    if (owner.args === 'tx') return fieldValue(checker, ast, name);
    const life = lifeOwnerOf(owner);
    if (life !== null) return checkLifeName(checker, ast, life, name);
    return notAField(checker, ast, owner.args, name);
  }
  if (owner.op === '[]') return cellValue(checker, ast, owner, name);
  const message = `${code(checker.source.textOf(ast))} is not understood: values are tx.field, register[key].column or entity.feature(…).`;
  return checker.error(ast, message);
}

function fieldValue(checker: Checker, ast: AccessNode, name: string): Typed | null {
  const field = checker.scope.fields.get(name);
  if (field === undefined) {
    if (checker.scope.brokenFields.has(name)) return null;
    const message = `The transaction has no field ${quote(name)}; others than the contract's are declared under "fields".`;
    return checker.error(ast, message, nearMiss(name, checker.scope.fields.keys()));
  }
  if (field.type === 'money' && moneyExponent(checker, ast) === null) return null;
  checker.uses.fieldNames.add(name);
  return typed({ op: 'field', field: field.number, type: field.type, ...checker.node(ast) });
}

/** Quietly: the field that `ast` names, for deciding what kind of thing it is. */
export function fieldNamed(checker: Checker, ast: ASTNode): FieldInfo | null {
  if (ast.op !== '.' || ast.args[0].op !== 'id' || ast.args[0].args !== 'tx') return null;
  return checker.scope.fields.get(ast.args[1]) ?? null;
}

/** Quietly: the register column that `ast` names. */
export function columnNamed(checker: Checker, ast: ASTNode): RegisterColumn | null {
  if (ast.op !== '.' || ast.args[0].op !== '[]') return null;
  const [owner] = ast.args[0].args;
  const declaration = owner.op === 'id' ? checker.scope.names.get(owner.args) : undefined;
  if (declaration?.kind !== 'register') return null;
  const { columns } = checker.scope.registers[declaration.index] ?? { columns: [] };
  return columns.find(({ name }) => name === ast.args[1]) ?? null;
}

function notAField(checker: Checker, ast: AccessNode, owner: string, name: string): null {
  const declaration = checker.scope.names.get(owner);
  switch (declaration?.kind) {
    case 'entity':
      if (checker.scope.fields.has(name) && !FEATURE_NAMES.includes(name)) {
        const message = `${quote(name)} is a field of the transaction, not of ${quote(owner)}: write tx.${name}.`;
        return checker.error(ast, message, `tx.${name}`);
      }
      return checker.error(
        ast,
        `Features of ${quote(owner)} are called with parentheses, such as ${owner}.count("10m").`,
      );
    case 'register':
      return checker.error(ast, `A register is read by key: ${owner}[key].${name}.`);
    case 'list':
      return checker.error(
        ast,
        `${quote(owner)} is a list: it may only stand on the right of "in".`,
      );
    case 'let':
      return checker.error(ast, `${quote(owner)} is a let name and has no parts.`);
    case 'broken':
      return null;
    default:
  }
  const near = nearMiss(owner, ['tx', ...checker.scope.names.keys()]);
  return checker.error(ast, `Unknown name ${quote(owner)}.`, near);
}

function cellValue(
  checker: Checker,
  ast: AccessNode,
  look: ASTNode & { readonly op: '[]' },
  columnName: string,
): Typed | null {
  const [owner, keyAst] = look.args;
  const register = registerNamed(checker, owner);
  if (register === null) return null;
  const data = checker.scope.registers[register.index];
  if (data === undefined) return null;
  if (isAskedAsWindows(register, data.keyColumns)) return refuseWindows(checker, ast, data.name);
  const key = checkKey(checker, keyAst, data.name, data.keyColumns);
  const column = data.columns.findIndex(({ name }) => name === columnName);
  if (column === -1) {
    const names = data.columns.map(({ name }) => name);
    const message = `Register ${quote(data.name)} has no column ${quote(columnName)}; it has ${wordList(names, 'and')}.`;
    const near = nearMiss(columnName, names);
    if (near === null || isIdentifier(near)) return checker.error(ast, message, near);
    const why = 'a column that expressions name has letters, digits and _ only';
    return checker.error(ast, `${message} ${quote(near)} cannot be read: ${why}.`);
  }
  if (key === null) return null;
  const type = data.columns[column]?.type ?? 'string';
  return typed({ op: 'cell', register: register.index, column, key, type, ...checker.node(ast) });
}

/** A register of windows has many rows of one scope, so none that a scope alone could name. */
export function isAskedAsWindows(
  { isWindows }: RegisterDeclaration,
  keyColumns: readonly string[],
): boolean {
  return isWindows && keyColumns.length === 1;
}

export function refuseWindows(checker: Checker, ast: ASTNode, name: string): null {
  return checker.error(ast, `${quote(name)} is a register of time windows: ask inMaintenance(…).`);
}

function registerNamed(checker: Checker, owner: ASTNode): RegisterDeclaration | null {
  if (owner.op !== 'id') {
    return checker.error(owner, 'Only a register can be read with [key].');
  }
  const declaration = checker.scope.names.get(owner.args);
  if (declaration?.kind === 'register') return declaration;
  if (declaration?.kind === 'broken') return null;
  if (declaration !== undefined) {
    return checker.error(
      owner,
      `${quote(owner.args)} is no register: only a register can be read with [key].`,
    );
  }
  const registers = [...checker.scope.names.values()].filter(({ kind }) => kind === 'register');
  const near = nearMiss(
    owner.args,
    registers.map(({ name }) => name),
  );
  return checker.error(owner, `There is no register ${quote(owner.args)}.`, near);
}

/** `name[key].column`, `key in register` or `value in list`. */
type KeyUse = 'read' | 'register' | 'list';

function wrongParts(name: string, columns: readonly string[], given: number, use: KeyUse): string {
  if (use === 'list') {
    return `The list ${quote(name)} holds single texts: on the left of "in" stands one, not ${given} in brackets.`;
  }
  const key = columns.length === 1 ? columns.join() : `[${columns.join(', ')}]`;
  const form = use === 'read' ? `${name}[${key}]` : `${key} in ${name}`;
  return `The key of ${quote(name)} has ${counted(columns.length, 'part')}, as ${code(form)}, not ${given}.`;
}

/** The parts of a key, `x` or `[x, y]`, each a text. */
export function checkKey(
  checker: Checker,
  ast: ASTNode,
  name: string,
  columns: readonly string[],
  use: KeyUse = 'read',
): Expression[] | null {
  const parts = ast.op === 'list' ? ast.args : [ast];
  if (parts.length !== columns.length) {
    return checker.error(ast, wrongParts(name, columns, parts.length, use));
  }
  // What is in a set may be asked of a remembered text, too: both are hashed.
  const allowTextFeature = use !== 'read';
  const key: Expression[] = [];
  for (const part of parts) {
    const value = checker.value(part);
    if (value === null) continue;
    const { expression } = value;
    if (expression.type !== 'string') {
      const message = `${code(expression.text)} is ${typeWords(expression.type)}; the key of ${quote(name)} is a text.`;
      checker.error(part, message);
    } else if (allowTextFeature || !refuseTextFeature(checker, part, value)) key.push(expression);
  }
  return key.length === parts.length ? key : null;
}
