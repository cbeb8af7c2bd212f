// One run from opened files to completed ones: what `run` and `start` share.
//
// Order matters: the input is opened before any output is made, all outputs are looked at before one of
// them is, outputs are completed before a summary says so, and after a failure they stay as .partial.

import { existsSync } from 'node:fs';
import type { Format, Sink } from '../domain/ports.ts';
import type { Engine } from '../engine/engine.ts';
import type { CommandContext, Terminal } from './command.ts';
import type { RunResult } from '../engine/run-result.ts';
import type { Destination } from './run-summary.ts';
import { isAbort, openSinks } from '../transport/open-sink.ts';
import { openSource } from '../transport/open-source.ts';
import { checkOutput } from '../transport/output-target.ts';
import { LazySink, TerminalSink } from './dead-letter-sink.ts';
import { DEAD_LETTERS_SUFFIX } from './input-output.ts';
import { ProgressLine } from './progress.ts';
import { foreignText } from './run-summary.ts';

export interface RunSettings {
  readonly in: string;
  readonly out: string;
  readonly inputFormat: Format;
  readonly outputFormat: Format;
  /** null = beside `out`, or the standard error where `out` is no regular file */
  readonly deadLetters: string | null;
  /** null = rates are not watched */
  readonly alerts: string | null;
  /** Written by the caller at the end; here it is looked at before anything is. null = none */
  readonly stats: string | null;
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

interface Outputs {
  readonly sink: Sink;
  readonly deadLetters: Sink;
  /** `deadLetters`, where it is a file that is only made when there are any. */
  readonly lazy: LazySink | null;
  readonly alerts: Sink | null;
  readonly destination: Destination;
}

/** @returns null when the signal came while an output still waited for somebody who reads it */
export async function runFiles(
  engine: Engine,
  settings: RunSettings,
  context: CommandContext,
  signal: AbortSignal,
): Promise<FinishedRun | null> {
  const { terminal, clock } = context;
  let progress: ProgressLine | null = null;
  const source = await openSource(settings.in, {
    format: settings.inputFormat,
    clock,
    signal,
    onForeign: (form) => {
      if (settings.isQuiet) return;
      progress?.clear();
      terminal.err(foreignText(source.name, form));
    },
  });
  if (!settings.isQuiet) progress = new ProgressLine(terminal, clock, source.bytesTotal);
  let sinks: readonly Sink[] = [];
  try {
    const outputs = await openOutputs(settings, context, signal, () => progress?.clear());
    if (outputs === null) return null;
    const { sink, deadLetters, lazy, alerts, destination } = outputs;
    sinks = alerts === null ? [sink, deadLetters] : [sink, deadLetters, alerts];
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
    if (lazy !== null) tellOlderLetters(lazy, terminal);
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

async function openOutputs(
  settings: RunSettings,
  { terminal }: CommandContext,
  signal: AbortSignal,
  clearLine: () => void,
): Promise<Outputs | null> {
  const { out, stats } = settings;
  const isRegular = await checkOutput(out);
  // Beside the decisions, made when the first letter comes.
  const beside = settings.deadLetters === null && isRegular ? out + DEAD_LETTERS_SUFFIX : null;
  for (const path of [beside, stats]) if (path !== null) await checkOutput(path);
  const opened = await openSinks([out, settings.deadLetters, settings.alerts], signal).catch(
    (error: unknown) => {
      if (isAbort(error, signal)) return null;
      throw error;
    },
  );
  if (opened === null) return null;
  const [sink, named, alerts] = opened;
  const tell = (): void => {
    if (settings.isQuiet) return;
    clearLine();
    terminal.err(`Some rows cannot be read; they go to "${beside}".\n`);
  };
  const lazy = beside === null ? null : new LazySink(beside, tell);
  const deadLetters = named ?? lazy ?? new TerminalSink(terminal, clearLine);
  const destination = {
    out,
    isRegular,
    deadLetters: settings.deadLetters ?? beside,
    alerts: settings.alerts,
  };
  return { sink, deadLetters, lazy, alerts, destination };
}

/** Said even with --quiet: whoever finds that file would take it for this run's. */
function tellOlderLetters({ name, isOpened }: LazySink, terminal: Terminal): void {
  if (isOpened || !existsSync(name)) return;
  terminal.err(`Note: "${name}" is of an earlier run; this run has no dead letters.\n`);
}
