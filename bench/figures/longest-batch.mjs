// The longest batch while state grows from no account to all of them (no table may double, no copy be
// made), and the longest of those after the first late row (no loop may be thrown away because of
// it). Batches of 1,024 rows; the collector's pauses and the machine's are in it, so it is done
// several times, on new state each time, and the median of the maxima reported.

import { ThreadHost } from '../contenders/hosts.mjs';
import { fixed, median, whole } from '../statistics.mjs';

const BATCH_ROWS = 1024;
const RUNS = 3;
/** Batches in order after growing, then batches with late rows. */
const SETTLE_BATCHES = 64;
const LATE_BATCHES = 60;

export const longestBatch = {
  name: 'longest-batch',
  async run({ accounts, seed, isQuick }) {
    const runs = [];
    for (let run = 0; run < (isQuick ? 1 : RUNS); run++) {
      runs.push(await once(accounts, seed + run));
    }
    const [growing, before, late] = ['growing', 'before', 'late'].map((name) =>
      runs.map((run) => run[name]),
    );
    const all = (longest) => longest.map(({ ms, at }) => `${fixed(ms, 1)} (no. ${at})`).join(', ');
    const middle = (longest) => fixed(median(longest.map(({ ms }) => ms)), 1);
    return [
      {
        figure: `longest batch, 0 to ${whole(accounts)} accounts`,
        reach: '<= 20 ms',
        measured: `${middle(growing)} ms`,
        how: `a row an account, batches of ${whole(BATCH_ROWS)}; median of the maxima ${all(growing)}`,
        data: { growing },
      },
      {
        figure: 'longest batch after the first late row',
        reach: '<= 5 ms',
        measured: `${middle(late)} ms`,
        how: `${LATE_BATCHES} batches, 1 % late; maxima ${all(late)}, in order before ${all(before)}`,
        data: { late, before },
      },
    ];
  },
};

async function once(accounts, seed) {
  const host = await ThreadHost.start('engine', {
    accounts,
    seed,
    batchRows: BATCH_ROWS,
    warmFormats: ['ndjson'],
  });
  const longest = async (options) => {
    const { batchMs } = await host.call('round', options);
    const ms = Math.max(...batchMs);
    return { ms, at: batchMs.indexOf(ms) + 1, of: batchMs.length };
  };
  const growing = await longest({ rows: accounts });
  await host.call('round', { rows: accounts });
  const before = await longest({ rows: SETTLE_BATCHES * BATCH_ROWS });
  const late = await longest({ rows: LATE_BATCHES * BATCH_ROWS, isDisordered: true });
  await host.stop();
  return { growing, before, late };
}
