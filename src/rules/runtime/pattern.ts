// `matches`: a pattern of the file searched in a text, in time linear in the text (RE2 by re2js),
// so that no pattern can stall the stream. A match decodes the text and allocates; what was found
// is kept by the text's 64-bit hash, so that names that come again cost a look into a small table.
// Cost: cached ~5 ns; else some µs.

import { RE2JS } from 're2js';

const ENTRIES = 1024; // direct-mapped, a power of two
const WORDS = 3; // lo, hi, answer (-1 = empty, 0, 1)

export class Pattern {
  readonly #pattern: RE2JS;
  readonly #cache = new Int32Array(ENTRIES * WORDS);

  /** @param source RE2 syntax, checked before: a bad one throws here */
  constructor(source: string) {
    this.#pattern = RE2JS.compile(source);
    for (let i = 2; i < this.#cache.length; i += WORDS) this.#cache[i] = -1;
  }

  /** 1 or 0 for the text with this hash, or -1 when it is not known. */
  known(lo: number, hi: number): number {
    const at = (lo & (ENTRIES - 1)) * WORDS;
    const cache = this.#cache;
    return cache[at] === lo && cache[at + 1] === hi ? (cache[at + 2] as number) : -1;
  }

  /** Searches `text` and keeps the answer. */
  search(lo: number, hi: number, text: string): number {
    const answer = this.#pattern.matcher(text).find() ? 1 : 0;
    const at = (lo & (ENTRIES - 1)) * WORDS;
    this.#cache[at] = lo;
    this.#cache[at + 1] = hi;
    this.#cache[at + 2] = answer;
    return answer;
  }
}
