// What comes later of an honest payment: the answer that was missing, a refund in whole or part, a
// reversal by a supervisor, the report of its terminal, the bank's word that it was genuine. And before
// it, now and then, how its payment code was shown and scanned.

import type { Random } from '../base/random.ts';
import { codeOf, labelOf, refundOf, reversalOf, statusOf, terminalOf } from './derived-rows.ts';
import type { Draft } from './draft.ts';
import { isUnclear } from './ordinary.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './scenario.ts';
import type { Schedule } from './schedule.ts';

/** Of payments that were clear at once. */
const REFUND_SHARE = 0.012;
const STATUS_SHARE = 0.002;
const TERMINAL_SHARE = 0.002;
const GENUINE_SHARE = 0.0006;
const REVERSAL_SHARE = 0.0008;
/** Of payments by a code that is named. */
const CODE_TOLD_SHARE = 0.03;

/** Rows about a payment that enters the stream at `nowMs`. */
export function planNews(draft: Draft, nowMs: number, random: Random, schedule: Schedule): void {
  if (draft.kind !== 'payment') return;
  if (isUnclear(draft)) {
    planAnswer(draft, nowMs, random, schedule);
    return;
  }
  if (draft.walletStatus !== 'charged') return;
  let u = random.next();
  if (u < REFUND_SHARE) {
    planRefund(draft, nowMs, random, schedule);
    return;
  }
  u -= REFUND_SHARE;
  if (u < STATUS_SHARE) {
    // It says again what is known.
    schedule.add(statusOf(draft, nowMs + 500 + 5_000 * random.next()));
    return;
  }
  u -= STATUS_SHARE;
  if (u < TERMINAL_SHARE) {
    if (draft.terminal === '') return;
    const fault = random.chance(0.1) ? 'network' : random.chance(0.03) ? 'self-test' : '';
    schedule.add(terminalOf(draft, nowMs + HOUR_MS * random.next(), fault));
    return;
  }
  u -= TERMINAL_SHARE;
  if (u < GENUINE_SHARE) {
    schedule.add(labelOf(draft, nowMs + (1 + 3 * random.next()) * DAY_MS, 'genuine'));
    return;
  }
  u -= GENUINE_SHARE;
  if (u < REVERSAL_SHARE) {
    // The wallet lets nobody reverse in the first 15 seconds.
    const atMs = nowMs + MINUTE_MS * (0.5 + 10 * random.next());
    schedule.add(reversalOf(draft, atMs, `op-${5 + random.below(36)}`));
  }
}

/** The missing word, within seconds; one in twenty-five says that nothing was charged. */
function planAnswer(draft: Draft, nowMs: number, random: Random, schedule: Schedule): void {
  const waitMs = random.chance(0.9) ? 500 + 7_000 * random.next() : 8_000 + 18_000 * random.next();
  const hasTerminal = draft.channel !== 'online';
  const isCharged = draft.walletStatus === 'charged' || !random.chance(0.04);
  // A terminal that reported success has had the wallet's word.
  const isSuccess = isCharged || draft.terminalStatus === 'success';
  schedule.add(
    statusOf(
      draft,
      nowMs + waitMs,
      isSuccess ? 'charged' : 'not-charged',
      hasTerminal ? (isSuccess ? 'success' : 'failed') : '',
    ),
  );
}

/** Most within a day or two, the whole; some days later; some in part, and then the rest or not. */
function planRefund(draft: Draft, nowMs: number, random: Random, schedule: Schedule): void {
  const spanMs = random.chance(0.15) ? 6 * DAY_MS : 30 * HOUR_MS;
  const atMs = nowMs + 10 * MINUTE_MS + spanMs * random.next() ** 2;
  if (!random.chance(0.3) || draft.amount < 2) {
    schedule.add(refundOf(draft, atMs));
    return;
  }
  const part = refundOf(draft, atMs, 0.1 + 0.8 * random.next());
  schedule.add(part);
  if (!random.chance(0.3) || part.amount >= draft.amount) return;
  const rest = refundOf(draft, atMs + 2 * HOUR_MS + DAY_MS * random.next());
  rest.amount = draft.amount - part.amount;
  schedule.add(rest);
}

/**
 * Of a payment by code: sometimes how the code was shown and scanned stands in the stream before it.
 * Then the payment is planned for half a minute later, its news after it, and true is returned.
 */
export function planCode(draft: Draft, random: Random, schedule: Schedule): boolean {
  if (!(draft.paymentCode >= 0) || !random.chance(CODE_TOLD_SHARE)) return false;
  const shownMs = draft.timeMs;
  const scannedMs = shownMs + 1_000 + 20_000 * random.next();
  draft.timeMs = Math.floor(scannedMs + 800 + 6_000 * random.next());
  draft.codeState = 'scanned';
  schedule.add(codeOf(draft, shownMs, 'new'));
  schedule.add(codeOf(draft, scannedMs, 'scanned'));
  schedule.add(draft);
  if (draft.walletStatus !== 'not-charged') {
    schedule.add(codeOf(draft, draft.timeMs + 300 + 2_000 * random.next(), 'paid'));
  }
  planNews(draft, draft.timeMs, random, schedule);
  return true;
}
