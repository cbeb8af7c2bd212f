// What a plan says of one row, from the interpreter: which rules fired, what exempt clauses took
// away, score, outcome, reasons in order and evidence. The oracle of the compiled score pass and of
// its evidence reader; explain shows it.

import { must } from '../../base/assert.ts';
import type {
  DecisionEvidence,
  DecisionReason,
  Outcome,
  ShadowVerdict,
} from '../../domain/decision.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import type { Expression } from '../../domain/expression.ts';
import type { ReasonSpec } from '../../domain/reasons.ts';
import { REASONS } from '../../domain/reasons.ts';
import { addScores } from '../../domain/score.ts';
import { evidenceItems } from './evidence.ts';
import type { PreparedPlan, RowView } from './interpreter.ts';
import { evaluate } from './interpreter.ts';

export interface InterpretedVerdict {
  readonly outcome: Outcome;
  /** Indexes of rules that fired, by mode, in file order; exempted ones are among `live`. */
  readonly fired: {
    readonly live: readonly number[];
    readonly score: readonly number[];
    readonly shadow: readonly number[];
  };
  /** Live rules that keep their outcome, most severe first, then in file order. */
  readonly reasonRules: readonly number[];
  /** What the score thresholds give; null = nothing. */
  readonly scoreOutcome: Outcome | null;
  /** Sum in file order; undefined where no fired live or score-mode rule has a score. */
  readonly score: number | undefined;
  /** As in the decision: of reasonRules, and SCORE after the rules that are as severe. */
  readonly reasons: readonly DecisionReason[];
  /** Of fired live and score-mode rules, in file order. */
  readonly evidence: readonly DecisionEvidence[];
  readonly shadow: readonly ShadowVerdict[];
}

export function interpretRow(prepared: PreparedPlan, row: RowView): InterpretedVerdict {
  const { plan } = prepared;
  const holds = (e: Expression): boolean => evaluate(e, row, prepared) === true;
  const firedOf = (mode: string): number[] =>
    plan.rules.flatMap((rule, index) => (rule.mode === mode && holds(rule.when) ? [index] : []));
  const fired = { live: firedOf('live'), score: firedOf('score'), shadow: firedOf('shadow') };
  const severity = (rule: number): number =>
    OUTCOMES.indexOf(must(plan.rules[rule], 'rule').outcome);

  const isLive = (rule: number): boolean => fired.live.includes(rule);
  const exempting = plan.exempt.filter((clause) => holds(clause.when));
  const exemptOf = (rule: number): string[] =>
    exempting
      .filter((clause) => clause.rules === null || clause.rules.includes(rule))
      .filter((clause) => clause.from.includes(must(plan.rules[rule], 'rule').outcome))
      .map((clause) => clause.id);
  const reasonRules = fired.live
    .filter((rule) => exemptOf(rule).length === 0)
    .toSorted((a, b) => severity(b) - severity(a) || a - b);

  const counted = [...fired.live, ...fired.score].toSorted((a, b) => a - b);
  const scored = counted.filter((rule) => must(plan.rules[rule], 'rule').score !== null);
  const scoreOf = (rule: number): number | undefined => {
    const expression = must(plan.rules[rule], 'rule').score;
    const value = expression === null ? undefined : evaluate(expression, row, prepared);
    return value === undefined ? undefined : Number(value) + 0; // -0 is 0
  };
  const sum = scored.reduce((total, rule) => addScores(total, scoreOf(rule) ?? 0), 0);
  const score = scored.length === 0 ? undefined : sum;
  const taken = exempting.filter((clause) => clause.rules === null).flatMap(({ from }) => from);
  const scoreOutcome =
    outcomesOfScore(score, plan.score).find((outcome) => !taken.includes(outcome)) ?? null;

  const outcomes = reasonRules.map(severity);
  if (scoreOutcome !== null) outcomes.push(OUTCOMES.indexOf(scoreOutcome));
  return {
    outcome: must(OUTCOMES[Math.max(0, ...outcomes)], 'outcome'),
    fired,
    reasonRules,
    scoreOutcome,
    score,
    reasons: reasonsOf(prepared, reasonRules, scoreOutcome),
    evidence: counted.map((rule) =>
      evidenceOf(prepared, row, rule, scoreOf(rule), isLive(rule) ? exemptOf(rule) : []),
    ),
    shadow: fired.shadow.map((index) => {
      const rule = must(plan.rules[index], 'rule');
      return {
        rule: rule.id,
        outcome: rule.outcome,
        code: must(plan.reasons[rule.reason], 'reason').code,
      };
    }),
  };
}

/** Those that a sum has reached, the most severe first. */
export function outcomesOfScore(
  score: number | undefined,
  at: { readonly hold: number | null; readonly reverse: number | null },
): Outcome[] {
  return (['reverse', 'hold'] as const).filter((outcome) => {
    const threshold = at[outcome];
    return score !== undefined && threshold !== null && score >= threshold;
  });
}

/** Codes that are null are left out. */
export function reasonEntry(spec: ReasonSpec, rule: string | undefined): DecisionReason {
  return {
    code: spec.code,
    ...(rule !== undefined && { rule }),
    ...(spec.responseCode !== null && { responseCode: spec.responseCode }),
    ...(spec.reversalReason !== null && { reversalReason: spec.reversalReason }),
    ...(spec.isoReason !== null && { isoReason: spec.isoReason }),
  };
}

/** A reason of the engine's own (SCORE, INVALID_INPUT): as the plan has it, else the standard one. */
export function engineReason(prepared: PreparedPlan, code: string): DecisionReason {
  const isIt = (spec: ReasonSpec): boolean => spec.code === code;
  const spec = prepared.plan.reasons.find(isIt) ?? REASONS.find(isIt);
  return reasonEntry(must(spec, `reason ${code}`), undefined);
}

function reasonsOf(
  prepared: PreparedPlan,
  rules: readonly number[],
  scoreOutcome: Outcome | null,
): DecisionReason[] {
  const { plan } = prepared;
  const entries = rules.map((index) => {
    const rule = must(plan.rules[index], 'rule');
    const spec = must(plan.reasons[rule.reason], 'reason');
    return { severity: OUTCOMES.indexOf(rule.outcome), entry: reasonEntry(spec, rule.id) };
  });
  if (scoreOutcome !== null) {
    const severity = OUTCOMES.indexOf(scoreOutcome);
    const place = entries.filter((other) => other.severity >= severity).length;
    entries.splice(place, 0, { severity, entry: engineReason(prepared, 'SCORE') });
  }
  return entries.map(({ entry }) => entry);
}

function evidenceOf(
  prepared: PreparedPlan,
  row: RowView,
  index: number,
  score: number | undefined,
  exemptBy: readonly string[],
): DecisionEvidence {
  const rule = must(prepared.plan.rules[index], 'rule');
  const compared = evidenceItems(rule.when, row, prepared);
  return {
    rule: rule.id,
    ...(compared.length > 0 && { compared }),
    ...(score !== undefined && { score }),
    ...(exemptBy.length > 0 && { exemptBy }),
  };
}
