// What the generator has planned for later: the further rows of scenarios, refunds, news, and rows
// that come a second time. A binary heap by (time, order planned). Cost: O(log n) a row, and only
// for the few per cent of rows that are planned.

import type { Draft } from './draft.ts';

export interface Planned {
  /** When it enters the stream; a repeated row keeps its own, older time. */
  readonly atMs: number;
  readonly draft: Draft | null;
  /** The very bytes of a row that comes again. */
  readonly bytes: Uint8Array | null;
  readonly sequence: number;
}

export class Schedule {
  readonly #heap: Planned[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Time of the first planned row, or Infinity. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Infinity;
  }

  add(draft: Draft): void {
    this.#push({ atMs: draft.timeMs, draft, bytes: null, sequence: this.#sequence++ });
  }

  addRepeat(atMs: number, bytes: Uint8Array): void {
    this.#push({ atMs, draft: null, bytes, sequence: this.#sequence++ });
  }

  take(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const a = heap[left];
      if (a === undefined) break;
      const b = heap[right];
      const child = b !== undefined && isBefore(b, a) ? right : left;
      const next = heap[child] as Planned;
      if (isBefore(last, next)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  #push(item: Planned): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Planned;
      if (isBefore(above, item)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
