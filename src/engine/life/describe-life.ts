// What the life pass keeps of each payment of a plan, in bytes: for `holdfast check`.

import { DEFAULT_HASH_KEY } from '../../base/hash.ts';
import { makeFeatureLayout } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { LIFE_WORDS } from '../../state/lives.ts';
import { TextArena } from '../../state/text-arena.ts';
import { rowLayoutOf } from '../worker-program.ts';
import { KeptValues } from './kept-values.ts';
import { lifeModeOf } from './life-needs.ts';
import type { LifeMode } from './life-needs.ts';

export interface LifeDescription {
  readonly mode: LifeMode;
  /** Of a payment: its record, its place among the timers where it has one not included. */
  readonly recordBytes: number;
  /** At most: lengths, numbers and features that life rules read of it; texts come on top, as long as they are. */
  readonly keptBytes: number;
  /** Different timers that rules make; a payment has at most one at a time. */
  readonly timers: number;
}

const ARENA_BYTES = 4096;

export function describeLife(plan: Plan): LifeDescription {
  const layout = rowLayoutOf(plan);
  const features = makeFeatureLayout(plan.features, plan.entities.length, 1, false);
  const pool = new ConstantPool(plan, DEFAULT_HASH_KEY);
  const kept = new KeptValues(plan, layout, features, pool, new TextArena(ARENA_BYTES), []);
  return {
    mode: lifeModeOf(plan),
    recordBytes: LIFE_WORDS * 4,
    keptBytes: kept.bytesMax,
    timers: plan.life.timers.length,
  };
}
