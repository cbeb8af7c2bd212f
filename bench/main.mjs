// The benchmarks: node bench/main.mjs [figure ...] [options]; docs/benchmarks.md says what each is.
// Correctness is checked before anything is timed. --quick runs everything small, checks that it
// runs and decides rightly, and says nothing about time.
//
// Several figures run one after another in processes of their own, so that none inherits another's
// memory or type feedback; a single one runs in this process, where a profiler sees it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { figures } from './figures/all.mjs';
import { readOptions, refuse } from './options.mjs';
import { machine, table, writeJson } from './report.mjs';
import { ParseScale } from './scale.mjs';
import { fixed, whole } from './statistics.mjs';
import { warmMemory } from './warm-memory.mjs';

const OUT = fileURLToPath(new URL('../out/bench.json', import.meta.url));

const { figureNames, out, ...options } = readOptions(OUT);
const context = {
  ...options,
  log: (text) => void (options.isQuick || process.stderr.write(`  ${text}\n`)),
};

function chosen() {
  const unknown = figureNames.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0) {
    const names = figures.map(({ name }) => name).join(', ');
    refuse(`Unknown figure ${unknown.join(', ')}; there are ${names}.`);
  }
  if (figureNames.length === 0) return figures;
  return figures.filter(({ name }) => figureNames.includes(name));
}

async function runHere(figure) {
  context.log(`${figure.name} ...`);
  return figure.run(context);
}

/** Runs one figure in a process of its own, with the options given to this one. */
async function runApart({ name }) {
  const given = process.argv.slice(2).filter((argument) => !figureNames.includes(argument));
  const child = fork(fileURLToPath(import.meta.url), [name, ...given], {
    execArgv: process.execArgv,
  });
  const exited = once(child, 'exit');
  const answer = await Promise.race([once(child, 'message'), exited.then(() => null)]);
  const [code] = await exited;
  if (answer !== null && code === 0) return answer[0];
  throw new Error(`The figure ${name} ended with code ${code}.`);
}

function print(rows, memory) {
  if (context.isQuick) {
    process.stdout.write(`${rows.length} figures ran and decided rightly; nothing was timed.\n`);
    return;
  }
  const about = machine();
  const { cpu, cores, memoryGiB, node } = about;
  const { accounts, batchRows } = context;
  const parse = new ParseScale(context.seed);
  const scale = { us: parse.measure(), bytes: parse.bytes };
  process.stdout.write(
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}\n` +
      `14 rules, ${whole(accounts)} accounts, 8 rows each preloaded, batches of ${whole(batchRows)} rows\n` +
      `first touch of a page of memory: ${fixed(memory.before, 1)} us, and ${fixed(memory.after, 1)} us when half of the free memory had been touched\n` +
      `JSON.parse of one such row, ${whole(scale.bytes)} bytes: ${fixed(scale.us, 2)} us\n\n` +
      `${table(rows)}\n`,
  );
  writeJson(out, {
    machine: { ...about, memory, scale },
    context: { ...context, log: undefined },
    rows,
  });
}

/** Rows of all figures, in order; `lanes` of them run at a time. */
async function runAll(figuresWanted, lanes) {
  const rows = figuresWanted.map(() => []);
  let next = 0;
  const lane = async () => {
    for (let k = next++; k < figuresWanted.length; k = next++) {
      rows[k] = await runApart(figuresWanted[k]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return rows.flat();
}

const wanted = chosen();
// Where nothing is timed they may share the machine.
const lanes = context.isQuick ? 2 : 1;
const isPart = process.send !== undefined;
// Each figure anew: what is free for a while may go back to the host.
const memory = context.isQuick ? null : await warmMemory();
const rows = wanted.length === 1 ? await runHere(wanted[0]) : await runAll(wanted, lanes);
// A process that runs one figure for another hands its rows on.
if (!isPart) print(rows, memory);
else process.send(rows, () => process.disconnect());
