// Rows that are made of a payment: its refund or reversal, the word of terminal and wallet, of its code,
// of its terminal, of an operator, the later truth. Rows of the kinds that inform carry keys and little
// else. Times are given in ms and cut to whole ones.

import { Draft } from './draft.ts';

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

/** A row about `draft`: its account, card, merchant, terminal and place of trade, and nothing else of it. */
function about(draft: Draft, kind: string, atMs: number): Draft {
  const row = new Draft();
  row.kind = kind;
  row.of = draft;
  row.timeMs = Math.floor(atMs);
  row.account = draft.account;
  row.card = draft.card;
  row.merchant = draft.merchant;
  row.mcc = draft.mcc;
  row.country = draft.country;
  row.terminal = draft.terminal;
  return row;
}
