// Peak memory of a whole run in a process of its own: main thread, one worker, all accounts with
// eight rows each over 45 days. The generator's world and the registers' CSV are in it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { fixed, whole } from '../statistics.mjs';

const CHILD = fileURLToPath(new URL('../children/whole-run.mjs', import.meta.url));
const MIB = 2 ** 20;

export const memory = {
  name: 'memory',
  async run({ accounts, seed, batchRows, roundRows }) {
    const args = [CHILD, accounts, seed, batchRows, roundRows].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const result = JSON.parse(stdout);
    const state = result.entities.reduce((sum, { bytes }) => sum + bytes, result.repeats.bytes);
    return [
      {
        figure: `peak RSS of a run, ${whole(accounts)} accounts`,
        reach: '<= 700 MB',
        measured: `${fixed(result.peakRssBytes / 1e6, 0)} MB`,
        how: `process of its own, 1 worker, 8 rows an account; reported state ${fixed(state / MIB, 0)} MiB`,
        data: result,
      },
    ];
  },
};
