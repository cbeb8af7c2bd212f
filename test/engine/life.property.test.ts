// The life of payments in the engine against the plain model of it: random rules over random streams in
// which few payments have many events, in batches of random size, with time that passes between them. All
// that comes out is compared: first decisions and amendments, complete and in their order.

import { describe, expect, test } from 'vitest';
import type { Random } from '../../src/base/random.ts';
import { randomLifeRules } from '../support/random-life-rules.ts';
import { runs } from '../support/runs.ts';
import type { LifeCase } from './compare-life.ts';
import { compareLife } from './compare-life.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const SEEDS = Array.from({ length: runs(60) }, (_, k) => FIRST_SEED + k);

describe('the engine amends as the model does', () => {
  test.each(SEEDS)('seed %i', (seed) => {
    expect(compareLife(seed, (random) => randomLifeRules(random)).difference).toBe(null);
  });
});

describe('where only holds are kept', () => {
  test.each(SEEDS.filter((_, k) => k % 4 === 0))('seed %i', (seed) => {
    const make = (random: Random): LifeCase => randomLifeRules(random, { rowsOnly: true });
    expect(compareLife(seed, make).difference).toBe(null);
  });
});
