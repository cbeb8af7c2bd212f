// Help as text, from the commands' tables.

import type { CommandSpec, OptionSpec } from './command.ts';
import { EXIT_MEANINGS } from './exit-codes.ts';

export function helpOfAll(commands: readonly CommandSpec[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = [
    'holdfast decides on streams of payments: allow, hold or reverse.',
    '',
    'Usage: holdfast COMMAND ...',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    `  ${'help'.padEnd(width)}  Help on a command: holdfast help run`,
    `  ${'version'.padEnd(width)}  The version`,
    '',
    'Exit codes:',
    ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
    '',
    'Example:',
    ...(commands[0]?.examples ?? []).slice(0, 1).map((example) => `  ${example}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Of the one command that is in no table: it has nothing to load. */
export function helpOfVersion(): string {
  return 'Print the version.\n\nUsage: holdfast version\n';
}

export function helpOf(command: CommandSpec): string {
  const rows: (readonly [string, string])[] = [
    ...command.positionals.map((spec) => [spec.name, spec.about] as const),
    ...command.options.map((option) => [optionText(option), option.about] as const),
    ['--help', 'this text'] as const,
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = [
    `${command.summary}.`,
    '',
    `Usage: ${command.usage}`,
    '',
    ...rows.map(([left, about]) => `  ${left.padEnd(width)}  ${about}`),
    ...command.notes.flatMap((note) => ['', note]),
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ];
  return `${lines.join('\n')}\n`;
}

function optionText(option: OptionSpec): string {
  switch (option.kind) {
    case 'flag':
      return `--${option.name}`;
    case 'count':
      return `--${option.name} N`;
    case 'choice':
      return `--${option.name} ${option.choices.join('|')}`;
    case 'text':
      return `--${option.name} ${option.value}`;
  }
}
