// What comes before and after an honest payment in the generated stream.

import { describe, expect, it } from 'vitest';
import { TransactionGenerator } from '../../src/load/generator.ts';
import { OPERATORS } from '../../src/load/world-data.ts';
import { makeWorld } from '../../src/load/world.ts';

type Row = Record<string, unknown>;

const ROWS = 40_000;
const DAY_MS = 86_400_000;

const world = makeWorld();
const generator = new TransactionGenerator(
  {
    rows: ROWS,
    accounts: 10_000,
    seed: 11,
    injectedRate: 0.03,
    lateRate: 0,
    repeatRate: 0,
    badRate: 0,
    spanMs: 3 * DAY_MS,
  },
  world,
);
const bytes = new Uint8Array(ROWS * 1024);
const end = generator.writeRows(bytes);
const rows = Buffer.from(bytes.subarray(0, end))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const labels = new Map(generator.takeLabels().map((label) => [label.transactionId, label]));
const place = new Map(rows.map((row, index) => [String(row['id']), index]));

function of(row: Row): Row | undefined {
  return rows[place.get(String(row['of'])) ?? -1];
}

function isInjected(row: Row | undefined): boolean {
  return labels.has(String(row?.['id']));
}

function ofKind(kind: string): Row[] {
  return rows.filter((row) => row['kind'] === kind);
}

const answers = new Map<string, Row[]>();
for (const row of ofKind('status')) {
  const id = String(row['of']);
  answers.set(id, [...(answers.get(id) ?? []), row]);
}

describe('answers', () => {
  const isUnclear = (row: Row): boolean =>
    row['walletStatus'] === undefined ||
    row['walletStatus'] === 'unknown' ||
    (row['terminal'] !== undefined && row['terminalStatus'] === undefined);
  const lastMs = Number(rows.at(-1)?.['time']);
  const unclear = ofKind('payment').filter(
    (row) => !isInjected(row) && isUnclear(row) && Number(row['time']) < lastMs - 60_000,
  );

  it('are missing in about three honest payments of a hundred', () => {
    const share = unclear.length / ofKind('payment').length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.045);
  });

  it('come within half a minute, with the last word', () => {
    for (const row of unclear) {
      const news = answers.get(String(row['id'])) ?? [];
      // A scenario's payment that was not charged stands beside a guilty refund.
      expect(news, String(row['id'])).toHaveLength(1);
      const [answer] = news;
      const waitMs = Number(answer?.['time']) - Number(row['time']);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThan(30_000);
      expect(['charged', 'not-charged']).toContain(answer?.['walletStatus']);
      if (row['terminal'] !== undefined) {
        expect(['success', 'failed']).toContain(answer?.['terminalStatus']);
      }
    }
  });
});

describe('what goes back', () => {
  it('follows a payment that is in the stream, if it is honest', () => {
    const those = [...ofKind('refund'), ...ofKind('reversal')].filter((row) => !isInjected(row));
    expect(those.length).toBeGreaterThan(200);
    for (const row of those) {
      expect(place.get(String(row['of']))).toBeLessThan(place.get(String(row['id'])) ?? -1);
      expect(of(row)?.['account']).toBe(row['account']);
      expect(of(row)?.['kind']).toBe('payment');
    }
  });

  it('is some in part, some days later, and never more than was paid, if it is honest', () => {
    const given = new Map<string, number>();
    let parts = 0;
    let late = 0;
    for (const refund of ofKind('refund').filter((row) => !isInjected(row))) {
      const paid = of(refund);
      const id = String(refund['of']);
      const sum = (given.get(id) ?? 0) + Number(refund['amount']);
      given.set(id, sum);
      expect(sum, id).toBeLessThanOrEqual(Number(paid?.['amount']));
      if (refund['amount'] !== paid?.['amount']) parts++;
      if (Number(refund['time']) - Number(paid?.['time']) > DAY_MS) late++;
    }
    expect(parts).toBeGreaterThan(20);
    expect(late).toBeGreaterThan(20);
  });

  it('is reversed by who may, with the right password, if it is honest', () => {
    const reversers = OPERATORS.filter(({ mayReverse }) => mayReverse).map(({ id }) => id);
    const honest = ofKind('reversal').filter((row) => !isInjected(row));
    expect(honest.length).toBeGreaterThan(20);
    for (const row of honest) {
      expect(reversers).toContain(row['operator']);
      expect(row['credential']).toBe('ok');
    }
  });
});

describe('other news', () => {
  it('has releases by who may; by others only where that is injected', () => {
    const releasers = OPERATORS.filter(({ mayRelease }) => mayRelease).map(({ id }) => id);
    const [allowed, not] = [true, false].map((may) =>
      ofKind('release').filter((row) => releasers.includes(String(row['operator'])) === may),
    );
    expect(new Set(allowed?.map((row) => row['release']))).toEqual(new Set(['approve', 'decline']));
    expect(not?.length).toBeGreaterThan(3);
    for (const row of not ?? []) {
      expect(labels.get(String(row['of']))?.kind).toBe('unauthorised-reversal');
    }
  });

  it('tells how codes were shown and scanned before the payment, and paid after it', () => {
    const payments = new Map<unknown, number>();
    for (const row of ofKind('payment')) {
      const at = place.get(String(row['id'])) ?? -1;
      if (!payments.has(row['paymentCode'])) payments.set(row['paymentCode'], at);
    }
    const codes = ofKind('code').filter((row) => payments.has(row['paymentCode']));
    const isBefore = (row: Row): boolean =>
      (place.get(String(row['id'])) ?? -1) < (payments.get(row['paymentCode']) ?? -1);
    const states = (before: boolean): Set<unknown> =>
      new Set(codes.filter((row) => isBefore(row) === before).map((row) => row['codeState']));
    expect(states(true)).toEqual(new Set(['new', 'scanned']));
    expect(states(false)).toEqual(new Set(['paid', 'expired', 'cancelled']));
  });

  it('has terminals that report, mostly that all is well', () => {
    const reports = ofKind('terminal').filter((row) => row['fault'] === undefined);
    expect(reports.length).toBeGreaterThan(30);
    for (const row of ofKind('terminal')) expect(row['account']).toBeUndefined();
  });

  it('puts what gets lost in maintenance into an announced window', () => {
    const lost = rows.filter((row) => labels.get(String(row['id']))?.kind === 'maintenance');
    expect(lost.length).toBeGreaterThan(3);
    for (const row of lost) {
      const windows = world.maintenance.filter(({ scope }) => scope === row['terminal']);
      const time = Number(row['time']);
      expect(windows.some(({ fromMs, toMs }) => fromMs <= time && time < toMs)).toBe(true);
    }
  });
});
