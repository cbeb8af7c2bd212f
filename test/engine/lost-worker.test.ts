// A worker that throws in the middle of a run: the run is rejected with a sentence, nobody waits for
// ever, and what was written is whole batches from the beginning of the stream.

import { beforeAll, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import { buildProgram } from '../cli/program.ts';
import { planOf } from '../rules/front/help.ts';
import type { FinishedRun } from './run-engine.ts';
import { linesOf, runEngine } from './run-engine.ts';

// The workers' file is the built one.
beforeAll(buildProgram, 120_000);

const ROWS = 1000;
const BATCH_ROWS = 100;

const PLAN = planOf(`ruleset: small
rules:
  - id: frequent
    when: account.count("10m") >= 5
    outcome: hold
    reason: VELOCITY_COUNT
`);

const STREAM = Buffer.from(
  Array.from({ length: ROWS }, (_, n) =>
    JSON.stringify({
      id: `t${n}`,
      kind: 'payment',
      time: 1_772_380_800_000 + n * 1000,
      account: `A${n % 17}`,
      amount: n,
      currency: 'CNY',
      merchant: 'M',
    }),
  )
    .map((line) => `${line}\n`)
    .join(''),
);

function run(workers: number, failAfterBatches?: number): Promise<FinishedRun> {
  return runEngine({
    plan: PLAN,
    bytes: STREAM,
    format: 'ndjson',
    workers,
    batchRowsMax: BATCH_ROWS,
    ...(failAfterBatches !== undefined && { engine: { failAfterBatches } }),
  });
}

test.each([
  [1, 0],
  [1, 3],
  [2, 0],
  [2, 3],
  [3, 9],
])('%i workers, the last one throws after %i batches', async (workers, batches) => {
  const whole = await run(workers);
  expect(whole.error).toBeNull();
  const { error, result, decisions } = await run(workers, batches);
  expect(result).toBeNull();
  expect(error).toBeInstanceOf(HoldfastError);
  expect(error).toMatchObject({
    code: 'INTERNAL',
    message: `Worker ${workers - 1} failed: failing on purpose, as the test asked`,
  });
  const expected = linesOf(whole.decisions).slice(0, batches * BATCH_ROWS);
  expect(linesOf(decisions)).toEqual(expected);
});
