// The plain program behind the same interface as the engine's contender: same stream, same batches,
// only the deciding timed.

import { performance } from 'node:perf_hooks';
import { fourteenPlan } from '../inputs/plans.mjs';
import { BatchFiller, ROW_BYTES_MAX, RowStream } from '../inputs/row-stream.mjs';
import { World } from '../inputs/world.mjs';
import { PlainEngine } from '../plain/plain-engine.mjs';

export class PlainContender {
  /** @param {{ accounts: number, seed: number, batchRows: number, chainShare?: number }} options */
  constructor(options) {
    const { accounts, batchRows } = options;
    this.batchRows = batchRows;
    const world = new World(accounts);
    this.stream = new RowStream(world, options);
    this.filler = new BatchFiller(this.stream, 'ndjson');
    this.bytes = Buffer.alloc(batchRows * ROW_BYTES_MAX);
    this.batch = {
      bytes: this.bytes,
      spans: new Int32Array(batchRows * 2),
      splitErrors: new Int32Array(batchRows),
    };
    this.engine = new PlainEngine(world.files(), fourteenPlan(world).hash);
  }

  preload({ rows }) {
    this.round({ rows });
  }

  round({ rows, isDisordered = false, capture = false }) {
    this.stream.isDisordered = isDisordered;
    const measured = { rows: 0, ms: 0, bytesIn: 0, bytesOut: 0, batchMs: [], text: '' };
    while (measured.rows < rows) {
      const count = Math.min(this.batchRows, rows - measured.rows);
      const length = this.filler.writeRows(this.batch, count);
      const started = performance.now();
      const out = this.engine.decideBytes(this.bytes.subarray(0, length));
      const ms = performance.now() - started;
      measured.rows += count;
      measured.ms += ms;
      measured.batchMs.push(ms);
      measured.bytesIn += length;
      measured.bytesOut += out.length;
      if (capture) measured.text += out.toString('utf8');
    }
    return measured;
  }

  report() {
    return { rssBytes: process.memoryUsage.rss() };
  }
}
