// The decision, as the payment processor consumes it. Source: the decision contract; its JSON
// Schema is docs/schemas/decision.schema.json.

import type { Cause } from './life.ts';
import type { Method, OnExpiry } from './rails.ts';

/** In order of severity. */
export const OUTCOMES = ['allow', 'hold', 'reverse'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const DECISION_FLAGS = [
  'LATE',
  'REPEAT',
  'REPEAT_DIFFERS',
  'OVERDUE',
  'WARMING',
  'CURRENCY_UNKNOWN',
  'TRUNCATED',
] as const;
export type DecisionFlag = (typeof DECISION_FLAGS)[number];

export interface DecisionReason {
  readonly code: string;
  /** Absent for SCORE and the engine's own reasons. */
  readonly rule?: string;
  readonly responseCode?: string;
  readonly reversalReason?: string;
  readonly isoReason?: string;
}

/** A number in minor units, ms or plain; infinity is the text "infinity". */
export type EvidenceValue = number | string | boolean;

/** One comparison or membership of a fired rule that held. */
export interface EvidenceItem {
  /** Left side as written in the rules file, `account.count("10m")`. */
  readonly what: string;
  readonly op: string;
  readonly value?: EvidenceValue;
  /** Right side's value; of `in` the list's or register's name. */
  readonly threshold?: EvidenceValue;
  /** value - threshold where both are numbers and finite. */
  readonly margin?: number;
}

export interface DecisionEvidence {
  readonly rule: string;
  /** Conditions of the rule that held, in the order written. */
  readonly compared?: readonly EvidenceItem[];
  /** Score that this rule added. */
  readonly score?: number;
  /** Ids of exempt clauses that took this rule's outcome away. */
  readonly exemptBy?: readonly string[];
}

export interface ShadowVerdict {
  readonly rule: string;
  readonly outcome: Outcome;
  readonly code: string;
}

export interface HoldBlock {
  /** ms since the epoch */
  readonly expiresAt: number;
  readonly onExpiry: OnExpiry;
}

export interface ReversalBlock {
  readonly method: Method;
  /** ms since the epoch */
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly fallbackMethod?: Method;
  /** Ask the provider for the outcome after so many ms each, before anything is reversed. */
  readonly queryFirst?: readonly number[];
}

export interface Decision {
  readonly decisionId: string;
  readonly transactionId: string;
  readonly account?: string;
  readonly merchant?: string;
  readonly order?: string;
  readonly outcome: Outcome;
  readonly reasons?: readonly DecisionReason[];
  readonly score?: number;
  readonly evidence?: readonly DecisionEvidence[];
  readonly hold?: HoldBlock;
  readonly reversal?: ReversalBlock;
  readonly flags?: readonly DecisionFlag[];
  readonly shadow?: readonly ShadowVerdict[];
  readonly eventTime?: number;
  readonly revision: number;
  /** decisionId of the decision that an amendment takes the place of. */
  readonly supersedes?: string;
  readonly cause?: Cause;
  /** Id of the row that caused the amendment; not of timers and expiries. */
  readonly causedBy?: string;
  readonly rulesHash: string;
  readonly rulesVersion?: string;
}
