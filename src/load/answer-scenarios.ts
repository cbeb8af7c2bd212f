// Injected faults of the answer: it never comes, it comes and says the contrary, or it names another
// sum. Beside each the honest case that looks the same until the answer is there.

import { must } from '../base/assert.ts';
import { codeOf, statusOf } from './derived-rows.ts';
import type { Draft } from './draft.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './scenario.ts';
import type { Wishes } from './ordinary.ts';

/** A payment of anyone at a terminal (or online), whose outcome is not known yet. */
export function openPayment(stage: Stage, timeMs: number, wishes?: Wishes): Draft {
  const channel = stage.random.pick(['chip', 'contactless', 'payment-code'] as const);
  const merchant = wishes?.merchant;
  const account =
    merchant === undefined
      ? stage.account(timeMs, HOUR_MS)
      : stage.localAccount(timeMs, HOUR_MS, merchant);
  const draft = stage.payments.make(account, timeMs, wishes ?? { channel });
  draft.walletStatus = 'unknown';
  if (draft.channel !== 'online') draft.terminalStatus = 'unknown';
  return draft;
}

function later(stage: Stage, draft: Draft, fromS: number, toS: number): number {
  return draft.timeMs + stage.between(fromS, toS) * SECOND_MS;
}

/** Nobody ever says what became of it. */
function noAnswer(stage: Stage, timeMs: number): boolean {
  const isOnline = stage.random.chance(0.25);
  stage.addGuilty(openPayment(stage, timeMs, isOnline ? { channel: 'online' } : undefined));
  return true;
}

/** The answer takes its time: mostly less than the half minute that is waited for it. */
function slowAnswer(stage: Stage, timeMs: number): boolean {
  const draft = openPayment(stage, timeMs);
  stage.addHonest(draft);
  stage.add(statusOf(draft, later(stage, draft, 12, 33)));
  return true;
}

/** What wallet and terminal say of a payment; of what is left out nothing new is known. */
interface Words {
  readonly wallet?: string;
  readonly terminal?: string;
}

/** Terminal and wallet say `first`, and then, within so many seconds, `next`. */
function told(
  kind: string,
  guilt: 'fault' | 'none',
  first: Words,
  next: (Words & { readonly withinS: readonly [number, number] }) | null,
): Scenario {
  const plan = (stage: Stage, timeMs: number): boolean => {
    const draft = openPayment(stage, timeMs);
    draft.walletStatus = first.wallet ?? draft.walletStatus;
    draft.terminalStatus = first.terminal ?? draft.terminalStatus;
    if (guilt === 'fault') stage.addGuilty(draft);
    else stage.addHonest(draft);
    if (next === null) return true;
    const atMs = later(stage, draft, ...next.withinS);
    stage.add(statusOf(draft, atMs, next.wallet ?? '', next.terminal ?? ''));
    return true;
  };
  return { kind, labelled: guilt === 'fault' ? 1 : 2, guilt, plan };
}

/** The wallet has charged another sum than the till asked for. */
function otherAmount(stage: Stage, timeMs: number): boolean {
  const draft = openPayment(stage, timeMs);
  stage.addGuilty(draft);
  const status = statusOf(draft, later(stage, draft, 1, 15));
  status.amount = Math.max(1, Math.round(draft.amount * (stage.random.chance(0.5) ? 10 : 0.9)));
  if (status.amount === draft.amount) status.amount++;
  stage.add(status);
  return true;
}

/** The wallet names the sum; now and then a wrong one first, which it puts right. */
function sumConfirmed(stage: Stage, timeMs: number): boolean {
  const draft = openPayment(stage, timeMs);
  stage.addHonest(draft);
  const isWrongFirst = stage.random.chance(0.2);
  const status = statusOf(draft, later(stage, draft, 1, 10));
  status.amount = isWrongFirst ? draft.amount * 10 : draft.amount;
  stage.add(status);
  if (!isWrongFirst) return true;
  const corrected = statusOf(draft, status.timeMs + stage.between(1, 30) * MINUTE_MS);
  corrected.amount = draft.amount;
  stage.add(corrected);
  return true;
}

/** While its terminal is being maintained, a payment gets no answer; null = no window is near. */
function maintainedPayment(stage: Stage, timeMs: number): { draft: Draft; endMs: number } | null {
  const window = stage.nextMaintenance(timeMs, DAY_MS / 2);
  if (window === null || window.terminal < 0) return null;
  const atMs = stage.between(window.fromMs + MINUTE_MS, window.toMs - 15 * MINUTE_MS);
  const { merchant } = must(stage.world.terminals[window.terminal], 'terminal');
  const draft = openPayment(stage, atMs, { channel: 'chip', merchant });
  stage.payments.setTerminal(draft, window.terminal);
  return { draft, endMs: window.toMs };
}

function lostInMaintenance(stage: Stage, timeMs: number): boolean {
  const payment = maintainedPayment(stage, timeMs);
  if (payment === null) return false;
  stage.addGuilty(payment.draft);
  return true;
}

function answeredInMaintenance(stage: Stage, timeMs: number): boolean {
  const payment = maintainedPayment(stage, timeMs);
  if (payment === null) return false;
  const { draft, endMs } = payment;
  stage.addHonest(draft);
  stage.add(statusOf(draft, stage.between(draft.timeMs + MINUTE_MS, endMs)));
  return true;
}

/** A payment by a code that has the state `codeState` then. */
function codePayment(stage: Stage, timeMs: number, codeState: string): Draft {
  const draft = openPayment(stage, timeMs, { channel: 'payment-code' });
  draft.paymentCode = stage.payments.freshCode();
  draft.rail = 'payment-code';
  draft.codeState = codeState;
  stage.add(codeOf(draft, timeMs - stage.between(5, 40) * SECOND_MS, 'new'));
  return draft;
}

/** The code expires before the payment is clear. */
function codeExpires(stage: Stage, timeMs: number): boolean {
  const draft = codePayment(stage, timeMs + MINUTE_MS, 'scanned');
  stage.addGuilty(draft);
  stage.add(codeOf(draft, later(stage, draft, 3, 28), 'expired'));
  return true;
}

/** Broken off: before anybody scanned the code, or after the payer did. */
function codeBrokenOff(stage: Stage, timeMs: number): boolean {
  const isScanned = stage.random.chance(0.5);
  const draft = codePayment(stage, timeMs + MINUTE_MS, isScanned ? 'scanned' : 'new');
  draft.terminalStatus = 'failed';
  stage.addGuilty(draft);
  if (!isScanned) stage.add(codeOf(draft, later(stage, draft, 1, 10), 'cancelled'));
  return true;
}

/** One code, two payments: someone took a picture of it. The second is guilty. */
function codeUsedTwice(stage: Stage, timeMs: number): boolean {
  const first = codePayment(stage, timeMs + MINUTE_MS, 'scanned');
  first.walletStatus = 'charged';
  first.terminalStatus = 'success';
  stage.add(first);
  stage.add(codeOf(first, first.timeMs + SECOND_MS, 'paid'));
  const again = stage.payments.make(first.account, first.timeMs + stage.between(1, 9) * MINUTE_MS, {
    channel: 'payment-code',
    city: stage.population.placeOf(first.account),
  });
  again.paymentCode = first.paymentCode;
  again.rail = first.rail;
  stage.addGuilty(again);
  return true;
}

/** Paid in good time; that the code expires a minute later means nothing. */
function codeExpiresAfterwards(stage: Stage, timeMs: number): boolean {
  const draft = codePayment(stage, timeMs + MINUTE_MS, 'scanned');
  stage.addHonest(draft);
  const answer = statusOf(draft, later(stage, draft, 1, 10));
  stage.add(answer);
  stage.add(codeOf(draft, answer.timeMs + 200, 'paid'));
  stage.add(codeOf(draft, answer.timeMs + MINUTE_MS, 'expired'));
  return true;
}

export const ANSWER_SCENARIOS: readonly Scenario[] = [
  { kind: 'took-too-long', labelled: 1, guilt: 'fault', plan: noAnswer },
  { kind: 'slow-answer', labelled: 2, guilt: 'none', plan: slowAnswer },
  // The terminal gave up; then the wallet says that it has charged.
  told(
    'charged-but-failed',
    'fault',
    { terminal: 'failed' },
    { wallet: 'charged', withinS: [2, 20] },
  ),
  // The wallet has charged; then the terminal says that it failed, or it never says a word.
  told(
    'charged-but-failed',
    'fault',
    { wallet: 'charged', terminal: '' },
    { terminal: 'failed', withinS: [2, 40] },
  ),
  told('charged-but-failed', 'fault', { wallet: 'charged', terminal: '' }, null),
  // The terminal gave up, and the wallet has not charged either.
  told(
    'failed-on-both-sides',
    'none',
    { terminal: 'failed' },
    { wallet: 'not-charged', withinS: [2, 20] },
  ),
  { kind: 'ledger-mismatch', labelled: 1, guilt: 'fault', plan: otherAmount },
  // The till beeps; then the wallet says that nothing was charged.
  told(
    'ledger-mismatch',
    'fault',
    { terminal: 'success' },
    { wallet: 'not-charged', withinS: [1, 20] },
  ),
  { kind: 'sum-confirmed', labelled: 2, guilt: 'none', plan: sumConfirmed },
  { kind: 'maintenance', labelled: 1, guilt: 'fault', plan: lostInMaintenance },
  { kind: 'answered-in-maintenance', labelled: 2, guilt: 'none', plan: answeredInMaintenance },
  { kind: 'payment-code', labelled: 1, guilt: 'fault', plan: codeExpires },
  { kind: 'payment-code', labelled: 1, guilt: 'fault', plan: codeBrokenOff },
  { kind: 'payment-code', labelled: 1, guilt: 'fraud', plan: codeUsedTwice },
  { kind: 'code-expires-afterwards', labelled: 2, guilt: 'none', plan: codeExpiresAfterwards },
];
