// `holdfast run` into pipes: named ones, and those between processes that have no name to be found by.
// Links in a folder of the test stand for /dev/stdout, which a mistake would replace on this machine.

import { execFile, execFileSync } from 'node:child_process';
import {
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Running } from './program.ts';
import { PROGRAM, runProgram, startProgram } from './program.ts';
import { outputsIn } from './small-run.ts';

const RULES = `ruleset: small
currency: CNY
rules:
  - { id: large, when: tx.amount > 900, outcome: hold, reason: AMOUNT_TOO_LARGE }
`;
const ROWS = 2000;
const ARGS = ['--rules', 'rules.yaml', '--in', 'in.ndjson', '--quiet'];

function row(n: number): string {
  const more = { kind: 'payment', account: `A${n % 7}`, currency: 'CNY', merchant: 'M' };
  const time = 1_772_380_800_000 + n * 1000;
  return `${JSON.stringify({ id: `t${n}`, time, amount: n, ...more })}\n`;
}

let root = '';
let whole = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-pipes-'));
  const folder = newFolder();
  await runProgram(['run', ...ARGS, '--out', 'out.ndjson'], folder);
  whole = readFileSync(join(folder, 'out.ndjson'), 'utf8');
  expect(whole.split('\n')).toHaveLength(ROWS + 1);
});
const started: Running[] = [];
afterAll(async () => {
  // A run that does not end, which is what is tested, is not to stay behind.
  for (const { child } of started) child.kill('SIGKILL');
  await rm(root, { recursive: true });
});

let folderCount = 0;
function newFolder(): string {
  const folder = join(root, String(folderCount++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'in.ndjson'), Array.from({ length: ROWS }, (_, n) => row(n)).join(''));
  return folder;
}

/** Runs the program in a pipeline of the shell, its exit code in the file `code`. */
async function inPipeline(folder: string, args: readonly string[], next: string): Promise<string> {
  const line = `("$0" "$@"; echo $? > code) | ${next}`;
  const shellArgs = ['-c', line, process.execPath, PROGRAM, ...args];
  const { stdout, stderr } = await promisify(execFile)('sh', shellArgs, { cwd: folder });
  writeFileSync(join(folder, 'said'), stderr);
  return stdout;
}

describe.runIf(existsSync('/proc/self/fd'))('a link to a pipe between processes', () => {
  test.each([
    ['decisions', ['run', ...ARGS, '--out', 'link', '--format', 'ndjson']],
    ['generated rows', ['generate', '--rows', '2000', '--out', 'link', '--format', 'ndjson']],
  ])('gets all %s and stays a link', async (_name, args) => {
    const folder = newFolder();
    symlinkSync('/proc/self/fd/1', join(folder, 'link'));
    const out = await inPipeline(folder, args, 'cat');
    expect(readFileSync(join(folder, 'code'), 'utf8')).toBe('0\n');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    if (args[0] === 'run') expect(out === whole).toBe(true);
    else expect(out.split('\n')).toHaveLength(2001);
    expect(outputsIn(folder)).toEqual(['code', 'link', 'said']);
  });

  test('whose reader is gone ends the run: nobody can open it again', async () => {
    const folder = newFolder();
    symlinkSync('/proc/self/fd/1', join(folder, 'link'));
    await inPipeline(folder, ['run', ...ARGS, '--out', 'link'], 'true');
    expect(readFileSync(join(folder, 'code'), 'utf8')).toBe('4\n');
    expect(readFileSync(join(folder, 'said'), 'utf8')).toContain(
      'Cannot write "link": the output was closed by whoever reads it.',
    );
  });
});

describe('a named pipe', () => {
  /** Starts a run whose input and one output are named pipes; it has opened its input. */
  async function startUnread(more: readonly string[]): Promise<[string, Running]> {
    const folder = newFolder();
    for (const name of ['in', 'pipe']) execFileSync('mkfifo', [join(folder, name)]);
    const args = ['run', '--rules', 'rules.yaml', '--in', 'in', ...more];
    const running = startProgram(args, folder);
    started.push(running);
    for (;;) {
      // Fails until somebody reads.
      const flags = constants.O_WRONLY | constants.O_NONBLOCK;
      const writer = await open(join(folder, 'in'), flags).catch(() => null);
      if (writer !== null) {
        await writer.close();
        break;
      }
      await delay(20);
    }
    await delay(200);
    return [folder, running];
  }

  test('is waited for until somebody reads it', async () => {
    const [folder, { done }] = await startUnread(['--out', 'pipe', '--quiet']);
    const reader = await open(join(folder, 'pipe'), 'r');
    const out = await reader.readFile();
    await reader.close();
    expect((await done).code).toBe(0);
    expect(out.toString()).toBe('');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that nobody reads: %s ends the run, nothing is made', async (signal, exitCode) => {
    const more = ['--out', 'out.ndjson', '--dead-letters', 'pipe'];
    const [folder, { child, done }] = await startUnread(more);
    child.kill(signal);
    const { code, err } = await done;
    expect(code).toBe(exitCode);
    expect(err).toContain('Stopped before the first row: nobody had opened an output for reading.');
    expect(outputsIn(folder)).toEqual(['in', 'pipe']);
  });

  test('for the figures, that nobody reads: the decisions are whole, SIGTERM ends it', async () => {
    const more = ['--out', 'out.ndjson', '--stats', 'pipe', '--quiet'];
    const [folder, { child, done }] = await startUnread(more);
    while (!existsSync(join(folder, 'out.ndjson'))) await delay(20);
    await delay(100);
    child.kill('SIGTERM');
    const { code, err } = await done;
    expect(code).toBe(143);
    expect(err).toBe('Figures were not written: nobody had opened their output for reading.\n');
    expect(outputsIn(folder)).toEqual(['in', 'out.ndjson', 'pipe']);
  });
});
