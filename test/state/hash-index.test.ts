// The index against a Map: random insertions, removals, moves and look-ups, through many levels of
// growth, and with hashes chosen to meet in few buckets.

import { describe, expect, test } from 'vitest';
import { AssertionError } from '../../src/base/assert.ts';
import { Random } from '../../src/base/random.ts';
import { HashIndex } from '../../src/state/hash-index.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const STRIDE = 3;
const OFFSET = 1;

type Hash = readonly [lo: number, hi: number];

/** The index with what its callers keep beside it: each slot's high half, and which slots are free. */
class Checked {
  readonly index: HashIndex;
  readonly model = new Map<string, { readonly hash: Hash; slot: number }>();
  readonly #keys: Int32Array;
  readonly #free: number[];

  constructor(entriesMax: number) {
    this.index = new HashIndex(entriesMax);
    // One more than entries, so that a move always finds a free slot.
    this.#keys = new Int32Array((entriesMax + 1) * STRIDE);
    this.#free = Array.from({ length: entriesMax + 1 }, (_, slot) => entriesMax - slot);
  }

  find([lo, hi]: Hash): number {
    return this.index.find(lo, hi, this.#keys, STRIDE, OFFSET);
  }

  #takeSlot(): number {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error('no slot is free');
    return slot;
  }

  insert(hash: Hash): void {
    const slot = this.#takeSlot();
    this.#keys[slot * STRIDE + OFFSET] = hash[1];
    this.index.insert(hash[0], slot);
    this.model.set(hash.join(), { hash, slot });
  }

  remove(hash: Hash): void {
    const { slot } = this.model.get(hash.join()) as { slot: number };
    this.index.remove(hash[0], slot);
    this.model.delete(hash.join());
    this.#free.push(slot);
  }

  move(hash: Hash): void {
    const entry = this.model.get(hash.join()) as { slot: number };
    const slot = this.#takeSlot();
    this.#keys[slot * STRIDE + OFFSET] = hash[1];
    this.index.move(hash[0], entry.slot, slot);
    this.#free.push(entry.slot);
    entry.slot = slot;
  }

  /** Every entry is found, by both ways of looking; and nothing else is. */
  expectSame(strangers: readonly Hash[]): void {
    expect(this.index.count).toBe(this.model.size);
    const entries = [...this.model.values()];
    const lo = Int32Array.from(entries, ({ hash }) => hash[0]);
    const buckets = new Int32Array(lo.length);
    this.index.locate(lo, buckets, 0, lo.length);
    const wrong = entries.filter(({ hash, slot }, i) => {
      const bucket = buckets[i] as number;
      const found = this.index.findFrom(bucket, hash[0], hash[1], this.#keys, STRIDE, OFFSET);
      return found !== slot || this.find(hash) !== slot;
    });
    expect(wrong).toEqual([]);
    for (const hash of strangers) {
      if (!this.model.has(hash.join())) expect(this.find(hash), hash.join()).toBe(-1);
    }
  }
}

const HASHES: Readonly<Record<string, (random: Random) => Hash>> = {
  'spread evenly': (random) => [random.uint32() | 0, random.uint32() | 0],
  'in one bucket until the last level': (random) => [
    random.pick([0x40000000, 0x40000001]) | (random.below(7) << 16),
    random.uint32() | 0,
  ],
  'in two buckets': (random) => [random.pick([7, -1]), random.uint32() | 0],
  'with few tags': (random) => [random.below(3), random.uint32() | 0],
  'alike in one half or both': (random) => [random.below(12), random.below(12) << 3],
  'negative and zero': (random) => [random.pick([0, -1, 1 << 31]), -random.below(5000) | 0],
};

describe.each(Object.entries(HASHES))('hashes %s', (_, make) => {
  test.each(Array.from({ length: runs(3) }, (_unused, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const entriesMax = random.pick([8, 100, 800]);
    const checked = new Checked(entriesMax);
    for (let step = 0; step < 4000; step++) {
      // Fuller and emptier in turns, so that overflow buckets are freed and taken again.
      const wantsMore = (step >> 9) % 2 === 0;
      const hash = make(random);
      const known = [...(step % 8 === 0 ? checked.model.values() : [])];
      if (checked.model.has(hash.join())) {
        const draw = random.next();
        if (draw < 0.3) checked.remove(hash);
        else if (draw < 0.5) checked.move(hash);
      } else if (checked.model.size < entriesMax && random.chance(wantsMore ? 0.9 : 0.1)) {
        checked.insert(hash);
      }
      if (known.length > 0 && !wantsMore) {
        for (let k = 0; k < 8 && known.length > 0; k++) {
          const [entry] = known.splice(random.below(known.length), 1);
          if (entry !== undefined && checked.model.has(entry.hash.join()))
            checked.remove(entry.hash);
        }
      }
      if (step % 500 === 499) checked.expectSame(Array.from({ length: 50 }, () => make(random)));
    }
  });
});

test('grows through many levels, entry by entry', () => {
  const random = new Random(FIRST_SEED);
  const count = 60_000;
  const checked = new Checked(count);
  for (let i = 0; i < count; i++) {
    checked.insert([(i * 0x9e3779b1) | 0, random.uint32() | 0]);
    // Twice at every power of two, where a level begins.
    if ((i & (i - 1)) === 0 || (i & (i + 1)) === 0) checked.expectSame([]);
  }
  checked.expectSame([]);
  expect(checked.index.bytesUsed).toBeLessThan(count * 20);
});

test('holds its stated maximum when all hashes but one level bit are alike', () => {
  // A chain of overflow buckets that is divided again and again without getting shorter.
  const checked = new Checked(500);
  for (let i = 0; i < 500; i++) checked.insert([0, i]);
  checked.expectSame([[0, 501]]);
  for (let i = 0; i < 500; i++) checked.remove([0, i]);
  checked.expectSame([[0, 1]]);
  for (let i = 0; i < 500; i++) checked.insert([i << 4, i]);
  checked.expectSame([[0, 1]]);
});

test('removing what is not there is a broken promise', () => {
  const checked = new Checked(10);
  checked.insert([1, 2]);
  expect(() => {
    checked.index.remove(1, 99);
  }).toThrow(AssertionError);
  expect(() => {
    checked.index.remove(3, 0);
  }).toThrow(AssertionError);
});
