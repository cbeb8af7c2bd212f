// From starting the program to its first decision: `holdfast run` of the main rules file with its
// lists and registers, over the small stream of the fixtures, to the first byte on standard output.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { fixed, median } from '../statistics.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ARGS = [
  'dist/cli/main.js',
  'run',
  '--rules=fixtures/rules/pos-wallet.yaml',
  '--in=fixtures/streams/small.ndjson',
  '--out=-',
  '--quiet',
];
const RUNS = 10;

export const start = {
  name: 'start',
  async run({ isQuick }) {
    const milliseconds = [];
    for (let run = 0; run < (isQuick ? 1 : RUNS); run++) milliseconds.push(await firstByte());
    const all = milliseconds.map((ms) => fixed(ms, 0)).join(', ');
    return [
      {
        figure: 'run: start to first decision',
        reach: '<= 700 ms',
        measured: `${fixed(median(milliseconds), 0)} ms`,
        how: `pos-wallet.yaml, ${milliseconds.length} starts: ${all}`,
        data: { milliseconds },
      },
    ];
  },
};

async function firstByte() {
  const started = performance.now();
  const child = spawn(process.execPath, ARGS, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const exited = once(child, 'exit');
  const first = await Promise.race([once(child.stdout, 'data'), exited.then(() => null)]);
  const ms = performance.now() - started;
  child.stdout.resume();
  const [code] = await exited;
  // Its stream has rows that cannot be read: exit code 1 is what a whole run ends with.
  if (first === null || code > 1) throw new Error(`holdfast run ended with ${code}: ${said}`);
  return ms;
}
