// `holdfast run` as a user runs it: whole outputs or none, whatever happens on the way.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Packr, Unpackr } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Running } from './program.ts';
import { runProgram, startProgram } from './program.ts';
import { outputsIn } from './small-run.ts';

const RULES = `ruleset: small
currency: CNY
rules:
  - id: frequent
    when: account.count("10m") >= 5
    outcome: hold
    reason: VELOCITY_COUNT
  - id: large
    when: tx.amount > 900
    outcome: reverse
    reason: AMOUNT_TOO_LARGE
`;
const ROWS = 20_000;
const PASSES = ['decode', 'repeats', 'windows', 'score', 'life', 'encode'];

/** What `--stats` writes, as far as it is looked at here. */
interface Stats {
  readonly settings: object;
  readonly rules: readonly { readonly id: string }[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly entities: readonly unknown[];
  readonly passesMs: object;
  readonly rowsPerSecond: number;
  readonly latencyUs: { readonly p99: number };
  readonly peakRssBytes: number;
}

function transaction(n: number): string {
  return `${JSON.stringify({
    id: `t${n}`,
    kind: 'payment',
    time: 1_772_380_800_000 + n * 1000,
    account: `A${(n * 7919) % 97}`,
    amount: (n * 104_729) % 100_000,
    currency: 'CNY',
    merchant: `M${n % 13}`,
  })}\n`;
}

let root = '';
let stream = '';
let whole = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-run-'));
  stream = Array.from({ length: ROWS }, (_, n) => transaction(n)).join('');
  const folder = newFolder();
  const { code } = await runProgram(['run', ...FILES], folder);
  expect(code).toBe(0);
  whole = readFileSync(join(folder, 'out.ndjson'), 'utf8');
  expect(whole.split('\n')).toHaveLength(ROWS + 1);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

let folderCount = 0;
/** A folder with the rules and the stream. */
function newFolder(): string {
  const folder = join(root, String(folderCount++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'in.ndjson'), stream);
  return folder;
}

const FROM_FILE = ['--rules', 'rules.yaml', '--in', 'in.ndjson'];
const FROM_STDIN = ['--rules', 'rules.yaml', '--in', '-'];
const FILES = [...FROM_FILE, '--out', 'out.ndjson'];

describe('what is decided', () => {
  test.each([
    ['two workers', ['--workers', '2']],
    ['three workers and small batches', ['--workers', '3', '--batch-rows', '777']],
    ['batches of one row', ['--batch-rows', '1', '--limit', '500']],
  ])('is the same with %s', async (_name, more) => {
    const folder = newFolder();
    const { code } = await runProgram(['run', ...FILES, ...more, '--quiet'], folder);
    const out = readFileSync(join(folder, 'out.ndjson'), 'utf8');
    const isLimited = more.includes('--limit');
    expect(code).toBe(0);
    expect(out).toBe(isLimited ? whole.split('\n').slice(0, 500).join('\n') + '\n' : whole);
    expect(outputsIn(folder)).toEqual(['out.ndjson']);
  });

  test('through pipes is what it is through files, and --quiet says nothing', async () => {
    const args = ['run', ...FROM_STDIN, '--out', '-', '--quiet'];
    const { code, out, err } = await runProgram(args, newFolder(), stream);
    expect([code, err]).toEqual([0, '']);
    expect(out === whole).toBe(true);
  });

  test('in msgpack is what it is in NDJSON', async () => {
    const folder = newFolder();
    const args = ['run', ...FROM_FILE, '--out', 'out.msgpack', '--quiet'];
    expect((await runProgram(args, folder)).code).toBe(0);
    const unpackr = new Unpackr({ int64AsType: 'number', mapsAsObjects: true });
    const decisions = unpackr.unpackMultiple(readFileSync(join(folder, 'out.msgpack')));
    const lines = whole.trimEnd().split('\n');
    const parsed = lines.map((line): unknown => JSON.parse(line));
    expect(isDeepStrictEqual(decisions, parsed)).toBe(true);
  });

  test('from msgpack is what it is from NDJSON, by the name of the file or by --in-format', async () => {
    const folder = newFolder();
    const packr = new Packr({ useRecords: false });
    const lines = stream.trimEnd().split('\n');
    const packed = Buffer.concat(lines.map((line) => packr.pack(JSON.parse(line))));
    writeFileSync(join(folder, 'in.msgpack'), packed);
    const out = ['--out', 'out.ndjson', '--quiet'];
    for (const input of [
      ['--in', 'in.msgpack'],
      ['--in', '-', '--in-format', 'msgpack'],
    ]) {
      const args = ['run', '--rules', 'rules.yaml', ...input, ...out];
      expect((await runProgram(args, folder, packed)).code).toBe(0);
      expect(readFileSync(join(folder, 'out.ndjson'), 'utf8') === whole).toBe(true);
    }
  });

  test('ends with --limit as if the input ended there', async () => {
    const folder = newFolder();
    const args = ['run', ...FILES, '--limit', '1234'];
    const { code, err } = await runProgram(args, folder);
    expect(code).toBe(0);
    expect(err).toContain('1,234 rows');
    const expected = whole.split('\n').slice(0, 1234);
    const out = readFileSync(join(folder, 'out.ndjson'), 'utf8');
    expect(out.trimEnd().split('\n')).toEqual(expected);
  });

  test('is counted in --stats, with the hash of the decisions', async () => {
    const folder = newFolder();
    const { code } = await runProgram(['run', ...FILES, '--stats', 'stats.json'], folder);
    expect(code).toBe(0);
    const stats = JSON.parse(readFileSync(join(folder, 'stats.json'), 'utf8')) as Stats;
    const decisions = whole
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { outcome: string });
    const counts = ['allow', 'hold', 'reverse'].map(
      (outcome) => decisions.filter((decision) => decision.outcome === outcome).length,
    );
    expect(stats.settings).toEqual({
      rules: 'rules.yaml',
      in: 'in.ndjson',
      out: 'out.ndjson',
      workers: expect.any(Number) as number,
      batchRowsMax: 4096,
      rowLimit: null,
      drainMs: 3_600_000,
    });
    expect(stats).toMatchObject({
      rows: ROWS,
      decisions: ROWS,
      outcomes: counts,
      deadLetters: 0,
      alerts: 0,
      bytesIn: stream.length,
      stopped: 'end',
      position: { row: ROWS, byte: stream.length },
      decisionHash: createHash('sha256').update(whole).digest('hex'),
    });
    expect(stats.rules.map(({ id }) => id)).toEqual(['frequent', 'large']);
    expect(stats.reasons['AMOUNT_TOO_LARGE']).toBe(counts[2]);
    expect(stats.reasons['VELOCITY_COUNT']).toBeGreaterThan(counts[1] ?? 0);
    expect(stats.entities).toMatchObject([{ name: 'account', count: 97 }]);
    expect(Object.keys(stats.passesMs)).toEqual(PASSES);
    for (const figure of [stats.rowsPerSecond, stats.latencyUs.p99, stats.peakRssBytes]) {
      expect(figure).toBeGreaterThan(0);
    }
  });

  test.each([
    ['90s', 90_000],
    ['none', 0],
    ['all', 'all'],
  ])('says in --stats that --drain was %s', async (drain, said) => {
    const folder = newFolder();
    const args = ['run', ...FILES, '--limit', '10', '--drain', drain, '--stats', 'stats.json'];
    expect((await runProgram(args, folder)).code).toBe(0);
    const { settings } = JSON.parse(readFileSync(join(folder, 'stats.json'), 'utf8')) as Stats;
    expect(settings).toMatchObject({ rowLimit: 10, drainMs: said });
  });

  test('is counted on the standard output with --stats -', async () => {
    const folder = newFolder();
    const { code, out } = await runProgram(['run', ...FILES, '--stats', '-'], folder);
    expect(code).toBe(0);
    const decisionHash = createHash('sha256').update(whole).digest('hex');
    expect(JSON.parse(out)).toMatchObject({ decisions: ROWS, decisionHash });
    expect(outputsIn(folder)).toEqual(['out.ndjson']);
  });

  test.each(['ndjson', 'msgpack'])(
    'says in %s with --timings when it was, and nothing else changes',
    async (format) => {
      const folder = newFolder();
      const out = `out.${format}`;
      const args = ['run', ...FROM_FILE, '--out', out, '--timings', '--limit', '10'];
      const startedMs = Date.now();
      expect((await runProgram(args, folder)).code).toBe(0);
      const bytes = readFileSync(join(folder, out));
      const timed = (
        format === 'msgpack'
          ? new Unpackr({ int64AsType: 'number', mapsAsObjects: true }).unpackMultiple(bytes)
          : bytes
              .toString()
              .trimEnd()
              .split('\n')
              .map((line): unknown => JSON.parse(line))
      ) as { decidedAt: number; latencyUs: number }[];
      expect(timed).toHaveLength(10);
      timed.forEach(({ decidedAt, latencyUs, ...decision }, n) => {
        expect(decision).toEqual(JSON.parse(whole.split('\n', 10)[n] ?? ''));
        expect(decidedAt).toBeGreaterThanOrEqual(startedMs);
        expect(decidedAt).toBeLessThanOrEqual(Date.now());
        expect(Number.isInteger(latencyUs) && latencyUs > 0).toBe(true);
      });
    },
  );
});

describe('dead letters', () => {
  const rows = `${transaction(0)}not json\n\n${transaction(1)}{"id":"x"}\n${transaction(2)}`;

  interface Letter {
    readonly row: number;
    readonly byte: number;
    readonly code: string;
  }
  function lettersOf(text: string): Letter[] {
    const lines = text.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Letter);
  }
  const expectedRows = [1, 3];
  const expectedBytes = [0, 1].map((n) => rows.indexOf(n === 0 ? 'not json' : '{"id":"x"}'));

  test.each([
    ['beside the decisions by default', [], 'out.ndjson.dead-letters.ndjson'],
    ['in the file that is named', ['--dead-letters', 'bad.ndjson'], 'bad.ndjson'],
  ])('stand %s', async (_name, more, file) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'in.ndjson'), rows);
    const { code, err } = await runProgram(['run', ...FILES, ...more], folder);
    expect(code).toBe(1);
    expect(err).toContain(`2 dead letters in ${file}`);
    const letters = lettersOf(readFileSync(join(folder, file), 'utf8'));
    expect(letters.map(({ row }) => row)).toEqual(expectedRows);
    expect(letters.map(({ byte }) => byte)).toEqual(expectedBytes);
    expect(letters).toMatchObject([
      { source: 'in.ndjson', code: 'BAD_JSON', bytes: 'not json' },
      {
        code: 'MISSING_KEY',
        field: 'kind',
        id: 'x',
        bytes: '{"id":"x"}',
        message: 'Key "kind" is missing: every row needs it',
      },
    ]);
    expect(outputsIn(folder)).toEqual([file, 'out.ndjson'].toSorted());
  });

  test('go to the standard error where the decisions go to no file', async () => {
    const args = ['run', ...FROM_STDIN, '--out', '-', '--quiet'];
    const { code, out, err } = await runProgram(args, newFolder(), rows);
    expect(code).toBe(1);
    expect(lettersOf(err).map(({ row }) => row)).toEqual(expectedRows);
    // The second bad row has an id, and gets what the rules declare for invalid input.
    expect(out.trimEnd().split('\n')).toHaveLength(4);
  });
});

describe('an end before the end', () => {
  /** Starts a run that has decided something and now waits for more input. */
  async function startWaiting(folder: string): Promise<Running> {
    const running = startProgram(['run', ...FROM_STDIN, '--out', 'out.ndjson'], folder);
    running.child.stdin?.on('error', () => {});
    running.child.stdin?.write(stream.slice(0, -20));
    const partial = join(folder, 'out.ndjson.partial');
    // Only when it does not write any more does it wait: a kill would cut a write in the middle.
    for (let [size, before] = [0, -1]; size < whole.length / 2 || size !== before;) {
      await delay(100);
      before = size;
      size = existsSync(partial) ? statSync(partial).size : 0;
    }
    return running;
  }

  /** What is there is a whole prefix of the decisions. */
  function expectPrefix(folder: string): number {
    const partial = readFileSync(join(folder, 'out.ndjson.partial'), 'utf8');
    expect(whole.startsWith(partial)).toBe(true);
    expect(partial.endsWith('\n')).toBe(true);
    return partial.split('\n').length - 1;
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s keeps the .partial and prints the position', async (signal, exitCode) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'out.ndjson'), 'of an earlier run');
    const { child, done } = await startWaiting(folder);
    child.kill(signal);
    const { code, err } = await done;
    expect(code).toBe(exitCode);
    const rows = expectPrefix(folder);
    const byte = stream.split('\n', rows).join('\n').length + 1;
    expect(err).toContain(`Stopped before row ${rows} (byte ${byte}) of "stdin".`);
    expect(err).toContain('kept in "out.ndjson.partial"');
    expect(readFileSync(join(folder, 'out.ndjson'), 'utf8')).toBe('of an earlier run');
  });

  test('kill -9 leaves what was written as .partial', async () => {
    const folder = newFolder();
    const { child, done } = await startWaiting(folder);
    child.kill('SIGKILL');
    expect((await done).code).toBe(null);
    expect(expectPrefix(folder)).toBeGreaterThan(0);
    expect(outputsIn(folder)).toEqual(['out.ndjson.partial']);
  });

  test('a full disk', async () => {
    const folder = newFolder();
    const { code, err } = await runProgram(['run', ...FROM_FILE, '--out', '/dev/full'], folder);
    expect(code).toBe(4);
    expect(err).toContain('holdfast: Cannot write "/dev/full": the disk is full.\n');
    expect(err).not.toContain('Decided');
    expect(outputsIn(folder)).toEqual([]);
  });

  test('a reader that goes away, as head does', async () => {
    const folder = newFolder();
    const { child, done } = startProgram(['run', ...FROM_FILE, '--out', '-'], folder);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, err } = await done;
    expect(code).toBe(4);
    expect(err).toContain('Cannot write "stdout": the output was closed by whoever reads it.');
    expect(err).not.toContain('Decided');
  });

  test('an input that ends in the middle of a row', async () => {
    const folder = newFolder();
    const args = ['run', ...FROM_STDIN, '--out', 'out.ndjson'];
    const { code } = await runProgram(args, folder, stream.slice(0, -20));
    expect(code).toBe(1);
    expect(outputsIn(folder)).toEqual(['out.ndjson', 'out.ndjson.dead-letters.ndjson']);
    // Of NDJSON: whether a line is all there only its JSON tells. TRUNCATED_ROW is of msgpack.
    const letter = readFileSync(join(folder, 'out.ndjson.dead-letters.ndjson'), 'utf8');
    expect(JSON.parse(letter)).toMatchObject({ row: ROWS - 1, code: 'BAD_JSON' });
  });
});
