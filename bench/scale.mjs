// How fast this machine is today, by work that is not ours: JSON.parse of rows like those that are
// decided. Machines that are shared differ threefold from each other, and by a half from hour to hour;
// a throughput says more beside this.

import { median } from './statistics.mjs';
import { BatchFiller, ROW_BYTES_MAX, RowStream } from './inputs/row-stream.mjs';
import { World } from './inputs/world.mjs';

const ROWS = 2000;
const ROUNDS = 25;

/** us of JSON.parse for one row, and the row's bytes. */
export function parseScale(seed) {
  const stream = new RowStream(new World(1000), { accounts: 1000, seed, batchRows: ROWS });
  const bytes = new Uint8Array(ROWS * ROW_BYTES_MAX);
  const view = { bytes, spans: new Int32Array(ROWS * 2), splitErrors: new Int32Array(ROWS) };
  const total = new BatchFiller(stream, 'ndjson').writeRows(view, ROWS);
  const texts = Array.from({ length: ROWS }, (_, row) => {
    const [from, length] = view.spans.subarray(row * 2, row * 2 + 2);
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  });
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    for (const text of texts) JSON.parse(text);
    return ((performance.now() - started) * 1000) / ROWS;
  });
  return { us: median(times), bytes: total / ROWS };
}
