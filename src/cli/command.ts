// What a command is: a table entry that help, parsing and running all read, so that they agree.

import type { Clock } from '../base/clock.ts';
import type { ParsedArguments } from './arguments.ts';
import type { ExitCode } from './exit-codes.ts';

export type OptionSpec =
  | { readonly kind: 'flag'; readonly name: string; readonly about: string }
  | {
      readonly kind: 'text';
      readonly name: string;
      /** What stands for the value in help: FILE. */
      readonly value: string;
      readonly about: string;
      readonly isRequired?: boolean;
    }
  | {
      readonly kind: 'count';
      readonly name: string;
      readonly about: string;
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly choices: readonly string[];
      readonly about: string;
    };

export interface PositionalSpec {
  readonly name: string;
  /** Of the option by which another command takes the same, without --; for a hint. */
  readonly optionElsewhere?: string;
  readonly about: string;
  readonly isRequired: boolean;
}

/** Where a command speaks: results to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** True when `err` is a screen, on which a line can be rewritten. */
  readonly isErrScreen: boolean;
  /** Width of that screen. */
  columns(): number;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Cores that the machine offers. */
  readonly cores: number;
}

export type RunCommand = (parsed: ParsedArguments, context: CommandContext) => Promise<ExitCode>;

export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** Paragraphs after the options. */
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  /** Loads the command's code: starting one must not wait for the others' libraries. */
  load(): Promise<RunCommand>;
}
