// From the features of one entity kind to the layout of its state (state-layout.ts).
//
// The builder hands out the words; here they are put in order: cursors in the header's first line, a
// row's ints behind its doubles, sizes rounded where that saves a cache line. Runs once a plan.

import type { FeatureSpec, FeatureWindow } from '../domain/plan.ts';
import { LayoutBuilder } from './layout-builder.ts';
import type { EntityLayout } from './state-layout.ts';

const LINE_WORDS = 16;
const DAY_MS = 86_400_000;

/** Longest reach of a window back from a row's time, ms. */
export function reachMs(window: FeatureWindow): number {
  if (window.kind === 'length') return window.ms;
  // A local day may have 25 hours, a month 31 of them.
  return window.kind === 'day' ? 26 * 3_600_000 : 32 * DAY_MS;
}

/**
 * Whole cache lines where that costs at most a seventh more, else an even number of words: a header
 * that begins on a line touches one line less.
 */
function alignedWords(words: number): number {
  const lines = Math.ceil(words / LINE_WORDS) * LINE_WORDS;
  return lines <= words * 1.15 ? lines : words + (words & 1);
}

/** Layout of entity number `entity`, from all features of a plan. */
export function makeEntityLayout(
  entity: number,
  features: readonly FeatureSpec[],
  latenessMs: number,
): EntityLayout {
  const own = features.flatMap((spec, feature) =>
    spec.entity === entity ? [{ spec, feature }] : [],
  );
  const takesInforming = own.some(({ spec }) => !spec.decidedOnly);
  const builder = new LayoutBuilder(takesInforming);
  const has = (fn: string): boolean => own.some(({ spec }) => spec.fn === fn);
  const needsOrder = has('sinceLast') || has('age') || has('last');
  const rowDecidedBit = takesInforming && needsOrder ? builder.bit() : 0;
  // Cursors first: they stand in the header's first line, which the look-up has touched already.
  for (const { spec } of own) if (spec.window !== null) builder.window(spec.window);
  const firstTime = has('age') ? builder.header.double() : -1;
  const lastDecided = takesInforming && needsOrder ? builder.header.double() : -1;
  const droppedDecided = needsOrder ? builder.header.double() : -1;
  const recipes = own.map(({ spec, feature }) => ({
    feature,
    prior: spec.prior,
    recipe: builder.recipe(spec),
  }));
  const reach = Math.max(0, ...builder.windows.map(({ window }) => reachMs(window)));
  // Ints behind the doubles: none of them leaves a hole before a double.
  const behind = builder.row.words;
  const evenUp = (words: number): number => words + (words & 1);
  return {
    entity,
    takesInforming,
    headerWords: alignedWords(builder.header.words),
    rowWords: evenUp(behind + builder.rowInts.words),
    windows: builder.windows,
    counts: builder.counts.map((term) => ({ ...term, prefix: behind + term.prefix })),
    sums: builder.sums,
    raws: builder.raws,
    folds: builder.folds,
    distincts: builder.distincts.map((term) => ({ ...term, hash: behind + term.hash })),
    lasts: builder.lasts,
    places: builder.places,
    rowFlags: builder.rowFlags < 0 ? -1 : behind + builder.rowFlags,
    rowLat: builder.rowLat < 0 ? -1 : behind + builder.rowLat,
    rowDecidedBit,
    firstTime,
    lastDecided,
    droppedDecided,
    features: recipes,
    retentionMs: reach + latenessMs,
  };
}
