// An alert: a rate that jumped against its own recent past, or is back. One NDJSON line each; what the
// figures mean and how a jump is told from chance is written down in docs/alerts.md. Its JSON Schema is
// docs/schemas/alert.schema.json.

/** Shares of rows, in the order of the counts that the engine keeps; rules have `fired` only. */
export const WATCHED_MEASURES = ['hold', 'reverse', 'refund'] as const;
export type WatchedMeasure = (typeof WATCHED_MEASURES)[number] | 'fired';

export type AlertScope = 'stream' | 'rule' | 'merchant';

export interface Alert {
  readonly alert: 'rate-jump';
  readonly state: 'begun' | 'ended';
  readonly scope: AlertScope;
  /** The rule, or the merchant as it came. */
  readonly id?: string;
  readonly measure: WatchedMeasure;
  /** Share of the rows now, and in the past before. */
  readonly rate: number;
  readonly usualRate: number;
  readonly ratio: number;
  /** Rows, those counted among them and those expected; all weighted by age. */
  readonly rows: number;
  readonly counted: number;
  readonly expected: number;
  /** Likelihood ratio statistic of the two rates; of a beginning only. */
  readonly score?: number;
  /** Mean ages of what is now and what is past, ms. */
  readonly nowMs: number;
  readonly pastMs: number;
  /** Stream time at which it was noticed. */
  readonly eventTime: number;
  /** Row at which it was noticed. */
  readonly transactionId: string;
  /** eventTime of the beginning; of an end only. */
  readonly since?: number;
  readonly rulesHash: string;
  readonly rulesVersion?: string;
}

/** How rates are watched. Every figure is in docs/alerts.md. */
export interface WatchSettings {
  readonly nowMs: number;
  readonly pastMs: number;
  readonly merchantNowMs: number;
  readonly merchantPastMs: number;
  /** A jump is at least so many times the usual rate... */
  readonly ratioMin: number;
  /** ...with so many rows counted now... */
  readonly countedMin: number;
  /** ...and this likelihood ratio; */
  readonly scoreMin: number;
  /** over at least so many rows in the past, which began so many times `nowMs` ago. */
  readonly pastRowsMin: number;
  readonly pastSpansMin: number;
  /** It ends below so many times the usual rate. */
  readonly endRatio: number;
  readonly merchantsMax: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export const DEFAULT_WATCH: WatchSettings = {
  nowMs: 5 * MINUTE_MS,
  pastMs: 24 * HOUR_MS,
  merchantNowMs: HOUR_MS,
  merchantPastMs: 7 * 24 * HOUR_MS,
  ratioMin: 2,
  countedMin: 10,
  scoreMin: 20,
  pastRowsMin: 100,
  pastSpansMin: 12,
  endRatio: 1.3,
  merchantsMax: 65_536,
};
