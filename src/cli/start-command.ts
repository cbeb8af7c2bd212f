// `holdfast start`, behind `npm start`: makes a stream, decides it, shows what came of it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParsedArguments } from './arguments.ts';
import type { CommandContext } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { ioError } from '../transport/io-error.ts';
import { EXIT } from './exit-codes.ts';
import { counted, percentText } from './format-text.ts';
import { generateStream } from './generate-command.ts';
import { listenForInterrupt } from './interrupt.ts';
import { loadPlan } from './load-plan.ts';
import { BATCH_ROWS_DEFAULT, runFiles } from './run-files.ts';
import { positionText, summaryText } from './run-summary.ts';

const RULES = fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url));

export async function startCommand(
  parsed: ParsedArguments,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const folder = parsed.text('folder') ?? 'out';
  const rows = parsed.count('rows') ?? 1_000_000;
  const accounts = parsed.count('accounts') ?? 200_000;
  const plan = await loadPlan(RULES, terminal);
  if (plan === null) return EXIT.rulesRejected;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw ioError('create', folder, cause);
  }
  const out = join(folder, 'decisions.ndjson');
  const transactions = join(folder, 'transactions.ndjson');
  await makeStream(transactions, rows, accounts, parsed, folder, context);
  terminal.err(`Deciding them by ${counted(plan.rules.length, 'rule')} of ${plan.ruleset}\n`);
  const interrupt = listenForInterrupt(terminal, false);
  try {
    const { result, destination, sourceName } = await runFiles(
      plan,
      {
        rules: RULES,
        in: transactions,
        out,
        inputFormat: 'ndjson',
        outputFormat: 'ndjson',
        deadLetters: join(folder, 'dead-letters.ndjson'),
        workers: parsed.count('workers') ?? Math.max(1, context.cores - 1),
        batchRowsMax: BATCH_ROWS_DEFAULT,
        rowLimit: null,
        timings: false,
        isQuiet: false,
      },
      context,
      interrupt.signal,
    );
    terminal.out(summaryText(result, destination));
    if (result.stopped !== 'signal') return EXIT.ok;
    terminal.err(positionText(result, sourceName, destination));
    return interrupt.exitCode();
  } finally {
    interrupt.dispose();
  }
}

async function makeStream(
  out: string,
  rows: number,
  accounts: number,
  parsed: ParsedArguments,
  folder: string,
  { terminal, clock }: CommandContext,
): Promise<void> {
  terminal.err(`Making ${counted(rows, 'transaction')} of ${counted(accounts, 'account')}\n`);
  let drawnMs = clock.monotonicMs();
  const seed = parsed.count('seed') ?? 1;
  const labels = join(folder, 'labels.csv');
  await generateStream({ rows, accounts, seed, format: 'ndjson', out, labels }, (made) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - drawnMs < (terminal.isErrScreen ? 100 : 2000)) return;
    drawnMs = nowMs;
    const line = `${counted(made, 'row')}   ${percentText(made, rows)}`;
    terminal.err(terminal.isErrScreen ? `\r\u001b[2K${line}` : `${line}\n`);
  });
  if (terminal.isErrScreen) terminal.err('\r\u001b[2K');
}
