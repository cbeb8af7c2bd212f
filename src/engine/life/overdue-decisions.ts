// What a row gets whose deadline had passed: at once the rules file's fallback, with the reason
// ENGINE_BUDGET_EXCEEDED, then what was evaluated as an amendment, if that says something else: another
// outcome, or a reason.

import type { DecisionEncoder, OutputBuffer } from '../../codec/decision-writer.ts';
import { FIRST_REASON } from '../../codec/decision-writer.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import { CAUSES } from '../../domain/life.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, ROW_FLAG, fieldNumber } from '../../domain/row-layout.ts';
import type { AmendmentHead, RowTable, Verdict } from '../../domain/verdict.ts';
import { makeVerdict } from '../../rules/compile/deciding.ts';
import { packVerdict, verdictOutcome, verdictReason } from '../../state/repeats.ts';
import type { VerdictBlocks } from './verdict-blocks.ts';

export class OverdueDecisions {
  /** The fallback of the row in hand. */
  readonly verdict: Verdict;
  readonly #encoder: DecisionEncoder;
  readonly #blocks: VerdictBlocks;
  readonly #fallback: number;
  readonly #reason: number;
  readonly #strideWords: number;
  readonly #idWord: number;
  readonly #accountWord: number;
  readonly #head: AmendmentHead;

  constructor(plan: Plan, layout: RowLayout, encoder: DecisionEncoder, blocks: VerdictBlocks) {
    this.verdict = makeVerdict(plan);
    this.#encoder = encoder;
    this.#blocks = blocks;
    this.#fallback = OUTCOMES.indexOf(plan.life.deadline?.fallback ?? 'allow');
    this.#reason = plan.reasons.findIndex(({ code }) => code === 'ENGINE_BUDGET_EXCEEDED');
    this.#strideWords = layout.strideBytes / 4;
    const wordOf = (name: string): number =>
      (layout.slots[fieldNumber(layout, name)] as number) / 4;
    this.#idWord = wordOf('id');
    this.#accountWord = wordOf('account');
    const nothing = new Uint8Array(0);
    const view = new DataView(nothing.buffer);
    this.#head = {
      bytes: nothing,
      view,
      idOffset: 0,
      idLength: 0,
      accountOffset: 0,
      accountLength: -1,
      causeBytes: nothing,
      causeView: view,
      causeOffset: 0,
      causeLength: -1,
      cause: CAUSES.indexOf('overdue'),
      revision: 0,
      eventTimeMs: NaN,
      flags: 0,
    };
  }

  /** Reason of the fallback, as a repeat tells it. */
  get firstReason(): number {
    return FIRST_REASON.engine - this.#reason;
  }

  /** Fills `verdict` for the row whose record begins at word `at`. */
  begin(table: RowTable, at: number): void {
    const { verdict } = this;
    verdict.outcome = this.#fallback;
    this.#blocks.completeRow(table.i32, table.f64, at, verdict);
    // A window that has passed says so in the amendment.
    verdict.engineReason = this.#reason;
  }

  /** Whether what was evaluated says something else. @param word packed verdict of the row */
  isAmended(word: number): boolean {
    return verdictOutcome(word) !== this.#fallback || verdictReason(word) !== FIRST_REASON.none;
  }

  /**
   * Revision of the newest decision on the row whose record begins at word `at`, for those who ask
   * before it is encoded: an amendment counts.
   */
  newestRevision(i32: Int32Array, at: number): number {
    const revision = i32[at + ROW.revision / 4] as number;
    const isAmended = isFallback(i32, at) && this.isAmended(i32[at + ROW.verdict / 4] as number);
    return isAmended ? revision + 1 : revision;
  }

  /** The packed verdict of that decision. */
  newestVerdict(i32: Int32Array, at: number): number {
    const evaluated = i32[at + ROW.verdict / 4] as number;
    if (!isFallback(i32, at) || this.isAmended(evaluated)) return evaluated;
    return packVerdict(this.#fallback, this.firstReason);
  }

  /** The row is encoded: its record says what is newest, and nothing is left to count. */
  end(i32: Int32Array, at: number): void {
    i32[at + ROW.verdict / 4] = this.newestVerdict(i32, at);
    i32[at + ROW.flags / 4] = (i32[at + ROW.flags / 4] as number) & ~ROW_FLAG.fallback;
  }

  /** Writes what was evaluated; the row then stands under the next revision. */
  amend(table: RowTable, row: number, verdict: Verdict, out: OutputBuffer): void {
    const { i32, f64 } = table;
    const at = row * this.#strideWords;
    const head = this.#head;
    head.bytes = table.bytes;
    head.view = table.view;
    head.idOffset = i32[at + this.#idWord + 2] as number;
    head.idLength = i32[at + this.#idWord + 3] as number;
    head.accountOffset = i32[at + this.#accountWord + 2] as number;
    head.accountLength = i32[at + this.#accountWord + 3] as number;
    head.revision = (i32[at + ROW.revision / 4] as number) + 1;
    head.eventTimeMs = f64[(at + ROW.timeMs / 4) >> 1] as number;
    this.#encoder.amendment(table, row, verdict, head, out);
    i32[at + ROW.revision / 4] = head.revision;
  }
}

/** A decided row whose fallback is not told yet. */
function isFallback(i32: Int32Array, at: number): boolean {
  const both = ROW_FLAG.fallback | ROW_FLAG.decided;
  return ((i32[at + ROW.flags / 4] as number) & both) === both;
}
