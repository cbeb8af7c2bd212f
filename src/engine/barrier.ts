// Where the workers of one batch wait for each other: counters in the batch's control words, which only
// grow. A waiter does some other work where there is any, spins a little (passes end within microseconds of
// one another), then sleeps in slices and looks at the poison word, which main sets when a worker is lost:
// nobody waits for one that is gone.

import { HoldfastError } from '../base/errors.ts';
import { CONTROL } from './batch.ts';

const SPINS = 2000;
const SPINS_BEFORE_WORK = 100;
const SLICE_MS = 50;

/** Work for who waits: a little of it, ~0.1 ms; false when there is none. */
export type WhileWaiting = () => boolean;

/** Waits until `workers` have arrived at barrier number `index` of this batch. */
export function meet(
  control: Int32Array,
  index: number,
  workers: number,
  whileWaiting: WhileWaiting,
): void {
  const word = CONTROL.barriers + index;
  if (Atomics.add(control, word, 1) + 1 === workers) Atomics.notify(control, word);
  else waitFor(control, word, workers, whileWaiting);
}

/** Sets a word for which others may wait. */
export function tell(control: Int32Array, word: number, value: number): void {
  Atomics.store(control, word, value);
  Atomics.notify(control, word);
}

/** Waits until a control word is `least` or more. */
export function waitFor(
  control: Int32Array,
  word: number,
  least: number,
  whileWaiting: WhileWaiting,
): void {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(control, word) >= least) return;
    if (spin % SPINS_BEFORE_WORK === SPINS_BEFORE_WORK - 1 && whileWaiting()) spin = 0;
  }
  for (;;) {
    const seen = Atomics.load(control, word);
    if (seen >= least) return;
    if (Atomics.load(control, CONTROL.poison) !== 0) {
      throw new HoldfastError('INTERNAL', 'Another worker of this batch was lost.');
    }
    Atomics.wait(control, word, seen, SLICE_MS);
  }
}
