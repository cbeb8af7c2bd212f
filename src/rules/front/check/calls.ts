// Function calls, `f(x)` and `x.f()`; features are called on an entity (features.ts).

import { RE2JS } from 're2js';
import type { Expression, FunctionName, ValueType } from '../../../domain/expression.ts';
import { nearMiss } from '../../../base/near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { isTimezone } from '../units.ts';
import type { Checker } from './checker.ts';
import { isLife } from './checker.ts';
import { comparable } from './compare.ts';
import { checkFeature, featureCallOf, FEATURE_NAMES } from './features.ts';
import { typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { become, isTextLiteral, mayBecome, refuseTextFeature, typed } from './typed.ts';

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

export function checkCall(checker: Checker, ast: CallNode): Typed | null {
  if (ast.op === 'rcall') {
    const call = featureCallOf(checker, ast);
    if (call !== null) return checkFeature(checker, ast, call);
    if (isLifeCall(checker, ast)) return null;
  }
  const name = nameOf(ast);
  const signature = SIGNATURES.get(name);
  if (signature !== undefined) return checkSignature(checker, ast, name as FunctionName, signature);
  switch (name) {
    case 'min':
    case 'max':
      return checkLeast(checker, ast, name);
    case 'abs':
    case 'round':
      return checkOneNumber(checker, ast, name);
    case 'version':
      return checkVersion(checker, ast);
    case 'duration':
      return checkDuration(checker, ast);
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

function isLifeCall(checker: Checker, ast: ASTNode & { readonly op: 'rcall' }): boolean {
  const [, receiver] = ast.args;
  if (receiver.op !== 'id' || !isLife(receiver.args)) return false;
  checker.lifeError(ast, receiver.args);
  return true;
}

function unknownFunction(checker: Checker, ast: CallNode, name: string): null {
  if (FEATURE_NAMES.includes(name)) {
    const owner = ast.op === 'rcall' && ast.args[1].op === 'id' ? ast.args[1].args : null;
    if (owner !== null && !checker.scope.names.has(owner)) {
      const entities = [...checker.scope.names.values()].filter(({ kind }) => kind === 'entity');
      const near = nearMiss(
        owner,
        entities.map((entity) => entity.name),
      );
      return checker.error(ast, `There is no entity ${quote(owner)}.`, near);
    }
    return checker.error(
      ast,
      `${quote(name)} is a feature of an entity: write account.${name}(…).`,
    );
  }
  return checker.error(ast, `There is no function ${quote(name)}.`, nearMiss(name, FUNCTION_NAMES));
}

function checkHas(checker: Checker, ast: CallNode, negated: boolean): Expression | null {
  const [argument, ...more] = argumentsOf(ast);
  if (argument === undefined || more.length > 0) {
    return checker.error(ast, 'has takes one value: has(tx.ip).');
  }
  const inner = checker.value(argument);
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
): { zone?: string; register?: number } | null {
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
      return register === null ? null : { register };
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
  const near =
    expression.op === 'string'
      ? nearMiss(expression.value, Intl.supportedValuesOf('timeZone'))
      : null;
  return checker.error(ast, 'A time zone is a text such as "Asia/Shanghai" or "UTC".', near);
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

/** min and max: two or more numbers, durations, amounts or times of one kind. */
function checkLeast(checker: Checker, ast: CallNode, name: 'min' | 'max'): Typed | null {
  const given = argumentsOf(ast);
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

function checkOneNumber(checker: Checker, ast: CallNode, name: 'abs' | 'round'): Typed | null {
  const [argument, ...more] = argumentsOf(ast);
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

function checkVersion(checker: Checker, ast: CallNode): Typed | null {
  const [argument, ...more] = argumentsOf(ast);
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

function checkDuration(checker: Checker, ast: CallNode): Typed | null {
  const [argument, ...more] = argumentsOf(ast);
  const value = argument === undefined ? null : checker.value(argument);
  if (argument === undefined || more.length > 0 || (value !== null && !isTextLiteral(value))) {
    return checker.error(ast, 'duration takes one text literal: duration("30s").');
  }
  if (value === null) return null;
  const result = become(checker, argument, value, 'duration');
  return result === null ? null : typed({ ...result.expression, ...checker.node(ast) });
}
