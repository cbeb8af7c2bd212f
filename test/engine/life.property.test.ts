// The life of payments in the engine against the plain model of it: random rules over random streams in
// which few payments have many events, in batches of random size, with time that passes between them. All
// that comes out is compared: first decisions and amendments, complete and in their order.

import { describe, expect, test } from 'vitest';
import { runs } from '../support/runs.ts';
import { compareLife, textCase, treeCase } from './compare-life.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const seeds = (usual: number): number[] =>
  Array.from({ length: runs(usual) }, (_, k) => FIRST_SEED + k);

describe('the engine amends as the model does', () => {
  test.each(seeds(60))('seed %i', (seed) => {
    expect(compareLife(seed, textCase).difference).toBe(null);
  });
});

describe('rules of any shape', () => {
  test.each(seeds(40))('seed %i', (seed) => {
    expect(compareLife(seed, treeCase).difference).toBe(null);
  });
});

describe('where only holds are kept', () => {
  test.each(seeds(15))('seed %i', (seed) => {
    const { difference } = compareLife(seed, (random) => textCase(random, { rowsOnly: true }));
    expect(difference).toBe(null);
  });
});

test('the streams have what a life can have', () => {
  const causes = new Set(
    seeds(20).flatMap((seed) => compareLife(seed, textCase).amendments.map(({ cause }) => cause)),
  );
  for (const cause of ['status', 'refund', 'release', 'label', 'timer', 'hold-expired'] as const) {
    expect(causes).toContain(cause);
  }
});
