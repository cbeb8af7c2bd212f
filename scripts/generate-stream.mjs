// Writes a generated stream and its labels: for benchmarks and for trying rules out.
//   npm run build && node scripts/generate-stream.mjs 1000000 200000 1 /tmp/s.ndjson /tmp/labels.csv
// The format follows the name: .msgpack, else NDJSON.

import { generateToFile } from '../dist/load/generate-file.js';

const [rows, accounts, seed, out, labels] = process.argv.slice(2);
if (out === undefined) {
  console.error('usage: generate-stream.mjs ROWS ACCOUNTS SEED OUT [LABELS]');
  process.exit(2);
}
const summary = await generateToFile({
  rows: Number(rows),
  accounts: Number(accounts),
  seed: Number(seed),
  out,
  labels: labels ?? null,
  format: out.endsWith('.msgpack') ? 'msgpack' : 'ndjson',
});
console.log(`${summary.rows} rows, ${summary.bytes} bytes, ${summary.labels} labels`);
