// What the score pass says of one row, between rules (which fills it) and codec (which writes it).
// One instance of each a worker, refilled row by row: nothing is allocated for a row.

import type { Masking } from './card-numbers.ts';
import type { CompareOperator } from './expression.ts';

/** The decided row, for the encoder. */
export interface Verdict {
  /** Index into OUTCOMES. */
  outcome: number;
  /** Fired live rules that keep their outcome, most severe first, then in file order. */
  readonly reasonRules: Int32Array;
  reasonCount: number;
  /** Outcome index that the score thresholds give, 0 = none; reason SCORE when > 0. */
  scoreOutcome: number;
  /** Rules in `reasonRules` that stand before SCORE, those of its own severity too; -1 = no SCORE. */
  scoreAt: number;
  /** Sum over fired live and score-mode rules that have one; NaN = no score in the decision. */
  score: number;
  /** Fired live (exempted too) and score-mode rules, in file order: what evidence lists. */
  readonly evidenceRules: Int32Array;
  evidenceCount: number;
  /** Exempt clauses that held and took something away; bit e of word [k * exemptWords + (e>>5)] for evidenceRules[k]. */
  readonly exemptBits: Int32Array;
  readonly exemptWords: number;
  readonly shadowRules: Int32Array;
  shadowCount: number;
  /**
   * Index into plan.reasons of a reason of the engine's own (HOLD_EXPIRED, ENGINE_BUDGET_EXCEEDED,
   * REVERSAL_WINDOW_PASSED) that stands before all others, without a rule; -1 = none.
   */
  engineReason: number;
  /** Of the hold block; NaN = the decision has none. */
  holdExpiresMs: number;
  /** Index into ON_EXPIRY. */
  holdOnExpiry: number;
  /** Index into METHODS of the reversal block; -1 = the decision has none. */
  method: number;
  /** NaN = left out. */
  notBeforeMs: number;
  /** NaN = left out. */
  notAfterMs: number;
  /** Index into METHODS; -1 = left out. */
  fallbackMethod: number;
  /** Index into plan.life.rails of the rail whose queryFirst is told; -1 = left out. */
  queryRail: number;
}

/** A verdict's part of a decision without hold, reversal and reasons of the engine's own. */
export const NO_BLOCKS: Pick<
  Verdict,
  | 'engineReason'
  | 'holdExpiresMs'
  | 'holdOnExpiry'
  | 'method'
  | 'notBeforeMs'
  | 'notAfterMs'
  | 'fallbackMethod'
  | 'queryRail'
> = {
  engineReason: -1,
  holdExpiresMs: NaN,
  holdOnExpiry: 0,
  method: -1,
  notBeforeMs: NaN,
  notAfterMs: NaN,
  fallbackMethod: -1,
  queryRail: -1,
};

/** What an amendment tells beside its verdict; one a worker, filled again each time. */
export interface AmendmentHead {
  /** Where the texts stand. */
  bytes: Uint8Array;
  view: DataView;
  idOffset: number;
  idLength: number;
  accountOffset: number;
  /** -1 = none */
  accountLength: number;
  /** Id of the row that caused it, in causeBytes; length -1 = none (timers, expiry). */
  causeBytes: Uint8Array;
  causeView: DataView;
  causeOffset: number;
  causeLength: number;
  /** Index into CAUSES. */
  cause: number;
  /** Of the amendment; it supersedes revision - 1. */
  revision: number;
  /** Of its cause, ms. */
  eventTimeMs: number;
  /** ROW_FLAG bits; those that decisions tell. */
  flags: number;
}

/** Kinds of an evidence value. */
export const EVIDENCE_KIND = { missing: 0, number: 1, text: 2, boolean: 3 } as const;

/** The fixed part of one item of a rule's evidence. */
export interface EvidenceTemplate {
  readonly what: string;
  readonly op: CompareOperator | 'in' | 'not in' | 'has' | 'not has' | 'is' | 'is not';
  /** Threshold that is always the same text (a list's name), else null. */
  readonly thresholdText: string | null;
  /** True when value - threshold means something. */
  readonly hasMargin: boolean;
  /** Of its texts, by where value and threshold come from. */
  readonly maskings: readonly [value: Masking, threshold: Masking];
}

/**
 * The values of one rule's items on one row, filled by EvidenceReader.read. Index 2k is item k's
 * value, 2k + 1 its threshold.
 */
export interface EvidenceValues {
  /** 1 where the item's condition held; only those are written. */
  readonly held: Uint8Array;
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  /** Text values: bytes in `memory`, at most EVIDENCE_TEXT_BYTES_MAX of them. */
  readonly memory: Uint8Array[];
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
}

export const EVIDENCE_TEXT_BYTES_MAX = 64;
export const EVIDENCE_ITEMS_MAX = 64;

export interface EvidenceReader {
  /** By rule index. */
  readonly templates: readonly (readonly EvidenceTemplate[])[];
  readonly values: EvidenceValues;
  /** Fills `values` for `rule` on `row`; the number of items is templates[rule].length. */
  read(rule: number, row: number): void;
  /** Score that `rule` adds on `row`; NaN when it has none. */
  scoreOf(rule: number, row: number): number;
}

/** The decoded rows of one batch or tile. All views are over the same memory. */
export interface RowTable {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** The batch's bytes; unescaped strings stand `scratchOffset` further than their raw bytes. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
}
