// One suite for every sink, and what is particular to files: nothing half-written is taken for whole.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { HoldfastError } from '../../src/base/errors.ts';
import type { Sink } from '../../src/domain/ports.ts';
import { MemorySink } from '../../src/transport/memory-sink.ts';
import { openSink } from '../../src/transport/open-sink.ts';
import { openSource } from '../../src/transport/open-source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-sink-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

let pathCount = 0;
function newPath(): string {
  return join(folder, `${pathCount++}.out`);
}

interface Opened {
  readonly sink: Sink;
  /** Everything that was handed on, after finish or abandon. */
  written(): Promise<Uint8Array>;
}

async function openPipe(): Promise<Opened> {
  const path = newPath();
  execFileSync('mkfifo', [path]);
  const reader = open(path, 'r').then(async (handle) => {
    const bytes = await handle.readFile();
    await handle.close();
    return bytes;
  });
  return { sink: await openSink(path), written: () => reader };
}

const SINKS: readonly (readonly [string, () => Promise<Opened>])[] = [
  [
    'memory',
    async () => {
      const sink = new MemorySink();
      return { sink, written: async () => sink.bytes };
    },
  ],
  [
    'file',
    async () => {
      const path = newPath();
      const written = async (): Promise<Uint8Array> =>
        readFileSync(existsSync(path) ? path : `${path}.partial`);
      return { sink: await openSink(path), written };
    },
  ],
  ['named pipe', openPipe],
];

async function failureOf(task: Promise<unknown>): Promise<HoldfastError> {
  const error = await task.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HoldfastError))
    throw new Error('expected a HoldfastError', { cause: error });
  return error;
}

describe.each(SINKS)('%s', (_name, openOne) => {
  test.each([['finish'], ['abandon']] as const)('hands on every byte, then %s', async (end) => {
    const opened = await openOne();
    const { sink } = opened;
    const shared = new Uint8Array(new SharedArrayBuffer(300_000));
    const expected: Uint8Array[] = [];
    for (const length of [0, 1, 300_000, 17]) {
      shared.fill(length % 251);
      expected.push(shared.slice(0, length));
      await sink.write(shared.subarray(0, length));
      shared.fill(0xff);
    }
    await sink[end]();
    expect(Buffer.compare(Buffer.from(await opened.written()), Buffer.concat(expected))).toBe(0);
    await expect(sink.write(shared)).rejects.toThrow('after its end');
  });
});

describe('a regular file', () => {
  test('stands under its name only when it is complete', async () => {
    const path = newPath();
    writeFileSync(path, 'old');
    const sink = await openSink(path);
    await sink.write(Buffer.from('new'));
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readFileSync(`${path}.partial`, 'utf8')).toBe('new');
    await sink.finish();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  test('that is abandoned stays as .partial', async () => {
    const path = newPath();
    const sink = await openSink(path);
    await sink.write(Buffer.from('half'));
    await sink.abandon();
    await sink.abandon();
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(`${path}.partial`, 'utf8')).toBe('half');
  });

  test('an older .partial leaves nothing behind', async () => {
    const path = newPath();
    writeFileSync(`${path}.partial`, 'longer than what follows');
    const sink = await openSink(path);
    await sink.write(Buffer.from('short'));
    await sink.finish();
    expect(readFileSync(path, 'utf8')).toBe('short');
  });

  test.each([['finish'], ['abandon']] as const)(
    'that a later run writes too is never mixed: the earlier one cannot %s',
    async (end) => {
      const path = newPath();
      const earlier = await openSink(path);
      await earlier.write(Buffer.from('earlier, '));
      const later = await openSink(path);
      await later.write(Buffer.from('later'));
      await earlier.write(Buffer.from('and more of it'));
      const error = await failureOf(earlier[end]());
      expect(error.code).toBe('IO_FAILED');
      expect(error.message).toContain('another run wrote to the same output');
      expect(error.message).toContain('What this run wrote is not kept under that name.');
      await earlier.abandon().catch(() => {});
      expect(existsSync(path)).toBe(false);
      await later.finish();
      expect(readFileSync(path, 'utf8')).toBe('later');
    },
  );

  test('that a later run has completed is not replaced by what the earlier one wrote', async () => {
    const path = newPath();
    const earlier = await openSink(path);
    await earlier.write(Buffer.from('earlier'));
    const later = await openSink(path);
    await later.write(Buffer.from('later'));
    await later.finish();
    const error = await failureOf(earlier.finish());
    expect(error.message).toMatch(/^Cannot complete .* another run wrote to the same output/);
    expect((await failureOf(earlier.abandon())).message).toContain('Cannot keep');
    await earlier.abandon();
    expect(readFileSync(path, 'utf8')).toBe('later');
    expect(existsSync(`${path}.partial`)).toBe(false);
  });

  test('of which an older .partial is a link leaves what the link leads to as it was', async () => {
    const path = newPath();
    const other = newPath();
    writeFileSync(other, 'of somebody else');
    symlinkSync(other, `${path}.partial`);
    const sink = await openSink(path);
    await sink.write(Buffer.from('new'));
    await sink.finish();
    expect(readFileSync(other, 'utf8')).toBe('of somebody else');
    expect(lstatSync(path).isFile()).toBe(true);
  });

  test('behind a symbolic link is replaced, the link stays', async () => {
    const path = newPath();
    const link = newPath();
    writeFileSync(path, 'old');
    symlinkSync(path, link);
    const sink = await openSink(link);
    await sink.write(Buffer.from('new'));
    await sink.finish();
    expect(readlinkSync(link)).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});

describe('a pipe', () => {
  test('waits for somebody who reads, and holds no thread meanwhile', async () => {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    // As many as there are threads for files: were they held, nothing below could be opened.
    const waiting = Array.from({ length: 4 }, async () => openSink(path));
    await delay(100);
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const sinks = await Promise.all(waiting);
    for (const sink of sinks) {
      await sink.write(Buffer.from('x'));
      await sink.finish();
    }
    expect((await reader.readFile()).toString()).toBe('xxxx');
    await reader.close();
  });

  test('that nobody reads is given up when the signal comes', async () => {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    const abort = new AbortController();
    const opening = openSink(path, abort.signal);
    const reason = new Error('interrupted');
    setTimeout(() => abort.abort(reason), 20);
    await expect(opening).rejects.toBe(reason);
    await expect(openSink(path, abort.signal)).rejects.toBe(reason);
  });

  test('a socket cannot be opened', async () => {
    const path = newPath();
    const server = createServer().listen(path);
    await once(server, 'listening');
    const error = await failureOf(openSink(path));
    server.close();
    expect(error.message).toBe(
      `Cannot write "${path}": it is a socket, or a device that is not there.`,
    );
  });
});

describe('what cannot be opened or written', () => {
  test('a full disk', async () => {
    const sink = await openSink('/dev/full');
    const error = await failureOf(sink.write(Buffer.alloc(10)));
    expect(error.code).toBe('IO_FAILED');
    expect(error.message).toBe('Cannot write "/dev/full": the disk is full.');
    await sink.abandon();
  });

  test('an output that its reader closed', async () => {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    const [sink, reader] = await Promise.all([openSink(path), open(path, 'r')]);
    await sink.write(Buffer.alloc(10));
    await reader.close();
    const error = await failureOf(sink.write(Buffer.alloc(1_000_000)));
    expect(error.message).toBe(
      `Cannot write "${path}": the output was closed by whoever reads it.`,
    );
    await sink.abandon();
  });

  test.each([
    ['a directory', '.', 'it is a directory, a file was expected'],
    ['a folder that is not there', 'none/out', 'there is no such file or folder'],
    ['a file as a folder', 'plain/out', 'a part of the path is not a folder'],
  ])('%s', async (_name, path, why) => {
    writeFileSync(join(folder, 'plain'), '');
    const error = await failureOf(openSink(join(folder, path)));
    expect(error.code).toBe('IO_FAILED');
    expect(error.message).toContain(why);
  });

  test.each([
    ['a directory', 'sub', 'it is a directory, a file was expected'],
    ['a file that is not there', 'none', 'there is no such file or folder'],
  ])('a source: %s', async (_name, path, why) => {
    await mkdir(join(folder, 'sub'), { recursive: true });
    const opened = openSource(join(folder, path), { format: 'ndjson', clock: systemClock });
    const error = await failureOf(opened);
    expect(error.code).toBe('IO_FAILED');
    expect(error.path).toBe(join(folder, path));
    expect(error.message).toContain(why);
  });
});
