// From the features of one entity kind to the layout of its state.
//
// One record an entity (the header) and one small record a row, in a ring in time order:
//
//   header  | key | last time | ring | cursors | totals | newest values |
//   ring    | row | row | row | row |          row = | time | prefixes | raw values | flags |
//                  ^cursor of 10m        ^end
//
// Every count and integer sum is a *prefix*: a row keeps the total before it, the header the total
// after the newest. A window's value is total - prefix at the window's cursor, so any number of
// windows share one prefix, a late row costs O(rows newer than it), and an old instant O(log rows).
// Minimum, maximum and sums of non-integers may not subtract: they are two-stack folds (see folds.ts).
// Distinct counts keep one count a window; a row knows whether its value comes again later.

import type { Expression } from '../domain/expression.ts';
import type { FeatureSpec, FeatureWindow } from '../domain/plan.ts';
import { STRING_FEATURE_DOUBLES } from '../domain/feature-layout.ts';

/** Words (int32) of the fixed part of a header. Doubles are at even words. */
export const HEADER = {
  keyLo: 0,
  keyHi: 1,
  lastTime: 2, // f64, greatest time entered; -Infinity before the first row
  base: 4, // word offset of the ring's block, or of its page directory when capacity > PAGE_ROWS
  capacity: 5, // rows, a power of two, 0 = no ring yet
  start: 6, // sequence number of the oldest row kept
  end: 7, // one past the newest
  limit: 8, // sequence number that needs room to be made first
  flags: 9,
} as const;
export const HEADER_FIXED_WORDS = 10;
export const HEADER_FLAG = { indexed: 1, truncated: 2 } as const;

/** A ring of more rows than this is made of pages of this many rows. */
export const PAGE_ROWS = 256;

/** A condition or value, with a canonical key so that equal ones are one. */
export interface CountTerm {
  readonly where: Expression | null;
  readonly decidedOnly: boolean;
  /** Counted only where this value is present (an average's denominator). */
  readonly present: Expression | null;
  /** Header word of the total, row word of the prefix. */
  readonly total: number;
  readonly prefix: number;
}
export interface SumTerm {
  readonly where: Expression | null;
  readonly decidedOnly: boolean;
  readonly value: Expression;
  readonly total: number; // even word: f64
  readonly prefix: number; // even word: f64
}
export interface RawTerm {
  readonly where: Expression | null;
  readonly decidedOnly: boolean;
  readonly value: Expression;
  readonly raw: number; // even row word: f64, NaN = does not count
}
export interface FoldTerm {
  readonly fn: 'min' | 'max' | 'sum';
  readonly rawTerm: number;
  readonly window: number;
  readonly suffix: number; // even row word: f64 fold of this row to the boundary
  readonly back: number; // even header word: f64 fold from the boundary to the end
  readonly boundary: number; // header word: sequence number
}
export interface DistinctTerm {
  readonly where: Expression | null;
  readonly decidedOnly: boolean;
  readonly value: Expression;
  readonly hash: number; // row word of low half; high half follows
  readonly presentBit: number;
  readonly againBit: number;
  /** A count for each window that needs one. */
  readonly counts: readonly { readonly window: number; readonly count: number }[];
}
export interface LastTerm {
  readonly value: Expression;
  readonly isString: boolean;
  readonly doubles: number; // 1 or STRING_FEATURE_DOUBLES
  readonly raw: number; // even row word
  readonly newest: number; // even header word: value, then its time
  readonly dropped: number; // even header word: the same, of the newest row no longer in the ring
}
export interface PlaceTerm {
  readonly where: Expression | null;
  readonly decidedOnly: boolean;
  /** Row flag: located and met `where`; 0 = the latitude word itself says so. */
  readonly bit: number;
  readonly newest: number; // even header word: time f64, lat i32, lon i32
  readonly dropped: number;
}
export interface WindowTerm {
  readonly window: FeatureWindow;
  readonly cursor: number; // header word
}

/** How one feature is computed from the terms. */
export type FeatureRecipe =
  | { readonly kind: 'count'; readonly term: number; readonly window: number }
  | { readonly kind: 'sum'; readonly term: number; readonly window: number }
  | { readonly kind: 'avg'; readonly sum: number; readonly count: number; readonly window: number }
  | { readonly kind: 'fold'; readonly fold: number }
  | {
      readonly kind: 'foldAvg';
      readonly fold: number;
      readonly count: number;
      readonly window: number;
    }
  | { readonly kind: 'ratio'; readonly term: number; readonly of: number; readonly window: number }
  | { readonly kind: 'distinct'; readonly term: number; readonly slot: number }
  | { readonly kind: 'last'; readonly term: number }
  | { readonly kind: 'sinceLast' }
  | { readonly kind: 'age' }
  | { readonly kind: 'distanceKm'; readonly term: number }
  | { readonly kind: 'speedKmh'; readonly term: number };

export interface EntityLayout {
  readonly entity: number;
  /** True when rows of informing kinds enter too (some feature names a kind). */
  readonly takesInforming: boolean;
  readonly headerWords: number;
  readonly rowWords: number;
  readonly windows: readonly WindowTerm[];
  readonly counts: readonly CountTerm[];
  readonly sums: readonly SumTerm[];
  readonly raws: readonly RawTerm[];
  readonly folds: readonly FoldTerm[];
  readonly distincts: readonly DistinctTerm[];
  readonly lasts: readonly LastTerm[];
  readonly places: readonly PlaceTerm[];
  /** Row words, -1 when not kept. lat, lon: int32 in 1e-7 degrees; lat PLACE_NONE = not located. */
  readonly rowFlags: number;
  readonly rowLat: number;
  readonly rowDecidedBit: number;
  /** Even header words, -1 when not kept. */
  readonly firstTime: number;
  readonly lastDecided: number;
  /** Even header word: time of the newest decided row no longer in the ring; -1 when not kept. */
  readonly droppedDecided: number;
  /** With the feature's number in the plan. */
  readonly features: readonly {
    readonly feature: number;
    readonly prior: boolean;
    readonly recipe: FeatureRecipe;
  }[];
  /** Rows older than the newest by more than this are not needed any more. */
  readonly retentionMs: number;
}

export const PLACE_NONE = -2147483648;
const LINE_WORDS = 16;
const DAY_MS = 86_400_000;

/** Longest reach of a window back from a row's time, ms. */
export function reachMs(window: FeatureWindow): number {
  if (window.kind === 'length') return window.ms;
  // A local day may have 25 hours, a month 31 of them.
  return window.kind === 'day' ? 26 * 3_600_000 : 32 * DAY_MS;
}

function keyOf(parts: readonly unknown[]): string {
  return JSON.stringify(parts, (name, value: unknown) =>
    name === 'text' || name === 'at' ? undefined : value,
  );
}

/** Hands out word offsets, doubles at even ones. */
class Allocator {
  words: number;
  constructor(words: number) {
    this.words = words;
  }
  int(count = 1): number {
    const at = this.words;
    this.words += count;
    return at;
  }
  double(count = 1): number {
    this.words += this.words & 1;
    return this.int(count * 2);
  }
}

class Builder {
  readonly header = new Allocator(HEADER_FIXED_WORDS);
  /** A row's doubles, from after its time; its ints stand behind them (see rowLayout). */
  readonly row = new Allocator(2);
  readonly rowInts = new Allocator(0);
  readonly windows: WindowTerm[] = [];
  readonly counts: CountTerm[] = [];
  readonly sums: SumTerm[] = [];
  readonly raws: RawTerm[] = [];
  readonly folds: FoldTerm[] = [];
  readonly distincts: (DistinctTerm & { counts: { window: number; count: number }[] })[] = [];
  readonly lasts: LastTerm[] = [];
  readonly places: PlaceTerm[] = [];
  rowFlags = -1;
  rowLat = -1;
  #nextBit = 1;
  readonly #known = new Map<string, number>();
  readonly takesInforming: boolean;

  constructor(takesInforming: boolean) {
    this.takesInforming = takesInforming;
  }

  /** Index of the term with this key, made by `make` when it is new. */
  #term<T>(list: T[], key: readonly unknown[], make: () => T): number {
    const text = keyOf(key);
    let index = this.#known.get(text);
    if (index === undefined) {
      index = list.length;
      this.#known.set(text, index);
      list.push(make());
    }
    return index;
  }

  bit(): number {
    if (this.rowFlags < 0) this.rowFlags = this.rowInts.int();
    const bit = this.#nextBit;
    this.#nextBit *= 2;
    return bit;
  }

  window(window: FeatureWindow): number {
    return this.#term(this.windows, ['window', window], () => ({
      window,
      cursor: this.header.int(),
    }));
  }

  count(spec: FeatureSpec, where: Expression | null, present: Expression | null): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    return this.#term(this.counts, ['count', where, decidedOnly, present], () => ({
      where,
      decidedOnly,
      present,
      total: this.header.int(),
      prefix: this.rowInts.int(),
    }));
  }

  sum(spec: FeatureSpec, value: Expression): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    return this.#term(this.sums, ['sum', spec.where, decidedOnly, value], () => ({
      where: spec.where,
      decidedOnly,
      value,
      total: this.header.double(),
      prefix: this.row.double(),
    }));
  }

  fold(spec: FeatureSpec, fn: 'min' | 'max' | 'sum', value: Expression, window: number): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    const rawTerm = this.#term(this.raws, ['raw', spec.where, decidedOnly, value], () => ({
      where: spec.where,
      decidedOnly,
      value,
      raw: this.row.double(),
    }));
    return this.#term(this.folds, ['fold', fn, rawTerm, window], () => ({
      fn,
      rawTerm,
      window,
      suffix: this.row.double(),
      back: this.header.double(),
      boundary: this.header.int(),
    }));
  }

  distinct(spec: FeatureSpec, value: Expression, window: number): { term: number; slot: number } {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    const term = this.#term(this.distincts, ['distinct', spec.where, decidedOnly, value], () => ({
      where: spec.where,
      decidedOnly,
      value,
      hash: this.rowInts.int(2),
      presentBit: this.bit(),
      againBit: this.bit(),
      counts: [],
    }));
    const counts = this.distincts[term]?.counts ?? [];
    let slot = counts.findIndex((entry) => entry.window === window);
    if (slot < 0) {
      slot = counts.length;
      counts.push({ window, count: this.header.int() });
    }
    return { term, slot };
  }

  last(spec: FeatureSpec, value: Expression): number {
    const isString = spec.type === 'string' || spec.type === 'version';
    const doubles = isString ? STRING_FEATURE_DOUBLES : 1;
    return this.#term(this.lasts, ['last', value], () => ({
      value,
      isString,
      doubles,
      raw: this.row.double(doubles),
      newest: this.header.double(doubles + 1),
      dropped: this.header.double(doubles + 1),
    }));
  }

  place(spec: FeatureSpec): number {
    const decidedOnly = spec.decidedOnly && this.takesInforming;
    return this.#term(this.places, ['place', spec.where, decidedOnly], () => {
      if (this.rowLat < 0) this.rowLat = this.rowInts.int(2);
      return {
        where: spec.where,
        decidedOnly,
        bit: spec.where !== null || decidedOnly ? this.bit() : 0,
        newest: this.header.double(2),
        dropped: this.header.double(2),
      };
    });
  }

  recipe(spec: FeatureSpec): FeatureRecipe {
    const value = spec.value as Expression;
    const window = spec.window === null ? -1 : this.window(spec.window);
    switch (spec.fn) {
      case 'count':
        return { kind: 'count', term: this.count(spec, spec.where, null), window };
      case 'sum':
        if (spec.isInteger) return { kind: 'sum', term: this.sum(spec, value), window };
        return { kind: 'fold', fold: this.fold(spec, 'sum', value, window) };
      case 'avg': {
        const count = this.count(spec, spec.where, value);
        if (spec.isInteger) return { kind: 'avg', sum: this.sum(spec, value), count, window };
        return { kind: 'foldAvg', fold: this.fold(spec, 'sum', value, window), count, window };
      }
      case 'min':
      case 'max':
        return { kind: 'fold', fold: this.fold(spec, spec.fn, value, window) };
      case 'ratio': {
        const term = this.count(spec, spec.where, null);
        return { kind: 'ratio', term, of: this.count(spec, spec.whereOf, null), window };
      }
      case 'distinct':
        return { kind: 'distinct', ...this.distinct(spec, value, window) };
      case 'last':
        return { kind: 'last', term: this.last(spec, value) };
      case 'distanceKm':
      case 'speedKmh':
        return { kind: spec.fn, term: this.place(spec) };
      case 'sinceLast':
      case 'age':
        return { kind: spec.fn };
    }
  }
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
  const builder = new Builder(takesInforming);
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
