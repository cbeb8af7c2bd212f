// The summary of the demonstration: the run's counts, how right it was by the labels, and three
// decisions in full, looked up in what was written.

import type { Plan } from '../domain/plan.ts';
import type { RunSummary } from '../load/report.ts';
import type { FinishedRun } from './run-files.ts';
import { measureAccuracy } from '../load/accuracy.ts';
import { ExamplePicker, findTransactions } from '../load/examples.ts';
import { renderSummary, ruleInfos } from '../load/report.ts';

export interface StartFiles {
  readonly transactions: string;
  readonly labels: string;
  readonly decisions: string;
  readonly deadLetters: string;
  readonly alerts: string;
}

const US_A_MS = 1000;

export async function startSummary(
  plan: Plan,
  { result }: FinishedRun,
  workers: number,
  files: StartFiles,
): Promise<string> {
  const picker = new ExamplePicker();
  const triggers = plan.rules.flatMap(({ id, trigger }): [string, string][] =>
    trigger === null ? [] : [[id, trigger]],
  );
  const accuracy = await measureAccuracy({
    decisionsPath: files.decisions,
    labelsPath: files.labels,
    triggers: new Map(triggers),
    money:
      plan.currency === null
        ? null
        : { transactionsPath: files.transactions, currency: plan.currency, rates: plan.rates },
    onStopped: (decision) => picker.offer(decision),
  });
  const examples = await findTransactions(files.transactions, picker.picked());
  const [allow, hold, reverse] = result.outcomes;
  const { p50, p90, p99, p999, max } = result.latencyUs;
  const summary: RunSummary = {
    ruleset: plan.ruleset,
    version: plan.version,
    rulesHash: plan.hash,
    currency: plan.currency ?? '',
    timezone: plan.timezone,
    workers,
    rows: result.rows,
    bytesIn: result.bytesIn,
    elapsedMs: result.elapsedMs,
    latencyMs: {
      p50: p50 / US_A_MS,
      p90: p90 / US_A_MS,
      p99: p99 / US_A_MS,
      p999: p999 / US_A_MS,
      max: max / US_A_MS,
    },
    outcomes: { allow, hold, reverse },
    informingRows: result.informing,
    badRows: result.deadLetters,
    repeats: (result.flags['REPEAT'] ?? 0) + (result.flags['REPEAT_DIFFERS'] ?? 0),
    alerts: result.alerts,
    lateRows: result.flags['LATE'] ?? 0,
    reasons: new Map(Object.entries(result.reasons)),
    fired: new Map(result.rules.map(({ id, fired }) => [id, fired])),
    rules: ruleInfos(plan),
    life:
      result.life === null
        ? null
        : {
            ...result.life,
            evicted:
              result.life.evicted +
              result.life.terminalsEvicted +
              result.life.codesEvicted +
              result.life.waitingEvicted,
            amendments: new Map(Object.entries(result.amendmentsByCause)),
            outcomes: result.amendedOutcomes,
            letGo: accuracy.letGo,
          },
    accuracy,
    examples,
    files: [
      ['decisions', files.decisions],
      ['transactions', files.transactions],
      ['labels', files.labels],
      ['dead letters', files.deadLetters],
      ['alerts', files.alerts],
    ],
    decisionHash: result.decisionHash,
    peakRssBytes: result.peakRssBytes,
  };
  return renderSummary(summary);
}
