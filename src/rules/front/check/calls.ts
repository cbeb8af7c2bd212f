// Function calls, `f(x)` and `x.f()`; features are called on an entity (features.ts).

import { RE2JS } from 're2js';
import type { Expression, FunctionName, ValueType } from '../../../domain/expression.ts';
import { isLifeCall } from '../../../domain/life.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { noZone, wordList } from '../read-tree.ts';
import { isTimezone } from '../units.ts';
import type { Checker } from './checker.ts';
import { checkLifeCall, lifeOwnerOf } from './life.ts';
import { WINDOW_COLUMNS } from '../data-files.ts';
import { checkFeature, featureCallOf, FEATURE_NAMES } from './features.ts';
import { checkDuration, checkLeast, checkOneNumber, checkVersion } from './number-calls.ts';
import { typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { become, mayBecome, refuseTextFeature, typed } from './typed.ts';

interface Signature {
  readonly args: readonly ValueType[];
  readonly result: ValueType;
  /** A time zone may follow. */
  readonly takesZone?: true;
  /** Shown in messages. */
  readonly usage: string;
}

/** Functions of fixed parameters; min, max, abs, round, version, duration and has stand apart. */
const SIGNATURES: ReadonlyMap<string, Signature> = new Map<FunctionName, Signature>([
  [
    'startsWith',
    { args: ['string', 'string'], result: 'boolean', usage: 'startsWith(text, start)' },
  ],
  ['endsWith', { args: ['string', 'string'], result: 'boolean', usage: 'endsWith(text, end)' }],
  ['contains', { args: ['string', 'string'], result: 'boolean', usage: 'contains(text, part)' }],
  ['matches', { args: ['string', 'string'], result: 'boolean', usage: 'matches(text, "pattern")' }],
  ['lower', { args: ['string'], result: 'string', usage: 'lower(text)' }],
  ['trim', { args: ['string'], result: 'string', usage: 'trim(text)' }],
  ['size', { args: ['string'], result: 'number', usage: 'size(text)' }],
  ['hourOf', { args: ['time'], result: 'number', takesZone: true, usage: 'hourOf(time, zone?)' }],
  [
    'dayOfWeekOf',
    { args: ['time'], result: 'number', takesZone: true, usage: 'dayOfWeekOf(time, zone?)' },
  ],
  ['dateOf', { args: ['time'], result: 'date', takesZone: true, usage: 'dateOf(time, zone?)' }],
  [
    'kmBetween',
    {
      args: ['number', 'number', 'number', 'number'],
      result: 'number',
      usage: 'kmBetween(lat, lon, lat, lon)',
    },
  ],
  ['luhn', { args: ['string'], result: 'boolean', usage: 'luhn(text)' }],
  [
    'expired',
    { args: ['string', 'time'], result: 'boolean', usage: 'expired(tx.expiry, tx.time)' },
  ],
  ['inMaintenance', { args: ['string'], result: 'boolean', usage: 'inMaintenance(tx.terminal)' }],
]);

const OTHER_FUNCTIONS = ['min', 'max', 'abs', 'round', 'version', 'duration', 'has'] as const;
const PATTERN_LENGTH_MAX = 1024;
/** Names that a sentence lists. */
const LISTED_MAX = 24;

export const FUNCTION_NAMES: readonly string[] = [...SIGNATURES.keys(), ...OTHER_FUNCTIONS];

type CallNode = ASTNode & { readonly op: 'call' | 'rcall' };

function nameOf(ast: CallNode): string {
  return ast.args[0];
}

/** Arguments; of `x.f(y)` x is the first. */
function argumentsOf(ast: CallNode): readonly ASTNode[] {
  return ast.op === 'call' ? ast.args[1] : [ast.args[1], ...ast.args[2]];
}

export function callIsBoolean(ast: CallNode): boolean {
  return nameOf(ast) === 'has' || SIGNATURES.get(nameOf(ast))?.result === 'boolean';
}

/** @param mayBeClock whether it may be payment.age() or payment.pendingFor() */
export function checkCall(checker: Checker, ast: CallNode, mayBeClock: boolean): Typed | null {
  if (ast.op === 'rcall') {
    const call = featureCallOf(checker, ast);
    if (call !== null) return checkFeature(checker, ast, call);
    const owner = lifeOwnerOf(ast.args[1]);
    if (owner !== null) return checkLifeCall(checker, ast, owner, mayBeClock);
  }
  const name = nameOf(ast);
  const signature = SIGNATURES.get(name);
  if (signature !== undefined) return checkSignature(checker, ast, name as FunctionName, signature);
  switch (name) {
    case 'min':
    case 'max':
      return checkLeast(checker, ast, name, argumentsOf(ast));
    case 'abs':
    case 'round':
      return checkOneNumber(checker, ast, name, argumentsOf(ast));
    case 'version':
      return checkVersion(checker, ast, argumentsOf(ast));
    case 'duration':
      return checkDuration(checker, ast, argumentsOf(ast));
    default:
      return unknownFunction(checker, ast, name);
  }
}

export function checkCallCondition(
  checker: Checker,
  ast: CallNode,
  negated: boolean,
): Expression | null {
  const name = nameOf(ast);
  if (name === 'has') return checkHas(checker, ast, negated);
  const signature = SIGNATURES.get(name);
  if (signature === undefined) return null;
  const result = checkSignature(checker, ast, name as FunctionName, signature);
  if (result === null || !negated) return result?.expression ?? null;
  return { op: 'not', value: result.expression, type: 'boolean', ...checker.node(ast) };
}

function unknownFunction(checker: Checker, ast: CallNode, name: string): null {
  if (FEATURE_NAMES.includes(name)) return unownedFeature(checker, ast, name);
  if (/^not$/i.test(name)) return checker.error(ast, 'Write ! for not: !(tx.amount > 5).');
  const isOfPayment = ast.op === 'call' && isLifeCall('payment', name);
  const near = isOfPayment ? `payment.${name}()` : nearMiss(name, FUNCTION_NAMES);
  return checker.error(ast, `There is no function ${quote(name)}.`, near);
}

/** A feature that is asked of nothing, or of what is no entity. */
function unownedFeature(checker: Checker, ast: CallNode, name: string): null {
  const receiver = ast.op === 'rcall' ? ast.args[1] : null;
  const owner = ownerOf(receiver);
  const declared = owner === null ? undefined : checker.scope.names.get(owner);
  if (declared?.kind === 'broken') return null;
  const entities = [...checker.scope.names.values()].flatMap((declaration) =>
    declaration.kind === 'entity' ? [declaration.name] : [],
  );
  if (owner === 'prior') {
    const after = receiver?.op === '.' ? receiver.args[1] : '';
    const entity = entities.includes(after) ? after : 'account';
    const message = `"prior" stands after the entity: write ${entity}.prior.${name}(…).`;
    return checker.error(ast, message);
  }
  const isOwned = receiver?.op === 'id' || (receiver?.op === '.' && receiver.args[1] === 'prior');
  if (owner !== null && declared === undefined && isOwned) {
    const near = nearMiss(owner, entities);
    const isShort = near === null && entities.length <= LISTED_MAX;
    const others = isShort ? `; there are ${wordList(entities, 'and')}` : '';
    return checker.error(ast, `There is no entity ${quote(owner)}${others}.`, near);
  }
  if (receiver?.op === '.' && receiver.args[1] !== 'prior' && declared?.kind === 'entity') {
    const message = `Between ${quote(declared.name)} and ${name}(…) only "prior" may stand, not ${quote(receiver.args[1])}.`;
    return checker.error(ast, message, nearMiss(receiver.args[1], ['prior']));
  }
  if (receiver?.op === '.' && receiver.args[1] === 'prior' && isPrior(receiver.args[0])) {
    return checker.error(ast, `"prior." stands once: account.prior.${name}(…).`);
  }
  return checker.error(ast, `${quote(name)} is a feature of an entity: write account.${name}(…).`);
}

/** `account` of `account` and of `account.x`; null of anything else. */
function ownerOf(receiver: ASTNode | null): string | null {
  const owner = receiver?.op === '.' ? receiver.args[0] : receiver;
  return owner?.op === 'id' ? owner.args : null;
}

function isPrior(ast: ASTNode): boolean {
  return ast.op === '.' && ast.args[1] === 'prior';
}

function checkHas(checker: Checker, ast: CallNode, negated: boolean): Expression | null {
  const [argument, ...more] = argumentsOf(ast);
  if (argument === undefined || more.length > 0) {
    return checker.error(ast, 'has takes one value: has(tx.ip).');
  }
  const inner = checker.value(argument, true);
  if (inner === null) return null;
  const { op } = inner.expression;
  if (op === 'number' || op === 'string' || op === 'boolean') {
    return checker.error(
      argument,
      'has asks whether a field, a feature or a cell is there; this always is.',
    );
  }
  return { op: 'has', value: inner.expression, negated, type: 'boolean', ...checker.node(ast) };
}

function checkSignature(
  checker: Checker,
  ast: CallNode,
  name: FunctionName,
  signature: Signature,
): Typed | null {
  const given = argumentsOf(ast);
  const { args: types, takesZone, usage, result } = signature;
  const most = types.length + (takesZone === true ? 1 : 0);
  if (given.length < types.length || given.length > most) {
    return checker.error(ast, `${name} is called as ${usage}.`);
  }
  const args: Expression[] = [];
  types.forEach((type, index) => {
    const argument = checkArgument(checker, given[index] as ASTNode, type, usage);
    if (argument !== null) args.push(argument);
  });
  if (args.length < types.length) return null;
  const extra = extraOf(checker, ast, name, args, given);
  if (extra === null) return null;
  return typed({ op: 'call', name, args, ...extra, type: result, ...checker.node(ast) });
}

/** What a call carries beside its arguments: a zone, a register; or null after a report. */
function extraOf(
  checker: Checker,
  ast: CallNode,
  name: FunctionName,
  args: readonly Expression[],
  given: readonly ASTNode[],
): { zone?: string; register?: number; timeField?: number } | null {
  switch (name) {
    case 'hourOf':
    case 'dayOfWeekOf':
    case 'dateOf': {
      const zone = checkZone(checker, given[1]);
      return zone === null ? null : { zone };
    }
    case 'expired':
      return { zone: checker.scope.timezone };
    case 'matches':
      return checkPattern(checker, given[1] as ASTNode, args[1] as Expression) ? {} : null;
    case 'inMaintenance': {
      const register = windowsRegister(checker, ast);
      if (register === null) return null;
      // What features count is asked of the counted row's own time, in life rules too.
      const { timeField, inside } = checker;
      return timeField === null || inside.kind !== 'row' ? { register } : { register, timeField };
    }
    default:
      return {};
  }
}

function checkArgument(
  checker: Checker,
  ast: ASTNode,
  type: ValueType,
  usage: string,
): Expression | null {
  const value = checker.value(ast);
  if (value === null || refuseTextFeature(checker, ast, value)) return null;
  const { expression } = value;
  if (expression.type === type) return expression;
  if (mayBecome(value, type)) return become(checker, ast, value, type)?.expression ?? null;
  const message = `${code(expression.text)} is ${typeWords(expression.type)}; ${usage} expects ${typeWords(type)} here.`;
  return checker.error(ast, message);
}

function checkZone(checker: Checker, ast: ASTNode | undefined): string | null {
  if (ast === undefined) return checker.scope.timezone;
  const value = checker.value(ast);
  if (value === null) return null;
  const { expression } = value;
  if (expression.op === 'string' && isTimezone(expression.value)) return expression.value;
  if (expression.op !== 'string') {
    return checker.error(ast, 'A time zone is a text such as "Asia/Shanghai" or "UTC".');
  }
  const { message, near } = noZone(expression.value);
  return checker.error(ast, message, near);
}

function checkPattern(checker: Checker, ast: ASTNode, pattern: Expression): boolean {
  if (pattern.op !== 'string') {
    checker.error(ast, 'The pattern of matches must be a text literal.');
    return false;
  }
  if (pattern.value.length > PATTERN_LENGTH_MAX) {
    checker.error(ast, `A pattern has at most ${PATTERN_LENGTH_MAX} characters.`);
    return false;
  }
  try {
    RE2JS.compile(pattern.value);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    checker.error(ast, `The pattern is not one of RE2's syntax: ${quote(reason)}.`);
    return false;
  }
}

function windowsRegister(checker: Checker, ast: CallNode): number | null {
  const registers = [...checker.scope.names.values()].flatMap((declaration) =>
    declaration.kind === 'register' && declaration.isWindows ? [declaration] : [],
  );
  const [only] = registers;
  if (only !== undefined && registers.length === 1) return only.index;
  if (only === undefined) {
    const isBroken = [...checker.scope.names.values()].some(({ kind }) => kind === 'broken');
    if (isBroken) return null;
    const keyed = checker.scope.registers.find(({ columns }) =>
      WINDOW_COLUMNS.every((name) => columns.some((column) => column.name === name)),
    );
    if (keyed !== undefined) {
      const message = `inMaintenance needs a register without a key: ${quote(keyed.name)} has from, to and scope, but also a "key", remove it.`;
      return checker.error(ast, message);
    }
    return checker.error(
      ast,
      'inMaintenance needs a register with the columns from, to (types time) and scope; there is none.',
    );
  }
  const names = registers.map(({ name }) => quote(name)).join(', ');
  return checker.error(
    ast,
    `inMaintenance needs one register with the columns from, to and scope; there are ${registers.length}: ${names}.`,
  );
}
