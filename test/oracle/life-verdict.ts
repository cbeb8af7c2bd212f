// The verdict of a decision that lives on: what its row rules left, what its life rules say now, scores
// and exemptions over both, its hold and the way in which its money goes back.

import { must } from '../../src/base/assert.ts';
import type {
  DecisionEvidence,
  DecisionReason,
  Outcome,
  ReversalBlock,
  ShadowVerdict,
} from '../../src/domain/decision.ts';
import { OUTCOMES } from '../../src/domain/decision.ts';
import type { HoldPlan } from '../../src/domain/rails.ts';
import { addScores } from '../../src/domain/score.ts';
import { evidenceItems } from '../../src/rules/interpret/evidence.ts';
import type { InterpretedVerdict } from '../../src/rules/interpret/interpret-row.ts';
import {
  engineReason,
  outcomesOfScore,
  reasonEntry,
} from '../../src/rules/interpret/interpret-row.ts';
import type { PreparedPlan, RowView } from '../../src/rules/interpret/interpreter.ts';
import { evaluate } from '../../src/rules/interpret/interpreter.ts';
import type { GivenBack, Hold } from './life-record.ts';
import { railOf, reversalOf } from './life-rails.ts';

/** What the rules say, before the rail and the hold. */
export interface Judged {
  readonly outcome: Outcome;
  /** Rules whose reasons are told, in their order. */
  readonly reasonRules: readonly number[];
  readonly reasons: readonly DecisionReason[];
  readonly score: number | undefined;
  readonly evidence: readonly DecisionEvidence[];
  readonly shadow: readonly ShadowVerdict[];
}

export interface Verdict extends Judged {
  readonly hold: Hold | null;
  readonly reversal: ReversalBlock | undefined;
}

export function judgedRow(verdict: InterpretedVerdict): Judged {
  const { outcome, reasonRules, reasons, score, evidence, shadow } = verdict;
  return { outcome, reasonRules, reasons, score, evidence, shadow };
}

const severityOf = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);

/**
 * Of a decision that lives on.
 *
 * @param rowRules row rules whose reasons stand
 * @param rowScore sum of the row rules' scores
 * @param fired life rules that fire
 */
export function judgeAgain(
  prepared: PreparedPlan,
  view: RowView,
  rowRules: readonly number[],
  rowScore: number | undefined,
  fired: readonly number[],
): Judged {
  const { plan } = prepared;
  const ruleOf = (index: number): (typeof plan.rules)[number] => must(plan.rules[index], 'rule');
  const inOrder = fired.toSorted((a, b) => a - b);
  const byMode = (mode: string): number[] => inOrder.filter((rule) => ruleOf(rule).mode === mode);
  const exempting = plan.exempt.filter((clause) => evaluate(clause.when, view, prepared) === true);
  const exemptBy = (rule: number): string[] =>
    ruleOf(rule).mode !== 'live'
      ? []
      : exempting
          .filter((clause) => clause.rules === null || clause.rules.includes(rule))
          .filter((clause) => clause.from.includes(ruleOf(rule).outcome))
          .map((clause) => clause.id);
  const reasonRules = [...rowRules, ...byMode('live')]
    .filter((rule) => exemptBy(rule).length === 0)
    .toSorted((a, b) => severityOf(ruleOf(b).outcome) - severityOf(ruleOf(a).outcome) || a - b);

  const counted = inOrder.filter((rule) => ruleOf(rule).mode !== 'shadow');
  const scoreOf = (rule: number): number | undefined => {
    const { score } = ruleOf(rule);
    const value = score === null ? undefined : evaluate(score, view, prepared);
    return value === undefined ? undefined : Number(value) + 0; // -0 is 0
  };
  const scored = counted.filter((rule) => ruleOf(rule).score !== null);
  const sum = scored.reduce((total, rule) => addScores(total, scoreOf(rule) ?? 0), rowScore ?? 0);
  const isScored = rowScore !== undefined || scored.length > 0;
  const taken = exempting.filter((clause) => clause.rules === null).flatMap(({ from }) => from);
  const scoreOutcome =
    outcomesOfScore(isScored ? sum : undefined, plan.score).find((one) => !taken.includes(one)) ??
    null;

  const reasons = reasonRules.map((rule) =>
    reasonEntry(must(plan.reasons[ruleOf(rule).reason], 'reason'), ruleOf(rule).id),
  );
  const severities = reasonRules.map((rule) => severityOf(ruleOf(rule).outcome));
  if (scoreOutcome !== null) {
    const place = severities.filter((severity) => severity >= severityOf(scoreOutcome)).length;
    reasons.splice(place, 0, engineReason(prepared, 'SCORE'));
    severities.push(severityOf(scoreOutcome));
  }
  return {
    outcome: must(OUTCOMES[Math.max(0, ...severities)], 'outcome'),
    reasonRules,
    reasons,
    score: isScored ? sum : undefined,
    evidence: counted.map((rule) => {
      const compared = evidenceItems(ruleOf(rule).when, view, prepared);
      const score = scoreOf(rule);
      const by = exemptBy(rule);
      return {
        rule: ruleOf(rule).id,
        ...(compared.length > 0 && { compared }),
        ...(score !== undefined && { score }),
        ...(by.length > 0 && { exemptBy: by }),
      };
    }),
    shadow: byMode('shadow').map((rule) => ({
      rule: ruleOf(rule).id,
      outcome: ruleOf(rule).outcome,
      code: must(plan.reasons[ruleOf(rule).reason], 'reason').code,
    })),
  };
}

export interface Circumstances {
  readonly isPayment: boolean;
  readonly rail: string | undefined;
  readonly paidAt: number;
  readonly now: number;
  /** When a hold that begins now begins. */
  readonly eventTime: number;
  readonly isCharged: boolean;
  /** Reversed by decline or expiry, whatever the rules say. */
  readonly isForced: boolean;
  readonly isByRefund: boolean;
  readonly givenBack: GivenBack;
  readonly isExpired: boolean;
  /** An expired hold found nothing to reverse with: it has no other end. */
  readonly isEndless: boolean;
  /** Of a decision that holds already: its hold goes on. */
  readonly goesOn: Hold | null;
}

/** Adds hold and reversal, and the engine's own reasons. */
export function complete(prepared: PreparedPlan, judged: Judged, c: Circumstances): Verdict {
  const { plan } = prepared;
  let outcome = c.isForced ? 'reverse' : judged.outcome;
  let first = c.isExpired ? engineReason(prepared, 'HOLD_EXPIRED') : null;
  let reversal: ReversalBlock | undefined;
  if (outcome === 'reverse' && c.isPayment && c.givenBack !== 'all') {
    const rail = railOf(plan, c.rail);
    if (rail !== undefined) {
      const isRest = c.isByRefund || c.givenBack === 'part';
      reversal = reversalOf(rail, c.paidAt, c.now, c.isCharged, isRest);
      if (reversal === undefined) {
        outcome = 'hold';
        first = engineReason(prepared, 'REVERSAL_WINDOW_PASSED');
      }
    } else if (c.isByRefund) reversal = { method: 'REFUND' };
  }
  const holdPlan = holdPlanOf(prepared, judged);
  const begun: Hold = { expiresAt: c.eventTime + holdPlan.forMs, onExpiry: holdPlan.onExpiry };
  const hold = outcome !== 'hold' || c.isEndless ? null : (c.goesOn ?? begun);
  const reasons = first === null ? judged.reasons : [first, ...judged.reasons];
  return { ...judged, outcome, reasons, hold, reversal };
}

/** Of the first rule among the reasons that holds, or else the file's. */
function holdPlanOf(prepared: PreparedPlan, { reasonRules }: Judged): HoldPlan {
  const { plan } = prepared;
  const holding = reasonRules
    .map((rule) => must(plan.rules[rule], 'rule'))
    .find((rule) => rule.outcome === 'hold');
  return holding?.hold ?? plan.life.hold;
}
