// What is kept of a decided payment, refund or reversal, and what events do to a payment: the states,
// words and conflicts of docs/lifecycle.md. Nothing is decided here.

import type { Decision } from '../../src/domain/decision.ts';
import type { Conflict, PaymentState } from '../../src/domain/life.ts';
import type { OnExpiry } from '../../src/domain/rails.ts';
import type { FeatureValue } from './features.ts';
import type { OracleRow } from './rows.ts';

/** What has happened to a payment. Words are undefined until they are known. */
export interface PaymentLife {
  walletStatus: string | undefined;
  terminalStatus: string | undefined;
  isReversed: boolean;
  /** What was charged if it was charged, in minor units of the plan's currency. */
  amount: number | undefined;
  refundedAmount: number;
  refundCount: number;
  conflict: Conflict | undefined;
  label: string | undefined;
  release: string | undefined;
  codeState: string | undefined;
}

export interface Hold {
  readonly expiresAt: number;
  readonly onExpiry: OnExpiry;
}

export interface KeptHold extends Hold {
  /** When its end is due: not before it began. */
  readonly endsAt: number;
}

export interface Kept {
  readonly id: string;
  readonly shard: number;
  /** Records are numbered as they come; an id decided anew keeps its number. */
  readonly sequence: number;
  /** As it was decided last. */
  row: OracleRow;
  kind: string;
  features: readonly FeatureValue[];
  life: PaymentLife;
  /** Its payment code; undefined = it has none. */
  code: Code | undefined;
  newest: Decision;
  hold: KeptHold | null;
  /** Row rules whose reasons stand, and the sum of the scores of those that have one. */
  rowRules: readonly number[];
  rowScore: number | undefined;
  /** Life rules that fire. */
  fired: ReadonlySet<number>;
  waived: ReadonlySet<number>;
  areRowRulesWaived: boolean;
  /** Ended by decline or expiry: the rules have no more say. */
  isForced: boolean;
  isByRefund: boolean;
  isExpired: boolean;
  /** Its hold has expired and nothing was left to reverse with: the next one has no end. */
  isEndless: boolean;
  /** A refund or reversal: its payment has moved. */
  hasMoved: boolean;
  /** Stream time of its last row, and how many touches there were before. */
  touchedAt: number;
  touchOrder: number;
  /** Next instant at which time alone may change its decision; Infinity = none. */
  timer: { readonly due: number; readonly cause: 'timer' | 'maintenance' };
}

/** A payment code. */
export interface Code {
  readonly code: string;
  state: string | undefined;
  uses: number;
  touchedAt: number;
  /** In the order in which they came. */
  members: Kept[];
}

export function newLife(): PaymentLife {
  return {
    walletStatus: undefined,
    terminalStatus: undefined,
    isReversed: false,
    amount: undefined,
    refundedAmount: 0,
    refundCount: 0,
    conflict: undefined,
    label: undefined,
    release: undefined,
    codeState: undefined,
  };
}

export function stateOf(life: PaymentLife): PaymentState {
  if (life.isReversed) return 'reversed';
  if (life.refundCount > 0 || life.refundedAmount > 0) {
    const isPart = life.amount !== undefined && life.refundedAmount < life.amount;
    return isPart ? 'partly-refunded' : 'refunded';
  }
  if (life.walletStatus === 'charged') return 'charged';
  return life.walletStatus === 'not-charged' ? 'not-charged' : 'attempted';
}

export type GivenBack = 'nothing' | 'part' | 'all';

/** By refunds, or by a reversal; where amounts cannot be compared a rest may be left. */
export function givenBackOf(life: PaymentLife): GivenBack {
  if (life.isReversed) return 'all';
  if (life.refundCount === 0 && !(life.refundedAmount > 0)) return 'nothing';
  return life.amount !== undefined && life.refundedAmount >= life.amount ? 'all' : 'part';
}

export function isPending(life: PaymentLife): boolean {
  const isTold = life.walletStatus === 'charged' || life.walletStatus === 'not-charged';
  return !isTold || life.terminalStatus === 'unknown';
}

/** As far as its own life says: it is on a terminal, and a fault there may have cut it short. */
export function isInFlight(life: PaymentLife): boolean {
  if (life.isReversed) return false;
  const isSilent = life.walletStatus === 'charged' && life.terminalStatus === undefined;
  return isSilent || isPending(life);
}

/** `unknown` takes no word back. */
export function hear(before: string | undefined, word: string | undefined): string | undefined {
  if (word === undefined) return before;
  return word === 'unknown' && before !== undefined ? before : word;
}

function contradicts(before: string | undefined, word: string | undefined): boolean {
  const isKnown = (one: string | undefined): boolean => one !== undefined && one !== 'unknown';
  return isKnown(before) && isKnown(word) && before !== word;
}

export function applyStatus(
  life: PaymentLife,
  wallet: string | undefined,
  terminal: string | undefined,
  amount: number | undefined,
): void {
  if (amount !== undefined) life.amount = amount;
  if (life.isReversed && wallet === 'charged' && life.walletStatus !== 'charged') {
    life.conflict = 'status-after-reversal';
  } else if (contradicts(life.walletStatus, wallet) || contradicts(life.terminalStatus, terminal)) {
    life.conflict = 'status-contradicts';
  }
  life.walletStatus = hear(life.walletStatus, wallet);
  life.terminalStatus = hear(life.terminalStatus, terminal);
}

/** @param refunded all that is refunded by then, the one in hand included */
export function refundConflict(life: PaymentLife, refunded: number): Conflict | undefined {
  if (life.isReversed) return 'refund-after-reversal';
  if (life.walletStatus === 'not-charged') return 'refund-of-uncharged';
  return life.amount !== undefined && refunded > life.amount ? 'refund-exceeds-charge' : undefined;
}

export function reversalConflict(life: PaymentLife): Conflict | undefined {
  const state = stateOf(life);
  if (state === 'reversed') return 'reversal-after-reversal';
  return state === 'partly-refunded' || state === 'refunded' ? 'reversal-after-refund' : undefined;
}

export function refundsOf(life: PaymentLife): { refundedAmount: number; refundCount: number } {
  return { refundedAmount: life.refundedAmount, refundCount: life.refundCount };
}
