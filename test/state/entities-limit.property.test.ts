// At limits.entities the entity with the oldest last time gives way (of equal ones the one with the
// smaller key hash), against a plain model that knows entities and rows; the same with any batches and
// workers; and counted. What is swept because no feature can see it is never missed.

import { describe, expect, test } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';
import { Random } from '../../src/base/random.ts';
import type { FeatureSpec, Plan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { linesOf, rowBytes, runEngine } from '../engine/run-engine.ts';
import { decideAll } from '../oracle/brute-force.ts';
import { node } from '../support/random-expression.ts';
import { planOf } from '../support/random-plan.ts';
import { START_MS } from '../support/random-world.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const SHARDS = 16;
const HOUR = 3_600_000;

const COUNT: FeatureSpec = {
  entity: 0,
  fn: 'count',
  window: { kind: 'length', ms: HOUR },
  prior: false,
  where: null,
  whereOf: null,
  value: null,
  decidedOnly: true,
  isInteger: true,
  type: 'number',
  key: 'count',
};
const SINCE: FeatureSpec = {
  ...COUNT,
  fn: 'sinceLast',
  window: null,
  type: 'duration',
  key: 'since',
};

interface Row {
  readonly id: string;
  readonly kind: 'payment';
  readonly time: number;
  readonly account: string;
  readonly merchant: string;
  readonly amount: number;
  readonly currency: string;
}

interface PlanParts {
  readonly entities: number;
  readonly keepMs: number;
  readonly latenessMs: number;
  readonly features: readonly FeatureSpec[];
}

/** Decisions tell both values: a score is the sum over rules that always hold. */
function planWith({ entities, keepMs, latenessMs, features }: PlanParts): Plan {
  const at = { file: '', line: 1, column: 1 };
  const rules = features.map((spec, feature) => ({
    id: `tell-${feature}`,
    trigger: null,
    description: null,
    when: { ...node('boolean', 'true'), op: 'boolean', value: true } as const,
    mode: 'score' as const,
    outcome: 'allow' as const,
    reason: -1,
    score: { ...node('number', spec.key), op: 'feature', feature } as const,
    isLife: false,
    hold: null,
    at,
  }));
  const plan = planOf({ rules, features }, new Random(1), { keepMs, latenessMs });
  const limits = { ...plan.limits, entities };
  return { ...plan, limits, score: { hold: null, reverse: null } };
}

const ALL = Array.from({ length: 900 }, (_, i) => `A${i}`);

interface Entity {
  readonly account: string;
  readonly lo: number;
  readonly hi: number;
  last: number;
  times: number[];
}

class Model {
  evicted = 0;
  readonly #shards: Entity[][] = Array.from({ length: SHARDS }, () => []);
  readonly #plan: Plan;
  #streamTime = -Infinity;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  take({ account, time }: Row): { count: number; since: number | undefined } {
    const { latenessMs } = this.#plan.time;
    this.#streamTime = Math.max(this.#streamTime, time);
    const isLate = time < this.#streamTime - latenessMs;
    const stand = isLate ? this.#streamTime - latenessMs : time;
    const [lo, hi] = hashString(account, DEFAULT_HASH_KEY);
    const shard = this.#shards[lo & (SHARDS - 1)] as Entity[];
    let entity = shard.find((one) => one.account === account);
    if (entity === undefined && !isLate) {
      if (shard.length >= this.#plan.limits.entities) this.#evict(shard);
      entity = { account, lo, hi, last: -Infinity, times: [] };
      shard.push(entity);
    }
    const earlier = (entity?.times ?? []).filter((one) => one <= stand).toSorted((a, b) => a - b);
    const count = earlier.filter((one) => one > stand - HOUR).length + 1;
    const previous = earlier.at(-1);
    const isKept = previous !== undefined && stand - previous <= this.#plan.keepMs;
    if (entity !== undefined && !isLate) {
      entity.times.push(time);
      entity.last = Math.max(entity.last, time);
    }
    return { count, since: isKept ? stand - previous : undefined };
  }

  #evict(shard: Entity[]): void {
    const [oldest] = shard.toSorted((a, b) => a.last - b.last || a.hi - b.hi || a.lo - b.lo);
    shard.splice(shard.indexOf(oldest as Entity), 1);
    this.evicted++;
  }
}

/** Accounts of one shard, so that few of them fill it. */
function accountsOfShard(shard: number, count: number): string[] {
  const accounts: string[] = [];
  for (let i = 0; accounts.length < count; i++) {
    const [lo] = hashString(`A${i}`, DEFAULT_HASH_KEY);
    if ((lo & (SHARDS - 1)) === shard) accounts.push(`A${i}`);
  }
  return accounts;
}

function randomRows(
  random: Random,
  count: number,
  accounts: readonly string[],
  lateMs: number,
): Row[] {
  let time = START_MS;
  const hot = accounts.slice(0, Math.ceil(accounts.length / 10));
  return Array.from({ length: count }, (_, i): Row => {
    if (!random.chance(0.2)) time += random.pick([1, 1000, 60_000]);
    if (random.chance(0.002)) time += random.below(5) * HOUR;
    const behind = random.chance(0.3) ? random.below(lateMs) : 0;
    return {
      id: `p${i}`,
      kind: 'payment',
      time: time - behind,
      // Half of the rows are of one tenth of the accounts.
      account: random.pick(random.chance(0.5) ? hot : accounts),
      merchant: 'M',
      amount: 1,
      currency: 'CNY',
    };
  });
}

function scoresOf(decisions: readonly { readonly score?: number }[]): (number | undefined)[] {
  return decisions.map(({ score }) => score);
}

describe('eviction', () => {
  test.each(Array.from({ length: runs(20) }, (_, k) => FIRST_SEED + k))('seed %i', async (seed) => {
    const random = new Random(seed);
    // From 128 on one look at all entities serves several evictions.
    const entities = random.pick([1, 2, 7, 130, 300]);
    const latenessMs = random.pick([0, 600_000, 5 * HOUR]);
    const keepMs = random.pick([1000, 2 * HOUR]);
    const features = random.chance(0.5) ? [COUNT] : [COUNT, SINCE];
    const plan = planWith({ entities, keepMs, latenessMs, features });
    // Two shards, of which one is fuller.
    const accounts = [
      ...accountsOfShard(3, Math.ceil(entities * random.pick([1.2, 3]))),
      ...accountsOfShard(8, Math.ceil(entities * 1.1)),
    ];
    const rows = randomRows(random, 200 + accounts.length * 6, accounts, latenessMs * 1.2 + 1000);
    const model = new Model(plan);
    const wanted = rows.map((row) => {
      const { count, since } = model.take(row);
      return count + (features.length > 1 ? (since ?? 0) : 0);
    });
    for (const batchRowsMax of [1, 50, 1000]) {
      const engine = new LocalEngine({ plan, batchRowsMax });
      const scores = scoresOf(engine.decide(rows));
      const first = scores.findIndex((score, k) => score !== wanted[k]);
      expect(first, `first difference, batches of ${batchRowsMax}`).toBe(-1);
      const { counters } = engine.program.passes[0]?.state ?? {};
      // What was swept before it would have given way is not counted as evicted.
      const gone = (counters?.entitiesEvicted ?? 0) + (counters?.entitiesSwept ?? 0);
      expect(gone).toBeGreaterThanOrEqual(model.evicted);
    }
  });

  test('is the same with several workers, and reported', async () => {
    const random = new Random(FIRST_SEED);
    const plan = planWith({ entities: 20, keepMs: HOUR, latenessMs: 600_000, features: [COUNT] });
    const rows = randomRows(random, 6000, ALL, 700_000);
    const wanted = scoresOf(new LocalEngine({ plan }).decide(rows));
    const bytes = Buffer.concat(
      rowBytes(
        rows.map((row) => ({ ...row })),
        'ndjson',
      ),
    );
    for (const workers of [1, 2]) {
      const options = { plan, bytes, format: 'ndjson', workers, batchRowsMax: 256 } as const;
      const { decisions, result } = await runEngine(options);
      const lines = linesOf(decisions).map((line) => JSON.parse(line) as { score?: number });
      expect(scoresOf(lines)).toEqual(wanted);
      const [account] = result?.entities ?? [];
      expect(account?.evicted).toBeGreaterThan(100);
      expect(account?.count).toBeLessThanOrEqual(20 * SHARDS);
    }
  });
});

describe('what is swept is never missed', () => {
  test.each(Array.from({ length: runs(5) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const parts = { entities: 1000, keepMs: random.pick([1000, HOUR]), latenessMs: 60_000 };
    const plan = planWith({ ...parts, features: random.chance(0.5) ? [COUNT] : [COUNT, SINCE] });
    const rows = randomRows(random, 1500, ALL.slice(0, 100), 70_000);
    const engine = new LocalEngine({ plan, batchRowsMax: random.pick([1, 5, 64]) });
    const wanted = decideAll(
      plan,
      rows.map((row) => ({ ...row })),
    );
    expect(scoresOf(engine.decide(rows))).toEqual(scoresOf(wanted));
    expect(engine.program.passes[0]?.state.counters.entitiesSwept).toBeGreaterThan(0);
  });
});
