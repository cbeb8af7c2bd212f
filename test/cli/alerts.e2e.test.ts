// `holdfast run --alerts` as a user runs it.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { SMALL_ROW, SMALL_RULES } from './small-run.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-alerts-'));
  writeFileSync(join(root, 'rules.yaml'), SMALL_RULES);
  writeFileSync(join(root, 'in.ndjson'), `${JSON.stringify(SMALL_ROW)}\n`);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

const ARGS = ['run', '--rules', '../rules.yaml', '--in', '../in.ndjson', '--out'];

test('a quiet stream leaves an empty file and says so', async () => {
  const folder = join(root, 'quiet');
  mkdirSync(folder);
  const run = await runProgram([...ARGS, 'out.ndjson', '--alerts', 'alerts.ndjson'], folder);
  expect(run.code).toBe(0);
  expect(run.err).toContain('0 alerts in alerts.ndjson\n');
  expect(readFileSync(join(folder, 'alerts.ndjson'), 'utf8')).toBe('');
});

test('without it nothing is watched and no file is made', async () => {
  const folder = join(root, 'unwatched');
  mkdirSync(folder);
  const run = await runProgram([...ARGS, 'out.ndjson'], folder);
  expect(run.err).not.toContain('alert');
  expect(readdirSync(folder)).toEqual(['out.ndjson']);
});

test.each([
  ['the standard output twice', ['-', '--alerts', '-'], 'name a file for one of them'],
  ['the decisions', ['out.ndjson', '--alerts', 'out.ndjson'], 'are the same file'],
])('%s is refused', async (_, more, message) => {
  const { code, err } = await runProgram([...ARGS, ...more], root);
  expect(code).toBe(2);
  expect(err).toContain(message);
});
