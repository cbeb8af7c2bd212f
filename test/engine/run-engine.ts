// A stream through the real engine, worker threads and all, and through the one without threads.

import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Format } from '../../src/domain/ports.ts';
import type { EngineOptions, EngineRun } from '../../src/engine/engine.ts';
import { Engine } from '../../src/engine/engine.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import type { RunResult } from '../../src/engine/run-result.ts';
import { MemorySink } from '../../src/transport/memory-sink.ts';
import { memorySource } from '../../src/transport/open-source.ts';
import type { Random } from '../../src/base/random.ts';
import type { StreamRow } from '../support/random-stream.ts';
import { toMsgpack, toNdjson } from '../support/writers.ts';

/** A row, or bytes that are none in either form. */
export type MixedRow = StreamRow | 'garbage';

const GARBAGE: Readonly<Record<Format, Uint8Array>> = {
  ndjson: Buffer.from('{"id":\n'),
  msgpack: Uint8Array.of(0xc1),
};

/** Each row's bytes, in one form; with a Random they are spelled in every legal way. */
export function rowBytes(rows: readonly MixedRow[], format: Format, random?: Random): Uint8Array[] {
  const write = format === 'ndjson' ? toNdjson : toMsgpack;
  return rows.map((row) => (row === 'garbage' ? GARBAGE[format] : write([row], random)));
}

export interface RunOptions {
  readonly plan: Plan;
  readonly bytes: Uint8Array;
  readonly format: Format;
  readonly workers: number;
  readonly batchRowsMax: number;
  readonly outputFormat?: Format;
  readonly engine?: Partial<EngineOptions>;
  readonly run?: Partial<EngineRun>;
  readonly clock?: Clock;
}

export interface FinishedRun {
  readonly decisions: Uint8Array;
  readonly letters: Uint8Array;
  /** null when it was rejected, with `error`. */
  readonly result: RunResult | null;
  readonly error: unknown;
}

/** Runs a whole source; what was written stands in the result even when the run is rejected. */
export async function runEngine(options: RunOptions): Promise<FinishedRun> {
  const { plan, bytes, format, workers, batchRowsMax, clock = systemClock } = options;
  const engine = await Engine.create({
    plan,
    workers,
    batchRowsMax,
    inputFormat: format,
    outputFormat: options.outputFormat ?? 'ndjson',
    emitShadow: true,
    clock,
    ...options.engine,
  });
  const sink = new MemorySink();
  const deadLetters = new MemorySink();
  const source = memorySource(bytes, { format, clock, name: 'memory' });
  let result: RunResult | null = null;
  let error: unknown = null;
  try {
    result = await engine.run({
      source,
      sink,
      deadLetters,
      rowLimit: null,
      drainMs: 0,
      ...options.run,
    });
  } catch (cause) {
    error = cause;
  } finally {
    await engine.close();
  }
  return { decisions: sink.bytes, letters: deadLetters.bytes, result, error };
}

/** The same rows through the engine without threads. */
export function runLocally(
  plan: Plan,
  rows: readonly Uint8Array[],
  format: Format,
  batchRowsMax: number,
  outputFormat: Format = 'ndjson',
): { decisions: Uint8Array; letters: Uint8Array } {
  return new LocalEngine({ plan, batchRowsMax, outputFormat, emitShadow: true }).decideBytes(
    rows,
    format,
  );
}

export function linesOf(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return lines.slice(0, -1);
}

/** What can be wrong with a row, whatever its form. */
const BREAKAGES: readonly ((row: StreamRow) => MixedRow)[] = [
  () => 'garbage',
  (row) => ({ ...row, amount: 'ten' }),
  (row) => ({ ...row, amount: 1.5 }),
  (row) => ({ ...row, kind: 'paymnet' }),
  (row) => ({ ...row, id: undefined }),
  (row) => ({ ...row, id: 17 }),
  (row) => ({ ...row, time: 2 ** 60 }),
  (row) => ({ ...row, time: 4e15, lat: 91 }),
  (row) => ({ ...row, account: undefined }),
  (row) => ({ ...row, account: 'a'.repeat(65) }),
  (row) => ({ ...row, channel: 'carrier pigeon' }),
  (row) => ({ ...row, unknown: nested(40) }),
];

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

/** The rows, and broken ones between them. */
export function withBadRows(
  random: Random,
  rows: readonly StreamRow[],
  chance: number,
): MixedRow[] {
  return rows.flatMap((row): MixedRow[] => {
    if (!random.chance(chance)) return [row];
    const bad = random.pick(BREAKAGES)({ ...row, id: `${String(row['id'])}-bad` });
    return random.chance(0.5) ? [bad, row] : [row, bad];
  });
}
