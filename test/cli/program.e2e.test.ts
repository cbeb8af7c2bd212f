// The built program on what needs no engine: the command line, rules files, generated streams.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM, runProgram } from './program.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  await mkdir(join(folder, 'sub'));
  writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]));
  writeFileSync(join(folder, 'bad.yaml'), BAD_RULES);
  writeFileSync(join(folder, 'good.yaml'), GOOD_RULES);
  writeFileSync(join(folder, 'failing.yaml'), FAILING_RULES);
  writeFileSync(join(folder, 'in.ndjson'), '{}\n');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const GOOD_RULES = `ruleset: small
rules:
  - id: frequent
    when: account.count("10m") >= 5
    outcome: hold
    reason: VELOCITY_COUNT
`;
const BAD_RULES = GOOD_RULES.replace('count(', 'cuont(').replace('reason:', 'reasn:');
const FAILING_RULES = `${GOOD_RULES}tests:
  - name: the second is held
    given: [{ repeat: 2, tx: { account: A } }]
    expect: [{ at: 1, outcome: hold }, { at: 0, outcome: allow }]
`;
const RUN = ['run', '--in', 'in.ndjson', '--out', 'out.ndjson'];

test.each([
  ['nothing', [], 2, 'Usage: holdfast COMMAND'],
  ['an unknown command', ['rnu'], 2, 'Unknown command "rnu". Did you mean "run"?'],
  ['an unknown flag', [...RUN, '--ruls', 'x'], 2, 'Did you mean "--rules"?'],
  ['a number that is none', [...RUN, '--rules', 'good.yaml', '--limit', 'x'], 2, 'whole number'],
  ['rules by -', [...RUN, '--rules', '-'], 2, 'Rules cannot come by "-"'],
  ['check of -', ['check', '-'], 2, '/dev/stdin is the standard input'],
  ['more than help of version', ['version', '--help', 'x'], 2, '"x": version takes no argument.'],
  ['rules that are missing', [...RUN, '--rules', 'none.yaml'], 4, 'no such file'],
  ['rules that are a directory', [...RUN, '--rules', 'sub'], 4, 'it is a directory'],
  ['rules that are a binary', [...RUN, '--rules', 'binary.yaml'], 3, 'is a binary file, not text'],
  [
    'rules whose own tests fail',
    [...RUN, '--rules', 'failing.yaml'],
    3,
    'failing.yaml:10:14: test "the second is held", row 1: expected hold, got allow; no rule fired\n',
  ],
  ['check of a binary', ['check', 'binary.yaml'], 3, 'is a binary file, not text'],
  ['check of nothing', ['check'], 2, 'R.yaml is needed'],
  [
    'check by an option',
    ['check', '--rules', 'good.yaml'],
    2,
    'Unknown option "--rules": the rules file is given without an option, holdfast check R.yaml.',
  ],
  [
    'run of a file without an option',
    [...RUN, '--rules', 'good.yaml', 'more.ndjson'],
    2,
    'Unexpected argument "more.ndjson". Files are given by options: --rules, --in, --out.',
  ],
  [
    'generate into a file without an option',
    ['generate', 'more.ndjson'],
    2,
    'Unexpected argument "more.ndjson". Files are given by options: --out.',
  ],
  [
    'help on two commands',
    ['help', 'run', 'extra'],
    2,
    'Unexpected argument "extra": help takes the name of one command.',
  ],
  ['more than version', ['version', 'extra'], 2, '"extra": version takes no argument.'],
  [
    'an input that is a directory',
    ['run', '--rules', 'good.yaml', '--in', 'sub', '--out', 'out.ndjson'],
    4,
    'Cannot read "sub": it is a directory, a file was expected.',
  ],
  [
    'an input that is missing',
    ['run', '--rules', 'good.yaml', '--in', 'none.ndjson', '--out', 'out.ndjson'],
    4,
    'Cannot read "none.ndjson": there is no such file or folder.',
  ],
  [
    'an output in a folder that is missing',
    ['run', '--rules', 'good.yaml', '--in', 'in.ndjson', '--out', 'none/out.ndjson'],
    4,
    'Cannot create "none/out.ndjson.partial": there is no such file or folder.',
  ],
  [
    'an output over the input',
    ['run', '--rules', 'good.yaml', '--in', 'in.ndjson', '--out', './in.ndjson'],
    2,
    '--out and --in are the same file',
  ],
  [
    'decisions and dead letters on one standard output',
    ['run', '--rules', 'good.yaml', '--in', '-', '--out', '-', '--dead-letters', '-'],
    2,
    '--dead-letters and --out are both the standard output: name a file for one of them.',
  ],
  [
    'decisions and figures on one standard output',
    ['run', '--rules', 'good.yaml', '--in', '-', '--out', '-', '--stats', '-'],
    2,
    '--stats and --out are both the standard output: name a file for one of them.',
  ],
  [
    'rows and labels on one standard output',
    ['generate', '--rows', '10', '--out', '-', '--labels', '-'],
    2,
    '--labels and --out are both the standard output: name a file for one of them.',
  ],
] as const)('%s', async (_name, args, code, sentence) => {
  const outcome = await runProgram(args, folder);
  expect(outcome.err).toContain(sentence);
  expect(outcome.err).not.toContain('    at ');
  expect(outcome.out).toBe('');
  expect(outcome.code).toBe(code);
  expect(readdirSync(folder).filter((name) => name.startsWith('out.'))).toEqual([]);
});

test('check names every error at once, with its place, line and a near miss', async () => {
  const { code, err } = await runProgram(['check', 'bad.yaml'], folder);
  expect(code).toBe(3);
  expect(err).toMatch(/^bad\.yaml:4:\d+: rule "frequent": /m);
  expect(err).toMatch(/^bad\.yaml:6:\d+: rule "frequent": /m);
  expect(err).toContain('    when: account.cuont("10m") >= 5\n');
  expect(err).toMatch(/^ +\^+$/m);
  expect(err).toContain('did you mean "reason"?');
});

test('check prints what was compiled', async () => {
  const { code, out } = await runProgram(['check', 'good.yaml'], folder);
  expect(code).toBe(0);
  expect(out).toContain('1 rule (1 live)');
  expect(out).toMatch(/^ {2}account: 1 feature, \d+ B an entity, \d+ B a row, kept 15 min$/m);
  expect(out).toContain('    #1 account.count(10m)\n');
  expect(out).toMatch(/^ {2}frequent {2}hold VELOCITY_COUNT {2}#1: account \d+ \+ \d+ a row$/m);
});

test.each([
  ['--help', 'Usage: holdfast COMMAND'],
  ['help', 'Usage: holdfast COMMAND'],
  ['help --help', 'Usage: holdfast COMMAND'],
  ['help help', 'Usage: holdfast COMMAND'],
  ['run --help', 'Usage: holdfast run'],
  ['help generate', 'Usage: holdfast generate'],
  ['--version', '0.'],
  ['version', '0.'],
  ['version --help', 'Usage: holdfast version'],
  ['help version', 'Usage: holdfast version'],
])('holdfast %s answers on the standard output', async (words, part) => {
  const { code, out, err } = await runProgram(words.split(' '), folder);
  expect(code).toBe(0);
  expect(err).toBe('');
  expect(out).toContain(part);
});

test('rules by the standard input', async () => {
  const shellArgs = ['-c', 'cat good.yaml | "$0" "$1" check /dev/stdin', process.execPath, PROGRAM];
  const { stdout } = await promisify(execFile)('sh', shellArgs, { cwd: folder });
  expect(stdout).toContain('1 rule (1 live)');
});

describe('generate', () => {
  const size = ['generate', '--rows', '2000', '--accounts', '100'];

  test('the same seed gives the same bytes, another one others', async () => {
    const make = async (seed: string, name: string): Promise<string> => {
      const args = [...size, '--seed', seed, '--out', name, '--labels', `${name}.csv`];
      const { code, out } = await runProgram(args, folder);
      expect([code, out]).toEqual([0, '']);
      return (
        readFileSync(join(folder, name), 'utf8') + readFileSync(join(folder, `${name}.csv`), 'utf8')
      );
    };
    const first = await make('7', 'a.ndjson');
    expect(await make('7', 'b.ndjson')).toBe(first);
    expect(await make('8', 'c.ndjson')).not.toBe(first);
    expect(first).toContain('\ntransactionId,label,knownAt');
  });

  test('a pipe gets the rows that a file gets', async () => {
    const { code, out, err } = await runProgram([...size, '--seed', '7', '--out', '-'], folder);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(join(folder, 'a.ndjson'), 'utf8'));
    expect(err).toContain('2,000 rows');
  });

  test('a full disk', async () => {
    const { code, err } = await runProgram([...size, '--out', '/dev/full'], folder);
    expect(err).toBe('holdfast: Cannot write "/dev/full": the disk is full.\n');
    expect(code).toBe(4);
    expect(existsSync('/dev/full.partial')).toBe(false);
  });
});
