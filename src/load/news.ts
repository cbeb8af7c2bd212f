// What comes later of an honest payment: a refund, a status, the code's or terminal's report, the
// bank's word that it was genuine. Rows of the kinds that inform carry keys and little else.

import type { Random } from '../base/random.ts';
import type { Draft } from './draft.ts';
import { keysOnly, refundOf } from './derived-rows.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './scenario.ts';
import type { Schedule } from './schedule.ts';

const REFUND_SHARE = 0.012;
const STATUS_SHARE = 0.004;
const CODE_SHARE = 0.02;
const TERMINAL_SHARE = 0.002;
const GENUINE_SHARE = 0.0006;
const REVERSAL_SHARE = 0.0004;

export function planNews(draft: Draft, nowMs: number, random: Random, schedule: Schedule): void {
  if (draft.kind !== 'payment') return;
  if (draft.walletStatus === 'unknown') {
    schedule.add(statusOf(draft, nowMs + 2_000 + 25_000 * random.next()));
    return;
  }
  if (draft.walletStatus !== 'charged') return;
  const u = random.next();
  if (u < REFUND_SHARE) {
    schedule.add(refundOf(draft, nowMs + 10 * MINUTE_MS + 30 * HOUR_MS * random.next() ** 2));
  } else if (u < REFUND_SHARE + STATUS_SHARE) {
    schedule.add(statusOf(draft, nowMs + 500 + 5_000 * random.next()));
  } else if (u < 0.04) {
    planRare(draft, nowMs, random, schedule);
  }
}

function planRare(draft: Draft, nowMs: number, random: Random, schedule: Schedule): void {
  // Reached with probability 0.024: shares are of all payments.
  const u = random.next() * 0.024;
  const news = keysOnly(draft.copy());
  news.of = draft;
  if (u < CODE_SHARE) {
    if (!(draft.paymentCode >= 0)) return;
    news.kind = 'code';
    news.paymentCode = draft.paymentCode;
    news.codeState = 'paid';
    news.timeMs = Math.floor(nowMs + 300 + 2_000 * random.next());
  } else if (u < CODE_SHARE + TERMINAL_SHARE) {
    if (draft.terminal === '') return;
    news.kind = 'terminal';
    news.account = NaN;
    news.card = NaN;
    news.of = null;
    news.softwareVersion = draft.softwareVersion;
    if (random.chance(0.1)) news.fault = 'network';
    news.timeMs = Math.floor(nowMs + HOUR_MS * random.next());
  } else if (u < CODE_SHARE + TERMINAL_SHARE + GENUINE_SHARE) {
    news.kind = 'label';
    news.label = 'genuine';
    news.timeMs = Math.floor(nowMs + DAY_MS * random.next());
  } else if (u < CODE_SHARE + TERMINAL_SHARE + GENUINE_SHARE + REVERSAL_SHARE) {
    news.kind = 'reversal';
    news.operator = `op-${1 + random.below(40)}`;
    news.credential = 'ok';
    news.timeMs = Math.floor(nowMs + 10 * MINUTE_MS * random.next());
  } else {
    return;
  }
  schedule.add(news);
}

/** The later, agreeing word of terminal and wallet. */
function statusOf(draft: Draft, atMs: number): Draft {
  const status = keysOnly(draft.copy());
  status.kind = 'status';
  status.of = draft;
  status.terminalStatus = draft.terminalStatus === '' ? '' : 'success';
  status.walletStatus = 'charged';
  status.timeMs = Math.floor(atMs);
  return status;
}
