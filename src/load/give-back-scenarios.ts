// Injected frauds and faults of money that goes back: more than was paid, of what was never charged,
// by people without the right, with a wrong password, too late. Beside them the honest refund in parts
// and the reversal in good time.

import { must } from '../base/assert.ts';
import { refundOf, releaseOf, reversalOf, statusOf } from './derived-rows.ts';
import type { Draft } from './draft.ts';
import type { Wishes } from './ordinary.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, LOCAL_OFFSET_MS, MINUTE_MS, SECOND_MS } from './scenario.ts';

/** Local time at which the card rail's clearing day ends. */
const CUT_OFF_HOUR = 23;
/** Accounts of trainees, and a name that is nobody's. */
const WITHOUT_RIGHT: readonly string[] = ['op-41', 'op-42', 'op-77'];

function paid(
  stage: Stage,
  timeMs: number,
  wishes: Wishes = { channel: 'online' },
  account: number = stage.account(timeMs, DAY_MS),
): Draft {
  const amountCny = wishes.amountCny ?? stage.between(80, 1_500);
  return stage.payments.make(account, timeMs, { ...wishes, amountCny });
}

function supervisor(stage: Stage): string {
  return `op-${5 + stage.random.below(36)}`;
}

/** With the last refund more goes back than was paid: once too much, or twice the better half. */
function overRefund(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  stage.add(payment);
  let at = timeMs + stage.between(10, 90) * MINUTE_MS;
  if (stage.random.chance(0.5)) {
    stage.add(refundOf(payment, at, stage.between(0.5, 0.9)));
    at += stage.between(10, 240) * MINUTE_MS;
    stage.addGuilty(refundOf(payment, at, stage.between(0.6, 1)));
  } else {
    stage.addGuilty(refundOf(payment, at, stage.between(1.05, 10)));
  }
  return true;
}

/** Two articles of an order come back, one after the other: exactly what was paid. */
function refundInParts(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  stage.add(payment);
  const first = refundOf(
    payment,
    timeMs + stage.between(0.5, 3) * HOUR_MS,
    stage.between(0.2, 0.8),
  );
  const rest = refundOf(payment, first.timeMs + stage.between(1, 4) * HOUR_MS);
  rest.amount = payment.amount - first.amount;
  stage.addHonest(first);
  stage.addHonest(rest);
  return true;
}

/** One purchase is given back piece by piece, more refunds than payments in a day: from the third on. */
function refundStorm(stage: Stage, timeMs: number): boolean {
  const account = stage.rareAccount(timeMs, DAY_MS);
  const payment = paid(stage, timeMs, { channel: 'online' }, account);
  stage.add(payment);
  let at = timeMs + stage.between(20, 90) * MINUTE_MS;
  for (let i = 0; i < 3; i++) {
    const refund = refundOf(payment, at, stage.between(0.2, 0.3));
    if (i < 2) stage.add(refund);
    else stage.addGuilty(refund);
    at += stage.between(5, 60) * MINUTE_MS;
  }
  return true;
}

/** A refund of what the wallet never charged. */
function refundOfUncharged(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  payment.walletStatus = 'unknown';
  stage.add(payment);
  stage.add(statusOf(payment, timeMs + stage.between(1, 10) * SECOND_MS, 'not-charged'));
  stage.addGuilty(refundOf(payment, timeMs + stage.between(5, 60) * MINUTE_MS));
  return true;
}

/** The same payment is reversed a second time, or refunded after that. */
function givenBackTwice(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  stage.add(payment);
  stage.add(reversalOf(payment, timeMs + stage.between(3, 20) * MINUTE_MS, supervisor(stage)));
  const at = timeMs + stage.between(0.5, 5) * HOUR_MS;
  stage.addGuilty(
    stage.random.chance(0.5) ? reversalOf(payment, at, supervisor(stage)) : refundOf(payment, at),
  );
  return true;
}

function reversalWithoutRight(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  stage.add(payment);
  const at = timeMs + stage.between(2, 40) * MINUTE_MS;
  stage.addGuilty(reversalOf(payment, at, stage.random.pick(WITHOUT_RIGHT)));
  return true;
}

/** A wrong password; the right one half a minute later is as it should be. */
function wrongPassword(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  stage.add(payment);
  const operator = supervisor(stage);
  const at = timeMs + stage.between(2, 40) * MINUTE_MS;
  stage.addGuilty(reversalOf(payment, at, operator, 'failed'));
  stage.add(reversalOf(payment, at + stage.between(15, 60) * SECOND_MS, operator));
  return true;
}

/** Someone at an operator's desk guesses: three wrong passwords, and then the right one. */
function guessedPassword(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs, { channel: 'online', amountCny: stage.between(900, 3_500) });
  stage.add(payment);
  const operator = supervisor(stage);
  let at = timeMs + stage.between(2, 40) * MINUTE_MS;
  for (let i = 0; i < 4; i++) {
    stage.addGuilty(reversalOf(payment, at, operator, i < 3 ? 'failed' : 'ok'));
    at += stage.between(10, 120) * SECOND_MS;
  }
  return true;
}

/** A reversal of a payment that was never there. */
function reversalOfNothing(stage: Stage, timeMs: number): boolean {
  const payment = paid(stage, timeMs);
  payment.id = stage.strangeId();
  stage.addGuilty(reversalOf(payment, timeMs, supervisor(stage)));
  return true;
}

/** Local time of day `hour` on the day of `timeMs`. */
function atHour(timeMs: number, hour: number): number {
  const localMs = timeMs + LOCAL_OFFSET_MS;
  return localMs - (localMs % DAY_MS) + hour * HOUR_MS - LOCAL_OFFSET_MS;
}

/** A card payment of the day, reversed after the day was cleared: only a refund is left. */
function reversalTooLate(stage: Stage, timeMs: number): boolean {
  const cutOffMs = atHour(timeMs, CUT_OFF_HOUR);
  if (timeMs > cutOffMs - HOUR_MS) return false;
  const payment = paid(stage, timeMs, { channel: 'chip' });
  stage.add(payment);
  stage.addGuilty(
    reversalOf(payment, cutOffMs + stage.between(0.1, 10) * HOUR_MS, supervisor(stage)),
  );
  return true;
}

/** The same, by an hour or so before the day is cleared. */
function reversalInTime(stage: Stage, timeMs: number): boolean {
  const cutOffMs = atHour(timeMs, CUT_OFF_HOUR);
  if (timeMs > cutOffMs - HOUR_MS) return false;
  const payment = paid(stage, timeMs, { channel: 'chip' });
  stage.add(payment);
  const at = stage.between(Math.max(payment.timeMs + MINUTE_MS, cutOffMs - 3 * HOUR_MS), cutOffMs);
  stage.addHonest(reversalOf(payment, at - 1, supervisor(stage)));
  return true;
}

/** A held payment is waved through by someone who may not: it stays held. */
function releaseWithoutRight(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, DAY_MS);
  const payment = stage.payments.make(account, timeMs, {
    channel: 'contactless',
    amountCny: stage.between(10_500, 14_000),
  });
  stage.addGuilty(payment);
  const at = timeMs + stage.between(5, 90) * MINUTE_MS;
  stage.add(releaseOf(payment, at, must(WITHOUT_RIGHT[0], 'trainee'), 'approve'));
  return true;
}

export const GIVE_BACK_SCENARIOS: readonly Scenario[] = [
  { kind: 'excessive-refunds', labelled: 1, guilt: 'fraud', plan: overRefund },
  { kind: 'refund-in-parts', labelled: 4, guilt: 'none', plan: refundInParts },
  { kind: 'excessive-refunds', labelled: 1, guilt: 'fraud', plan: refundStorm },
  { kind: 'excessive-refunds', labelled: 1, guilt: 'fraud', plan: refundOfUncharged },
  { kind: 'excessive-refunds', labelled: 1, guilt: 'fraud', plan: givenBackTwice },
  { kind: 'unauthorised-reversal', labelled: 1, guilt: 'fraud', plan: reversalWithoutRight },
  { kind: 'unauthorised-reversal', labelled: 1, guilt: 'fault', plan: wrongPassword },
  { kind: 'unauthorised-reversal', labelled: 4, guilt: 'fraud', plan: guessedPassword },
  { kind: 'unauthorised-reversal', labelled: 1, guilt: 'fault', plan: reversalOfNothing },
  { kind: 'unauthorised-reversal', labelled: 1, guilt: 'fraud', plan: releaseWithoutRight },
  { kind: 'late-reversal', labelled: 1, guilt: 'fault', plan: reversalTooLate },
  { kind: 'reversal-in-time', labelled: 2, guilt: 'none', plan: reversalInTime },
];
