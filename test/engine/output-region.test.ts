// Where a worker's decisions go that do not fit in its shared region, and that those of a usual batch do.

import { describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { Engine } from '../../src/engine/engine.ts';
import { OutputRegion } from '../../src/engine/output-region.ts';
import { TransactionGenerator } from '../../src/load/generator.ts';
import { loadRulesFile } from '../../src/rules/front/load.ts';
import { memorySource } from '../../src/transport/open-source.ts';

/** Bytes that tell where they belong. */
function numbered(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, k) => k % 251);
}

function write(region: OutputRegion, bytes: Uint8Array, partBytes: number): void {
  for (let at = 0; at < bytes.length; at += partBytes) {
    const part = bytes.subarray(at, at + partBytes);
    region.ensure(part.length);
    region.buffer.bytes.set(part, region.buffer.at);
    region.buffer.at += part.length;
  }
}

describe('a region', () => {
  const bytes = numbered(4_000_000);

  test.each([1000, 1 << 16, 3_000_000, 4_000_000])(
    'of %i bytes gives what was written, in order, and is begun anew',
    (regionBytes) => {
      const shared = new SharedArrayBuffer(regionBytes);
      const region = new OutputRegion(shared);
      for (let round = 0; round < 2; round++) {
        region.begin();
        write(region, bytes, 999);
        expect(region.total).toBe(bytes.length);
        const finished = region.finish();
        const own = new Uint8Array(shared, 0, finished.regionBytes).slice();
        expect(Buffer.concat([own, ...finished.chunks]).equals(bytes)).toBe(true);
        expect(finished.chunks.length > 0).toBe(regionBytes < bytes.length);
        region.begin();
        write(region, bytes, 999);
        expect(Buffer.concat(region.pieces().map((piece) => piece.slice())).equals(bytes)).toBe(
          true,
        );
      }
    },
  );

  test('of a chunk that is less than half full its bytes alone travel', () => {
    const region = new OutputRegion(new SharedArrayBuffer(1000));
    region.begin();
    write(region, numbered(1500), 700);
    const { chunks } = region.finish();
    expect(chunks.map(({ buffer }) => buffer.byteLength)).toEqual([800]);
  });
});

describe('a batch of the main rules file', () => {
  test.each([1, 2])('%i workers: fits in the regions', async (workers) => {
    const loaded = await loadRulesFile(join('fixtures', 'rules', 'pos-wallet.yaml'));
    if (!loaded.ok) throw new Error('the main rules file has problems');
    const rows = 4096;
    const slab = Buffer.alloc(rows * 1024);
    const generator = new TransactionGenerator({ rows, accounts: 1000, seed: 3 });
    const bytes = slab.subarray(0, generator.writeRows(slab));
    const engine = await Engine.create({
      plan: loaded.plan,
      workers,
      batchRowsMax: rows,
      inputFormat: 'ndjson',
      outputFormat: 'ndjson',
      clock: systemClock,
    });
    try {
      const source = memorySource(bytes, { format: 'ndjson', clock: systemClock });
      const decided = await engine.decideBatch((input) => source.read(input), 'ndjson');
      const results = decided?.results ?? [];
      expect(results.map(({ out }) => out.chunks.length)).toEqual(Array(workers).fill(0));
      const written = results.reduce((sum, { out }) => sum + out.regionBytes, 0);
      expect(written).toBeGreaterThan(rows * 200);
    } finally {
      await engine.close();
    }
  });
});
