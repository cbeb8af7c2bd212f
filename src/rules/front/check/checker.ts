// The checker of one expression: walks CEL's tree and makes the typed tree of domain/expression.ts.
// Conditions are walked with a flag that says whether they are negated, so negations end at the
// atoms; `let` names are macros, checked anew at each use. Every problem is reported, then null
// travels up: what depends on a broken part stays silent. Work is bounded by nodes and depth, since
// nested lets could otherwise double without end.

import type { Expression, SourcePlace } from '../../../domain/expression.ts';
import type { ASTNode, CelSource } from '../cel-source.ts';
import { code, quote } from '../problem.ts';
import { placeOf } from '../source-file.ts';
import type { Span } from '../source-file.ts';
import { checkArithmetic, checkNegate } from './arithmetic.ts';
import { checkAccess } from './access.ts';
import { callIsBoolean, checkCall, checkCallCondition } from './calls.ts';
import { checkCompare } from './compare.ts';
import { checkChoose, checkConditionChoose, isBoolean } from './choose.ts';
import { checkLiteral } from './literals.ts';
import { checkIn } from './membership.ts';
import { notAValue } from './names.ts';
import type { LetDeclaration, Scope, Uses } from './scope.ts';
import { FILE_NODES_MAX, typeWords } from './scope.ts';
import { conflictCondition } from './life.ts';
import { isConflict } from './timers.ts';
import type { Typed } from './typed.ts';
import { typed } from './typed.ts';

export const EXPANDED_NODES_MAX = 20_000;
export const EXPANDED_DEPTH_MAX = 250;

/** What stands around the expression: features are known on the current row, its life to rules. */
export type Inside =
  | { readonly kind: 'row' }
  | { readonly kind: 'counted'; readonly what: string }
  | { readonly kind: 'exemption' };

interface LetUse {
  readonly span: Span;
  readonly name: string;
}

export class Checker {
  readonly scope: Scope;
  readonly uses: Uses;
  source: CelSource;
  inside: Inside = { kind: 'row' };
  /** The field of the instant that inMaintenance asks about; null = the transaction's time. */
  readonly timeField: number | null;
  #nodes = 0;
  #depth = 0;
  /** Outermost use of a let that is being expanded. */
  #use: LetUse | null = null;
  /** The text around the innermost let. */
  #outer: { readonly source: CelSource; readonly use: LetUse | null } | null = null;

  constructor(scope: Scope, uses: Uses, source: CelSource, timeField: number | null = null) {
    this.scope = scope;
    this.uses = uses;
    this.source = source;
    this.timeField = timeField;
  }

  error(ast: ASTNode, message: string, suggestion: string | null = null): null {
    if (this.#use !== null) {
      const sentence = `In let ${quote(this.#use.name)}: ${message}`;
      return this.scope.problems.error(this.#use.span, sentence, suggestion);
    }
    return this.scope.problems.error(this.spanOf(ast), message, suggestion);
  }

  spanOf(ast: ASTNode): Span {
    return this.source.span(ast.start, ast.end);
  }

  /** Fields that every node carries. */
  node(ast: ASTNode): { readonly text: string; readonly at: SourcePlace } {
    const { file, start } = this.spanOf(ast);
    return { text: this.source.textOf(ast), at: placeOf(file, start) };
  }

  /** @param mayBeClock whether payment.age() and payment.pendingFor() may be all of it */
  value(ast: ASTNode, mayBeClock = false): Typed | null {
    if (!this.#enter(ast)) return null;
    const result = this.#value(ast, mayBeClock);
    this.#depth--;
    return result;
  }

  condition(ast: ASTNode, negated: boolean): Expression | null {
    if (!this.#enter(ast)) return null;
    const result = this.#condition(ast, negated);
    this.#depth--;
    return result;
  }

  #enter(ast: ASTNode): boolean {
    if (--this.scope.budget.nodes < 0) return this.#fileTooLarge(ast);
    if (++this.#nodes > EXPANDED_NODES_MAX || this.#depth >= EXPANDED_DEPTH_MAX) {
      if (this.#nodes <= EXPANDED_NODES_MAX + 1) {
        this.error(
          ast,
          `With its "let" names written out the expression is too large (over ${EXPANDED_NODES_MAX} parts or ${EXPANDED_DEPTH_MAX} levels).`,
        );
        // Once is enough, whatever else is still on the way.
        this.#nodes = EXPANDED_NODES_MAX + 1;
      }
      return false;
    }
    this.#depth++;
    return true;
  }

  #fileTooLarge(ast: ASTNode): false {
    if (!this.scope.said.has('budget')) {
      this.scope.said.add('budget');
      this.error(
        ast,
        `With its "let" names written out the file has more than ${FILE_NODES_MAX} parts of expressions.`,
      );
    }
    return false;
  }

  #value(ast: ASTNode, mayBeClock: boolean): Typed | null {
    switch (ast.op) {
      case 'value':
        return checkLiteral(this, ast);
      case 'id':
        return this.#name(ast, (inner) => this.value(inner, mayBeClock), relabelTyped);
      case '.':
        return checkAccess(this, ast);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return checkArithmetic(this, ast);
      case '-_':
        return checkNegate(this, ast);
      case '?:':
        return checkChoose(this, ast);
      case 'call':
      case 'rcall':
        if (callIsBoolean(ast)) return this.#isCondition(ast);
        return checkCall(this, ast, mayBeClock);
      case 'list':
        return this.error(ast, 'A list may only stand on the right of "in".');
      case 'map':
        return this.error(ast, 'Maps ({...}) have no meaning in rules.');
      case '[]':
        return this.error(
          ast,
          'Brackets read a row of a register, name[key].column; a field is written tx.amount.',
        );
      default:
        return this.#isCondition(ast);
    }
  }

  #isCondition(ast: ASTNode): null {
    const { text } = this.node(ast);
    return this.error(
      ast,
      `${code(text)} is a condition, true or false; a value is expected here.`,
    );
  }

  #condition(ast: ASTNode, negated: boolean): Expression | null {
    switch (ast.op) {
      case '&&':
      case '||':
        return this.#chain(ast, negated);
      case '!_':
        return this.condition(ast.args, !negated);
      case '?:':
        return checkConditionChoose(this, ast, negated);
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return checkCompare(this, ast, negated);
      case 'in':
        return checkIn(this, ast, negated);
      case 'id':
        return this.#name(ast, (inner) => this.condition(inner, negated), relabel);
      case 'call':
      case 'rcall':
        if (callIsBoolean(ast)) return checkCallCondition(this, ast, negated);
        break;
      default:
    }
    return this.#truth(ast, negated);
  }

  /** `a && b && c` as one node; the library nests it to the left, as deep as it is long. */
  #chain(ast: ASTNode, negated: boolean): Expression | null {
    const parts: ASTNode[] = [];
    let rest: ASTNode = ast;
    while (rest.op === ast.op) {
      const [left, right] = rest.args as [ASTNode, ASTNode];
      parts.push(right);
      rest = left;
    }
    parts.push(rest);
    const op = (ast.op === '&&') === negated ? 'or' : 'and';
    const args: Expression[] = [];
    let isWhole = true;
    for (const part of parts.toReversed()) {
      const arg = this.condition(part, negated);
      if (arg === null) isWhole = false;
      else if (arg.op === op) args.push(...arg.args);
      else args.push(arg);
    }
    return isWhole ? { op, args, type: 'boolean', ...this.node(ast) } : null;
  }

  #truth(ast: ASTNode, negated: boolean): Expression | null {
    const result = this.value(ast);
    if (result === null) return null;
    const { expression } = result;
    if (isConflict(expression, this.scope, this.uses)) {
      return conflictCondition(this, ast, expression, negated);
    }
    if (expression.type !== 'boolean') {
      const { text } = expression;
      // has() of a literal is refused, too.
      const asked = expression.op === 'number' ? '' : `${code(`has(${text})`)} or `;
      const hint = expression.op === 'string' ? '' : `, such as ${asked}a comparison`;
      const message = `${code(text)} is ${typeWords(expression.type)}; a condition is expected here${hint}.`;
      return this.error(ast, message);
    }
    const value =
      expression.op === 'boolean'
        ? { ...expression, value: expression.value !== negated }
        : expression;
    const isNegated = expression.op !== 'boolean' && negated;
    return { op: 'truth', value, negated: isNegated, type: 'boolean', ...this.node(ast) };
  }

  #name<T>(
    ast: ASTNode & { readonly op: 'id' },
    check: (inner: ASTNode) => T | null,
    label: (result: T, checker: Checker, ast: ASTNode) => T,
  ): T | null {
    const declaration = this.scope.names.get(ast.args);
    if (declaration?.kind !== 'let') return notAValue(this, ast);
    const result = this.insideLet(declaration, ast, check);
    return result === null ? null : label(result, this, ast);
  }

  /** Runs `check` on a let's own tree, with its places; null where it is known to be broken. */
  insideLet<T>(
    declaration: LetDeclaration,
    use: ASTNode,
    check: (inner: ASTNode) => T | null,
  ): T | null {
    if (declaration.isBroken || declaration.ast === null) return null;
    const before = { source: this.source, use: this.#use };
    const outerBefore = this.#outer;
    this.#use ??= { span: this.spanOf(use), name: declaration.name };
    this.#outer = before;
    this.source = declaration.source;
    const result = check(declaration.ast);
    this.source = before.source;
    this.#use = before.use;
    this.#outer = outerBefore;
    return result;
  }

  /**
   * Within insideLet: runs `run` with the places of the text around the let; what it is given
   * goes back into the let's own text for as long as its argument runs.
   */
  outsideLet<T>(run: (inLet: <U>(inner: () => U) => U) => T): T {
    const letSource = this.source;
    const letUse = this.#use;
    const outer = this.#outer;
    if (outer === null) return run((inner) => inner());
    const swap = (source: CelSource, use: LetUse | null): void => {
      this.source = source;
      this.#use = use;
    };
    swap(outer.source, outer.use);
    const result = run((inner) => {
      swap(letSource, letUse);
      const value = inner();
      swap(outer.source, outer.use);
      return value;
    });
    swap(letSource, letUse);
    return result;
  }

  isBoolean(ast: ASTNode): boolean {
    return isBoolean(this, ast);
  }
}

function relabel(expression: Expression, checker: Checker, ast: ASTNode): Expression {
  return { ...expression, ...checker.node(ast) };
}

function relabelTyped(result: Typed, checker: Checker, ast: ASTNode): Typed {
  return typed(relabel(result.expression, checker, ast), result);
}
