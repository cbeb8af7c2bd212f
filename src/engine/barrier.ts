// Where the workers of one batch meet between passes: a counter of arrivals in the batch's control
// words. The last one wakes the others. A waiter spins a little (passes end within microseconds of
// one another), then sleeps in slices and looks at the poison word, which main sets when a worker is
// lost: nobody waits for one that is gone.

import { HoldfastError } from '../base/errors.ts';
import { CONTROL } from './batch.ts';

const SPINS = 2000;
const SPINS_BEFORE_WORK = 100;
const SLICE_MS = 50;

/**
 * Waits until `workers` have arrived at barrier number `index` of this batch. `whileWaiting` does a
 * little work ahead, ~0.1 ms, and returns false when there is none.
 */
export function meet(
  control: Int32Array,
  index: number,
  workers: number,
  whileWaiting: () => boolean,
): void {
  if (workers === 1) return;
  const at = CONTROL.barriers + index;
  const arrived = Atomics.add(control, at, 1) + 1;
  if (arrived === workers) {
    Atomics.notify(control, at);
    return;
  }
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(control, at) >= workers) return;
    if (spin % SPINS_BEFORE_WORK === SPINS_BEFORE_WORK - 1 && whileWaiting()) spin = 0;
  }
  for (;;) {
    const seen = Atomics.load(control, at);
    if (seen >= workers) return;
    if (Atomics.load(control, CONTROL.poison) !== 0) {
      throw new HoldfastError('INTERNAL', 'Another worker of this batch was lost.');
    }
    Atomics.wait(control, at, seen, SLICE_MS);
  }
}
