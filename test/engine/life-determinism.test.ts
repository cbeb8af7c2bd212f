// Payments' lives through worker threads: the same bytes with 1, 2 or 5 workers, in batches of any size,
// from NDJSON or msgpack, amendments and timers included, and what the plain model says.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Format } from '../../src/domain/ports.ts';
import { Oracle, decisionsOf } from '../oracle/brute-force.ts';
import { asWritten } from '../support/as-written.ts';
import { close } from '../support/close.ts';
import { randomLifeRules } from '../support/random-life-rules.ts';
import { randomLifeStream } from '../support/random-life-stream.ts';
import { runs } from '../support/runs.ts';
import { linesOf, rowBytes, runEngine } from './run-engine.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const IS_LONG = runs(1) > 1;
/** Time that passes behind the last row. */
const DRAIN_MS = 3_600_000;

interface Way {
  readonly workers: number;
  readonly batchRowsMax: number;
  readonly format: Format;
  /** Of one part of what falls due behind the last row. */
  readonly dueBytesMax?: number;
}

const WAYS: readonly Way[] = [
  { workers: 1, batchRowsMax: 1, format: 'ndjson' },
  { workers: 1, batchRowsMax: 7, format: 'msgpack', dueBytesMax: 1 },
  { workers: 2, batchRowsMax: 64, format: 'ndjson', dueBytesMax: 1000 },
  { workers: 2, batchRowsMax: 1, format: 'msgpack' },
  { workers: 5, batchRowsMax: 33, format: 'msgpack' },
  { workers: 3, batchRowsMax: 300, format: 'ndjson' },
];

describe('the same decisions and amendments, byte for byte', () => {
  test.each(Array.from({ length: runs(2) }, (_, k) => FIRST_SEED + k))('seed %i', async (seed) => {
    const random = new Random(seed);
    const { plan, text } = randomLifeRules(random);
    const rows = randomLifeStream(random, { rowCount: 300, payments: random.pick([8, 30]) });
    const bytes = {
      ndjson: Buffer.concat(rowBytes(rows, 'ndjson', random)),
      msgpack: Buffer.concat(rowBytes(rows, 'msgpack', random)),
    };
    const run = async (way: Way, outputFormat: Format): Promise<Uint8Array> => {
      const { dueBytesMax } = way;
      const engine = dueBytesMax === undefined ? {} : { dueBytesMax };
      const options = { ...way, engine, bytes: bytes[way.format], outputFormat };
      const finished = await runEngine({ plan, ...options, run: { drainMs: DRAIN_MS } });
      expect(finished.error).toBe(null);
      return finished.decisions;
    };
    const first: Way = { workers: 1, batchRowsMax: 4096, format: 'ndjson' };
    const lines = linesOf(await run(first, 'ndjson'));

    const oracle = new Oracle(plan, { withShadow: true });
    const wanted = rows.flatMap((row) => decisionsOf(oracle.take(row)));
    wanted.push(...oracle.advance(oracle.streamTime + DRAIN_MS));
    expect(lines.length, text).toBe(wanted.length);
    lines.forEach((line, k) => {
      expect(close(JSON.parse(line), asWritten(wanted[k])), `decision ${k}\n${text}`).toBe(null);
    });

    const packed = await run(first, 'msgpack');
    for (const way of IS_LONG ? WAYS : WAYS.filter((_, k) => k % 2 === seed % 2)) {
      const told = JSON.stringify(way);
      if (IS_LONG || way.format === 'msgpack') {
        expect(linesOf(await run(way, 'ndjson')), told).toEqual(lines);
      }
      if (IS_LONG || way.format === 'ndjson') {
        expect(Buffer.compare(await run(way, 'msgpack'), packed), told).toBe(0);
      }
    }
  });
});
