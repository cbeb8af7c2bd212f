// What a scenario of fraud or fault may use: honest payments to bend, a place in the stream, labels.

import { must } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { Draft } from './draft.ts';
import type { OrdinaryPayments } from './ordinary.ts';
import type { Population } from './population.ts';
import type { Schedule } from './schedule.ts';
import { CITIES } from './world-data.ts';
import type { MaintenanceWindow, World } from './world.ts';
import { labelOf, releaseOf } from './derived-rows.ts';

export const SECOND_MS = 1000;
export const MINUTE_MS: number = 60 * SECOND_MS;
export const HOUR_MS: number = 60 * MINUTE_MS;
export const DAY_MS: number = 24 * HOUR_MS;
/** Local time of Shanghai, which has no daylight saving. */
export const LOCAL_OFFSET_MS: number = 8 * HOUR_MS;

/** Share of what is injected whose truth comes as a `label` row too, when it is known. */
const LABEL_SHARE = 0.4;
/** Share of what is injected that an officer declines, if it is held. */
const DECLINE_SHARE = 0.06;
/** Kinds of scenarios that have terminals of their own. */
const TERMINAL_PARTS = 5;
/** Ids that no row of a stream has. */
const STRANGE_ID_FIRST = 990_000_000;

/** fraud: someone cheats. fault: something broke, the payer will dispute it. none: honest. */
export type Guilt = 'fraud' | 'fault' | 'none';

export interface Scenario {
  /** The trigger that it shows, as rules name it. */
  readonly kind: string;
  /** Rows that it labels on average: rare long ones and frequent short ones get equal shares. */
  readonly labelled: number;
  readonly guilt: Guilt;
  /** Plans its rows from `timeMs` on; false when no suitable account was found. */
  readonly plan: (stage: Stage, timeMs: number) => boolean;
}

export class Stage {
  readonly random: Random;
  readonly world: World;
  readonly population: Population;
  readonly payments: OrdinaryPayments;
  readonly #schedule: Schedule;
  #kind = '';
  #truth = '';
  #freshIps = 0;
  #strangeIds = STRANGE_ID_FIRST;
  readonly #terminalTurns: number[] = Array.from({ length: TERMINAL_PARTS }, () => 0);

  constructor(
    random: Random,
    world: World,
    population: Population,
    payments: OrdinaryPayments,
    schedule: Schedule,
  ) {
    this.random = random;
    this.world = world;
    this.population = population;
    this.payments = payments;
    this.#schedule = schedule;
  }

  play(scenario: Scenario, timeMs: number): boolean {
    this.#kind = scenario.kind;
    this.#truth = scenario.guilt === 'fraud' ? 'fraud' : 'chargeback';
    return scenario.plan(this, timeMs);
  }

  /** Into the stream at its time, as a row that nobody should stop. */
  add(draft: Draft): void {
    draft.injected = '';
    draft.isGenuine = false;
    this.#schedule.add(draft);
  }

  /** Into the stream at its time, as a row that should be held or reversed. */
  addGuilty(draft: Draft, kind: string = this.#kind): void {
    draft.injected = kind;
    draft.isGenuine = false;
    draft.truth = this.#truth;
    this.#schedule.add(draft);
    if (this.random.chance(DECLINE_SHARE)) {
      this.#schedule.add(releaseOf(draft, this.#soon(draft), this.#officer(), 'decline'));
    }
    // A scenario that says when the truth is known sends the row itself.
    if (Number.isNaN(draft.knownAtMs)) this.#makeKnown(draft, draft.truth);
  }

  /** Into the stream at its time, as an honest row that looks suspicious. */
  addHonest(draft: Draft): void {
    draft.injected = this.#kind;
    draft.isGenuine = true;
    this.#schedule.add(draft);
    this.#makeKnown(draft, 'genuine');
  }

  /** An officer looks at `draft`, should it be held, and lets it go; or nobody finds the time. */
  release(draft: Draft): void {
    if (this.random.chance(0.3)) return;
    this.#schedule.add(releaseOf(draft, this.#soon(draft), this.#officer(), 'approve'));
  }

  #soon(draft: Draft): number {
    return draft.timeMs + this.between(0.1, 6) * HOUR_MS;
  }

  /** One of those who may release. */
  #officer(): string {
    return `op-${1 + this.random.below(4)}`;
  }

  #makeKnown(draft: Draft, label: string): void {
    draft.knownAtMs = draft.timeMs + Math.floor(this.between(1, 5) * DAY_MS);
    // Banks know about payments.
    if (draft.kind === 'payment' && this.random.chance(LABEL_SHARE)) {
      this.#schedule.add(labelOf(draft, draft.knownAtMs, label));
    }
  }

  /** Any free account, quiet from now until `quietMs` after `timeMs`. */
  account(timeMs: number, quietMs: number): number {
    const account = this.population.pick(timeMs);
    this.population.quiet(account, timeMs + quietMs);
    return account;
  }

  /** The same with at least `paidMin` payments before and at home, or -1. */
  knownAccount(timeMs: number, quietMs: number, paidMin: number): number {
    const account = this.population.pickKnown(timeMs, paidMin);
    if (account >= 0) this.population.quiet(account, timeMs + quietMs);
    return account;
  }

  /** Any free account that seldom pays. */
  rareAccount(timeMs: number, quietMs: number): number {
    let account = this.population.pick(timeMs);
    for (let tries = 0; tries < 12; tries++) {
      const other = this.population.pick(timeMs);
      if (this.population.paidCount(other) < this.population.paidCount(account)) account = other;
    }
    this.population.quiet(account, timeMs + quietMs);
    return account;
  }

  /** A free account that is where merchant `index` is, so that its place is not suspicious. */
  localAccount(timeMs: number, quietMs: number, index: number): number {
    const place = this.world.merchants[index]?.city;
    for (let tries = 0; tries < 300; tries++) {
      const account = this.population.pick(timeMs);
      if (CITIES[this.population.placeOf(account)] !== place) continue;
      this.population.quiet(account, timeMs + quietMs);
      return account;
    }
    return this.account(timeMs, quietMs);
  }

  /** The next of the terminals that only scenarios use; what one does there does not touch another's. */
  reservedTerminal(part: number): number {
    const { reservedTerminals } = this.world;
    const count = Math.floor(reservedTerminals.length / TERMINAL_PARTS);
    const turn = (this.#terminalTurns[part] as number)++ % count;
    return must(reservedTerminals[turn * TERMINAL_PARTS + part], 'terminal');
  }

  /** An address that nobody else has (198.18.0.0/15, kept for tests). */
  freshIp(): number {
    return 0xc6120000 + (this.#freshIps++ & 0x1ffff);
  }

  /** The id of a payment that is not in the stream. */
  strangeId(): number {
    return this.#strangeIds++;
  }

  /** One of the windows of maintenance that begin within `withinMs`, or null. */
  nextMaintenance(timeMs: number, withinMs: number): MaintenanceWindow | null {
    const near = this.world.maintenance.filter(
      ({ fromMs }) => fromMs > timeMs && fromMs <= timeMs + withinMs,
    );
    return near.length === 0 ? null : this.random.pick(near);
  }

  /** A shop in `city`, or anywhere, from the less popular half. */
  quietShop(city: number = this.random.below(24)): number {
    const shops = must(this.world.shopsByCity[city], 'city');
    return must(shops[Math.floor(shops.length * (0.5 + 0.5 * this.random.next()))], 'shop');
  }

  onlineShop(): number {
    return this.random.pick(this.world.onlineShops);
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.random.next();
  }
}
