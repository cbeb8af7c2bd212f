// The seam between the command line and the engine: a plan, a source and two sinks in, a result out.

import type { Clock } from '../base/clock.ts';
import type { Format, Sink, Source } from '../domain/ports.ts';
import type { Plan } from '../domain/plan.ts';

/** [allow, hold, reverse] */
export type OutcomeCounts = readonly [number, number, number];

export interface RunProgress {
  readonly rows: number;
  readonly decisions: number;
  readonly bytesIn: number;
  readonly outcomes: OutcomeCounts;
  readonly deadLetters: number;
}

export interface RuleCount {
  readonly id: string;
  readonly fired: number;
}

export interface RunResult extends RunProgress {
  readonly stopped: 'end' | 'limit' | 'signal';
  /** The first row that was not decided. */
  readonly position: { readonly row: number; readonly byte: number };
  readonly decisionHash: string;
  readonly elapsedMs: number;
  /** Microseconds from a batch's arrival to its decisions' hand-over. */
  readonly latency: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
  readonly rules: readonly RuleCount[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly flags: Readonly<Record<string, number>>;
  readonly passesMs: Readonly<Record<string, number>>;
  readonly repeats: number;
  readonly late: number;
  readonly blankLines: number;
  readonly peakRssBytes: number;
}

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
  readonly onProgress: (progress: RunProgress) => void;
}

interface EngineModule {
  readonly Engine: {
    create(options: unknown): Promise<{
      run(options: unknown): Promise<RunResult>;
      close(): Promise<void>;
    }>;
  };
}

export async function runPipeline(options: PipelineOptions): Promise<RunResult> {
  const { source, sink, deadLetters, rowLimit, timings, signal, onProgress } = options;
  const specifier = '../engine/engine.js';
  const { Engine } = (await import(specifier)) as EngineModule;
  const engine = await Engine.create({
    plan: options.plan,
    workers: options.workers,
    batchRowsMax: options.batchRowsMax,
    inputFormat: source.format,
    outputFormat: options.outputFormat,
    clock: options.clock,
  });
  try {
    return await engine.run({ source, sink, deadLetters, rowLimit, timings, signal, onProgress });
  } finally {
    await engine.close();
  }
}
