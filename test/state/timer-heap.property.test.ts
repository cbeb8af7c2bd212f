// Timers against a sorted list: set, moved, taken away and fired in random order.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { TimerHeap } from '../../src/state/timer-heap.ts';
import { runs } from '../support/runs.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const SLOTS = 40;

interface Timer {
  readonly slot: number;
  readonly due: number;
  readonly sequence: number;
}

describe('timers fire in the order of their instants, equal ones by their sequence', () => {
  test.each(Array.from({ length: runs(50) }, (_, k) => FIRST_SEED + k))('seed %i', (seed) => {
    const random = new Random(seed);
    const heap = new TimerHeap(SLOTS);
    let timers: Timer[] = [];
    /** Of each slot, as a record has it. */
    const sequences = Array.from({ length: SLOTS }, (_, slot) => (slot * 7) % SLOTS);
    const set = (slot: number, due: number): void => {
      timers = timers.filter((timer) => timer.slot !== slot);
      const sequence = sequences[slot] as number;
      if (due < Infinity) timers.push({ slot, due, sequence });
      heap.due[0] = due;
      heap.sequence[0] = sequence;
      heap.set(slot);
    };
    for (let step = 0; step < 400; step++) {
      const slot = random.below(SLOTS);
      const due = random.pick([random.below(20), random.below(1000), Infinity, NaN]);
      if (random.chance(0.2)) {
        heap.remove(slot);
        timers = timers.filter((timer) => timer.slot !== slot);
      } else set(slot, due);

      timers.sort((a, b) => a.due - b.due || a.sequence - b.sequence);
      const now = random.below(30);
      const due0 = timers[0]?.due ?? Infinity;
      expect(heap.count, `step ${step}`).toBe(timers.length);
      expect(heap.firstDue).toBe(due0);
      expect(heap.isDue(Float64Array.of(now))).toBe(due0 <= now);
      while (heap.isDue(Float64Array.of(now))) {
        const first = timers[0] as Timer;
        expect([heap.first(), heap.due[0]], `step ${step}`).toEqual([first.slot, first.due]);
        // What has fired goes off, or is set again.
        if (random.chance(0.5)) set(first.slot, now + 1 + random.below(50));
        else set(first.slot, Infinity);
        timers.sort((a, b) => a.due - b.due || a.sequence - b.sequence);
      }
    }
  });
});
