// Of each timer the conditions of the rules that it is for, as they may be at its instant: all that hangs on
// time taken for true, and no event.
//
// Negations stand at the atoms of a condition, so it only ever grows with them: an atom that reads what
// moves without an event, or asks for maintenance now, or reads what caused the evaluation (the timer), is
// replaced by true as a whole; where it reads of what moves only how long the payment is pending, by true
// if it is. event.X is missing. What is left bounds the rule from above, before and after the instant.

import type { Expression } from '../../domain/expression.ts';
import type { FieldSpec } from '../../domain/fields.ts';
import { partsOf, replaceFields, someNode } from '../../domain/expression-tree.ts';
import type { RulePlan, TimerPlan } from '../../domain/plan.ts';
import { planFields } from '../../domain/plan.ts';
import { shapeOf } from '../../rules/compile/lookup-plan.ts';
import type { CompileContext, CompiledRowFunction } from '../../rules/compile/row-function.ts';
import { compileRowFunction } from '../../rules/compile/row-function.ts';

export class GuardMaker {
  readonly #context: CompileContext;
  readonly #rules: RulePlan[] = [];
  readonly #made: CompiledRowFunction[] = [];

  constructor(context: CompileContext) {
    this.#context = context;
  }

  /** All that were made so far. */
  get made(): readonly CompiledRowFunction[] {
    return this.#made;
  }

  /** Those of the rules whose condition or score the timer is for, as indexes into `made`. */
  of(timer: TimerPlan): Int32Array {
    const { plan } = this.#context;
    const rules = plan.rules.filter((rule) => rule.isLife && isFor(timer, rule));
    return Int32Array.from(rules, (rule) => this.#guard(rule));
  }

  #guard(rule: RulePlan): number {
    const known = this.#rules.indexOf(rule);
    if (known >= 0) return known;
    const bound = atTimer(rule.when, planFields(this.#context.plan));
    this.#made.push(
      compileRowFunction(this.#context, (emitter) => `${emitter.condition(bound)} ? 1 : 0`),
    );
    return this.#rules.push(rule) - 1;
  }
}

/** A condition as it may be at a timer. */
function atTimer(e: Expression, fields: readonly FieldSpec[]): Expression {
  if (e.op === 'and' || e.op === 'or') {
    return { ...e, args: e.args.map((arg) => atTimer(arg, fields)) };
  }
  const { text, at } = e;
  const nameOf = (node: Expression): string =>
    node.op === 'field' ? (fields[node.field]?.name ?? '') : '';
  if (someNode(e, (node) => MOVING.has(nameOf(node)) || isMaintenance(node))) {
    return { op: 'boolean', value: true, type: 'boolean', text, at };
  }
  const then = replaceFields(e, (field) =>
    nameOf(field).startsWith('event.') ? missing(field) : field,
  );
  const pending = someFieldOf(e, (node) => nameOf(node) === PENDING);
  if (pending === undefined) return then;
  const isPending: Expression = {
    op: 'has',
    value: pending,
    negated: false,
    type: 'boolean',
    text,
    at,
  };
  return { op: 'or', args: [isPending, then], type: 'boolean', text, at };
}

/** Of the same type, and never there. */
function missing(field: Expression): Expression {
  const { text, at, type } = field;
  const never: Expression = { op: 'boolean', value: false, type: 'boolean', text, at };
  // oxlint-disable-next-line unicorn/no-thenable -- the plan's name for a branch
  return {
    op: 'choose',
    test: never,
    negatedTest: never,
    then: field,
    otherwise: field,
    type,
    text,
    at,
  };
}

function someFieldOf(e: Expression, test: (node: Expression) => boolean): Expression | undefined {
  if (test(e)) return e;
  for (const part of partsOf(e)) {
    const found = someFieldOf(part, test);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What may be another value at another instant though nothing happened to the payment. */
const MOVING: ReadonlySet<string> = new Set([
  'payment.age',
  'payment.codeUses', // others may use its code
  'payment.openMethod',
  'payment.reversalOpen',
  'payment.voidOpen',
  'payment.refundOpen',
  'event.cause', // it is the timer then
]);
/** Likewise, while it is there: whether it is, events say. */
const PENDING = 'payment.pendingFor';

function isMaintenance(e: Expression): boolean {
  return e.op === 'call' && e.name === 'inMaintenance' && e.timeField !== undefined;
}

function isFor(timer: TimerPlan, rule: RulePlan): boolean {
  const reads = (e: Expression): boolean => {
    if (timer.kind === 'maintenance') {
      const [scope] = partsOf(e);
      if (!isMaintenance(e) || scope === undefined) return false;
      return e.op === 'call' && e.register === timer.register && isSame(scope, timer.scope);
    }
    if (e.op !== 'compare') return false;
    const isOn = (side: Expression): boolean => side.op === 'field' && side.field === timer.field;
    return (
      (isOn(e.left) && isSame(e.right, timer.threshold)) ||
      (isOn(e.right) && isSame(e.left, timer.threshold))
    );
  };
  return someNode(rule.when, reads) || (rule.score !== null && someNode(rule.score, reads));
}

function isSame(a: Expression, b: Expression): boolean {
  return shapeOf(a) === shapeOf(b);
}
