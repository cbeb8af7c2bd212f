// Honest payers who look like fraud: a couple with one account in two cities, a round of drinks paid
// glass by glass, a shop that takes back a faulty product. Rules that stop them are not wrong to
// look, but the payer is right: they are what keeps precision below one.

import { must } from '../base/assert.ts';
import { refundOf } from './derived-rows.ts';
import { cityDistanceKm } from './population.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './scenario.ts';

/** One pays at home, the other an hour later where they are on business. */
function sharedAccount(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 2 * DAY_MS);
  const home = stage.population.placeOf(account);
  let city = stage.random.below(24);
  while (cityDistanceKm(home, city) < 300) city = stage.random.below(24);
  stage.add(stage.payments.make(account, timeMs, { channel: 'contactless', city: home }));
  const at = timeMs + stage.between(5, 60) * MINUTE_MS;
  const draft = stage.payments.make(account, at, { channel: 'chip', city });
  stage.addHonest(draft);
  stage.release(draft);
  return true;
}

/** Drinks at one bar, each paid when it comes. */
function roundOfDrinks(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 6 * HOUR_MS);
  const merchant = stage.quietShop(stage.population.placeOf(account));
  let at = timeMs;
  for (let i = 0; i < 6; i++) {
    const draft = stage.payments.make(account, at, {
      channel: 'payment-code',
      merchant,
      amountCny: stage.between(12, 45),
    });
    if (i < 4) stage.add(draft);
    else stage.addHonest(draft);
    if (i >= 4) stage.release(draft);
    at += stage.between(0.5, 3) * MINUTE_MS;
  }
  return true;
}

/** A product was faulty: eight payers get their money back on one day. */
function productRecall(stage: Stage, timeMs: number): boolean {
  const merchant = stage.random.pick(stage.world.onlineShops.slice(300, 500));
  let at = timeMs;
  for (let i = 0; i < 8; i++) {
    const paid = stage.payments.make(stage.account(at, HOUR_MS), timeMs + i * MINUTE_MS, {
      channel: 'online',
      merchant,
      amountCny: 199,
    });
    stage.add(paid);
    const refund = refundOf(paid, at + HOUR_MS);
    if (i < 5) stage.add(refund);
    else stage.addHonest(refund);
    if (i >= 5) stage.release(refund);
    at += stage.between(2, 30) * MINUTE_MS;
  }
  return true;
}

/** A wedding ring, paid by someone who otherwise buys noodles. */
function weddingRing(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, DAY_MS);
  const shops = must(stage.world.shopsByCity[stage.population.placeOf(account)], 'city');
  const merchant = shops.find((shop) => stage.world.merchants[shop]?.trade.mcc === '5944');
  const draft = stage.payments.make(account, timeMs, {
    channel: 'chip',
    merchant: must(merchant, 'jeweller'),
    amountCny: stage.between(5_000, 16_000),
  });
  stage.addHonest(draft);
  stage.release(draft);
  return true;
}

export const HONEST_SCENARIOS: readonly Scenario[] = [
  { kind: 'shared-account', labelled: 2.5, guilt: 'none', plan: sharedAccount },
  { kind: 'round-of-drinks', labelled: 4, guilt: 'none', plan: roundOfDrinks },
  { kind: 'product-recall', labelled: 6, guilt: 'none', plan: productRecall },
  { kind: 'wedding-ring', labelled: 2, guilt: 'none', plan: weddingRing },
];
