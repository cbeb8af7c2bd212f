// Records of payments against plain objects: found until they have been quiet too long or left at the
// limit, unless they are held; the one that was touched longest ago leaves first.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { LIFE_W, LIFE_WORDS, Lives } from '../../src/state/lives.ts';
import { RARE_D, RARE_W } from '../../src/state/rare-values.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);

interface Life {
  readonly id: number;
  readonly record: number;
  readonly sequence: number;
  touched: number;
  held: number;
}

describe('records of payments', () => {
  test.each(Array.from({ length: runs(50) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const [perShard, keepMs] = [random.pick([2, 3, 20]), random.pick([0, 30, 1000])];
    const lives = new Lives({ perShard, keepMs, textBytesMax: 1 << 16 });
    /** In the order of their last touch. */
    let all: Life[] = [];
    let [now, sequence] = [0, 0];
    const isQuiet = ({ touched, held }: Life): boolean => touched + keepMs < now && !(held >= now);
    const shardOf = (id: number): Life[] => all.filter((life) => (life.id & 15) === (id & 15));
    const leaves = (life: Life): void => {
      lives.remove(life.record);
      all = all.filter((one) => one !== life);
    };
    for (let step = 0; step < 500; step++) {
      now += random.pick([0, 0, 1, 9]);
      lives.now[0] = now;
      // Two shards, so that they fill.
      const id = random.below(24) * 8;
      const known = all.find((life) => life.id === id);
      const found = lives.find(id, ~id);
      const where = `step ${step}, id ${id}`;
      expect(found, where).toBe(known === undefined || isQuiet(known) ? -1 : known.record);
      if (found >= 0) {
        const life = known as Life;
        expect(lives.isQuiet(found)).toBe(false);
        if (random.chance(0.3)) {
          life.held = random.pick([NaN, now + random.below(100)]);
          lives.rare.doubles[lives.rare.ensure(found) + RARE_D.heldMs] = life.held;
        }
        if (random.chance(0.6)) {
          lives.touch(found);
          life.touched = now;
          all = [...all.filter((one) => one !== life), life];
        }
        if (random.chance(0.1)) leaves(life);
        continue;
      }
      for (;;) {
        const mine = shardOf(id);
        const isFull = mine.length >= perShard;
        // Of those not touched for long, the first that is not held; else the oldest, where there is no room.
        const old = mine.filter((life) => life.touched + keepMs < now);
        const leaving = old.find(isQuiet) ?? (isFull ? mine[0] : undefined);
        expect([lives.isFull(id), lives.leaving(id)], where).toEqual([
          isFull,
          leaving?.record ?? -1,
        ]);
        if (leaving === undefined) break;
        leaves(leaving);
      }
      expect(all.some((life) => life.id === id)).toBe(false);
      const record = lives.create(id, ~id);
      const number = new Float64Array(1);
      lives.readSequence(record, number);
      expect(number[0]).toBe(sequence);
      expect(lives.rare.get(record, RARE_W.revision)).toBe(0);
      if (id % 3 === 0) lives.rare.set(record, RARE_W.revision, 7);
      lives.words[record * LIFE_WORDS + LIFE_W.kept] = 10 + id;
      all.push({ id, record, sequence: sequence++, touched: now, held: NaN });
      expect(lives.count).toBe(all.length);
      const kept = [...lives.keptBlocks()].toSorted((a, b) => a - b);
      expect(kept).toEqual(all.map((life) => 10 + life.id).toSorted((a, b) => a - b));
    }
  });
});
