// Says of an id quickly that it is not among those that were added: one byte a slot, counted up and down.
// A slot that has reached its greatest count stays there: it then says "perhaps" for ever, never a wrong
// "no". 256 KiB.

import { touchLines } from '../base/touch-lines.ts';
import { SHARD_BITS as BITS } from '../domain/shards.ts';

const SLOTS = 2 ** 18;
const COUNT_MAX = 255;
/** The lowest bits of a hash. Own constant: an imported one is loaded and checked at each use. */
const SHARD_BITS: number = BITS;

export class IdFilter {
  readonly #counts = new Uint8Array(SLOTS);
  readonly #words = new Int32Array(this.#counts.buffer);

  /** @param lo low half of the id's hash */
  add(lo: number): void {
    const slot = (lo >>> SHARD_BITS) & (SLOTS - 1);
    const count = this.#counts[slot] as number;
    if (count < COUNT_MAX) this.#counts[slot] = count + 1;
  }

  /** Takes one away that was added. */
  remove(lo: number): void {
    const slot = (lo >>> SHARD_BITS) & (SLOTS - 1);
    const count = this.#counts[slot] as number;
    if (count < COUNT_MAX) this.#counts[slot] = count - 1;
  }

  /** Brings in the slots of `count` ids: lo[k], which become addresses. */
  touch(lo: Int32Array, count: number): number {
    for (let k = 0; k < count; k++) {
      lo[k] = (((lo[k] as number) >>> SHARD_BITS) & (SLOTS - 1)) >> 2;
    }
    return touchLines(this.#words, lo, 0, count);
  }

  mayHold(lo: number): boolean {
    return this.#counts[(lo >>> SHARD_BITS) & (SLOTS - 1)] !== 0;
  }
}
