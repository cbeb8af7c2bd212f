// Timers: for each slot at most one instant, the earliest first; of equal instants the slot with the
// lower sequence number. A binary heap in typed arrays, with each slot's place in it, so that a timer
// can be moved or taken away wherever it stands. Cost: O(log timers) a change; timers set in the
// order of their instants (the usual case: all wait equally long) go in at O(1). Nothing is scanned.
// Doubles go in and out through `due` and `sequence`: as arguments they would be boxed.

import { doublesOf, reserveWords } from './reserve.ts';

export class TimerHeap {
  /** [0]: the instant, and the sequence number, that `set` takes. */
  readonly due: Float64Array = new Float64Array(1);
  readonly sequence: Float64Array = new Float64Array(1);
  readonly #dues: Float64Array;
  readonly #sequences: Float64Array;
  readonly #slots: Int32Array;
  /** Place + 1 of each slot; 0 = it has no timer. */
  readonly #places: Int32Array;
  #count = 0;

  constructor(slotsMax: number) {
    this.#dues = doublesOf(reserveWords(slotsMax * 2));
    this.#sequences = doublesOf(reserveWords(slotsMax * 2));
    this.#slots = reserveWords(slotsMax);
    this.#places = reserveWords(slotsMax);
  }

  get count(): number {
    return this.#count;
  }

  /** Whether the first timer is due at or before `now[0]`. */
  isDue(now: Float64Array): boolean {
    return this.#count > 0 && (this.#dues[0] as number) <= (now[0] as number);
  }

  /** Instant of the first timer; Infinity where there is none. */
  get firstDue(): number {
    return this.#count > 0 ? (this.#dues[0] as number) : Infinity;
  }

  /** Slot of the first timer; its instant goes to `due`. There must be one. */
  first(): number {
    this.due[0] = this.#dues[0] as number;
    return this.#slots[0] as number;
  }

  /** Sets or moves the timer of `slot` to due[0]; Infinity or NaN takes it away. */
  set(slot: number): void {
    const due = this.due[0] as number;
    const place = (this.#places[slot] as number) - 1;
    if (!(due < Infinity)) {
      if (place >= 0) this.#removeAt(place);
      return;
    }
    if (place < 0) {
      const at = this.#count++;
      this.#put(at, due, this.sequence[0] as number, slot);
      this.#up(at);
      return;
    }
    this.#dues[place] = due;
    this.#sequences[place] = this.sequence[0] as number;
    this.#up(place);
    this.#down((this.#places[slot] as number) - 1);
  }

  remove(slot: number): void {
    const place = (this.#places[slot] as number) - 1;
    if (place >= 0) this.#removeAt(place);
  }

  #removeAt(place: number): void {
    this.#places[this.#slots[place] as number] = 0;
    const last = --this.#count;
    if (place === last) return;
    const moved = this.#slots[last] as number;
    this.#move(last, place);
    this.#up(place);
    this.#down((this.#places[moved] as number) - 1);
  }

  #put(at: number, due: number, sequence: number, slot: number): void {
    this.#dues[at] = due;
    this.#sequences[at] = sequence;
    this.#slots[at] = slot;
    this.#places[slot] = at + 1;
  }

  #move(from: number, to: number): void {
    const slot = this.#slots[from] as number;
    this.#dues[to] = this.#dues[from] as number;
    this.#sequences[to] = this.#sequences[from] as number;
    this.#slots[to] = slot;
    this.#places[slot] = to + 1;
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#dues[a] as number;
    const second = this.#dues[b] as number;
    if (first !== second) return first < second;
    return (this.#sequences[a] as number) < (this.#sequences[b] as number);
  }

  #swap(a: number, b: number): void {
    const due = this.#dues[a] as number;
    const sequence = this.#sequences[a] as number;
    const slot = this.#slots[a] as number;
    this.#move(b, a);
    this.#put(b, due, sequence, slot);
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      let least = at;
      const left = at * 2 + 1;
      if (left < this.#count && this.#isBefore(left, least)) least = left;
      if (left + 1 < this.#count && this.#isBefore(left + 1, least)) least = left + 1;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }
}
