import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import type { CommandSpec } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { helpOf } from '../../src/cli/help.ts';

const COMMAND: CommandSpec = {
  name: 'try',
  summary: 'Try something',
  usage: 'holdfast try FILE --rules R [--workers N]',
  positionals: [{ name: 'FILE', about: 'what to try', isRequired: false }],
  options: [
    { kind: 'text', name: 'rules', value: 'R', about: 'the rules', isRequired: true },
    { kind: 'text', name: 'in', value: 'FILE', about: 'input' },
    { kind: 'count', name: 'workers', min: 1, max: 64, about: 'threads' },
    { kind: 'choice', name: 'format', choices: ['ndjson', 'msgpack'], about: 'format' },
    { kind: 'flag', name: 'quiet', about: 'say nothing' },
  ],
  notes: [],
  examples: [],
  load: async () => async () => 0,
};

function failure(args: string): string {
  try {
    parseArguments(COMMAND, args.split(' '));
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'USAGE') {
      return error.message.split('\n')[0] ?? '';
    }
    throw error;
  }
  return 'accepted';
}

test.each([
  ['--ruls x', 'Unknown option "--ruls". Did you mean "--rules"?'],
  ['--rules x --worker 2', 'Unknown option "--worker". Did you mean "--workers"?'],
  ['--rules x --zzzzzz', 'Unknown option "--zzzzzz".'],
  ['--rules x -q', 'Unknown option "-q".'],
  ['--quiet', '--rules R is needed: the rules.'],
  ['--rules', '--rules needs a value.'],
  ['--rules --quiet', '--rules needs a value, got the option "--quiet".'],
  ['--rules=', '--rules needs a value.'],
  ['--rules x --rules y', '--rules is given twice.'],
  ['--rules x --quiet --quiet', '--quiet is given twice.'],
  ['--rules x --quiet=yes', '--quiet takes no value, got "yes".'],
  ['--rules x --workers 0', '--workers must be a whole number from 1 to 64, got "0".'],
  ['--rules x --workers -5', '--workers must be a whole number from 1 to 64, got "-5".'],
  ['--rules x --workers 2.5', '--workers must be a whole number from 1 to 64, got "2.5".'],
  ['--rules x --workers two', '--workers must be a whole number from 1 to 64, got "two".'],
  ['--rules x --workers 1e1', '--workers must be a whole number from 1 to 64, got "1e1".'],
  [
    '--rules x --format msgpak',
    '--format must be ndjson or msgpack, got "msgpak". Did you mean "msgpack"?',
  ],
  ['--rules x a b', 'Unexpected argument "b".'],
  ['--rules x a quite', 'Unexpected argument "quite". Did you mean "--quiet"?'],
])('%s', (args, sentence) => {
  expect(failure(args)).toBe(sentence);
});

test('values arrive as they were meant', () => {
  const args = ['file', '--rules=-odd-', '--in', '-', '--workers', '1_0', '--quiet', '--', '--x'];
  const parsed = parseArguments(
    { ...COMMAND, positionals: [...COMMAND.positionals, ...COMMAND.positionals] },
    args,
  );
  expect(parsed?.required('rules')).toBe('-odd-');
  expect(parsed?.text('in')).toBe('-');
  expect(parsed?.count('workers')).toBe(10);
  expect(parsed?.flag('quiet')).toBe(true);
  expect(parsed?.text('format')).toBe(null);
  expect(parsed?.positionals).toEqual(['file', '--x']);
});

test('help is asked for before anything is checked', () => {
  expect(parseArguments(COMMAND, ['--nonsense', '--help'])).toBe(null);
  expect(parseArguments(COMMAND, ['-h'])).toBe(null);
});

describe('every command', () => {
  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s: help names each option and has an example that parses',
    (name, command) => {
      const help = helpOf(command);
      for (const option of command.options) expect(help).toContain(`--${option.name}`);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) {
        const words = example.split(/\s+/);
        const start = words.indexOf('holdfast');
        expect(words[start + 1]).toBe(name);
        expect(parseArguments(command, words.slice(start + 2))).not.toBe(null);
      }
      expect(help.split('\n').filter((line) => line.length > 120)).toEqual([]);
    },
  );
});
