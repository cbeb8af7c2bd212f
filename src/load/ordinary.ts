// What an honest payment looks like: a payer at a shop of the city they are in, or online; the
// keys that their way of paying has; an amount that fits the trade; all in order but for the odd
// wrong PIN. Scenarios start from such a payment and bend it.

import { must } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { Draft } from './draft.ts';
import type { Population } from './population.ts';
import { CITIES, CURRENCIES } from './world-data.ts';
import type { Merchant, World } from './world.ts';
import { cardNumber } from './world.ts';

const YUAN = 100;
/** Above it an honest payment is a big ticket: rare, and labelled as an honest hard case. */
const ORDINARY_MAX_CNY = 4_000;
const BIG_TICKET_CHANCE = 0.00008;
const ONLINE_SHARE = 0.24;
const PAYMENT_CODE_SHARE = 0.4;

export interface Wishes {
  readonly channel?: 'chip' | 'swipe' | 'contactless' | 'payment-code' | 'online';
  /** Index into world.merchants. */
  readonly merchant?: number;
  /** Index into CITIES of where it happens. */
  readonly city?: number;
  readonly amountCny?: number;
}

const REFUSED_SHARE = 0.019;
const UNCLEAR_SHARE = 0.03;

const NOTHING: Wishes = {};

export class OrdinaryPayments {
  readonly #world: World;
  readonly #population: Population;
  readonly #random: Random;
  #orders = 0;
  #codes = 2_800_000_000_000_000;

  constructor(world: World, population: Population, random: Random) {
    this.#world = world;
    this.#population = population;
    this.#random = random;
  }

  /** A payment of `account` at `timeMs`, as wished and otherwise drawn. */
  make(account: number, timeMs: number, wishes: Wishes = NOTHING): Draft {
    const random = this.#random;
    const draft = new Draft();
    draft.timeMs = Math.floor(timeMs);
    draft.account = account;
    const channel = wishes.channel ?? this.#channel();
    const place = wishes.city ?? this.#population.placeOf(account);
    const merchant =
      wishes.merchant ??
      (channel === 'online'
        ? this.#onlineShop()
        : this.#shop(must(this.#world.shopsByCity[place], 'city')));
    draft.channel = channel;
    this.#setMerchant(draft, merchant);
    const shop = must(this.#world.merchants[merchant], 'merchant');
    this.setAmount(draft, wishes.amountCny ?? this.#amountCny(shop, account, draft));
    this.#payer(draft);
    draft.order = ++this.#orders;
    draft.rail = railOf(draft);
    draft.terminalStatus = channel === 'online' ? '' : 'success';
    draft.walletStatus = 'charged';
    if (!shop.isLean || channel === 'online') draft.durationMs = this.#durationMs();
    if (wishes === NOTHING) this.#mishaps(draft);
    else if (draft.verification !== 'none') draft.verification = 'ok';
    if (random.chance(0.05)) draft.accountState = 'active';
    return draft;
  }

  setTerminal(draft: Draft, index: number): void {
    const terminal = must(this.#world.terminals[index], 'terminal');
    draft.terminal = terminal.id;
    draft.softwareVersion = this.#random.chance(0.3) ? terminal.version : '';
    draft.latE5 = terminal.latE5;
    draft.lonE5 = terminal.lonE5;
  }

  /** One of the shop's terminals that is not left to scenarios. */
  terminalOf(shop: Merchant): number {
    const index = shop.terminalFirst + this.#random.below(shop.terminalCount);
    return this.#world.terminals[index]?.isReserved === true ? shop.terminalFirst : index;
  }

  /** Yuan into minor units of the currency that the merchant's country charges in. */
  setAmount(draft: Draft, amountCny: number): void {
    const currency = CURRENCIES[draft.country] ?? must(CURRENCIES['CN'], 'currency');
    draft.currency = currency.code;
    draft.amount = Math.max(1, Math.round((amountCny / currency.rate) * 10 ** currency.exponent));
    if (this.#random.chance(0.6)) {
      draft.balance = draft.amount + Math.round(draft.amount * 20 * this.#random.next());
    } else {
      draft.balance = NaN;
    }
  }

  /** A payment code that no other payment has. */
  freshCode(): number {
    return ++this.#codes;
  }

  /** Merchant, place, terminal and what the acquirer sends of them. */
  #setMerchant(draft: Draft, merchant: number): void {
    const shop = must(this.#world.merchants[merchant], 'merchant');
    draft.merchant = shop.id;
    draft.mcc = shop.trade.mcc;
    draft.country = shop.city.country;
    draft.merchantName = shop.isLean ? '' : shop.name;
    draft.city = shop.isLean ? '' : shop.city.name;
    if (shop.terminalCount === 0) {
      draft.terminal = '';
      draft.softwareVersion = shop.isLean ? '' : shop.onlineVersion;
      return;
    }
    this.setTerminal(draft, this.terminalOf(shop));
    draft.ip = shop.isLean && draft.channel !== 'payment-code' ? NaN : shop.ip;
  }

  #channel(): 'chip' | 'swipe' | 'contactless' | 'payment-code' | 'online' {
    const u = this.#random.next();
    if (u < ONLINE_SHARE) return 'online';
    if (u < ONLINE_SHARE + PAYMENT_CODE_SHARE) return 'payment-code';
    if (u < 0.82) return 'contactless';
    return u < 0.985 ? 'chip' : 'swipe';
  }

  #shop(shops: readonly number[]): number {
    // Zipf over the city's shops, flattened: the most popular takes about 1 in 100.
    const shift = 8 + shops.length / 20;
    const rank = Math.floor(shift * (((shops.length + shift) / shift) ** this.#random.next() - 1));
    return must(shops[Math.min(rank, shops.length - 1)], 'shop');
  }

  #onlineShop(): number {
    return this.#shop(this.#world.onlineShops);
  }

  #amountCny(shop: Merchant, account: number, draft: Draft): number {
    const random = this.#random;
    if (random.chance(BIG_TICKET_CHANCE)) {
      draft.injected = 'big-ticket';
      draft.isGenuine = true;
      if (draft.channel !== 'online') draft.channel = 'chip';
      return ORDINARY_MAX_CNY + 9_000 * random.next();
    }
    const scale = this.#population.spendingOf(account);
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(6.283185 * random.next());
    const amount = shop.trade.medianCny * scale * Math.exp(shop.trade.sigma * normal);
    return Math.max(0.5, Math.min(amount, ORDINARY_MAX_CNY * (0.6 + 0.4 * random.next())));
  }

  /** Card or wallet, device, address, and how the payer was checked. */
  #payer(draft: Draft): void {
    const random = this.#random;
    const population = this.#population;
    const { account, channel } = draft;
    const isSmall = draft.amount < 200 * YUAN;
    if (channel === 'online' || channel === 'payment-code') {
      draft.device = population.deviceOf(account);
      draft.verification =
        channel === 'payment-code' && isSmall && random.chance(0.1) ? 'none' : 'ok';
      if (channel === 'payment-code') {
        if (random.chance(0.5)) draft.paymentCode = this.freshCode();
      } else {
        draft.ip = population.addressOf(account);
        if (random.chance(0.3)) draft.card = cardNumber(account);
        const home = must(CITIES[population.placeOf(account)], 'city');
        if (random.chance(0.2)) {
          draft.latE5 = Math.round((home.lat + (random.next() - 0.5) * 0.3) * 1e5);
          draft.lonE5 = Math.round((home.lon + (random.next() - 0.5) * 0.3) * 1e5);
        }
      }
      return;
    }
    draft.card = cardNumber(account);
    if (random.chance(0.35)) draft.expiry = 2700 + (account % 4) * 100 + 1 + (account % 12);
    draft.verification = channel === 'contactless' && isSmall ? 'none' : 'ok';
  }

  #durationMs(): number {
    const u = this.#random.next();
    return Math.round(350 + 900 * u + 2_500 * u ** 12);
  }

  /** Wrong PINs, declined payments: honest, and nothing was charged. And answers that come later. */
  #mishaps(draft: Draft): void {
    const u = this.#random.next();
    if (u >= REFUSED_SHARE + UNCLEAR_SHARE) return;
    if (u < REFUSED_SHARE) {
      draft.walletStatus = 'not-charged';
      if (draft.terminalStatus !== '') draft.terminalStatus = 'failed';
      if (u < 0.006 && draft.verification === 'ok') draft.verification = 'failed';
      return;
    }
    const way = (u - REFUSED_SHARE) / UNCLEAR_SHARE;
    if (way < 0.35 && draft.terminalStatus !== '') draft.terminalStatus = '';
    else if (way < 0.6) draft.walletStatus = '';
    else {
      draft.walletStatus = 'unknown';
      if (draft.terminalStatus !== '') draft.terminalStatus = 'unknown';
    }
  }
}

/** Cards and codes name theirs; the rest goes by the wallet, which is what is meant where none is named. */
function railOf(draft: Draft): string {
  if (draft.channel === 'online') return '';
  if (draft.channel !== 'payment-code') return 'card';
  return draft.paymentCode >= 0 ? 'payment-code' : '';
}

/** What is missing of terminal's and wallet's word comes later. */
export function isUnclear(draft: Draft): boolean {
  const isWaiting = draft.walletStatus === '' || draft.walletStatus === 'unknown';
  return isWaiting || (draft.terminalStatus === '' && draft.terminal !== '');
}
