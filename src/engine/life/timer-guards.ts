// Of each timer the conditions of the rules that it is for, all that hangs on time taken for true.
//
// Negations stand at the atoms of a condition, so it only ever grows with them: an atom that reads what
// moves without an event, or asks for maintenance now, is replaced by true as a whole, and what is left bounds the rule
// from above, before and after the timer's instant.

import type { Expression } from '../../domain/expression.ts';
import { partsOf, someNode } from '../../domain/expression-tree.ts';
import type { Plan, RulePlan, TimerPlan } from '../../domain/plan.ts';
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
    const bound = withoutTime(rule.when, this.#context.plan);
    this.#made.push(
      compileRowFunction(this.#context, (emitter) => `${emitter.condition(bound)} ? 1 : 0`),
    );
    return this.#rules.push(rule) - 1;
  }
}

/** The condition with every atom that hangs on time taken for true. */
function withoutTime(e: Expression, plan: Plan): Expression {
  if (e.op === 'and' || e.op === 'or') {
    return { ...e, args: e.args.map((arg) => withoutTime(arg, plan)) };
  }
  const { text, at } = e;
  const hangs = someNode(e, (node) => isMoving(node, plan) || isMaintenance(node));
  return hangs ? { op: 'boolean', value: true, type: 'boolean', text, at } : e;
}

/** What may be another value at another instant though nothing happened to the payment. */
const MOVING: ReadonlySet<string> = new Set([
  'payment.age',
  'payment.pendingFor',
  'payment.codeUses', // others may use its code
  'payment.openMethod',
  'payment.reversalOpen',
  'payment.voidOpen',
  'payment.refundOpen',
]);

function isMoving(e: Expression, plan: Plan): boolean {
  return e.op === 'field' && MOVING.has(planFields(plan)[e.field]?.name ?? '');
}

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
