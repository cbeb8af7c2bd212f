// Writes the features' values of one row in the in-order update: from the totals, the rows at the
// windows' cursors and the locals that the stores before left (K, S, was, now, e: see
// store-source.ts). Absent is NaN. O(1) a feature.

import { assert } from '../base/assert.ts';
import type { UpdateSourceOptions } from './source-parts.ts';
import { FOLD_START, previousTime } from './source-parts.ts';
import type { CountTerm, EntityLayout, FoldTerm, LastTerm } from './state-layout.ts';

function featureText(
  options: UpdateSourceOptions,
  entry: EntityLayout['features'][number],
): { text: string; before: string[] } {
  const { layout, keepMs } = options;
  const { recipe, prior } = entry;
  const countOf = (term: number, window: number): string => {
    const { total, prefix } = layout.counts[term] as CountTerm;
    const own = prior ? ` - k${term}` : '';
    return `((H[h + ${total}]${own} - R[a${window} + ${prefix}]) | 0)`;
  };
  const sumOf = (term: number, window: number): string => {
    const { prefix } = layout.sums[term] as EntityLayout['sums'][number];
    return `(S${term}${prior ? '' : ` + own${term}`} - RD[(a${window} + ${prefix}) >> 1])`;
  };
  const foldOf = (fold: number): string => `${prior ? 'was' : 'now'}${fold}`;
  switch (recipe.kind) {
    case 'count':
      return { text: countOf(recipe.term, recipe.window), before: [] };
    case 'sum':
      return { text: sumOf(recipe.term, recipe.window), before: [] };
    case 'avg':
    case 'foldAvg': {
      const count = countOf(recipe.count, recipe.window);
      const sum = recipe.kind === 'avg' ? sumOf(recipe.sum, recipe.window) : foldOf(recipe.fold);
      return { text: `(q === 0 ? NaN : ${sum} / q)`, before: [`const q = ${count};`] };
    }
    case 'fold': {
      const { fn } = layout.folds[recipe.fold] as FoldTerm;
      const value = foldOf(recipe.fold);
      if (fn === 'sum') return { text: value, before: [] };
      return { text: `(${value} === ${FOLD_START[fn]} ? NaN : ${value})`, before: [] };
    }
    case 'ratio':
      return {
        text: '(q === 0 ? (p === 0 ? 0 : NaN) : p / q)',
        before: [
          `const p = ${countOf(recipe.term, recipe.window)};`,
          `const q = ${countOf(recipe.of, recipe.window)};`,
        ],
      };
    case 'distinct': {
      const count = layout.distincts[recipe.term]?.counts[recipe.slot]?.count;
      assert(count !== undefined, 'a distinct has a count for each window that reads it');
      const own = prior ? ` - e${recipe.term}_${recipe.slot}` : '';
      return { text: `H[h + ${count}]${own}`, before: [] };
    }
    case 'last': {
      const term = layout.lasts[recipe.term] as LastTerm;
      const time = `HD[hd + ${term.newest / 2 + term.doubles}]`;
      return { text: `(t - ${time} <= ${keepMs} ? HD[hd + ${term.newest / 2}] : NaN)`, before: [] };
    }
    case 'sinceLast':
    case 'age': {
      const since = `t - HD[hd + ${previousTime(layout) / 2}]`;
      const value = recipe.kind === 'age' ? `t - HD[hd + ${layout.firstTime / 2}]` : 'q';
      return { text: `(q <= ${keepMs} ? ${value} : NaN)`, before: [`const q = ${since};`] };
    }
    case 'distanceKm':
    case 'speedKmh':
      return {
        text: `${recipe.kind === 'distanceKm' ? 'km' : 'kmh'}${recipe.term}`,
        before: [],
      };
  }
}

/** Distance and speed from the newest place, once a place term. */
export function placeValues(options: UpdateSourceOptions): string[] {
  const { layout, keepMs } = options;
  return layout.places.flatMap((term, i) => [
    `let km${i} = NaN, kmh${i} = NaN;`,
    `{ const since = t - HD[hd + ${term.newest / 2}];`,
    `if (located && since <= ${keepMs}) {`,
    `  const wasLat = H[h + ${term.newest + 2}], wasLon = H[h + ${term.newest + 3}];`,
    `  if (wasLat === lat && wasLon === lon) { km${i} = 0; kmh${i} = 0; }`,
    `  else { km${i} = haversineKm(wasLat / 1e7, wasLon / 1e7, latDegrees, lonDegrees); kmh${i} = km${i} / (since / 3600000); }`,
    '} }',
  ]);
}

export function writeFeatures(options: UpdateSourceOptions): string[] {
  return options.layout.features.flatMap((entry) => {
    const { text, before } = featureText(options, entry);
    const base = options.features.base[entry.feature] as number;
    const stride = options.features.stride[entry.feature] as number;
    const { recipe } = entry;
    const lines = [`{ const f = ${base} + row * ${stride};`, ...before, `F[f] = ${text};`];
    if (recipe.kind === 'last') {
      const term = options.layout.lasts[recipe.term] as LastTerm;
      for (let k = 1; k < term.doubles; k++) {
        lines.push(
          `FI[f * 2 + ${k * 2}] = H[h + ${term.newest + k * 2}]; FI[f * 2 + ${k * 2 + 1}] = H[h + ${term.newest + k * 2 + 1}];`,
        );
      }
    }
    return [...lines, '}'];
  });
}
