// Injected frauds around merchants: shared addresses, and refunds as a business.

import { must } from '../base/assert.ts';
import { refundOf } from './derived-rows.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './scenario.ts';

/** Terminals of several merchants behind one address: guilty from the second merchant on. */
function ipConflict(stage: Stage, timeMs: number): boolean {
  const ip = stage.freshIp();
  const city = stage.random.below(24);
  let at = timeMs;
  const merchants = new Set<number>();
  for (let i = 0; i < 4; i++) {
    const account = stage.account(timeMs, 2 * HOUR_MS);
    const home = stage.population.placeOf(account);
    const merchant = stage.quietShop(home === city ? city : home);
    merchants.add(merchant);
    const draft = stage.payments.make(account, at, {
      channel: 'payment-code',
      merchant,
      amountCny: stage.between(10, 300),
    });
    draft.ip = ip;
    if (merchants.size < 2) stage.add(draft);
    else stage.addGuilty(draft);
    at += stage.between(1, 12) * MINUTE_MS;
  }
  return true;
}

/** A merchant pays out refunds in a burst: from the sixth on within a day. */
function merchantRefunds(stage: Stage, timeMs: number): boolean {
  const merchant = stage.random.pick(refundShops(stage));
  let at = timeMs;
  for (let i = 0; i < 12; i++) {
    const account = stage.account(timeMs, HOUR_MS);
    const paid = stage.payments.make(account, at, {
      channel: 'online',
      merchant,
      amountCny: stage.between(60, 900),
    });
    stage.add(paid);
    const refund = refundOf(paid, at + stage.between(5, 15) * MINUTE_MS);
    if (i >= 5) stage.addGuilty(refund);
    else stage.add(refund);
    at += stage.between(20, 40) * MINUTE_MS;
  }
  return true;
}

/** The least popular online shops: few honest payments stand between the refunds. */
function refundShops(stage: Stage): readonly number[] {
  return stage.world.onlineShops.slice(-300);
}

/** One payer gives back purchase after purchase: from the fourth refund on within a day. */
function accountRefunds(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 2 * DAY_MS);
  let at = timeMs;
  for (let i = 0; i < 6; i++) {
    const paid = stage.payments.make(account, at, {
      channel: 'online',
      merchant: must(stage.world.onlineShops[stage.random.below(100)], 'shop'),
      amountCny: stage.between(80, 800),
    });
    stage.add(paid);
    const refund = refundOf(paid, at + stage.between(3, 20) * MINUTE_MS);
    if (i >= 3) stage.addGuilty(refund);
    else stage.add(refund);
    at += stage.between(30, 70) * MINUTE_MS;
  }
  return true;
}

/** A refund that names no payment, or one that was never there. */
function refundOfNothing(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, HOUR_MS);
  const refund = refundOf(
    stage.payments.make(account, timeMs, {
      channel: 'online',
      amountCny: stage.between(50, 2_000),
    }),
    timeMs,
  );
  if (stage.random.chance(0.5)) refund.of = null;
  else must(refund.of, 'payment').id = stage.strangeId();
  stage.addGuilty(refund);
  return true;
}

export const MERCHANT_FRAUD_SCENARIOS: readonly Scenario[] = [
  { kind: 'ip-conflict', labelled: 3, guilt: 'fraud', plan: ipConflict },
  { kind: 'excessive-refunds', labelled: 7, guilt: 'fraud', plan: merchantRefunds },
  { kind: 'excessive-refunds', labelled: 3, guilt: 'fraud', plan: accountRefunds },
  { kind: 'refund-of-nothing', labelled: 1, guilt: 'fraud', plan: refundOfNothing },
];
