// Deadlines in whole runs of a live source: with the same marks the same bytes, whatever workers, batches
// and forms; a backlog is evaluated, what is late while the engine runs gets the fallback.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { OUTCOMES } from '../../src/domain/decision.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Format } from '../../src/domain/ports.ts';
import { memorySource } from '../../src/transport/open-source.ts';
import { planOf } from '../rules/front/help.ts';
import { randomLifeRules } from '../support/random-life-rules.ts';
import { randomLifeStream } from '../support/random-life-stream.ts';
import { runs } from '../support/runs.ts';
import type { FinishedRun, MixedRow } from './run-engine.ts';
import { linesOf, rowBytes, runEngine, withBadRows } from './run-engine.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 53);
const SEEDS = Array.from({ length: runs(2) }, (_, k) => FIRST_SEED + k);

/** When the engine is ready, and when it reads; rows arrive before, between, and just now. */
const STARTED_MS = 1000;
const NOW_MS = 9000;
const BUDGET_MS = 50;
const ARRIVALS = { backlog: STARTED_MS - 1, late: STARTED_MS, inTime: NOW_MS - BUDGET_MS };

interface Way {
  readonly workers: number;
  readonly batchRowsMax: number;
  readonly format: Format;
  readonly outputFormat: Format;
}

const FIRST: Way = { workers: 1, batchRowsMax: 4096, format: 'ndjson', outputFormat: 'ndjson' };
const OTHERS: readonly Way[] = [
  { workers: 1, batchRowsMax: 7, format: 'msgpack', outputFormat: 'msgpack' },
  { workers: 2, batchRowsMax: 64, format: 'ndjson', outputFormat: 'msgpack' },
  { workers: 5, batchRowsMax: 33, format: 'msgpack', outputFormat: 'ndjson' },
];

/** @param arrivedMs of each row; null = the source is none that is live */
async function run(
  plan: Plan,
  rows: readonly MixedRow[],
  arrivedMs: readonly number[] | null,
  way: Way,
): Promise<FinishedRun> {
  const { format } = way;
  const bytes = Buffer.concat(rowBytes(rows, format));
  const time = { nowMs: STARTED_MS };
  const clock = { nowMs: (): number => time.nowMs, monotonicMs: (): number => 0 };
  /** The engine is ready when the first row is read. */
  const arrive = (row: number): number => {
    time.nowMs = NOW_MS;
    return arrivedMs?.[row] ?? NaN;
  };
  const source = memorySource(bytes, {
    format,
    clock,
    name: 'memory',
    ...(arrivedMs === null ? {} : { arrivedMs: arrive }),
  });
  const finished = await runEngine({
    ...way,
    plan,
    bytes,
    clock,
    run: { source, drainMs: 3_600_000 },
  });
  expect(finished.error).toBe(null);
  return finished;
}

interface Input {
  readonly plan: Plan;
  readonly rows: readonly MixedRow[];
}

/** @param rowsOnly holds alone are kept, else all payments */
function input(random: Random, rowsOnly: boolean): Input {
  const { plan } = randomLifeRules(random, { rowsOnly });
  const fallback = random.pick(OUTCOMES);
  const deadline = { budgetMs: BUDGET_MS, fallback, catchUp: 'evaluate' } as const;
  const stream = randomLifeStream(random, { rowCount: 300, payments: 30 });
  return {
    plan: { ...plan, life: { ...plan.life, deadline } },
    rows: withBadRows(random, stream, 0.02),
  };
}

const decisionsOf = ({ decisions }: FinishedRun): Decision[] =>
  linesOf(decisions).map((line) => JSON.parse(line) as Decision);
const isOverdue = ({ flags = [] }: Decision): boolean => flags.includes('OVERDUE');

/** By code, as decisions list them: repeats tell others' again, amendments but the overdue ones come later. */
function reasonsOf(decisions: readonly Decision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { flags = [], cause, reasons = [] } of decisions) {
    if (flags.includes('REPEAT') || (cause !== undefined && cause !== 'overdue')) continue;
    for (const { code } of reasons) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** Decisions on overdue rows that what was evaluated amends; some seeds have none. */
let amended = 0;

describe('rows that arrive in time, late or before the engine is ready', () => {
  test.each(SEEDS)('seed %i: the same bytes and counts, whatever the way', async (seed) => {
    const random = new Random(seed);
    const { plan, rows } = input(random, seed % 2 === 0);
    const arrivedMs = rows.map(() => random.pick(Object.values(ARRIVALS)));
    const first = await run(plan, rows, arrivedMs, FIRST);
    const decisions = decisionsOf(first);
    const isFallback = ({ reasons = [] }: Decision): boolean =>
      reasons[0]?.code === 'ENGINE_BUDGET_EXCEEDED';
    const own = decisions.filter(({ cause }) => cause === undefined);
    expect(own.filter((d) => isOverdue(d) && isFallback(d)).length).toBeGreaterThan(20);
    expect(own.filter((d) => isOverdue(d) && !isFallback(d)).length).toBeGreaterThan(20);
    expect(own.filter((d) => !isOverdue(d)).length).toBeGreaterThan(20);
    amended += decisions.filter(({ cause }) => cause === 'overdue').length;

    expect(first.result?.flags['OVERDUE']).toBe(own.filter(isOverdue).length);
    expect(first.result?.overdueShare).toBe(own.filter(isOverdue).length / own.length);
    expect(first.result?.reasons).toEqual(reasonsOf(decisions));
    const packed = await run(plan, rows, arrivedMs, { ...FIRST, outputFormat: 'msgpack' });
    for (const way of OTHERS) {
      const told = JSON.stringify(way);
      const same = await run(plan, rows, arrivedMs, way);
      const wanted = way.outputFormat === 'ndjson' ? first : packed;
      expect(Buffer.compare(same.decisions, wanted.decisions), told).toBe(0);
      expect(same.result?.overdueShare, told).toBe(first.result?.overdueShare);
      expect(same.result?.reasons, told).toEqual(first.result?.reasons);
      expect(same.result?.amendmentsByCause, told).toEqual(first.result?.amendmentsByCause);
    }
  });

  test('some are amended', () => {
    expect(amended).toBeGreaterThan(0);
  });
});

test.each([1, 2])(
  'a backlog is decided as a file is, but for the flag; %i workers',
  async (workers) => {
    const { plan, rows } = input(new Random(FIRST_SEED), false);
    const way = { ...FIRST, workers };
    const arrivedMs = rows.map(() => ARRIVALS.backlog);
    const evaluated = decisionsOf(await run(plan, rows, arrivedMs, way));
    const withoutFlag = evaluated.map((decision) => {
      const { flags = [], ...rest } = decision;
      const others = flags.filter((flag) => flag !== 'OVERDUE');
      return others.length === 0 ? rest : { ...rest, flags: others };
    });
    expect(evaluated.filter(isOverdue).length).toBeGreaterThan(100);
    expect(withoutFlag).toEqual(decisionsOf(await run(plan, rows, null, way)));
  },
);

test('what fires on overdue rows is counted, amended or not; so are reasons of the engine', async () => {
  const rules = `ruleset: counts
currency: CNY
timezone: Asia/Shanghai
deadline: { budget: ${BUDGET_MS}ms, fallback: allow }
rails: [short.yaml]
rules:
  - { id: idea, mode: shadow, when: tx.amount > 1, outcome: hold, reason: POLICY }
  - { id: points, mode: score, when: tx.amount > 2, score: 5 }
  - { id: large, when: tx.amount > 3, outcome: reverse, reason: AMOUNT_TOO_LARGE }
`;
  const plan = planOf(rules, { 'short.yaml': 'rail: short\nreversal: { within: 1m }\n' });
  const time = 1_772_380_800_000;
  const rest = { kind: 'payment', account: 'A', merchant: 'M', currency: 'CNY' };
  const rows = [100, 150, 250, 350, 350].map((amount, n) => ({
    id: `t${n}`,
    ...rest,
    amount,
    // The last is told when its rail's window has closed.
    time: n === 4 ? time : time + 3_600_000,
  }));
  for (const overdue of [false, true]) {
    const arrivedMs = rows.map(() => (overdue ? ARRIVALS.late : ARRIVALS.inTime));
    const { result } = await run(plan, rows, arrivedMs, FIRST);
    expect(result?.rules.map(({ id, fired, reasons }) => [id, fired, reasons])).toEqual([
      ['idea', 4, 0],
      ['points', 3, 0],
      ['large', 2, 2],
    ]);
    expect(result?.reasons).toEqual({
      AMOUNT_TOO_LARGE: 2,
      REVERSAL_WINDOW_PASSED: 1,
      ...(overdue && { ENGINE_BUDGET_EXCEEDED: 5 }),
    });
  }
});
