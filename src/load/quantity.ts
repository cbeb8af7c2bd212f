// Evidence values as a person reads them: "CNY 45.00", "1,250 km/h", "6 in 10 min". The unit comes
// from the plan: the type of what was compared and, of a feature, its function and window.

import { must } from '../base/assert.ts';
import { exponentOr2 } from '../domain/currencies.ts';
import type { EvidenceValue } from '../domain/decision.ts';
import type { Expression, ValueType } from '../domain/expression.ts';
import type { FeatureSpec, FeatureWindow, Plan } from '../domain/plan.ts';

export interface Quantity {
  readonly type: ValueType;
  readonly measure: 'km' | 'km/h' | null;
  /** Of a windowed feature. */
  readonly window: FeatureWindow | null;
}

const PLAIN: Quantity = { type: 'number', measure: null, window: null };

/** By the text of a comparison's left side, as evidence names it. */
export type Quantities = ReadonlyMap<string, Quantity>;

/** What the comparisons of `expression` compare, and what it asks for. */
export function quantitiesOf(expression: Expression, plan: Plan): Quantities {
  const found = new Map<string, Quantity>();
  const visit = (e: Expression): void => {
    if (e.op === 'and' || e.op === 'or') for (const arg of e.args) visit(arg);
    else if (e.op === 'not' || e.op === 'truth') visit(e.value);
    else if (e.op === 'choose') for (const part of [e.test, e.then, e.otherwise]) visit(part);
    else if (e.op === 'has') found.set(e.value.text, quantityOf(e.value, plan));
    else if (e.op === 'compare') found.set(e.left.text, quantityOf(e.left, plan));
  };
  visit(expression);
  return found;
}

function quantityOf(e: Expression, plan: Plan): Quantity {
  if (e.op === 'call' && e.name === 'kmBetween') return { ...PLAIN, measure: 'km' };
  if (e.op !== 'feature') return { ...PLAIN, type: e.type };
  const feature: FeatureSpec = must(plan.features[e.feature], 'feature');
  const measure = feature.fn === 'distanceKm' ? 'km' : feature.fn === 'speedKmh' ? 'km/h' : null;
  return { type: e.type, measure, window: feature.window };
}

/** The value alone: "6", "CNY 45.00", "1,250 km/h". */
export function formatValue(
  value: EvidenceValue,
  quantity: Quantity | undefined,
  currency: string,
  timezone: string,
): string {
  if (typeof value === 'string') return value === 'infinity' ? 'infinite' : value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  const { type, measure } = quantity ?? PLAIN;
  if (measure !== null) return `${formatNumber(value, Math.abs(value) < 10 ? 1 : 0)} ${measure}`;
  if (type === 'money') return formatMoney(value, currency);
  if (type === 'duration') return formatDuration(value);
  if (type === 'time') return formatTime(value, timezone);
  return formatNumber(value, Number.isInteger(value) ? 0 : 2);
}

/** "in 10 min", "since midnight", or '' for what has no window. */
export function formatWindow(quantity: Quantity | undefined): string {
  const window = quantity?.window ?? null;
  if (window === null) return '';
  if (window.kind === 'length') return `in ${formatDuration(window.ms)}`;
  return window.kind === 'day' ? 'since midnight' : 'this month';
}

/** Minor units of `currency`: "CNY 1,234.50". */
export function formatMoney(minor: number, currency: string): string {
  const exponent = exponentOr2(currency);
  return `${currency} ${formatNumber(minor / 10 ** exponent, exponent)}`;
}

export function formatDuration(ms: number): string {
  const units: readonly [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ];
  for (const [size, unit] of units) {
    // 36 h reads better than 1.5 d, 90 min better than 1.5 h.
    if (Math.abs(ms) >= size && ms % size === 0) return `${ms / size} ${unit}`;
    if (Math.abs(ms) >= 3 * size) return `${formatNumber(ms / size, 1)} ${unit}`;
  }
  return ms < 1000 && ms > -1000
    ? `${ms} ms`
    : `${formatNumber(ms / 1000, ms % 1000 === 0 ? 0 : 1)} s`;
}

/** "2026-03-02 10:15:07" in `timezone`. */
export function formatTime(timeMs: number, timezone: string): string {
  if (!(Math.abs(timeMs) <= 8.64e15)) return String(timeMs);
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return parts.format(timeMs);
}

/** With thousands separated: "1,234.50". */
export function formatNumber(value: number, digits: number = 0): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** "98.5 %", "n/a" when there is none. */
export function formatShare(share: number, digits: number = 1): string {
  return Number.isNaN(share) ? 'n/a' : `${(100 * share).toFixed(digits)} %`;
}
