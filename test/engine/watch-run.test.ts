// The watch over rates in whole runs: the alerts are the same bytes with any workers and batches, and
// those of the plain model, though repeats, bad rows, news and amendments come between what it counts.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { DEFAULT_WATCH } from '../../src/domain/alert.ts';
import { loadRulesText } from '../../src/rules/front/load.ts';
import { MemorySink } from '../../src/transport/memory-sink.ts';
import type { StreamRow } from '../support/random-stream.ts';
import type { MixedRow } from './run-engine.ts';
import { linesOf, rowBytes, runEngine } from './run-engine.ts';
import type { WatchedRow } from './watch-support.ts';
import { modelAlerts, nameOf } from './watch-support.ts';

const START_MS = 1_772_380_800_000;
const HOUR_MS = 3_600_000;
const SEED = 5;

interface Traffic {
  readonly hours: number;
  readonly everyMs: number;
  readonly hold: number;
  /** Of merchant 1. */
  readonly refund: number;
}

const STEADY = { everyMs: 40_000, hold: 0.02, refund: 0.03 };
const TRAFFIC: readonly Traffic[] = [
  { hours: 14, ...STEADY },
  { hours: 0.4, everyMs: 3000, hold: 0.3, refund: 0.6 },
  { hours: 6, ...STEADY },
];

interface Input {
  readonly rows: readonly MixedRow[];
  /** What counts, and the number of each of these in the ids. */
  readonly watched: readonly WatchedRow[];
}

function input(random: Random): Input {
  const rows: MixedRow[] = [];
  const watched: WatchedRow[] = [];
  let timeMs = START_MS;
  for (const { hours, everyMs, hold, refund } of TRAFFIC) {
    for (const end = timeMs + hours * HOUR_MS; timeMs < end;) {
      timeMs += 1 + random.below(2 * everyMs);
      const merchant = random.below(3);
      const isRefund = random.chance(merchant === 1 ? refund : STEADY.refund);
      const isHeld = random.chance(hold);
      const isReversed = !isHeld && !isRefund && random.chance(0.01);
      const row: StreamRow = {
        id: `t${watched.length}`,
        kind: isRefund ? 'refund' : 'payment',
        time: timeMs,
        account: `A${random.below(50)}`,
        amount: isHeld ? 99_900 : 100,
        currency: 'CNY',
        merchant: nameOf(merchant),
        ...(isReversed && { terminalStatus: 'failed', walletStatus: 'charged' }),
      };
      watched.push({
        timeMs,
        kind: isRefund ? 'refund' : 'payment',
        outcome: isHeld ? 1 : isReversed ? 2 : 0,
        merchant,
        rules: [...(isHeld ? [0] : []), ...(isReversed ? [1] : [])],
      });
      rows.push(row);
      if (random.chance(0.05)) rows.push(row);
      if (random.chance(0.05))
        rows.push('garbage', { ...row, id: `bad${rows.length}`, amount: '' });
      // What amends counts no more than what informs.
      if (random.chance(0.3)) rows.push(statusOf(row, timeMs, rows.length));
    }
  }
  return { rows, watched };
}

function statusOf(row: StreamRow, time: number, n: number): StreamRow {
  const { account } = row;
  return {
    id: `s${n}`,
    kind: 'status',
    time,
    of: row['id'],
    account,
    terminalStatus: 'failed',
    walletStatus: 'charged',
  };
}

/** Two rules, that of reversals over what `who` shows. */
function planOf(who: 'tx' | 'payment') {
  const loaded = loadRulesText(
    `ruleset: watched
version: 3
currency: CNY
rules:
  - { id: rule-0, when: tx.amount > 900, outcome: hold, reason: AMOUNT_TOO_LARGE }
  - { id: rule-1, when: '${who}.terminalStatus == "failed" && ${who}.walletStatus == "charged"', outcome: reverse, reason: CHARGED_BUT_FAILED }
`,
    'rules.yaml',
    () => new Uint8Array(0),
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.plan;
}

const { rows, watched } = input(new Random(SEED));
const bytes = Buffer.concat(rowBytes(rows, 'ndjson'));
const wanted = modelAlerts(watched, DEFAULT_WATCH);

describe.each([
  ['row rules', 'tx', [1, 2]],
  ['rules over payments, amended by news', 'payment', [1, 2, 5]],
] as const)('%s', (_, who, allWorkers) => {
  const plan = planOf(who);

  async function alertsOf(workers: number, batchRowsMax: number): Promise<Uint8Array> {
    const alerts = new MemorySink();
    const { error, result } = await runEngine({
      plan,
      bytes,
      format: 'ndjson',
      workers,
      batchRowsMax,
      engine: { watchesRates: true },
      run: { alerts },
    });
    expect(error).toBe(null);
    // There are amendments, and they do not count.
    expect((result?.amendments ?? 0) > 100).toBe(who === 'payment');
    const count = (state: string): number =>
      wanted.filter((alert) => alert.startsWith(state)).length;
    expect(result?.watch).toEqual({
      begun: count('begun'),
      ended: count('ended'),
      merchants: 3,
      merchantsEvicted: 0,
      rowsUnwatched: 0,
    });
    return alerts.bytes;
  }

  test(`the same alerts with ${allWorkers.join(', ')} workers and any batches, as the model has them`, async () => {
    const first = await alertsOf(1, 1000);
    const told = linesOf(first).map((line) => {
      const { state, scope, id, measure, transactionId } = JSON.parse(line) as Alert;
      return `${state} ${scope} ${id ?? null} ${measure} ${transactionId.slice(1)}`;
    });
    expect(told).toEqual(wanted);
    for (const name of ['stream null hold', 'rule rule-0 fired', 'merchant M1 refund']) {
      expect(told.join('\n')).toMatch(new RegExp(`begun ${name} .*\\n[^]*ended ${name} `));
    }
    for (const workers of allWorkers) {
      for (const batchRowsMax of [97, 1000]) {
        if (workers === 1 && batchRowsMax === 1000) continue;
        const same = await alertsOf(workers, batchRowsMax);
        expect(Buffer.compare(same, first), `${workers} workers, ${batchRowsMax} rows`).toBe(0);
      }
    }
  });
});
