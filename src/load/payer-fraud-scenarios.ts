// Injected frauds by or on a payer: each row of the table is one kind of the documented triggers;
// how many rows, how far apart and how big is drawn within what the trigger describes.

import { must } from '../base/assert.ts';
import { mix32 } from '../base/hash.ts';
import { cityDistanceKm } from './population.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS, LOCAL_OFFSET_MS, MINUTE_MS } from './scenario.ts';
import { CITIES, RISKY_MCCS } from './world-data.ts';

/** Five to eight payments of up to 50 yuan within ten minutes; from the fifth on they are guilty. */
function frequentSmall(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, DAY_MS);
  const count = 5 + stage.random.below(4);
  let at = timeMs;
  for (let i = 0; i < count; i++) {
    const draft = stage.payments.make(account, at, {
      channel: 'payment-code',
      amountCny: stage.between(1, 48),
      city: stage.population.placeOf(account),
    });
    if (i >= 4) stage.addGuilty(draft);
    else stage.add(draft);
    at += stage.between(20_000, 75_000);
  }
  return true;
}

/** A stolen card number is tried at several web shops; the third try within the hour is guilty. */
function cardTesting(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, DAY_MS);
  const shops = new Set<number>();
  while (shops.size < 5) shops.add(stage.onlineShop());
  let at = timeMs;
  let tries = 0;
  for (const merchant of shops) {
    const draft = stage.payments.make(account, at, {
      channel: 'online',
      merchant,
      amountCny: stage.between(1, 40),
    });
    if (CITIES[0]?.country !== draft.country) continue;
    if (++tries >= 3) stage.addGuilty(draft);
    else stage.add(draft);
    at += stage.between(2, 11) * MINUTE_MS;
  }
  return true;
}

/** Large payments one after the other until far more than 20,000 yuan went out in an hour. */
function velocityAmount(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 2 * DAY_MS);
  let at = timeMs;
  let sum = 0;
  for (let i = 0; i < 8; i++) {
    const amountCny = stage.between(3_400, 4_600);
    sum += amountCny;
    const draft = stage.payments.make(account, at, {
      channel: 'online',
      merchant: must(stage.world.onlineShops[i % 2], 'shop'),
      amountCny,
    });
    if (sum > 20_000) stage.addGuilty(draft);
    else stage.add(draft);
    at += stage.between(2, 7) * MINUTE_MS;
  }
  return true;
}

/** The same at leisure, never much within an hour, until more than 50,000 yuan went out in a day. */
function velocityDay(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 3 * DAY_MS);
  let at = timeMs;
  let sum = 0;
  for (let i = 0; i < 16; i++) {
    const amountCny = stage.between(3_400, 4_600);
    sum += amountCny;
    const draft = stage.payments.make(account, at, {
      channel: 'online',
      merchant: must(stage.world.onlineShops[i % 3], 'shop'),
      amountCny,
    });
    if (sum > 50_000) stage.addGuilty(draft);
    else stage.add(draft);
    at += stage.between(22, 45) * MINUTE_MS;
  }
  return true;
}

/** The payer pays at home; a copied card pays in another city sooner than anyone could be there. */
function impossibleTravel(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 2 * DAY_MS);
  const home = stage.population.placeOf(account);
  let city = stage.random.below(CITIES.length);
  while (cityDistanceKm(home, city) < 300) city = stage.random.below(CITIES.length);
  const limitMs = (cityDistanceKm(home, city) / 900) * HOUR_MS;
  stage.add(stage.payments.make(account, timeMs, { channel: 'chip', city: home }));
  const at = timeMs + Math.min(stage.between(0.1, 0.85) * limitMs, 6 * HOUR_MS);
  stage.addGuilty(stage.payments.make(account, at, { channel: 'swipe', city }));
  return true;
}

/** A counterfeit card is swiped for much in a country where the account has never paid. */
function abnormalRegion(stage: Stage, timeMs: number): boolean {
  const account = stage.knownAccount(timeMs, 2 * DAY_MS, 5);
  if (account < 0) return false;
  const city = 26 + stage.random.below(CITIES.length - 26);
  stage.addGuilty(
    stage.payments.make(account, timeMs, {
      channel: 'swipe',
      city,
      amountCny: stage.between(900, 3_800),
    }),
  );
  return true;
}

/** Someone guesses the PIN: every failure from the third on within 15 minutes. */
function guessedPin(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 2 * HOUR_MS);
  const count = 3 + stage.random.below(3);
  let at = timeMs;
  for (let i = 0; i < count; i++) {
    const draft = stage.payments.make(account, at, {
      channel: 'chip',
      amountCny: stage.between(60, 900),
    });
    draft.verification = 'failed';
    draft.terminalStatus = 'failed';
    draft.walletStatus = 'not-charged';
    if (i >= 2) stage.addGuilty(draft);
    else stage.add(draft);
    at += stage.between(20_000, 150_000);
  }
  return true;
}

/** One payment far over what the account usually pays. */
function farOverMean(stage: Stage, timeMs: number): boolean {
  const account = stage.knownAccount(timeMs, 2 * DAY_MS, 6);
  if (account < 0) return false;
  stage.addGuilty(
    stage.payments.make(account, timeMs, {
      channel: 'online',
      amountCny: stage.between(6_000, 18_000),
    }),
  );
  return true;
}

/** An account, a card or a device that was reported lost or stolen. */
function listedEntity(stage: Stage, timeMs: number): boolean {
  const { world, random } = stage;
  const which = random.below(3);
  const account = which === 0 ? random.pick(world.listedAccounts) : stage.account(timeMs, DAY_MS);
  const draft = stage.payments.make(account, timeMs, {
    channel: which === 1 ? 'swipe' : 'online',
    amountCny: stage.between(50, 900),
  });
  if (which === 1) draft.card = random.pick(world.listedCards);
  if (which === 2) draft.device = random.pick(world.listedDevices);
  stage.addGuilty(draft);
  return true;
}

/** No signal is enough alone: at night, a new device, goods easily sold on, more than usual. */
function composite(stage: Stage, timeMs: number): boolean {
  const account = stage.knownAccount(timeMs, 3 * DAY_MS, 4);
  if (account < 0) return false;
  const localMs = timeMs + LOCAL_OFFSET_MS;
  const night =
    localMs - (localMs % DAY_MS) + DAY_MS - LOCAL_OFFSET_MS + stage.between(1.2, 4.8) * HOUR_MS;
  const risky = stage.world.onlineShops.filter((index) =>
    RISKY_MCCS.includes(stage.world.merchants[index]?.trade.mcc ?? ''),
  );
  stage.add(
    stage.payments.make(account, night - stage.between(2, 5) * HOUR_MS, {
      channel: 'online',
      amountCny: stage.between(10, 60),
    }),
  );
  const draft = stage.payments.make(account, night, {
    channel: 'online',
    merchant: stage.random.pick(risky),
    amountCny: stage.between(1_500, 4_500),
  });
  draft.device = mix32(stage.random.uint32()) >>> 0;
  stage.addGuilty(draft);
  return true;
}

/** Patient fraud that stays under every line: small sums, one try an hour, no hurry between cities. */
function underTheRadar(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, 2 * DAY_MS);
  let at = timeMs;
  for (let i = 0; i < 3; i++) {
    stage.addGuilty(
      stage.payments.make(account, at, {
        channel: 'online',
        merchant: must(stage.world.onlineShops[stage.random.below(100)], 'shop'),
        amountCny: stage.between(60, 400),
      }),
    );
    at += stage.between(61, 200) * MINUTE_MS;
  }
  return true;
}

export const PAYER_FRAUD_SCENARIOS: readonly Scenario[] = [
  { kind: 'abnormal-frequency', labelled: 2.5, guilt: 'fraud', plan: frequentSmall },
  { kind: 'card-testing', labelled: 2.5, guilt: 'fraud', plan: cardTesting },
  { kind: 'velocity-amount', labelled: 3, guilt: 'fraud', plan: velocityAmount },
  { kind: 'velocity-amount', labelled: 4, guilt: 'fraud', plan: velocityDay },
  { kind: 'impossible-travel', labelled: 1, guilt: 'fraud', plan: impossibleTravel },
  { kind: 'abnormal-region', labelled: 1, guilt: 'fraud', plan: abnormalRegion },
  { kind: 'security-failed', labelled: 2, guilt: 'fraud', plan: guessedPin },
  { kind: 'amount-too-large', labelled: 1, guilt: 'fraud', plan: farOverMean },
  { kind: 'listed-entity', labelled: 1, guilt: 'fraud', plan: listedEntity },
  { kind: 'composite', labelled: 1, guilt: 'fraud', plan: composite },
  { kind: 'under-the-radar', labelled: 3, guilt: 'fraud', plan: underTheRadar },
];
