// Random rules over the life of payments, as text: everything that lifecycle.md names comes up, small
// numbers so that limits, clocks and holds meet the events of random-life-stream.ts.

import type { Random } from '../../src/base/random.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { planOf } from '../rules/front/help.ts';

const DURATIONS = ['0ms', '1ms', '1s', '30s', '31s', '1m', '5m', '1h'];
const OPERATORS = ['<', '<=', '>', '>=', '==', '!='];

/** Conditions of a payment's life; `~` stands for a duration, `?` for an operator. */
const OF_LIFE = [
  'payment.state == "charged"',
  'payment.state in ["attempted", "refunded", "partly-refunded"]',
  'payment.state == "reversed"',
  'payment.walletStatus != payment.terminalStatus',
  'payment.terminalStatus == "failed" && payment.walletStatus == "charged"',
  'has(payment.pendingFor())',
  'payment.pendingFor() ? "~"',
  'payment.pendingFor() >= "~"',
  'payment.age() ? "~"',
  'payment.age() > "~"',
  'payment.age() ? tx.durationMs',
  'tx.durationMs * 1.5 ? payment.pendingFor()',
  'payment.age() >= event.durationMs',
  'payment.conflict',
  '!payment.conflict',
  'payment.conflict == "status-contradicts"',
  'payment.conflict in ["refund-exceeds-charge", "refund-before-payment", "event-before-payment"]',
  'payment.label == "fraud"',
  'has(payment.label)',
  'payment.release == "decline"',
  'payment.codeState in ["expired", "new"]',
  'payment.codeUses ? 2',
  'payment.refundCount ? 1',
  'payment.refundedAmount > 10.00',
  'payment.refundedAmount >= payment.chargedAmount',
  'payment.chargedAmount != tx.amount',
  'has(payment.chargedAmount)',
  'event.kind == "status"',
  'event.kind == tx.kind',
  'event.fault in ["power", "sensor"]',
  'event.operator == "op1"',
  'event.credential == "failed"',
  'event.amount > 10.00',
  'event.paymentCode == tx.paymentCode',
  'event.cause == "timer"',
  'event.cause == "hold-expired"',
  'has(event.cause)',
  '!has(event.cause)',
  '!has(event.kind)',
  'inMaintenance(tx.terminal) && payment.age() >= "0ms"',
  'inMaintenance(tx.terminal) && has(payment.state)',
  'of.state == "charged"',
  'of.state == "reversed"',
  'tx.kind != "payment" && !has(of.state)',
  'of.conflict',
  '!of.conflict',
  'of.refundedAmount > of.chargedAmount',
  'of.refundCount > 1',
  'of.account != tx.account',
  'of.amount ? tx.amount',
  'of.age() > "~"',
  'of.walletStatus == "not-charged"',
  'of.label == "fraud"',
  'account.count("10m") > 2 && has(payment.state)',
  'tx.amount > 20.00 && payment.state == "charged"',
];
const OF_RAILS = [
  'payment.openMethod == "REFUND"',
  'payment.voidOpen',
  '!payment.reversalOpen',
  'of.openMethod == "VOID"',
  '!of.refundOpen',
  'payment.refundOpen && payment.age() > "~"',
];
const OF_ROWS = [
  'tx.amount > 20.00',
  'tx.walletStatus == "charged"',
  'tx.kind == "refund"',
  'tx.kind == "reversal" && tx.credential == "failed"',
  'account.count("10m") > 2',
  'merchant.sum("1h", tx.amount) > 100.00',
  'terminal.count("1h", tx.label == "fraud") >= 1',
  'inMaintenance(tx.terminal)',
];

const RAILS: Readonly<Record<string, string>> = {
  'card.yaml':
    'rail: card\ntimezone: Asia/Shanghai\nreversal: { until: { cutOff: "12:30" } }\nvoid: { until: { cutOff: "12:30", days: 1 } }\nrefund: { within: 1 months }\n',
  'wallet.yaml':
    'rail: wallet\nreversal: { notBefore: 15s, within: 10m }\nrefund: { within: 1h }\nqueryFirst: [1s, 2s]\n',
  'dead.yaml': 'rail: dead\nreversal: { within: 30s }\n',
};
/** One window for everyone, two that follow each other for T1. */
const MAINTENANCE = `scope,from,to
T1,2026-03-02T04:00:30Z,2026-03-02T04:02:00Z
T1,2026-03-02T04:02:00Z,2026-03-02T04:03:00Z
T2,2026-03-02T04:10:00Z,
*,2026-03-02T05:00:00Z,2026-03-02T06:00:00Z
`;

export interface LifeRulesOptions {
  /** Only rules of rows: holds alone are kept. */
  readonly rowsOnly?: boolean;
  readonly withRails?: boolean;
}

/** A plan of such rules, and its text for those who look at a failure. */
export function randomLifeRules(
  random: Random,
  { rowsOnly = false, withRails = random.chance(0.4) }: LifeRulesOptions = {},
): { readonly plan: Plan; readonly text: string } {
  const keep = random.pick(['1m', '10m', '2h', '30d']);
  const hold = (): string => {
    const times: Readonly<Record<string, readonly string[]>> = {
      '1m': ['10s', '1m'],
      '10m': ['10s', '5m'],
      '2h': ['30s', '2h'],
      '30d': ['1m', '72h'],
    };
    return `{ for: ${random.pick(times[keep] ?? [])}, onExpiry: ${random.pick(['allow', 'reverse', 'refund'])} }`;
  };
  const rules = Array.from({ length: 1 + random.below(6) }, (_, k) =>
    randomRule(random, `rule${k}`, rowsOnly, withRails, hold),
  );
  const lines = [
    'ruleset: random',
    'currency: CNY',
    'rates: rates.csv',
    'registers: { maintenance: { file: maintenance.csv, types: { from: time, to: time } } }',
    `hold: ${hold()}`,
    `keep: { payments: ${keep}, waiting: ${random.pick(['1s', '1m', '10m'])} }`,
    `limits: { pending: ${random.pick([1, 2, 3, 20, 500])} }`,
    `repeats: { for: ${random.pick(['1m', '24h'])} }`,
    `time: { lateness: ${random.pick(['5s', '5m'])} }`,
    ...(withRails ? [`rails: [${Object.keys(RAILS).join(', ')}]`] : []),
    ...(withRails && random.chance(0.7)
      ? [`rail: ${random.pick(['card', 'wallet', 'dead'])}`]
      : []),
    ...(random.chance(0.4)
      ? [`score: ${random.pick(['{ hold: 30 }', '{ hold: 30, reverse: 70 }', '{ reverse: 30 }'])}`]
      : []),
    ...(random.chance(0.3) ? [randomExempt(random)] : []),
    'rules:',
    ...rules,
  ];
  const text = `${lines.join('\n')}\n`;
  const files = {
    ...RAILS,
    'rates.csv': 'currency,rate\nUSD,7.1235\nJPY,0.04825\n',
    'maintenance.csv': MAINTENANCE,
  };
  return { plan: planOf(text, files), text };
}

function randomRule(
  random: Random,
  id: string,
  rowsOnly: boolean,
  withRails: boolean,
  hold: () => string,
): string {
  const isLife = !rowsOnly && random.chance(0.85);
  const pool = isLife ? [...OF_LIFE, ...(withRails ? OF_RAILS : [])] : OF_ROWS;
  const when = randomWhen(random, pool);
  const score = random.chance(0.4)
    ? `, score: ${random.pick(['10', '25', '40', '-5', '0.25'])}`
    : '';
  const head = `  - { id: ${id}, when: '${when}'`;
  const mode = random.pick(['live', 'live', 'live', 'live', 'shadow', 'score']);
  if (mode === 'score') return `${head}, mode: score${score === '' ? ', score: 20' : score} }`;
  const outcome = random.pick(['hold', 'hold', 'hold', 'reverse', 'allow']);
  const own = outcome === 'hold' && random.chance(0.4) ? `, hold: ${hold()}` : '';
  return `${head}, mode: ${mode}, outcome: ${outcome}, reason: POLICY${score}${own} }`;
}

function randomWhen(random: Random, pool: readonly string[]): string {
  const atom = (): string => {
    const text = random
      .pick(pool)
      .replace('~', random.pick(DURATIONS))
      .replace('?', random.pick(OPERATORS));
    return random.chance(0.15) ? `!(${text})` : `(${text})`;
  };
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, atom).reduce(
    (left, right) => `(${left} ${random.pick(['&&', '&&', '||'])} ${right})`,
  );
}

function randomExempt(random: Random): string {
  const when = random.pick(['tx.account == "A1"', 'tx.amount > 20.00', 'account.count("10m") > 2']);
  const rules = random.chance(0.4) ? ', rules: [rule0]' : '';
  return `exempt: [{ id: spared, when: '${when}', from: [${random.pick(['hold', 'reverse', 'hold, reverse'])}]${rules} }]`;
}
