#!/usr/bin/env node
// The program `holdfast`: finds the command, runs it, turns what went wrong into a sentence and an
// exit code. Commands are loaded when they run.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { CommandContext, Terminal } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { systemClock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import { maskText } from '../domain/card-numbers.ts';
import { nearMiss } from '../base/near-miss.ts';
import { parseArguments } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { helpOf, helpOfAll } from './help.ts';

function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isErrScreen: process.stderr.isTTY,
    columns: () => process.stderr.columns,
  };
}

async function dispatch(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const [word, ...rest] = args;
  if (word === undefined) {
    terminal.err(helpOfAll(COMMANDS));
    return EXIT.usage;
  }
  if (word === 'version' || word === '--version' || word === '-v') {
    terminal.out(`${version()}\n`);
    return EXIT.ok;
  }
  const isHelp = word === 'help' || word === '--help' || word === '-h';
  if (isHelp && rest.length === 0) {
    terminal.out(helpOfAll(COMMANDS));
    return EXIT.ok;
  }
  const name = isHelp ? rest[0] : word;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name ?? '');
  const parsed = isHelp ? null : parseArguments(command, rest);
  if (parsed === null) {
    terminal.out(helpOf(command));
    return EXIT.ok;
  }
  const run = await command.load();
  return run(parsed, context);
}

function unknownCommand(word: string): HoldfastError {
  const names = [...COMMANDS.map((command) => command.name), 'help', 'version'];
  const near = nearMiss(word, names);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  const kind = word.startsWith('-') ? 'option' : 'command';
  return new HoldfastError('USAGE', `Unknown ${kind} "${word}".${hint}\nMore: holdfast help`);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

function explain(error: unknown): string {
  if (error instanceof HoldfastError) return `holdfast: ${error.message}\n`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `holdfast: Internal error, which is a bug in holdfast: ${maskText(detail)}\n`;
}

/** Whoever reads our messages may go away at any time (`holdfast help | head -1`). */
function ignoreClosedOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** Ends with `code` once what was said is written, whatever handles are still open. */
function end(code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

const context: CommandContext = {
  terminal: processTerminal(),
  clock: systemClock,
  cores: availableParallelism(),
};

function fail(error: unknown): void {
  context.terminal.err(explain(error));
  end(exitCodeOf(error));
}

ignoreClosedOutputs();
process.on('uncaughtException', fail);
dispatch(process.argv.slice(2), context).then(end, fail);
