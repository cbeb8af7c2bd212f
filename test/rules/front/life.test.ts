// What a file becomes that speaks of the life of payments: fields, life rules, timers, and the
// settings of holds, deadlines and keeping. Refusals are in broken-files.test.ts.

import { describe, expect, test } from 'vitest';
import { CONFLICTS } from '../../../src/domain/life.ts';
import { TRANSACTION_FIELDS } from '../../../src/domain/fields.ts';
import type { Plan, TimerPlan } from '../../../src/domain/plan.ts';
import { planFields } from '../../../src/domain/plan.ts';
import { someNode } from '../../../src/domain/expression-tree.ts';
import { FILES, load, planOf, problemsOf, shown, withCondition } from './help.ts';

const plan = (when: string): Plan => planOf(withCondition(when), FILES);

/** `clock > 1h`, `clock >= 1h`: the comparison that comes true when the timer is due. */
function timerText(of: Plan, timer: TimerPlan): string {
  if (timer.kind === 'maintenance') {
    return `end of ${of.registers[timer.register]?.name} of ${shown(of, timer.scope)}`;
  }
  const clock = planFields(of)[timer.field]?.name;
  return `${clock} ${timer.isStrict ? '>' : '>='} ${shown(of, timer.threshold)}`;
}

const HEAD = 'ruleset: t\n';
const RULE = 'rules:\n  - { id: r, when: tx.lat > 5, outcome: hold, reason: POLICY }\n';
const DAY_MS = 86_400_000;

describe('names of the life', () => {
  test.each([
    ['payment.state == "charged"', 'payment.state == "charged"', ['payment.state'], ''],
    [
      'of.amount > 50 && of.vip',
      'of.amount > 50.00 && of.vip',
      ['of.amount', 'of.vip'],
      'amount vip',
    ],
    ['event.kind == "status"', 'event.kind == "status"', ['event.kind'], 'kind'],
    [
      'event.fault in ["power", "reset"]',
      'event.fault in ["power", "reset"]',
      ['event.fault'],
      'fault',
    ],
    ['event.cause == "timer"', 'event.cause == "timer"', ['event.cause'], ''],
    ['payment.conflict', 'has(payment.conflict)', ['payment.conflict'], ''],
    [
      '!payment.conflict',
      'has(payment.state) && !has(payment.conflict)',
      ['payment.conflict', 'payment.state'],
      '',
    ],
    [
      'payment.conflict == false',
      'has(payment.state) && !has(payment.conflict)',
      ['payment.conflict', 'payment.state'],
      '',
    ],
    [
      'payment.conflict == "refund-exceeds-charge" || of.conflict',
      'payment.conflict == "refund-exceeds-charge" || has(of.conflict)',
      ['payment.conflict', 'of.conflict'],
      '',
    ],
    ['!has(of.state)', '!has(of.state)', ['of.state'], ''],
    ['!payment.reversalOpen', '!payment.reversalOpen', ['payment.reversalOpen'], ''],
    [
      'payment.chargedAmount - payment.refundedAmount < 0.50',
      '(payment.chargedAmount - payment.refundedAmount) < 0.50',
      ['payment.chargedAmount', 'payment.refundedAmount'],
      '',
    ],
    [
      'max(of.age(), "1h") > "2h" && has(payment.pendingFor())',
      'max(of.age, 1h) > 2h && has(payment.pendingFor)',
      ['of.age', 'payment.pendingFor'],
      '',
    ],
    [
      'payment.state.startsWith("partly") && event.durationMs * 2 > "1m"',
      'startsWith(payment.state, "partly") && (event.durationMs * 2) > 1m',
      ['payment.state', 'event.durationMs'],
      'durationMs',
    ],
  ])('%s', (when, canonical, fields, fieldsRead) => {
    const made = plan(when);
    expect(shown(made, made.rules[0]?.when ?? expect.fail())).toBe(canonical);
    expect(made.life.fields.map(({ name }) => name)).toEqual(fields);
    expect(made.fieldsRead.join(' ')).toBe(fieldsRead);
    expect(made.rules[0]?.isLife).toBe(true);
    expect(made.life.timers).toEqual([]);
  });

  test('their numbers follow those of all other fields; a name that is used twice is one', () => {
    const made = planOf(`ruleset: t
fields: { own: string }
let: { isCharged: payment.state == "charged" }
rules:
  - { id: a, when: isCharged && of.label == "fraud", outcome: hold, reason: POLICY }
  - { id: b, when: tx.own == "x", score: 'isCharged ? 5 : 0', outcome: hold, reason: POLICY }
  - { id: c, when: tx.own == "x", outcome: hold, reason: POLICY }
`);
    expect(made.life.fields.map(({ name }) => name)).toEqual(['payment.state', 'of.label']);
    expect(made.rules.map(({ isLife }) => isLife)).toEqual([true, true, false]);
    const first = TRANSACTION_FIELDS.length + 1;
    expect(planFields(made)[first]).toBe(made.life.fields[0]);
    const [rule] = made.rules;
    const reads = (field: number): boolean =>
      rule !== undefined &&
      someNode(rule.when, (node) => node.op === 'field' && node.field === field);
    expect([reads(first), reads(first + 1), reads(first + 2)]).toEqual([true, true, false]);
  });

  test('what only a let says is not of the plan', () => {
    const made = planOf(`${HEAD}let: { odd: payment.conflict }\n${RULE}`);
    expect(made.life.fields).toEqual([]);
  });

  test('money needs a currency', () => {
    const rule = (when: string): string[] =>
      problemsOf(`${HEAD}rules:\n  - { id: r, when: ${when}, outcome: hold, reason: POLICY }\n`);
    for (const name of ['payment.chargedAmount', 'of.amount', 'event.balance']) {
      expect(rule(`${name} > 5`)).toEqual([
        '3:20 Money is used here, so the file needs a "currency", such as currency: CNY.',
      ]);
    }
    expect(rule('payment.refundCount > 5')).toEqual([]);
  });

  test('a life rule has any mode', () => {
    const made = planOf(`${HEAD}rules:
  - { id: a, when: payment.conflict, mode: shadow, outcome: hold, reason: POLICY }
  - { id: b, when: payment.conflict, mode: score, score: 5 }
`);
    expect(made.rules.map(({ mode, isLife }) => [mode, isLife])).toEqual([
      ['shadow', true],
      ['score', true],
    ]);
    expect(made.life.fields[0]?.values).toEqual(CONFLICTS);
  });
});

describe('timers', () => {
  test.each([
    ['payment.pendingFor() > "30s"', ['payment.pendingFor > 30s']],
    ['payment.pendingFor() >= "30s"', ['payment.pendingFor >= 30s']],
    ['payment.age() < "30s"', ['payment.age >= 30s']],
    ['payment.age() <= "30s"', ['payment.age > 30s']],
    ['"30s" < payment.age()', ['payment.age > 30s']],
    ['"30s" <= payment.age()', ['payment.age >= 30s']],
    ['duration("30s") > payment.age()', ['payment.age >= 30s']],
    ['30000 >= payment.age()', ['payment.age > 30s']],
    ['!(payment.age() > "30s")', ['payment.age > 30s']],
    ['!(payment.age() >= "30s")', ['payment.age >= 30s']],
    ['payment.age() == "30s"', ['payment.age >= 30s', 'payment.age > 30s']],
    ['payment.age() != "30s"', ['payment.age >= 30s', 'payment.age > 30s']],
    [
      'payment.age() > "30s" && payment.age() <= "30s" && payment.pendingFor() > "30s"',
      ['payment.age > 30s', 'payment.pendingFor > 30s'],
    ],
    [
      'tx.vip ? payment.age() > "1h" : payment.age() > "2h"',
      ['payment.age > 1h', 'payment.age > 2h'],
    ],
    ['payment.age() > tx.durationMs * 2', ['payment.age > tx.durationMs * 2']],
    [
      'payment.age() > merchants[tx.merchant].limit / tx.amount',
      ['payment.age > merchants[tx.merchant]."limit" / tx.amount'],
    ],
    ['payment.age() > account.age()', ['payment.age > account.age()']],
    ['has(payment.age())', []],
    ['of.age() > "30s" && tx.durationMs > "30s"', []],
    [
      'payment.state == "attempted" && inMaintenance(tx.terminal)',
      ['end of maintenance of tx.terminal'],
    ],
    ['!inMaintenance("T1") && has(payment.state)', ['end of maintenance of "T1"']],
    ['inMaintenance(tx.terminal)', []],
  ])('%s', (when, timers) => {
    const made = plan(when);
    expect(made.life.timers.map((timer) => timerText(made, timer))).toEqual(timers);
  });

  test('equal ones of all rules and their scores are one; a clock may have a name', () => {
    const made = planOf(`${HEAD}let: { waiting: payment.pendingFor(), isLong: waiting > "30s" }
rules:
  - { id: a, when: isLong, outcome: hold, reason: POLICY }
  - { id: b, when: payment.pendingFor() > "30s" && waiting < "1h", mode: score, score: 5 }
  - { id: c, when: tx.lat > 5, mode: score, score: 'payment.age() > "2h" ? 1 : 2' }
`);
    expect(made.life.timers.map((timer) => timerText(made, timer))).toEqual([
      'payment.pendingFor > 30s',
      'payment.pendingFor >= 1h',
      'payment.age > 2h',
    ]);
  });

  test('more than 256 different ones are too many', () => {
    const many = (count: number): string =>
      `${HEAD}rules:\n${Array.from(
        { length: count },
        (_, i) => `  - { id: r${i}, when: payment.age() > "${i}s", mode: score, score: 1 }\n`,
      ).join('')}`;
    expect(problemsOf(many(256))).toEqual([]);
    expect(problemsOf(many(300))).toEqual([
      '259:23 The rules make more than 256 different timers.',
    ]);
  });
});

describe('inMaintenance', () => {
  const when = 'inMaintenance(tx.terminal) && account.count("1h", inMaintenance(tx.terminal)) > 1';
  const timeFieldsOf = (made: Plan): unknown[] => {
    const found: unknown[] = [];
    const [rule] = made.rules;
    const note = (e: Parameters<typeof someNode>[0]): boolean => {
      if (e.op === 'call' && e.name === 'inMaintenance') found.push(e.timeField ?? null);
      return false;
    };
    if (rule !== undefined) someNode(rule.when, note);
    for (const { where } of made.features) if (where !== null) someNode(where, note);
    return found;
  };

  test('asks about now in a life rule, about the counted row in what it counts', () => {
    const made = plan(`${when} && !payment.conflict`);
    const now = planFields(made).findIndex(({ name }) => name === 'payment.now');
    expect(now).toBeGreaterThan(0);
    expect(timeFieldsOf(made)).toEqual([now, null]);
  });

  test("asks about the transaction's time in any other", () => {
    const made = plan(when);
    expect(made.life.fields).toEqual([]);
    expect(timeFieldsOf(made)).toEqual([null, null]);
  });
});

describe('settings', () => {
  test.each([
    ['keep: 5d', { keepMs: 30 * DAY_MS }],
    ['keep: { payments: 3d, waiting: 1s }', { keepMs: 3 * DAY_MS, waitMs: 1000 }],
    ['hold: { for: 1ms }', { hold: { forMs: 1, onExpiry: 'reverse' } }],
    ['hold: { onExpiry: refund }', { hold: { forMs: 3 * DAY_MS, onExpiry: 'refund' } }],
    [
      'hold: { for: 60d, onExpiry: allow }\nkeep: { payments: 60d }',
      { hold: { forMs: 60 * DAY_MS, onExpiry: 'allow' }, keepMs: 60 * DAY_MS },
    ],
    [
      'deadline: { budget: 50ms, fallback: hold }',
      { deadline: { budgetMs: 50, fallback: 'hold', catchUp: 'evaluate' } },
    ],
    [
      'deadline: { budget: 1s, fallback: allow, catchUp: fallback }',
      { deadline: { budgetMs: 1000, fallback: 'allow', catchUp: 'fallback' } },
    ],
  ])('%s', (head, life) => {
    const result = load(`${HEAD}${head}\n${RULE}`);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    expect(planOf(`${HEAD}${head}\n${RULE}`).life).toMatchObject(life);
  });

  test('keep: of entities, alone or by name', () => {
    expect(planOf(`${HEAD}keep: 5d\n${RULE}`).keepMs).toBe(5 * DAY_MS);
    expect(planOf(`${HEAD}keep: { entities: 6d }\n${RULE}`).keepMs).toBe(6 * DAY_MS);
    expect(planOf(`${HEAD}keep: { payments: 6d }\n${RULE}`).keepMs).toBe(90 * DAY_MS);
  });

  test("a rule's hold takes the rest from the file's", () => {
    const { rules } = planOf(`${HEAD}hold: { for: 2d, onExpiry: allow }
rules:
  - { id: a, when: tx.lat > 5, outcome: hold, reason: POLICY }
  - { id: b, when: tx.lat > 5, outcome: hold, reason: POLICY, hold: { for: 1h } }
  - { id: c, when: tx.lat > 5, outcome: hold, reason: POLICY, hold: { onExpiry: refund } }
`);
    expect(rules.map(({ hold }) => hold)).toEqual([
      null,
      { forMs: 3_600_000, onExpiry: 'allow' },
      { forMs: 2 * DAY_MS, onExpiry: 'refund' },
    ]);
  });
});

describe('after, in the tests of a file', () => {
  test.each([
    ['', null],
    ['after: 2, ', 2],
    ['after: 1, ', 1],
    ['after: -1, ', 4],
    ['after: end, ', 5],
    ['after: "end", ', 5],
  ])('%s', (after, index) => {
    const { tests } = planOf(`${HEAD}${RULE}tests:
  - name: n
    given: [{ tx: { account: A } }, { repeat: 4, tx: { kind: status, of: '#0', account: A } }]
    expect: [{ at: 1, ${after}outcome: hold }]
`);
    expect(tests[0]?.expect).toMatchObject([{ at: 1, after: index, outcome: 'hold' }]);
  });
});
