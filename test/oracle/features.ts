// Feature values by filtering arrays of rows, with no state kept from row to row.
//
// What a row stands at (`Stand`): a row in time stands at its own time; a late one at
// T' = stream time - lateness, after the rows of that instant. Everything below looks at the
// entity's entered rows that come before the stand (time <= stand.time: the current row is the
// newest in stream order), sorted by (time, stream order), and at the current row itself.

import type { Expression } from '../../src/domain/expression.ts';
import type { FeatureSpec, FeatureWindow } from '../../src/domain/plan.ts';
import { dateNumber, kmBetween, localTime } from '../../src/rules/interpret/functions.ts';
import type { PreparedPlan, Value } from '../../src/rules/interpret/interpreter.ts';
import { evaluate, zoneFormat } from '../../src/rules/interpret/interpreter.ts';
import type { OracleRow } from './rows.ts';

export type FeatureValue = number | string | undefined;

export interface Stand {
  readonly time: number;
  /** Rows of the entity that were entered, in any order; the current row is not among them. */
  readonly entered: readonly OracleRow[];
  readonly current: OracleRow;
}

/** Whether rows of this kind count for the feature (its `where` decides further). */
export function counts(spec: FeatureSpec, row: OracleRow): boolean {
  return row.isDecided || !spec.decidedOnly;
}

/** True where t - w < time <= t, or from local midnight or the first of the month to t. */
export function isInWindow(
  prepared: PreparedPlan,
  window: FeatureWindow,
  time: number,
  t: number,
): boolean {
  if (time > t) return false;
  if (window.kind === 'length') return time > t - window.ms;
  const format = zoneFormat(prepared, undefined);
  const period = (at: number): number => {
    const local = localTime(at, format);
    if (local === undefined) return NaN;
    return window.kind === 'day' ? dateNumber(local) : Math.floor(dateNumber(local) / 100);
  };
  return period(time) === period(t);
}

export function featureValue(
  prepared: PreparedPlan,
  spec: FeatureSpec,
  stand: Stand,
): FeatureValue {
  const earlier = stand.entered
    .filter((row) => counts(spec, row) && row.time <= stand.time)
    .toSorted((a, b) => a.time - b.time || a.order - b.order);
  if (spec.window === null) return withoutWindow(prepared, spec, stand, earlier);
  const { window } = spec;
  const inWindow = earlier.filter((row) => isInWindow(prepared, window, row.time, stand.time));
  const isIn = !spec.prior && counts(spec, stand.current);
  return overWindow(prepared, spec, isIn ? [...inWindow, stand.current] : inWindow);
}

/** Value of an expression over a counted row; no features in it. */
function valueOf(prepared: PreparedPlan, e: Expression, row: OracleRow): Value {
  const view = {
    field: (number: number): Value => row.values[number],
    feature: (): undefined => {
      throw new Error('a counted row has no features');
    },
  };
  return evaluate(e, view, prepared);
}

function meets(prepared: PreparedPlan, where: Expression | null, row: OracleRow): boolean {
  return where === null || valueOf(prepared, where, row) === true;
}

function overWindow(
  prepared: PreparedPlan,
  spec: FeatureSpec,
  rows: readonly OracleRow[],
): FeatureValue {
  const met = rows.filter((row) => meets(prepared, spec.where, row));
  const values = met
    .map((row) => (spec.value === null ? undefined : valueOf(prepared, spec.value, row)))
    .filter((value) => value !== undefined);
  const numbers = values.map(Number);
  const sum = numbers.reduce((a, b) => a + b, 0);
  switch (spec.fn) {
    case 'count':
      return met.length;
    case 'sum':
      return sum;
    case 'avg':
      return numbers.length === 0 ? undefined : sum / numbers.length;
    case 'min':
      return numbers.length === 0 ? undefined : Math.min(...numbers);
    case 'max':
      return numbers.length === 0 ? undefined : Math.max(...numbers);
    case 'distinct':
      return new Set(values).size;
    case 'ratio':
      return ratio(met.length, rows.filter((row) => meets(prepared, spec.whereOf, row)).length);
    default:
      throw new Error(`${spec.fn} has no window`);
  }
}

function ratio(part: number, whole: number): number | undefined {
  if (whole === 0) return part === 0 ? 0 : undefined;
  return part / whole;
}

/** `earlier` is sorted by (time, stream order). */
function withoutWindow(
  prepared: PreparedPlan,
  spec: FeatureSpec,
  stand: Stand,
  earlier: readonly OracleRow[],
): FeatureValue {
  const { keepMs } = prepared.plan;
  const kept = earlier.filter((row) => row.time >= stand.time - keepMs);
  const latest = kept.at(-1);
  switch (spec.fn) {
    case 'last':
      return asFeature(
        kept
          .map((row) => (spec.value === null ? undefined : valueOf(prepared, spec.value, row)))
          .findLast((value) => value !== undefined),
      );
    case 'sinceLast':
      return latest === undefined ? undefined : stand.time - latest.time;
    case 'age':
      return age(
        stand.entered.filter((row) => counts(spec, row)),
        stand.time,
        keepMs,
      );
    case 'distanceKm':
      return fromLatest(prepared, spec, stand, kept)?.km;
    case 'speedKmh':
      return speed(fromLatest(prepared, spec, stand, kept));
    default:
      throw new Error(`${spec.fn} needs a window`);
  }
}

function asFeature(value: Value): FeatureValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/**
 * Time since the entity's present life began; missing where the row stands before that beginning, or
 * more than `keepMs` after the row before it. Lives are told in arrival order: a row more than `keepMs`
 * after the newest before it begins one; a row at most `keepMs` before the beginning becomes it.
 *
 * @param entered the entity's rows, in any order
 */
function age(entered: readonly OracleRow[], stand: number, keepMs: number): number | undefined {
  let newest = -Infinity;
  let born = -Infinity;
  for (const { time } of entered.toSorted((a, b) => a.order - b.order)) {
    if (time - newest > keepMs) born = time;
    else if (time < born && born - time <= keepMs) born = time;
    newest = Math.max(newest, time);
  }
  const hasBefore = entered.some(({ time }) => time <= stand && stand - time <= keepMs);
  return hasBefore && stand >= born ? stand - born : undefined;
}

interface Leg {
  readonly km: number;
  readonly elapsedMs: number;
}

function place(prepared: PreparedPlan, row: OracleRow): { lat: number; lon: number } | undefined {
  const read = (name: string): Value =>
    row.values[prepared.fields.findIndex((spec) => spec.name === name)];
  const [lat, lon] = [read('lat'), read('lon')];
  return typeof lat === 'number' && typeof lon === 'number' ? { lat, lon } : undefined;
}

function fromLatest(
  prepared: PreparedPlan,
  spec: FeatureSpec,
  stand: Stand,
  kept: readonly OracleRow[],
): Leg | undefined {
  const here = place(prepared, stand.current);
  const from = kept.findLast(
    (row) => place(prepared, row) !== undefined && meets(prepared, spec.where, row),
  );
  if (here === undefined || from === undefined) return undefined;
  const there = place(prepared, from);
  if (there === undefined) return undefined;
  return {
    km: kmBetween(there.lat, there.lon, here.lat, here.lon),
    elapsedMs: stand.time - from.time,
  };
}

function speed(leg: Leg | undefined): number | undefined {
  if (leg === undefined) return undefined;
  if (leg.km === 0) return 0;
  return leg.elapsedMs === 0 ? Infinity : leg.km / (leg.elapsedMs / 3_600_000);
}
