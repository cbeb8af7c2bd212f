// The clock port. Only transport, load, service and cli may read one; the engine's time is the
// transactions' own, so that a replay gives the same bytes.

export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  nowMs(): number;
  /** Monotonic, nanosecond resolution, in milliseconds with a fraction. */
  monotonicMs(): number;
}

/** For what does not hang on a clock. */
export const stoppedClock: Clock = { nowMs: () => 0, monotonicMs: () => 0 };

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
