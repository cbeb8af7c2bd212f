// `holdfast start`, behind `npm start`: makes a stream, decides it, shows what came of it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import type { PreparedEngine } from './prepared-engine.ts';
import type { StartFiles } from './start-summary.ts';
import { ioError } from '../transport/io-error.ts';
import { WorkerPool } from '../engine/worker-pool.ts';
import { DRAIN_DEFAULT_MS } from './drain.ts';
import { EXIT } from './exit-codes.ts';
import { counted, percentText } from './format-text.ts';
import type { StreamSettings } from './generate-stream.ts';
import { generateStream, stoppedText } from './generate-stream.ts';
import { listenForInterrupt } from './interrupt.ts';
import { prepareEngine } from './prepared-engine.ts';
import { runFiles } from './run-files.ts';
import { positionText, UNREAD_TEXT } from './run-summary.ts';
import { startSummary } from './start-summary.ts';

const RULES = fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url));

export async function startCommand(
  parsed: ParsedArguments,
  context: CommandContext,
): Promise<ExitCode> {
  const folder = parsed.text('folder') ?? 'out';
  const rows = parsed.count('rows') ?? 1_000_000;
  const accounts = parsed.count('accounts') ?? 200_000;
  const workers = parsed.count('workers') ?? Math.max(1, context.cores - 1);
  const pool = new WorkerPool(workers);
  try {
    const prepared = await prepareEngine(
      {
        rules: RULES,
        inputFormat: 'ndjson',
        outputFormat: 'ndjson',
        workers,
        batchRowsMax: null,
        watchesRates: true,
        pool,
      },
      context,
    );
    if (prepared === null) return EXIT.rulesRejected;
    const files = makeFolder(folder);
    const seed = parsed.count('seed') ?? 1;
    const stopped = await makeStream(files, { rows, accounts, seed }, context);
    if (stopped !== null) return stopped;
    return await decide(prepared, files, workers, context);
  } finally {
    await pool.close();
  }
}

function makeFolder(folder: string): StartFiles {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw ioError('create', folder, cause);
  }
  return {
    transactions: join(folder, 'transactions.ndjson'),
    labels: join(folder, 'labels.csv'),
    decisions: join(folder, 'decisions.ndjson'),
    deadLetters: join(folder, 'dead-letters.ndjson'),
    alerts: join(folder, 'alerts.ndjson'),
  };
}

async function decide(
  { plan, engine }: PreparedEngine,
  files: StartFiles,
  workers: number,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const rules = counted(plan.rules.length, 'rule');
  terminal.err(`Deciding them by ${rules} of ${plan.ruleset}, ${counted(workers, 'worker')}\n`);
  const interrupt = listenForInterrupt(terminal, false);
  try {
    const settings = {
      in: files.transactions,
      out: files.decisions,
      inputFormat: 'ndjson',
      outputFormat: 'ndjson',
      deadLetters: files.deadLetters,
      alerts: files.alerts,
      stats: null,
      rowLimit: null,
      timings: false,
      drainMs: DRAIN_DEFAULT_MS,
      isQuiet: false,
    } as const;
    const run = await runFiles(engine, settings, context, interrupt.signal);
    if (run === null) {
      terminal.err(UNREAD_TEXT);
      return interrupt.exitCode();
    }
    if (run.result.stopped === 'signal') {
      terminal.err(positionText(run.result, run.sourceName, run.destination));
      return interrupt.exitCode();
    }
    terminal.out(`\n${await startSummary(plan, run, workers, files)}`);
    return EXIT.ok;
  } finally {
    interrupt.dispose();
  }
}

/** @returns what to end with when the signal came; null = the stream is whole */
async function makeStream(
  { transactions: out, labels }: StartFiles,
  size: Pick<StreamSettings, 'rows' | 'accounts' | 'seed'>,
  { terminal, clock }: CommandContext,
): Promise<ExitCode | null> {
  const { rows, accounts } = size;
  terminal.err(`Making ${counted(rows, 'transaction')} of ${counted(accounts, 'account')}\n`);
  let drawnMs = clock.monotonicMs();
  const interrupt = listenForInterrupt(terminal, true);
  try {
    const settings = { ...size, format: 'ndjson', out, labels } as const;
    const stream = await generateStream(settings, interrupt.signal, (made) => {
      const nowMs = clock.monotonicMs();
      if (nowMs - drawnMs < (terminal.isErrScreen ? 100 : 2000)) return;
      drawnMs = nowMs;
      const line = `${counted(made, 'row')}   ${percentText(made, rows)}`;
      terminal.err(terminal.isErrScreen ? `\r\u001b[2K${line}` : `${line}\n`);
    });
    if (terminal.isErrScreen) terminal.err('\r\u001b[2K');
    if (!stream.isStopped) return null;
    terminal.err(stoppedText(stream, rows));
    return interrupt.exitCode();
  } finally {
    interrupt.dispose();
  }
}
