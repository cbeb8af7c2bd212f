// Injected faults: something broke, was declared wrongly or may not be done. Most are one honest
// payment with one thing changed, which is what the table's `bend` does.

import { must } from '../base/assert.ts';
import type { Draft } from './draft.ts';
import type { Scenario, Stage } from './scenario.ts';
import { DAY_MS, HOUR_MS } from './scenario.ts';
import type { Wishes } from './ordinary.ts';
import { CHANNEL_RULES, CITIES, OUTDATED_VERSIONS } from './world-data.ts';

type Channel = NonNullable<Wishes['channel']>;

/** One payment of anyone, drawn as `wishes` says and then bent. */
function bent(
  kind: string,
  wishes: (stage: Stage) => Wishes,
  bend: (draft: Draft, stage: Stage) => void,
): Scenario {
  return {
    kind,
    labelled: 1,
    guilt: 'fault',
    plan: (stage, timeMs) => {
      const draft = stage.payments.make(stage.account(timeMs, 2 * HOUR_MS), timeMs, wishes(stage));
      bend(draft, stage);
      stage.addGuilty(draft);
      return true;
    },
  };
}

const PRESENT: readonly Channel[] = ['chip', 'contactless', 'payment-code'];
const anywherePresent = (stage: Stage): Wishes => ({ channel: stage.random.pick(PRESENT) });
const anywhere = (stage: Stage): Wishes => ({
  channel: stage.random.pick<Channel>(['chip', 'payment-code', 'online']),
});

function failWithoutCharge(draft: Draft): void {
  draft.walletStatus = 'not-charged';
  if (draft.terminalStatus !== '') draft.terminalStatus = 'failed';
}

function mismatch(draft: Draft, stage: Stage): void {
  const { world, random } = stage;
  const shop = world.merchants.find((merchant) => merchant.id === draft.merchant);
  const which = random.below(5);
  if (which === 0) draft.merchantName = `${shop?.name ?? ''} Ltd`;
  else if (which === 1) draft.mcc = draft.mcc === '5411' ? '5999' : '5411';
  else if (which === 2) draft.city = draft.city === 'Shanghai' ? 'Beijing' : 'Shanghai';
  else if (which === 3) {
    // Somebody else's terminal in the same city, seen where it stands.
    const other = must(world.merchants[stage.quietShop(cityOf(draft, stage))], 'merchant');
    draft.terminal =
      other.id === draft.merchant
        ? 'T999999'
        : must(world.terminals[stage.payments.terminalOf(other)], 'terminal').id;
  } else {
    draft.terminal = 'T999998';
  }
}

function cityOf(draft: Draft, stage: Stage): number {
  const merchant = stage.world.merchants.find((item) => item.id === draft.merchant);
  return Math.max(
    0,
    CITIES.findIndex((city) => city === merchant?.city),
  );
}

function badInput(draft: Draft, stage: Stage): void {
  const which = stage.random.below(4);
  if (which === 0) draft.card += draft.card % 10 === 9 ? -1 : 1;
  else if (which === 1) draft.expiry = 2401 + stage.random.below(12);
  else if (which === 2) {
    draft.merchant = `M9${draft.merchant.slice(2)}`;
    // Behind the real merchant's address it would make that one look guilty for an hour.
    draft.ip = NaN;
  } else draft.amount = stage.random.chance(0.5) ? 0 : -draft.amount;
}

function outdated(draft: Draft, stage: Stage): void {
  const minimum =
    CHANNEL_RULES.find((rule) => rule.channel === draft.channel)?.minimumVersion ?? '';
  const older = OUTDATED_VERSIONS.filter((version) => isOlder(version, minimum));
  draft.softwareVersion = stage.random.pick(older);
}

function isOlder(a: string, b: string): boolean {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < left.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** A terminal is used two cities away from where it is registered: each of its payments there. */
function movedTerminal(stage: Stage, timeMs: number): boolean {
  const home = stage.random.below(24);
  const away = (home + 1 + stage.random.below(22)) % 24;
  const merchant = stage.quietShop(home);
  const place = must(CITIES[away], 'city');
  let at = timeMs;
  for (let i = 0; i < 3; i++) {
    const account = stage.account(timeMs, DAY_MS);
    const draft = stage.payments.make(account, at, { channel: 'payment-code', merchant });
    draft.latE5 = Math.round((place.lat + stage.between(-0.05, 0.05)) * 1e5);
    draft.lonE5 = Math.round((place.lon + stage.between(-0.05, 0.05)) * 1e5);
    stage.addGuilty(draft);
    at += stage.between(3, 30) * 60_000;
  }
  return true;
}

/** The same order is charged again within minutes; the first charge was right. */
function duplicateCharge(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, HOUR_MS);
  const first = stage.payments.make(account, timeMs, { channel: 'payment-code' });
  stage.add(first);
  const again = first.copy();
  again.timeMs = Math.floor(timeMs + stage.between(2_000, 200_000));
  again.paymentCode = NaN;
  stage.addGuilty(again);
  return true;
}

/** Much is paid in one day without any check of the payer. */
function uncheckedDay(stage: Stage, timeMs: number): boolean {
  const account = stage.account(timeMs, DAY_MS);
  const draft = stage.payments.make(account, timeMs, {
    channel: 'contactless',
    amountCny: stage.between(2_100, 3_500),
  });
  draft.verification = 'none';
  stage.addGuilty(draft);
  return true;
}

function restricted(pool: 'restrictedTrade' | 'restrictedCountry'): (stage: Stage) => Wishes {
  return (stage) => ({
    channel: 'online',
    merchant: stage.random.pick(stage.world[pool]),
    amountCny: stage.between(50, 900),
  });
}

export const FAULT_SCENARIOS: readonly Scenario[] = [
  { kind: 'terminal-moved', labelled: 3, guilt: 'fault', plan: movedTerminal },
  bent('merchant-mismatch', anywherePresent, mismatch),
  bent(
    'merchant-mismatch',
    (stage) => ({ channel: 'chip', merchant: stage.random.pick(stage.world.inactiveShops) }),
    () => undefined,
  ),
  bent('charged-unverified', anywherePresent, (draft) => {
    draft.verification = 'failed';
  }),
  bent('insufficient-balance', anywhere, (draft, stage) => {
    draft.balance = Math.floor(draft.amount * stage.between(0, 0.95));
    if (stage.random.chance(0.7)) failWithoutCharge(draft);
  }),
  bent(
    'amount-too-large',
    (stage) => ({ channel: 'contactless', amountCny: stage.between(10_500, 14_000) }),
    () => undefined,
  ),
  bent('took-too-long', anywherePresent, (draft, stage) => {
    draft.durationMs = Math.floor(stage.between(31_000, 120_000));
    draft.terminalStatus = 'unknown';
    draft.walletStatus = 'unknown';
  }),
  bent('charged-but-failed', anywherePresent, (draft, stage) => {
    draft.terminalStatus = stage.random.chance(0.7) ? 'failed' : 'unknown';
  }),
  bent('ledger-mismatch', anywherePresent, (draft) => {
    draft.walletStatus = 'not-charged';
  }),
  { kind: 'duplicate-charge', labelled: 1, guilt: 'fault', plan: duplicateCharge },
  bent('input-error', () => ({ channel: 'chip' }), badInput),
  bent('account-state', anywhere, (draft, stage) => {
    draft.accountState = stage.random.chance(0.6) ? 'frozen' : 'closed';
    if (stage.random.chance(0.6)) failWithoutCharge(draft);
  }),
  bent('software-outdated', anywhere, outdated),
  bent(
    'payment-code',
    () => ({ channel: 'payment-code' }),
    (draft) => {
      draft.codeState = 'expired';
      if (!(draft.paymentCode >= 0)) draft.paymentCode = 2_700_000_000_000_000 + draft.order;
    },
  ),
  bent('policy', restricted('restrictedTrade'), () => undefined),
  bent('policy', restricted('restrictedCountry'), () => undefined),
  { kind: 'policy', labelled: 1, guilt: 'fault', plan: uncheckedDay },
];
