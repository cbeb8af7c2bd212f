// A seeded stream of POS and wallet transactions: honest traffic in the rhythm of day and week,
// and between it injected frauds and faults, late rows, ties, repeats, news about earlier payments
// and a few broken rows. Same options, same bytes.
//
//   clock ─► ordinary payment ─┬─► writer ─► bytes        labels of what was injected
//            planned rows ─────┘     └─► repeats, refunds, news ─► schedule
//
// Cost: ~2 us a row on one core; 30 bytes an account. A row is one short-lived object: this is a
// tool, not the engine's hot path. The world (world.ts) has a seed of its own.

import { assert } from '../base/assert.ts';
import { Random } from '../base/random.ts';
import type { Format } from '../domain/ports.ts';
import { ANSWER_SCENARIOS } from './answer-scenarios.ts';
import type { Draft } from './draft.ts';
import { FAULT_SCENARIOS } from './fault-scenarios.ts';
import { GIVE_BACK_SCENARIOS } from './give-back-scenarios.ts';
import { MERCHANT_FRAUD_SCENARIOS } from './merchant-fraud-scenarios.ts';
import { PAYER_FRAUD_SCENARIOS } from './payer-fraud-scenarios.ts';
import { HONEST_SCENARIOS } from './honest-scenarios.ts';
import { planCode, planNews } from './news.ts';
import { isUnclear, OrdinaryPayments } from './ordinary.ts';
import { Population } from './population.ts';
import type { DraftWriter } from './row-writer.ts';
import { GENERATED_ROW_BYTES_MAX, makeDraftWriter } from './row-writer.ts';
import type { Scenario } from './scenario.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, Stage } from './scenario.ts';
import { Schedule } from './schedule.ts';
import { TERMINAL_SCENARIOS } from './terminal-scenarios.ts';
import { gapFactor } from './rhythm.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';

export interface GeneratorOptions {
  /** Rows in all: repeats, news and broken ones included. */
  readonly rows: number;
  readonly accounts: number;
  readonly seed: number;
  /** Event time of the first row; default Monday 2026-03-02T00:00 in Shanghai. */
  readonly startMs?: number;
  /** Event time of the whole stream; default: 1.25 rows an account and day, at least an hour. */
  readonly spanMs?: number;
  /** Share of rows up to two minutes (1 in 100 of them: 6 to 30 minutes) behind; default 0.01. */
  readonly lateRate?: number;
  /** Share of rows that come a second time, 1 in 10 of them changed; default 0.001. */
  readonly repeatRate?: number;
  /** Share of rows that are injected and labelled; default 0.012. */
  readonly injectedRate?: number;
  /** Share of rows that are broken; default 0.00001. */
  readonly badRate?: number;
  /** Default ndjson. */
  readonly format?: Format;
}

export interface GeneratedLabel {
  readonly transactionId: string;
  /** genuine: honest, but looks suspicious. */
  readonly label: 'fraud' | 'chargeback' | 'genuine';
  /** When the truth would be known, event time. */
  readonly knownAtMs: number;
  /** The scenario: a trigger's name, `traveller`, `big-ticket`. */
  readonly kind: string;
}

/** A labels file is this line, then labelLines. */
export const LABELS_HEADER = 'transactionId,label,knownAt,kind\n';

export function labelLines(labels: readonly GeneratedLabel[]): string {
  let text = '';
  for (const { transactionId, label, knownAtMs, kind } of labels) {
    text += `${transactionId},${label},${knownAtMs},${kind}\n`;
  }
  return text;
}

export const DEFAULT_START_MS: number = Date.UTC(2026, 2, 1, 16);
const ROWS_AN_ACCOUNT_AND_DAY = 1.25;
const TIE_CHANCE = 0.002;
const SCENARIOS: readonly Scenario[] = [
  ...PAYER_FRAUD_SCENARIOS,
  ...MERCHANT_FRAUD_SCENARIOS,
  ...FAULT_SCENARIOS,
  ...ANSWER_SCENARIOS,
  ...TERMINAL_SCENARIOS,
  ...GIVE_BACK_SCENARIOS,
  ...HONEST_SCENARIOS,
];

export class TransactionGenerator {
  readonly world: World;
  readonly #options: Required<GeneratorOptions>;
  readonly #random: Random;
  readonly #population: Population;
  readonly #payments: OrdinaryPayments;
  readonly #schedule: Schedule = new Schedule();
  readonly #stage: Stage;
  readonly #write: DraftWriter;
  readonly #scenarios: readonly Scenario[];
  readonly #scenarioChance: number;
  readonly #scenarioWeights: Float64Array;
  readonly #meanGapMs: number;
  #labels: GeneratedLabel[] = [];
  #timeMs: number;
  #rows = 0;
  #ids = 0;

  constructor(options: GeneratorOptions, world: World = makeWorld()) {
    assert(options.rows >= 0 && options.accounts >= 1, 'rows and accounts must be positive');
    const spanMs =
      options.spanMs ??
      Math.max(HOUR_MS, (options.rows / options.accounts / ROWS_AN_ACCOUNT_AND_DAY) * DAY_MS);
    this.#options = {
      startMs: DEFAULT_START_MS,
      lateRate: 0.01,
      repeatRate: 0.001,
      injectedRate: 0.012,
      badRate: 0.00001,
      format: 'ndjson',
      ...options,
      spanMs,
    };
    this.world = world;
    this.#random = new Random(options.seed);
    this.#population = new Population(options.accounts, this.#random);
    this.#payments = new OrdinaryPayments(world, this.#population, this.#random);
    this.#stage = new Stage(this.#random, world, this.#population, this.#payments, this.#schedule);
    this.#write = makeDraftWriter(this.#options.format);
    this.#scenarios = SCENARIOS;
    this.#scenarioWeights = cumulative(this.#scenarios.map((scenario) => 1 / scenario.labelled));
    const weightSum = this.#scenarioWeights[this.#scenarios.length - 1] as number;
    this.#scenarioChance = (this.#options.injectedRate * weightSum) / this.#scenarios.length;
    this.#timeMs = this.#options.startMs;
    this.#meanGapMs = spanMs / Math.max(1, options.rows);
  }

  /** Rows written so far. */
  get rowCount(): number {
    return this.#rows;
  }

  /** Event time that the stream has reached. */
  get timeMs(): number {
    return this.#timeMs;
  }

  /**
   * Writes whole rows into `bytes` from `offset` on while another one surely fits
   * (GENERATED_ROW_BYTES_MAX); the offset after the last, `offset` itself when no row is left.
   */
  writeRows(bytes: Uint8Array, offset: number = 0): number {
    let at = offset;
    while (this.#rows < this.#options.rows && at + GENERATED_ROW_BYTES_MAX <= bytes.length) {
      at = this.#next(bytes, at);
      this.#rows++;
    }
    return at;
  }

  /** Labels of the rows written since the last call. */
  takeLabels(): GeneratedLabel[] {
    const labels = this.#labels;
    this.#labels = [];
    return labels;
  }

  #next(bytes: Uint8Array, at: number): number {
    const random = this.#random;
    if (!random.chance(TIE_CHANCE)) {
      this.#timeMs += -Math.log(1 - random.next()) * this.#meanGapMs * gapFactor(this.#timeMs);
    }
    if (this.#schedule.nextMs <= this.#timeMs) return this.#nextPlanned(bytes, at);
    if (random.chance(this.#scenarioChance)) {
      this.#stage.play(this.#pickScenario(), this.#timeMs);
      if (this.#schedule.nextMs <= this.#timeMs) return this.#nextPlanned(bytes, at);
    }
    return this.#nextOrdinary(bytes, at);
  }

  #nextPlanned(bytes: Uint8Array, at: number): number {
    const planned = this.#schedule.take();
    assert(planned !== undefined, 'a planned row is due');
    if (planned.bytes !== null) {
      bytes.set(planned.bytes, at);
      return at + planned.bytes.length;
    }
    assert(planned.draft !== null, 'a planned row has bytes or a draft');
    return this.#writeRow(planned.draft, bytes, at);
  }

  #nextOrdinary(bytes: Uint8Array, at: number): number {
    const random = this.#random;
    const options = this.#options;
    const account = this.#population.pick(this.#timeMs);
    const draft = this.#payments.make(account, this.#timeMs);
    if (this.#population.isAway(account) && draft.injected === '' && draft.channel !== 'online') {
      draft.injected = 'traveller';
      draft.isGenuine = true;
    }
    this.#population.paid(account, this.#timeMs);
    if (planCode(draft, random, this.#schedule)) return this.#nextPlanned(bytes, at);
    // A row that came late tells the end of the story too.
    if (!isUnclear(draft) && random.chance(options.lateRate)) {
      const behindMs = random.chance(0.01)
        ? (6 + 24 * random.next()) * MINUTE_MS
        : 2 * MINUTE_MS * random.next();
      draft.timeMs = Math.floor(draft.timeMs - behindMs);
    }
    if (random.chance(options.badRate)) return this.#writeBroken(draft, bytes, at);
    const end = this.#writeRow(draft, bytes, at);
    planNews(draft, this.#timeMs, random, this.#schedule);
    if (random.chance(options.repeatRate)) {
      const againMs = this.#timeMs + 1_000 + 20 * MINUTE_MS * random.next() ** 3;
      if (random.chance(0.9)) {
        this.#schedule.addRepeat(againMs, bytes.slice(at, end));
      } else {
        const changed = draft.copy();
        changed.id = draft.id;
        changed.timeMs = Math.floor(againMs);
        changed.amount += 1;
        changed.injected = '';
        this.#schedule.add(changed);
      }
    }
    return end;
  }

  #writeRow(draft: Draft, bytes: Uint8Array, at: number): number {
    if (Number.isNaN(draft.id)) draft.id = ++this.#ids;
    const end = this.#write(draft, bytes, at);
    if (draft.injected !== '') {
      this.#labels.push({
        transactionId: `t${String(draft.id).padStart(9, '0')}`,
        label: draft.isGenuine ? 'genuine' : draft.truth === 'fraud' ? 'fraud' : 'chargeback',
        knownAtMs: Number.isNaN(draft.knownAtMs)
          ? draft.timeMs + Math.floor((1 + 4 * this.#random.next()) * DAY_MS)
          : draft.knownAtMs,
        kind: draft.injected,
      });
    }
    return end;
  }

  /** A row that is cut off, has a wrong type, an unknown kind or lacks its account. */
  #writeBroken(draft: Draft, bytes: Uint8Array, at: number): number {
    const isJson = this.#options.format === 'ndjson';
    // Half a msgpack map would break the framing of all that follows: no such rows there. Drawn by
    // the id, so that the rest of the stream is the same in both forms.
    const random = new Random(this.#ids);
    const way = random.below(isJson ? 4 : 2);
    draft.id = ++this.#ids;
    if (way === 0) draft.kind = 'paymnet';
    if (way === 1) draft.account = NaN;
    const end = this.#write(draft, bytes, at);
    if (way < 2) return end;
    const row = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString();
    const broken =
      way === 2
        ? `${row.slice(0, 30 + random.below(row.length - 60))}\n`
        : row.replace(/"amount":(\d+)/, '"amount":"$1"');
    return at + new TextEncoder().encodeInto(broken, bytes.subarray(at)).written;
  }

  #pickScenario(): Scenario {
    const weights = this.#scenarioWeights;
    const target = this.#random.next() * (weights[weights.length - 1] as number);
    return this.#scenarios[weights.findIndex((sum) => target < sum)] as Scenario;
  }
}

function cumulative(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, i) => {
    sum += weight;
    sums[i] = sum;
  });
  return sums;
}
