// A sink that keeps what it is given: for the library, tests and benchmarks. It grows without
// bound, by doubling; whoever uses it knows how much there will be.

import type { Sink } from '../domain/ports.ts';
import { assert } from '../base/assert.ts';

export class MemorySink implements Sink {
  readonly name: string;
  #bytes: Uint8Array = new Uint8Array(4096);
  #length = 0;
  #state: 'open' | 'finished' | 'abandoned' = 'open';

  constructor(name = 'memory') {
    this.name = name;
  }

  /** 'finished' only after finish(): what a renamed file is to a .partial. */
  get state(): 'open' | 'finished' | 'abandoned' {
    return this.#state;
  }

  /** What was written so far; valid until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#state === 'open', `${this.name} is written after its end`);
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.bytes, 0);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  async finish(): Promise<void> {
    assert(this.#state === 'open', `${this.name} is completed twice`);
    this.#state = 'finished';
  }

  async abandon(): Promise<void> {
    if (this.#state === 'open') this.#state = 'abandoned';
  }
}
