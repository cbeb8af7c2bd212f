// What a run reports: progress while it runs, and the whole at its end.

import type { Histogram } from 'hdr-histogram-js';
import { CAUSES } from '../domain/life.ts';
import type { Plan } from '../domain/plan.ts';
import { PASSES } from './batch-passes.ts';
import { COUNTER, engineReasonCounter, scoreCounter } from './counters.ts';
import type { WatchCounts } from './watch.ts';
import type { LifeReport, PaymentKeysReport, WorkerReport } from './worker.ts';

export interface RunProgress {
  /** Rows read and decided on, bad ones included. */
  readonly rows: number;
  readonly decisions: number;
  /** Of the source up to the next row. */
  readonly bytesIn: number;
  /** allow, hold, reverse */
  readonly outcomes: readonly [number, number, number];
  readonly deadLetters: number;
  /** Of earlier decisions; what falls due after the last row included. */
  readonly amendments: number;
}

export interface LatencySummary {
  /** Microseconds from a row's arrival to its decision bytes being handed to the sink. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface RuleCount {
  readonly id: string;
  readonly mode: string;
  /** How often it fired, by a row or by news of a payment that it had not fired on before. */
  readonly fired: number;
  /** First decisions that list it as a reason. */
  readonly reasons: number;
}

export interface EntityReport {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  readonly evicted: number;
  readonly rowsTruncated: number;
  readonly swept: number;
}

export interface RunResult extends RunProgress {
  readonly stopped: 'end' | 'limit' | 'signal';
  /** Of the first row that was not decided: its number, and where it begins. */
  readonly position: { readonly row: number; readonly byte: number };
  /** SHA-256 over the decisions' bytes in order (of a file without --timings: its sha256sum). */
  readonly decisionHash: string;
  readonly elapsedMs: number;
  readonly rowsPerSecond: number;
  readonly latencyUs: LatencySummary;
  /** Of all workers together. */
  readonly passesMs: Readonly<Record<string, number>>;
  readonly rules: readonly RuleCount[];
  /** Of decisions that are no repeats and no amendments, but for what an overdue row is amended to. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly flags: Readonly<Record<string, number>>;
  readonly informing: number;
  readonly blankLines: number;
  /** Written; 0 where rates are not watched. */
  readonly alerts: number;
  readonly unknownKeys: number;
  readonly entities: readonly EntityReport[];
  readonly repeats: { readonly ids: number; readonly bytes: number; readonly evicted: number };
  /** Keys of payments, for rows about them; null where no row needs any. */
  readonly paymentKeys: PaymentKeysReport | null;
  /** Amendments by what they decide (allow, hold, reverse), and by their cause. */
  readonly amendedOutcomes: readonly [number, number, number];
  readonly amendmentsByCause: Readonly<Record<string, number>>;
  /** Share of the decisions whose deadline had passed when their batch began. */
  readonly overdueShare: number;
  /** What is kept of payments; null where the plan keeps none. */
  readonly life: LifeReport | null;
  /** null where rates are not watched. */
  readonly watch: WatchCounts | null;
  readonly peakRssBytes: number;
}

export function summarizeLatency(histogram: Histogram): LatencySummary {
  const max = histogram.maxValue;
  // The histogram answers with the upper end of a bucket, which may lie above all that it was given.
  const at = (percentile: number): number =>
    Math.min(max, histogram.getValueAtPercentile(percentile));
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max };
}

function sumCounters(reports: readonly WorkerReport[]): Float64Array {
  const sum = new Float64Array(reports[0]?.counters.length ?? 0);
  for (const { counters } of reports) counters.forEach((n, k) => (sum[k] = (sum[k] as number) + n));
  return sum;
}

/** Each worker has those of its own shards. */
function sumPaymentKeys(reports: readonly WorkerReport[]): PaymentKeysReport | null {
  const parts = reports.flatMap(({ paymentKeys }) => (paymentKeys === null ? [] : [paymentKeys]));
  if (parts.length === 0) return null;
  return parts.reduce((sum, part) => ({
    payments: sum.payments + part.payments,
    bytes: sum.bytes + part.bytes,
    evicted: sum.evicted + part.evicted,
  }));
}

/** The parts of a result that the workers counted. */
export function summarizeReports(
  plan: Plan,
  reports: readonly WorkerReport[],
): Pick<
  RunResult,
  | 'passesMs'
  | 'rules'
  | 'reasons'
  | 'flags'
  | 'informing'
  | 'unknownKeys'
  | 'entities'
  | 'repeats'
  | 'paymentKeys'
  | 'amendments'
  | 'amendedOutcomes'
  | 'amendmentsByCause'
  | 'overdueShare'
  | 'life'
  | 'watch'
> {
  const counters = sumCounters(reports);
  const count = (at: number): number => counters[at] ?? 0;
  const total = (of: (report: WorkerReport) => number): number =>
    reports.reduce((sum, report) => sum + of(report), 0);
  const rules = plan.rules.map(({ id, mode }, k) => ({
    id,
    mode,
    fired: count(COUNTER.rules + k * 2),
    reasons: count(COUNTER.rules + k * 2 + 1),
  }));
  const reasons: Record<string, number> = {};
  const addReason = (code: string, n: number): void => {
    if (n > 0) reasons[code] = (reasons[code] ?? 0) + n;
  };
  plan.rules.forEach(({ reason }, k) => {
    if (reason >= 0) addReason(plan.reasons[reason]?.code ?? '', rules[k]?.reasons ?? 0);
  });
  plan.reasons.forEach(({ code }, k) => {
    addReason(code, count(engineReasonCounter(plan, k)));
  });
  addReason('SCORE', count(scoreCounter(plan)));
  addReason('INVALID_INPUT', count(COUNTER.invalid));
  return {
    passesMs: Object.fromEntries(
      PASSES.map((pass, k) => [pass, total(({ passMs }) => passMs[k] ?? 0)]),
    ),
    rules,
    reasons,
    flags: {
      LATE: count(COUNTER.late),
      REPEAT: count(COUNTER.repeats),
      REPEAT_DIFFERS: count(COUNTER.repeatsDiffer),
      CURRENCY_UNKNOWN: count(COUNTER.currencyUnknown),
      TRUNCATED: count(COUNTER.truncated),
      OVERDUE: count(COUNTER.overdue),
    },
    informing: count(COUNTER.informing),
    amendments: count(COUNTER.amendments),
    amendedOutcomes: [
      count(COUNTER.amendedOutcomes),
      count(COUNTER.amendedOutcomes + 1),
      count(COUNTER.amendedOutcomes + 2),
    ],
    amendmentsByCause: Object.fromEntries(
      CAUSES.map((cause, k) => [cause, count(COUNTER.causes + k)] as const).filter(
        ([, n]) => n > 0,
      ),
    ),
    overdueShare: count(COUNTER.overdue) / Math.max(1, count(COUNTER.decisions)),
    paymentKeys: sumPaymentKeys(reports),
    life: reports.find(({ life }) => life !== null)?.life ?? null,
    watch: reports.find(({ watch }) => watch !== null)?.watch ?? null,
    unknownKeys: total((report) => report.unknownKeys),
    entities: (reports[0]?.entities ?? []).map(({ name }, k) => ({
      name,
      count: total(({ entities }) => entities[k]?.count ?? 0),
      bytes: total(({ entities }) => entities[k]?.bytes ?? 0),
      evicted: total(({ entities }) => entities[k]?.evicted ?? 0),
      rowsTruncated: total(({ entities }) => entities[k]?.truncated ?? 0),
      swept: total(({ entities }) => entities[k]?.swept ?? 0),
    })),
    repeats: {
      ids: total(({ repeats }) => repeats.ids),
      bytes: total(({ repeats }) => repeats.bytes),
      evicted: total(({ repeats }) => repeats.evicted),
    },
  };
}
