// One random case of the life of payments, through the engine and through the plain model of it.

import { Random } from '../../src/base/random.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { Oracle, decisionsOf } from '../oracle/brute-force.ts';
import { asWritten } from '../support/as-written.ts';
import { close } from '../support/close.ts';
import { randomFullStream, randomLifePlan } from '../support/random-life-plan.ts';
import type { LifeRulesOptions } from '../support/random-life-rules.ts';
import { randomLifeRules } from '../support/random-life-rules.ts';
import { randomLifeStream } from '../support/random-life-stream.ts';
import type { StreamRow } from '../support/random-stream.ts';

export interface LifeCase {
  readonly plan: Plan;
  readonly rows: readonly StreamRow[];
  /** The rules for those who look at a failure. */
  readonly text: string;
}

/** Rules as text, and events for them. */
export function textCase(random: Random, options: LifeRulesOptions = {}): LifeCase {
  const rules = randomLifeRules(random, options);
  const [rowCount, payments] = [20 + random.below(150), random.pick([3, 8, 30])];
  return { ...rules, rows: randomLifeStream(random, { rowCount, payments }) };
}

/** Rules as trees of any shape. */
export function treeCase(random: Random): LifeCase {
  const plan = randomLifePlan(random);
  const rows = randomFullStream(random, 20 + random.below(100), random.pick([3, 8, 30]));
  const text = plan.rules.map((rule) => `${rule.id} ${rule.outcome}: ${rule.when.text}`).join('\n');
  return { plan, rows, text };
}

export interface Compared {
  /** What differs first; null = nothing. */
  readonly difference: string | null;
  readonly amendments: readonly Decision[];
}

/** A random case of a seed, its rows in batches of random size, with time that passes between them. */
export function compareLife(seed: number, make: (random: Random) => LifeCase): Compared {
  const random = new Random(seed);
  const { plan, rows, text } = make(random);
  const batchRowsMax = random.pick([1, 5, 64]);
  const engine = new LocalEngine({ plan, batchRowsMax, emitShadow: true });
  const oracle = new Oracle(plan, { withShadow: true });
  const amendments: Decision[] = [];
  let at = 0;
  /** What differs first. */
  const differences: string[] = [];
  const times = rows.map(({ time }) => Number(time)).filter((time) => !Number.isNaN(time));
  const isRemembered = Math.max(...times) - Math.min(...times) <= plan.repeats.forMs;
  const ids = new Set<string>();
  const check = (decided: readonly Decision[], wanted: readonly Decision[]): void => {
    for (const decision of isRemembered ? decided : []) {
      const { decisionId, flags = [], reasons = [] } = decision;
      if (flags.includes('REPEAT') || reasons[0]?.code === 'INVALID_INPUT') continue;
      if (ids.has(decisionId))
        differences.push(`${decisionId} is told twice, seed ${seed}\n${text}`);
      ids.add(decisionId);
    }
    amendments.push(...wanted.filter(({ cause }) => cause !== undefined));
    for (let k = 0; k < Math.max(decided.length, wanted.length); k++) {
      const [have, want] = [decided[k], asWritten(wanted[k])];
      const differs = close(have, want);
      if (differs === null) continue;
      const where = `decision ${k} of rows to ${at} of seed ${seed}`;
      const shown = `${JSON.stringify(have)}\nis not\n${JSON.stringify(want)}`;
      differences.push(`${differs}\n${where}:\n${shown}\n${text}`);
      return;
    }
  };
  while (at < rows.length && differences.length === 0) {
    const part = rows.slice(at, at + random.pick([1, 1, 7, 40]));
    at += part.length;
    const wanted = part.flatMap((row) => decisionsOf(oracle.take(row)));
    check(engine.decide(part), wanted);
    if (random.chance(0.1)) {
      const until = Number(part.at(-1)?.['time']) + random.pick([0, 1000, 60_000, 7_200_000]);
      check(engine.advance(until), oracle.advance(until));
    }
  }
  if (differences.length === 0) check(engine.advance(null), oracle.advance(Infinity));
  return { difference: differences[0] ?? null, amendments };
}
