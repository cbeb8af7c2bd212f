// What leaves at a limit is told in the run's result, apart by what it is, whatever the workers.

import { expect, test } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';
import { Random } from '../../src/base/random.ts';
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

const ENTITIES_PLAN = planOf(`ruleset: entities
currency: CNY
limits: { entities: 2 }
rules:
  - { id: often, when: account.count("1h") >= 2, outcome: hold, reason: VELOCITY_COUNT }
`);

/** Flagged where what left could still be seen; what is idle longer than any window is not missed. */
test('an account that leaves for another is told in the decision that it left for', async () => {
  const random = new Random(7);
  let time = START_MS;
  const rows = Array.from({ length: 400 }, (_, n) => {
    time += random.chance(0.05) ? 2 * 3_600_000 : random.below(20_000);
    return row(n, 'payment', { time, account: `A${random.below(60)}` });
  });
  const bytes = Buffer.concat(rowBytes(rows, 'ndjson'));
  const texts: Uint8Array[] = [];
  for (const [workers, batchRowsMax] of [
    [1, 400],
    [1, 1],
    [3, 7],
  ] as const) {
    const options = {
      plan: ENTITIES_PLAN,
      bytes,
      format: 'ndjson',
      workers,
      batchRowsMax,
    } as const;
    texts.push((await runEngine(options)).decisions);
  }
  expect(texts[1]).toEqual(texts[0]);
  expect(texts[2]).toEqual(texts[0]);
  const seen = new Map<number, Map<string, number>>();
  const flagged = rows.map(({ account, time: at }) => {
    const key = String(account);
    const shard = hashString(key, DEFAULT_HASH_KEY)[0] & (SHARDS - 1);
    const known = seen.get(shard) ?? new Map<string, number>();
    seen.set(shard, known);
    // Lateness besides: so long a row may come after its time.
    for (const [one, last] of known) if (last < Number(at) - 3_900_000) known.delete(one);
    const isFull = !known.has(key) && known.size === 2;
    if (isFull) {
      const [oldest] = [...known].toSorted((a, b) => a[1] - b[1])[0] as [string, number];
      known.delete(oldest);
    }
    known.set(key, Number(at));
    return isFull;
  });
  const lines = Buffer.from(texts[0] as Uint8Array)
    .toString()
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => line.includes('"TRUNCATED"'))).toEqual(flagged);
  expect(flagged.filter(Boolean).length).toBeGreaterThan(20);
});
