// What a plan's features cost in memory, for `holdfast check`; and whether their tables can be addressed.

import type { Plan } from '../domain/plan.ts';
import { SHARDS } from '../domain/shards.ts';
import { makeEntityLayout } from './make-layout.ts';
import type { EntityLayout } from './state-layout.ts';

export interface EntityStateSize {
  readonly entity: string;
  readonly features: number;
  /** Bytes of one entity's record and its place in the index. */
  readonly entityBytes: number;
  /** Bytes of each row kept in its windows. */
  readonly rowBytes: number;
  /** Rows older than this are given back, ms. */
  readonly retentionMs: number;
}

/** An index entry is 4.5 of 7 places of a cache line. */
const INDEX_BYTES = 15;
/** int32 words of a table: its addresses are int32. */
const TABLE_WORDS_MAX: number = 2 ** 31 - 2 ** 16;

/** One entry for each entity kind that some feature is of, in the plan's order. */
export function describeState(plan: Plan): EntityStateSize[] {
  return usedLayouts(plan).map(({ entity, features, layout }) => ({
    entity,
    features,
    entityBytes: layout.headerWords * 4 + INDEX_BYTES,
    rowBytes: layout.rowWords * 4,
    retentionMs: layout.retentionMs,
  }));
}

/**
 * Entity kinds whose records would not fit in one table, as sentences: of one worker, which has them all, so
 * that it does not hang on the number of workers whether a file can be run.
 */
export function stateProblems(plan: Plan): string[] {
  return usedLayouts(plan).flatMap(({ entity, features, layout: { headerWords } }) => {
    const entitiesMax = Math.floor(TABLE_WORDS_MAX / (headerWords * SHARDS));
    if (plan.limits.entities <= entitiesMax) return [];
    return [
      `The ${features} features of ${entity} take ${headerWords * 4} B an entity, and limits.entities allows ${plan.limits.entities} ` +
        `in each of ${SHARDS} shards: more than a table of 8 GiB has room for. ` +
        `Lower limits.entities to ${entitiesMax} at most, or use fewer features.`,
    ];
  });
}

interface UsedLayout {
  readonly entity: string;
  readonly features: number;
  readonly layout: EntityLayout;
}

/** Of the entity kinds that some feature is of, in the plan's order. */
function usedLayouts(plan: Plan): UsedLayout[] {
  return plan.entities.flatMap(({ name }, entity) => {
    const features = plan.features.filter((feature) => feature.entity === entity).length;
    if (features === 0) return [];
    const layout = makeEntityLayout(entity, plan.features, plan.time.latenessMs);
    return [{ entity: name, features, layout }];
  });
}
