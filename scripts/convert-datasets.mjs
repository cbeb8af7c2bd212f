// Converts two public, labelled sets of card payments to streams of the transaction contract, with
// labels beside them, so that `holdfast run` can decide them (rules: fixtures/rules/datasets). The
// data itself stays outside the repository.
//
//   node scripts/convert-datasets.mjs --in DIR --out DIR
//
// DIR of --in holds mlfs_ccfraud_transactions.csv.xz and mlfs_ccfraud_merchants.csv, or
// tabformer_user0_transactions.csv.xz, or all three; `xz` must be installed. Writes mlfs.ndjson,
// mlfs.labels.csv, tabformer.ndjson, tabformer.labels.csv.

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const DAY_MS = 86_400_000;
/** When a disputed payment would be known as fraud: about a month later. */
const KNOWN_AFTER_MS = 30 * DAY_MS;

const { values: options } = parseArgs({
  options: { in: { type: 'string' }, out: { type: 'string' } },
});
if (options.in === undefined || options.out === undefined) {
  console.error('usage: convert-datasets.mjs --in DIR --out DIR');
  process.exit(2);
}
mkdirSync(options.out, { recursive: true });

const merchantsPath = join(options.in, 'mlfs_ccfraud_merchants.csv');
const mlfsPath = join(options.in, 'mlfs_ccfraud_transactions.csv.xz');
const tabformerPath = join(options.in, 'tabformer_user0_transactions.csv.xz');
if (existsSync(mlfsPath) && existsSync(merchantsPath)) {
  const places = readMerchants(merchantsPath);
  await convert(mlfsPath, 'mlfs', (row) => mlfsRow(row, places));
}
if (existsSync(tabformerPath)) await convert(tabformerPath, 'tabformer', tabformerRow);

/** One data set: each CSV row becomes a transaction and, where it is fraud, a label. */
async function convert(path, name, toTransaction) {
  const rows = createWriteStream(join(options.out, `${name}.ndjson`));
  const labels = createWriteStream(join(options.out, `${name}.labels.csv`));
  labels.write('transactionId,label,knownAt,kind\n');
  const unpack = spawn('xz', ['-dc', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(unpack, 'close');
  let header = null;
  let count = 0;
  let labelled = 0;
  let previousMs = -Infinity;
  let backwards = 0;
  for await (const line of createInterface({ input: unpack.stdout })) {
    const cells = splitCsv(line);
    if (header === null) {
      header = cells;
      continue;
    }
    const record = Object.fromEntries(header.map((key, i) => [key, cells[i] ?? '']));
    const transaction = toTransaction(record);
    if (transaction.time < previousMs) backwards++;
    previousMs = transaction.time;
    if (!rows.write(`${JSON.stringify(transaction)}\n`)) await once(rows, 'drain');
    count++;
    if (record.is_fraud !== '1') continue;
    const kind = record.fraud_type || 'fraud';
    labels.write(`${transaction.id},fraud,${transaction.time + KNOWN_AFTER_MS},${kind}\n`);
    labelled++;
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`xz could not unpack ${path}`);
  await Promise.all([rows, labels].map((file) => file.end() && once(file, 'close')));
  console.log(`${name}: ${count} rows, ${labelled} labelled as fraud, ${backwards} out of order`);
}

/** Coordinates are those of the merchant's country; only who presents a card is there. */
function mlfsRow(record, places) {
  const isPresent = record.card_present === '1';
  const transaction = {
    id: `x${record.transaction_id}`,
    kind: 'payment',
    time: Date.parse(record.ts),
    account: `card-${record.card_id}`,
    amount: cents(record.amount),
    currency: 'USD',
    merchant: `m${record.merchant_id}`,
    country: record.merchant_country,
    channel: isPresent ? 'chip' : 'online',
    ip: record.ip,
    homeCountry: record.home_country,
  };
  const place = places.get(record.merchant_id);
  if (isPresent && place !== undefined) Object.assign(transaction, place);
  return transaction;
}

/** Negative amounts are refunds; `errors` says why a payment was declined. */
function tabformerRow(record) {
  const amount = cents(record.amount);
  const isDeclined = record.errors !== '';
  const isOnline = record.entry === 'online';
  const transaction = {
    id: `y${record.transaction_id}`,
    kind: amount < 0 ? 'refund' : 'payment',
    time: Date.parse(record.ts),
    account: `user-${record.user}-card-${record.card}`,
    amount: Math.abs(amount),
    currency: 'USD',
    merchant: `m${record.merchant_id}`,
    mcc: record.mcc.padStart(4, '0'),
    channel: record.entry,
    walletStatus: isDeclined ? 'not-charged' : 'charged',
    verification: /Bad (?:PIN|CVV)/.test(record.errors) ? 'failed' : 'ok',
  };
  if (!isOnline) {
    transaction.city = record.city;
    transaction.country = /^[A-Z]{2}$/.test(record.state) ? 'US' : record.state;
    transaction.terminalStatus = isDeclined ? 'failed' : 'success';
  }
  if (isDeclined) transaction.declined = record.errors;
  return transaction;
}

function cents(dollars) {
  return Math.round(Number(dollars) * 100);
}

function readMerchants(path) {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [id, , , lat, lon] = splitCsv(line);
      return [id, { lat: Number(lat), lon: Number(lon) }];
    }),
  );
}

/** RFC 4180 but for line breaks in values, which neither set has. */
function splitCsv(line) {
  const cells = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  }
  return cells;
}
