// What becomes of scored rows: their verdicts, packed in their records, and their decisions as bytes,
// counted. Works on whatever tables are bound.

import { must } from '../base/assert.ts';
import type { DecisionEncoder, OutputBuffer } from '../codec/decision-writer.ts';
import { FIRST_REASON } from '../codec/decision-writer.ts';
import { CAUSES } from '../domain/life.ts';
import type { Plan } from '../domain/plan.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import type { RowTable, Verdict } from '../domain/verdict.ts';
import { makeVerdict } from '../rules/compile/deciding.ts';
import type { RulesProgram } from '../rules/compile/rules-program.ts';
import { packVerdict, verdictOutcome, verdictReason } from '../state/repeats.ts';
import { COUNTER, engineReasonCounter, scoreCounter } from './counters.ts';
import type { OverdueDecisions } from './life/overdue-decisions.ts';
import { firstReason } from './life/reasons.ts';
import type { VerdictBlocks } from './life/verdict-blocks.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const VERDICT_WORD: number = ROW.verdict / 4;

export interface RowDecisionParts {
  readonly plan: Plan;
  readonly rows: RowLayout;
  readonly rules: RulesProgram;
  readonly encoder: DecisionEncoder;
  readonly blocks: VerdictBlocks;
  readonly overdue: OverdueDecisions | null;
  readonly counters: Float64Array;
}

export class RowDecisions {
  readonly #parts: RowDecisionParts;
  readonly #verdict: Verdict;
  readonly #stride: number;
  #table: RowTable;
  #fired: Int32Array = new Int32Array(0);

  constructor(parts: RowDecisionParts, table: RowTable) {
    this.#parts = parts;
    this.#verdict = makeVerdict(parts.plan);
    this.#stride = parts.rows.strideBytes / 4;
    this.#table = table;
  }

  bind(table: RowTable, fired: Int32Array): void {
    this.#table = table;
    this.#fired = fired;
  }

  /** Scores rows and leaves each one's packed verdict in its record, for repeats of it. */
  score(from: number, to: number): void {
    const { i32 } = this.#table;
    this.#parts.rules.score(from, to);
    const fired = this.#fired;
    const words = this.#parts.rules.firedWords;
    const mask = ROW_FLAG.bad | ROW_FLAG.decided | ROW_FLAG.repeat;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      const flags = i32[at + FLAGS_WORD] as number;
      if ((flags & ROW_FLAG.lateSomewhere) !== 0) i32[at + FLAGS_WORD] = flags | ROW_FLAG.late;
      if ((flags & mask) !== ROW_FLAG.decided) continue;
      let any = 0;
      for (let w = 0; w < words; w++) any |= fired[row * words + w] as number;
      i32[at + VERDICT_WORD] = this.#told(flags, any === 0 ? ALLOW : this.#packed(row));
    }
  }

  /** Decides one row again whose life fields have changed. */
  rescore(row: number): void {
    const { i32 } = this.#table;
    const at = row * this.#stride;
    this.#parts.rules.scoreLife(row);
    const evaluated = this.#parts.rules.hasFired(row) ? this.#packed(row) : ALLOW;
    i32[at + VERDICT_WORD] = this.#told(i32[at + FLAGS_WORD] as number, evaluated);
  }

  /** Packed verdict of the row's newest decision: of an overdue one the fallback, where that stands. */
  #told(flags: number, evaluated: number): number {
    if ((flags & ROW_FLAG.fallback) === 0) return evaluated;
    return must(this.#parts.overdue, 'the deadline of an overdue row').told(evaluated);
  }

  #packed(row: number): number {
    const verdict = this.#verdict;
    this.#decide(row);
    return packVerdict(verdict.outcome, firstReason(verdict));
  }

  /** The row's verdict, with its hold or reversal. */
  #decide(row: number): void {
    const { i32, f64 } = this.#table;
    this.#parts.rules.decide(row, this.#verdict);
    this.#parts.blocks.completeRow(i32, f64, row * this.#stride, this.#verdict);
  }

  /** Writes the decision of a row, if it has one, into `out`; counts it. */
  encode(row: number, out: OutputBuffer): void {
    const table = this.#table;
    const { i32 } = table;
    const counters = this.#parts.counters;
    const at = row * this.#stride;
    const flags = i32[at + FLAGS_WORD] as number;
    if ((flags & ROW_FLAG.bad) !== 0) {
      this.#encodeBad(row, flags, out);
      return;
    }
    if ((flags & ROW_FLAG.decided) === 0) {
      add(counters, COUNTER.informing);
      return;
    }
    add(counters, COUNTER.decisions);
    const verdict = i32[at + VERDICT_WORD] as number;
    if ((flags & ROW_FLAG.repeat) !== 0) {
      add(counters, COUNTER.repeats);
      this.#encodeRepeat(row, verdict, out);
      return;
    }
    if ((flags & COUNTED_FLAGS) !== 0) this.#countFlags(flags);
    if ((flags & ROW_FLAG.fallback) !== 0) {
      this.#encodeOverdue(row, verdict, out);
      return;
    }
    const outcome = verdictOutcome(verdict);
    add(counters, COUNTER.outcomes + outcome);
    if (verdict === ALLOW && !this.#parts.rules.hasFired(row)) {
      this.#parts.encoder.allow(table, row, out);
      return;
    }
    this.#decide(row);
    this.#countVerdict();
    this.#parts.encoder.decided(table, row, this.#verdict, out);
  }

  #encodeBad(row: number, flags: number, out: OutputBuffer): void {
    add(this.#parts.counters, COUNTER.deadLetters);
    // Kinds that inform get no decision, and so no decision of their bad rows either.
    if ((flags & ROW_FLAG.decided) === 0) return;
    const before = out.at;
    this.#parts.encoder.invalid(this.#table, row, out);
    if (out.at === before) return;
    if ((flags & COUNTED_FLAGS) !== 0) this.#countFlags(flags);
    if ((flags & ROW_FLAG.repeat) !== 0) add(this.#parts.counters, COUNTER.repeats);
    add(this.#parts.counters, COUNTER.decisions);
    add(this.#parts.counters, COUNTER.invalid);
    add(
      this.#parts.counters,
      COUNTER.outcomes + ['allow', 'hold', 'reverse'].indexOf(this.#parts.plan.invalid.outcome),
    );
  }

  /**
   * A row whose deadline had passed: the declared fallback, and where what was evaluated differs, that
   * as an amendment. A repeat of it tells the newer of the two.
   */
  #encodeOverdue(row: number, word: number, out: OutputBuffer): void {
    const { i32 } = this.#table;
    const at = row * this.#stride;
    const overdue = must(this.#parts.overdue, 'the deadline of an overdue row');
    const fallback = overdue.verdict;
    overdue.begin(this.#table, at);
    add(this.#parts.counters, COUNTER.outcomes + fallback.outcome);
    this.#countEngineReason(fallback);
    this.#parts.encoder.decided(this.#table, row, fallback, out);
    const isAmended = overdue.isAmended(word);
    // Shadow rules and scores fire on rows that need no amendment, too.
    if (isAmended || this.#parts.rules.hasFired(row)) {
      this.#decide(row);
      this.#countVerdict();
    }
    if (!isAmended) return;
    overdue.amend(this.#table, row, this.#verdict, out);
    // Its revision is that of the amendment now: what repeats it counts on from there.
    i32[at + FLAGS_WORD] = (i32[at + FLAGS_WORD] as number) & ~ROW_FLAG.fallback;
    add(this.#parts.counters, COUNTER.amendments);
    add(this.#parts.counters, COUNTER.causes + CAUSES.indexOf('overdue'));
    add(this.#parts.counters, COUNTER.amendedOutcomes + this.#verdict.outcome);
  }

  #encodeRepeat(row: number, ownVerdict: number, out: OutputBuffer): void {
    const { i32 } = this.#table;
    const at = row * this.#stride;
    const of = i32[at + ROW.repeatRow / 4] as number;
    const verdict = of >= 0 ? (i32[of * this.#stride + VERDICT_WORD] as number) : ownVerdict;
    add(this.#parts.counters, COUNTER.outcomes + verdictOutcome(verdict));
    this.#parts.encoder.repeat(
      this.#table,
      row,
      verdictOutcome(verdict),
      i32[at + ROW.revision / 4] as number,
      verdictReason(verdict),
      out,
    );
  }

  #countFlags(flags: number): void {
    const { counters } = this.#parts;
    if ((flags & ROW_FLAG.late) !== 0) add(counters, COUNTER.late);
    if ((flags & ROW_FLAG.repeatDiffers) !== 0) add(counters, COUNTER.repeatsDiffer);
    if ((flags & ROW_FLAG.currencyUnknown) !== 0) add(counters, COUNTER.currencyUnknown);
    if ((flags & ROW_FLAG.truncated) !== 0) add(counters, COUNTER.truncated);
    if ((flags & ROW_FLAG.overdue) !== 0) add(counters, COUNTER.overdue);
  }

  #countVerdict(): void {
    const { counters, plan } = this.#parts;
    const verdict = this.#verdict;
    for (let k = 0; k < verdict.evidenceCount; k++) {
      add(counters, COUNTER.rules + (verdict.evidenceRules[k] as number) * 2);
    }
    for (let k = 0; k < verdict.shadowCount; k++) {
      add(counters, COUNTER.rules + (verdict.shadowRules[k] as number) * 2);
    }
    for (let k = 0; k < verdict.reasonCount; k++) {
      add(counters, COUNTER.rules + (verdict.reasonRules[k] as number) * 2 + 1);
    }
    if (verdict.scoreOutcome > 0) add(counters, scoreCounter(plan));
    this.#countEngineReason(verdict);
  }

  #countEngineReason({ engineReason }: Verdict): void {
    if (engineReason < 0) return;
    add(this.#parts.counters, engineReasonCounter(this.#parts.plan, engineReason));
  }
}

const ALLOW = packVerdict(0, FIRST_REASON.none);
/** Of decisions that are no repeats: those tell this one flag only. */
const COUNTED_FLAGS =
  ROW_FLAG.late |
  ROW_FLAG.repeatDiffers |
  ROW_FLAG.currencyUnknown |
  ROW_FLAG.truncated |
  ROW_FLAG.overdue;

function add(counters: Float64Array, at: number): void {
  counters[at] = (counters[at] as number) + 1;
}
