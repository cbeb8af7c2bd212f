// Kinds of rules that the life of payments tells apart, as bits by word of `fired`.

import type { Expression } from '../../domain/expression.ts';
import { someNode } from '../../domain/expression-tree.ts';
import type { Plan, RulePlan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';

/** Fields of an event that tell who speaks, and what: the next release is another's. */
const ASKED_ANEW: ReadonlySet<string> = new Set(
  ['operator', 'credential', 'release', 'kind', 'cause'].map((name) => `event.${name}`),
);

export interface RuleBits {
  /** Rules that read event.*: what an event showed stays shown when it is over. */
  readonly latches: Int32Array;
  /** Of these, those that are asked anew at each release. */
  readonly asked: Int32Array;
  /** Live rules that hold or reverse. */
  readonly stops: Int32Array;
}

export function ruleBitsOf(plan: Plan, layout: RowLayout, firedWords: number): RuleBits {
  const reads = (test: (name: string) => boolean): ((rule: RulePlan) => boolean) => {
    const isRead = (e: Expression): boolean =>
      e.op === 'field' && test(layout.fields[e.field]?.name ?? '');
    return ({ when }) => someNode(when, isRead);
  };
  const bitsOf = (test: (rule: RulePlan) => boolean): Int32Array => {
    const bits = new Int32Array(firedWords);
    plan.rules.forEach((rule, index) => {
      if (test(rule)) bits[index >> 5] = (bits[index >> 5] as number) | (1 << (index & 31));
    });
    return bits;
  };
  return {
    latches: bitsOf(reads((name) => name.startsWith('event.'))),
    asked: bitsOf(reads((name) => ASKED_ANEW.has(name))),
    stops: bitsOf(({ mode, outcome }) => mode === 'live' && outcome !== 'allow'),
  };
}
