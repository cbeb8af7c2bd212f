// The benchmarks: node bench/main.mjs [figure ...] [options]; docs/benchmarks.md says what each is.
// Correctness is checked before anything is timed. --quick runs everything small, checks that it
// runs and decides rightly, and says nothing about time.

import { parseArgs } from 'node:util';
import { figures } from './figures/all.mjs';
import { machine, table, writeJson } from './report.mjs';
import { whole } from './statistics.mjs';

const OUT = new URL('../out/bench.json', import.meta.url).pathname;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    accounts: { type: 'string' },
    rounds: { type: 'string' },
    'round-rows': { type: 'string' },
    'batch-rows': { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    out: { type: 'string', default: OUT },
  },
});
const number = (name, usual, quick) => Number(values[name] ?? (values.quick ? quick : usual));
const context = {
  isQuick: values.quick,
  accounts: number('accounts', 1_000_000, 2000),
  rounds: number('rounds', 7, 2),
  roundRows: number('round-rows', 131_072, 3000),
  batchRows: number('batch-rows', 4096, 1000),
  seed: Number(values.seed),
  only: values.only ?? null,
  log: (text) => void (values.quick || process.stderr.write(`  ${text}\n`)),
};

function chosen() {
  const unknown = positionals.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0) {
    const names = figures.map(({ name }) => name).join(', ');
    process.stderr.write(`Unknown figure ${unknown.join(', ')}; there are ${names}.\n`);
    process.exit(2);
  }
  if (positionals.length === 0) return figures;
  return figures.filter(({ name }) => positionals.includes(name));
}

const about = machine();
const rows = [];
for (const figure of chosen()) {
  context.log(`${figure.name} ...`);
  rows.push(...(await figure.run(context)));
}
if (context.isQuick) {
  process.stdout.write(`${rows.length} figures ran and decided rightly; nothing was timed.\n`);
} else {
  const { cpu, cores, memoryGiB, node } = about;
  const { accounts, batchRows } = context;
  process.stdout.write(
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}\n` +
      `14 rules, ${whole(accounts)} accounts, 8 rows each preloaded, batches of ${whole(batchRows)} rows\n\n` +
      `${table(rows)}\n`,
  );
  writeJson(values.out, { machine: about, context: { ...context, log: undefined }, rows });
}
