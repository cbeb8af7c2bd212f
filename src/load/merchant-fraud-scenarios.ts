// Injected frauds around merchants and their terminals: shared addresses, refunds, skimmed terminals.

import { must } from '../base/assert.ts';
import { keysOnly, refundOf } from './derived-rows.ts';
import type { Draft } from './draft.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './scenario.ts';
import { CITIES } from './world-data.ts';

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

/** A refund that names no payment. */
function refundOfNothing(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, HOUR_MS);
  const refund = refundOf(
    stage.payments.make(account, timeMs, {
      channel: 'online',
      amountCny: stage.between(50, 2_000),
    }),
    timeMs,
  );
  refund.of = null;
  stage.addGuilty(refund);
  return true;
}

/** A skimming device: two payments turn out as fraud a day later; what follows there is guilty. */
function compromisedTerminal(stage: Stage, timeMs: number): boolean {
  const reserved: number[] = [];
  for (let tries = 0; tries < 400 && reserved.length === 0; tries++) {
    const index = stage.random.below(stage.world.terminals.length);
    if (stage.world.terminals[index]?.isReserved === true) reserved.push(index);
  }
  const index = reserved[0];
  if (index === undefined) return false;
  const terminal = must(stage.world.terminals[index], 'terminal');
  const city = CITIES.findIndex(
    (place) => place === stage.world.merchants[terminal.merchant]?.city,
  );
  const pay = (atMs: number): Draft => {
    const account = localAccount(stage, atMs, city);
    const draft = stage.payments.make(account, atMs, {
      channel: 'chip',
      merchant: terminal.merchant,
      amountCny: stage.between(20, 600),
    });
    stage.payments.setTerminal(draft, index);
    return draft;
  };
  for (let i = 0; i < 2; i++) {
    const skimmed = pay(timeMs + i * stage.between(10, 50) * MINUTE_MS);
    stage.addGuilty(skimmed, 'skimmed-unknown-then');
    const label = skimmed.copy();
    label.kind = 'label';
    label.label = 'fraud';
    label.of = skimmed;
    label.timeMs = skimmed.timeMs + Math.floor(stage.between(8, 20) * HOUR_MS);
    stage.add(keysOnly(label));
  }
  let at = timeMs + 22 * HOUR_MS;
  for (let i = 0; i < 8; i++) {
    stage.addGuilty(pay(at));
    at += stage.between(10, 120) * MINUTE_MS;
  }
  return true;
}

/** Somebody who is in `city`, so that only the terminal is suspicious. */
function localAccount(stage: Stage, timeMs: number, city: number): number {
  for (let tries = 0; tries < 300; tries++) {
    const account = stage.population.pick(timeMs);
    if (stage.population.placeOf(account) !== city) continue;
    stage.population.quiet(account, timeMs + DAY_MS + 20 * HOUR_MS);
    return account;
  }
  return stage.account(timeMs, DAY_MS);
}

export const MERCHANT_FRAUD_SCENARIOS: readonly Scenario[] = [
  { kind: 'ip-conflict', labelled: 3, guilt: 'fraud', plan: ipConflict },
  { kind: 'excessive-refunds', labelled: 7, guilt: 'fraud', plan: merchantRefunds },
  { kind: 'excessive-refunds', labelled: 3, guilt: 'fraud', plan: accountRefunds },
  { kind: 'refund-of-nothing', labelled: 1, guilt: 'fraud', plan: refundOfNothing },
  { kind: 'terminal-compromised', labelled: 10, guilt: 'fraud', plan: compromisedTerminal },
];
