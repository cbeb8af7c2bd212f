// The layout of one entity kind's state: what stands at which word of a header and of a row.
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
//
// Types and constants only: make-layout.ts makes a layout, from the features of a plan.

import type { Expression } from '../domain/expression.ts';
import type { FeatureWindow } from '../domain/plan.ts';

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
  flags: 9, // HEADER_FLAG, and from bit 1 on when the newest row was that was given up (givenUpMs)
} as const;
export const HEADER_FIXED_WORDS = 10;
export const HEADER_FLAG = { indexed: 1 } as const;

/** A ring of more rows than this is made of pages of this many rows. */
export const PAGE_ROWS = 256;

/** A latitude word of this value: the row is not located. */
export const PLACE_NONE = -2147483648;

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
