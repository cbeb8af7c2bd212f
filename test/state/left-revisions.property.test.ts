// Revisions of what has left against an array of them, with few places, ids that come back, and time.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { IdFilter } from '../../src/state/id-filter.ts';
import { LeftRevisions } from '../../src/state/left-revisions.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const seeds = Array.from({ length: runs(30) }, (_, k) => FIRST_SEED + k);

interface Entry {
  readonly id: number;
  readonly until: number;
  readonly values: readonly [revision: number, content: number, verdict: number];
  isGone: boolean;
}

test.each(seeds)('seed %i', (seed) => {
  const random = new Random(seed);
  const entriesMax = random.pick([1, 3, 20, 500]);
  const left = new LeftRevisions(entriesMax);
  /** In the order in which they left; those at the front are taken away as the ring does. */
  let model: Entry[] = [];
  let [lost, evicted, now] = [-1, 0, 0];
  const hi = (id: number): number => Math.imul(id, 77) | 0;
  const forget = (id: number): void => {
    for (const entry of model) if (entry.id === id) entry.isGone = true;
  };
  for (let step = 0; step < 2000; step++) {
    now += random.pick([0, 0, 1, 5]);
    left.times[0] = now;
    const id = random.below(40) - 20;
    const draw = random.next();
    if (draw < 0.5) {
      const values = [1 + random.below(9), random.below(3), random.uint32() | 0] as const;
      const until = now + random.below(30);
      left.times[1] = until;
      left.add(id, hi(id), ...values);
      forget(id);
      for (let k = 0; k < 2; k++) {
        const [first] = model;
        if (first === undefined) break;
        const isOver = first.isGone || first.until < now;
        if (!isOver && model.length < entriesMax) break;
        if (!isOver) {
          evicted++;
          lost = Math.max(lost, first.values[0]);
        }
        model = model.slice(1);
      }
      model.push({ id, until, values, isGone: false });
    } else if (draw < 0.6) {
      left.forget(id, hi(id));
      forget(id);
    }
    const asked = random.below(40) - 20;
    const wanted = model.find((e) => e.id === asked && !e.isGone && e.until >= now);
    const entry = left.find(asked, hi(asked));
    const found =
      entry < 0
        ? undefined
        : [left.revisionOf(entry), left.contentOf(entry), left.verdictOf(entry)];
    expect(found, `step ${step}`).toEqual(wanted?.values);
    expect([left.lost, left.evicted]).toEqual([lost, evicted]);
  }
  expect(left.count).toBe(model.filter((entry) => !entry.isGone).length);
});

test('a filter of ids never denies one that is in it', () => {
  const random = new Random(FIRST_SEED);
  const filter = new IdFilter();
  const held: number[] = [];
  for (let step = 0; step < 20_000; step++) {
    if (held.length === 0 || random.chance(0.6)) {
      const lo = random.uint32() | 0;
      held.push(lo);
      filter.add(lo);
    } else filter.remove(held.pop() as number);
  }
  expect(held.every((lo) => filter.mayHold(lo))).toBe(true);
  const strangers = Array.from({ length: 10_000 }, () => random.uint32() | 0);
  expect(strangers.filter((lo) => filter.mayHold(lo)).length).toBeLessThan(1000);
});

test('more ids in one place than it can count', () => {
  const filter = new IdFilter();
  for (let k = 0; k < 300; k++) filter.add(16);
  for (let k = 0; k < 299; k++) filter.remove(16);
  expect(filter.mayHold(16)).toBe(true);
  expect(filter.mayHold(32)).toBe(false);
});
