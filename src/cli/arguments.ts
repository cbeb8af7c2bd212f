// The command line against a command's table: unknown words get a near miss, numbers and choices a
// sentence. node:util's parseArgs cuts the line into tokens; what they mean is checked here, because
// its own strict mode says neither "did you mean" nor which value was wrong.
// Throws HoldfastError USAGE.

import { parseArgs } from 'node:util';
import type { CommandSpec, OptionSpec } from './command.ts';
import { assert } from '../base/assert.ts';
import { HoldfastError } from '../base/errors.ts';
import { nearMiss } from '../base/near-miss.ts';

export class ParsedArguments {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #counts: ReadonlyMap<string, number>;
  readonly #flags: ReadonlySet<string>;
  readonly positionals: readonly string[];

  constructor(
    texts: ReadonlyMap<string, string>,
    counts: ReadonlyMap<string, number>,
    flags: ReadonlySet<string>,
    positionals: readonly string[],
  ) {
    this.#texts = texts;
    this.#counts = counts;
    this.#flags = flags;
    this.positionals = positionals;
  }

  text(name: string): string | null {
    return this.#texts.get(name) ?? null;
  }

  /** Of an option that is required: parsing has checked that it is there. */
  required(name: string): string {
    const value = this.#texts.get(name);
    assert(value !== undefined, `option --${name} is declared as required`);
    return value;
  }

  count(name: string): number | null {
    return this.#counts.get(name) ?? null;
  }

  flag(name: string): boolean {
    return this.#flags.has(name);
  }
}

type Token =
  | {
      readonly kind: 'option';
      readonly name: string;
      /** As it was written: `--name`, `-n`. */
      readonly rawName: string;
      readonly value: string | undefined;
      /** Written as `--name=value`. */
      readonly inlineValue: boolean | undefined;
    }
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' };

/** @returns null when help was asked for */
export function parseArguments(
  command: CommandSpec,
  args: readonly string[],
): ParsedArguments | null {
  const texts = new Map<string, string>();
  const counts = new Map<string, number>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  const tokens = tokensOf(command, args);
  if (tokens.some((token) => token.kind === 'option' && isHelp(token.name))) return null;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      positionals.push(token.value);
      continue;
    }
    const option = findOption(command, token.rawName, token.name);
    if (flags.has(option.name) || texts.has(option.name)) {
      throw usage(command, `--${option.name} is given twice.`);
    }
    if (option.kind === 'flag') {
      if (token.value !== undefined) {
        throw usage(command, `--${option.name} takes no value, got "${token.value}".`);
      }
      flags.add(option.name);
      continue;
    }
    const value = valueOf(command, option, token.value, token.inlineValue === true);
    texts.set(option.name, value);
    if (option.kind === 'count') counts.set(option.name, countOf(command, option, value));
  }
  checkPositionals(command, positionals);
  for (const option of command.options) {
    if (option.kind === 'text' && option.isRequired === true && !texts.has(option.name)) {
      throw usage(command, `--${option.name} ${option.value} is needed: ${option.about}.`);
    }
  }
  return new ParsedArguments(texts, counts, flags, positionals);
}

function isHelp(name: string): boolean {
  return name === 'help' || name === 'h';
}

function tokensOf(command: CommandSpec, args: readonly string[]): readonly Token[] {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const option of command.options) {
    options[option.name] = { type: option.kind === 'flag' ? 'boolean' : 'string' };
  }
  const config = { args: [...args], options, allowPositionals: true, tokens: true } as const;
  return parseArgs({ ...config, strict: false }).tokens;
}

function findOption(command: CommandSpec, rawName: string, name: string): OptionSpec {
  const option = rawName.startsWith('--')
    ? command.options.find((candidate) => candidate.name === name)
    : undefined;
  if (option !== undefined) return option;
  const positional = command.positionals.find(({ optionElsewhere }) => optionElsewhere === name);
  if (positional !== undefined) {
    const sentence = `Unknown option "${rawName}": ${positional.about} is given without an option`;
    throw usage(command, `${sentence}, holdfast ${command.name} ${positional.name}.`);
  }
  const names = [...command.options.map((candidate) => candidate.name), 'help'];
  const near = nearMiss(name, names);
  const hint = near === null ? '' : ` Did you mean "--${near}"?`;
  throw usage(command, `Unknown option "${rawName}".${hint}`);
}

function valueOf(
  command: CommandSpec,
  option: Exclude<OptionSpec, { kind: 'flag' }>,
  value: string | undefined,
  isInline: boolean,
): string {
  const isOption = value !== undefined && !isInline && /^--?[a-z]/i.test(value);
  if (value === undefined || value === '' || isOption) {
    const got = isOption ? `, got the option "${value}"` : '';
    throw usage(command, `--${option.name} needs a value${got}.`);
  }
  if (option.kind === 'choice' && !option.choices.includes(value)) {
    const near = nearMiss(value, option.choices);
    const hint = near === null ? '' : ` Did you mean "${near}"?`;
    const choices = option.choices.join(' or ');
    throw usage(command, `--${option.name} must be ${choices}, got "${value}".${hint}`);
  }
  return value;
}

function countOf(
  command: CommandSpec,
  option: Extract<OptionSpec, { kind: 'count' }>,
  value: string,
): number {
  const count = /^-?\d+(_\d+)*$/.test(value) ? Number(value.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(count) || count < option.min || count > option.max) {
    const { name, min, max } = option;
    throw usage(command, `--${name} must be a whole number from ${min} to ${max}, got "${value}".`);
  }
  return count;
}

function checkPositionals(command: CommandSpec, positionals: readonly string[]): void {
  const missing = command.positionals.slice(positionals.length).find((spec) => spec.isRequired);
  if (missing !== undefined) {
    throw usage(command, `${missing.name} is needed: ${missing.about}.`);
  }
  const extra = positionals[command.positionals.length];
  if (extra !== undefined) {
    const near = nearMiss(
      extra,
      command.options.map((option) => option.name),
    );
    const hint = near === null ? fileOptions(command) : ` Did you mean "--${near}"?`;
    throw usage(command, `Unexpected argument "${extra}".${hint}`);
  }
}

/** For whoever gives files without saying which is which; empty where that is no option's business. */
function fileOptions(command: CommandSpec): string {
  if (command.positionals.length > 0) return '';
  const names = command.options.flatMap((option) =>
    option.kind === 'text' && option.isRequired === true ? [`--${option.name}`] : [],
  );
  return names.length === 0 ? '' : ` Files are given by options: ${names.join(', ')}.`;
}

function usage(command: CommandSpec, sentence: string): HoldfastError {
  return new HoldfastError(
    'USAGE',
    `${sentence}\nUsage: ${command.usage}\nMore: holdfast ${command.name} --help`,
  );
}
