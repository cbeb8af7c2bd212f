// What the watch tells, on streams made for it, and how seldom it is wrong. Seeds stand in the names.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Alert } from '../../src/domain/alert.ts';
import type { Schema } from '../support-schema/validate.ts';
import { validate } from '../support-schema/validate.ts';
import type { Watch } from '../../src/engine/watch.ts';
import type { WatchedRow } from './watch-support.ts';
import { RowWriter, alertsOf, makeWatch } from './watch-support.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_772_380_800_000;
const schema = JSON.parse(
  readFileSync(new URL('../../docs/schemas/alert.schema.json', import.meta.url), 'utf8'),
) as Schema;

interface Traffic {
  readonly rowsPerSecond: number;
  readonly merchants: number;
  readonly hold: number;
  readonly reverse: number;
  readonly refund: number;
  readonly rule: number;
}

const STEADY: Traffic = {
  rowsPerSecond: 2,
  merchants: 50,
  hold: 0.01,
  reverse: 0.002,
  refund: 0.02,
  rule: 0.005,
};

/** Decides made-up rows of each traffic in turn, one after another in stream time. */
class Stream {
  readonly watch: Watch = makeWatch();
  readonly #writer: RowWriter = new RowWriter();
  readonly #random: Random;
  timeMs: number = START_MS;
  rows = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  row(more: Partial<WatchedRow> = {}): Alert[] {
    const row = { kind: 'payment', outcome: 0, merchant: null, rules: [], ...more } as const;
    this.#writer.observe(this.watch, { timeMs: Math.floor(this.timeMs), ...row });
    this.rows++;
    return alertsOf(this.watch);
  }

  run(hours: number, traffic: Traffic, only: (merchant: number) => boolean = () => true): Alert[] {
    const random = this.#random;
    const alerts: Alert[] = [];
    const end = this.timeMs + hours * HOUR_MS;
    while (this.timeMs < end) {
      this.timeMs += (-Math.log(1 - random.next()) * 1000) / traffic.rowsPerSecond;
      const merchant = random.below(traffic.merchants);
      const now = only(merchant) ? traffic : STEADY;
      const outcome = random.chance(now.hold) ? 1 : random.chance(now.reverse) ? 2 : 0;
      const kind = random.chance(now.refund) ? 'refund' : 'payment';
      const rules = random.chance(now.rule) ? [7] : [];
      alerts.push(...this.row({ outcome, kind, merchant, rules }));
    }
    return alerts;
  }
}

const named = ({ state, scope, id, measure }: Alert): string =>
  [state, scope, ...(id === undefined ? [] : [id]), measure].join(' ');

test.each([1, 2, 3])('a steady stream of two days alerts nobody (seed %i)', (seed) => {
  expect(new Stream(seed).run(48, STEADY)).toEqual([]);
});

describe('a jump', () => {
  test.each<readonly [string, Partial<Traffic>, string, number]>([
    ['of holds to five times', { hold: 0.05 }, 'stream hold', 900],
    ['of reversals to ten times', { reverse: 0.02 }, 'stream reverse', 3600],
    ['of refunds to five times', { refund: 0.1 }, 'stream refund', 500],
    ['of a rule to five times', { rule: 0.025 }, 'rule rule-7 fired', 1800],
  ])('%s is told within so many rows, and its end', (_, more, name, rowsMax) => {
    const stream = new Stream(11);
    expect(stream.run(24, STEADY)).toEqual([]);
    const before = stream.rows;
    const told: { alert: Alert; row: number }[] = [];
    for (let minute = 0; minute < 30; minute++) {
      for (const alert of stream.run(1 / 60, { ...STEADY, ...more })) {
        told.push({ alert, row: stream.rows - before });
      }
    }
    const mine = told.filter(({ alert }) => alert.scope !== 'merchant');
    expect(mine.map(({ alert }) => named(alert))).toEqual([`begun ${name}`]);
    expect(mine[0]?.row).toBeLessThan(rowsMax);
    const ends = stream.run(2, STEADY).filter(({ scope }) => scope !== 'merchant');
    expect(ends.map(named)).toEqual([`ended ${name}`]);
    expect(ends[0]?.since).toBe(mine[0]?.alert.eventTime);
  });

  test("of one merchant's refunds is told of that merchant", () => {
    const stream = new Stream(5);
    const busy = { ...STEADY, rowsPerSecond: 2, merchants: 10 };
    expect(stream.run(30, busy)).toEqual([]);
    const alerts = stream.run(0.5, { ...busy, refund: 0.2 }, (merchant) => merchant === 4);
    expect(alerts.map(named)).toEqual(['begun merchant M4 refund']);
    expect(alerts[0]).toMatchObject({ nowMs: HOUR_MS, pastMs: 168 * HOUR_MS, rulesVersion: '3' });
    expect(alerts[0]?.rate).toBeGreaterThan(2 * 0.02);
    expect(alerts[0]?.usualRate).toBeCloseTo(0.02, 1);
  });

  test('that is followed by silence ends with the first row after it', () => {
    const stream = new Stream(7);
    stream.run(24, STEADY);
    expect(stream.run(0.5, { ...STEADY, hold: 0.2 }, (m) => m < 50).map(named)).toContain(
      'begun stream hold',
    );
    stream.timeMs += 40 * HOUR_MS;
    expect(stream.row().map(named)).toContain('ended stream hold');
    expect(stream.watch.counts.begun).toBe(stream.watch.counts.ended);
  });

  test('says nothing before there is a past', () => {
    const stream = new Stream(3);
    const alerts = [...stream.run(0.3, STEADY), ...stream.run(0.3, { ...STEADY, hold: 0.5 })];
    expect(alerts).toEqual([]);
  });
});

describe('merchants at their maximum', () => {
  test('the one whose last row is oldest leaves, counted', () => {
    const watch = makeWatch({ merchantsMax: 100 });
    const writer = new RowWriter();
    for (let n = 0; n < 1000; n++) {
      const row = {
        kind: 'payment',
        outcome: 0,
        rules: [],
        timeMs: START_MS + n * 120_000,
      } as const;
      writer.observe(watch, { ...row, merchant: n });
      // Keeps coming, and so stays.
      writer.observe(watch, { ...row, merchant: 0 });
    }
    expect(watch.counts).toMatchObject({ merchants: 100, merchantsEvicted: 900, rowsUnwatched: 0 });
  });
});

test('after a reset nothing is known', () => {
  const stream = new Stream(1);
  stream.run(24, STEADY);
  stream.run(0.5, { ...STEADY, hold: 0.5 });
  expect(stream.watch.counts.begun).toBeGreaterThan(0);
  stream.watch.reset();
  expect(stream.watch.counts).toEqual({
    begun: 0,
    ended: 0,
    merchants: 0,
    merchantsEvicted: 0,
    rowsUnwatched: 0,
  });
  expect(stream.run(0.5, { ...STEADY, hold: 0.5 })).toEqual([]);
});

describe('the schema', () => {
  const stream = new Stream(9);
  stream.run(30, { ...STEADY, merchants: 5 });
  const alerts = stream.run(0.5, { ...STEADY, merchants: 5, hold: 0.3, rule: 0.3 });
  alerts.push(...stream.run(3, { ...STEADY, merchants: 5 }));

  test('is what every alert conforms to', () => {
    expect(new Set(alerts.map(({ scope }) => scope))).toEqual(
      new Set(['stream', 'rule', 'merchant']),
    );
    expect(new Set(alerts.map(({ state }) => state))).toEqual(new Set(['begun', 'ended']));
    for (const alert of alerts) expect(validate(schema, alert)).toEqual([]);
  });

  test.each([
    ['an unknown key', { odd: 1 }],
    ['another measure', { measure: 'allow' }],
    ['a rate over 1', { rate: 1.5 }],
    ['no rules hash', { rulesHash: undefined }],
    ['a beginning with `since`', { state: 'begun', since: 5 }],
  ])('does not take %s', (_, more) => {
    const alert = JSON.parse(JSON.stringify({ ...alerts[0], ...more })) as unknown;
    expect(validate(schema, alert)).not.toEqual([]);
  });
});
