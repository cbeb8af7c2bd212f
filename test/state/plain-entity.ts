// One entity's rows and features, kept plainly: a sorted array, looked through for every value. Faster
// than the oracle (a binary search and one window of rows a feature), so that it can follow an entity
// of many thousands of rows; and it knows what happens at `limits.rowsPerEntity`, which the oracle
// does not: the oldest row that a window may still need gives way, then the row is entered.

import { ZonedCalendar } from '../../src/base/calendar.ts';
import { haversineKm } from '../../src/base/geo.ts';
import type { Expression } from '../../src/domain/expression.ts';
import type { FeatureSpec, FeatureWindow } from '../../src/domain/plan.ts';
import { node } from '../support/random-expression.ts';
import { numberOfField } from '../support/random-world.ts';

export interface PlainRow {
  readonly id: string;
  readonly kind: 'payment' | 'code';
  readonly time: number;
  readonly account: string;
  readonly merchant: string;
  readonly currency: 'CNY';
  readonly amount: number;
  readonly device?: string;
  readonly riskHint?: number;
  readonly lat?: number;
  readonly lon?: number;
}

export type PlainValue = number | string | undefined;

/** What a feature is of the rows in its window, or of all earlier ones. */
type Compute = (
  rows: readonly PlainRow[],
  at: { readonly time: number; readonly row: PlainRow },
) => PlainValue;

interface PlainFeature {
  readonly spec: FeatureSpec;
  readonly compute: Compute;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
export const TIMEZONE = 'Asia/Shanghai';

function field(name: string, type: Expression['type']): Expression {
  return { ...node(type, `tx.${name}`), op: 'field', field: numberOfField(name) };
}

function is(name: string, value: string): Expression {
  const right: Expression = { ...node('string', value), op: 'string', value };
  const left = field(name, 'string');
  return { ...node('boolean', ''), op: 'compare', operator: '==', left, right };
}

function feature(
  fn: FeatureSpec['fn'],
  more: Partial<FeatureSpec>,
  compute: Compute,
): PlainFeature {
  const spec: FeatureSpec = {
    entity: 0,
    fn,
    window: null,
    prior: false,
    where: null,
    whereOf: null,
    value: null,
    decidedOnly: true,
    isInteger: true,
    type: 'number',
    key: fn,
    ...more,
  };
  return { spec, compute };
}

function over(ms: number): FeatureWindow {
  return { kind: 'length', ms };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
const amounts = (rows: readonly PlainRow[]): number[] => rows.map(({ amount }) => amount);
const hints = (rows: readonly PlainRow[]): number[] =>
  rows.flatMap(({ riskHint }) => (riskHint === undefined ? [] : [riskHint]));
const atM1 = (rows: readonly PlainRow[]): PlainRow[] =>
  rows.filter(({ merchant }) => merchant === 'M1');
const distinct = (rows: readonly PlainRow[]): number =>
  new Set(rows.flatMap(({ device }) => (device === undefined ? [] : [device]))).size;
const leastOf = (values: readonly number[]): PlainValue =>
  values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
const mostOf = (values: readonly number[]): PlainValue =>
  values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));

const amount = field('amount', 'money');
const hint = field('riskHint', 'number');
const device = field('device', 'string');
const money = { value: amount, type: 'money' } as const;
const hinted = { value: hint, isInteger: false } as const;

/** At most this long back from any row. */
export const REACH_MS: number = 32 * DAY;

/** Every function and kind of window, over a few shared terms and over their own. */
export const PLAIN_FEATURES: readonly PlainFeature[] = [
  feature('count', { window: over(10 * MINUTE) }, (rows) => rows.length),
  feature('count', { window: over(DAY), prior: true }, (rows) => rows.length),
  feature(
    'count',
    { window: { kind: 'day' }, where: is('merchant', 'M1') },
    (rows) => atM1(rows).length,
  ),
  feature('count', { window: { kind: 'month' } }, (rows) => rows.length),
  feature(
    'count',
    { window: over(DAY), decidedOnly: false, where: is('kind', 'code') },
    (rows) => rows.filter(({ kind }) => kind === 'code').length,
  ),
  feature('sum', { ...money, window: over(10 * MINUTE) }, (rows) => sumOf(amounts(rows))),
  feature('sum', { ...money, window: over(DAY), prior: true }, (rows) => sumOf(amounts(rows))),
  feature('avg', { ...money, window: over(DAY), where: is('merchant', 'M1') }, (rows) => {
    const met = atM1(rows);
    return met.length === 0 ? undefined : sumOf(amounts(met)) / met.length;
  }),
  feature('min', { ...money, window: over(10 * MINUTE) }, (rows) => leastOf(amounts(rows))),
  feature('max', { ...money, window: over(DAY), prior: true }, (rows) => mostOf(amounts(rows))),
  feature('sum', { ...hinted, window: over(10 * MINUTE) }, (rows) => sumOf(hints(rows))),
  feature('avg', { ...hinted, window: over(DAY), prior: true }, (rows) => {
    const values = hints(rows);
    return values.length === 0 ? undefined : sumOf(values) / values.length;
  }),
  feature('max', { ...hinted, window: over(DAY) }, (rows) => mostOf(hints(rows))),
  feature('distinct', { value: device, window: over(10 * MINUTE) }, distinct),
  feature('distinct', { value: device, window: over(DAY), prior: true }, distinct),
  feature(
    'distinct',
    { value: device, window: { kind: 'day' }, where: is('merchant', 'M1') },
    (rows) => distinct(atM1(rows)),
  ),
  feature(
    'ratio',
    { window: over(DAY), where: is('merchant', 'M1'), whereOf: is('kind', 'payment') },
    (rows) => (rows.length === 0 ? 0 : atM1(rows).length / rows.length),
  ),
  feature('last', { value: amount, type: 'money' }, (rows) => rows.at(-1)?.amount),
  feature(
    'last',
    { value: device, type: 'string' },
    (rows) => rows.findLast((row) => row.device !== undefined)?.device,
  ),
  feature('sinceLast', { type: 'duration' }, (rows, { time }) => {
    const last = rows.at(-1);
    return last === undefined ? undefined : time - last.time;
  }),
  feature('distanceKm', {}, (rows, { row }) => {
    const from = rows.findLast(({ lat, lon }) => lat !== undefined && lon !== undefined);
    if (row.lat === undefined || row.lon === undefined || from === undefined) return undefined;
    return haversineKm(from.lat as number, from.lon as number, row.lat, row.lon);
  }),
  // Last, because it is told from `born`, not from the rows.
  feature('age', { type: 'duration' }, () => undefined),
];

export interface PlainLimits {
  readonly rowsPerEntity: number;
  readonly keepMs: number;
  readonly latenessMs: number;
  readonly scanMax: number;
}

export interface PlainResult {
  readonly values: readonly PlainValue[];
  readonly isLate: boolean;
  readonly isTruncated: boolean;
}

export class PlainEntity {
  readonly #limits: PlainLimits;
  readonly #calendar = new ZonedCalendar(TIMEZONE);
  /** By time, then arrival. */
  readonly #rows: PlainRow[] = [];
  /** What gave way at the limit; of these only the newest are remembered. */
  readonly #dropped: PlainRow[] = [];
  #gaveWayAt = -Infinity;
  #streamTime = -Infinity;
  #born = -Infinity;
  /** Of all rows entered, those that gave way too. */
  #newest = -Infinity;
  #newestDecided = -Infinity;

  constructor(limits: PlainLimits) {
    this.#limits = limits;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  take(row: PlainRow): PlainResult {
    const { latenessMs, scanMax } = this.#limits;
    this.#streamTime = Math.max(this.#streamTime, row.time);
    const lateTime = this.#streamTime - latenessMs;
    let isLate = row.time < lateTime;
    if (!isLate) isLate = this.#rows.length - this.#after(row.time) > scanMax;
    const time = isLate ? lateTime : row.time;
    if (!isLate && row.time >= this.#newest) {
      // Room is made first: at the limit the newest row stands for one that gave way.
      const isTruncated = this.#makeRoom(row.time);
      const values = this.#valuesAt(time, row);
      this.#enter(row);
      return { values, isLate, isTruncated };
    }
    const values = this.#valuesAt(time, row);
    if (isLate) return { values, isLate, isTruncated: this.#mayLackRows(time) };
    const isTruncated = this.#makeRoom(this.#newest);
    this.#enter(row);
    return { values, isLate, isTruncated };
  }

  /** Index of the first row later than `time`. */
  #after(time: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle] as PlainRow).time > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #lower(window: FeatureWindow, time: number): number {
    if (window.kind === 'length') return time - window.ms;
    return this.#calendar[window.kind === 'day' ? 'dayStartMs' : 'monthStartMs'](time) - 1;
  }

  #valuesAt(time: number, row: PlainRow): PlainValue[] {
    const end = this.#after(time);
    const isDecided = row.kind === 'payment';
    return PLAIN_FEATURES.map(({ spec, compute }) => {
      if (spec.fn === 'age') return this.#age(time, end);
      if (spec.window === null) return compute(this.#earlier(time, end, spec), { time, row });
      const from = this.#after(this.#lower(spec.window, time));
      let rows = this.#rows.slice(from, end);
      if (!spec.prior) rows.push(row);
      if (spec.decidedOnly) rows = rows.filter(({ kind }) => kind === 'payment');
      return compute(rows, { time, row });
    }).map((value) => (isDecided || value !== undefined ? value : undefined));
  }

  /** Decided rows up to `keep` before, those that gave way at the limit first. */
  #earlier(time: number, end: number, spec: FeatureSpec): PlainRow[] {
    const kept = this.#rows.slice(0, end);
    const useful = this.#dropped.filter((row) => this.#isUseful(row, spec));
    const newest = useful.toSorted((a, b) => a.time - b.time).at(-1);
    const remembered = newest !== undefined && newest.time <= time ? [newest] : [];
    return [...remembered, ...kept].filter(
      (row) => row.kind === 'payment' && row.time >= time - this.#limits.keepMs,
    );
  }

  /** Whether a row that gave way is one that this feature remembers. */
  #isUseful(row: PlainRow, spec: FeatureSpec): boolean {
    if (row.kind !== 'payment') return false;
    if (spec.fn === 'distanceKm') return row.lat !== undefined && row.lon !== undefined;
    return spec.fn !== 'last' || spec.type !== 'string' || row.device !== undefined;
  }

  #age(time: number, end: number): PlainValue {
    const spec = { fn: 'age' } as FeatureSpec;
    const isFirst = this.#earlier(time, end, spec).length === 0;
    return isFirst || time < this.#born ? undefined : time - this.#born;
  }

  /** Of a row that gave way at the limit it is known to 4 s when it was. */
  #mayLackRows(time: number): boolean {
    const { keepMs, latenessMs } = this.#limits;
    const until = Math.ceil(this.#gaveWayAt / 4096) * 4096;
    return until > time - Math.max(keepMs, REACH_MS + latenessMs);
  }

  /** True when a row gave way that a window may still need. */
  #makeRoom(newest: number): boolean {
    const { rowsPerEntity, latenessMs } = this.#limits;
    const needed = this.#after(newest - REACH_MS - latenessMs);
    const isTruncated = this.#rows.length - needed >= rowsPerEntity;
    if (!isTruncated) return false;
    this.#dropped.push(...this.#rows.splice(0, needed + 1));
    this.#gaveWayAt = this.#dropped.at(-1)?.time ?? -Infinity;
    return true;
  }

  #enter(row: PlainRow): void {
    const { keepMs } = this.#limits;
    if (row.kind === 'payment') {
      const isFirst = row.time - this.#newestDecided > keepMs;
      if (isFirst || (row.time < this.#born && this.#born - row.time <= keepMs))
        this.#born = row.time;
      this.#newestDecided = Math.max(this.#newestDecided, row.time);
    }
    this.#newest = Math.max(this.#newest, row.time);
    this.#rows.splice(this.#after(row.time), 0, row);
  }
}
