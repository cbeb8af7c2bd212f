// State of one account of the fourteen rules with eight rows in its windows: every account gets eight
// rows within twenty days, then the engine's own report of the bytes in use (headers, index, rings
// with their unused rows) is divided by the accounts.

import { EngineContender } from '../contenders/engine-contender.mjs';
import { ROWS_PER_ACCOUNT } from '../inputs/row-stream.mjs';
import { fixed, whole } from '../statistics.mjs';

const SPAN_MS = 20 * 86_400_000;
const ACCOUNTS_MAX = 200_000;

export const accountState = {
  name: 'account-state',
  async run({ accounts: most, seed, batchRows }) {
    const accounts = Math.min(most, ACCOUNTS_MAX);
    const contender = new EngineContender({
      accounts,
      seed,
      batchRows,
      visits: ROWS_PER_ACCOUNT,
      spanMs: SPAN_MS,
      warmFormats: ['ndjson'],
    });
    contender.preload({ rows: accounts * ROWS_PER_ACCOUNT });
    const { entities } = contender.report();
    const account = entities.find(({ name }) => name === 'account');
    if (account.count !== accounts) throw new Error(`${account.count} of ${accounts} accounts`);
    const bytes = account.bytes / account.count;
    return [
      {
        figure: 'one account, 8 rows in its windows',
        reach: '<= 400 B',
        measured: `${fixed(bytes, 0)} B`,
        how: `reported bytes of ${whole(accounts)} accounts; record ${account.headerWords * 4} B, row ${account.rowWords * 4} B, the rest index and slack`,
        data: { entities },
      },
    ];
  },
};
