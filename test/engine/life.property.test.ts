// The life of payments in the engine against the plain model of it: random rules over random streams in
// which few payments have many events, in batches of random size, with time that passes between them. All
// that comes out is compared: first decisions and amendments, complete and in their order.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { Oracle, decisionsOf } from '../oracle/brute-force.ts';
import { close } from '../support/close.ts';
import type { LifeRulesOptions } from '../support/random-life-rules.ts';
import { randomLifeRules } from '../support/random-life-rules.ts';
import { randomLifeStream } from '../support/random-life-stream.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const SEEDS = Array.from({ length: runs(60) }, (_, k) => FIRST_SEED + k);

/** As the wire has it: infinity is a text. */
function asWritten(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (part === Infinity ? 'infinity' : part)),
  );
}

function compare(seed: number, options: LifeRulesOptions): void {
  const random = new Random(seed);
  const { plan, text } = randomLifeRules(random, options);
  const rows = randomLifeStream(random, {
    rowCount: 20 + random.below(150),
    payments: random.pick([3, 8, 30]),
  });
  const engine = new LocalEngine({
    plan,
    batchRowsMax: random.pick([1, 5, 64]),
    emitShadow: true,
  });
  const oracle = new Oracle(plan, { withShadow: true });
  let at = 0;
  const check = (decided: readonly Decision[], wanted: readonly Decision[]): void => {
    for (let k = 0; k < Math.max(decided.length, wanted.length); k++) {
      const difference = close(decided[k], wanted[k] && asWritten(wanted[k]));
      const where = `decision ${k} of rows to ${at} of seed ${seed}\n${text}`;
      const shown = `${JSON.stringify(decided[k])}\nnot ${JSON.stringify(wanted[k])}`;
      expect(difference, `${where}\n${shown}\n`).toBe(null);
    }
  };
  while (at < rows.length) {
    const part = rows.slice(at, at + random.pick([1, 1, 7, 40]));
    at += part.length;
    check(
      engine.decide(part),
      part.flatMap((row) => decisionsOf(oracle.take(row))),
    );
    if (random.chance(0.1)) {
      const until = Number(part.at(-1)?.['time']) + random.pick([0, 1000, 60_000, 7_200_000]);
      check(engine.advance(until), oracle.advance(until));
    }
  }
  check(engine.advance(null), oracle.advance(Infinity));
}

describe('the engine amends as the model does', () => {
  test.each(SEEDS)('seed %i', (seed) => {
    compare(seed, {});
  });
});

describe('where only holds are kept', () => {
  test.each(SEEDS.filter((_, k) => k % 4 === 0))('seed %i', (seed) => {
    compare(seed, { rowsOnly: true });
  });
});
