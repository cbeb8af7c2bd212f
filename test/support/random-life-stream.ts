// Random streams in which few payments have many events: in any order, doubled, changed, late, missing,
// before their payment, of ids that are none; instants meet, and time jumps.

import type { Random } from '../../src/base/random.ts';
import type { StreamRow } from './random-stream.ts';

/** What the rules of random-life-rules.ts turn on happens around this time. */
export const LIFE_START_MS: number = Date.UTC(2026, 2, 2, 4);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const STEPS_MS = [
  0,
  0,
  1,
  500,
  SECOND,
  SECOND,
  10 * SECOND,
  29_999,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
];
const JUMPS_MS = [
  10 * MINUTE,
  60 * MINUTE,
  26 * 60 * MINUTE,
  80 * 60 * MINUTE,
  35 * 24 * 60 * MINUTE,
];
const WALLET = ['charged', 'charged', 'not-charged', 'unknown'];
const TERMINAL = ['success', 'success', 'failed', 'unknown'];
const KINDS = [
  'payment',
  'payment',
  'payment',
  'refund',
  'refund',
  'reversal',
  'release',
  'release',
  'status',
  'status',
  'status',
  'label',
  'code',
  'terminal',
] as const;

export interface LifeStreamOptions {
  readonly rowCount: number;
  /** Payments there are ids for; refunds and reversals half as many each. */
  readonly payments: number;
}

export function randomLifeStream(
  random: Random,
  { rowCount, payments }: LifeStreamOptions,
): StreamRow[] {
  const rows: StreamRow[] = [];
  let clock = LIFE_START_MS;
  const jump = random.pick([0, 0.01, 0.05]);
  for (let k = 0; k < rowCount; k++) {
    clock += random.chance(jump) ? random.pick(JUMPS_MS) : random.pick(STEPS_MS);
    if (rows.length > 0 && random.chance(0.08)) {
      rows.push(again(random, random.pick(rows.slice(-20)), clock));
      continue;
    }
    const late = random.chance(0.1)
      ? random.pick([1, SECOND, 6 * SECOND, MINUTE, 80 * 60 * MINUTE])
      : 0;
    rows.push(randomRow(random, k, clock - late, payments));
  }
  return rows;
}

/** The same row, or one of the same id that says something else. */
function again(random: Random, row: StreamRow, clock: number): StreamRow {
  if (random.chance(0.5)) return { ...row };
  return random.pick([
    { ...row, time: clock },
    { ...row, walletStatus: random.pick(WALLET) },
    { ...row, durationMs: 1 + random.below(100_000) },
    { ...row, ...(row['amount'] === undefined ? {} : { amount: 100 * random.below(60) }) },
    { ...row, paymentCode: random.pick(['C1', 'C2']) },
  ]);
}

function randomRow(random: Random, k: number, time: number, payments: number): StreamRow {
  const kind = random.pick(KINDS);
  const maybe = (chance: number, more: () => StreamRow): StreamRow =>
    random.chance(chance) ? more() : {};
  const payment = `p${random.below(payments)}`;
  const half = Math.ceil(payments / 2);
  const other = random.chance(0.5) ? `r${random.below(half)}` : `v${random.below(half)}`;
  /** Mostly a payment, as what is about one says. */
  const of = random.chance(0.93) ? payment : other;
  const row: StreamRow = { id: `e${k}`, kind, time, account: random.pick(['A1', 'A2']) };
  const money = {
    amount: random.pick([500, 1000, 1000, 3000, 5000, 0, -100]),
    currency: random.pick(['CNY', 'CNY', 'CNY', 'USD', 'JPY', 'ZZZ']),
  };
  const words = {
    ...maybe(0.6, () => ({ walletStatus: random.pick(WALLET) })),
    ...maybe(0.6, () => ({ terminalStatus: random.pick(TERMINAL) })),
  };
  switch (kind) {
    case 'payment':
      return {
        ...row,
        id: payment,
        ...money,
        ...words,
        merchant: random.pick(['M1', 'M2']),
        ...maybe(0.7, () => ({ terminal: random.pick(['T1', 'T2']) })),
        ...maybe(0.4, () => ({ paymentCode: random.pick(['C1', 'C2']) })),
        ...maybe(0.2, () => ({ codeState: random.pick(['new', 'scanned', 'expired']) })),
        ...maybe(0.5, () => ({ durationMs: random.pick([0, 1, 20_000, 30_000]) })),
        ...maybe(0.5, () => ({ rail: random.pick(['card', 'wallet', 'dead', 'other']) })),
      };
    case 'refund':
      return {
        ...row,
        id: random.chance(0.7) ? `e${k}` : `r${random.below(half)}`,
        ...money,
        merchant: 'M1',
        ...maybe(0.9, () => ({ of })),
      };
    case 'reversal':
      return {
        ...row,
        id: random.chance(0.6) ? `e${k}` : `v${random.below(half)}`,
        of,
        ...maybe(0.5, () => ({ operator: 'op1', credential: random.pick(['ok', 'failed']) })),
      };
    case 'release':
      return {
        ...row,
        of: random.chance(0.6) ? payment : other,
        release: random.pick(['approve', 'approve', 'decline']),
        ...maybe(0.7, () => ({
          operator: random.pick(['op1', 'op2']),
          credential: random.pick(['ok', 'ok', 'failed']),
        })),
      };
    case 'status':
      return {
        ...row,
        of,
        ...words,
        ...maybe(0.3, () => ({ amount: random.pick([500, 1000, 3000]) })),
        ...maybe(0.2, () => ({ currency: random.pick(['CNY', 'USD']) })),
      };
    case 'label':
      return { ...row, of, label: random.pick(['fraud', 'genuine', 'chargeback']) };
    case 'code':
      return {
        ...row,
        paymentCode: random.pick(['C1', 'C2']),
        ...maybe(0.9, () => ({ codeState: random.pick(['scanned', 'paid', 'expired']) })),
      };
    default: {
      const { account: _, ...rest } = row;
      return {
        ...rest,
        terminal: random.pick(['T1', 'T2']),
        ...maybe(0.8, () => ({ fault: random.pick(['power', 'sensor', 'network']) })),
      };
    }
  }
}
