// Who is evicted when a shard holds its stated maximum of entities: the one with the oldest last time
// (ties: the smaller key). One scan finds candidates for many evictions, oldest first; a candidate
// that was touched since is passed over. An entity made since may be older than they are, by a late
// row: those are looked at once, and remembered while they are. A scan of 262,144 headers takes ~2 ms
// and serves 4,096 evictions.

/** Looked at when so many were made since the last eviction. */
const FRESH_MAX = 1024;

/** The shard's entities as they are now. */
export interface ShardView {
  /** Last time of the entity in a slot; NaN when the slot holds none of this shard. */
  lastTimeOf(slot: number): number;
  /** High half of the key's hash. */
  hiOf(slot: number): number;
  /** Whether the entity in slot `a` goes before the one in `b`. */
  isBefore(a: number, b: number): boolean;
}

/** Slots oldest first, with the last time that each had when it was chosen. */
export class Victims {
  readonly #view: ShardView;
  readonly #slots: Int32Array;
  readonly #times: Float64Array;
  /** A slot may have gone to another entity since. */
  readonly #his: Int32Array;
  /** Whoever is not among the candidates was newer than this, or made since. */
  readonly #bound: number;
  #next = 0;
  #fresh: number[] = [];
  #young: number[] = [];

  constructor(candidates: readonly Candidate[], view: ShardView) {
    const sorted = candidates.toSorted((a, b) => a.time - b.time || a.hi - b.hi || a.lo - b.lo);
    const kept = sorted.slice(0, Math.max(1, sorted.length >> 6));
    this.#view = view;
    this.#slots = Int32Array.from(kept, ({ slot }) => slot);
    this.#times = Float64Array.from(kept, ({ time }) => time);
    this.#his = Int32Array.from(kept, ({ hi }) => hi);
    this.#bound = kept.at(-1)?.time ?? -Infinity;
  }

  /** An entity was made; its last time may not be known yet. */
  add(slot: number): void {
    this.#fresh.push(slot);
    if (this.#fresh.length >= FRESH_MAX) this.#sift();
  }

  /** The oldest entity's slot, or -1: the candidates are used up. The caller removes it. */
  take(): number {
    const candidate = this.#candidate();
    if (candidate < 0) return -1;
    this.#sift();
    let oldest = candidate;
    for (const slot of this.#young) if (this.#view.isBefore(slot, oldest)) oldest = slot;
    if (oldest === candidate) this.#next++;
    return oldest;
  }

  #candidate(): number {
    for (; this.#next < this.#slots.length; this.#next++) {
      const slot = this.#slots[this.#next] as number;
      if (this.#view.lastTimeOf(slot) !== this.#times[this.#next]) continue;
      if (this.#view.hiOf(slot) === this.#his[this.#next]) return slot;
    }
    return -1;
  }

  /** Last times only grow: who is newer than the candidates once stays so. */
  #sift(): void {
    if (this.#fresh.length === 0 && this.#young.length === 0) return;
    const isOld = (slot: number): boolean => this.#view.lastTimeOf(slot) <= this.#bound;
    this.#young = [...new Set([...this.#young, ...this.#fresh])].filter(isOld);
    this.#fresh = [];
  }
}

export interface Candidate {
  readonly slot: number;
  readonly time: number;
  readonly lo: number;
  readonly hi: number;
}
