// The plan: a rules file and everything beside it, checked, typed and deduplicated; what the
// engine compiles. Plain data without functions: it is sent to workers and stored by its hash.

import type { Expression, SourcePlace, ValueType } from './expression.ts';
import type { FieldSpec } from './fields.ts';
import type { Outcome } from './decision.ts';
import type { ReasonSpec } from './reasons.ts';

export type FeatureFunction =
  | 'count'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'distinct'
  | 'ratio'
  | 'last'
  | 'sinceLast'
  | 'age'
  | 'distanceKm'
  | 'speedKmh';

/** A fixed length, or from local midnight of the plan's timezone to the row's time, inclusive. */
export type FeatureWindow =
  { readonly kind: 'length'; readonly ms: number } | { readonly kind: 'day' | 'month' };

/** Equal features (same `key`) are one entry, whichever rules use them. */
export interface FeatureSpec {
  readonly entity: number;
  readonly fn: FeatureFunction;
  /** null for last, sinceLast, age, distanceKm, speedKmh */
  readonly window: FeatureWindow | null;
  readonly prior: boolean;
  /**
   * Which rows count: conditions over the counted row's own fields, lists and registers (no
   * features); null = all. ratio: the numerator.
   */
  readonly where: Expression | null;
  /** ratio only: the denominator's condition. */
  readonly whereOf: Expression | null;
  /** sum, avg, min, max: the value; distinct, last: the field. */
  readonly value: Expression | null;
  /** Only rows of the decided kinds count, unless `where` (or whereOf) names a kind itself. */
  readonly decidedOnly: boolean;
  /** sum, avg: every value is a whole number, so sums may subtract. */
  readonly isInteger: boolean;
  readonly type: ValueType;
  /** Canonical text that equal features share, `account.count(10m, ...)`. */
  readonly key: string;
}

export interface EntitySpec {
  readonly name: string;
  /** Field numbers of the key, in order. */
  readonly keyFields: readonly number[];
}

/** Column-wise, in file order. Missing cells: '' for strings is a value; numbers use NaN. */
export interface RegisterData {
  readonly name: string;
  readonly keyColumns: readonly string[];
  /** rows × key columns, as text */
  readonly keys: readonly (readonly string[])[];
  readonly columns: readonly RegisterColumn[];
}

export interface RegisterColumn {
  readonly name: string;
  readonly type: ValueType;
  /** type string or version; null = empty cell = missing */
  readonly texts: readonly (string | null)[] | null;
  /** all other types: NaN = missing; boolean 0 or 1 */
  readonly numbers: readonly number[] | null;
}

export interface ListData {
  readonly name: string;
  /** Distinct values in file order. */
  readonly values: readonly string[];
}

export type RuleMode = 'live' | 'shadow' | 'score';

export interface RulePlan {
  readonly id: string;
  readonly trigger: string | null;
  readonly description: string | null;
  readonly when: Expression;
  readonly mode: RuleMode;
  /** allow for score-mode rules */
  readonly outcome: Outcome;
  /** index into plan.reasons; -1 for score-mode rules */
  readonly reason: number;
  /** null = no score */
  readonly score: Expression | null;
  readonly at: SourcePlace;
}

export interface ExemptPlan {
  readonly id: string;
  readonly when: Expression;
  /** Outcomes that it takes away. */
  readonly from: readonly Outcome[];
  /** Rule indexes it applies to; null = all. */
  readonly rules: readonly number[] | null;
}

/** One unit of `currency` is `rateDigits` / 10^rateScale units of the plan's currency. */
export interface RateData {
  readonly currency: string;
  readonly rateDigits: number;
  readonly rateScale: number;
}

export interface PlanLimits {
  /** Per entity; per shard: entities of a kind. */
  readonly rowsPerEntity: number;
  readonly entities: number;
  readonly pending: number;
}

export interface FileTest {
  readonly name: string;
  readonly at: SourcePlace;
  /** Transactions after `repeat` is expanded; keys in the contract's units (money in minor). */
  readonly given: readonly Readonly<Record<string, unknown>>[];
  readonly expect: readonly FileTestExpectation[];
}

export interface FileTestExpectation {
  /** Index into given, already resolved from the end where it was negative. */
  readonly at: number;
  readonly outcome: Outcome | null;
  /** Exact set of live rules that fired; null = not checked. */
  readonly rules: readonly string[] | null;
  readonly place: SourcePlace;
}

export interface Plan {
  readonly ruleset: string;
  readonly version: string | null;
  readonly description: string | null;
  /** SHA-256 over rules, includes, lists, registers, rates; 32 hex digits. */
  readonly hash: string;
  /** ISO 4217, null where the file uses no money. */
  readonly currency: string | null;
  readonly rates: readonly RateData[];
  readonly timezone: string;
  /** Declared in the file, besides the contract's. */
  readonly extraFields: readonly FieldSpec[];
  /** Names of the fields that expressions and entity keys read. */
  readonly fieldsRead: readonly string[];
  /** Only entities that some feature uses. */
  readonly entities: readonly EntitySpec[];
  readonly features: readonly FeatureSpec[];
  readonly lists: readonly ListData[];
  readonly registers: readonly RegisterData[];
  readonly reasons: readonly ReasonSpec[];
  readonly rules: readonly RulePlan[];
  readonly exempt: readonly ExemptPlan[];
  /** Sum of scores at or over it; null = no such threshold. */
  readonly score: { readonly hold: number | null; readonly reverse: number | null };
  readonly invalid: { readonly outcome: Outcome };
  readonly time: {
    readonly latenessMs: number;
    readonly aheadMaxMs: number;
    readonly scanMax: number;
  };
  readonly keepMs: number;
  readonly limits: PlanLimits;
  readonly repeats: { readonly forMs: number; readonly ids: number };
  readonly tests: readonly FileTest[];
}
