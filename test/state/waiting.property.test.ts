// Rows that wait against an array: what is first for an id, what waits too long, what leaves at the limit;
// and that their blocks are given back.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { TextArena } from '../../src/state/text-arena.ts';
import { Waiting } from '../../src/state/waiting.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

interface Row {
  readonly id: number;
  readonly block: number;
  readonly since: number;
  readonly bytes: number;
}

describe('rows that wait', () => {
  test.each(Array.from({ length: runs(50) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const [rowsMax, waitMs] = [random.pick([1, 4, 50]), random.pick([0, 20, 1000])];
    const texts = new TextArena(1 << 16);
    const waiting = new Waiting(rowsMax, waitMs, texts);
    let rows: Row[] = [];
    let [now, expired, evicted] = [0, 0, 0];
    const expire = (): void => {
      const left = rows.filter(({ since }) => since + waitMs >= now);
      expired += rows.length - left.length;
      rows = left;
    };
    for (let step = 0; step < 500; step++) {
      now += random.pick([0, 0, 1, 7]);
      waiting.now[0] = now;
      const id = random.below(6);
      if (random.chance(0.6)) {
        const bytes = 16 + random.below(200);
        const block = texts.take(bytes);
        waiting.add(id, -id, block, bytes);
        expire();
        if (rows.length >= rowsMax) {
          rows.shift();
          evicted++;
        }
        rows.push({ id, block, since: now, bytes });
      } else {
        waiting.expire();
        expire();
        const mine = rows.find((row) => row.id === id);
        expect(waiting.first(id, -id), `step ${step}`).toBe(mine?.block ?? 0);
        if (mine !== undefined) {
          waiting.removeFirst(id, -id);
          rows = rows.filter((row) => row !== mine);
        }
      }
      expect([waiting.count, waiting.expired, waiting.evicted], `step ${step}`).toEqual([
        rows.length,
        expired,
        evicted,
      ]);
      const used = rows.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 8) * 8, 0);
      expect(texts.bytesUsed).toBe(used);
    }
  });
});
