// The seam between the command line and the engine: a plan, a source and two sinks in, a result out.

import type { Clock } from '../base/clock.ts';
import type { Plan } from '../domain/plan.ts';
import type { Format, Sink, Source } from '../domain/ports.ts';
import { Engine } from '../engine/engine.ts';
import type { WorkerPool } from '../engine/worker-pool.ts';
import type { RunProgress, RunResult } from '../engine/run-result.ts';

export interface PipelineOptions {
  readonly plan: Plan;
  readonly source: Source;
  readonly sink: Sink;
  readonly deadLetters: Sink;
  readonly outputFormat: Format;
  readonly workers: number;
  readonly batchRowsMax: number;
  readonly rowLimit: number | null;
  readonly timings: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Workers that were started while the rules were read. */
  readonly pool?: WorkerPool | undefined;
  readonly onProgress: (progress: RunProgress) => void;
}

export async function runPipeline(options: PipelineOptions): Promise<RunResult> {
  const { plan, workers, batchRowsMax, outputFormat, clock } = options;
  const { source, sink, deadLetters, rowLimit, timings, signal, onProgress } = options;
  const inputFormat = source.format;
  const sizes = { workers, batchRowsMax };
  const engine = await Engine.create({
    plan,
    ...sizes,
    inputFormat,
    outputFormat,
    clock,
    ...(options.pool !== undefined && { pool: options.pool }),
  });
  try {
    return await engine.run({ source, sink, deadLetters, rowLimit, timings, signal, onProgress });
  } finally {
    await engine.close();
  }
}
