// Features of entities, `account.prior.avg("30d", tx.amount)`: checked, given a canonical key and
// deduplicated. Inside where, value and field `tx` is the counted row and no features are known.

import type { Expression, ValueType } from '../../../domain/expression.ts';
import type { FeatureFunction, FeatureSpec, FeatureWindow } from '../../../domain/plan.ts';
import { nearMiss } from '../near-miss.ts';
import type { ASTNode } from '../cel-source.ts';
import { isText } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { wordList } from '../read-tree.ts';
import { canonical } from './canonical.ts';
import type { Checker } from './checker.ts';
import { isWholeNumber, namesOtherKinds } from './feature-facts.ts';
import type { EntityDeclaration } from './scope.ts';
import { FEATURES_MAX, typeWords } from './scope.ts';
import type { Typed } from './typed.ts';
import { typed } from './typed.ts';
import { checkWindow, windowText } from './windows.ts';

type Parameter = 'window' | 'where' | 'where?' | 'value' | 'field';

const PARAMETERS: Readonly<Record<FeatureFunction, readonly Parameter[]>> = {
  count: ['window', 'where?'],
  sum: ['window', 'value', 'where?'],
  avg: ['window', 'value', 'where?'],
  min: ['window', 'value', 'where?'],
  max: ['window', 'value', 'where?'],
  distinct: ['window', 'field', 'where?'],
  ratio: ['window', 'where', 'where'],
  last: ['field'],
  sinceLast: [],
  age: [],
  distanceKm: ['where?'],
  speedKmh: ['where?'],
};

export const FEATURE_NAMES: readonly string[] = Object.keys(PARAMETERS);

export interface FeatureCall {
  readonly entity: EntityDeclaration;
  readonly prior: boolean;
}

type MethodNode = ASTNode & { readonly op: 'rcall' };

/** The entity that `ast` is called on, or null where it is called on something else. */
export function featureCallOf(checker: Checker, ast: MethodNode): FeatureCall | null {
  const [, receiver] = ast.args;
  const isPrior = receiver.op === '.' && receiver.args[1] === 'prior';
  const owner = isPrior ? receiver.args[0] : receiver;
  if (owner.op !== 'id') return null;
  const declaration = checker.scope.names.get(owner.args);
  return declaration?.kind === 'entity' ? { entity: declaration, prior: isPrior } : null;
}

export function checkFeature(checker: Checker, ast: MethodNode, call: FeatureCall): Typed | null {
  const [name, , given] = ast.args;
  const { entity, prior } = call;
  const text = checker.source.textOf(ast);
  if (checker.inside.kind === 'counted') {
    const message = `${code(text)} is a feature; in the ${checker.inside.what} only tx, lists, registers and let names without features may stand.`;
    return checker.error(ast, message);
  }
  if (!FEATURE_NAMES.includes(name)) {
    const near = nearMiss(name, FEATURE_NAMES);
    const expected = near === null ? `; there are ${FEATURE_NAMES.join(', ')}` : '';
    return checker.error(
      ast,
      `${quote(entity.name)} has no feature ${quote(name)}${expected}.`,
      near,
    );
  }
  const fn = name as FeatureFunction;
  const parameters = PARAMETERS[fn];
  if (prior && parameters[0] !== 'window') {
    return checker.error(ast, `${fn} looks at earlier rows only: leave "prior." away.`);
  }
  const needed = parameters.filter((parameter) => parameter !== 'where?').length;
  if (given.length < needed || given.length > parameters.length) {
    return checker.error(ast, `${fn} is called as ${usage(entity.name, fn)}.`);
  }
  const parts = checkParts(checker, fn, parameters, given);
  if (parts === null) return null;
  return makeFeature(checker, ast, call, fn, parts);
}

function usage(entity: string, fn: FeatureFunction): string {
  const words = PARAMETERS[fn].map((parameter) => (parameter === 'window' ? '"10m"' : parameter));
  return `${entity}.${fn}(${words.join(', ')})`;
}

interface Parts {
  window: FeatureWindow | null;
  value: Expression | null;
  wheres: Expression[];
}

function checkParts(
  checker: Checker,
  fn: FeatureFunction,
  parameters: readonly Parameter[],
  given: readonly ASTNode[],
): Parts | null {
  const parts: Parts = { window: null, value: null, wheres: [] };
  let isWhole = true;
  given.forEach((argument, index) => {
    const parameter = parameters[index] as Parameter;
    if (parameter === 'window') {
      parts.window = checkWindow(checker, argument, given.slice(1));
      isWhole &&= parts.window !== null;
      return;
    }
    // A text after what is no window was meant to be the window.
    const isLate = isText(argument) && !isText(given[0] as ASTNode);
    if (!isWhole && parts.window === null && isLate) return;
    const what = parameter === 'where?' ? 'where' : parameter;
    const result = insideCounted(checker, `${what} of ${fn}`, () => {
      if (parameter === 'value') return checkSummand(checker, argument, fn);
      if (parameter === 'field') return checkField(checker, argument, fn);
      return checker.condition(argument, false);
    });
    if (result === null) isWhole = false;
    else if (parameter === 'value' || parameter === 'field') parts.value = result;
    else parts.wheres.push(result);
  });
  return isWhole ? parts : null;
}

function insideCounted<T>(checker: Checker, what: string, check: () => T): T {
  const before = checker.inside;
  checker.inside = { kind: 'counted', what };
  const result = check();
  checker.inside = before;
  return result;
}

function checkSummand(checker: Checker, ast: ASTNode, fn: FeatureFunction): Expression | null {
  const value = checker.value(ast);
  if (value === null) return null;
  const { type } = value.expression;
  const isAmount = type === 'number' || type === 'money' || type === 'duration';
  const hasOrder = (fn === 'min' || fn === 'max') && (type === 'time' || type === 'date');
  if (isAmount || hasOrder) return value.expression;
  const kinds = ['a number', 'money', 'a duration'];
  if (fn === 'min' || fn === 'max') kinds.push('a time', 'a date');
  const needs = `${fn} needs ${wordList(kinds)}`;
  return checker.error(ast, `${code(value.expression.text)} is ${typeWords(type)}: ${needs}.`);
}

function checkField(checker: Checker, ast: ASTNode, fn: FeatureFunction): Expression | null {
  const value = checker.value(ast);
  if (value === null) return null;
  if (value.expression.op === 'field') return value.expression;
  return checker.error(ast, `${fn} is of a field of the transaction, such as tx.merchant.`);
}

function typeOfFeature(fn: FeatureFunction, value: Expression | null): ValueType {
  switch (fn) {
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
    case 'last':
      return value?.type ?? 'number';
    case 'sinceLast':
    case 'age':
      return 'duration';
    default:
      return 'number';
  }
}

function makeFeature(
  checker: Checker,
  ast: MethodNode,
  { entity, prior }: FeatureCall,
  fn: FeatureFunction,
  { window, value, wheres }: Parts,
): Typed | null {
  const { scope, uses } = checker;
  const [where = null, whereOf = null] = wheres;
  if (fn === 'distanceKm' || fn === 'speedKmh') {
    uses.fieldNames.add('lat');
    uses.fieldNames.add('lon');
  }
  const type = typeOfFeature(fn, value);
  const shown = [
    ...(window === null ? [] : [windowText(window)]),
    ...(value === null ? [] : [canonical(value, scope)]),
    ...wheres.map((condition) => canonical(condition, scope)),
  ];
  const spec: FeatureSpec = {
    entity: uses.entity(entity, scope.fields),
    fn,
    window,
    prior,
    where,
    whereOf,
    value,
    decidedOnly: !wheres.some((condition) => namesOtherKinds(condition, scope)),
    isInteger: (fn === 'sum' || fn === 'avg') && value !== null && isWholeNumber(value, scope),
    type,
    key: `${entity.name}.${prior ? 'prior.' : ''}${fn}(${shown.join(', ')})`,
  };
  const feature = uses.feature(spec);
  if (feature >= FEATURES_MAX) return tooManyFeatures(checker, ast);
  return typed({ op: 'feature', feature, type, ...checker.node(ast) });
}

function tooManyFeatures(checker: Checker, ast: ASTNode): null {
  if (checker.scope.said.has('features')) return null;
  checker.scope.said.add('features');
  return checker.error(ast, `The rules use more than ${FEATURES_MAX} different features.`);
}
