// `payment.X`, `of.X`, `event.X`: the life of a payment, read as fields that follow the file's own. A
// rule that reads one is evaluated again at each event, so none may stand where things are decided
// once: in what features count, in exemptions. A clock, payment.age() or payment.pendingFor(), moves
// with no event at all: it may only be compared, so that each comparison can be made a timer.

import type { Expression } from '../../../domain/expression.ts';
import type { LifeOwner } from '../../../domain/life.ts';
import { LIFE_OWNERS, isLifeCall, lifeField, lifeNames } from '../../../domain/life.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { wordList } from '../read-tree.ts';
import type { Checker } from './checker.ts';
import type { FieldInfo } from './scope.ts';
import { valueTypeOf } from './scope.ts';
import { lifeNameOf } from './timers.ts';
import type { Typed } from './typed.ts';
import { moneyExponent, typed } from './typed.ts';

/** The owner that `ast` is, or null. */
export function lifeOwnerOf(ast: ASTNode): LifeOwner | null {
  return ast.op === 'id' ? (LIFE_OWNERS.find((owner) => owner === ast.args) ?? null) : null;
}

/** `payment.state` */
export function checkLifeName(
  checker: Checker,
  ast: ASTNode,
  owner: LifeOwner,
  name: string,
): Typed | null {
  if (refusedHere(checker, ast)) return null;
  if (!isLifeCall(owner, name)) return lifeValue(checker, ast, owner, name);
  return checker.error(
    ast,
    `${owner}.${name} is called with parentheses: ${owner}.${name}().`,
    `${owner}.${name}()`,
  );
}

/** `payment.age()`; a clock only where `mayBeClock`. */
export function checkLifeCall(
  checker: Checker,
  ast: ASTNode & { readonly op: 'rcall' },
  owner: LifeOwner,
  mayBeClock: boolean,
): Typed | null {
  const [name, , given] = ast.args;
  if (refusedHere(checker, ast)) return null;
  if (!isLifeCall(owner, name)) {
    if (lifeField(owner, name, checker.scope.extraFields) === null)
      return unknown(checker, ast, owner, name);
    const message = `${owner}.${name} is no function: leave the parentheses away.`;
    return checker.error(ast, message, `${owner}.${name}`);
  }
  if (given.length > 0) {
    return checker.error(ast, `${owner}.${name}() takes nothing between its parentheses.`);
  }
  if (owner === 'payment' && !mayBeClock) return refuseClock(checker, ast, `${owner}.${name}()`);
  return lifeValue(checker, ast, owner, name);
}

export function refuseClock(checker: Checker, ast: ASTNode, clock: string): null {
  return checker.error(
    ast,
    `${clock} may only be compared with a duration: the engine must know when to look again.`,
  );
}

/** Quietly: the field that `ast` names, for deciding what kind of thing it is. */
export function lifeNamed(checker: Checker, ast: ASTNode): Pick<FieldInfo, 'type'> | null {
  const owner = ast.op === '.' ? lifeOwnerOf(ast.args[0]) : null;
  if (owner === null || ast.op !== '.') return null;
  const spec = lifeField(owner, ast.args[1], checker.scope.extraFields);
  return spec === null ? null : { type: valueTypeOf(spec.type) };
}

export function bareLifeName(checker: Checker, ast: ASTNode, owner: LifeOwner): null {
  const example = { payment: 'payment.state', of: 'of.state', event: 'event.kind' }[owner];
  return checker.error(ast, `${quote(owner)} itself is no value: name a part, such as ${example}.`);
}

function lifeValue(checker: Checker, ast: ASTNode, owner: LifeOwner, name: string): Typed | null {
  const { scope, uses } = checker;
  const spec = lifeField(owner, name, scope.extraFields);
  if (spec === null) return unknown(checker, ast, owner, name);
  const type = valueTypeOf(spec.type);
  if (type === 'money' && moneyExponent(checker, ast) === null) return null;
  // Another row's field must be read from that row, too.
  if (owner !== 'payment' && scope.fields.has(name)) uses.fieldNames.add(name);
  const field = scope.fields.size + uses.lifeField(spec);
  return typed({ op: 'field', field, type, ...checker.node(ast) });
}

/**
 * payment.conflict or of.conflict as a condition: there was one. That there was none can be said only of a
 * payment that is there: without one both are missing.
 */
export function conflictCondition(
  checker: Checker,
  ast: ASTNode,
  conflict: Expression,
  negated: boolean,
): Expression {
  const node = { type: 'boolean', ...checker.node(ast) } as const;
  const was: Expression = { op: 'has', value: conflict, negated, ...node };
  const name = lifeNameOf(conflict, checker.scope, checker.uses);
  const owner = LIFE_OWNERS.find((one) => name?.startsWith(`${one}.`) === true);
  if (!negated || owner === undefined) return was;
  // A payment that is there has a state.
  const state = lifeValue(checker, ast, owner, 'state');
  if (state === null) return was;
  const isThere: Expression = { op: 'has', value: state.expression, negated: false, ...node };
  return { op: 'and', args: [isThere, was], ...node };
}

function refusedHere(checker: Checker, ast: ASTNode): boolean {
  const { inside } = checker;
  if (inside.kind === 'row') return false;
  const what = code(checker.source.textOf(ast));
  const message =
    inside.kind === 'counted'
      ? `${what} may not stand in the ${inside.what}: which rows count is frozen when they arrive, and the life of a payment goes on.`
      : `${what} may not stand in an exemption: those are decided once, and the life of a payment goes on.`;
  checker.error(ast, message);
  return true;
}

function unknown(checker: Checker, ast: ASTNode, owner: LifeOwner, name: string): null {
  const { scope } = checker;
  if (scope.brokenFields.has(name)) return null;
  if (owner === 'payment' && scope.fields.has(name)) {
    const message = `The fields of the payment itself are those of tx: write tx.${name}.`;
    return checker.error(ast, message, `tx.${name}`);
  }
  const names = lifeNames(owner, scope.extraFields).map((one) => asWritten(owner, one));
  const isOfPayment = lifeNames('payment', []).includes(name);
  const near = isOfPayment ? `payment.${asWritten('payment', name)}` : nearMiss(name, names);
  return checker.error(ast, `${quote(owner)} has no ${quote(name)}; it has ${HAS[owner]}.`, near);
}

function asWritten(owner: LifeOwner, name: string): string {
  return isLifeCall(owner, name) ? `${name}()` : name;
}

const HAS: Readonly<Record<LifeOwner, string>> = {
  payment: wordList(
    lifeNames('payment', []).map((name) => asWritten('payment', name)),
    'and',
  ),
  of: 'what payment has, and the fields of the transaction',
  event: 'cause, and the fields of the transaction',
};
