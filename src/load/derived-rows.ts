// Rows that are made of a payment: its refund or reversal, the word of terminal and wallet, of its code,
// of its terminal, of an operator, the later truth. Rows of the kinds that inform carry keys and little
// else. Times are given in ms and cut to whole ones.

import type { Draft } from './draft.ts';

/** Gives back `share` of `paid`. */
export function refundOf(paid: Draft, atMs: number, share: number = 1): Draft {
  const refund = about(paid, 'refund', atMs);
  refund.amount = Math.max(1, Math.round(paid.amount * share));
  refund.currency = paid.currency;
  refund.channel = paid.channel;
  return refund;
}

/** Taken back by a person of the merchant. */
export function reversalOf(
  paid: Draft,
  atMs: number,
  operator: string,
  credential: 'ok' | 'failed' = 'ok',
): Draft {
  const reversal = about(paid, 'reversal', atMs);
  reversal.operator = operator;
  reversal.credential = credential;
  return reversal;
}

/** An operator's word on a hold. */
export function releaseOf(
  held: Draft,
  atMs: number,
  operator: string,
  release: 'approve' | 'decline',
): Draft {
  const row = about(held, 'release', atMs);
  row.operator = operator;
  row.credential = 'ok';
  row.release = release;
  return row;
}

/** What is known by then: '' leaves a word out. */
export function statusOf(
  draft: Draft,
  atMs: number,
  walletStatus: string = 'charged',
  terminalStatus: string = draft.channel === 'online' ? '' : 'success',
): Draft {
  const status = about(draft, 'status', atMs);
  status.walletStatus = walletStatus;
  status.terminalStatus = terminalStatus;
  return status;
}

/** A change of the payment code; it names no payment, for there may be none yet. */
export function codeOf(draft: Draft, atMs: number, codeState: string): Draft {
  const code = about(draft, 'code', atMs);
  code.of = null;
  code.paymentCode = draft.paymentCode;
  code.codeState = codeState;
  return code;
}

/** A report of the payment's terminal; `fault` '' = all is well. */
export function terminalOf(draft: Draft, atMs: number, fault: string = ''): Draft {
  const report = about(draft, 'terminal', atMs);
  report.account = NaN;
  report.card = NaN;
  report.of = null;
  report.softwareVersion = draft.softwareVersion;
  report.fault = fault;
  return report;
}

export function labelOf(draft: Draft, atMs: number, label: string): Draft {
  const row = about(draft, 'label', atMs);
  row.label = label;
  return row;
}

function about(draft: Draft, kind: string, atMs: number): Draft {
  const row = keysOnly(draft.copy());
  row.kind = kind;
  row.of = draft;
  row.timeMs = Math.floor(atMs);
  return row;
}

/** Leaves account, merchant, terminal, card, place of trade and what the row is about. */
function keysOnly(draft: Draft): Draft {
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
  draft.rail = '';
  draft.operator = '';
  draft.credential = '';
  draft.release = '';
  draft.fault = '';
  draft.label = '';
  draft.injected = '';
  draft.isGenuine = false;
  draft.knownAtMs = NaN;
  return draft;
}
