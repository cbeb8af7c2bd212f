// A worker's program on this thread, warmed as a worker is; then plain rows, then the first rare ones:
// late, tied, repeated, with missing keys, bad. Marks in the trace file say where each part begins.
//
//   node --trace-deopt --redirect-code-traces --redirect-code-traces-to=TRACE first-rare-rows.mjs
//        DIST RULES ROWS TRACE        ROWS: NDJSON, plain rows, then a blank line, then rare rows

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, rulesPath, rowsPath, tracePath] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [{ loadRulesFileSync }, { makeBatchMemory, memoryPlaces }, { fillBatch, makeBatchView }] =
  await Promise.all([
    load('rules/front/load.js'),
    load('engine/batch.js'),
    load('engine/batch-view.js'),
  ]);
const [
  { BatchWorker },
  { DeadLetterBox },
  { WorkerProgram, recordSizesOf },
  { warmUp },
  { DEFAULT_HASH_KEY },
] = await Promise.all([
  load('engine/batch-worker.js'),
  load('engine/dead-letter-box.js'),
  load('engine/worker-program.js'),
  load('engine/warm-up.js'),
  load('base/hash.js'),
]);

const loaded = loadRulesFileSync(rulesPath);
if (!loaded.ok) throw new Error('the rules do not load');
const sizes = {
  rowsMax: 1024,
  bytesMax: 1 << 20,
  workers: 1,
  outBytes: 1 << 21,
  deadBytes: 1 << 18,
  tableRows: 256,
  ...recordSizesOf(loaded.plan),
};
const program = new WorkerProgram({
  plan: loaded.plan,
  outputFormat: 'ndjson',
  emitShadow: false,
  hashKey: DEFAULT_HASH_KEY,
  index: 0,
  workers: 1,
  places: memoryPlaces(sizes, 0),
  requireKeys: true,
  startsWarming: true,
});
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const letters = new DeadLetterBox(program.rows, 'memory');
const runner = new BatchWorker({ program, index: 0, workers: 1, clock, letters });
const view = makeBatchView(makeBatchMemory(sizes), 0, program, null);
warmUp(program, 'ndjson', sizes);

const mark = (text) => appendFileSync(tracePath, `\n== ${text}\n`);
const parts = readFileSync(rowsPath, 'utf8').split('\n\n');
for (const [index, part] of parts.entries()) {
  mark(index === 0 ? 'plain' : 'rare');
  const rows = part
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line));
  for (let from = 0; from < rows.length; from += 512) {
    fillBatch(view, rows.slice(from, from + 512));
    runner.run(view, 'ndjson', from, 0);
    // Code that is compiled beside gets its turn.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
mark('end');
