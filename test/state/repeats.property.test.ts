// Which rows repeat an earlier one, against a plain model: lists of ids in arrival order, one a shard,
// each at most `repeats.ids` / 16 long. Through the engine, in batches of several sizes, because what
// leaves a list leaves it batch by batch.

import { describe, expect, test } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';
import { Random } from '../../src/base/random.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Expression } from '../../src/domain/expression.ts';
import type { Plan, RulePlan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { packVerdict, verdictOutcome, verdictReason } from '../../src/state/repeats.ts';
import { node } from '../support/random-expression.ts';
import { planOf } from '../support/random-plan.ts';
import { START_MS, numberOfField } from '../support/random-world.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const SHARDS = 16;

interface Row {
  readonly id: string;
  readonly kind: 'payment' | 'code';
  readonly time: number;
  readonly account: string;
  readonly merchant: string;
  readonly currency: string;
  readonly amount: number;
}

interface Entry {
  readonly id: string;
  amount: number;
  kind: string;
  time: number;
  revision: number;
  outcome: string;
}

const amount: Expression = {
  ...node('money', 'tx.amount'),
  op: 'field',
  field: numberOfField('amount'),
};
const LARGE: RulePlan = {
  id: 'large',
  trigger: null,
  description: null,
  when: {
    ...node('boolean', 'tx.amount > 5.00'),
    op: 'compare',
    operator: '>',
    left: amount,
    right: { ...node('money', '5.00'), op: 'number', value: 500 },
  },
  mode: 'live',
  outcome: 'reverse',
  reason: 0,
  score: null,
  isLife: false,
  hold: null,
  at: { file: '', line: 1, column: 1 },
};

function planWith(forMs: number, ids: number): Plan {
  // Nothing is held: what is kept of holds would tell repeats of them (docs/lifecycle.md).
  const score = { hold: null, reverse: null };
  const parts = { rules: [LARGE], features: [], repeats: { forMs, ids }, score };
  return planOf(parts, new Random(1), { latenessMs: 1e9 });
}

/** What a decision tells: its id, its outcome and whether the row repeats. */
type Told = readonly [decisionId: string, outcome: string, flag: string];

class Model {
  readonly #forMs: number;
  readonly #perShard: number;
  readonly #shards: Entry[][] = Array.from({ length: SHARDS }, () => []);
  #streamTime = -Infinity;
  evicted = 0;

  constructor(plan: Plan) {
    this.#forMs = plan.repeats.forMs;
    this.#perShard = Math.max(1, Math.floor(plan.repeats.ids / SHARDS));
  }

  /** null = no decision. */
  take(row: Row): Told | null {
    this.#streamTime = Math.max(this.#streamTime, row.time);
    const shard = this.#shards[hashString(row.id, DEFAULT_HASH_KEY)[0] & (SHARDS - 1)] as Entry[];
    while (shard[0] !== undefined && this.#isExpired(shard[0])) shard.shift();
    let entry = shard.find(({ id }) => id === row.id);
    if (entry !== undefined && this.#isExpired(entry)) {
      // It keeps its place until those before it leave: it was decided anew since they came.
      shard[shard.indexOf(entry)] = { ...entry, id: '' };
      entry = undefined;
    }
    const isDecided = row.kind === 'payment';
    let flag = '';
    if (entry === undefined) {
      if (shard.length >= this.#perShard) {
        shard.shift();
        this.evicted++;
      }
      entry = { id: row.id, amount: 0, kind: '', time: 0, revision: -1, outcome: '' };
      shard.push(entry);
    } else if (entry.amount === row.amount && entry.kind === row.kind) {
      return isDecided ? [`${row.id}#${entry.revision}`, entry.outcome, 'REPEAT'] : null;
    } else flag = 'REPEAT_DIFFERS';
    const outcome = row.amount > 500 ? 'reverse' : 'allow';
    const revision = entry.revision + (isDecided ? 1 : 0);
    Object.assign(entry, {
      amount: row.amount,
      kind: row.kind,
      time: this.#streamTime,
      revision,
      outcome,
    });
    return isDecided ? [`${row.id}#${revision}`, outcome, flag] : null;
  }

  #isExpired({ time }: Entry): boolean {
    return this.#streamTime - time > this.#forMs;
  }
}

function randomRows(random: Random, count: number, idCount: number): Row[] {
  let time = START_MS;
  return Array.from({ length: count }, (): Row => {
    if (random.chance(0.7)) time += random.pick([1, 1000, 1000, 10_000]);
    return {
      id: `i${random.below(idCount)}`,
      kind: random.chance(0.85) ? 'payment' : 'code',
      // Not all of one id have the stream's time; the content is told by amount and kind alone.
      time: START_MS,
      account: 'A',
      merchant: 'M',
      currency: 'CNY',
      amount: random.pick([100, 100, 100, 200, 900]),
      ...(random.chance(0.5) && { id: `c${time}`, time }),
    };
  });
}

function tell({ decisionId, outcome, flags = [] }: Decision): Told {
  const told = flags.filter((flag) => flag.startsWith('REPEAT'));
  return [decisionId, outcome, told.join()];
}

describe('repeats', () => {
  test.each(Array.from({ length: runs(40) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const plan = planWith(
      random.pick([0, 1000, 20_000, 1e9]),
      16 * random.pick([1, 2, 3, 8, 1000]),
    );
    const rows = randomRows(random, 800, random.pick([3, 20, 60, 400]));
    const model = new Model(plan);
    const wanted = rows.map((row) => model.take(row)).filter((told) => told !== null);
    for (const batchRowsMax of [1, random.pick([2, 17, 100]), 1000]) {
      const engine = new LocalEngine({ plan, batchRowsMax });
      expect(engine.decide(rows).map(tell), `batches of ${batchRowsMax}`).toEqual(wanted);
      expect(engine.program.repeats.evicted).toBe(model.evicted);
    }
  });
});

test.each([0, 1, 63, 64, 100_000, -1, -2, -3, -4, -40, -100_000])(
  'a packed verdict keeps its outcome and the first reason %i',
  (reason) => {
    for (const outcome of [0, 1, 2]) {
      const packed = packVerdict(outcome, reason);
      expect([verdictOutcome(packed), verdictReason(packed)]).toEqual([outcome, reason]);
      expect(Int32Array.of(packed)[0]).toBe(packed); // a row keeps it as one int32
    }
  },
);
