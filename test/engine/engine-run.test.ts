// One run of the real engine: where it ends, what it reports, and what is written when a worker, the
// source or a sink fails. What is written is always a whole prefix of the stream's decisions.

import { createHash } from 'node:crypto';
import { build } from 'hdr-histogram-js';
import { Unpackr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import { Random } from '../../src/base/random.ts';
import type { Format, Sink, Source } from '../../src/domain/ports.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { RunProgress } from '../../src/engine/run-result.ts';
import { summarizeLatency } from '../../src/engine/run-result.ts';
import { formatProblem, loadRulesText } from '../../src/rules/front/load.ts';
import { MemorySink } from '../../src/transport/memory-sink.ts';
import { memorySource } from '../../src/transport/open-source.ts';
import { randomPlan } from '../support/random-plan.ts';
import { randomStream } from '../support/random-stream.ts';
import type { RunOptions } from './run-engine.ts';
import { linesOf, rowBytes, runEngine, runLocally, withBadRows } from './run-engine.ts';

const ROWS = 1000;
const BATCH_ROWS = 50;
const random = new Random(3);
const plan = randomPlan(random, { ruleCount: 10 });
const stream = randomStream(random, { rowCount: ROWS, latenessMs: plan.time.latenessMs });
const rows = rowBytes(withBadRows(random, stream, 0.01).slice(0, ROWS), 'ndjson');
const bytes = Buffer.concat(rows);
const clock = { nowMs: (): number => 1234, monotonicMs: (): number => 0 };

function options(more: Partial<RunOptions> = {}): RunOptions {
  return { plan, bytes, format: 'ndjson', workers: 1, batchRowsMax: BATCH_ROWS, clock, ...more };
}

/** Decisions of the first so many rows. */
function decisionsOf(count: number, format: Format = 'ndjson'): Uint8Array {
  return runLocally(plan, rows.slice(0, count), 'ndjson', 100, format).decisions;
}

function expectPrefix(decisions: Uint8Array, rowCount: number): void {
  expect(linesOf(decisions)).toEqual(linesOf(decisionsOf(rowCount)));
}

function bytesOf(count: number): number {
  return rows.slice(0, count).reduce((sum, row) => sum + row.length, 0);
}

describe('a worker that throws', () => {
  test.each([
    [1, 0],
    [1, 3],
    [2, 0],
    [2, 3],
    [3, 5],
    [3, 9],
  ])('%i workers, after %i batches: those are written whole', async (workers, batches) => {
    const engine = { failAfterBatches: batches };
    const finished = await runEngine(options({ workers, engine }));
    expect(finished.result).toBe(null);
    expect(finished.error).toBeInstanceOf(HoldfastError);
    expect(finished.error).toMatchObject({
      code: 'INTERNAL',
      message: `Worker ${workers - 1} failed: failing on purpose, as the test asked`,
    });
    expectPrefix(finished.decisions, batches * BATCH_ROWS);
  });

  test('the engine is then of no more use, and says so', async () => {
    const made = { plan, batchRowsMax: BATCH_ROWS, clock, failAfterBatches: 1 } as const;
    const formats = { inputFormat: 'ndjson', outputFormat: 'ndjson' } as const;
    const engine = await Engine.create({ ...made, ...formats, workers: 2 });
    try {
      const source = memorySource(bytes, { format: 'ndjson', clock });
      const decide = async (): Promise<unknown> =>
        engine.decideBatch((input) => source.read(input), 'ndjson');
      expect(await decide()).not.toBe(null);
      await expect(decide()).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(decide()).rejects.toMatchObject({ code: 'INTERNAL' });
      const nothing = engine.decideBatch(async () => false, 'ndjson');
      await expect(nothing).rejects.toMatchObject({ code: 'INTERNAL' });
    } finally {
      await engine.close();
    }
  });
});

describe('a source or a sink that fails', () => {
  const disk = new HoldfastError('IO_FAILED', 'Cannot write: disk full.');

  test('a source that fails: what was read before it is decided', async () => {
    const whole = memorySource(bytes, { format: 'ndjson', clock });
    let reads = 0;
    const source: Source = {
      name: 'broken',
      format: 'ndjson',
      bytesTotal: null,
      isLive: false,
      blankLines: 0,
      get nextByte() {
        return whole.nextByte;
      },
      read: async (batch) => {
        if (++reads > 4) throw disk;
        return whole.read(batch);
      },
      close: async () => {},
    };
    const { error, decisions } = await runEngine(options({ run: { source } }));
    expect(error).toBe(disk);
    expectPrefix(decisions, 4 * BATCH_ROWS);
  });

  test.each(['sink', 'deadLetters'] as const)('%s', async (port) => {
    const kept = new MemorySink();
    let writes = 0;
    const sink: Sink = {
      name: 'full',
      write: async (part) => {
        if (++writes > 2) throw disk;
        await kept.write(part);
      },
      finish: async () => {},
      abandon: async () => {},
    };
    const { error, result } = await runEngine(options({ workers: 2, run: { [port]: sink } }));
    expect(error).toBe(disk);
    expect(result).toBe(null);
    expect(writes).toBe(3);
  });
});

describe('where a run ends', () => {
  test.each([0, 1, BATCH_ROWS - 1, BATCH_ROWS, BATCH_ROWS + 1, ROWS - 1])(
    'after %i rows, as asked',
    async (rowLimit) => {
      const { decisions, result } = await runEngine(options({ run: { rowLimit } }));
      expect(result).toMatchObject({ rows: rowLimit, stopped: 'limit' });
      expect(result?.position).toEqual({ row: rowLimit, byte: bytesOf(rowLimit) });
      expectPrefix(decisions, rowLimit);
    },
  );

  test.each([ROWS + 1, null])('at the end of the input, with a limit of %s', async (rowLimit) => {
    const { result, decisions } = await runEngine(options({ run: { rowLimit } }));
    expect(result).toMatchObject({ rows: ROWS, stopped: 'end', bytesIn: bytes.length });
    expect(result?.position).toEqual({ row: ROWS, byte: bytes.length });
    expectPrefix(decisions, ROWS);
  });

  test.each([1, 2])(
    'when the signal comes: the batches at hand are finished, %i workers',
    async (workers) => {
      const abort = new AbortController();
      const seen: number[] = [];
      const onProgress = (progress: RunProgress): void => {
        seen.push(progress.rows);
        if (progress.rows >= 5 * BATCH_ROWS) abort.abort();
      };
      const run = { signal: abort.signal, onProgress };
      const { result, decisions } = await runEngine(options({ workers, run }));
      expect(result?.stopped).toBe('signal');
      const count = result?.rows ?? 0;
      expect(count).toBeGreaterThanOrEqual(5 * BATCH_ROWS);
      expect(count).toBeLessThan(ROWS);
      expect(count % BATCH_ROWS).toBe(0);
      expect(seen.at(-1)).toBe(count);
      expect(result?.position).toEqual({ row: count, byte: bytesOf(count) });
      expectPrefix(decisions, count);
    },
  );

  test('at once, when the signal came before', async () => {
    const { result, decisions } = await runEngine(
      options({ run: { signal: AbortSignal.abort() } }),
    );
    expect(result).toMatchObject({ rows: 0, decisions: 0, stopped: 'signal' });
    expect(decisions).toHaveLength(0);
  });

  test.each([
    ['a byte order mark', '\ufeff', 0],
    ['blank lines', '\n\r\n', 1],
    ['carriage returns', '', 2],
  ])('before a row that follows %s', async (_name, between, rowLimit) => {
    const lines = rows.slice(0, 3).map((row) => Buffer.from(row).toString().replace('\n', '\r\n'));
    const head = lines.slice(0, rowLimit).join('') + between;
    const text = Buffer.from(`${head}${lines.slice(rowLimit).join('')}\n\n`);
    const { result } = await runEngine(options({ bytes: text, run: { rowLimit } }));
    expect(result?.position).toEqual({ row: rowLimit, byte: Buffer.byteLength(head) });
    const all = await runEngine(options({ bytes: text }));
    expect(all.result?.position).toEqual({ row: 3, byte: text.length });
  });

  test('without rows', async () => {
    const { result } = await runEngine(options({ bytes: Buffer.from('\n \n') }));
    expect(result).toMatchObject({ rows: 0, stopped: 'end', blankLines: 2, bytesIn: 3 });
    expect(result?.decisionHash).toBe(createHash('sha256').digest('hex'));
  });
});

test('progress counts what was written', async () => {
  const seen: RunProgress[] = [];
  const run = { onProgress: (progress: RunProgress): void => void seen.push(progress) };
  const { result, decisions, letters } = await runEngine(options({ workers: 2, run }));
  expect(seen.map((progress) => progress.rows)).toEqual(
    Array.from({ length: ROWS / BATCH_ROWS }, (_, k) => (k + 1) * BATCH_ROWS),
  );
  const lines = (result?.decisions ?? 0) + (result?.amendments ?? 0);
  expect(lines).toBe(linesOf(decisions).length);
  expect(result?.amendments).toBeGreaterThan(0);
  expect(result?.deadLetters).toBe(linesOf(letters).length);
  expect(result?.outcomes.reduce((a, b) => a + b)).toBe(result?.decisions);
  const { rows: rowCount, decisions: count, outcomes, deadLetters } = seen.at(-1) as RunProgress;
  expect(result).toMatchObject({ rows: rowCount, decisions: count, outcomes, deadLetters });
});

test('flags are counted as decisions tell them', async () => {
  const { result, decisions } = await runEngine(options({ workers: 2 }));
  const flags = linesOf(decisions).flatMap(
    (line) => (JSON.parse(line) as { flags?: string[] }).flags ?? [],
  );
  for (const flag of ['LATE', 'REPEAT', 'REPEAT_DIFFERS', 'CURRENCY_UNKNOWN']) {
    const count = flags.filter((one) => one === flag).length;
    expect(count).toBeGreaterThan(0);
    expect(result?.flags[flag], flag).toBe(count);
  }
});

test('alerts are counted as they are written, over many batches', async () => {
  const watched = loadRulesText(
    'ruleset: w\ncurrency: CNY\nrules:\n  - { id: big, when: tx.amount > 5, outcome: hold, reason: POLICY }\n',
    'w.yaml',
    () => new Uint8Array(),
  );
  if (!watched.ok) throw new Error(watched.problems.map(formatProblem).join('\n'));
  // Two quiet hours, ten minutes in which every payment is held, a quiet hour.
  const payments = Array.from({ length: 2280 }, (_, i) => ({
    id: `t${i}`,
    kind: 'payment',
    time: 1_772_380_800_000 + i * 5000,
    account: `A${i % 300}`,
    amount: i >= 1440 && i < 1560 ? 900 : 100,
    currency: 'CNY',
    merchant: 'M',
  }));
  const alerts = new MemorySink();
  const { result } = await runEngine({
    ...options({ plan: watched.plan, bytes: Buffer.concat(rowBytes(payments, 'ndjson')) }),
    engine: { watchesRates: true },
    run: { alerts },
  });
  expect(linesOf(alerts.bytes).length).toBeGreaterThan(3);
  expect(result?.alerts).toBe(linesOf(alerts.bytes).length);
  expect((await runEngine(options())).result?.alerts).toBe(0);
});

test('no percentile is above the longest latency', () => {
  const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
  for (const us of [100, 4099, 5001, 1_234_567]) {
    histogram.recordValueWithCount(us, 1000);
    const { p50, p90, p99, p999, max } = summarizeLatency(histogram);
    expect(max).toBe(us);
    for (const figure of [p50, p90, p99, p999]) expect(figure).toBeLessThanOrEqual(us);
  }
});

describe('timings', () => {
  const added = { decidedAt: 1234, latencyUs: expect.any(Number) as number };

  test('NDJSON', async () => {
    const { decisions, result } = await runEngine(options({ run: { timings: true } }));
    const plain = linesOf(decisionsOf(ROWS)).map((line) => JSON.parse(line) as object);
    const timed = linesOf(decisions).map((line) => JSON.parse(line) as object);
    expect(timed).toEqual(plain.map((decision) => ({ ...decision, ...added })));
    // Not part of a decision's value.
    const hash = createHash('sha256').update(decisionsOf(ROWS)).digest('hex');
    expect(result?.decisionHash).toBe(hash);
  });

  test('msgpack', async () => {
    const { decisions, result } = await runEngine(
      options({ outputFormat: 'msgpack', run: { timings: true } }),
    );
    const unpackr = new Unpackr({ useRecords: false });
    const plain = unpackr.unpackMultiple(decisionsOf(ROWS, 'msgpack')) as object[];
    expect(unpackr.unpackMultiple(decisions)).toEqual(
      plain.map((decision) => ({ ...decision, ...added })),
    );
    const hash = createHash('sha256').update(decisionsOf(ROWS, 'msgpack')).digest('hex');
    expect(result?.decisionHash).toBe(hash);
  });
});
