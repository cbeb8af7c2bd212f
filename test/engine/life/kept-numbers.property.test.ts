// Numbers that are kept of payments: what was saved comes back bit for bit, whatever its size, and takes
// no more words than it needs.

import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { FeatureSpec, Plan } from '../../../src/domain/plan.ts';
import type { FeatureLayout } from '../../../src/domain/feature-layout.ts';
import { makeFeatureLayout, STRING_FEATURE_DOUBLES } from '../../../src/domain/feature-layout.ts';
import { KeptNumbers } from '../../../src/engine/life/kept-numbers.ts';
import { TextArena } from '../../../src/state/text-arena.ts';
import { runs } from '../../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const ROWS = 3;
const VALUES = [NaN, 0, -0, 1, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 0.5, -7.25, 1e300, Infinity];

function wordsOf(value: number): number {
  if (Number.isNaN(value)) return 0;
  const isWhole = Number.isInteger(value) && value >= 0 && value < 2 ** 31;
  return isWhole && !Object.is(value, -0) ? 1 : 2;
}

describe('numbers of payments', () => {
  test.each(Array.from({ length: runs(50) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const types = Array.from({ length: random.below(6) }, () =>
      random.pick(['number', 'money', 'string'] as const),
    );
    const features = types.map((type) => ({ type, entity: 0 }) as FeatureSpec);
    const layout = makeFeatureLayout(features, 1, ROWS, random.chance(0.5));
    const fields = Int32Array.from({ length: random.below(10) }, (_, k) => k * 2);
    const arena = new TextArena(1 << 16);
    const plan = { features } as unknown as Plan;
    const numbersIn = (table: FeatureLayout): KeptNumbers =>
      new KeptNumbers(plan, table, arena, fields, [...types.keys()]);
    const kept = numbersIn(layout);
    const F = new Float64Array(layout.length);
    const FI = new Int32Array(F.buffer);
    const f64 = new Float64Array(fields.length * ROWS);
    for (let step = 0; step < 20; step++) {
      for (let k = 0; k < f64.length; k++) f64[k] = random.pick(VALUES);
      for (let k = 0; k < FI.length; k++) FI[k] = random.below(2 ** 32);
      const row = random.below(ROWS);
      const numbers = types.flatMap((type, k) => {
        const at = (layout.base[k] as number) + row * (layout.stride[k] as number);
        if (type === 'string') return [];
        const value = random.pick(VALUES);
        F[at] = value;
        return [value];
      });
      const at = row * fields.length * 2;
      const given = [...f64.slice(at / 2, at / 2 + fields.length), ...numbers];
      const texts = types.filter((type) => type === 'string').length;
      const words = kept.gather(f64, at, F, FI, row);
      const needed = given.reduce((sum, value) => sum + wordsOf(value), 0);
      expect(words).toBe(needed + texts * STRING_FEATURE_DOUBLES * 2);
      expect(words).toBeLessThanOrEqual(kept.wordsMax);
      const block = arena.take(kept.sizeBytes + 8 + words * 4);
      const word = (block + Math.ceil(kept.sizeBytes / 4) * 4) >> 2;
      kept.save(block, word);
      expect(kept.wordsOf(block)).toBe(words);
      // A table of one row, as the scratch row has.
      const single = makeFeatureLayout(features, 1, 1, false);
      const again = numbersIn(single);
      const restoredF = new Float64Array(single.length);
      const restoredFI = new Int32Array(restoredF.buffer);
      const restored = new Float64Array(fields.length);
      expect(again.restore(block, word, restored, 0, restoredF, restoredFI)).toBe(word + words);
      fields.forEach((_, k) => {
        expect(restored[k]).toBe(given[k]);
        expect(again.numberAt(block, word, k)).toBe(given[k]);
      });
      types.forEach((type, k) => {
        const from = ((layout.base[k] as number) + row * (layout.stride[k] as number)) * 2;
        const to = (single.base[k] as number) * 2;
        const length = type === 'string' ? STRING_FEATURE_DOUBLES * 2 : 2;
        if (type !== 'string') expect(restoredF[to / 2]).toBe(F[from / 2]);
        else expect(restoredFI.slice(to, to + length)).toEqual(FI.slice(from, from + length));
      });
    }
  });
});
