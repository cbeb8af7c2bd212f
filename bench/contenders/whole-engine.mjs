// The engine as it runs: main thread, worker threads, batches in flight; source and sink in memory.

import { systemClock } from '../../dist/base/clock.js';
import { Engine } from '../../dist/engine/engine.js';
import { memorySource } from '../../dist/transport/open-source.js';
import { fourteenPlan } from '../inputs/plans.mjs';
import { ROWS_PER_ACCOUNT, RowStream } from '../inputs/row-stream.mjs';
import { CountingSink, StreamSource, rowBytes } from '../inputs/sources.mjs';
import { World } from '../inputs/world.mjs';

const FORMAT = 'ndjson';

export class WholeEngine {
  /** @param {{ accounts: number, seed: number, batchRows: number, workers: number }} options */
  static async start({ accounts, seed, batchRows, workers }) {
    const whole = new WholeEngine();
    whole.accounts = accounts;
    const world = new World(accounts);
    whole.stream = new RowStream(world, { seed });
    whole.engine = await Engine.create({
      plan: fourteenPlan(world),
      workers,
      batchRowsMax: batchRows,
      inputFormat: FORMAT,
      outputFormat: FORMAT,
      clock: systemClock,
    });
    return whole;
  }

  async preload() {
    const rows = this.accounts * ROWS_PER_ACCOUNT;
    return this.#run(new StreamSource(this.stream, FORMAT, rows));
  }

  /** Decides the stream's next `rows` rows from bytes in memory; the result is the engine's own. */
  async round(rows) {
    const bytes = rowBytes(this.stream, FORMAT, rows);
    return this.#run(memorySource(bytes, { format: FORMAT, clock: systemClock }));
  }

  async #run(source) {
    const [sink, deadLetters] = [new CountingSink(), new CountingSink()];
    const result = await this.engine.run({ source, sink, deadLetters, rowLimit: null, drainMs: 0 });
    if (result.deadLetters > 0) throw new Error(`${result.deadLetters} rows could not be read.`);
    return result;
  }

  async close() {
    await this.engine.close();
  }
}
