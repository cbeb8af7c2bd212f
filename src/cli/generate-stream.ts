// A generated stream from opened files to completed ones: what `generate` and `start` share. Constant
// memory; a pipe that is slow slows it.
//
// A signal ends it after the chunk that is being written. Only at a pipe or device that chunk is given
// up: nobody may ever read it.

import type { Format, Sink } from '../domain/ports.ts';
import { labelLines, LABELS_HEADER, TransactionGenerator } from '../load/generator.ts';
import { isAbort, openSinks } from '../transport/open-sink.ts';
import { checkOutput } from '../transport/output-target.ts';
import { PARTIAL_SUFFIX } from '../transport/partial.ts';
import { counted, withCommas } from './format-text.ts';

const CHUNK_BYTES = 1 << 20;

export interface StreamSettings {
  readonly rows: number;
  readonly accounts: number;
  readonly seed: number;
  readonly format: Format;
  readonly out: string;
  readonly labels: string | null;
}

export interface GeneratedStream {
  /** Those that were written. */
  readonly rows: number;
  readonly bytes: number;
  readonly labels: number;
  /** The signal came before its end. */
  readonly isStopped: boolean;
  /** Of a stream that was stopped: files that keep what was written. */
  readonly kept: readonly string[];
}

interface Output {
  readonly sink: Sink;
  readonly isRegular: boolean;
}

/**
 * Rejects with IO_FAILED, also where a stopped stream's .partial is another run's by now.
 * @param onProgress after each chunk of about 1 MiB
 */
export async function generateStream(
  settings: StreamSettings,
  signal: AbortSignal,
  onProgress: (rows: number) => void = () => {},
): Promise<GeneratedStream> {
  const outputs = await openOutputs(settings, signal);
  if (outputs === null) return { rows: 0, bytes: 0, labels: 0, isStopped: true, kept: [] };
  const [out, labels] = outputs;
  const opened = labels === null ? [out] : [out, labels];
  try {
    const made = await writeRows(settings, out, labels, signal, onProgress);
    const regular = opened.filter(({ isRegular }) => isRegular);
    if (!made.isStopped) for (const { sink } of opened) await sink.finish();
    // Closing a pipe would wait for its reader.
    else for (const { sink } of regular) await sink.abandon();
    const kept = regular.map(({ sink }) => sink.name + PARTIAL_SUFFIX);
    return { ...made, kept: made.isStopped ? kept : [] };
  } catch (error) {
    for (const { sink } of opened) await sink.abandon().catch(() => {});
    throw error;
  }
}

/** Said even with --quiet, as of a run that was stopped. */
export function stoppedText({ rows, kept }: GeneratedStream, rowsWanted: number): string {
  const names = kept.map((name) => `"${name}"`).join(' and ');
  const place = kept.length === 0 ? '' : ` What was made so far is kept in ${names}.`;
  return `Stopped after ${withCommas(rows)} of ${counted(rowsWanted, 'row')}.${place}\n`;
}

/** @returns null when the signal came while nobody read a named pipe */
async function openOutputs(
  settings: StreamSettings,
  signal: AbortSignal,
): Promise<readonly [Output, Output | null] | null> {
  const isRegular = await checkOutput(settings.out);
  const labelsAreRegular = settings.labels !== null && (await checkOutput(settings.labels));
  try {
    const [out, labels] = await openSinks([settings.out, settings.labels], signal);
    return [
      { sink: out, isRegular },
      labels === null ? null : { sink: labels, isRegular: labelsAreRegular },
    ];
  } catch (error) {
    if (isAbort(error, signal)) return null;
    throw error;
  }
}

async function writeRows(
  settings: StreamSettings,
  out: Output,
  labels: Output | null,
  signal: AbortSignal,
  onProgress: (rows: number) => void,
): Promise<Omit<GeneratedStream, 'kept'>> {
  const { rows, accounts, seed, format } = settings;
  const counts = { rows: 0, bytes: 0, labels: 0 };
  const stopped = (): Omit<GeneratedStream, 'kept'> => ({ ...counts, isStopped: true });
  if (!(await write(labels, Buffer.from(LABELS_HEADER), signal))) return stopped();
  const generator = new TransactionGenerator({ rows, accounts, seed, format });
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let end = generator.writeRows(chunk); end > 0; end = generator.writeRows(chunk)) {
    if (!(await write(out, chunk.subarray(0, end), signal))) return stopped();
    counts.rows = generator.rowCount;
    counts.bytes += end;
    const made = generator.takeLabels();
    if (!(await write(labels, Buffer.from(labelLines(made)), signal))) return stopped();
    counts.labels += made.length;
    onProgress(counts.rows);
    if (signal.aborted && counts.rows < rows) return stopped();
  }
  return { ...counts, isStopped: false };
}

/** @returns false when the signal came before a pipe or device had taken the bytes */
async function write(
  output: Output | null,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  if (output === null) return true;
  const writing = output.sink.write(bytes);
  return output.isRegular ? writing.then(() => true) : isDoneBefore(signal, writing);
}

function isDoneBefore(signal: AbortSignal, task: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(false);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', giveUp);
      settle();
    };
    task.then(
      () => end(() => resolve(true)),
      (error: Error) => end(() => reject(error)),
    );
  });
}
