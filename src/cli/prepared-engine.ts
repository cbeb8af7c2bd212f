// From a rules file to an engine that is ready: read and check the rules, warm the workers by them and
// run the file's own tests, all three at once where they can be.
//
//   main     | read, check rules | own tests ------- | ready
//   workers  | load their code   | compile, warm up  |
//
// A file whose tests fail does not become active. Nothing is opened or written before that is known.

import type { Plan } from '../domain/plan.ts';
import type { Format } from '../domain/ports.ts';
import type { WorkerPool } from '../engine/worker-pool.ts';
import type { CommandContext } from './command.ts';
import { BATCH_ROWS_DEFAULT, Engine } from '../engine/engine.ts';
import { counted } from './format-text.ts';
import { HASH_KEY_VARIABLE, hashKeyFrom } from './hash-key.ts';
import { loadPlan } from './load-plan.ts';

export interface PrepareOptions {
  /** Path of the rules file. */
  readonly rules: string;
  readonly inputFormat: Format;
  readonly outputFormat: Format;
  readonly workers: number;
  /** null = the engine's default */
  readonly batchRowsMax: number | null;
  /** Alerts are made; what is not asked for costs nothing. */
  readonly watchesRates: boolean;
  /** Already starting; what is prepared takes it over. The caller closes it when null comes back. */
  readonly pool: WorkerPool;
}

export interface PreparedEngine {
  readonly plan: Plan;
  /** Paths of all that was read for the plan. */
  readonly files: readonly string[];
  readonly engine: Engine;
}

/** @returns null when the rules are rejected: why is on the standard error */
export async function prepareEngine(
  options: PrepareOptions,
  { terminal, clock }: CommandContext,
): Promise<PreparedEngine | null> {
  const hashKey = hashKeyFrom(process.env[HASH_KEY_VARIABLE]);
  const loaded = await loadPlan(options.rules, terminal);
  if (loaded === null) return null;
  const { plan, files } = loaded;
  const starting = Engine.create({
    plan,
    watchesRates: options.watchesRates,
    workers: options.workers,
    batchRowsMax: options.batchRowsMax ?? BATCH_ROWS_DEFAULT,
    inputFormat: options.inputFormat,
    outputFormat: options.outputFormat,
    clock,
    hashKey,
    pool: options.pool,
  });
  // Seen below, where it is awaited.
  starting.catch(() => {});
  // Loaded only now: the workers are not to wait for what they do not need.
  const { runFileTests } = await import('../engine/rule-tests.ts');
  const problems = (await runFileTests(plan)).flatMap((result) => result.problems);
  const engine = await starting;
  if (problems.length === 0) return { plan, files, engine };
  for (const problem of problems) terminal.err(`${problem}\n`);
  terminal.err(
    `${counted(problems.length, 'expectation')} of the tests in ${options.rules} not met: ` +
      `rules run only when their own tests pass\n`,
  );
  return null;
}
