// Rails: the ways by which money goes back, each open for a time after the payment. A reversal undoes
// a payment whose outcome is unknown, a void one that is known to have succeeded, whole and before it
// is cleared, a refund gives back later and may be partial. The windows are data, a file a rail
// (fixtures/rails); docs/rails.md has the form.

export const METHODS = ['REVERSAL', 'VOID', 'REFUND'] as const;
export type Method = (typeof METHODS)[number];

/** What a hold becomes when it expires; `refund` is a reverse with the method REFUND. */
export const ON_EXPIRY = ['allow', 'reverse', 'refund'] as const;
export type OnExpiry = (typeof ON_EXPIRY)[number];

export interface HoldPlan {
  readonly forMs: number;
  readonly onExpiry: OnExpiry;
}

/** Until when a method is open, from the payment's time. */
export type RailEnd =
  /** no end */
  | { readonly kind: 'never' }
  /** so many ms after the payment */
  | { readonly kind: 'length'; readonly ms: number }
  /** the same local date and time of day so many calendar months later (the month's last day where it has no such day) */
  | { readonly kind: 'months'; readonly months: number }
  /**
   * a local time of day, `days` days after the clearing day. A payment at or after `minuteOfDay`
   * is cleared with the next day.
   */
  | { readonly kind: 'cutOff'; readonly days: number; readonly minuteOfDay: number };

export interface RailMethod {
  readonly method: Method;
  /** ms after the payment before which it is not open. */
  readonly notBeforeMs: number;
  readonly end: RailEnd;
}

export interface RailPlan {
  readonly name: string;
  /** IANA; where days, months and cut-off times are. */
  readonly timezone: string;
  readonly methods: readonly RailMethod[];
  /** Ask the provider for the outcome after so many ms each, before anything is reversed; null = no need to. */
  readonly queryFirstMs: readonly number[] | null;
}
