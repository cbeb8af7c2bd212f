// A signal while a stream is made: one line says that it was stopped, and what is kept.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Running } from './program.ts';
import { startProgram } from './program.ts';

const START_SCRIPT = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
/** More than are made before the test looks. */
const SIZE = ['--rows', '100000000', '--accounts', '1000'];
const STOPPED = /^Stopped after ([\d,]+) of 100,000,000 rows\./m;

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-stopped-'));
});
const started: Running['child'][] = [];
afterAll(async () => {
  // One that does not end, which is what is tested, is not to stay behind.
  for (const child of started) child.kill('SIGKILL');
  await rm(root, { recursive: true });
});

let folderCount = 0;
function newFolder(): string {
  const folder = join(root, String(folderCount++));
  mkdirSync(folder);
  return folder;
}

function start(args: readonly string[], folder: string): Running {
  const running = startProgram(args, folder);
  started.push(running.child);
  return running;
}

function rowsIn(path: string): number {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('generate, %s: whole rows are kept, and counted', async (signal, exitCode) => {
  const folder = newFolder();
  const args = ['generate', ...SIZE, '--out', 'a.ndjson', '--labels', 'a.csv', '--quiet'];
  const { child, done } = start(args, folder);
  const partial = join(folder, 'a.ndjson.partial');
  while (!existsSync(partial) || rowsIn(partial) === 0) await delay(20);
  child.kill(signal);
  const { code, out, err } = await done;
  expect([code, out]).toEqual([exitCode, '']);
  const rows = Number(STOPPED.exec(err)?.[1]?.replaceAll(',', ''));
  expect(err.split('\n')).toEqual([
    expect.stringContaining(
      ' rows. What was made so far is kept in "a.ndjson.partial" and "a.csv.partial".',
    ),
    '',
  ]);
  expect(rowsIn(partial)).toBe(rows);
  expect(readdirSync(folder).toSorted()).toEqual(['a.csv.partial', 'a.ndjson.partial']);
});

test('generate into a pipe that nobody empties ends at the first signal', async () => {
  const { child, done } = start(['generate', ...SIZE, '--out', '-'], newFolder());
  child.stdout?.pause();
  await delay(1500);
  child.kill('SIGTERM');
  // What the pipe held does not keep the test from seeing the end.
  child.once('exit', () => child.stdout?.destroy());
  const { code, err } = await done;
  expect(code).toBe(143);
  expect(err).toMatch(STOPPED);
  expect(err).not.toContain('kept');
});

test('npm start, SIGTERM: says what is kept, and ends with 143', async () => {
  const folder = newFolder();
  const args = [START_SCRIPT, ...SIZE, '--folder', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  started.push(child);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const partial = join(folder, 'transactions.ndjson.partial');
  while (!existsSync(partial) || rowsIn(partial) === 0) await delay(20);
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
  expect(err).toMatch(STOPPED);
  for (const name of ['transactions.ndjson', 'labels.csv']) {
    expect(err).toContain(`"${join(folder, name)}.partial"`);
  }
});
