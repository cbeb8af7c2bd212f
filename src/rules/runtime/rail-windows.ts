// How money goes back: which method of a payment's rail is open, from when and until when.
//
//   known success:  VOID, or REVERSAL where the rail has no void  ─► REFUND
//   unknown:        REVERSAL                                      ─► REFUND
//   forced refund:                                                   REFUND
//
// A window is [opens, closes): the instant at which it closes is the first that is too late. The first
// method of the line whose window can still be used is chosen; the next one is its fallback if it
// closes later. A window that is not open yet can be used, the decision then says notBefore; one that
// closes before it opens (a payment seconds before the cut-off) cannot.
// Cost: an end 0.1 us, one in calendar months 0.3 us, once the calendar knows the days around; nothing
// allocated. Deliberately absent: what a payment without a rail gets (the caller's).

import { addMonths, ZonedCalendar } from '../../base/calendar.ts';
import type { RailEnd, RailPlan } from '../../domain/rails.ts';
import { METHODS } from '../../domain/rails.ts';

const REVERSAL = METHODS.indexOf('REVERSAL');
const VOID = METHODS.indexOf('VOID');
const REFUND = METHODS.indexOf('REFUND');
const METHOD_COUNT = METHODS.length;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Instants that are none, ECMAScript's own bound. */
const TIME_MAX_MS = 8.64e15;

const END = { none: 0, never: 1, length: 2, months: 3, cutOff: 4 } as const;

/** One a worker, filled again for each choice. */
export interface ReversalChoice {
  /** Index into METHODS; -1 = no window is open any more. */
  method: number;
  /** When the method opens; NaN where it is open now. */
  notBeforeMs: number;
  /** The instant at which it closes, the first that is too late; NaN = it does not. */
  notAfterMs: number;
  /** Index into METHODS; -1 = none. */
  fallbackMethod: number;
  /** The rail, where its provider has to be asked for the outcome first; -1 = need not. */
  queryRail: number;
}

export function newReversalChoice(): ReversalChoice {
  return { method: -1, notBeforeMs: NaN, notAfterMs: NaN, fallbackMethod: -1, queryRail: -1 };
}

/** Rails and methods are numbers: indexes into the plan's rails and into METHODS. */
export class RailWindows {
  // By rail * METHOD_COUNT + method.
  readonly #ends: Uint8Array;
  readonly #notBefore: Float64Array;
  /** length: ms; months: months; cutOff: days after the clearing day, in ms */
  readonly #amounts: Float64Array;
  /** cutOff: time of day in ms */
  readonly #clocks: Float64Array;
  /** months, cutOff: of the rail's zone */
  readonly #calendars: (ZonedCalendar | null)[];
  /** By rail: 1 = ask first. */
  readonly #queries: Uint8Array;

  constructor(rails: readonly RailPlan[]) {
    const count = rails.length * METHOD_COUNT;
    this.#ends = new Uint8Array(count);
    this.#notBefore = new Float64Array(count).fill(NaN);
    this.#amounts = new Float64Array(count);
    this.#clocks = new Float64Array(count);
    this.#calendars = Array.from({ length: count }, () => null);
    this.#queries = Uint8Array.from(rails, ({ queryFirstMs }) => (queryFirstMs === null ? 0 : 1));
    const calendars = new Map<string, ZonedCalendar>();
    for (const [rail, { methods, timezone }] of rails.entries()) {
      for (const { method, notBeforeMs, end } of methods) {
        const i = rail * METHOD_COUNT + METHODS.indexOf(method);
        this.#notBefore[i] = notBeforeMs;
        this.#setEnd(i, end, timezone, calendars);
      }
    }
  }

  #setEnd(i: number, end: RailEnd, zone: string, calendars: Map<string, ZonedCalendar>): void {
    this.#ends[i] = END[end.kind];
    if (end.kind === 'length') this.#amounts[i] = end.ms;
    if (end.kind !== 'months' && end.kind !== 'cutOff') return;
    const calendar = calendars.get(zone) ?? new ZonedCalendar(zone);
    calendars.set(zone, calendar);
    this.#calendars[i] = calendar;
    if (end.kind === 'months') {
      this.#amounts[i] = end.months;
    } else {
      this.#amounts[i] = end.days * DAY_MS;
      this.#clocks[i] = end.minuteOfDay * MINUTE_MS;
    }
  }

  /** When the method opens for a payment; NaN where the rail has none such. */
  opensMs(rail: number, method: number, paymentMs: number): number {
    return rail < 0 ? NaN : paymentMs + (this.#notBefore[rail * METHOD_COUNT + method] as number);
  }

  /** First instant at which it is closed; Infinity = never; NaN where the rail has none such. */
  closesMs(rail: number, method: number, paymentMs: number): number {
    if (rail < 0 || !(Math.abs(paymentMs) <= TIME_MAX_MS)) return NaN;
    const i = rail * METHOD_COUNT + method;
    switch (this.#ends[i]) {
      case END.never:
        return Infinity;
      case END.length:
        return paymentMs + (this.#amounts[i] as number);
      case END.months:
        return this.#monthsLaterMs(i, paymentMs);
      case END.cutOff:
        return this.#cutOffMs(i, paymentMs);
      default:
        return NaN;
    }
  }

  /** The same local time of day so many months later, on the month's last day at most. */
  #monthsLaterMs(i: number, paymentMs: number): number {
    const calendar = this.#calendars[i] as ZonedCalendar;
    const localMs = paymentMs + calendar.offsetMs(paymentMs);
    const day = Math.floor(localMs / DAY_MS);
    const days = addMonths(day, this.#amounts[i] as number) - day;
    return calendar.instantMs(localMs + days * DAY_MS);
  }

  /** The clearing day is the first local day, from the payment's own, whose cut-off is still ahead. */
  #cutOffMs(i: number, paymentMs: number): number {
    const calendar = this.#calendars[i] as ZonedCalendar;
    const clockMs = this.#clocks[i] as number;
    const daysMs = this.#amounts[i] as number;
    const localMs = paymentMs + calendar.offsetMs(paymentMs);
    let local = Math.floor(localMs / DAY_MS) * DAY_MS + clockMs;
    let cutOff = calendar.instantMs(local);
    while (paymentMs >= cutOff) {
      local += DAY_MS;
      cutOff = calendar.instantMs(local);
    }
    return daysMs === 0 ? cutOff : calendar.instantMs(local + daysMs);
  }

  /** Whether the window can be used, now or when it opens; false where the rail has no such method. */
  isOpen(rail: number, method: number, paymentMs: number, nowMs: number): boolean {
    const closes = this.#usableUntil(rail, method, paymentMs, nowMs);
    return closes === closes;
  }

  /** Fills `choice`; false when no window can be used any more. */
  choose(
    rail: number,
    paymentMs: number,
    nowMs: number,
    isKnownSuccess: boolean,
    forceRefund: boolean,
    choice: ReversalChoice,
  ): boolean {
    choice.method = -1;
    choice.notBeforeMs = NaN;
    choice.notAfterMs = NaN;
    choice.fallbackMethod = -1;
    choice.queryRail = -1;
    if (rail < 0) return false;
    const refundCloses = this.#usableUntil(rail, REFUND, paymentMs, nowMs);
    let method = REFUND;
    let closes = refundCloses;
    if (!forceRefund) {
      const hasVoid = this.#ends[rail * METHOD_COUNT + VOID] !== END.none;
      const first = isKnownSuccess && hasVoid ? VOID : REVERSAL;
      const firstCloses = this.#usableUntil(rail, first, paymentMs, nowMs);
      if (firstCloses === firstCloses) {
        method = first;
        closes = firstCloses;
        if (refundCloses > firstCloses) choice.fallbackMethod = REFUND;
      }
    }
    if (closes !== closes) return false;
    choice.method = method;
    const opens = this.opensMs(rail, method, paymentMs);
    if (opens > nowMs) choice.notBeforeMs = opens;
    if (closes !== Infinity) choice.notAfterMs = closes;
    if (method === REVERSAL && !isKnownSuccess && this.#queries[rail] === 1)
      choice.queryRail = rail;
    return true;
  }

  /** closesMs, or NaN where the window cannot be used any more. */
  #usableUntil(rail: number, method: number, paymentMs: number, nowMs: number): number {
    const closes = this.closesMs(rail, method, paymentMs);
    return nowMs < closes && this.opensMs(rail, method, paymentMs) < closes ? closes : NaN;
  }
}
