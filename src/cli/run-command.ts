// `holdfast run`: reads the settings, checks the rules, runs, reports.

import { writeFileSync } from 'node:fs';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import type { FinishedRun, RunSettings } from './run-files.ts';
import { ioError } from '../transport/io-error.ts';
import { BATCH_ROWS_DEFAULT } from '../engine/engine.ts';
import { EXIT } from './exit-codes.ts';
import { formatOf, refuseSameFile } from './input-output.ts';
import { listenForInterrupt } from './interrupt.ts';
import { loadPlan } from './load-plan.ts';
import { runFiles } from './run-files.ts';
import { positionText, summaryText } from './run-summary.ts';
import { statsText } from './run-stats.ts';

interface Settings extends RunSettings {
  readonly stats: string | null;
}

export async function runCommand(
  parsed: ParsedArguments,
  context: CommandContext,
): Promise<ExitCode> {
  const settings = readSettings(parsed, context.cores);
  const plan = await loadPlan(settings.rules, context.terminal);
  if (plan === null) return EXIT.rulesRejected;
  const interrupt = listenForInterrupt(context.terminal, settings.isQuiet);
  try {
    const run = await runFiles(plan, settings, context, interrupt.signal);
    report(run, settings, context);
    if (run.result.stopped === 'signal') return interrupt.exitCode();
    return run.result.deadLetters > 0 ? EXIT.deadLetters : EXIT.ok;
  } finally {
    interrupt.dispose();
  }
}

function readSettings(parsed: ParsedArguments, cores: number): Settings {
  const input = parsed.required('in');
  const out = parsed.required('out');
  const rules = parsed.required('rules');
  const format = parsed.text('format');
  const deadLetters = parsed.text('dead-letters');
  const stats = parsed.text('stats');
  refuseSameFile(
    [
      ['--rules', rules],
      ['--in', input],
    ],
    [
      ['--out', out],
      ['--dead-letters', deadLetters],
      ['--stats', stats],
    ],
  );
  return {
    rules,
    in: input,
    out,
    inputFormat: formatOf(input, parsed.text('in-format') ?? format),
    outputFormat: formatOf(out, parsed.text('out-format') ?? format),
    deadLetters,
    stats,
    workers: parsed.count('workers') ?? Math.max(1, cores - 1),
    batchRowsMax: parsed.count('batch-rows') ?? BATCH_ROWS_DEFAULT,
    rowLimit: parsed.count('limit'),
    timings: parsed.flag('timings'),
    isQuiet: parsed.flag('quiet'),
  };
}

function report(run: FinishedRun, settings: Settings, { terminal }: CommandContext): void {
  const { result, sourceName, destination } = run;
  if (!settings.isQuiet) terminal.err(summaryText(result, destination));
  if (result.stopped === 'signal') terminal.err(positionText(result, sourceName, destination));
  if (settings.stats === null) return;
  try {
    writeFileSync(settings.stats, statsText(result, settings));
  } catch (cause) {
    throw ioError('write', settings.stats, cause);
  }
}
