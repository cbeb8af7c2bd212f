// Rows whose deadline has passed: which, what they get, and that workers make no difference.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import { OVERDUE, markOverdue } from '../../src/engine/overdue.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-overdue-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const START = Date.UTC(2026, 0, 1);

const LARGE =
  '  - { id: large, when: tx.amount > 1000, outcome: hold, reason: AMOUNT_TOO_LARGE }\n';
const NEWS =
  '  - { id: news, when: event.kind == "status" && payment.state == "charged", outcome: reverse, reason: CHARGED_BUT_FAILED }\n';

function rulesFile(fallback: string, ownRules: string = LARGE + NEWS): string {
  const path = join(folder, `${fallback}.yaml`);
  const rules = `
ruleset: deadline
currency: CNY
deadline: { budget: 50ms, fallback: ${fallback} }
rules:
${ownRules}`;
  writeFileSync(path, rules);
  return path;
}

function payment(id: string, amount: number): Transaction {
  const rest = { account: 'A', merchant: 'M', currency: 'CNY' };
  return { id, kind: 'payment', time: START, amount, ...rest };
}

const brief = (d: Decision): string =>
  [
    d.decisionId,
    d.outcome,
    (d.reasons ?? []).map(({ code }) => code).join('+'),
    d.cause ?? '',
    (d.flags ?? []).join('+'),
  ]
    .filter((part) => part !== '')
    .join(' ');

describe.each([1, 2])('with %i workers', (workers) => {
  test('fallback first, then what was evaluated where it says something else', async () => {
    const engine = await createEngine({ rules: rulesFile('allow'), workers });
    const rows = [
      payment('a', 100),
      payment('b', 200_000),
      payment('c', 200_000),
      payment('b', 200_000),
    ];
    const decided = await engine.decide(rows, { arrivedMs: [0, 0, 60, 0], nowMs: 100 });
    expect(decided.map(brief)).toEqual([
      'a#0 allow ENGINE_BUDGET_EXCEEDED OVERDUE',
      'b#0 allow ENGINE_BUDGET_EXCEEDED OVERDUE',
      'b#1 hold AMOUNT_TOO_LARGE overdue',
      'c#0 hold AMOUNT_TOO_LARGE',
      'b#1 hold AMOUNT_TOO_LARGE REPEAT',
    ]);
    expect(decided[2]).toMatchObject({ supersedes: 'b#0', hold: { onExpiry: 'reverse' } });
    const again = await engine.decide([payment('a', 100), payment('b', 200_000)]);
    expect(again.map(brief)).toEqual([
      'a#0 allow ENGINE_BUDGET_EXCEEDED REPEAT',
      'b#1 hold AMOUNT_TOO_LARGE REPEAT',
    ]);
    const news = {
      id: 's',
      kind: 'status',
      time: START,
      account: 'A',
      of: 'b',
      walletStatus: 'charged',
    } as const;
    const later = await engine.decide([news]);
    expect(later.map(brief)).toEqual(['b#2 reverse CHARGED_BUT_FAILED+AMOUNT_TOO_LARGE status']);
    await engine.close();
  });

  test('a fallback that holds says until when, and is amended to allow', async () => {
    const engine = await createEngine({ rules: rulesFile('hold'), workers });
    const decided = await engine.decide([payment('a', 100)], { arrivedMs: 0, nowMs: 51 });
    expect(decided.map(brief)).toEqual([
      'a#0 hold ENGINE_BUDGET_EXCEEDED OVERDUE',
      'a#1 allow overdue',
    ]);
    expect(decided[0]?.hold).toEqual({ expiresAt: START + 72 * 3_600_000, onExpiry: 'reverse' });
    expect(await engine.advance(Infinity)).toEqual([]);
    await engine.close();
  });
});

// What comes again in the same tile of 256 rows, in the same batch, and in the next one.
describe.each([
  ['without life rules', LARGE],
  ['where all payments are kept', LARGE + NEWS],
  ['where nothing can hold', LARGE.replace('hold', 'reverse')],
])('what comes again, %s', (_, rules) => {
  test.each([1, 2])('with %i workers', async (workers) => {
    const outcome = rules.includes('outcome: hold') ? 'hold' : 'reverse';
    const engine = await createEngine({ rules: rulesFile('allow', rules), workers });
    const overdue = (rows: readonly Transaction[]): Promise<Decision[]> =>
      engine.decide(rows, { arrivedMs: 0, nowMs: 100 });
    const filler = Array.from({ length: 600 }, (_unused, k) => payment(`fill${k}`, 1));
    const first = [
      payment('a', 100),
      payment('b', 200_000),
      payment('b', 200_000),
      payment('b', 300_000),
      payment('b', 300_000),
      payment('a', 100),
      payment('a', 200),
      payment('a', 200),
    ];
    const again = [payment('b', 300_000), payment('b', 400_000), payment('a', 200)];
    const told = (decided: readonly Decision[]): string[] =>
      decided.filter(({ transactionId }) => !transactionId.startsWith('fill')).map(brief);
    expect(told(await overdue([...first, ...filler, ...again]))).toEqual([
      'a#0 allow ENGINE_BUDGET_EXCEEDED OVERDUE',
      'b#0 allow ENGINE_BUDGET_EXCEEDED OVERDUE',
      `b#1 ${outcome} AMOUNT_TOO_LARGE overdue`,
      `b#1 ${outcome} AMOUNT_TOO_LARGE REPEAT`,
      'b#2 allow ENGINE_BUDGET_EXCEEDED REPEAT_DIFFERS+OVERDUE',
      `b#3 ${outcome} AMOUNT_TOO_LARGE overdue`,
      `b#3 ${outcome} AMOUNT_TOO_LARGE REPEAT`,
      'a#0 allow ENGINE_BUDGET_EXCEEDED REPEAT',
      'a#1 allow ENGINE_BUDGET_EXCEEDED REPEAT_DIFFERS+OVERDUE',
      'a#1 allow ENGINE_BUDGET_EXCEEDED REPEAT',
      `b#3 ${outcome} AMOUNT_TOO_LARGE REPEAT`,
      'b#4 allow ENGINE_BUDGET_EXCEEDED REPEAT_DIFFERS+OVERDUE',
      `b#5 ${outcome} AMOUNT_TOO_LARGE overdue`,
      'a#1 allow ENGINE_BUDGET_EXCEEDED REPEAT',
    ]);
    expect(told(await engine.decide([payment('b', 400_000), payment('b', 500_000)]))).toEqual([
      `b#5 ${outcome} AMOUNT_TOO_LARGE REPEAT`,
      `b#6 ${outcome} AMOUNT_TOO_LARGE REPEAT_DIFFERS`,
    ]);
    await engine.close();
  });
});

/** One that is reversed keeps nothing; of those that are held, holds are kept; life rules keep all. */
const KEEPING = {
  nothing: 'reverse, reason: AMOUNT_TOO_LARGE }',
  holds:
    'reverse, reason: AMOUNT_TOO_LARGE }\n  - { id: vast, when: tx.amount > 5000, outcome: hold, reason: POLICY }',
  all: 'reverse, reason: AMOUNT_TOO_LARGE }\n  - { id: old, when: payment.age() > "1h", outcome: hold, reason: POLICY }',
};

describe.each(Object.entries(KEEPING))('where %s is kept', (name, rest) => {
  test.each([1, 2])('rows come again in one batch as in many; %i workers', async (workers) => {
    const path = join(folder, `keeping-${name}.yaml`);
    writeFileSync(
      path,
      `ruleset: again
currency: CNY
deadline: { budget: 50ms, fallback: allow }
rules:
  - { id: large, when: tx.amount > 1000, outcome: ${rest}
`,
    );
    const rows = [
      payment('a', 200_000), // amended
      payment('a', 200_000),
      payment('a', 300_000), // anew, amended
      payment('a', 100), // anew, as the fallback says
      payment('a', 100),
      payment('a', 600_000),
      payment('a', 600_000),
    ];
    const arrival = { arrivedMs: 0, nowMs: 100 };
    const inOne = await createEngine({ rules: path, workers });
    const inMany = await createEngine({ rules: path, workers });
    const decided = await inOne.decide(rows, arrival);
    const large = 'reverse AMOUNT_TOO_LARGE';
    const vast = name === 'holds' ? `${large}+POLICY` : large;
    expect(decided.map(brief)).toEqual([
      'a#0 allow ENGINE_BUDGET_EXCEEDED OVERDUE',
      `a#1 ${large} overdue`,
      `a#1 ${large} REPEAT`,
      'a#2 allow ENGINE_BUDGET_EXCEEDED REPEAT_DIFFERS+OVERDUE',
      `a#3 ${large} overdue`,
      'a#4 allow ENGINE_BUDGET_EXCEEDED REPEAT_DIFFERS+OVERDUE',
      'a#4 allow ENGINE_BUDGET_EXCEEDED REPEAT',
      'a#5 allow ENGINE_BUDGET_EXCEEDED REPEAT_DIFFERS+OVERDUE',
      `a#6 ${vast} overdue`,
      `a#6 ${large} REPEAT`,
    ]);
    const one: Decision[] = [];
    for (const row of rows) one.push(...(await inMany.decide([row], arrival)));
    expect(one).toEqual(decided);
    await Promise.all([inOne.close(), inMany.close()]);
  });
});

test.each([
  // arrived, now, started, catchUp, mark
  [0, 50, 0, 'evaluate', OVERDUE.none],
  [0, 51, 0, 'evaluate', OVERDUE.fallback],
  [0, 51, 1, 'evaluate', OVERDUE.evaluated],
  [0, 51, 1, 'fallback', OVERDUE.fallback],
  [NaN, 51, 1, 'fallback', OVERDUE.none],
] as const)(
  'arrived %d, now %d, started %d, catchUp %s: mark %d',
  (arrived, now, started, catchUp, mark) => {
    const marks = new Uint8Array(1);
    const deadline = { budgetMs: 50, fallback: 'allow', catchUp } as const;
    const isAny = markOverdue(marks, Float64Array.of(arrived), 1, deadline, now, started);
    expect(marks[0]).toBe(mark);
    expect(isAny).toBe(mark !== OVERDUE.none);
  },
);
