// What the engine knows of the decision encoders: one call writes one decision's bytes.
//
// Two implementations, decision-json.ts and decision-msgpack.ts, write the same values in the same
// order: decisionId, transactionId, account, merchant, order, outcome, reasons, score, evidence,
// hold, reversal, flags, shadow, eventTime, revision, supersedes, cause, causedBy, rulesHash,
// rulesVersion.
//
// Cost: `allow` copies constants made at set-up and five strings of the row and allocates nothing;
// the others allocate only the text of numbers that are not whole.
// Deliberately absent: checks for free space in each write. `bytesMax` is a bound over the plan,
// the caller keeps that much free, and writes may run over the decision's end within it.

import type { Plan } from '../domain/plan.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import type { AmendmentHead, EvidenceReader, RowTable, Verdict } from '../domain/verdict.ts';

export interface DecisionEncoderOptions {
  readonly plan: Plan;
  readonly layout: RowLayout;
  readonly evidence: EvidenceReader;
  /** True: decisions list what shadow rules would have done. */
  readonly emitShadow: boolean;
}

export interface OutputBuffer {
  bytes: Uint8Array;
  /** Over `bytes`, from its first byte. */
  view: DataView;
  /** Next free byte. */
  at: number;
}

/**
 * A decision's first reason as one int32: a rule's index, or one of these. `engine - k` is entry k of
 * plan.reasons, given by the engine itself.
 */
export const FIRST_REASON = { none: -1, score: -2, invalidInput: -3, engine: -4 } as const;

export interface DecisionEncoder {
  /** No decision of this encoder is longer; the caller makes sure that as much is free before each call. */
  readonly bytesMax: number;
  /** Nothing fired; flags are possible. */
  allow(table: RowTable, row: number, out: OutputBuffer): void;
  /** Times of hold and reversal that are no finite numbers are left out, as is a hold without one. */
  decided(table: RowTable, row: number, verdict: Verdict, out: OutputBuffer): void;
  /**
   * A decision that takes the place of `head.revision - 1`. Its texts are UTF-8 of up to 64 bytes each,
   * anywhere: nothing is read behind them. `row` is the one whose evidence is told, of the table that
   * the evidence reader reads.
   */
  amendment(row: number, verdict: Verdict, head: AmendmentHead, out: OutputBuffer): void;
  /**
   * A bad row whose id is readable: the plan's outcome for invalid input, reason INVALID_INPUT,
   * revision 0. Writes nothing where the id is longer than its key allows: no such id is readable.
   */
  invalid(table: RowTable, row: number, out: OutputBuffer): void;
  /** A repeated row: the always-there fields and the first reason of its newest decision. */
  repeat(
    table: RowTable,
    row: number,
    outcome: number,
    revision: number,
    firstReason: number,
    out: OutputBuffer,
  ): void;
}
