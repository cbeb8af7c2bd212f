// One run from opened files to completed ones: what `run` and `start` share.
//
// Order matters: the input is opened before any output is made, outputs are completed before a
// summary says so, and after a failure they stay as .partial.

import { existsSync } from 'node:fs';
import type { Format, Sink } from '../domain/ports.ts';
import type { Engine } from '../engine/engine.ts';
import type { CommandContext } from './command.ts';
import type { RunResult } from '../engine/run-result.ts';
import type { Destination } from './run-summary.ts';
import { isRegularTarget, openSink } from '../transport/open-sink.ts';
import { openSource } from '../transport/open-source.ts';
import { LazySink, TerminalSink } from './dead-letter-sink.ts';
import { DEAD_LETTERS_SUFFIX } from './input-output.ts';
import { ProgressLine } from './progress.ts';

export interface RunSettings {
  readonly in: string;
  readonly out: string;
  readonly inputFormat: Format;
  readonly outputFormat: Format;
  /** null = beside `out`, or the standard error where `out` is no regular file */
  readonly deadLetters: string | null;
  /** null = rates are not watched */
  readonly alerts: string | null;
  readonly rowLimit: number | null;
  readonly timings: boolean;
  /** How much time passes after the last row. */
  readonly drainMs: number;
  readonly isQuiet: boolean;
}

export interface FinishedRun {
  readonly result: RunResult;
  readonly sourceName: string;
  readonly destination: Destination;
}

export async function runFiles(
  engine: Engine,
  settings: RunSettings,
  context: CommandContext,
  signal: AbortSignal,
): Promise<FinishedRun> {
  const { terminal, clock } = context;
  const source = await openSource(settings.in, {
    format: settings.inputFormat,
    clock,
    signal,
  });
  const progress = settings.isQuiet ? null : new ProgressLine(terminal, clock, source.bytesTotal);
  const sinks: Sink[] = [];
  try {
    const isRegular = await isRegularTarget(settings.out);
    const sink = await openSink(settings.out);
    sinks.push(sink);
    const deadLetters = await openDeadLetters(settings, isRegular, context, progress);
    sinks.push(deadLetters);
    const alerts = settings.alerts === null ? null : await openSink(settings.alerts);
    if (alerts !== null) sinks.push(alerts);
    const result = await engine.run({
      source,
      sink,
      deadLetters,
      alerts,
      rowLimit: settings.rowLimit,
      timings: settings.timings,
      drainMs: settings.drainMs,
      signal,
      onProgress: (now) => progress?.update(now),
    });
    progress?.clear();
    const isComplete = result.stopped !== 'signal';
    for (const each of sinks) await (isComplete ? each.finish() : each.abandon());
    const destination = {
      out: settings.out,
      isRegular,
      deadLetters: deadLetters.name,
      alerts: alerts?.name ?? null,
    };
    return { result, sourceName: source.name, destination };
  } catch (error) {
    progress?.clear();
    // What failed is the error to tell; a second one while closing would only hide it.
    for (const each of sinks) await each.abandon().catch(() => {});
    throw error;
  } finally {
    await source.close();
  }
}

async function openDeadLetters(
  settings: RunSettings,
  isOutRegular: boolean,
  { terminal }: CommandContext,
  progress: ProgressLine | null,
): Promise<Sink> {
  if (settings.deadLetters !== null) return openSink(settings.deadLetters);
  if (!isOutRegular) return new TerminalSink(terminal, () => progress?.clear());
  const path = settings.out + DEAD_LETTERS_SUFFIX;
  if (existsSync(path) && !settings.isQuiet) {
    terminal.err(
      `Note: "${path}" is of an earlier run; it is replaced if there are dead letters.\n`,
    );
  }
  return new LazySink(path, () => {
    if (settings.isQuiet) return;
    progress?.clear();
    terminal.err(`Some rows cannot be read; they go to "${path}".\n`);
  });
}
