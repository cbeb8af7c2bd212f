// Where a row's own terms stand among the doubles that the generated `contribute` writes, for the
// late rows that read them there. The order is contributeSource's: change both or none.

import type { EntityLayout } from './state-layout.ts';

/** Where each kind of term starts among the doubles that the generated `contribute` writes. */
export interface TermOffsets {
  readonly counts: number;
  readonly sums: number;
  readonly raws: number;
  readonly distincts: number;
  readonly lasts: number;
  readonly places: number;
  readonly position: number;
  readonly length: number;
}

/** Order: scratch, decided, counts, sums, raws, distincts (2 each), lasts, places, lat, lon. */
export function makeTermOffsets(layout: EntityLayout): TermOffsets {
  const counts = 2;
  const sums = counts + layout.counts.length;
  const raws = sums + layout.sums.length;
  const distincts = raws + layout.raws.length;
  const lasts = distincts + layout.distincts.length * 2;
  const places = lasts + layout.lasts.reduce((sum, term) => sum + term.doubles, 0);
  const position = places + layout.places.length;
  return { counts, sums, raws, distincts, lasts, places, position, length: position + 2 };
}
