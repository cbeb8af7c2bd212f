// The limits of files hold for what has no size to be known beforehand: devices and pipes.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRulesFileSync } from '../../../src/rules/front/load.ts';
import { readFileFromDisk, readText } from '../../../src/rules/front/read-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-read-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A named pipe that a command of the shell writes to. */
function pipeOf(name: string, command: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  spawn('sh', ['-c', `${command} > "$0"`, path], { stdio: 'ignore' });
  return path;
}

function saidOf(path: string): string[] {
  const result = loadRulesFileSync(path);
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

test('a device without end is too large', () => {
  expect(saidOf('/dev/zero')).toEqual(['The rules file is larger than 4 MiB.']);
});

test('a pipe without end is too large', () => {
  expect(saidOf(pipeOf('endless', 'yes'))).toEqual(['The rules file is larger than 4 MiB.']);
});

test.each([
  ['include', 'include: /dev/zero', 'The included file "/dev/zero" is larger than 4 MiB.'],
  ['rails', 'rails: /dev/zero', 'The file of a rail "/dev/zero" is larger than 4 MiB.'],
])('so is one that is named in the rules: %s', (name, line, sentence) => {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, `ruleset: a\n${line}\nrules: []\n`);
  expect(saidOf(path)).toContain(sentence);
});

test.each([
  ['a pipe', 0, true],
  ['a pipe', 100_000, true],
  ['a pipe', 100_001, false],
  ['a file', 0, true],
  ['a file', 100_000, true],
  ['a file', 100_001, false],
])('%s of %i bytes, at most 100000: whole is %s', (kind, length, isWhole) => {
  const text = 'x'.repeat(length);
  const path = join(folder, `${length}.txt`);
  writeFileSync(path, text);
  const source = kind === 'a file' ? path : pipeOf(`pipe-${length}`, `cat "${path}"`);
  const read = readText(source, 100_000, readFileFromDisk);
  if (isWhole) expect(read).toEqual({ ok: true, text });
  else expect(read).toMatchObject({ ok: false, unreadable: false });
});
