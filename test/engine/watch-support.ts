// Rows for a Watch, and a plain model of it: the same definitions on arrays, every count added up anew
// from all rows so far at each look.

import type { Alert, WatchSettings } from '../../src/domain/alert.ts';
import { KINDS } from '../../src/domain/fields.ts';
import type { RowLayout } from '../../src/domain/row-layout.ts';
import { ROW, makeRowLayout, slotWord } from '../../src/domain/row-layout.ts';
import type { RowTable } from '../../src/domain/verdict.ts';
import { Watch } from '../../src/engine/watch.ts';

export interface WatchedRow {
  readonly timeMs: number;
  readonly kind: 'payment' | 'refund' | 'reversal';
  /** Index into OUTCOMES. */
  readonly outcome: number;
  /** null = none */
  readonly merchant: number | null;
  readonly rules: readonly number[];
}

export const LAYOUT: RowLayout = makeRowLayout([], new Set(), false);
const RULE_COUNT = 40;
const PLAN = {
  rules: Array.from({ length: RULE_COUNT }, (_, n) => ({ id: `rule-${n}` }) as never),
  hash: 'f4a9e5a64083ac414ea45ff1841da94c',
  version: '3',
};

export function makeWatch(settings: Partial<WatchSettings> = {}): Watch {
  return new Watch({ plan: PLAN, layout: LAYOUT, settings });
}

/** A table of one row, written anew for each. */
export class RowWriter {
  readonly table: RowTable;
  readonly fired: Int32Array = new Int32Array(3);
  readonly #merchantSlot = slotWord(LAYOUT, 'merchant');

  constructor() {
    const bytes = new Uint8Array(64);
    const i32 = new Int32Array((2 * LAYOUT.strideBytes) / 4);
    this.table = {
      i32,
      f64: new Float64Array(i32.buffer),
      bytes,
      view: new DataView(bytes.buffer),
    };
    bytes.set(new TextEncoder().encode('t1'), 40);
    i32.set([0, 0, 40, 2], LAYOUT.strideBytes / 4 + slotWord(LAYOUT, 'id'));
  }

  /** Hands the row to the watch, as row 1. */
  observe(watch: Watch, row: WatchedRow): void {
    const { i32, f64, bytes } = this.table;
    const at = LAYOUT.strideBytes / 4;
    f64[(at + ROW.streamTimeMs / 4) / 2] = row.timeMs;
    i32[at + ROW.kind / 4] = KINDS.indexOf(row.kind);
    const slot = at + this.#merchantSlot;
    if (row.merchant === null) i32[slot + 3] = -1;
    else {
      const name = new TextEncoder().encode(nameOf(row.merchant));
      bytes.set(name, 3);
      i32.set([Math.imul(row.merchant, 0x9e3779b1), row.merchant, 3, name.length], slot);
    }
    this.fired.fill(0);
    for (const rule of row.rules) {
      const word = 1 + (rule >> 5);
      this.fired[word] = (this.fired[word] as number) | (1 << (rule & 31));
    }
    watch.observe(this.table, 1, row.outcome, this.fired, 1);
  }
}

export function nameOf(merchant: number): string {
  return `M${merchant}`;
}

export function alertsOf(watch: Watch): Alert[] {
  return watch.takeAlerts().map((line) => JSON.parse(new TextDecoder().decode(line)) as Alert);
}

interface Series {
  readonly scope: Alert['scope'];
  readonly id: string | null;
  readonly measure: Alert['measure'];
  readonly isRow: (row: WatchedRow) => boolean;
  readonly isCounted: (row: WatchedRow) => boolean;
}

/** `state scope id measure row` of every alert. */
export function modelAlerts(rows: readonly WatchedRow[], settings: WatchSettings): string[] {
  const told: string[] = [];
  const open = new Map<string, Series>();
  const merchantStepMs = settings.merchantNowMs / 30;
  const originMs = Math.floor((rows[0]?.timeMs ?? 0) / merchantStepMs) * merchantStepMs;
  const spansOf = (series: Series): { nowMs: number; pastMs: number } =>
    series.scope === 'merchant'
      ? { nowMs: settings.merchantNowMs, pastMs: settings.merchantPastMs }
      : settings;

  /** Counts at the time of row `now`, rows up to and with `last`. */
  const look = (series: Series, now: number, last: number) => {
    const { nowMs, pastMs } = spansOf(series);
    const stepMs = nowMs / 30;
    const stepOf = (row: WatchedRow): number => Math.floor((row.timeMs - originMs) / stepMs);
    const step = stepOf(rows[now] as WatchedRow);
    const sums = { rowsNow: 0, rowsPast: 0, now: 0, past: 0 };
    for (const row of rows.slice(0, last + 1)) {
      if (!series.isRow(row)) continue;
      const ageMs = (step - stepOf(row)) * stepMs;
      sums.rowsNow += Math.exp(-ageMs / nowMs);
      sums.rowsPast += Math.exp(-ageMs / pastMs);
      if (!series.isCounted(row)) continue;
      sums.now += Math.exp(-ageMs / nowMs);
      sums.past += Math.exp(-ageMs / pastMs);
    }
    const n = sums.rowsPast - sums.rowsNow;
    const k = Math.max(0, sums.past - sums.now);
    const first = series.scope === 'merchant' ? rows.find((row) => series.isRow(row)) : undefined;
    const since = first === undefined ? 0 : stepOf(first);
    return { ...sums, n, k, usual: Math.min(1, (k + 0.5) / (n + 1)), steps: step - since };
  };

  const hasJumped = (series: Series, at: number): boolean => {
    const { rowsNow, now, n, k, usual, steps } = look(series, at, at);
    if (steps < settings.pastSpansMin * 30 || now < settings.countedMin) return false;
    if (n < settings.pastRowsMin || now / rowsNow < settings.ratioMin * usual) return false;
    const both = (now + k) / (rowsNow + n);
    const part = (hits: number, of: number): number =>
      (hits > 0 ? hits * Math.log(hits / of / both) : 0) +
      (of > hits ? (of - hits) * Math.log((of - hits) / of / (1 - both)) : 0);
    return 2 * (part(now, rowsNow) + part(k, n)) >= settings.scoreMin;
  };

  rows.forEach((row, at) => {
    const stepMs = settings.nowMs / 30;
    const before = rows[at - 1];
    const isNewStep =
      before !== undefined &&
      Math.floor((row.timeMs - originMs) / stepMs) >
        Math.floor((before.timeMs - originMs) / stepMs);
    if (isNewStep) {
      for (const [key, series] of open) {
        const { rowsNow, now, usual } = look(series, at, at - 1);
        if (now >= 1 && now >= settings.endRatio * usual * rowsNow) continue;
        open.delete(key);
        told.push(`ended ${key} ${at}`);
      }
    }
    for (const series of seriesOf(row)) {
      const key = `${series.scope} ${series.id} ${series.measure}`;
      if (open.has(key) || !hasJumped(series, at)) continue;
      open.set(key, series);
      told.push(`begun ${key} ${at}`);
    }
  });
  return told;
}

/** What is counted on a row, in the order in which it is looked at. */
function seriesOf(row: WatchedRow): Series[] {
  const measures = (['hold', 'reverse', 'refund'] as const).filter((measure) =>
    counts(row, measure),
  );
  return [
    ...measures.flatMap((measure): Series[] => {
      const isCounted = (other: WatchedRow): boolean => counts(other, measure);
      const { merchant } = row;
      const stream: Series = { scope: 'stream', id: null, measure, isRow: () => true, isCounted };
      if (merchant === null) return [stream];
      const isRow = (other: WatchedRow): boolean => other.merchant === merchant;
      return [stream, { scope: 'merchant', id: nameOf(merchant), measure, isRow, isCounted }];
    }),
    ...row.rules
      .toSorted((a, b) => a - b)
      .map((rule): Series => {
        const isCounted = (other: WatchedRow): boolean => other.rules.includes(rule);
        return {
          scope: 'rule',
          id: `rule-${rule}`,
          measure: 'fired',
          isRow: () => true,
          isCounted,
        };
      }),
  ];
}

function counts(row: WatchedRow, measure: 'hold' | 'reverse' | 'refund'): boolean {
  if (measure === 'refund') return row.kind === 'refund';
  return row.outcome === (measure === 'hold' ? 1 : 2);
}
