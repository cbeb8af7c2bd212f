// From starting the program to its first decision: `holdfast run` of the fourteen rules with their
// list and registers (30,000 lines), and of the fixtures' main rules file with its own tests, over
// the small stream of the fixtures, to the first byte on standard output.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { makeRulesFolder } from '../inputs/rules-folder.mjs';
import { World } from '../inputs/world.mjs';
import { fixed, median } from '../statistics.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ARGS = [
  'dist/cli/main.js',
  'run',
  '--in=fixtures/streams/small.ndjson',
  '--out=-',
  '--quiet',
];
const RUNS = 10;
const ACCOUNTS = 20_000;

export const start = {
  name: 'start',
  async run({ isQuick }) {
    const folder = makeRulesFolder(new World(ACCOUNTS));
    try {
      const runs = isQuick ? 1 : RUNS;
      return [
        await measure('14 rules', folder.rules, '<= 700 ms', runs),
        await measure('pos-wallet.yaml', 'fixtures/rules/pos-wallet.yaml', '', runs),
      ];
    } finally {
      folder.remove();
    }
  },
};

async function measure(what, rules, reach, runs) {
  const milliseconds = [];
  for (let run = 0; run < runs; run++) milliseconds.push(await firstByte(rules));
  const all = milliseconds.map((ms) => fixed(ms, 0)).join(', ');
  return {
    figure: `run: start to first decision, ${what}`,
    reach,
    measured: `${fixed(median(milliseconds), 0)} ms`,
    how: `${milliseconds.length} starts: ${all}`,
    data: { milliseconds },
  };
}

async function firstByte(rules) {
  const started = performance.now();
  const child = spawn(process.execPath, [...ARGS, `--rules=${rules}`], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
