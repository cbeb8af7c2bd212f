// The demonstration behind `npm start`, on a small stream: it must not rot.

import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from './program.ts';

const ROWS = 20_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-start-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('makes a stream, decides it and shows what came of it', async () => {
  const args = ['start', '--rows', String(ROWS), '--accounts', '2000', '--folder', 'made'];
  const { code, out, err } = await runProgram(args, folder);
  expect(code).toBe(0);
  expect(err).toContain('Making 20,000 transactions of 2,000 accounts\n');
  expect(err).toContain('Deciding them by 72 rules of pos-wallet');
  // Lines of progress, none rewritten: this is no screen.
  expect(err).not.toContain('\u001b');
  for (const part of ['precision', 'recall', 'p99', 'hold', 'reverse', 'VELOCITY_COUNT']) {
    expect(out).toContain(part);
  }
  expect(out.split('\n').filter((line) => line.length > 120)).toEqual([]);
  const made = join(folder, 'made');
  expect(readdirSync(made).toSorted()).toEqual([
    'alerts.ndjson',
    'dead-letters.ndjson',
    'decisions.ndjson',
    'labels.csv',
    'transactions.ndjson',
  ]);
  for (const name of readdirSync(made)) expect(out).toContain(join('made', name));
  const rows = readFileSync(join(made, 'transactions.ndjson'), 'utf8').split('\n').length - 1;
  expect(rows).toBe(ROWS);
});
