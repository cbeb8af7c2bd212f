// Who is evicted when a shard holds its stated maximum of entities: the one with the oldest last time
// (ties: the smaller key). One scan finds candidates for many evictions, oldest first; a candidate
// that was touched since is passed over. A scan of 262,144 headers takes ~2 ms and serves 4,096
// evictions.

/** Slots oldest first, with the last time that each had when it was chosen. */
export class Victims {
  readonly #slots: Int32Array;
  readonly #times: Float64Array;
  #next = 0;

  constructor(candidates: readonly Candidate[]) {
    const sorted = candidates.toSorted((a, b) => a.time - b.time || a.hi - b.hi || a.lo - b.lo);
    const kept = sorted.slice(0, Math.max(1, sorted.length >> 6));
    this.#slots = Int32Array.from(kept, ({ slot }) => slot);
    this.#times = Float64Array.from(kept, ({ time }) => time);
  }

  /** The next slot whose entity is still as old as it was, by `lastTimeOf` (NaN: gone); -1 = none. */
  take(lastTimeOf: (slot: number) => number): number {
    while (this.#next < this.#slots.length) {
      const k = this.#next++;
      const slot = this.#slots[k] as number;
      if (lastTimeOf(slot) === this.#times[k]) return slot;
    }
    return -1;
  }
}

export interface Candidate {
  readonly slot: number;
  readonly time: number;
  readonly lo: number;
  readonly hi: number;
}
