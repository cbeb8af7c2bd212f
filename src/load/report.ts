// The summary of a run, as text that a person likes to read: how fast, what was decided and why,
// how right it was, three decisions in full, and where everything is. A pure function of counters.

import type { Outcome } from '../domain/decision.ts';
import type { Plan } from '../domain/plan.ts';
import type { Accuracy } from './accuracy-figures.ts';
import { kindBlock, ruleBlock as ruleAccuracyBlock } from './accuracy-text.ts';
import type { ExplainedDecision, RuleInfo } from './explain-decision.ts';
import { explainDecision } from './explain-decision.ts';
import { formatNumber, formatShare, quantitiesOf } from './quantity.ts';
import type { LifeSummary } from './life-text.ts';
import { lifeBlock } from './life-text.ts';
import { bar, count, fact, shorten, sorted, title, twoColumns, wrapList } from './text-blocks.ts';

/** Milliseconds; what hdr-histogram-js gives, in that unit. */
export interface LatencySummary {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface RunSummary {
  readonly ruleset: string;
  readonly version: string | null;
  readonly rulesHash: string;
  readonly currency: string;
  readonly timezone: string;
  readonly workers: number;
  /** All rows read: decided, informing and bad. */
  readonly rows: number;
  readonly bytesIn: number;
  readonly elapsedMs: number;
  /** From the arrival of a batch's bytes to its decisions; null when not measured. */
  readonly latencyMs: LatencySummary | null;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly informingRows: number;
  readonly badRows: number;
  readonly repeats: number;
  readonly lateRows: number;
  /** Rates that jumped, and ends of it. */
  readonly alerts: number;
  /** Decisions that name the reason, by code. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Rows on which the rule fired, by rule id. */
  readonly fired: ReadonlyMap<string, number>;
  /** In the file's order; ruleInfos(plan) makes them. */
  readonly rules: readonly RuleInfo[];
  /** null when no payments are kept. */
  readonly life: LifeSummary | null;
  /** null when there are no labels. */
  readonly accuracy: Accuracy | null;
  readonly examples: readonly ExplainedDecision[];
  /** Label and path, printed as they are. */
  readonly files: readonly (readonly [label: string, path: string])[];
  readonly decisionHash: string | null;
  readonly peakRssBytes: number | null;
}

export function ruleInfos(plan: Plan): readonly RuleInfo[] {
  return plan.rules.map(({ id, trigger, description, mode, outcome, when }) => ({
    id,
    trigger,
    description,
    outcome: mode === 'live' ? outcome : mode,
    quantities: quantitiesOf(when, plan),
  }));
}

/** Of the table of each rule alone. */
const RULES_SHOWN = 12;

/** Lines of at most 96 columns, joined by newlines, one at the end. */
export function renderSummary(run: RunSummary): string {
  const blocks = [
    heading(run),
    outcomeBlock(run),
    reasonBlock(run),
    ruleBlock(run),
    run.life === null ? [] : lifeBlock(run.life),
    run.accuracy === null ? [] : kindBlock(run.accuracy),
    run.accuracy === null ? [] : ruleAccuracyBlock(run.accuracy, run.currency, RULES_SHOWN),
    exampleBlock(run),
    fileBlock(run),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function heading(run: RunSummary): string[] {
  const seconds = run.elapsedMs / 1000;
  const version = run.version === null ? '' : ` version ${run.version}`;
  const rate = seconds > 0 ? run.rows / seconds : 0;
  const lines = [
    title(`holdfast   ${run.ruleset}${version}   rules ${run.rulesHash.slice(0, 12)}`),
    fact(
      'Stream',
      `${formatNumber(run.rows)} rows, ${megabytes(run.bytesIn)}, decided in ${seconds.toFixed(2)} s by ${count(run.workers, 'worker')}`,
    ),
    fact(
      'Throughput',
      `${formatNumber(rate)} rows/s, ${megabytes(seconds > 0 ? run.bytesIn / seconds : 0)}/s`,
    ),
  ];
  if (run.latencyMs !== null) {
    const { p50, p90, p99, p999, max } = run.latencyMs;
    const shown = [
      ['p50', p50],
      ['p90', p90],
      ['p99', p99],
      ['p99.9', p999],
      ['max', max],
    ] as const;
    const text = shown.map(([name, ms]) => `${name} ${milliseconds(ms)}`).join('   ');
    lines.push(fact('Latency', text), fact('', "from a batch's arrival to its decisions"));
  }
  if (run.peakRssBytes !== null)
    lines.push(fact('Memory', `${megabytes(run.peakRssBytes)} at most`));
  return lines;
}

function outcomeBlock(run: RunSummary): string[] {
  const { allow, hold, reverse } = run.outcomes;
  const total = allow + hold + reverse;
  const row = (name: string, n: number): string =>
    `  ${name.padEnd(10)}${formatNumber(n).padStart(12)}${formatShare(n / total, 2).padStart(10)}  ${bar(n / total)}`.trimEnd();
  const beside = [
    `${count(run.informingRows, 'row')} of news`,
    count(run.badRows, 'dead letter'),
    count(run.repeats, 'repeat'),
    `${formatNumber(run.lateRows)} late`,
    count(run.alerts, 'alert'),
  ];
  return [
    title(`${formatNumber(total)} decisions`),
    row('allow', allow),
    row('hold', hold),
    row('reverse', reverse),
    `  besides: ${beside.join(', ')}`,
  ];
}

function reasonBlock(run: RunSummary): string[] {
  const reasons = sorted(run.reasons);
  if (reasons.length === 0) return [];
  const cells = reasons.map(([code, n]) => `  ${code.padEnd(30)}${formatNumber(n).padStart(10)}`);
  return [title('by reason, at first'), ...twoColumns(cells)];
}

function ruleBlock(run: RunSummary): string[] {
  const outcomes = new Map(run.rules.map(({ id, outcome }) => [id, outcome]));
  const fired = sorted(run.fired).filter(([, n]) => n > 0);
  const width = Math.max(7, ...fired.map(([, n]) => formatNumber(n).length));
  const cells = fired.map(
    ([id, n]) =>
      `${formatNumber(n).padStart(width)} ${(outcomes.get(id) ?? '').padEnd(7)} ${shorten(id, 32)}`,
  );
  const lines = twoColumns(cells);
  const silent = run.rules.filter(({ id }) => (run.fired.get(id) ?? 0) === 0).map(({ id }) => id);
  if (silent.length > 0) lines.push(...wrapList('  never fired: ', silent));
  return lines.length === 0 ? [] : [title('by rule, amendments included'), ...lines];
}

function exampleBlock(run: RunSummary): string[] {
  if (run.examples.length === 0) return [];
  const rules = new Map(run.rules.map((info) => [info.id, info]));
  const lines = [title(`${count(run.examples.length, 'decision')} in full`)];
  for (const example of run.examples) {
    if (lines.length > 1) lines.push('');
    lines.push(...explainDecision(example, { ...run, rules }).map((line) => `  ${line}`));
  }
  return lines;
}

function fileBlock(run: RunSummary): string[] {
  const lines = run.files.map(([label, path]) => fact(label, path));
  if (run.decisionHash !== null) lines.push(fact('Decision hash', run.decisionHash));
  return lines.length === 0 ? [] : [title('files'), ...lines];
}

function megabytes(bytes: number): string {
  return `${formatNumber(bytes / 1e6, bytes < 1e7 ? 1 : 0)} MB`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : formatNumber(ms)} ms`;
}
