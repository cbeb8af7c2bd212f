// The `--stats` file: the run's result as JSON, with what it was run with.

import type { RunResult } from '../engine/run-result.ts';

export interface StatsSettings {
  readonly rules: string;
  readonly in: string;
  readonly out: string;
  readonly workers: number;
  readonly batchRowsMax: number;
  readonly rowLimit: number | null;
  /** Time that passes after the last row; Infinity is written as "all". */
  readonly drainMs: number;
}

export function statsText(result: RunResult, settings: StatsSettings): string {
  const seconds = Math.max(1e-3, result.elapsedMs / 1000);
  const stats = {
    settings: {
      rules: settings.rules,
      in: settings.in,
      out: settings.out,
      workers: settings.workers,
      batchRowsMax: settings.batchRowsMax,
      rowLimit: settings.rowLimit,
      drainMs: settings.drainMs === Infinity ? 'all' : settings.drainMs,
    },
    node: process.version,
    bytesPerSecond: Math.round(result.bytesIn / seconds),
    ...result,
  };
  return `${JSON.stringify(stats, null, 2)}\n`;
}
