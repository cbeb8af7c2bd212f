// Same rows, same rules: the same decisions and dead letters byte for byte, with 1, 2 or 5 workers,
// in batches of any size, from NDJSON or msgpack, through worker threads or without, and by the
// decision hash. (Letters quote the row's own bytes, so each form has its own.)

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Format } from '../../src/domain/ports.ts';
import { SHARDS } from '../../src/domain/shards.ts';
import { TransactionGenerator } from '../../src/load/generator.ts';
import { formatProblem, loadRulesFileSync } from '../../src/rules/front/load.ts';
import { decideAll } from '../oracle/brute-force.ts';
import { asWritten } from '../support/as-written.ts';
import { close } from '../support/close.ts';
import { randomPlan } from '../support/random-plan.ts';
import type { StreamRow } from '../support/random-stream.ts';
import { randomStream } from '../support/random-stream.ts';
import { runs } from '../support/runs.ts';
import type { FinishedRun, MixedRow } from './run-engine.ts';
import { linesOf, rowBytes, runEngine, runLocally, withBadRows } from './run-engine.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const IS_LONG = runs(1) > 1;
/** Rows of a run in batches of one: each is a trip to the workers and back. */
const ROWS_ONE_BY_ONE = 1500;

interface Way {
  readonly workers: number;
  readonly batchRows: number;
  readonly format: Format;
}

const SIZES = [1, 7, 256, 4096];
/** A long run takes all; five workers on few cores take long to start. */
const WAYS: readonly Way[] = [1, 2, 5].flatMap((workers, w) =>
  SIZES.flatMap((batchRows, b) =>
    (['ndjson', 'msgpack'] as const).flatMap((format, f) =>
      IS_LONG || ((w + b + f) % 2 === 0 && (workers < 5 || b % 3 > 0))
        ? [{ workers, batchRows, format }]
        : [],
    ),
  ),
);

/** A stream in both forms, and what the engine without threads says of it. */
interface Known {
  readonly plan: Plan;
  readonly rowCount: number;
  readonly bytes: Readonly<Record<Format, Uint8Array>>;
  readonly decisions: Uint8Array;
  readonly letters: Readonly<Record<Format, Uint8Array>>;
}

async function know(plan: Plan, rows: readonly MixedRow[], random: Random): Promise<Known> {
  const ndjson = rowBytes(rows, 'ndjson', random);
  const msgpack = rowBytes(rows, 'msgpack', random);
  const [json, packed] = [
    runLocally(plan, ndjson, 'ndjson', 1000),
    runLocally(plan, msgpack, 'msgpack', 300),
  ];
  expect(linesOf(json.decisions)).toEqual(linesOf(packed.decisions));
  const bytes = { ndjson: Buffer.concat(ndjson), msgpack: Buffer.concat(msgpack) };
  // Lines are framed by the source, so that the bytes' places in it are known to the engine only.
  const options = { plan, bytes: bytes.ndjson, format: 'ndjson', workers: 1 } as const;
  const { letters } = await runEngine({ ...options, batchRowsMax: 500 });
  const known = { plan, rowCount: rows.length, bytes, decisions: json.decisions };
  return { ...known, letters: { ndjson: letters, msgpack: packed.letters } };
}

async function runWay(known: Known, way: Way): Promise<FinishedRun> {
  const { workers, batchRows, format } = way;
  const { plan, bytes } = known;
  return runEngine({
    plan,
    bytes: bytes[format],
    format,
    workers,
    batchRowsMax: batchRows,
    ...(batchRows === 1 && { run: { rowLimit: ROWS_ONE_BY_ONE } }),
  });
}

function expectKnown(finished: FinishedRun, known: Known, way: Way): void {
  expect(finished.error).toBe(null);
  const isPart = way.batchRows === 1 && known.rowCount > ROWS_ONE_BY_ONE;
  expect(finished.result?.rows).toBe(isPart ? ROWS_ONE_BY_ONE : known.rowCount);
  expect(finished.result?.stopped).toBe(isPart ? 'limit' : 'end');
  expectBytes(finished.decisions, known.decisions, isPart);
  expectBytes(finished.letters, known.letters[way.format], isPart);
  const hash = createHash('sha256').update(finished.decisions).digest('hex');
  expect(finished.result?.decisionHash).toBe(hash);
}

/** Lines are compared only to show which one differs. */
function expectBytes(actual: Uint8Array, wanted: Uint8Array, isPart: boolean): void {
  const part = isPart ? wanted.subarray(0, actual.length) : wanted;
  if (Buffer.compare(actual, part) === 0) {
    expect(actual.length).toBeGreaterThan(0);
    return;
  }
  expect(linesOf(actual)).toEqual(linesOf(part));
  expect.unreachable('bytes differ, lines do not');
}

describe('the main rules file over generated payments', () => {
  const loaded = loadRulesFileSync(
    fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url)),
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const random = new Random(FIRST_SEED);
  const rows = withBadRows(random, generatedRows(IS_LONG ? 20_000 : 10_000), 0.01);
  let known: Known;
  beforeAll(async () => {
    known = await know(loaded.plan, rows, random);
  });

  test('the stream has what makes an engine stumble', () => {
    const decisions = linesOf(known.decisions).map(
      (line) => JSON.parse(line) as { flags?: string[]; outcome: string },
    );
    const flags = new Set(decisions.flatMap(({ flags: own = [] }) => own));
    expect(flags).toEqual(new Set(['LATE', 'REPEAT', 'REPEAT_DIFFERS']));
    expect(new Set(decisions.map(({ outcome }) => outcome))).toEqual(
      new Set(['allow', 'hold', 'reverse']),
    );
    expect(linesOf(known.letters.ndjson).length).toBeGreaterThan(50);
  });

  test.each(WAYS)('$workers workers, batches of $batchRows, $format', async (way) => {
    expectKnown(await runWay(known, way), known, way);
  });
});

function generatedRows(count: number): StreamRow[] {
  const generator = new TransactionGenerator({
    rows: count,
    accounts: 1500,
    seed: FIRST_SEED,
    spanMs: 3 * 86_400_000,
    lateRate: 0.03,
    repeatRate: 0.01,
    injectedRate: 0.05,
    badRate: 0,
  });
  const bytes = new Uint8Array(count * 1024);
  const end = generator.writeRows(bytes);
  return linesOf(bytes.subarray(0, end)).map((line) => JSON.parse(line) as StreamRow);
}

describe('random rules over random streams', () => {
  test.each(Array.from({ length: runs(2) }, (_, k) => FIRST_SEED + k))('seed %i', async (seed) => {
    const random = new Random(seed);
    const plan = randomPlan(random, {
      ruleCount: 25,
      featuresMax: 40,
      latenessMs: random.pick([5000, 300_000]),
      scanMax: random.pick([2, 4096]),
      repeatsForMs: random.pick([60_000, 86_400_000]),
    });
    const stream = randomStream(random, { rowCount: 2000, latenessMs: plan.time.latenessMs });
    const known = await know(plan, withBadRows(random, stream, 0.02), random);
    for (const workers of IS_LONG ? [1, 2, 5] : [seed % 2 === 0 ? 5 : 3]) {
      const format = random.pick(['ndjson', 'msgpack'] as const);
      const way = { workers, batchRows: random.pick([7, 100, 256, 1000, 4096]), format };
      expectKnown(await runWay(known, way), known, way);
    }
  });
});

test('decisions as msgpack', async () => {
  const random = new Random(FIRST_SEED);
  const plan = randomPlan(random, { ruleCount: 20 });
  const rows = rowBytes(randomStream(random, { rowCount: 2000, latenessMs: 300_000 }), 'msgpack');
  const { decisions } = runLocally(plan, rows, 'msgpack', 100, 'msgpack');
  const bytes = Buffer.concat(rows);
  for (const workers of [1, 2]) {
    const options = { plan, bytes, format: 'msgpack', workers, batchRowsMax: 333 } as const;
    const finished = await runEngine({ ...options, outputFormat: 'msgpack' });
    expect(Buffer.compare(finished.decisions, decisions)).toBe(0);
  }
});

test.each([
  ['more workers than shards: some own none', SHARDS + 2, {}],
  ['limits that a warm-up exceeds', 3, { entities: 4, ids: 5 }],
])('%s', async (_, workers, { entities, ids }: { entities?: number; ids?: number }) => {
  const random = new Random(FIRST_SEED);
  const drawn = randomPlan(random, { ruleCount: 10, featuresMax: 20 });
  const plan = {
    ...drawn,
    limits: { ...drawn.limits, ...(entities !== undefined && { entities }) },
    repeats: { ...drawn.repeats, ...(ids !== undefined && { ids }) },
  };
  const rows = rowBytes(randomStream(random, { rowCount: 500, latenessMs: 300_000 }), 'ndjson');
  const { decisions } = runLocally(plan, rows, 'ndjson', 100);
  const bytes = Buffer.concat(rows.flatMap((row) => [row, Buffer.from('\n')]));
  const finished = await runEngine({ plan, bytes, format: 'ndjson', workers, batchRowsMax: 200 });
  expect(finished.error).toBe(null);
  expectBytes(finished.decisions, decisions, false);
});

describe('two workers decide as the oracle does', () => {
  test.each(Array.from({ length: runs(3) }, (_, k) => FIRST_SEED + 100 + k))(
    'seed %i',
    async (seed) => {
      const random = new Random(seed);
      const plan = randomPlan(random, { ruleCount: 12, featuresMax: 16 });
      const stream = randomStream(random, { rowCount: 300, latenessMs: plan.time.latenessMs });
      const format = random.pick(['ndjson', 'msgpack'] as const);
      const bytes = Buffer.concat(rowBytes(stream, format, random));
      const finished = await runEngine({ plan, bytes, format, workers: 2, batchRowsMax: 50 });
      const wanted = decideAll(plan, stream, { withShadow: true });
      const decided = linesOf(finished.decisions).map((line) => JSON.parse(line) as unknown);
      expect(decided).toHaveLength(wanted.length);
      decided.forEach((decision, k) => {
        expect(close(decision, asWritten(wanted[k])), `decision ${k} of seed ${seed}`).toBe(null);
      });
    },
  );
});

/** As the wire has it: infinity is a text. */
