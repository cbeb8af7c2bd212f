// The merchants, terminals and lists of the generated world, made from a fixed seed of their own:
// whatever seed a stream has, it agrees with the committed registers and lists
// (fixtures/registers, fixtures/lists; world-files.ts writes them). Cost: ~30 ms, 8 MB, once.

import { must } from '../base/assert.ts';
import { mix32 } from '../base/hash.ts';
import { Random } from '../base/random.ts';
import type { City, Trade } from './world-data.ts';
import {
  CITIES,
  ONLINE_VERSIONS,
  RESTRICTED_CITY,
  RESTRICTED_TRADES,
  TERMINAL_VERSIONS,
  TRADES,
} from './world-data.ts';

const WORLD_SEED = 20260301;
const SHOP_COUNT = 9_000;
const ONLINE_COUNT = 900;
const RESTRICTED_COUNT = 40;
const INACTIVE_COUNT = 60;
/** Accounts in the compromised list; their numbers start here, above every ordinary account's. */
export const LISTED_ACCOUNT_FIRST = 90_000_000;
const LISTED_COUNT = 300;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** One of so many of the scenarios' terminals. */
const MAINTAINED_SHARE = 8;
/** Monday 2026-03-02T00:00 in Shanghai. */
const MAINTENANCE_FROM_MS = Date.UTC(2026, 2, 1, 16);
const MAINTENANCE_DAYS = 120;
/** Local time. */
const MAINTENANCE_HOURS: readonly number[] = [9, 13, 17];

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly trade: Trade;
  readonly city: City;
  readonly isActive: boolean;
  /** Terminals are world.terminals[terminalFirst .. terminalFirst + terminalCount). */
  readonly terminalFirst: number;
  readonly terminalCount: number;
  /** Software of an online merchant. */
  readonly onlineVersion: string;
  /** IPv4 address of its network, unique to it. */
  readonly ip: number;
  /** True when its acquirer sends only what authorisation needs. */
  readonly isLean: boolean;
}

export interface Terminal {
  readonly id: string;
  /** Index into world.merchants. */
  readonly merchant: number;
  /** Degrees * 1e5. */
  readonly latE5: number;
  readonly lonE5: number;
  readonly version: string;
  /** Only injected scenarios use it. */
  readonly isReserved: boolean;
}

/** Of a terminal, or of a way to pay. */
export interface MaintenanceWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Id of a terminal, or a channel. */
  readonly scope: string;
  /** Index into world.terminals, -1 = a channel. */
  readonly terminal: number;
}

export interface World {
  readonly merchants: readonly Merchant[];
  readonly terminals: readonly Terminal[];
  /** Indexes of active shops by city and trade weight, most popular first. */
  readonly shopsByCity: readonly (readonly number[])[];
  readonly onlineShops: readonly number[];
  readonly inactiveShops: readonly number[];
  /** Online merchants of a forbidden category, and those in a forbidden country. */
  readonly restrictedTrade: readonly number[];
  readonly restrictedCountry: readonly number[];
  /** Terminals that only scenarios use and nobody maintains. */
  readonly reservedTerminals: readonly number[];
  /** Announced maintenance, by its beginning. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly listedAccounts: readonly number[];
  readonly listedCards: readonly number[];
  readonly listedDevices: readonly number[];
}

/**
 * A 16-digit card number with a valid check digit, `9000 00AA AAAA AAAC` of the account's number.
 * It starts with 9, the range of national numbers: nobody's card.
 */
export function cardNumber(account: number): number {
  const body = 900_000_000_000_000 + (account % 1_000_000_000);
  return body * 10 + luhnDigit(body);
}

/** Check digit (ISO/IEC 7812) that makes `body` and it a valid number. */
export function luhnDigit(body: number): number {
  let sum = 0;
  let rest = body;
  for (let doubled = true; rest > 0; doubled = !doubled) {
    const next = Math.floor(rest / 10);
    const digit = (rest - next * 10) * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
    rest = next;
  }
  return (10 - (sum % 10)) % 10;
}

export function makeWorld(): World {
  const random = new Random(WORLD_SEED);
  const merchants: Merchant[] = [];
  const terminals: Terminal[] = [];
  const shopTrades = TRADES.filter((trade) => !trade.isOnline);
  const onlineTrades = TRADES.filter((trade) => trade.isOnline);
  const cityWeights = CITIES.map((place) => place.merchantWeight);

  const add = (trade: Trade, city: City, isActive: boolean): number => {
    const number = merchants.length;
    const terminalFirst = terminals.length;
    const terminalCount = trade.isOnline
      ? 0
      : 1 + Math.floor(Math.min(11, -Math.log(1 - random.next()) * 2.4));
    for (let i = 0; i < terminalCount; i++) {
      terminals.push({
        id: `T${String(terminals.length + 1).padStart(6, '0')}`,
        merchant: number,
        latE5: Math.round((city.lat + (random.next() - 0.5) * 0.2) * 1e5),
        lonE5: Math.round((city.lon + (random.next() - 0.5) * 0.2) * 1e5),
        version: random.pick(TERMINAL_VERSIONS),
        isReserved: false,
      });
    }
    merchants.push({
      id: `M${String(number + 1).padStart(5, '0')}`,
      name: `${random.pick(trade.names)} ${trade.isOnline ? number : `${city.name} ${number}`}`,
      trade,
      city,
      isActive,
      terminalFirst,
      terminalCount,
      onlineVersion: random.pick(ONLINE_VERSIONS),
      ip: 0x0a000000 + number * 7 + 11,
      isLean: random.chance(0.65),
    });
    return number;
  };

  const shopsByCity: number[][] = CITIES.map(() => []);
  for (let i = 0; i < SHOP_COUNT; i++) {
    // The first rounds give every city one shop of every trade, so that none lacks a category.
    const covers = i < CITIES.length * shopTrades.length;
    const place = covers ? i % CITIES.length : pickWeighted(random, cityWeights);
    const trade = covers
      ? must(shopTrades[Math.floor(i / CITIES.length)], 'trade')
      : must(
          shopTrades[
            pickWeighted(
              random,
              shopTrades.map((t) => t.weight),
            )
          ],
          'trade',
        );
    must(shopsByCity[place], 'city').push(add(trade, must(CITIES[place], 'city'), true));
  }
  const seat = must(CITIES[0], 'city');
  const online = (trade: Trade, city: City): number => add(trade, city, true);
  const onlineShops = Array.from({ length: ONLINE_COUNT }, (_, i) =>
    online(
      i < onlineTrades.length
        ? must(onlineTrades[i], 'trade')
        : must(
            onlineTrades[
              pickWeighted(
                random,
                onlineTrades.map((t) => t.weight),
              )
            ],
            'trade',
          ),
      random.chance(0.8) ? seat : must(CITIES[pickWeighted(random, cityWeights)], 'city'),
    ),
  );
  const restrictedTrade = Array.from({ length: RESTRICTED_COUNT }, (_, i) =>
    online(must(RESTRICTED_TRADES[i % RESTRICTED_TRADES.length], 'trade'), seat),
  );
  const restrictedCountry = Array.from({ length: RESTRICTED_COUNT }, () =>
    online(must(onlineTrades[0], 'trade'), RESTRICTED_CITY),
  );
  const inactiveShops = Array.from({ length: INACTIVE_COUNT }, () =>
    add(random.pick(shopTrades), must(CITIES[pickWeighted(random, cityWeights)], 'city'), false),
  );
  // The last terminal of every tenth merchant that has several is left to the scenarios.
  for (const [i, merchant] of merchants.entries()) {
    if (merchant.terminalCount < 2 || i % 10 !== 0) continue;
    const last = merchant.terminalFirst + merchant.terminalCount - 1;
    terminals[last] = { ...must(terminals[last], 'terminal'), isReserved: true };
  }
  // Where people live and the merchant is in business: nothing but the scenario is suspicious there.
  const reserved = terminals.flatMap(({ isReserved, merchant }, index) => {
    const { isActive, city } = must(merchants[merchant], 'merchant');
    return isReserved && isActive && city.homeWeight > 0 ? [index] : [];
  });
  const maintained = reserved.filter((_, i) => i % MAINTAINED_SHARE === 0);
  const listed = Array.from({ length: LISTED_COUNT }, (_, i) => LISTED_ACCOUNT_FIRST + i * 13);
  return {
    merchants,
    terminals,
    shopsByCity,
    onlineShops,
    inactiveShops,
    restrictedTrade,
    restrictedCountry,
    reservedTerminals: reserved.filter((_, i) => i % MAINTAINED_SHARE !== 0),
    maintenance: maintenanceOf(terminals, maintained),
    listedAccounts: listed,
    listedCards: listed.map((account) => cardNumber(account + 100_000)),
    listedDevices: listed.map((account) => mix32(account) >>> 0),
  };
}

/** By day: three terminals for some forty minutes each, and every Tuesday night payments by code. */
function maintenanceOf(
  terminals: readonly Terminal[],
  maintained: readonly number[],
): MaintenanceWindow[] {
  const windows: MaintenanceWindow[] = [];
  for (let day = 0; day < MAINTENANCE_DAYS; day++) {
    const midnightMs = MAINTENANCE_FROM_MS + day * DAY_MS;
    if (day % 7 === 1) {
      const fromMs = midnightMs + 3 * HOUR_MS;
      windows.push({ fromMs, toMs: fromMs + HOUR_MS / 2, scope: 'payment-code', terminal: -1 });
    }
    MAINTENANCE_HOURS.forEach((hour, k) => {
      const terminal = must(
        maintained[(day * MAINTENANCE_HOURS.length + k) % maintained.length],
        'terminal',
      );
      // Some minutes past the hour, each day others.
      const fromMs = midnightMs + hour * HOUR_MS + ((day * 7) % 20) * MINUTE_MS;
      const scope = must(terminals[terminal], 'terminal').id;
      windows.push({ fromMs, toMs: fromMs + 40 * MINUTE_MS, scope, terminal });
    });
  }
  return windows;
}

export function pickWeighted(random: Random, weights: readonly number[]): number {
  let rest = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i++) {
    rest -= must(weights[i], 'weight');
    if (rest < 0) return i;
  }
  return weights.length - 1;
}
