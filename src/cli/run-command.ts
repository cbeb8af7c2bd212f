// `holdfast run`: reads the settings, checks the rules, runs, reports.
//
// The worker threads are started first and everything else is loaded meanwhile: of the time to the
// first decision most is threads and libraries being loaded, and there are two cores to do it on.

import type { Sink } from '../domain/ports.ts';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import type { FinishedRun, RunSettings } from './run-files.ts';
import { WorkerPool } from '../engine/worker-pool.ts';
import { isAbort, openSink } from '../transport/open-sink.ts';
import { drainMsOf } from './drain.ts';
import { EXIT } from './exit-codes.ts';
import { DEAD_LETTERS_SUFFIX, formatOf, isFile, refuseSameFile } from './input-output.ts';
import { listenForInterrupt } from './interrupt.ts';
import { statsText } from './run-stats.ts';
import { positionText, summaryText, UNREAD_STATS_TEXT, UNREAD_TEXT } from './run-summary.ts';

interface Settings extends RunSettings {
  readonly rules: string;
  readonly workers: number;
  /** null = the engine's default */
  readonly batchRowsMax: number | null;
}

export async function runCommand(
  parsed: ParsedArguments,
  context: CommandContext,
): Promise<ExitCode> {
  const settings = readSettings(parsed, context.cores);
  const pool = new WorkerPool(settings.workers);
  try {
    const { prepareEngine } = await import('./prepared-engine.ts');
    const { runFiles } = await import('./run-files.ts');
    const prepared = await prepareEngine(
      { ...settings, watchesRates: settings.alerts !== null, pool },
      context,
    );
    if (prepared === null) return EXIT.rulesRejected;
    refuseSameFile(
      prepared.files.map((file) => ['a file that the rules read', file]),
      outputsOf(settings),
    );
    const interrupt = listenForInterrupt(context.terminal, settings.isQuiet);
    try {
      const run = await runFiles(prepared.engine, settings, context, interrupt.signal);
      if (run === null) {
        context.terminal.err(UNREAD_TEXT);
        return interrupt.exitCode();
      }
      const { batchRowsMax } = prepared.engine.options;
      report(run, settings, context);
      const stats = statsText(run.result, { ...settings, batchRowsMax });
      const isTold = await writeStats(settings.stats, stats, interrupt.signal);
      if (!isTold) context.terminal.err(UNREAD_STATS_TEXT);
      if (!isTold || run.result.stopped === 'signal') return interrupt.exitCode();
      return run.result.deadLetters > 0 ? EXIT.deadLetters : EXIT.ok;
    } finally {
      interrupt.dispose();
    }
  } finally {
    await pool.close();
  }
}

/** Pairs of option and path. */
function outputsOf({
  out,
  deadLetters,
  alerts,
  stats,
}: Pick<Settings, 'out' | 'deadLetters' | 'alerts' | 'stats'>): [string, string | null][] {
  const beside = isFile(out) ? out + DEAD_LETTERS_SUFFIX : null;
  return [
    ['--out', out],
    ['--dead-letters', deadLetters],
    ['the file of dead letters beside --out', deadLetters === null ? beside : null],
    ['--alerts', alerts],
    ['--stats', stats],
  ];
}

function readSettings(parsed: ParsedArguments, cores: number): Settings {
  const input = parsed.required('in');
  const out = parsed.required('out');
  const rules = parsed.required('rules');
  const format = parsed.text('format');
  const deadLetters = parsed.text('dead-letters');
  const alerts = parsed.text('alerts');
  const stats = parsed.text('stats');
  refuseSameFile(
    [
      ['--rules', rules],
      ['--in', input],
    ],
    outputsOf({ out, deadLetters, alerts, stats }),
  );
  return {
    rules,
    in: input,
    out,
    inputFormat: formatOf(input, parsed.text('in-format') ?? format),
    outputFormat: formatOf(out, parsed.text('out-format') ?? format),
    deadLetters,
    alerts,
    stats,
    workers: parsed.count('workers') ?? Math.max(1, cores - 1),
    batchRowsMax: parsed.count('batch-rows'),
    rowLimit: parsed.count('limit'),
    timings: parsed.flag('timings'),
    drainMs: drainMsOf(parsed.text('drain')),
    isQuiet: parsed.flag('quiet'),
  };
}

function report(run: FinishedRun, settings: Settings, { terminal }: CommandContext): void {
  const { result, sourceName, destination } = run;
  if (!settings.isQuiet) terminal.err(summaryText(result, destination));
  if (result.stopped === 'signal') terminal.err(positionText(result, sourceName, destination));
}

/** @returns false when the signal came, and nobody reads the pipe that they go to */
async function writeStats(
  path: string | null,
  text: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (path === null) return true;
  let sink: Sink | null = null;
  try {
    sink = await openSink(path, signal);
    await sink.write(Buffer.from(text));
    await sink.finish();
    return true;
  } catch (error) {
    if (sink === null && isAbort(error, signal)) return false;
    await sink?.abandon().catch(() => {});
    throw error;
  }
}
