// Rows that are made of a payment: its refund, and the bare keys that news about it carries.

import type { Draft } from './draft.ts';

/** Gives back the whole of `paid`. */
export function refundOf(paid: Draft, atMs: number): Draft {
  const refund = keysOnly(paid.copy());
  refund.kind = 'refund';
  refund.of = paid;
  refund.timeMs = Math.floor(atMs);
  refund.amount = paid.amount;
  refund.currency = paid.currency;
  refund.channel = paid.channel;
  return refund;
}

/** Leaves account, merchant, terminal, card, place of trade and what the row is about. */
export function keysOnly(draft: Draft): Draft {
  draft.amount = NaN;
  draft.currency = '';
  draft.merchantName = '';
  draft.city = '';
  draft.softwareVersion = '';
  draft.channel = '';
  draft.latE5 = NaN;
  draft.lonE5 = NaN;
  draft.ip = NaN;
  draft.device = NaN;
  draft.expiry = NaN;
  draft.verification = '';
  draft.terminalStatus = '';
  draft.walletStatus = '';
  draft.balance = NaN;
  draft.accountState = '';
  draft.durationMs = NaN;
  draft.order = NaN;
  draft.paymentCode = NaN;
  draft.codeState = '';
  draft.injected = '';
  draft.isGenuine = false;
  return draft;
}
