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
import { ioError, isReaderGone } from '../transport/io-error.ts';
import { parseArguments } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { helpOf, helpOfAll, helpOfVersion } from './help.ts';

class ProcessTerminal implements Terminal {
  readonly isErrScreen = process.stderr.isTTY;
  #outFailure: Error | null = null;

  constructor() {
    // Told to whoever wrote, below; without a listener it would end the process at once.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  }

  out(text: string): void {
    process.stdout.write(text, (error) => {
      this.#outFailure ??= error ?? null;
    });
  }

  err(text: string): void {
    process.stderr.write(text);
  }

  columns(): number {
    return process.stderr.columns;
  }

  /**
   * Why what was said to `out` did not get there. Not that its reader went away, who has read what was
   * wanted (`holdfast help | head -1`).
   */
  get outFailure(): Error | null {
    return isReaderGone(this.#outFailure) ? null : this.#outFailure;
  }
}

async function dispatch(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const [word, ...rest] = args;
  if (word === undefined) {
    terminal.err(helpOfAll(COMMANDS));
    return EXIT.usage;
  }
  if (isVersion(word)) {
    const isAsked = rest[0] !== undefined && isHelpOption(rest[0]);
    refuseMore(rest.slice(isAsked ? 1 : 0), `${word} takes no argument`);
    terminal.out(isAsked ? helpOfVersion() : `${version()}\n`);
    return EXIT.ok;
  }
  const isHelp = word === 'help' || isHelpOption(word);
  if (isHelp) {
    refuseMore(rest.slice(1), `${word} takes the name of one command`);
    const [about] = rest;
    const isOfAll = about === undefined || about === 'help' || isHelpOption(about);
    if (isOfAll || isVersion(about)) {
      terminal.out(isOfAll ? helpOfAll(COMMANDS) : helpOfVersion());
      return EXIT.ok;
    }
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

function isVersion(word: string): boolean {
  return word === 'version' || word === '--version' || word === '-v';
}

function isHelpOption(word: string): boolean {
  return word === '--help' || word === '-h';
}

function refuseMore([extra]: readonly string[], expected: string): void {
  if (extra === undefined) return;
  const message = `Unexpected argument "${extra}": ${expected}.\nMore: holdfast help`;
  throw new HoldfastError('USAGE', message);
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

/** Ends with `code` once what was said is written, whatever handles are still open. */
function end(code: ExitCode): void {
  process.exitCode = code;
  process.stdout.write('', () => {
    const failure = terminal.outFailure;
    const wasWell = code === EXIT.ok || code === EXIT.deadLetters;
    if (failure !== null) terminal.err(explain(ioError('write', 'stdout', failure)));
    const last = failure !== null && wasWell ? EXIT.ioFailed : code;
    process.stderr.write('', () => process.exit(last));
  });
}

const terminal = new ProcessTerminal();
const context: CommandContext = {
  terminal,
  clock: systemClock,
  cores: availableParallelism(),
};

function fail(error: unknown): void {
  terminal.err(explain(error));
  end(exitCodeOf(error));
}

process.on('uncaughtException', fail);
dispatch(process.argv.slice(2), context).then(end, fail);
