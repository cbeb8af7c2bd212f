// A batch of one row on an idle engine through the library: from calling decide() with its bytes to
// the decision object. The engine sleeps between calls (a timer of a millisecond), so waking the
// worker thread is in it. Not tinybench: it would call again at once, and the engine not be idle.

import { setTimeout as sleep } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { createEngine } from '../../dist/index.js';
import { BatchFiller, ROWS_PER_ACCOUNT, RowStream } from '../inputs/row-stream.mjs';
import { makeRulesFolder } from '../inputs/rules-folder.mjs';
import { World } from '../inputs/world.mjs';
import { fixed, percentile, whole } from '../statistics.mjs';

const ACCOUNTS_MAX = 20_000;
const IDLE_MS = 1;

export const latency = {
  name: 'latency',
  async run({ accounts, seed, isQuick }) {
    const world = new World(Math.min(accounts, ACCOUNTS_MAX));
    const folder = makeRulesFolder(world);
    const engine = await createEngine({ rules: folder.rules, workers: 1 });
    const rows = rowTaker(new RowStream(world, { seed }));
    await engine.decide(rows(world.accountCount * (isQuick ? 1 : ROWS_PER_ACCOUNT)));
    const count = isQuick ? 20 : 3000;
    await measure(engine, rows, count, 0);
    const busy = await measure(engine, rows, count, 0);
    const idle = await measure(engine, rows, count, IDLE_MS);
    await engine.close();
    folder.remove();
    const us = (values, percent) => fixed(percentile(values, percent), 0);
    return [
      {
        figure: 'batch of 1, idle engine, in-process',
        reach: 'p50 <= 60 us, p99 <= 200 us',
        measured: `p50 ${us(idle, 50)} us, p99 ${us(idle, 99)} us`,
        how: `${whole(count)} calls of decide(), ${IDLE_MS} ms apart; one after another p50 ${us(busy, 50)}, p99 ${us(busy, 99)}`,
        data: { idle: [50, 90, 99, 99.9].map((percent) => percentile(idle, percent)) },
      },
    ];
  },
};

async function measure(engine, rows, count, idleMs) {
  const microseconds = [];
  for (let k = 0; k < count; k++) {
    const bytes = rows(1);
    if (idleMs > 0) await sleep(idleMs);
    const started = performance.now();
    const decisions = await engine.decide(bytes);
    microseconds.push((performance.now() - started) * 1000);
    // Holds of others may end before it: their amendments come with it.
    if (decisions.length === 0) throw new Error('no decision on a row');
  }
  return microseconds;
}

/** Bytes of the next rows of a stream, a copy each time. */
function rowTaker(stream) {
  const filler = new BatchFiller(stream, 'ndjson');
  return (count) => {
    const bytes = new Uint8Array(count * 640);
    const batch = { bytes, spans: new Int32Array(count * 2), splitErrors: new Int32Array(count) };
    return bytes.subarray(0, filler.writeRows(batch, count));
  };
}
