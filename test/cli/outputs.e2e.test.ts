// What the program's outputs hold when one of them cannot be made or written: nothing is lost without a
// word and another exit code than 0, and nothing of an earlier run is emptied.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from './program.ts';

const RULES = `ruleset: small
currency: CNY
rules:
  - { id: large, when: tx.amount > 900, outcome: hold, reason: AMOUNT_TOO_LARGE }
`;
const ROW = {
  id: 't1',
  kind: 'payment',
  time: 1_772_380_800_000,
  account: 'A',
  amount: 100,
  currency: 'CNY',
  merchant: 'M',
};
const RUN = ['run', '--rules', '../rules.yaml', '--in', '../in.ndjson', '--quiet'];
const GENERATE = ['generate', '--rows', '1000', '--quiet'];

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-outputs-'));
  writeFileSync(join(root, 'rules.yaml'), RULES);
  writeFileSync(join(root, 'in.ndjson'), `${JSON.stringify(ROW)}\n`);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

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
