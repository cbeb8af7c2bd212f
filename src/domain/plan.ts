// The plan: a rules file and everything beside it, checked, typed and deduplicated; what the
// engine compiles. Plain data without functions: it is sent to workers and stored by its hash.

import type { Expression, SourcePlace, ValueType } from './expression.ts';
import type { FieldSpec } from './fields.ts';
import { TRANSACTION_FIELDS } from './fields.ts';
import type { Outcome } from './decision.ts';
import type { HoldPlan, RailPlan } from './rails.ts';
import type { ReasonSpec } from './reasons.ts';
import type { TextColumn } from './text-column.ts';

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

/** Column-wise, in file order. */
export interface RegisterData {
  readonly name: string;
  readonly rowCount: number;
  readonly keyColumns: readonly string[];
  /**
   * The texts of each key column, none missing: '' where a cell is empty. The same object as the
   * column's `texts` where those hold the same.
   */
  readonly keys: readonly TextColumn[];
  readonly columns: readonly RegisterColumn[];
}

export interface RegisterColumn {
  readonly name: string;
  readonly type: ValueType;
  /** Of type string or version; an empty cell is missing. */
  readonly texts: TextColumn | null;
  /** Of all other types, by row: NaN = missing; boolean 0 or 1. */
  readonly numbers: Float64Array | null;
}

export interface ListData {
  readonly name: string;
  /** Distinct values in file order. */
  readonly values: TextColumn;
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
  /**
   * Reads payment.* or of.*: evaluated again at each event of the payment's life. Row rules are
   * evaluated once.
   */
  readonly isLife: boolean;
  /** How the hold that this rule decides expires; null = as the file's. */
  readonly hold: HoldPlan | null;
  readonly at: SourcePlace;
}

/** When a payment's life rules have to be evaluated though nothing happens. */
export type TimerPlan =
  /** when a clock (payment.age, payment.pendingFor) reaches a threshold, or passes it by 1 ms */
  | {
      readonly kind: 'clock';
      /** field number of the clock */
      readonly field: number;
      readonly threshold: Expression;
      readonly isStrict: boolean;
    }
  /** when the maintenance window that a scope is in ends */
  | { readonly kind: 'maintenance'; readonly register: number; readonly scope: Expression };

export interface DeadlinePlan {
  readonly budgetMs: number;
  readonly fallback: Outcome;
  /** evaluate: a backlog found at the start is decided without a deadline, flagged OVERDUE. */
  readonly catchUp: 'evaluate' | 'fallback';
}

/** What a plan says of the life of payments. */
export interface LifePlan {
  /**
   * The names under payment., of. and event. that the file uses, as fields: they follow the
   * contract's fields and the extra ones (see planFields).
   */
  readonly fields: readonly FieldSpec[];
  readonly timers: readonly TimerPlan[];
  /** Of rules that say nothing of their own. */
  readonly hold: HoldPlan;
  readonly rails: readonly RailPlan[];
  /** Index of the rail of payments that name none; -1 = none. */
  readonly rail: number;
  readonly deadline: DeadlinePlan | null;
  /** How long after its last event a payment is kept. */
  readonly keepMs: number;
  /** How long a row whose `of` is not there yet waits for it. */
  readonly waitMs: number;
}

const HOUR_MS = 3_600_000;

/** The life of a file that says nothing of it. */
export const DEFAULT_LIFE: LifePlan = {
  fields: [],
  timers: [],
  hold: { forMs: 72 * HOUR_MS, onExpiry: 'reverse' },
  rails: [],
  rail: -1,
  deadline: null,
  keepMs: 30 * 24 * HOUR_MS,
  waitMs: HOUR_MS / 6,
};

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
  /**
   * The decision on row `at` as it stands after row `after` of given and all that it caused;
   * given.length = after all time has passed. null = as first decided.
   */
  readonly after: number | null;
  readonly outcome: Outcome | null;
  /** Exact set of live rules that fired; null = not checked. */
  readonly rules: readonly string[] | null;
  readonly place: SourcePlace;
}

export interface Plan {
  readonly ruleset: string;
  readonly version: string | null;
  readonly description: string | null;
  /** SHA-256 over rules, includes, lists, registers, rates, rails; 32 hex digits. */
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
  readonly life: LifePlan;
  readonly limits: PlanLimits;
  readonly repeats: { readonly forMs: number; readonly ids: number };
  readonly tests: readonly FileTest[];
}

/** All fields by number: the contract's, the file's extra ones, those of a payment's life. */
export function planFields(plan: Pick<Plan, 'extraFields' | 'life'>): readonly FieldSpec[] {
  return [...TRANSACTION_FIELDS, ...plan.extraFields, ...plan.life.fields];
}
