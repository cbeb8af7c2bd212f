// From the rules that fired on a row to its verdict: modes, scores and thresholds, exempt clauses,
// severity. Cost: O(fired rules), and exempt clauses only where one could take something away.
// Nothing is allocated.

import type { Outcome } from '../../domain/decision.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { NO_BLOCKS } from '../../domain/verdict.ts';
import { addScores } from '../../domain/score.ts';
import type { CompileContext, CompiledRowFunction } from './row-function.ts';
import { compileRowFunction } from './row-function.ts';

const SCORE_ONLY = 0;
const LIVE = 1;
const SHADOW = 2;
const SEVEREST = OUTCOMES.length - 1;
const HOLD = OUTCOMES.indexOf('hold');
const REVERSE = OUTCOMES.indexOf('reverse');

function outcomeBits(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((bits, outcome) => bits | (1 << OUTCOMES.indexOf(outcome)), 0);
}

/** The table views of the batch in hand. */
export interface BoundTable {
  i32: Int32Array;
  f64: Float64Array;
  F: Float64Array;
  FI: Int32Array;
}

/** An empty verdict with room for every rule of the plan. */
export function makeVerdict(plan: Plan): Verdict {
  const rules = plan.rules.length;
  const exemptWords = Math.max(1, Math.ceil(plan.exempt.length / 32));
  return {
    outcome: 0,
    reasonRules: new Int32Array(rules),
    reasonCount: 0,
    scoreOutcome: 0,
    scoreAt: -1,
    score: NaN,
    evidenceRules: new Int32Array(rules),
    evidenceCount: 0,
    exemptBits: new Int32Array(rules * exemptWords),
    exemptWords,
    shadowRules: new Int32Array(rules),
    shadowCount: 0,
    ...NO_BLOCKS,
  };
}

interface ExemptClause {
  readonly holds: CompiledRowFunction;
  /** Bit of each outcome that it takes away. */
  readonly from: number;
  /** 1 a rule that it applies to; null = all, and the score. */
  readonly applies: Uint8Array | null;
}

export class Decider {
  readonly #table: BoundTable;
  readonly #firedWords: number;
  readonly #modes: Uint8Array;
  readonly #outcomes: Uint8Array;
  readonly #isLife: Uint8Array;
  readonly #hasScore: Uint8Array;
  /** Literal scores; NaN where a function gives it, or there is none. */
  readonly #scores: Float64Array;
  readonly #scoreFunctions: readonly (CompiledRowFunction | null)[];
  readonly #exempt: readonly ExemptClause[];
  /** 1 an evidence entry whose outcome was taken away. */
  readonly #taken: Uint8Array;
  readonly #holdAt: number;
  /** Within decideAgain: the sum of the row rules. */
  #base: number | null = null;
  readonly #reverseAt: number;
  /** Outcomes that the sum in hand has reached, as bits. */
  #reached = 0;

  constructor(context: CompileContext, firedWords: number, table: BoundTable) {
    const { rules, exempt, score } = context.plan;
    this.#table = table;
    this.#firedWords = firedWords;
    const modeOf = { live: LIVE, score: SCORE_ONLY, shadow: SHADOW };
    this.#modes = Uint8Array.from(rules, (rule) => modeOf[rule.mode]);
    this.#outcomes = Uint8Array.from(rules, (rule) => OUTCOMES.indexOf(rule.outcome));
    this.#isLife = Uint8Array.from(rules, (rule) => (rule.isLife ? 1 : 0));
    this.#hasScore = Uint8Array.from(rules, (rule) => (rule.score === null ? 0 : 1));
    this.#scores = Float64Array.from(rules, ({ score: s }) => (s?.op === 'number' ? s.value : NaN));
    this.#scoreFunctions = rules.map(({ score: s }) =>
      s === null || s.op === 'number'
        ? null
        : compileRowFunction(context, (emitter) => emitter.number(s)),
    );
    this.#exempt = exempt.map((clause) => {
      const applies = clause.rules === null ? null : new Uint8Array(rules.length);
      for (const rule of clause.rules ?? []) if (applies !== null) applies[rule] = 1;
      return {
        holds: compileRowFunction(
          context,
          (emitter) => `${emitter.condition(clause.when)} ? 1 : 0`,
        ),
        from: outcomeBits(clause.from),
        applies,
      };
    });
    this.#taken = new Uint8Array(rules.length);
    // No threshold: nothing is at or over NaN.
    this.#holdAt = score.hold ?? NaN;
    this.#reverseAt = score.reverse ?? NaN;
  }

  get sources(): string[] {
    return [
      ...this.#scoreFunctions.flatMap((fn) => (fn === null ? [] : [fn.source])),
      ...this.#exempt.map((clause) => clause.holds.source),
    ];
  }

  scoreOf(rule: number, row: number): number {
    const fn = this.#scoreFunctions[rule];
    if (fn === null || fn === undefined) return this.#scores[rule] as number;
    const { i32, f64, F, FI } = this.#table;
    return fn.run(i32, f64, F, FI, row);
  }

  /** Fills `verdict` from the row's words of `fired`; gives the outcome's index. */
  decide(row: number, fired: Int32Array, verdict: Verdict): number {
    this.#sort(row, fired, verdict);
    if (verdict.evidenceCount === 0 && verdict.scoreOutcome === 0) {
      verdict.outcome = 0;
      return 0;
    }
    this.#exemptRules(row, verdict);
    let outcome = verdict.scoreOutcome;
    for (let severity = SEVEREST; severity >= 0; severity--) {
      for (let k = 0; k < verdict.evidenceCount; k++) {
        const rule = verdict.evidenceRules[k] as number;
        if (this.#modes[rule] !== LIVE || this.#outcomes[rule] !== severity) continue;
        if (this.#taken[k] === 1) continue;
        verdict.reasonRules[verdict.reasonCount++] = rule;
        if (severity > outcome) outcome = severity;
      }
      if (severity > 0 && severity === verdict.scoreOutcome) verdict.scoreAt = verdict.reasonCount;
    }
    verdict.outcome = outcome;
    return outcome;
  }

  /**
   * As `decide`, of a payment that lives on: `score` is the sum of its row rules, NaN = none; the
   * evidence left is that of life rules.
   */
  decideAgain(row: number, fired: Int32Array, score: number, verdict: Verdict): number {
    this.#base = score;
    const outcome = this.decide(row, fired, verdict);
    this.#base = null;
    this.#keepLifeEvidence(verdict);
    return outcome;
  }

  #keepLifeEvidence(verdict: Verdict): void {
    const { exemptWords, exemptBits } = verdict;
    let kept = 0;
    for (let k = 0; k < verdict.evidenceCount; k++) {
      const rule = verdict.evidenceRules[k] as number;
      if (this.#isLife[rule] === 0) continue;
      verdict.evidenceRules[kept] = rule;
      exemptBits.copyWithin(kept * exemptWords, k * exemptWords, (k + 1) * exemptWords);
      kept++;
    }
    verdict.evidenceCount = kept;
  }

  /** Fired rules by mode, in file order, and the sum of scores. */
  #sort(row: number, fired: Int32Array, verdict: Verdict): void {
    verdict.reasonCount = 0;
    verdict.evidenceCount = 0;
    verdict.shadowCount = 0;
    verdict.scoreOutcome = 0;
    verdict.scoreAt = -1;
    const isAgain = this.#base !== null;
    let isScored = isAgain && this.#base === this.#base;
    let sum = isScored ? (this.#base as number) : 0;
    const base = row * this.#firedWords;
    for (let word = 0; word < this.#firedWords; word++) {
      let bits = fired[base + word] as number;
      while (bits !== 0) {
        const lowest = bits & -bits;
        bits ^= lowest;
        const rule = word * 32 + 31 - Math.clz32(lowest);
        if (this.#modes[rule] === SHADOW) {
          verdict.shadowRules[verdict.shadowCount++] = rule;
          continue;
        }
        verdict.evidenceRules[verdict.evidenceCount++] = rule;
        if (this.#hasScore[rule] === 0 || (isAgain && this.#isLife[rule] === 0)) continue;
        isScored = true;
        const score = this.scoreOf(rule, row);
        if (score === score) sum = addScores(sum, score); // missing adds nothing
      }
    }
    verdict.score = isScored ? sum : NaN;
    this.#reached = 0;
    if (!isScored) return;
    if (sum >= this.#reverseAt) this.#reached |= 1 << REVERSE;
    if (sum >= this.#holdAt) this.#reached |= 1 << HOLD;
    verdict.scoreOutcome = mostSevere(this.#reached);
  }

  #exemptRules(row: number, verdict: Verdict): void {
    this.#taken.fill(0, 0, verdict.evidenceCount);
    verdict.exemptBits.fill(0, 0, verdict.evidenceCount * verdict.exemptWords);
    // Of the outcomes that the sum has reached the most severe one that is left counts.
    let left = this.#reached;
    for (let e = 0; e < this.#exempt.length; e++) {
      const clause = this.#exempt[e] as ExemptClause;
      if (!this.#couldApply(clause, verdict)) continue;
      const { i32, f64, F, FI } = this.#table;
      if (clause.holds.run(i32, f64, F, FI, row) === 0) continue;
      for (let k = 0; k < verdict.evidenceCount; k++) {
        if (!this.#applies(clause, verdict.evidenceRules[k] as number)) continue;
        this.#taken[k] = 1;
        const at = k * verdict.exemptWords + (e >> 5);
        verdict.exemptBits[at] = (verdict.exemptBits[at] as number) | (1 << (e & 31));
      }
      if (clause.applies === null) left &= ~clause.from;
    }
    verdict.scoreOutcome = mostSevere(left);
  }

  #applies(clause: ExemptClause, rule: number): boolean {
    if (this.#modes[rule] !== LIVE) return false;
    if (((clause.from >> (this.#outcomes[rule] as number)) & 1) === 0) return false;
    return clause.applies === null || clause.applies[rule] === 1;
  }

  #couldApply(clause: ExemptClause, verdict: Verdict): boolean {
    if (clause.applies === null && (clause.from & this.#reached) !== 0) return true;
    for (let k = 0; k < verdict.evidenceCount; k++) {
      if (this.#applies(clause, verdict.evidenceRules[k] as number)) return true;
    }
    return false;
  }
}

/** Of outcomes as bits. */
function mostSevere(outcomes: number): number {
  return outcomes === 0 ? 0 : 31 - Math.clz32(outcomes);
}
