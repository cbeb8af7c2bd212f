// Payments' lives by hand: what went wrong once, or could. Each row is rules, a stream, and the decisions
// it gives in short: id#revision outcome reasons (cause from row) flags.

import { expect, test } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { LocalEngine } from '../../../src/engine/local-engine.ts';
import { decideAll } from '../../oracle/brute-force.ts';
import type { InputRow } from '../../oracle/rows.ts';
import { planOf } from '../../rules/front/help.ts';
import { close } from '../../support/close.ts';

const START_MS = Date.UTC(2026, 2, 2, 4);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A row so many ms after the start. */
function row(id: string, ms: number, more: InputRow = {}): InputRow {
  const base = { id, time: START_MS + ms, account: 'A', kind: 'payment' };
  const kind = more['kind'] ?? base.kind;
  const money = { amount: 5000, currency: 'CNY', merchant: 'M' };
  return { ...base, ...(kind === 'payment' || kind === 'refund' ? money : {}), ...more };
}

const refund = (id: string, of: string, ms: number, more: InputRow = {}): InputRow =>
  row(id, ms, { kind: 'refund', of, ...more });
const status = (id: string, of: string, ms: number, more: InputRow): InputRow =>
  row(id, ms, { kind: 'status', of, ...more });
const label = (id: string, of: string, ms: number): InputRow =>
  row(id, ms, { kind: 'label', of, label: 'fraud' });
const release = (id: string, of: string, ms: number, word: string): InputRow =>
  row(id, ms, { kind: 'release', of, release: word, operator: 'op', credential: 'ok' });

function told(decision: Decision): string {
  const { decisionId, outcome, reasons = [], cause, causedBy, flags = [] } = decision;
  const why = reasons.map((reason) => reason.rule ?? reason.code);
  const from = causedBy === undefined ? cause : `${cause} from ${causedBy}`;
  const parts = [decisionId, outcome, ...why, ...(from === undefined ? [] : [`(${from})`])];
  return [...parts, ...flags].join(' ');
}

const HEAD = 'ruleset: t\ncurrency: CNY\n';

function rule(id: string, when: string, more = 'outcome: hold, reason: POLICY'): string {
  return `  - { id: ${id}, when: '${when}', ${more} }\n`;
}

interface Case {
  readonly name: string;
  /** Of the file, behind ruleset and currency. */
  readonly rules: string;
  readonly rows: readonly InputRow[];
  readonly decisions: readonly string[];
  /** Time that passes behind the last row; default 0. */
  readonly passMs?: number;
}

const SMALL = `rules:\n${rule('big', 'tx.amount > 10')}`;

/** Texts around the lengths at which a kept one is written otherwise. */
const LONG_NOTES = [0, 1, 252, 253, 254, 255, 256, 257, 1024].map((length) =>
  length === 0 ? '' : `${'é'.repeat((length - 1) >> 1)}${'x'.repeat((length - 1) & 1)}!`,
);

/** Held, and let go only by the boss. */
const BOSS = `hold: { for: 1h, onExpiry: allow }
rules:
${rule('big', 'tx.amount > 10')}${rule('nobody', 'event.cause == "release" && event.operator != "boss"')}`;
const press = (id: string, of: string, ms: number, operator: string): InputRow => ({
  ...release(id, of, ms, 'approve'),
  operator,
});

const CONFLICTS = ['refund-exceeds-charge', 'refund-after-reversal', 'refund-of-uncharged'].concat([
  'reversal-after-reversal',
  'reversal-after-refund',
]);
/** Each state that money was given back in, and each conflict, as reasons; refunds and reversals of H are held. */
const GIVEN_BACK = `rules:
${rule('held', 'tx.device == "H"')}${[
  ...['partly-refunded', 'refunded', 'reversed'].map((state) => ['state', state]),
  ...CONFLICTS.map((conflict) => ['conflict', conflict]),
]
  .map(([name, value]) =>
    rule(`${value}`, `payment.${name} == "${value}"`, 'outcome: allow, reason: POLICY'),
  )
  .join('')}`;
const charged = { walletStatus: 'charged', terminalStatus: 'success' };
const onH = { device: 'H' };
const undo = (id: string, of: string, ms: number, more: InputRow = {}): InputRow =>
  row(id, ms, { kind: 'reversal', of, ...more });

const CASES: readonly Case[] = [
  {
    name: 'who may not release a hold may not by asking twice',
    rules: BOSS,
    rows: [
      row('p', 0),
      press('x1', 'p', 1, 'eve'),
      press('x2', 'p', 2, 'eve'),
      press('x3', 'p', 3, 'mallory'),
      press('x4', 'p', 4, 'boss'),
    ],
    decisions: [
      'p#0 hold big',
      'p#1 hold big nobody (release from x1)',
      'p#2 allow (release from x4)',
    ],
  },
  {
    name: 'nor after somebody else has released one before',
    rules: `${BOSS}${rule('later', 'payment.walletStatus == "not-charged"')}`,
    rows: [
      row('p', 0),
      press('x1', 'p', 1, 'eve'),
      press('x2', 'p', 2, 'boss'),
      status('s', 'p', 3, { walletStatus: 'not-charged' }),
      press('x3', 'p', 4, 'eve'),
      press('x4', 'p', 5, 'eve'),
    ],
    decisions: [
      'p#0 hold big',
      'p#1 hold big nobody (release from x1)',
      'p#2 allow (release from x2)',
      'p#3 hold later (status from s)',
      'p#4 hold nobody later (release from x3)',
    ],
  },
  {
    name: 'nor one of a refund or reversal',
    rules: BOSS,
    rows: [
      row('p', 0, { amount: 10 }),
      refund('r', 'p', 1),
      press('x1', 'r', 2, 'eve'),
      press('x2', 'r', 3, 'eve'),
    ],
    decisions: ['p#0 allow', 'r#0 hold big', 'r#1 hold big nobody (release from x1)'],
  },
  {
    name: 'a release that was refused says nothing of the payment: later news takes its reason back',
    rules: `rules:\n${rule('unknown', '!has(payment.walletStatus)')}${rule('nobody', 'event.operator != "boss"')}`,
    rows: [
      row('p', 0),
      press('x', 'p', 1, 'eve'),
      status('s', 'p', 2, { walletStatus: 'charged' }),
    ],
    decisions: [
      'p#0 hold unknown',
      'p#1 hold unknown nobody (release from x)',
      'p#2 allow (status from s)',
    ],
  },
  {
    name: 'what another event has shown can be released, though the release shows it, too',
    rules: `rules:\n${rule('account', 'event.account == "A"')}`,
    rows: [row('p', 0), release('x', 'p', 1, 'approve')],
    decisions: ['p#0 hold account', 'p#1 allow (release from x)'],
  },
  {
    name: 'refunds that are let go are more than was charged',
    rules: GIVEN_BACK,
    rows: [
      row('p', 0, charged),
      refund('r', 'p', 1, { ...onH, amount: 4000 }),
      refund('r2', 'p', 2, { ...onH, amount: 4000 }),
      release('x', 'r', 3, 'approve'),
      release('x2', 'r2', 4, 'approve'),
    ],
    decisions: [
      'p#0 allow',
      'r#0 hold held',
      'r2#0 hold held',
      'r#1 allow (release from x)',
      'p#1 allow partly-refunded (refund from r)',
      'r2#1 allow (release from x2)',
      'p#2 allow refunded refund-exceeds-charge (refund from r2)',
    ],
  },
  {
    name: 'a refund that is let go after a reversal, and one of what was not charged',
    rules: GIVEN_BACK,
    rows: [
      row('p', 0, charged),
      refund('r', 'p', 1, { ...onH, amount: 4000 }),
      undo('v', 'p', 2),
      release('x', 'r', 3, 'approve'),
      row('q', 4),
      refund('r2', 'q', 5, { ...onH, amount: 4000 }),
      status('s', 'q', 6, { walletStatus: 'not-charged' }),
      release('x2', 'r2', 7, 'approve'),
    ],
    decisions: [
      'p#0 allow',
      'r#0 hold held',
      'v#0 allow',
      'p#1 allow reversed (reversal from v)',
      'r#1 allow (release from x)',
      'p#2 allow reversed refund-after-reversal (refund from r)',
      'q#0 allow',
      'r2#0 hold held',
      'r2#1 allow (release from x2)',
      'q#1 allow partly-refunded refund-of-uncharged (refund from r2)',
    ],
  },
  {
    name: 'reversals that are let go after a reversal, and after a refund',
    rules: GIVEN_BACK,
    rows: [
      row('p', 0, charged),
      undo('v', 'p', 1, onH),
      undo('v2', 'p', 2, onH),
      release('x', 'v', 3, 'approve'),
      release('x2', 'v2', 4, 'approve'),
      row('q', 5, charged),
      undo('w', 'q', 6, onH),
      refund('r', 'q', 7, { amount: 4000 }),
      release('x3', 'w', 8, 'approve'),
    ],
    decisions: [
      'p#0 allow',
      'v#0 hold held',
      'v2#0 hold held',
      'v#1 allow (release from x)',
      'p#1 allow reversed (reversal from v)',
      'v2#1 allow (release from x2)',
      'p#2 allow reversed reversal-after-reversal (reversal from v2)',
      'q#0 allow',
      'w#0 hold held',
      'r#0 allow',
      'q#1 allow partly-refunded (refund from r)',
      'w#1 allow (release from x3)',
      'q#2 allow reversed reversal-after-refund (reversal from w)',
    ],
  },
  {
    name: "a status without a currency speaks in the payment's, in event.amount, too",
    rules: `rates: rates.csv\nrules:\n${rule('in-yuan', 'event.kind == "status" && event.amount == 70.00')}${rule('in-dollars', 'event.kind == "status" && event.amount == 10.00')}`,
    rows: [
      row('p', 0, { amount: 1000, currency: 'USD' }),
      status('s', 'p', 1, { walletStatus: 'charged', amount: 1000 }),
      row('q', 2, { amount: 1000, currency: 'USD' }),
      status('s2', 'q', 3, { walletStatus: 'charged', amount: 1000, currency: 'CNY' }),
    ],
    decisions: [
      'p#0 allow',
      'p#1 hold in-yuan (status from s)',
      'q#0 allow',
      'q#1 hold in-dollars (status from s2)',
    ],
  },
  {
    name: 'long texts, numbers of every size and what is missing are read again as they were',
    rules:
      'fields: { note: string, other: string, n: number, m: number }\n' +
      `rules:\n${rule('note', 'payment.walletStatus == "charged" && endsWith(tx.note, "!") && tx.other == "o"')}` +
      rule('numbers', 'payment.walletStatus == "charged" && tx.n == -1.5 && !has(tx.m)') +
      rule('large', 'payment.walletStatus == "charged" && tx.n == 3000000000 && tx.m == 7'),
    rows: LONG_NOTES.flatMap((note, k) => [
      row(`p${k}`, k * 2, {
        ...(k === 0 ? {} : { note, other: 'o' }),
        ...(k % 3 === 0 ? { n: -1.5 } : k % 3 === 1 ? { n: 3e9, m: 7 } : { m: 1 }),
      }),
      status(`s${k}`, `p${k}`, k * 2 + 1, { walletStatus: 'charged' }),
    ]),
    decisions: LONG_NOTES.flatMap((_, k) => {
      const fired = [
        ...(k === 0 ? [] : ['note']),
        ...(k % 3 === 0 ? ['numbers'] : k % 3 === 1 ? ['large'] : []),
      ];
      return [`p${k}#0 allow`, `p${k}#1 hold ${fired.join(' ')} (status from s${k})`];
    }),
  },
  {
    name: 'a hold under a later revision is amended under the next, though only holds are kept',
    rules: SMALL,
    rows: [row('p', 0, { amount: 1 }), row('p', 1), row('q', 73 * HOUR, { amount: 1 })],
    decisions: [
      'p#0 allow',
      'p#1 hold big REPEAT_DIFFERS',
      'p#2 reverse HOLD_EXPIRED big (hold-expired)',
      'q#0 allow',
    ],
  },
  {
    name: 'a hold that is over when it begins ends before the next row, and time does not go back',
    rules: `hold: { for: 1h, onExpiry: allow }\nrules:\n${rule('old', 'payment.age() >= "1d"')}`,
    rows: [row('n', 4 * DAY), row('late', 0), row('m', 4 * DAY)],
    decisions: [
      'n#0 allow',
      'late#0 hold old LATE',
      'late#1 allow HOLD_EXPIRED (hold-expired)',
      'm#0 allow',
    ],
  },
  {
    name: 'a refund decided anew that names another payment: both are decided again',
    rules: `rules:\n${rule('twice', 'payment.refundCount > 1')}`,
    rows: [
      row('p', 0),
      row('q', 1),
      refund('r', 'p', 2),
      refund('s', 'p', 3),
      refund('t', 'q', 4),
      refund('s', 'q', 5),
      refund('t', 'nowhere', 6),
    ],
    decisions: [
      'p#0 allow',
      'q#0 allow',
      'r#0 allow',
      's#0 allow',
      'p#1 hold twice (refund from s)',
      't#0 allow',
      's#1 allow REPEAT_DIFFERS',
      'q#1 hold twice (refund from s)',
      'p#2 allow (refund from s)',
      't#1 allow REPEAT_DIFFERS',
      'q#2 allow (refund from t)',
    ],
  },
  {
    name: 'no conflict is said of a payment that is there only',
    rules: `rules:\n${rule('own', '!payment.conflict', 'mode: shadow, outcome: hold, reason: POLICY')}${rule('of', 'of.conflict == false')}`,
    rows: [row('p', 0), refund('r', 'p', 1), refund('s', 'nowhere', 2)],
    decisions: ['p#0 allow', 'r#0 hold of', 's#0 allow'],
  },
  {
    name: 'a label of a refund, and a refund of a refund, are about no payment',
    rules: `rules:\n${rule('fraud', 'event.label == "fraud"')}${rule('unknown', 'tx.kind == "refund" && !has(of.state)')}`,
    rows: [row('p', 0), refund('r', 'p', 1), label('l', 'r', 2), refund('s', 'r', 3)],
    decisions: ['p#0 allow', 'r#0 allow', 's#0 hold unknown'],
  },
  {
    name: 'SCORE that now reverses, beside a rule that reverses, is no news',
    rules: `score: { hold: 10, reverse: 100 }\nrules:\n${rule('bad', 'tx.amount > 1', 'outcome: reverse, reason: POLICY, score: 20')}${rule('worse', 'payment.label == "fraud"', 'mode: score, score: 90')}`,
    rows: [row('p', 0), label('l', 'p', 1)],
    decisions: ['p#0 reverse bad SCORE'],
  },
  {
    name: 'a timer waits though its rule hangs on what others do with the code',
    rules: `rules:\n${rule('twice', 'payment.codeUses >= 2 && payment.age() >= "1m"')}`,
    rows: [
      row('p', 0, { paymentCode: 'C' }),
      row('q', 30_000, { paymentCode: 'C' }),
      row('x', 61_000),
    ],
    decisions: ['p#0 allow', 'q#0 allow', 'p#1 hold twice (timer)', 'x#0 allow'],
  },
  {
    name: 'a timer waits for a rule about what is so at a timer, not as its payment is decided',
    rules: `rules:\n${rule('by-time', 'event.cause == "timer" && payment.pendingFor() > "30s"')}`,
    rows: [row('p', 0), row('x', MINUTE, { walletStatus: 'charged' })],
    decisions: ['p#0 allow', 'p#1 hold by-time (timer)', 'x#0 allow'],
  },
  {
    name: 'a timer waits for a rule that fires where there is no event',
    rules: `rules:\n${rule('alone', '!has(event.kind) && payment.age() > "30s"')}`,
    rows: [row('p', 0), row('x', 30_001)],
    decisions: ['p#0 allow', 'p#1 hold alone (timer)', 'x#0 allow'],
  },
  {
    name: 'no timer waits for a rule that needs its event: others are not looked at then',
    rules: `rules:\n${rule('cut', 'event.fault == "power" && payment.pendingFor() > "5m"')}${rule('twice', 'payment.codeUses >= 2')}`,
    rows: [
      row('p', 0, { paymentCode: 'C', terminal: 'T' }),
      row('f', MINUTE, { kind: 'terminal', terminal: 'T', fault: 'power' }),
      row('q', 2 * MINUTE, { paymentCode: 'C' }),
      row('x', 6 * MINUTE),
      row('g', 7 * MINUTE, { kind: 'terminal', terminal: 'T', fault: 'power' }),
    ],
    decisions: ['p#0 allow', 'q#0 hold twice', 'x#0 allow', 'p#1 hold cut twice (fault from g)'],
  },
  {
    name: 'no timer waits for a rule about what is pending, of a payment that is not',
    rules: `rules:\n${rule('slow', 'payment.age() > "3m" && payment.pendingFor() > "1s"')}${rule('twice', 'payment.codeUses >= 2')}`,
    rows: [
      row('p', 0, { paymentCode: 'C', walletStatus: 'charged' }),
      row('q', 2 * MINUTE, { paymentCode: 'C', walletStatus: 'charged' }),
      row('x', 6 * MINUTE, { walletStatus: 'charged' }),
      status('s', 'p', 7 * MINUTE, { terminalStatus: 'success' }),
    ],
    decisions: ['p#0 allow', 'q#0 hold twice', 'x#0 allow', 'p#1 hold twice (status from s)'],
  },
  {
    name: 'a rule that fires at the very end of a hold has its say',
    rules: `hold: { for: 1h, onExpiry: allow }\nrules:\n${rule('big', 'tx.amount > 10')}${rule('old', 'payment.age() >= "1h"', 'outcome: reverse, reason: POLICY')}`,
    rows: [row('p', 0), row('x', HOUR, { amount: 1 })],
    decisions: ['p#0 hold big', 'p#1 reverse HOLD_EXPIRED old (hold-expired)', 'x#0 allow'],
  },
  {
    name: 'what is held is kept, though its last row is longer ago than payments are kept',
    rules: `keep: { payments: 72h }\nrules:\n${rule('old', 'payment.age() >= "71h"', 'outcome: hold, reason: POLICY, hold: { for: 70h }')}`,
    rows: [row('p', 0), ...many(100 * HOUR), row('y', 142 * HOUR)],
    decisions: [
      'p#0 allow',
      'p#1 hold old (timer)',
      ...many(0).map(({ id }) => `${String(id)}#0 allow`),
      'p#2 reverse HOLD_EXPIRED old (hold-expired)',
      'y#0 allow',
    ],
  },
  {
    name: 'a payment that is kept no more hears nothing of its code',
    rules: `keep: { payments: 1h }\nhold: { for: 1h }\nrules:\n${rule('spent', 'payment.codeState == "expired"')}`,
    rows: [
      row('p', 0, { paymentCode: 'C' }),
      row('c', 2 * HOUR, { kind: 'code', paymentCode: 'C', codeState: 'expired' }),
    ],
    decisions: ['p#0 allow'],
  },
  {
    name: 'what was declined is not amended any more',
    rules: `rules:\n${rule('waits', 'has(payment.pendingFor())')}`,
    rows: [
      row('p', 0),
      release('d', 'p', 1, 'decline'),
      status('s', 'p', 2, { walletStatus: 'charged' }),
    ],
    decisions: ['p#0 hold waits', 'p#1 reverse waits (release from d)'],
  },
  {
    name: 'what is declined has the reasons that it had, though its rule asks whether anybody looked',
    rules: `rules:\n${rule('unseen', '!has(payment.release)')}`,
    rows: [row('p', 0), release('d', 'p', 1, 'decline')],
    decisions: ['p#0 hold unseen', 'p#1 reverse unseen (release from d)'],
  },
  {
    name: 'a release of what is not held is news for a timer',
    rules: `rules:\n${rule('later', 'payment.age() >= "60s" && payment.release == "approve"')}`,
    rows: [row('p', 0), release('a', 'p', 1, 'approve'), row('q', 61_000)],
    decisions: ['p#0 allow', 'p#1 hold later (timer)', 'q#0 allow'],
  },
  {
    name: 'a payment decided anew is decided with what has happened to it',
    rules: `rules:\n${rule('fraud', 'payment.label == "fraud" && payment.state == "charged"')}`,
    rows: [
      row('p', 0),
      label('l', 'p', 1),
      status('s', 'p', 2, { walletStatus: 'charged' }),
      row('p', 3, { walletStatus: 'unknown' }),
    ],
    decisions: ['p#0 allow', 'p#1 hold fraud (status from s)', 'p#2 hold fraud REPEAT_DIFFERS'],
  },
  {
    name: 'a refund decided anew is no second refund',
    rules: `rules:\n${rule('twice', 'of.refundCount > 1 || of.conflict')}`,
    rows: [
      row('p', 0, { walletStatus: 'charged' }),
      refund('r', 'p', 1),
      refund('r', 'p', 1, { durationMs: 5 }),
    ],
    decisions: ['p#0 allow', 'r#0 allow', 'r#1 allow REPEAT_DIFFERS'],
  },
  {
    name: 'a status without a currency is in that of its payment',
    rules: `rates: rates.csv\nrules:\n${rule('less', 'payment.chargedAmount < 300')}`,
    rows: [
      row('p', 0, { currency: 'USD', walletStatus: 'charged' }),
      status('s', 'p', 1, { amount: 4900 }),
      status('t', 'p', 2, { amount: 4200 }),
    ],
    decisions: ['p#0 allow', 'p#1 hold less (status from t)'],
  },
  {
    name: 'a release waits for its refund too',
    rules: `rules:\n${rule('refund', 'tx.kind == "refund"')}${rule('other', 'payment.conflict')}`,
    rows: [release('w', 'r', 0, 'approve'), row('p', 1), refund('r', 'p', 2)],
    decisions: ['p#0 allow', 'r#0 hold refund', 'r#1 allow (release from w)'],
  },
  {
    name: 'of. has the time and the kind of the payment',
    rules: `rules:\n${rule('later', 'tx.time - of.time > duration("1s") && of.kind == "payment"')}`,
    rows: [row('p', 0), refund('r', 'p', 999), refund('s', 'p', 1001)],
    decisions: ['p#0 allow', 'r#0 allow', 's#0 hold later'],
  },
];

/** A payment for nearly each shard. */
function many(ms: number): InputRow[] {
  return Array.from({ length: 60 }, (_, k) => row(`x${k}`, ms + k));
}

test.each(CASES)('$name', ({ rules, rows, decisions, passMs = 0 }) => {
  const plan = planOf(HEAD + rules, { 'rates.csv': 'currency,rate\nUSD,7\n' });
  const engine = new LocalEngine({ plan, batchRowsMax: 2 });
  const decided = [...engine.decide(rows), ...engine.advance(null, passMs)];
  expect(decided.map(told)).toEqual(decisions);
  if (passMs === 0) expect(close(decided, decideAll(plan, rows))).toBe(null);
});

test('a repeat tells the time of the decision that it tells again, of an amendment that of its cause', () => {
  const plan = planOf(
    `${HEAD}keep: { payments: 1m }\nhold: { for: 1m, onExpiry: allow }\nrules:\n${rule('bad', 'payment.terminalStatus == "failed"', 'outcome: reverse, reason: POLICY')}`,
  );
  const failed = status('s', 'p', 5, { terminalStatus: 'failed' });
  const far = row('q', 10 * MINUTE);
  const rows = [row('p', 0), row('p', 0), failed, row('p', 0), far, row('p', 0)];
  const decided = new LocalEngine({ plan, batchRowsMax: 2 }).decide(rows);
  expect(decided.map((one) => [one.decisionId, Number(one.eventTime) - START_MS])).toEqual([
    ['p#0', 0],
    ['p#0', 0],
    ['p#1', 5],
    ['p#1', 5],
    ['q#0', 10 * MINUTE],
    ['p#1', 5],
  ]);
  expect(close(decided, decideAll(plan, rows))).toBe(null);
});

test('a payment that names a rail which the rules do not know has none, not the default', () => {
  const plan = planOf(
    `${HEAD}rails: a.yaml\nrules:\n${rule('all', 'tx.amount > 1', 'outcome: reverse, reason: POLICY')}`,
    { 'a.yaml': 'rail: a\nreversal: { within: 30s }\n' },
  );
  const rows = [row('p', 0), row('q', 1, { rail: 'a' }), row('r', 2, { rail: 'A' })];
  const decided = new LocalEngine({ plan }).decide(rows);
  expect(decided.map(({ outcome, reversal }) => [outcome, reversal?.method])).toEqual([
    ['reverse', 'REVERSAL'],
    ['reverse', 'REVERSAL'],
    ['reverse', undefined],
  ]);
  expect(close(decided, decideAll(plan, rows))).toBe(null);
});

test('a sum whose outcome is exempted is told with the end of the hold', () => {
  const plan = planOf(
    `${HEAD}score: { reverse: 5 }\nexempt: [{ id: e, when: tx.merchant == "M", from: [reverse] }]\nrules:\n` +
      rule('big', 'tx.amount > 1', 'outcome: hold, reason: POLICY, score: 7'),
  );
  const [held, ended] = [
    ...new LocalEngine({ plan }).decide([row('p', 0), row('q', 80 * HOUR, { amount: 1 })]),
  ];
  expect(held).toMatchObject({ outcome: 'hold', score: 7 });
  expect(ended).toMatchObject({ decisionId: 'p#1', outcome: 'reverse', score: 7 });
});

test('an id that is decided anew has no timer of its former hold', () => {
  const engine = new LocalEngine({ plan: planOf(HEAD + SMALL) });
  engine.decide([row('p', 0)]);
  expect(engine.program.life?.counts.timers).toBe(1);
  engine.decide([row('p', 1, { amount: 1 })]);
  expect(engine.program.life?.counts.timers).toBe(0);
});

test('where nothing is left to reverse with, a hold that ends goes on, and nothing is told', () => {
  const plan = planOf(
    `${HEAD}rails: dead.yaml\nrules:\n${rule('late', 'payment.age() >= "1m"', 'outcome: reverse, reason: POLICY')}`,
    { 'dead.yaml': 'rail: dead\nreversal: { within: 30s }\n' },
  );
  const engine = new LocalEngine({ plan });
  const decided = [...engine.decide([row('p', 0)]), ...engine.advance(START_MS + 1000 * HOUR)];
  expect(decided.map(told)).toEqual(['p#0 allow', 'p#1 hold REVERSAL_WINDOW_PASSED late (timer)']);
  expect(decided.map(({ hold }) => hold?.onExpiry)).toEqual([undefined, 'reverse']);
  expect(engine.program.life?.counts.timers).toBe(0);
});

test('what was given back already is not given back again', () => {
  const plan = planOf(
    `${HEAD}rails: card.yaml\nrules:\n${rule('failed', 'payment.terminalStatus == "failed"', 'outcome: reverse, reason: POLICY')}`,
    { 'card.yaml': 'rail: card\nreversal: {}\nvoid: {}\nrefund: { within: 7d }\n' },
  );
  const failed = { terminalStatus: 'failed' };
  const backOf = (id: string, ms: number, back: readonly InputRow[]): InputRow[] => [
    row(id, ms, { walletStatus: 'charged' }),
    ...back,
    status(`s-${id}`, id, ms + 9, failed),
    // Decided anew, it has not been given back less.
    row(id, ms, { walletStatus: 'charged', order: 'again', ...failed }),
  ];
  const rows = [
    ...backOf('none', 10, []),
    ...backOf('part', 20, [refund('r1', 'part', 21, { amount: 2000 })]),
    ...backOf('all', 30, [refund('r2', 'all', 31), refund('r3', 'all', 32, { amount: 1 })]),
    ...backOf('reversed', 40, [undo('v', 'reversed', 41)]),
  ];
  const decided = [...new LocalEngine({ plan }).decide(rows)];
  const methods = decided
    .filter(({ outcome }) => outcome === 'reverse')
    .map(({ decisionId, reversal: way }) => [decisionId, way?.method, way?.fallbackMethod]);
  expect(methods).toEqual([
    ['none#1', 'VOID', undefined],
    ['none#2', 'VOID', undefined],
    ['part#1', 'REFUND', undefined],
    ['part#2', 'REFUND', undefined],
    ['all#1', undefined, undefined],
    ['all#2', undefined, undefined],
    ['reversed#1', undefined, undefined],
    ['reversed#2', undefined, undefined],
  ]);
  expect(close(decided, decideAll(plan, rows))).toBe(null);
});

test('a bad row tells merchant and order, where they can be read, whatever stands before them', () => {
  const plan = planOf(HEAD + SMALL);
  const rows = [row('p', 0, { amount: 'x', order: 'O1' }), row('q', 1, { order: 7 })];
  const decided = [...new LocalEngine({ plan }).decide(rows)];
  expect(decided).toMatchObject([
    { transactionId: 'p', merchant: 'M', order: 'O1', outcome: 'hold' },
    { transactionId: 'q', merchant: 'M', outcome: 'hold' },
  ]);
  expect(decided[1]).not.toHaveProperty('order');
  expect(close(decided, decideAll(plan, rows))).toBe(null);
});
