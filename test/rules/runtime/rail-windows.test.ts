import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Method, RailEnd, RailPlan } from '../../../src/domain/rails.ts';
import { METHODS } from '../../../src/domain/rails.ts';
import type { ReversalChoice } from '../../../src/rules/runtime/rail-windows.ts';
import { newReversalChoice, RailWindows } from '../../../src/rules/runtime/rail-windows.ts';
import { cutOffOf, monthsLater } from '../../oracle/local-time.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const at = (text: string): number => Date.parse(text);
const shown = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : `${ms}`);
const cutOff = (minuteOfDay: number, days = 0): RailEnd => ({ kind: 'cutOff', days, minuteOfDay });
const months = (count: number): RailEnd => ({ kind: 'months', months: count });
const length = (ms: number): RailEnd => ({ kind: 'length', ms });
const NEVER: RailEnd = { kind: 'never' };

function rail(
  timezone: string,
  ends: Partial<Record<Method, RailEnd>>,
  notBeforeMs = 0,
  queryFirstMs: readonly number[] | null = null,
): RailPlan {
  const methods = METHODS.flatMap((method) => {
    const end = ends[method];
    return end === undefined ? [] : [{ method, notBeforeMs, end }];
  });
  return { name: 'r', timezone, methods, queryFirstMs };
}

const CARD = rail('Asia/Shanghai', {
  REVERSAL: cutOff(23 * 60),
  VOID: cutOff(23 * 60),
  REFUND: months(11),
});
const WALLET = rail(
  'Asia/Shanghai',
  { REVERSAL: length(7 * DAY_MS), REFUND: months(12) },
  15 * SECOND_MS,
  [SECOND_MS],
);
const REVERSAL_ONLY = rail('UTC', { REVERSAL: length(HOUR_MS) });
const ENDLESS = rail('UTC', { REVERSAL: NEVER, REFUND: NEVER });
const LATE_CUT = rail('UTC', { REVERSAL: cutOff(23 * 60), REFUND: NEVER }, 15 * SECOND_MS);
const SHORT_REFUND = rail('UTC', { VOID: length(2 * HOUR_MS), REFUND: length(HOUR_MS) });

const RAILS = { CARD, WALLET, REVERSAL_ONLY, ENDLESS, LATE_CUT, SHORT_REFUND };
const windows = new RailWindows(Object.values(RAILS));
const indexOf = (name: string): number => Object.keys(RAILS).indexOf(name);

/** method, notBefore, notAfter, fallback, q where the provider is asked first; or "none". */
function chosen(found: boolean, choice: ReversalChoice, railIndex: number): string {
  const name = (method: number): string => METHODS[method] ?? '-';
  const { method, notBeforeMs, notAfterMs, fallbackMethod, queryRail } = choice;
  const word = found ? name(method) : 'none';
  const query = queryRail === -1 ? '' : queryRail === railIndex ? ' q' : ' wrong rail';
  return `${word} ${shown(notBeforeMs)} ${shown(notAfterMs)} ${name(fallbackMethod)}${query}`;
}

describe('choose', () => {
  const choice = newReversalChoice();
  test.each([
    // [rail, payment, now, what is known, choice]
    // 22:59 in Shanghai: cleared today.
    [
      'CARD',
      '2026-03-02T14:59:00Z',
      '2026-03-02T14:59:30Z',
      'unknown',
      'REVERSAL NaN 2026-03-02T15:00:00.000Z REFUND',
    ],
    [
      'CARD',
      '2026-03-02T14:59:00Z',
      '2026-03-02T14:59:30Z',
      'success',
      'VOID NaN 2026-03-02T15:00:00.000Z REFUND',
    ],
    [
      'CARD',
      '2026-03-02T14:59:00Z',
      '2026-03-02T14:59:59.999Z',
      'success',
      'VOID NaN 2026-03-02T15:00:00.000Z REFUND',
    ],
    [
      'CARD',
      '2026-03-02T14:59:00Z',
      '2026-03-02T15:00:00Z',
      'success',
      'REFUND NaN 2027-02-02T14:59:00.000Z -',
    ],
    [
      'CARD',
      '2026-03-02T14:59:00Z',
      '2026-03-02T15:00:00Z',
      'unknown',
      'REFUND NaN 2027-02-02T14:59:00.000Z -',
    ],
    [
      'CARD',
      '2026-03-02T14:59:00Z',
      '2026-03-02T14:59:30Z',
      'refund',
      'REFUND NaN 2027-02-02T14:59:00.000Z -',
    ],
    ['CARD', '2026-03-02T14:59:00Z', '2027-02-02T14:59:00Z', 'success', 'none NaN NaN -'],
    // At the cut-off: cleared with the next day.
    [
      'CARD',
      '2026-03-02T15:00:00Z',
      '2026-03-02T15:00:00Z',
      'success',
      'VOID NaN 2026-03-03T15:00:00.000Z REFUND',
    ],
    // Before it opens.
    [
      'WALLET',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:00:05Z',
      'unknown',
      'REVERSAL 2026-03-02T00:00:15.000Z 2026-03-09T00:00:00.000Z REFUND q',
    ],
    [
      'WALLET',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:00:15Z',
      'unknown',
      'REVERSAL NaN 2026-03-09T00:00:00.000Z REFUND q',
    ],
    // No void: a reversal undoes a success too; nothing to ask.
    [
      'WALLET',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:01:00Z',
      'success',
      'REVERSAL NaN 2026-03-09T00:00:00.000Z REFUND',
    ],
    [
      'WALLET',
      '2026-03-02T00:00:00Z',
      '2026-03-09T00:00:00Z',
      'unknown',
      'REFUND NaN 2027-03-02T00:00:00.000Z -',
    ],
    [
      'WALLET',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:00:05Z',
      'refund',
      'REFUND 2026-03-02T00:00:15.000Z 2027-03-02T00:00:00.000Z -',
    ],
    [
      'REVERSAL_ONLY',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:59:59Z',
      'success',
      'REVERSAL NaN 2026-03-02T01:00:00.000Z -',
    ],
    ['REVERSAL_ONLY', '2026-03-02T00:00:00Z', '2026-03-02T01:00:00Z', 'unknown', 'none NaN NaN -'],
    ['REVERSAL_ONLY', '2026-03-02T00:00:00Z', '2026-03-02T00:00:00Z', 'refund', 'none NaN NaN -'],
    // Never closes: no end, and nothing to fall back to.
    ['ENDLESS', '2026-03-02T00:00:00Z', '2036-03-02T00:00:00Z', 'unknown', 'REVERSAL NaN NaN -'],
    // Would open after it has closed.
    [
      'LATE_CUT',
      '2026-03-02T22:59:50Z',
      '2026-03-02T22:59:51Z',
      'unknown',
      'REFUND 2026-03-02T23:00:05.000Z NaN -',
    ],
    [
      'LATE_CUT',
      '2026-03-02T22:59:44Z',
      '2026-03-02T22:59:51Z',
      'unknown',
      'REVERSAL 2026-03-02T22:59:59.000Z 2026-03-02T23:00:00.000Z REFUND',
    ],
    // A refund that closes first is no fallback; an unknown outcome cannot be voided.
    [
      'SHORT_REFUND',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:30:00Z',
      'success',
      'VOID NaN 2026-03-02T02:00:00.000Z -',
    ],
    [
      'SHORT_REFUND',
      '2026-03-02T00:00:00Z',
      '2026-03-02T00:30:00Z',
      'unknown',
      'REFUND NaN 2026-03-02T01:00:00.000Z -',
    ],
    ['SHORT_REFUND', '2026-03-02T00:00:00Z', '2026-03-02T01:30:00Z', 'unknown', 'none NaN NaN -'],
  ] as const)('%s, paid %s, at %s, %s: %s', (name, paid, now, known, expected) => {
    const i = indexOf(name);
    const found = windows.choose(
      i,
      at(paid),
      at(now),
      known !== 'unknown',
      known === 'refund',
      choice,
    );
    expect(chosen(found, choice, i)).toBe(expected);
  });

  test('nothing without a rail, without a time', () => {
    expect(windows.choose(-1, 0, 0, true, false, choice)).toBe(false);
    expect(chosen(false, choice, -1)).toBe('none NaN NaN -');
    expect(windows.choose(indexOf('CARD'), NaN, 0, true, false, choice)).toBe(false);
    expect(windows.choose(indexOf('ENDLESS'), NaN, 0, true, false, choice)).toBe(false);
    expect(windows.isOpen(-1, 0, 0, 0)).toBe(false);
    expect(windows.closesMs(-1, 0, 0)).toBe(NaN);
    expect(windows.opensMs(-1, 0, 0)).toBe(NaN);
  });
});

describe('clearing days', () => {
  test.each([
    // [zone, cut-off in minutes, days, payment, closes]
    ['Asia/Shanghai', 1380, 0, '2026-03-02T16:00:00Z', '2026-03-03T15:00:00.000Z'],
    ['Asia/Shanghai', 1380, 1, '2026-03-02T14:00:00Z', '2026-03-03T15:00:00.000Z'],
    ['Asia/Shanghai', 1440, 0, '2026-03-02T15:59:59Z', '2026-03-02T16:00:00.000Z'],
    ['Asia/Shanghai', 0, 0, '2026-03-02T16:00:00Z', '2026-03-03T16:00:00.000Z'],
    // A day of 23 hours, one of 25.
    ['America/New_York', 1380, 0, '2026-03-08T04:00:00Z', '2026-03-09T03:00:00.000Z'],
    ['America/New_York', 1380, 0, '2026-11-01T03:00:00Z', '2026-11-02T04:00:00.000Z'],
    // 02:30 does not exist on 29 March: 03:00 then.
    ['Europe/Berlin', 150, 0, '2026-03-29T00:59:59Z', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', 150, 0, '2026-03-29T01:00:00Z', '2026-03-30T00:30:00.000Z'],
    // 02:30 comes twice on 25 October: the first counts, what is paid at the second 02:10 is past it.
    ['Europe/Berlin', 150, 0, '2026-10-25T00:29:59Z', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', 150, 0, '2026-10-25T01:10:00Z', '2026-10-26T01:30:00.000Z'],
  ] as const)('%s %d +%d: paid %s closes %s', (zone, minute, days, paid, closes) => {
    const one = new RailWindows([rail(zone, { VOID: cutOff(minute, days) })]);
    expect(shown(one.closesMs(0, METHODS.indexOf('VOID'), at(paid)))).toBe(closes);
  });
});

/** The end of a refund that is open for so many months. */
function monthsEnd(zone: string, paidMs: number, count: number): number {
  const one = new RailWindows([rail(zone, { REFUND: months(count) })]);
  return one.closesMs(0, METHODS.indexOf('REFUND'), paidMs);
}

describe('months later', () => {
  test.each([
    // [zone, paid, months, closes]
    ['UTC', '2026-01-31T10:00Z', 1, '2026-02-28T10:00Z'],
    ['UTC', '2024-01-31T10:00Z', 1, '2024-02-29T10:00Z'],
    ['UTC', '2024-02-29T10:00Z', 12, '2025-02-28T10:00Z'],
    ['UTC', '2023-12-31T23:59Z', 2, '2024-02-29T23:59Z'],
    // The last day of January there, of the month after here.
    ['America/New_York', '2026-02-01T04:00Z', 1, '2026-03-01T04:00Z'],
    ['Asia/Shanghai', '2026-01-31T16:00Z', 1, '2026-02-28T16:00Z'],
    // The same time of day, though the clock has changed.
    ['Europe/Berlin', '2026-01-15T11:00Z', 6, '2026-07-15T10:00Z'],
    ['Europe/Berlin', '2026-02-28T01:30Z', 1, '2026-03-28T01:30Z'],
    // 02:30 does not exist on 2026-03-29.
    ['Europe/Berlin', '2026-01-29T01:30Z', 2, '2026-03-29T01:00Z'],
  ])('%s %s and %d months is %s', (zone, paid, count, closes) => {
    expect(shown(monthsEnd(zone, at(paid), count))).toBe(shown(at(closes)));
  });

  const instants = fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2037, 11, 31) });
  const monthEnds = fc
    .tuple(fc.integer({ min: 1995, max: 2036 }), fc.nat(11), fc.integer({ min: -3, max: 2 }))
    .chain(([year, month, day]) =>
      fc.nat(24 * 60 - 1).map((minute) => Date.UTC(year, month, day, 0, minute, 7, 13)),
    );
  test('any zone against trying by Intl', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.oneof(instants, monthEnds),
        fc.integer({ min: 1, max: 30 }),
        (zone, paid, count) => {
          const closes = monthsEnd(zone, paid, count);
          expect(shown(closes)).toBe(shown(monthsLater(zone, paid, count)));
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([NaN, 2 ** 53, -(2 ** 53), Infinity, -Infinity, 8.64e15])('%d does not throw', (ms) => {
    expect(monthsEnd('Europe/Berlin', ms, 11)).toSatisfy((end) => end > ms || end !== end);
  });
});

describe('against plain computation', () => {
  const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
  const ends: fc.Arbitrary<RailEnd> = fc.oneof(
    fc.constant(NEVER),
    fc.integer({ min: 1, max: 40 * DAY_MS }).map(length),
    fc.integer({ min: 1, max: 24 }).map(months),
    fc
      .tuple(fc.oneof(fc.constantFrom(0, 120, 150, 1380, 1440), fc.nat(1440)), fc.nat(3))
      .map(([minute, days]) => cutOff(minute, days)),
  );
  const rails = fc
    .record({
      timezone: fc.constantFrom(...zones),
      methods: fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1 }),
      ends: fc.tuple(ends, ends, ends),
      notBefore: fc.tuple(...METHODS.map(() => fc.constantFrom(0, 15_000, 2 * HOUR_MS))),
      asks: fc.boolean(),
    })
    .map(({ timezone, methods, ends: three, notBefore, asks }): RailPlan => ({
      name: 'r',
      timezone,
      methods: methods.map((method, k) => ({
        method,
        notBeforeMs: notBefore[k] ?? 0,
        end: three[k] ?? NEVER,
      })),
      queryFirstMs: asks ? [1000] : null,
    }));
  // Around the days on which clocks change, and any.
  const payments = fc
    .tuple(
      fc.constantFrom(
        '2026-03-08',
        '2026-03-29',
        '2026-04-05',
        '2026-10-04',
        '2026-10-25',
        '2026-11-01',
        '2024-01-30',
        '2025-12-31',
      ),
      fc.integer({ min: -36 * HOUR_MS, max: 36 * HOUR_MS }),
    )
    .map(([day, ms]) => Date.parse(day) + Math.round(ms / 60_000) * 60_000);

  function endOf(plan: RailPlan, method: Method, paid: number): number {
    const spec = plan.methods.find((one) => one.method === method);
    if (spec === undefined) return NaN;
    const { end, notBeforeMs } = spec;
    const closes =
      end.kind === 'never'
        ? Infinity
        : end.kind === 'length'
          ? paid + end.ms
          : end.kind === 'months'
            ? monthsLater(plan.timezone, paid, end.months)
            : cutOffOf(plan.timezone, paid, end.minuteOfDay, end.days);
    return paid + notBeforeMs < closes ? closes : NaN;
  }

  function expectedOf(plan: RailPlan, paid: number, now: number, known: string): string {
    const has = (method: Method): boolean => plan.methods.some((one) => one.method === method);
    const line: Method[] =
      known === 'refund'
        ? ['REFUND']
        : known === 'success' && has('VOID')
          ? ['VOID', 'REFUND']
          : ['REVERSAL', 'REFUND'];
    const open = line.filter((method) => now < endOf(plan, method, paid));
    const [method] = open;
    if (method === undefined) return 'none NaN NaN -';
    const closes = endOf(plan, method, paid);
    const opens = paid + (plan.methods.find((one) => one.method === method)?.notBeforeMs ?? 0);
    const fallback = open.slice(1).find((other) => endOf(plan, other, paid) > closes) ?? '-';
    const asks = plan.queryFirstMs !== null && method === 'REVERSAL' && known === 'unknown';
    const times = `${shown(opens > now ? opens : NaN)} ${shown(closes === Infinity ? NaN : closes)}`;
    return `${method} ${times} ${fallback}${asks ? ' q' : ''}`;
  }

  test('choices of random rails', () => {
    const choice = newReversalChoice();
    fc.assert(
      fc.property(
        fc.array(rails, { minLength: 1, maxLength: 2 }),
        fc.array(fc.tuple(payments, fc.integer({ min: 0, max: 50 * DAY_MS })), {
          minLength: 4,
          maxLength: 4,
        }),
        fc.constantFrom('unknown', 'success', 'refund'),
        (plans, rows, known) => {
          const all = new RailWindows(plans);
          // Twice: found, then remembered.
          for (const [paid, later] of [...rows, ...rows]) {
            for (const [i, plan] of plans.entries()) {
              for (const now of [paid, paid + 10_000, paid + later]) {
                const found = all.choose(
                  i,
                  paid,
                  now,
                  known !== 'unknown',
                  known === 'refund',
                  choice,
                );
                expect(chosen(found, choice, i)).toBe(expectedOf(plan, paid, now, known));
              }
              for (const [m, method] of METHODS.entries()) {
                const open = paid + later < endOf(plan, method, paid);
                expect(all.isOpen(i, m, paid, paid + later)).toBe(open);
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
