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

const CASES: readonly Case[] = [
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
];

test.each(CASES)('$name', ({ rules, rows, decisions, passMs = 0 }) => {
  const plan = planOf(HEAD + rules);
  const engine = new LocalEngine({ plan, batchRowsMax: 2 });
  const decided = [...engine.decide(rows), ...engine.advance(null, passMs)];
  expect(decided.map(told)).toEqual(decisions);
  if (passMs === 0) expect(close(decided, decideAll(plan, rows))).toBe(null);
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
  void [status, release];
});
