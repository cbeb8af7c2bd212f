// What leaves at a limit is told in the run's result, apart by what it is, whatever the workers.

import { expect, test } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { stateProblems } from '../../src/state/describe-state.ts';
import { planOf } from '../rules/front/help.ts';
import type { StreamRow } from '../support/random-stream.ts';
import { rowBytes, runEngine } from './run-engine.ts';

const START_MS = 1_772_380_800_000;
const SHARDS = 16;
const PENDING = 2;
const PAYMENTS = 200;
const EARLY = 50;

/** Labels count at the terminal of their payment, so keys are kept. */
const PLAN = planOf(`ruleset: limits
currency: CNY
limits: { pending: ${PENDING} }
rules:
  - { id: reported, when: 'terminal.count("1h", tx.label == "fraud") >= 1', outcome: hold, reason: POLICY }
  - { id: unanswered, when: payment.pendingFor() >= "5m", outcome: hold, reason: TIMEOUT_UNKNOWN }
`);

function row(n: number, kind: string, more: StreamRow): StreamRow {
  const rest = { account: 'A', amount: 100, currency: 'CNY', merchant: 'M' };
  return { id: `${kind}${n}`, kind, time: START_MS + n, ...rest, ...more };
}

const early = Array.from({ length: EARLY }, (_, n) =>
  row(n, 'status', { of: `nobody${n}`, walletStatus: 'charged' }),
);
const payments = Array.from({ length: PAYMENTS }, (_, n) =>
  row(EARLY + n, 'payment', { terminal: `T${n % 7}` }),
);
/** `limits.pending` of all shards together, in whole ones a shard. */
const WAITING_MAX = Math.ceil(PENDING / SHARDS) * SHARDS;
/** By then what waits has waited in vain: a row that would wait looks after it. */
const late = row(EARLY + PAYMENTS, 'status', { time: START_MS + 3_600_000, of: 'nobody' });

test.each([1, 2, 3])('with %i workers', async (workers) => {
  const bytes = Buffer.concat(rowBytes([...early, ...payments, late], 'ndjson'));
  const options = { plan: PLAN, bytes, format: 'ndjson', workers, batchRowsMax: 64 } as const;
  const { result, error } = await runEngine(options);
  expect(error).toBe(null);
  const { life, paymentKeys } = result ?? {};
  // Each shard is full and all else has left.
  expect(life?.kept).toBe(PENDING * SHARDS);
  expect(life?.evicted).toBe(PAYMENTS - PENDING * SHARDS);
  expect(life?.waitingEvicted).toBe(EARLY - WAITING_MAX);
  expect(life?.waitedInVain).toBe(WAITING_MAX);
  expect(life?.waiting).toBe(1);
  // `payment123`, `A` and what rules read of texts: nothing.
  expect(life?.textBytes).toBe(PENDING * SHARDS * ('payment123'.length + 'A'.length));
  expect(life?.bytes).toBeGreaterThan(life?.textBytes ?? 0);
  expect(paymentKeys?.payments).toBe(PENDING * SHARDS);
  expect(paymentKeys?.evicted).toBe(PAYMENTS - PENDING * SHARDS);
  expect(paymentKeys?.bytes).toBeGreaterThan(0);
  expect(result?.watch).toBe(null);
});

/** A code may be scanned before it is paid with, so it is kept without a payment. */
const CODES_PLAN = planOf(`ruleset: codes
currency: CNY
limits: { pending: ${PENDING} }
rules:
  - { id: expired, when: payment.codeState == "expired", outcome: hold, reason: PAYMENT_CODE_STATE }
`);
const CODES = 50;
/** As many as payments, of all shards. */
const CODES_MAX = PENDING * SHARDS + 1;

test('payment codes, and terminals', async () => {
  const rows = Array.from({ length: CODES }, (_, n) =>
    row(n, 'code', { paymentCode: `C${n}`, codeState: 'scanned' }),
  );
  const bytes = Buffer.concat(rowBytes(rows, 'ndjson'));
  const options = {
    plan: CODES_PLAN,
    bytes,
    format: 'ndjson',
    workers: 1,
    batchRowsMax: 64,
  } as const;
  const { result, error } = await runEngine(options);
  expect(error).toBe(null);
  expect(result?.deadLetters).toBe(0);
  expect(result?.life?.codesEvicted).toBe(CODES - CODES_MAX);
  expect(result?.life?.terminalsEvicted).toBe(0);
});

test('a table that would not fit is refused, whatever the number of workers', () => {
  const rules = Array.from(
    { length: 500 },
    (_, k) =>
      `  - { id: r${k}, when: 'account.count("${k + 1}m") > 9', outcome: hold, reason: POLICY }`,
  ).join('\n');
  const planWith = (limits: string): Plan =>
    planOf(`ruleset: t\ncurrency: CNY\n${limits}rules:\n${rules}\n`);
  const [problem] = stateProblems(planWith(''));
  expect(problem).toMatch(/^The 500 features of account take 2048 B an entity/);
  const most = Number(/Lower limits.entities to (\d+)/.exec(problem ?? '')?.[1]);
  expect(stateProblems(planWith(`limits: { entities: ${most + 1} }\n`))).toHaveLength(1);
  const engine = new LocalEngine({ plan: planWith(`limits: { entities: ${most} }\n`) });
  expect(engine.decide([row(1, 'payment', {})])).toHaveLength(1);
});
