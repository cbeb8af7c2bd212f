// The expressions of rules and exemptions: parsed and checked, and what makes a rule a life rule. That
// is known only when condition and score are checked; a life rule asks inMaintenance about the
// instant of its evaluation rather than the transaction's, so one that asks is checked again with it.

import type { Expression } from '../../domain/expression.ts';
import { someNode } from '../../domain/expression-tree.ts';
import { nowField } from '../../domain/life.ts';
import type { ASTNode } from './cel-source.ts';
import { CelSource, parseCel } from './cel-source.ts';
import type { Inside } from './check/checker.ts';
import { Checker } from './check/checker.ts';
import type { Scope, Uses } from './check/scope.ts';
import { TIMERS_MAX, typeWords } from './check/scope.ts';
import { addTimers } from './check/timers.ts';
import { isEmpty, readScalar } from './read-tree.ts';
import type { ScalarNode, Tree } from './yaml-tree.ts';

export interface RuleBody {
  readonly when: Expression;
  readonly score: Expression | null;
  readonly isLife: boolean;
}

interface Parsed {
  readonly source: CelSource;
  readonly ast: ASTNode;
}

export class RuleExpressions {
  readonly #scope: Scope;
  readonly #uses: Uses;

  constructor(scope: Scope, uses: Uses) {
    this.#scope = scope;
    this.#uses = uses;
  }

  /** The condition of an exemption. */
  exemption(tree: Tree | undefined): Expression | null {
    const parsed = tree === undefined ? null : this.#parse(tree);
    return parsed === null ? null : this.#condition(parsed, { kind: 'exemption' }, null);
  }

  /** Condition and score of a rule; all that is wrong with either is reported. */
  rule(whenTree: Tree | undefined, scoreTree: Tree | undefined): RuleBody | null {
    const when = whenTree === undefined ? null : this.#parse(whenTree);
    const score = scoreTree === undefined ? null : this.#parse(scoreTree);
    const check = (timeField: number | null): Omit<RuleBody, 'isLife'> | null => {
      const condition = when === null ? null : this.#condition(when, { kind: 'row' }, timeField);
      const number =
        score === null || scoreTree === undefined ? null : this.#score(score, scoreTree, timeField);
      if (condition === null || (scoreTree !== undefined && number === null)) return null;
      return { when: condition, score: number };
    };
    const body = check(null);
    if (body === null || !this.#isLife(body))
      return body === null ? null : { ...body, isLife: false };
    const asksNow = someIn(body, (node) => node.op === 'call' && node.name === 'inMaintenance');
    const final = asksNow
      ? check(this.#scope.fields.size + this.#uses.lifeField(nowField()))
      : body;
    if (final === null) return null;
    addTimers(final.when, this.#scope, this.#uses);
    if (final.score !== null) addTimers(final.score, this.#scope, this.#uses);
    if (this.#uses.timers.length > TIMERS_MAX) this.#tooManyTimers(whenTree);
    return { ...final, isLife: true };
  }

  #isLife(body: Omit<RuleBody, 'isLife'>): boolean {
    return someIn(body, (node) => node.op === 'field' && node.field >= this.#scope.fields.size);
  }

  #tooManyTimers(tree: Tree | undefined): void {
    const { said, problems } = this.#scope;
    if (tree === undefined || said.has('timers')) return;
    said.add('timers');
    problems.error(tree, `The rules make more than ${TIMERS_MAX} different timers.`);
  }

  #parse(tree: Tree): Parsed | null {
    const { problems } = this.#scope;
    if (isEmpty(tree)) return problems.error(tree, 'An expression is expected here.');
    const scalar: ScalarNode | null = readScalar(tree, 'an expression', problems);
    const source = scalar === null ? null : new CelSource(scalar);
    const ast = source === null ? null : parseCel(source, problems);
    return source === null || ast === null ? null : { source, ast };
  }

  #condition({ source, ast }: Parsed, inside: Inside, timeField: number | null): Expression | null {
    const checker = new Checker(this.#scope, this.#uses, source, timeField);
    checker.inside = inside;
    return checker.condition(ast, false);
  }

  #score({ source, ast }: Parsed, tree: Tree, timeField: number | null): Expression | null {
    const result = new Checker(this.#scope, this.#uses, source, timeField).value(ast);
    if (result === null) return null;
    const { type } = result.expression;
    if (type === 'number') return result.expression;
    const hint = type === 'money' ? '; divide it by money' : '';
    return this.#scope.problems.error(
      tree,
      `A score is a plain number; this is ${typeWords(type)}${hint}.`,
    );
  }
}

function someIn(
  { when, score }: Omit<RuleBody, 'isLife'>,
  test: (node: Expression) => boolean,
): boolean {
  return someNode(when, test) || (score !== null && someNode(score, test));
}
