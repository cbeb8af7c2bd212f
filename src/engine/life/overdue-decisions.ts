// What a row gets whose deadline had passed: at once the rules file's fallback, with the reason
// ENGINE_BUDGET_EXCEEDED, then what was evaluated as an amendment, if that says something else: another
// outcome, or a reason.

import type { DecisionEncoder, OutputBuffer } from '../../codec/decision-writer.ts';
import { FIRST_REASON } from '../../codec/decision-writer.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import { CAUSES } from '../../domain/life.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, slotWord } from '../../domain/row-layout.ts';
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
    this.#idWord = slotWord(layout, 'id');
    this.#accountWord = slotWord(layout, 'account');
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

  /** Packed verdict of the newest of the row's decisions. @param evaluated packed verdict of its rules */
  told(evaluated: number): number {
    const isSame =
      verdictOutcome(evaluated) === this.#fallback &&
      verdictReason(evaluated) === FIRST_REASON.none;
    return isSame ? packVerdict(this.#fallback, this.firstReason) : evaluated;
  }

  /** Whether what was evaluated says something else. @param word packed verdict of the row, from `told` */
  isAmended(word: number): boolean {
    return verdictReason(word) !== this.firstReason;
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
    this.#encoder.amendment(row, verdict, head, out);
    i32[at + ROW.revision / 4] = head.revision;
  }
}
