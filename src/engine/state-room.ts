// What a worker's state is made for: whose rows, and how many of each.

import type { Plan } from '../domain/plan.ts';
import { SHARDS } from '../domain/shards.ts';

/** Of entities, and of payments, in a warm-up's state. */
const WARMING_PER_SHARD = 1024;

/** Shards that are owned, and how many of each kind fit in one of them; ids, in all. */
export interface StateRoom {
  readonly shards: readonly number[];
  readonly entities: number;
  readonly ids: number;
  readonly payments: number;
}

export interface RoomOptions {
  readonly plan: Plan;
  /** The worker's number and how many there are: it owns shards s with s % workers === index. */
  readonly index: number;
  readonly workers: number;
  /** Payments kept a shard, if fewer than the plan's limit. */
  readonly paymentsMax?: number;
}

/** Room for the rows of the worker's own shards, up to the plan's limits. */
export function ownRoom({ plan, index, workers, paymentsMax = Infinity }: RoomOptions): StateRoom {
  return {
    shards: ownedShards(index, workers),
    entities: plan.limits.entities,
    ids: plan.repeats.ids,
    payments: Math.min(plan.limits.pending, paymentsMax),
  };
}

/**
 * A warm-up takes rows of all shards, whoever owns them, and few: memory that was reserved and freed is
 * zeroed, and so touched, when it is reserved again.
 */
export function warmingRoom(plan: Plan): StateRoom {
  return {
    shards: ownedShards(0, 1),
    entities: Math.min(plan.limits.entities, WARMING_PER_SHARD),
    ids: Math.min(plan.repeats.ids, WARMING_PER_SHARD * SHARDS),
    payments: Math.min(plan.limits.pending, WARMING_PER_SHARD),
  };
}

/** A worker that owns none has room for one all the same: no table is of nothing. */
function ownedShards(index: number, workers: number): number[] {
  if (index >= SHARDS) return [index % SHARDS];
  return Array.from({ length: SHARDS }, (_, shard) => shard).filter(
    (shard) => shard % workers === index,
  );
}
