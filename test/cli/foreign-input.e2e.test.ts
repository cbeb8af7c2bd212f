// An input in another form than it is taken for: its rows are dead letters, and once it is said why.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { SMALL_ROW, SMALL_RULES } from './small-run.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-foreign-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

const TEXT = `${JSON.stringify(SMALL_ROW)}\n`.repeat(3);
const LITTLE = Buffer.from(`\ufeff${TEXT}`, 'utf16le');
const UTF16 = 'looks like UTF-16, not like NDJSON; write it as UTF-8 first: iconv ';
const GZIP = 'looks like gzip, not like NDJSON; unpack it first: gunzip ';
const MSGPACK = 'looks like msgpack, not like NDJSON; say so: --in-format msgpack';

let folderCount = 0;
function newFolder(input: Uint8Array): string {
  const folder = join(root, String(folderCount++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), SMALL_RULES);
  writeFileSync(join(folder, 'in.ndjson'), input);
  return folder;
}
const RUN = ['run', '--rules', 'rules.yaml', '--out', 'out.ndjson'];

test.each([
  ['UTF-16, low byte first', LITTLE, UTF16],
  ['UTF-16, high byte first', Buffer.from(LITTLE).swap16(), UTF16],
  ['gzip', gzipSync(TEXT), GZIP],
  ['msgpack', Buffer.from([0x81, 0xa1, 0x61, 0x01]), MSGPACK],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`), null],
  ['UTF-8', Buffer.from(TEXT), null],
] as const)('%s', async (_name, bytes, note) => {
  const folder = newFolder(bytes);
  const { code, err } = await runProgram([...RUN, '--in', 'in.ndjson'], folder);
  if (note === null) {
    expect(err).not.toContain('looks like');
    expect(code).toBe(0);
    return;
  }
  expect(err.split('looks like')).toHaveLength(2);
  expect(err).toContain(`Note: "in.ndjson" ${note}`);
  expect(code).toBe(1);
  const letters = readFileSync(join(folder, 'out.ndjson.dead-letters.ndjson'), 'utf8');
  const count = letters.trimEnd().split('\n').length;
  expect(err).toContain(`${count} dead letter${count === 1 ? '' : 's'} in `);
});

test('is said of the standard input, too, and not with --quiet', async () => {
  const folder = newFolder(Buffer.alloc(0));
  const args = [...RUN, '--in', '-'];
  const said = await runProgram(args, folder, gzipSync(TEXT));
  expect(said.err).toContain('Note: "stdin" looks like gzip');
  const quiet = await runProgram([...args, '--quiet'], folder, gzipSync(TEXT));
  expect([quiet.code, quiet.err]).toEqual([1, '']);
});

test('is not said of msgpack, in which such a byte is a number', async () => {
  const folder = newFolder(Buffer.from([0x1f, 0x8b]));
  const args = [...RUN, '--in', 'in.ndjson', '--in-format', 'msgpack'];
  const { code, err } = await runProgram(args, folder);
  expect(code).toBe(1);
  expect(err).not.toContain('looks like');
});

test('NDJSON that is taken for msgpack', async () => {
  const folder = newFolder(Buffer.from(TEXT));
  const { code, err } = await runProgram(
    [...RUN, '--in', 'in.ndjson', '--in-format', 'msgpack'],
    folder,
  );
  expect(code).toBe(1);
  expect(err).toContain(
    'Note: "in.ndjson" looks like NDJSON, not like msgpack; say so: --in-format',
  );
});
