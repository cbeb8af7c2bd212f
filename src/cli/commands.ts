// The commands: names, options and help. Their code is loaded when one is run.

import type { CommandSpec, OptionSpec } from './command.ts';

const FORMATS = ['ndjson', 'msgpack'];

const WORKERS: OptionSpec = {
  kind: 'count',
  name: 'workers',
  min: 1,
  max: 64,
  about: 'worker threads; default: cores - 1, at least 1',
};

const QUIET: OptionSpec = {
  kind: 'flag',
  name: 'quiet',
  about: 'print errors only, no progress and no summary',
};

const RUN: CommandSpec = {
  name: 'run',
  summary: 'Decide a stream of transactions by a rules file',
  usage: 'holdfast run --rules R.yaml --in FILE|- --out FILE|- [options]',
  positionals: [],
  options: [
    { kind: 'text', name: 'rules', value: 'R.yaml', about: 'the rules file', isRequired: true },
    {
      kind: 'text',
      name: 'in',
      value: 'FILE|-',
      about: 'the transactions; - is the standard input',
      isRequired: true,
    },
    {
      kind: 'text',
      name: 'out',
      value: 'FILE|-',
      about: 'the decisions; - is the standard output',
      isRequired: true,
    },
    {
      kind: 'choice',
      name: 'format',
      choices: FORMATS,
      about: 'of both sides; default: by the name',
    },
    { kind: 'choice', name: 'in-format', choices: FORMATS, about: 'of the transactions only' },
    { kind: 'choice', name: 'out-format', choices: FORMATS, about: 'of the decisions only' },
    WORKERS,
    {
      kind: 'count',
      name: 'batch-rows',
      min: 1,
      max: 65_536,
      about: 'most rows of a batch; default 4096',
    },
    {
      kind: 'text',
      name: 'dead-letters',
      value: 'FILE|-',
      about: 'rows that cannot be read, one JSON line each; default OUT.dead-letters.ndjson',
    },
    {
      kind: 'text',
      name: 'alerts',
      value: 'FILE|-',
      about: 'watch the rates of outcomes; one JSON line for each jump and its end',
    },
    {
      kind: 'text',
      name: 'stats',
      value: 'FILE.json|-',
      about: 'counts, throughput, percentiles, memory and decision hash',
    },
    {
      kind: 'text',
      name: 'drain',
      value: 'TIME|all|none',
      about: 'how much time passes after the last row, for holds and timers; default 1h',
    },
    {
      kind: 'flag',
      name: 'timings',
      about: 'each decision says when it was made and how long it took',
    },
    QUIET,
    {
      kind: 'count',
      name: 'limit',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      about: 'stop after the first N rows, as if the input ended there',
    },
  ],
  notes: [
    'Formats by name: .ndjson .jsonl .json are NDJSON, .msgpack .mp are concatenated msgpack maps;\n' +
      'names without an ending, and -, are taken for NDJSON. Any other ending needs --format.',
    'A regular file is written as FILE.partial and takes its name when it is complete. Interrupted\n' +
      '(Ctrl-C), the batch is finished, the .partial kept, and the position printed.',
    'Of --out, --dead-letters, --alerts and --stats one can be -, the standard output.',
    'Without --dead-letters and when --out is no regular file, dead letters go to the standard error.',
  ],
  examples: [
    'holdfast run --rules rules.yaml --in transactions.ndjson --out decisions.ndjson',
    'cat day.msgpack | holdfast run --rules rules.yaml --in - --out - --format msgpack --quiet',
  ],
  load: async () => (await import('./run-command.ts')).runCommand,
};

const CHECK: CommandSpec = {
  name: 'check',
  summary: 'Check a rules file: every error at once, or what was compiled and its own tests',
  usage: 'holdfast check R.yaml',
  positionals: [
    { name: 'R.yaml', optionElsewhere: 'rules', about: 'the rules file', isRequired: true },
  ],
  options: [QUIET],
  notes: [],
  examples: ['holdfast check fixtures/rules/pos-wallet.yaml'],
  load: async () => (await import('./check-command.ts')).checkCommand,
};

const GENERATE: CommandSpec = {
  name: 'generate',
  summary: 'Write a realistic stream of transactions with injected frauds and faults',
  usage: 'holdfast generate --rows N --accounts N --seed S --out FILE|- [--labels FILE|-]',
  positionals: [],
  options: [
    { kind: 'count', name: 'rows', min: 1, max: 1e12, about: 'rows in all; default 1000000' },
    {
      kind: 'count',
      name: 'accounts',
      min: 1,
      max: 89_000_000,
      about: 'accounts that pay; default 200000',
    },
    {
      kind: 'count',
      name: 'seed',
      min: 0,
      max: 4_294_967_295,
      about: 'the same seed gives the same bytes; default 1',
    },
    {
      kind: 'text',
      name: 'out',
      value: 'FILE|-',
      about: 'the transactions; - is the standard output',
      isRequired: true,
    },
    {
      kind: 'text',
      name: 'labels',
      value: 'FILE|-',
      about: 'what was injected, CSV: transactionId,label,knownAt,kind',
    },
    { kind: 'choice', name: 'format', choices: FORMATS, about: 'default: by the name' },
    QUIET,
  ],
  notes: ['Interrupted (Ctrl-C), what was made so far is kept as FILE.partial.'],
  examples: [
    'holdfast generate --rows 1000000 --accounts 200000 --seed 7 --out day.ndjson --labels day.csv',
  ],
  load: async () => (await import('./generate-command.ts')).generateCommand,
};

const START: CommandSpec = {
  name: 'start',
  summary: 'The demonstration behind npm start: generate a stream, decide it, show the result',
  usage: 'holdfast start [--rows N] [--accounts N] [--seed S] [--workers N] [--folder FOLDER]',
  positionals: [],
  options: [
    { kind: 'count', name: 'rows', min: 1000, max: 1e9, about: 'default 1000000' },
    { kind: 'count', name: 'accounts', min: 100, max: 89_000_000, about: 'default 200000' },
    { kind: 'count', name: 'seed', min: 0, max: 4_294_967_295, about: 'default 1' },
    WORKERS,
    { kind: 'text', name: 'folder', value: 'FOLDER', about: 'where files go; default ./out' },
  ],
  notes: ['The stream has faulty rows on purpose: dead letters do not change the exit code.'],
  examples: ['holdfast start --rows 200000'],
  load: async () => (await import('./start-command.ts')).startCommand,
};

export const COMMANDS: readonly CommandSpec[] = [RUN, CHECK, GENERATE, START];
