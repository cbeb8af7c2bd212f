// What the life of payments costs: the fourteen rules, whose holds end, against a program that keeps
// nothing; the whole of pos-wallet.yaml on the generator's stream; a payment that is kept, in bytes; and
// payments of which a million are pending, each with a timer, against ones that are final. Rounds are
// interleaved, ratios are within a round.

import { fileURLToPath } from 'node:url';
import { PASSES } from '../../dist/engine/batch-passes.js';
import { TransactionGenerator } from '../../dist/load/generator.js';
import { loadRulesFileSync, loadRulesText } from '../../dist/rules/front/load.js';
import { EngineContender } from '../contenders/engine-contender.mjs';
import { planIn } from '../inputs/plans.mjs';
import { ROWS_PER_ACCOUNT } from '../inputs/row-stream.mjs';
import { ParseScale, inParses } from '../scale.mjs';
import { fixed, median, spread, whole } from '../statistics.mjs';

const POS_WALLET = fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url));
const HOLDS_ACCOUNTS_MAX = 100_000;
const BATCH_ROWS = 4096;
/** Of the contender's own stream, which is not used where rows are handed to it. */
const STREAM_ACCOUNTS = 100;

const PENDING_RULES = `
ruleset: pending
currency: CNY
limits: { pending: 262144 }
rules:
  - id: no-answer
    when: payment.pendingFor() > "24h"
    outcome: reverse
    reason: TIMEOUT_UNKNOWN
`;

export const life = {
  name: 'life',
  async run(context) {
    return [...holds(context), ...posWallet(context), ...pending(context)];
  },
};

function holds({ accounts, seed, batchRows, rounds, roundRows, log }) {
  const options = { accounts: Math.min(accounts, HOLDS_ACCOUNTS_MAX), seed, batchRows };
  const kept = new EngineContender({ ...options, warmFormats: ['ndjson'] });
  const none = new EngineContender({ ...options, warmFormats: ['ndjson'], withoutLife: true });
  for (const contender of [kept, none]) {
    contender.preload({ rows: options.accounts * ROWS_PER_ACCOUNT });
  }
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [kept, none] : [none, kept];
    const ms = new Map(
      order.map((contender) => [contender, contender.round({ rows: roundRows }).ms]),
    );
    ratios.push(ms.get(none) / ms.get(kept));
    log(`holds, round ${round + 1} of ${rounds}: ${fixed(ratios.at(-1), 3)}`);
  }
  return [
    {
      figure: 'fourteen rules: holds that end / nothing kept',
      reach: '>= 0.95 x',
      measured: `${spread(ratios, 2)} x`,
      how: `throughput within a round, median of ${rounds} of ${whole(roundRows)} rows`,
      data: { ratios },
    },
  ];
}

/** Rows of a generated stream, one by one. */
function* generatedRows(rows, accounts, seed) {
  const generator = new TransactionGenerator({ rows, accounts, seed, format: 'ndjson' });
  const chunk = new Uint8Array(1 << 20);
  for (let end = generator.writeRows(chunk); end > 0; end = generator.writeRows(chunk)) {
    let from = 0;
    for (let at = chunk.indexOf(10, from); at >= 0 && at < end; at = chunk.indexOf(10, from)) {
      yield chunk.slice(from, at);
      from = at + 1;
    }
  }
}

function* inBatches(rows) {
  let batch = [];
  for (const row of rows) {
    if (batch.push(row) < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
}

/** An engine for rows that are handed to it. */
function engineOf(plan) {
  return new EngineContender({
    plan,
    accounts: STREAM_ACCOUNTS,
    seed: 1,
    batchRows: BATCH_ROWS,
    warmFormats: ['ndjson'],
  });
}

function posWallet({ accounts, seed, isQuick, roundRows, rounds }) {
  const plan = planIn(loadRulesFileSync(POS_WALLET));
  const engine = engineOf(plan);
  const rowCount = Math.max(BATCH_ROWS * 4, (rounds + 2) * roundRows);
  const accountCount = isQuick ? 2000 : Math.min(accounts, 200_000);
  const scale = new ParseScale(seed);
  const rates = [];
  const scaleUs = [];
  let [rows, ms] = [0, 0];
  let decided = 0;
  const endRound = () => {
    rates.push((rows / ms) * 1000);
    scaleUs.push(scale.measureBeside());
  };
  for (const batch of inBatches(generatedRows(rowCount, accountCount, seed))) {
    ms += engine.decideRows(batch);
    rows += batch.length;
    decided += batch.length;
    if (rows < roundRows) continue;
    endRound();
    [rows, ms] = [0, 0];
  }
  if (rates.length === 0) endRound();
  // The first two rounds are the code being optimised.
  const from = rates.length > 2 ? 2 : 0;
  const steady = rates.slice(from);
  const { passMs } = engine.report();
  const total = passMs.reduce((sum, pass) => sum + pass, 0);
  const nsOf = (pass) => (passMs[pass] / decided) * 1e6;
  const shares = PASSES.map(
    (name, k) => `${name} ${whole(nsOf(k))} ns (${fixed((100 * passMs[k]) / total, 0)} %)`,
  );
  const { kept, bytes, textBytes } = engine.program.life.counts;
  return [
    {
      figure: 'pos-wallet.yaml, one worker',
      reach: '>= 250,000/s',
      measured: `${whole(median(steady))}/s`,
      how: `${inParses(steady, scaleUs.slice(from))}; ${plan.rules.length} rules, ${whole(accountCount)} accounts; a row: ${shares.join(', ')}`,
      data: {
        rates,
        scaleUs,
        passNs: Object.fromEntries(PASSES.map((name, k) => [name, nsOf(k)])),
      },
    },
    {
      figure: 'pos-wallet.yaml: a payment that is kept',
      reach: '<= 160 B and its strings',
      measured: `${fixed((bytes - textBytes) / kept, 0)} B and ${fixed(textBytes / kept, 0)} B of strings`,
      how: `all of ${whole(kept)}: record 80 B, what its rules read, index, chains`,
      data: { kept, bytes, textBytes },
    },
  ];
}

function payments(count, first, isPending) {
  return Array.from({ length: count }, (_, k) => {
    const n = first + k;
    const word = isPending ? 'unknown' : 'charged';
    return Buffer.from(
      `{"id":"p${n}","kind":"payment","time":${1_700_000_000_000 + n},"account":"A${n % 50_000}","amount":1000,"currency":"CNY","merchant":"M1","walletStatus":"${word}","terminalStatus":"success"}`,
    );
  });
}

function pending({ isQuick, rounds, log }) {
  const plan = planIn(loadRulesText(PENDING_RULES, 'pending.yaml', () => Buffer.alloc(0)));
  const engines = [true, false].map((isPending) => ({ isPending, engine: engineOf(plan) }));
  const goal = isQuick ? 3 * BATCH_ROWS : 1_000_000;
  let sent = 0;
  for (; sent < goal; sent += BATCH_ROWS) {
    for (const { engine, isPending } of engines) {
      engine.decideRows(payments(BATCH_ROWS, sent, isPending));
    }
  }
  const ratios = [];
  for (let round = 0; round < rounds * 4; round++, sent += BATCH_ROWS) {
    const [waiting, final] = engines.map(({ engine, isPending }) =>
      engine.decideRows(payments(BATCH_ROWS, sent, isPending)),
    );
    ratios.push(final / waiting);
  }
  const { timers, kept, bytes, textBytes } = engines[0].engine.program.life.counts;
  log(`${whole(timers)} timers, ${whole(kept)} payments kept`);
  return [
    {
      figure: `payments while ${whole(timers)} are pending / all final`,
      reach: '',
      measured: `${spread(ratios, 2)} x`,
      how: `throughput, batches of ${whole(BATCH_ROWS)} in turn; ${fixed((bytes - textBytes) / kept, 0)} B and ${fixed(textBytes / kept, 0)} B of strings a payment`,
      data: { ratios, timers, bytes, textBytes },
    },
  ];
}
