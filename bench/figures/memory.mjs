// Peak memory of a whole run: `holdfast run` as a user starts it, with one worker, reading eight rows an
// account over 45 days, and a round more, from a pipe. Rows are made in this process as the run takes
// them, so what it holds is its own: program, registers, buffers, state.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROWS_PER_ACCOUNT, RowStream } from '../inputs/row-stream.mjs';
import { makeRulesFolder } from '../inputs/rules-folder.mjs';
import { rowBytes } from '../inputs/sources.mjs';
import { World } from '../inputs/world.mjs';
import { fixed, whole } from '../statistics.mjs';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const MIB = 2 ** 20;
/** Made and written at a time. */
const CHUNK_ROWS = 4096;

export const memory = {
  name: 'memory',
  async run({ accounts, seed, batchRows, roundRows }) {
    const world = new World(accounts);
    const folder = makeRulesFolder(world);
    try {
      const rows = accounts * ROWS_PER_ACCOUNT + roundRows;
      const stats = join(dirname(folder.rules), 'stats.json');
      const args = ['--workers=1', `--batch-rows=${batchRows}`, `--stats=${stats}`];
      await decide(folder.rules, args, chunks(new RowStream(world, { seed }), rows));
      const result = JSON.parse(readFileSync(stats, 'utf8'));
      const { peakRssBytes, entities, repeats } = result;
      const state = entities.reduce((sum, { bytes }) => sum + bytes, repeats.bytes);
      return [
        {
          figure: `peak RSS of a run, ${whole(accounts)} accounts`,
          reach: '<= 700 MB',
          measured: `${fixed(peakRssBytes / 1e6, 0)} MB`,
          how: `holdfast run, 1 worker, ${whole(rows)} rows through a pipe; reported state ${fixed(state / MIB, 0)} MiB`,
          data: { peakRssBytes, entities, repeats },
        },
      ];
    } finally {
      folder.remove();
    }
  },
};

function* chunks(stream, rows) {
  for (let left = rows; left > 0; left -= CHUNK_ROWS) {
    yield rowBytes(stream, 'ndjson', Math.min(left, CHUNK_ROWS));
  }
}

async function decide(rules, args, input) {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'run', `--rules=${rules}`, '--in=-', '--out=/dev/null', '--quiet', ...args],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const exited = once(child, 'exit');
  // What it says of its end tells more than that its pipe broke.
  child.stdin.on('error', () => {});
  for (const bytes of input) {
    if (child.stdin.destroyed) break;
    if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain'), exited]);
  }
  child.stdin.end();
  const [code] = await exited;
  if (code !== 0) throw new Error(`holdfast run ended with ${code}: ${said}`);
}
