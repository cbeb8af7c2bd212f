// What deciding leaves on JavaScript's heap in steady state: the heap's size just before and just
// after each batch, in a thread whose young generation is so large that the collector does not run
// in between, less what looking itself takes. Batches of two sizes tell what a row costs from what a
// batch costs. V8's sampling heap profiler then says which functions took it; it sees what the
// collector took away, too.

import { ThreadHost } from '../contenders/hosts.mjs';
import { ROWS_PER_ACCOUNT } from '../inputs/row-stream.mjs';
import { fixed, median } from '../statistics.mjs';

const YOUNG_GENERATION_MB = 512;
/** Functions named. */
const TOP = 5;
const ROWS_OF_BATCHES = [512, 4096];

export const allocation = {
  name: 'allocation',
  async run({ accounts: most, seed, isQuick }) {
    const accounts = Math.min(most, 100_000);
    const batches = isQuick ? 3 : 300;
    const options = { accounts, seed, batchRows: 4096, warmFormats: ['ndjson'] };
    const limits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
    const host = await ThreadHost.start('engine', options, limits);
    await host.call('preload', { rows: accounts * ROWS_PER_ACCOUNT });
    // The loops are optimised by now; these bring what only this figure does up to that.
    for (const batchRows of ROWS_OF_BATCHES) await host.call('allocation', { batches, batchRows });
    const means = [];
    const medians = [];
    for (const batchRows of ROWS_OF_BATCHES) {
      const { bytes, looking } = await host.call('allocation', { batches, batchRows });
      const own = median(looking);
      means.push(bytes.reduce((sum, each) => sum + each, 0) / bytes.length - own);
      medians.push(median(bytes) - own);
    }
    const allocators = await host.call('allocators', { rows: batches * 4096 });
    await host.stop();
    const [small, large] = ROWS_OF_BATCHES;
    const line = ([low, high]) => {
      const perRow = (high - low) / (large - small);
      return { perRow, perBatch: low - perRow * small };
    };
    const [typical, mean] = [line(medians), line(means)];
    return [
      {
        figure: 'allocation, steady state',
        reach: '0 B a row, <= 2 KB a batch',
        measured: `${fixed(typical.perRow, 2)} B a row, ${fixed(typical.perBatch, 0)} B a batch`,
        how: `heapUsed around each of ${batches} batches of ${small} and of ${large} rows, medians; means: ${fixed(mean.perRow, 2)} and ${fixed(mean.perBatch, 0)}`,
        data: { typical, mean, medians, means },
      },
      {
        figure: 'allocation by function',
        reach: '',
        measured: allocators
          .slice(0, TOP)
          .map(([name, bytes]) => `${name} ${fixed(bytes, 1)}`)
          .join(', '),
        how: `B a row, V8's sampling heap profiler`,
        data: { allocators },
      },
    ];
  },
};
