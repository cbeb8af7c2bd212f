// One suite for every source: whatever brings the bytes, and however they are cut, the rows are
// the same, and so are their positions.

import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { systemClock } from '../../src/base/clock.ts';
import { Random } from '../../src/base/random.ts';
import { ROW_BYTES_MAX } from '../../src/domain/fields.ts';
import { INPUT_ERRORS } from '../../src/domain/input-error.ts';
import type { BatchInput, Format, Source } from '../../src/domain/ports.ts';
import type { ByteReader } from '../../src/transport/byte-reader.ts';
import { FramedSource } from '../../src/transport/framed-source.ts';
import { memorySource, openSource } from '../../src/transport/open-source.ts';
import { BATCH_BYTES_MIN } from '../../src/transport/row-bounds.ts';

interface Row {
  readonly number: number;
  readonly byte: number;
  readonly text: string;
  readonly length: number;
  readonly error: string | null;
}

function makeBatch(rowsMax: number, bytesMax: number): BatchInput {
  return {
    slab: new Uint8Array(new SharedArrayBuffer(bytesMax)),
    bytesMax,
    rowsMax,
    rows: new Int32Array(2 * rowsMax),
    splitErrors: new Int32Array(rowsMax),
    arrivals: new Float64Array(rowsMax),
    rowCount: 0,
    firstByte: 0,
    firstRow: 0,
    arrivedMs: 0,
  };
}

/** Reads to the end, alternating between two batches as the engine does. */
async function readRows(source: Source, rowsMax: number, bytesMax: number): Promise<Row[]> {
  const batches = [makeBatch(rowsMax, bytesMax), makeBatch(rowsMax, bytesMax)] as const;
  const rows: Row[] = [];
  for (let n = 0; ; n++) {
    const batch = batches[n % 2 === 0 ? 0 : 1];
    if (!(await source.read(batch))) break;
    expect(batch.rowCount).toBeGreaterThan(0);
    expect(batch.rowCount).toBeLessThanOrEqual(rowsMax);
    expect(batch.firstRow).toBe(rows.length);
    const last = 2 * (batch.rowCount - 1);
    const end = batch.firstByte + (batch.rows[last] as number) + (batch.rows[last + 1] as number);
    expect(source.nextByte).toBeGreaterThanOrEqual(end);
    for (let r = 0; r < batch.rowCount; r++) {
      const offset = batch.rows[2 * r] as number;
      const length = batch.rows[2 * r + 1] as number;
      const error = batch.splitErrors[r] as number;
      rows.push({
        number: batch.firstRow + r,
        byte: batch.firstByte + offset,
        text: Buffer.from(batch.slab.subarray(offset, offset + length)).toString('latin1'),
        length,
        error: error === -1 ? null : (INPUT_ERRORS[error]?.code ?? 'unknown'),
      });
    }
  }
  expect(await source.read(batches[0])).toBe(false);
  await source.close();
  return rows;
}

type OpenBytes = (bytes: Uint8Array, format: Format, random: Random) => Promise<Source>;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-transport-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Sizes of pieces: mostly small, now and then large. */
function pieces(random: Random): () => number {
  return () => (random.chance(0.3) ? 1 + random.below(70_000) : 1 + random.below(12));
}

let fileCount = 0;
const SOURCES: readonly (readonly [string, OpenBytes])[] = [
  [
    'memory in random pieces',
    async (bytes, format, random) =>
      memorySource(bytes, { format, clock: systemClock, readBytesMax: pieces(random) }),
  ],
  ['memory whole', async (bytes, format) => memorySource(bytes, { format, clock: systemClock })],
  [
    'file',
    async (bytes, format) => {
      const path = join(folder, `${fileCount++}.bin`);
      await writeFile(path, bytes);
      return openSource(path, { format, clock: systemClock });
    },
  ],
  [
    'named pipe',
    async (bytes, format, random) => {
      const path = join(folder, `${fileCount++}.pipe`);
      execFileSync('mkfifo', [path]);
      const source = await openSource(path, { format, clock: systemClock });
      const writer = openWriter(path);
      const next = pieces(random);
      const feed = async (): Promise<void> => {
        for (let at = 0; at < bytes.length;) {
          const size = Math.max(next(), bytes.length >> 4);
          const piece = bytes.subarray(at, at + size);
          await new Promise((resolve) => writer.write(piece, resolve));
          at += size;
        }
        writer.end();
      };
      void feed();
      return source;
    },
  ],
];

/** The reader may go before the writer is done: what the writer then says is not of these tests. */
function openWriter(path: string): WriteStream {
  const writer = createWriteStream(path);
  writer.on('error', () => {});
  return writer;
}

const TOO_LONG = ROW_BYTES_MAX + 1;
const longest = 'x'.repeat(ROW_BYTES_MAX);

interface Case {
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
  /** [byte, text or length, error] */
  readonly rows: readonly (readonly [number, string | number, (string | null)?])[];
  readonly blankLines?: number;
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'latin1');
}
function hex(...parts: (string | number | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(part, 'hex');
    return typeof part === 'number' ? Buffer.alloc(part, 0x01) : part;
  });
  return Buffer.concat(bytes);
}

/** A msgpack map {"a": bin of so many bytes} that is `length` bytes long. */
function mapOfLength(length: number): Uint8Array {
  const header = Buffer.from('81a161c600000000', 'hex');
  header.writeUInt32BE(length - header.length, 4);
  return Buffer.concat([header, Buffer.alloc(length - header.length, 0xd8)]);
}

const CASES: readonly Case[] = [
  { name: 'nothing', format: 'ndjson', bytes: text(''), rows: [] },
  {
    name: 'two lines',
    format: 'ndjson',
    bytes: text('{"a":1}\n{"b":22}\n'),
    rows: [
      [0, '{"a":1}'],
      [8, '{"b":22}'],
    ],
  },
  {
    name: 'a last line without line feed',
    format: 'ndjson',
    bytes: text('a\nbc'),
    rows: [
      [0, 'a'],
      [2, 'bc'],
    ],
  },
  {
    name: 'carriage returns',
    format: 'ndjson',
    bytes: text('a\r\nb\rc\r\r\nd\r'),
    rows: [
      [0, 'a'],
      [3, 'b\rc\r'],
      [9, 'd'],
    ],
  },
  {
    name: 'blank lines',
    format: 'ndjson',
    bytes: text('\n\r\n \t \na\n\n   '),
    rows: [[7, 'a']],
    blankLines: 5,
  },
  {
    name: 'only blank lines',
    format: 'ndjson',
    bytes: text('\n'.repeat(200_000)),
    rows: [],
    blankLines: 200_000,
  },
  {
    name: 'a byte order mark',
    format: 'ndjson',
    bytes: text('\xef\xbb\xbfa\n\xef\xbb\xbfb\n'),
    rows: [
      [3, 'a'],
      [5, '\xef\xbb\xbfb'],
    ],
  },
  {
    name: 'half a byte order mark',
    format: 'ndjson',
    bytes: text('\xef\xbb'),
    rows: [[0, '\xef\xbb']],
  },
  {
    name: 'the longest row, with every line end',
    format: 'ndjson',
    bytes: text(`${longest}\n${longest}\r\n${longest}\r`),
    rows: [
      [0, ROW_BYTES_MAX],
      [ROW_BYTES_MAX + 1, ROW_BYTES_MAX],
      [2 * ROW_BYTES_MAX + 3, ROW_BYTES_MAX],
    ],
  },
  {
    name: 'rows that are too long',
    format: 'ndjson',
    bytes: text(`a\n${longest}x\nb\n${longest.repeat(5)}\nc\n${longest}\r\r\n${longest}x`),
    rows: [
      [0, 'a'],
      [2, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
      [TOO_LONG + 3, 'b'],
      [TOO_LONG + 5, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
      [TOO_LONG + 6 + 5 * ROW_BYTES_MAX, 'c'],
      [TOO_LONG + 8 + 5 * ROW_BYTES_MAX, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
      [TOO_LONG + 11 + 6 * ROW_BYTES_MAX, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
    ],
  },
  { name: 'nothing', format: 'msgpack', bytes: text(''), rows: [] },
  {
    name: 'maps of every kind of value',
    format: 'msgpack',
    bytes: hex(
      '80',
      '81a16101',
      '82a16192c0c3a162d90161',
      'de0001a161dc00020102',
      'df00000001a161dd00000001c5000101',
      '87a161ca00000000a162cb0000000000000000a163cc01a164cd0102a165ce01020304a166cf0102030405060708a167ff',
      '89a161d001a162d10102a163d201020304a164d30102030405060708a165d40001a166d5000102a167d60001020304a168d7000102030405060708a169d80001020304050607080102030405060708',
      '84a161c702000102a162c80001000ba163c900000001000ba164c40100',
      '82a161da000161a162db0000000161',
    ),
    rows: [
      [0, 1],
      [1, 4],
      [5, 11],
      [16, 10],
      [26, 16],
      [42, 49],
      [91, 79],
      [170, 29],
      [199, 15],
    ],
  },
  {
    name: 'what is not a map',
    format: 'msgpack',
    bytes: hex('01', '80', 'a3616263', '9201928080', '80', 'c0', 'cb0102030405060708'),
    rows: [
      [0, 1, 'NOT_A_MAP'],
      [1, 1],
      [2, 4, 'NOT_A_MAP'],
      [6, 5, 'NOT_A_MAP'],
      [11, 1],
      [12, 1, 'NOT_A_MAP'],
      [13, 9, 'NOT_A_MAP'],
    ],
  },
  {
    name: 'the unused byte, alone and in a map',
    format: 'msgpack',
    bytes: hex('80', 'c1', '80', '82a161c1a16201', '80'),
    rows: [
      [0, 1],
      [1, 1, 'BAD_MSGPACK'],
      [2, 1],
      [3, 7, 'BAD_MSGPACK'],
      [10, 1],
    ],
  },
  ...['82a16101', '82a161', '81d9', '81a161c60000', '81a161a5616263', 'de00'].map((tail): Case => {
    const bytes = hex('80', tail);
    return {
      name: `an end in the middle: ${tail}`,
      format: 'msgpack',
      bytes,
      rows: [
        [0, 1],
        [1, bytes.length - 1, 'TRUNCATED_ROW'],
      ],
    };
  }),
  {
    name: 'the longest row and longer ones',
    format: 'msgpack',
    bytes: hex(mapOfLength(ROW_BYTES_MAX), mapOfLength(TOO_LONG), '80', mapOfLength(400_000), '80'),
    rows: [
      [0, ROW_BYTES_MAX],
      [ROW_BYTES_MAX, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
      [ROW_BYTES_MAX + TOO_LONG, 1],
      [ROW_BYTES_MAX + TOO_LONG + 1, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
      [ROW_BYTES_MAX + TOO_LONG + 400_001, 1],
    ],
  },
  {
    name: 'a map of too many small values',
    format: 'msgpack',
    bytes: hex('80', 'de9c40', 80_000, '80'),
    rows: [
      [0, 1],
      [1, ROW_BYTES_MAX, 'ROW_TOO_LONG'],
      [80_004, 1],
    ],
  },
  {
    name: 'a map that declares more than there is',
    format: 'msgpack',
    bytes: hex('80', 'dfffffffff', 10),
    rows: [
      [0, 1],
      [1, 15, 'ROW_TOO_LONG'],
    ],
  },
];

describe.each(SOURCES)('%s', (_name, open) => {
  test.each(CASES.map((item) => [item.format, item.name, item] as const))(
    '%s: %s',
    async (_format, _case, item) => {
      for (const rowsMax of [1, 3, 1000]) {
        const source = await open(item.bytes, item.format, new Random(rowsMax));
        const rows = await readRows(source, rowsMax, BATCH_BYTES_MIN + 77);
        expect(
          rows.map((row, index) => {
            const wanted = item.rows[index]?.[1];
            return [row.byte, typeof wanted === 'number' ? row.length : row.text, row.error];
          }),
        ).toEqual(item.rows.map(([byte, value, error]) => [byte, value, error ?? null]));
        expect(source.blankLines).toBe(item.blankLines ?? 0);
        expect(source.nextByte).toBe(item.bytes.length);
      }
    },
  );
});

describe('memory in random pieces against memory whole', () => {
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[ab\r \t]{0,12}$/) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }).map((n) => 'y'.repeat(65_536 + n)) },
  );
  const ndjson = fc
    .array(line, { maxLength: 30 })
    .map((lines) => Buffer.from(lines.join('\n'), 'latin1'));
  const msgpack = fc
    .array(
      fc.oneof(
        { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
        { weight: 4, arbitrary: fc.constantFrom('80', '81a16101', '82a161c0a162c2', 'c1') },
        { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 65_540 }) },
      ),
      { maxLength: 20 },
    )
    .map((parts) =>
      hex(...parts.map((part) => (typeof part === 'number' ? mapOfLength(part) : part))),
    );

  test.each([
    ['ndjson', ndjson],
    ['msgpack', msgpack],
  ] as const)('%s', async (format, streams) => {
    await fc.assert(
      fc.asyncProperty(
        streams,
        fc.integer(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: BATCH_BYTES_MIN, max: 3 * BATCH_BYTES_MIN }),
        async (bytes, seed, rowsMax, bytesMax) => {
          const options = { format, clock: systemClock };
          const whole = await readRows(memorySource(bytes, options), 100_000, 4 << 20);
          const readBytesMax = pieces(new Random(seed));
          const cut = memorySource(bytes, { ...options, readBytesMax });
          expect(await readRows(cut, rowsMax, bytesMax)).toEqual(whole);
          const original = Buffer.from(bytes).toString('latin1');
          const misplaced = whole.filter((row) => !original.startsWith(row.text, row.byte));
          expect(misplaced).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('memory stays bounded', () => {
  const INPUT_BYTES = 200 << 20;

  /** So many bytes without end of row, then one short row. */
  function endlessRow(start: Uint8Array, fill: number, end: Uint8Array): ByteReader {
    let at = 0;
    return {
      name: 'endless',
      bytesTotal: null,
      isReady: true,
      read: async (into, offset, lengthMax) => {
        const part = at < start.length ? start : at < INPUT_BYTES ? null : end;
        if (at >= INPUT_BYTES + end.length) return 0;
        const length = Math.min(lengthMax, part === null ? INPUT_BYTES - at : part.length);
        if (part === null) into.fill(fill, offset, offset + length);
        else into.set(part.subarray(0, length), offset);
        at += length;
        return length;
      },
      close: async () => {},
    };
  }

  test.each([
    ['ndjson', text('{"a":"'), 0x78, text('\n{}\n')],
    ['ndjson', text(' '), 0x20, text('\n{}\n')],
    // A map with one bin 32 that ends where the last map begins.
    ['msgpack', hex('81a161c60c7ffff8'), 0x80, hex('80')],
  ] as const)('while %s that never ends is skipped: %o', async (format, start, fill, end) => {
    const reader = endlessRow(start, fill, end);
    const source = new FramedSource({ reader, format, clock: systemClock });
    const before = process.memoryUsage().arrayBuffers;
    const rows = await readRows(source, 100, 1 << 20);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
    expect(rows.map((row) => row.error)).toEqual(['ROW_TOO_LONG', null]);
    expect(rows[1]?.byte).toBe(INPUT_BYTES + (format === 'ndjson' ? 1 : 0));
  });
});

describe('a pipe', () => {
  test('hands over what has arrived, and an abort ends the wait for more', async () => {
    const path = join(folder, `${fileCount++}.pipe`);
    execFileSync('mkfifo', [path]);
    const controller = new AbortController();
    const { signal } = controller;
    const source = await openSource(path, { format: 'ndjson', clock: systemClock, signal });
    const writer = openWriter(path);
    const written = new Promise((resolve) => writer.write('{"a":1}\n{"half":', resolve));
    const batch = makeBatch(1000, 1 << 20);
    expect(await source.read(batch)).toBe(true);
    expect(batch.rowCount).toBe(1);
    const waiting = source.read(batch);
    controller.abort();
    expect(await waiting).toBe(false);
    await written;
    await source.close();
    writer.destroy();
  });
});
