// How fast this machine is at the moment, by work that is not ours: JSON.parse of rows like those that are
// decided. Machines that are shared differ threefold from each other, and by a half from minute to minute: a
// throughput says more beside this, and most as a ratio to it, taken within the same round.

import { fixed, median, spread } from './statistics.mjs';
import { BatchFiller, ROW_BYTES_MAX, RowStream } from './inputs/row-stream.mjs';
import { World } from './inputs/world.mjs';

const ROWS = 2000;
const ROUNDS = 25;
/** Within a round of a figure: some 50 ms. */
const ROUNDS_BESIDE = 7;

export class ParseScale {
  #texts;
  bytes;

  constructor(seed) {
    const stream = new RowStream(new World(1000), { accounts: 1000, seed, batchRows: ROWS });
    const bytes = new Uint8Array(ROWS * ROW_BYTES_MAX);
    const view = { bytes, spans: new Int32Array(ROWS * 2), splitErrors: new Int32Array(ROWS) };
    const total = new BatchFiller(stream, 'ndjson').writeRows(view, ROWS);
    this.bytes = total / ROWS;
    this.#texts = Array.from({ length: ROWS }, (_, row) => {
      const [from, length] = view.spans.subarray(row * 2, row * 2 + 2);
      return new TextDecoder().decode(bytes.subarray(from, from + length));
    });
  }

  /** us of JSON.parse for one row. */
  measure(rounds = ROUNDS) {
    const times = Array.from({ length: rounds }, () => {
      const started = performance.now();
      for (const text of this.#texts) JSON.parse(text);
      return ((performance.now() - started) * 1000) / ROWS;
    });
    return median(times);
  }

  /** Beside a round of something else. */
  measureBeside() {
    return this.measure(ROUNDS_BESIDE);
  }
}

/** Of rates (a second) and the scale in the same rounds: how many JSON.parse of its row a decision takes. */
export function inParses(rates, scaleUs) {
  const parses = rates.map((rate, round) => 1e6 / rate / scaleUs[round]);
  return `${spread(parses, 2)} JSON.parse of a row, which took ${fixed(median(scaleUs), 2)} us`;
}
