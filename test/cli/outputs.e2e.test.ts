// What the program's outputs hold when one of them cannot be made or written: nothing is lost without a
// word and another exit code than 0, and nothing of an earlier run is emptied.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from './program.ts';
import { PROGRAM, runProgram, startProgram } from './program.ts';
import { SMALL_ROW, SMALL_RULES } from './small-run.ts';

const RUN = ['run', '--rules', '../rules.yaml', '--in', '../in.ndjson', '--quiet'];
const GENERATE = ['generate', '--rows', '1000', '--quiet'];

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-outputs-'));
  writeFileSync(join(root, 'rules.yaml'), SMALL_RULES);
  writeFileSync(join(root, 'in.ndjson'), `${JSON.stringify(SMALL_ROW)}\n`);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** With its standard output sent on by the shell: `> /dev/full`, `| true`. */
async function runInto(
  redirection: string,
  args: readonly string[],
  cwd: string,
): Promise<Outcome> {
  const line = `("$0" "$@"; echo $? > code) ${redirection}`;
  const shellArgs = ['-c', line, process.execPath, PROGRAM, ...args];
  const { stdout, stderr } = await promisify(execFile)('sh', shellArgs, { cwd });
  const code = Number(readFileSync(join(cwd, 'code'), 'utf8'));
  return { code, out: stdout, err: stderr };
}

let folderCount = 0;
function newFolder(): string {
  const folder = join(root, String(folderCount++));
  mkdirSync(folder);
  return folder;
}

describe('a start that fails leaves what was there as it was', () => {
  test.each([
    ['run', RUN, '--dead-letters'],
    ['run', RUN, '--alerts'],
    ['run', RUN, '--stats'],
    ['generate', GENERATE, '--labels'],
  ])('%s: no folder for an output', async (_name, args, option) => {
    const folder = newFolder();
    const more = ['--out', 'out.ndjson', option, 'none/more.json'];
    const { code, err } = await runProgram([...args, ...more], folder);
    expect(code).toBe(4);
    expect(err).toBe(
      'holdfast: Cannot create "none/more.json.partial": there is no such file or folder.\n',
    );
    expect(readdirSync(folder)).toEqual([]);

    writeFileSync(join(folder, 'out.ndjson.partial'), 'of an earlier run');
    expect((await runProgram([...args, ...more], folder)).code).toBe(4);
    const kept = readFileSync(join(folder, 'out.ndjson.partial'), 'utf8');
    expect(kept).toBe('of an earlier run');
  });

  test('a folder stands where the unfinished output would', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'stats.json.partial'));
    const more = ['--out', 'out.ndjson', '--stats', 'stats.json'];
    const { code, err } = await runProgram([...RUN, ...more], folder);
    expect(code).toBe(4);
    expect(err).toContain('Cannot create "stats.json.partial": it is a directory');
    expect(readdirSync(folder)).toEqual(['stats.json.partial']);
  });
});

describe('a standard output that takes nothing', () => {
  const FULL = 'holdfast: Cannot write "stdout": the disk is full.\n';
  const GONE = 'holdfast: Cannot write "stdout": the output was closed by whoever reads it.\n';
  const STATS = [...RUN, '--out', 'out.ndjson', '--stats', '-'];

  test.each([
    ['figures', STATS, '> /dev/full', 4, FULL],
    ['figures', STATS, '| true', 4, GONE],
    ['decisions', [...RUN, '--out', '-'], '> /dev/full', 4, FULL],
    ['decisions', [...RUN, '--out', '-'], '| true', 4, GONE],
    ['what was compiled', ['check', '../rules.yaml'], '> /dev/full', 4, FULL],
    ['help', ['help'], '> /dev/full', 4, FULL],
    // Its reader has read what it wanted.
    ['what was compiled', ['check', '../rules.yaml'], '| true', 0, ''],
    ['help', ['help'], '| true', 0, ''],
  ])('%s: holdfast %s %s', async (_name, args, redirection, code, err) => {
    const folder = newFolder();
    const outcome = await runInto(redirection, args, folder);
    expect(outcome).toEqual({ code, out: '', err });
  });

  test('a failure that came before keeps its exit code', async () => {
    const folder = newFolder();
    const failing = `${SMALL_RULES}tests:\n  - { name: a, given: [{ tx: {} }], expect: [{ at: 0, outcome: hold }] }\n`;
    writeFileSync(join(folder, 'failing.yaml'), failing);
    const { code, err } = await runInto('> /dev/full', ['check', 'failing.yaml'], folder);
    expect(err).toContain(FULL);
    expect(code).toBe(3);
  });
});

describe('an older file of dead letters', () => {
  const LETTERS = 'out.ndjson.dead-letters.ndjson';

  test.each([
    ['without dead letters stays, and is told of', '', 0, 'of an earlier run'],
    ['with dead letters is replaced', 'not json\n', 1, ''],
  ])('beside a run %s', async (_name, more, code, letters) => {
    const folder = newFolder();
    writeFileSync(join(folder, LETTERS), 'of an earlier run');
    const args = ['run', '--rules', '../rules.yaml', '--in', '-', '--out', 'out.ndjson', '--quiet'];
    const outcome = await runProgram(args, folder, `${JSON.stringify(SMALL_ROW)}\n${more}`);
    expect(outcome.code).toBe(code);
    const note = `Note: "${LETTERS}" is of an earlier run; this run has no dead letters.\n`;
    expect(outcome.err).toBe(letters === '' ? '' : note);
    const text = readFileSync(join(folder, LETTERS), 'utf8');
    if (letters === '') expect(text).toContain('"code":"BAD_JSON"');
    else expect(text).toBe(letters);
  });
});

describe('two runs to one output', () => {
  // The rows come by the standard input: a run goes on for as long as it is open.
  const FROM_STDIN = ['run', '--rules', '../rules.yaml', '--in', '-', '--quiet'];
  const ROW = `${JSON.stringify(SMALL_ROW)}\n`;

  test.each([
    ['--out', [], 'same'],
    ['--dead-letters', ['--out', 'first.ndjson'], 'same'],
    ['--alerts', ['--out', 'first.ndjson'], 'same'],
  ])('%s: the later one is whole, the earlier one ends with 4', async (option, more, name) => {
    const folder = newFolder();
    const format = ['--format', 'ndjson'];
    const earlier = startProgram([...FROM_STDIN, ...more, ...format, option, name], folder);
    while (!existsSync(join(folder, `${name}.partial`))) await delay(20);
    const others = more.length === 0 ? [] : ['--out', 'second.ndjson'];
    const args = [...FROM_STDIN, ...others, ...format, option, name];
    const later = await runProgram(args, folder, option === '--out' ? ROW : `not json\n${ROW}`);
    expect(later.code).toBe(option === '--out' ? 0 : 1);
    const whole = readFileSync(join(folder, name));
    earlier.child.stdin?.end(`${ROW.repeat(3)}nor this\n`);
    const { code, err } = await earlier.done;
    expect(err).toContain(`Cannot complete "${name}": another run wrote to the same output`);
    expect(code).toBe(4);
    expect(readFileSync(join(folder, name)).equals(whole)).toBe(true);
    expect(existsSync(join(folder, `${name}.partial`))).toBe(false);
  });
});
