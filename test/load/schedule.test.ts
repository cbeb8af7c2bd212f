import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draft } from '../../src/load/draft.ts';
import { Schedule } from '../../src/load/schedule.ts';

describe('the schedule', () => {
  it('gives back by time, equal times in the order planned', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const schedule = new Schedule();
        times.forEach((timeMs, order) => {
          const draft = new Draft();
          draft.timeMs = timeMs;
          draft.order = order;
          schedule.add(draft);
        });
        const taken: number[][] = [];
        while (schedule.size > 0) {
          const nextMs = schedule.nextMs;
          const draft = schedule.take()?.draft;
          expect(draft?.timeMs).toBe(nextMs);
          taken.push([draft?.timeMs ?? NaN, draft?.order ?? NaN]);
        }
        const sorted = times
          .map((timeMs, order) => [timeMs, order])
          .toSorted((a, b) => (a[0] as number) - (b[0] as number));
        expect(taken).toEqual(sorted);
        expect(schedule.nextMs).toBe(Infinity);
        expect(schedule.take()).toBeUndefined();
      }),
    );
  });
});
