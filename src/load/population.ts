// The payers: who pays next (Zipf-Mandelbrot over ranks), where they are (home, or on a trip that
// takes as long as it would), what they usually spend and carry. Cost: 30 bytes an account, ~60 ns
// a pick. An account that just paid, or that a scenario uses, is quiet for a while: people do not
// pay five times in ten minutes, and after a fraud the bank has blocked the card.

import { mix32 } from '../base/hash.ts';
import type { Random } from '../base/random.ts';
import { must } from '../base/assert.ts';
import { CITIES } from './world-data.ts';
import { pickWeighted } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PICK_TRIES = 12;
const TRIP_CHANCE = 0.003;
const AWAY_WEIGHTS: readonly number[] = CITIES.map((city) => city.merchantWeight);
const HOME_WEIGHTS: readonly number[] = CITIES.map((city) => city.homeWeight);

export class Population {
  readonly count: number;
  readonly #random: Random;
  readonly #home: Uint8Array;
  readonly #place: Uint8Array;
  readonly #awayUntilMs: Float64Array;
  readonly #quietUntilMs: Float64Array;
  /** Payments so far, up to 65535. */
  readonly #paid: Uint16Array;
  readonly #deviceAge: Uint8Array;
  readonly #shift: number;
  readonly #stride: number;

  constructor(count: number, random: Random) {
    this.count = count;
    this.#random = random;
    this.#home = new Uint8Array(count);
    this.#place = new Uint8Array(count);
    this.#awayUntilMs = new Float64Array(count);
    this.#quietUntilMs = new Float64Array(count);
    this.#paid = new Uint16Array(count);
    this.#deviceAge = new Uint8Array(count);
    // The head is flattened by 1 % of the count: the busiest of 200,000 pays 1 in 9,000 times.
    this.#shift = Math.max(1, count / 100);
    this.#stride = strideFor(count);
    for (let i = 0; i < count; i++) {
      const home = pickWeighted(random, HOME_WEIGHTS);
      this.#home[i] = home;
      this.#place[i] = home;
    }
  }

  /** An account that is free to pay at `timeMs`; a busy one if twelve tries find none. */
  pick(timeMs: number): number {
    let account = 0;
    for (let i = 0; i < PICK_TRIES; i++) {
      account = this.#pickRank();
      if (this.#isFree(account, timeMs)) break;
    }
    return account;
  }

  /** A free account at home with at least `paidMin` payments so far, or -1 when none is found. */
  pickKnown(timeMs: number, paidMin: number): number {
    for (let i = 0; i < 20 * PICK_TRIES; i++) {
      const account = this.#pickRank();
      const isKnown = (this.#paid[account] as number) >= paidMin;
      if (isKnown && this.#isFree(account, timeMs) && !this.isAway(account)) return account;
    }
    return -1;
  }

  #pickRank(): number {
    const shift = this.#shift;
    const rank = Math.floor(shift * (((this.count + shift) / shift) ** this.#random.next() - 1));
    return (Math.min(rank, this.count - 1) * this.#stride + 17) % this.count;
  }

  #isFree(account: number, timeMs: number): boolean {
    if ((this.#quietUntilMs[account] as number) > timeMs) return false;
    if (this.isAway(account) && (this.#awayUntilMs[account] as number) < timeMs) {
      this.#travel(account, this.#home[account] as number, timeMs);
      return false;
    }
    return true;
  }

  /** Notes an ordinary payment: quiet for a while, and now and then a trip begins. */
  paid(account: number, timeMs: number): void {
    const random = this.#random;
    if ((this.#paid[account] as number) < 0xffff) this.#paid[account] = this.paidCount(account) + 1;
    const gapMs = random.chance(0.04)
      ? (2 + 10 * random.next()) * MINUTE
      : (25 + 90 * random.next()) * MINUTE;
    this.quiet(account, timeMs + gapMs);
    if (random.chance(TRIP_CHANCE) && !this.isAway(account)) {
      this.#travel(account, pickWeighted(random, AWAY_WEIGHTS), timeMs);
    }
    if (random.chance(0.001)) {
      this.#deviceAge[account] = ((this.#deviceAge[account] as number) + 1) & 0xff;
    }
  }

  /** Moves at 600 km/h and some hours of waiting; pays nothing on the way. */
  #travel(account: number, place: number, timeMs: number): void {
    const random = this.#random;
    const km = cityDistanceKm(this.#place[account] as number, place);
    const arrivalMs = timeMs + (km / 600) * HOUR + (1 + 8 * random.next()) * HOUR;
    this.#place[account] = place;
    this.#awayUntilMs[account] = arrivalMs + (0.5 + 3 * random.next()) * DAY;
    this.quiet(account, arrivalMs);
  }

  quiet(account: number, untilMs: number): void {
    if (account >= this.count) return;
    this.#quietUntilMs[account] = Math.max(this.#quietUntilMs[account] as number, untilMs);
  }

  paidCount(account: number): number {
    return this.#paid[account] as number;
  }

  isAway(account: number): boolean {
    return this.#place[account] !== this.#home[account];
  }

  /** Index into CITIES of where the account is; listed accounts live in the first city. */
  placeOf(account: number): number {
    return account < this.count ? (this.#place[account] as number) : 0;
  }

  deviceOf(account: number): number {
    const age = account < this.count ? (this.#deviceAge[account] as number) : 0;
    return mix32(Math.imul(account + 1, 0x9e3779b1) + age) >>> 0;
  }

  /** The payer's own address at home. */
  addressOf(account: number): number {
    return (0x24000000 + (mix32(account ^ 0x51ed270b) >>> 3)) >>> 0;
  }

  /** Usual size of the account's payments, around 1. */
  spendingOf(account: number): number {
    return 0.6 + (mix32(account ^ 0x2545f491) >>> 0) / 0x1_0000_0000;
  }
}

/** Great circle, haversine, in km. */
export function cityDistanceKm(from: number, to: number): number {
  const a = must(CITIES[from], 'city');
  const b = must(CITIES[to], 'city');
  const rad = Math.PI / 180;
  const sinLat = Math.sin(((b.lat - a.lat) * rad) / 2);
  const sinLon = Math.sin(((b.lon - a.lon) * rad) / 2);
  const h = sinLat * sinLat + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * sinLon * sinLon;
  return 2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A multiplier without a common divisor with `count`: ranks spread over the account numbers. */
function strideFor(count: number): number {
  let stride = Math.floor(count * 0.618) | 1;
  while (gcd(stride, count) !== 1) stride += 2;
  return stride;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
