// What a plan's features cost in memory, for `holdfast check`.

import type { Plan } from '../domain/plan.ts';
import { makeEntityLayout } from './make-layout.ts';

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

/** One entry for each entity kind that some feature is of, in the plan's order. */
export function describeState(plan: Plan): EntityStateSize[] {
  return plan.entities.flatMap(({ name }, entity) => {
    const features = plan.features.filter((feature) => feature.entity === entity).length;
    if (features === 0) return [];
    const layout = makeEntityLayout(entity, plan.features, plan.time.latenessMs);
    return [
      {
        entity: name,
        features,
        entityBytes: layout.headerWords * 4 + INDEX_BYTES,
        rowBytes: layout.rowWords * 4,
        retentionMs: layout.retentionMs,
      },
    ];
  });
}
