// Bytes to decision bytes, one worker: from JSON, from msgpack, with late rows and repeats, with one
// merchant having half of all rows, and the plain program on the same stream.
//
// Three contenders, each in its own thread with its own warm state of eight rows an account: engine,
// engine whose stream has the hot merchant, plain program. Rounds are interleaved and their order
// turns, so that what else the machine does hits all alike; ratios are taken within a round and
// their median reported. Formats and disorder alternate on one engine: its state is the same for
// all. Not tinybench: a round changes the state, must not be repeated as it was, and has to be
// interleaved with the others.

import { LocalHost, ThreadHost } from '../contenders/hosts.mjs';
import { requireEqual } from '../equality.mjs';
import { ROWS_PER_ACCOUNT } from '../inputs/row-stream.mjs';
import { PASSES } from '../../dist/engine/batch-passes.js';
import { ParseScale, inParses } from '../scale.mjs';
import { fixed, median, spread, whole } from '../statistics.mjs';
import { refuse } from '../options.mjs';

/** The plain program is several times as slow: fewer rows take as long. */
const PLAIN_ROWS_SHARE = 0.2;
/** Batches at a round's start that bring the caches back, not timed. */
const WARM_BATCHES = 4;

const SERIES = [
  { name: 'json', host: 'engine', options: { format: 'ndjson' } },
  { name: 'msgpack', host: 'engine', options: { format: 'msgpack' } },
  { name: 'disordered', host: 'engine', options: { format: 'ndjson', isDisordered: true } },
  { name: 'chain', host: 'chain', options: { format: 'ndjson' } },
  { name: 'plain', host: 'plain', options: {} },
];

export const throughput = {
  name: 'throughput',
  async run(context) {
    const { accounts, seed, batchRows, rounds, roundRows, only } = context;
    const wanted = SERIES.filter(
      ({ host, name }) => only === null || only === host || only === name,
    );
    if (wanted.length === 0) {
      const names = new Set(SERIES.flatMap(({ host, name }) => [host, name]));
      refuse(`--only takes one of ${[...names].join(', ')}; got "${only}".`);
    }
    const hostNames = [...new Set(wanted.map(({ host }) => host))];
    const hosts = {};
    for (const name of hostNames) {
      const kind = name === 'plain' ? 'plain' : 'engine';
      const options = { accounts, seed, batchRows, chainShare: name === 'chain' ? 0.5 : 0 };
      hosts[name] = await (only === null ? ThreadHost : LocalHost).start(kind, options);
    }
    context.log(`preloading ${whole(accounts * ROWS_PER_ACCOUNT)} rows: ${hostNames.join(', ')}`);
    for (const pair of chunks(hostNames, 2)) {
      await Promise.all(pair.map((name) => hosts[name].call('preload', preloadOf(accounts))));
    }
    if (only === null) await compareWarm(hosts, context);
    const scale = new ParseScale(seed);
    const { log } = context;
    const measured = await measure(wanted, hosts, { rounds, roundRows, batchRows, scale, log });
    const report = hosts.engine === undefined ? null : await hosts.engine.call('report');
    for (const name of hostNames) await hosts[name].stop();
    return only === null ? rowsOf(measured, context) : partOf(measured, report, context);
  },
};

function preloadOf(accounts) {
  return { rows: accounts * ROWS_PER_ACCOUNT };
}

function chunks(list, size) {
  return list.flatMap((_, k) => (k % size === 0 ? [list.slice(k, k + size)] : []));
}

/** The first rows after the preload, late ones and repeats among them, are decided alike. */
async function compareWarm(hosts, { roundRows }) {
  const options = { rows: roundRows, isDisordered: true, capture: true };
  const decided = await hosts.engine.call('round', options);
  const expected = await hosts.plain.call('round', options);
  requireEqual('warm state', decided.text, expected.text);
}

/** Rates of each series, and the scale beside each round. */
async function measure(wanted, hosts, { rounds, roundRows, batchRows, scale, log }) {
  const rates = Object.fromEntries(wanted.map(({ name }) => [name, []]));
  const scaleUs = [];
  for (let round = 0; round < rounds; round++) {
    const turn = round % wanted.length;
    for (const { name, host, options } of [...wanted.slice(turn), ...wanted.slice(0, turn)]) {
      const rows = Math.ceil(roundRows * (host === 'plain' ? PLAIN_ROWS_SHARE : 1));
      await hosts[host].call('round', { ...options, rows: WARM_BATCHES * batchRows });
      const measured = await hosts[host].call('round', { ...options, rows });
      rates[name].push((measured.rows / measured.ms) * 1000);
    }
    const line = Object.entries(rates).map(([name, all]) => `${name} ${whole(all.at(-1))}`);
    scaleUs.push(scale.measureBeside());
    log(`round ${round + 1} of ${rounds}, transactions/s: ${line.join(', ')}`);
  }
  return { rates, scaleUs };
}

/** Median over rounds of one series' rate over another's. */
function ratios(rates, name, base) {
  return rates[name].map((rate, round) => rate / rates[base][round]);
}

function rowsOf({ rates, scaleUs }, { rounds, roundRows }) {
  const how = `median of ${rounds} interleaved rounds of ${whole(roundRows)} rows`;
  const ratio = (figure, reach, name, base, digits) => ({
    figure,
    reach,
    measured: `${spread(ratios(rates, name, base), digits)} x`,
    how: `${name} over ${base} within a round`,
    data: { ratios: ratios(rates, name, base) },
  });
  return [
    {
      figure: 'JSON to decisions, one worker',
      reach: '>= 500,000/s',
      measured: `${whole(median(rates.json))}/s`,
      how: `${how}; ${inParses(rates.json, scaleUs)}`,
      data: { rates, scaleUs },
    },
    {
      figure: 'plain program',
      reach: '',
      measured: `${whole(median(rates.plain))}/s`,
      how: 'same rules and rows, decisions equal',
    },
    ratio('engine / plain program', '>= 6 x', 'json', 'plain', 1),
    ratio('msgpack / JSON', '>= 1.12 x', 'msgpack', 'json', 2),
    ratio('1 % late, 0.1 % repeats / none', '>= 0.9 x', 'disordered', 'json', 2),
    ratio('one merchant with half of all rows', '>= 0.8 x', 'chain', 'json', 2),
  ];
}

/** With --only: the rate, and where the engine's time went. */
function partOf({ rates, scaleUs }, report, { rounds, roundRows }) {
  const rows = Object.entries(rates).map(([name, all]) => ({
    figure: name,
    reach: '',
    measured: `${whole(median(all))}/s`,
    how: `median of ${rounds} rounds of ${whole(roundRows)} rows, in this thread; ${inParses(all, scaleUs)}`,
    data: { rates: all, scaleUs },
  }));
  if (report === null) return rows;
  const total = report.passMs.reduce((sum, ms) => sum + ms, 0);
  const shares = PASSES.map((pass, k) => `${pass} ${fixed((100 * report.passMs[k]) / total, 0)} %`);
  return [
    ...rows,
    { figure: 'passes', reach: '', measured: shares.join(', '), how: 'preload included' },
  ];
}
