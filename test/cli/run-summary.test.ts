// The last lines of `holdfast run`: what left at a limit is named, each by itself, and nothing else is said.

import { expect, test } from 'vitest';
import { summaryText } from '../../src/cli/run-summary.ts';
import type { RunResult } from '../../src/engine/run-result.ts';

const LIFE = {
  kept: 5,
  timers: 0,
  bytes: 4096,
  textBytes: 100,
  evicted: 0,
  waiting: 0,
  terminalsEvicted: 0,
  codesEvicted: 0,
  waitingEvicted: 0,
  waitedInVain: 0,
};
const WATCH = { begun: 0, ended: 0, merchants: 9, merchantsEvicted: 0, rowsUnwatched: 0 };
const RESULT: RunResult = {
  rows: 1000,
  decisions: 900,
  bytesIn: 1_000_000,
  outcomes: [880, 15, 5],
  deadLetters: 0,
  alerts: 0,
  amendments: 0,
  stopped: 'end',
  position: { row: 1000, byte: 1_000_000 },
  decisionHash: 'aa',
  elapsedMs: 100,
  rowsPerSecond: 10_000,
  latencyUs: { p50: 100, p90: 100, p99: 200, p999: 300, max: 300 },
  passesMs: {},
  rules: [],
  reasons: {},
  flags: {},
  informing: 100,
  blankLines: 0,
  unknownKeys: 0,
  entities: [],
  repeats: { ids: 0, bytes: 0, evicted: 0 },
  paymentKeys: { payments: 5, bytes: 100, evicted: 0 },
  amendedOutcomes: [0, 0, 0],
  amendmentsByCause: {},
  overdueShare: 0,
  life: LIFE,
  watch: WATCH,
  peakRssBytes: 1e8,
};

test.each<readonly [string, Partial<RunResult>, string | null]>([
  ['nothing', {}, null],
  ['nothing that could', { life: null, paymentKeys: null, watch: null }, null],
  ['a payment', { life: { ...LIFE, evicted: 1 } }, 'left at the limit: 1 payment'],
  ['terminals', { life: { ...LIFE, terminalsEvicted: 2 } }, 'left at the limit: 2 terminals'],
  ['a code', { life: { ...LIFE, codesEvicted: 1 } }, 'left at the limit: 1 payment code'],
  ['waiting rows', { life: { ...LIFE, waitingEvicted: 2 } }, 'left at the limit: 2 waiting rows'],
  ['rows in vain', { life: { ...LIFE, waitedInVain: 3 } }, 'waited in vain for a payment: 3 rows'],
  [
    'keys',
    { paymentKeys: { payments: 5, bytes: 100, evicted: 1234 } },
    "left at the limit: 1,234 payments' keys",
  ],
  [
    'all of it',
    {
      life: { ...LIFE, evicted: 4, waitingEvicted: 1, waitedInVain: 1 },
      paymentKeys: { payments: 5, bytes: 100, evicted: 1 },
      watch: { ...WATCH, merchantsEvicted: 2, rowsUnwatched: 7 },
    },
    "left at the limit: 4 payments, 1 waiting row, 1 payment's keys, 2 watched merchants; " +
      'waited in vain for a payment: 1 row; of merchants for whom no watch was free: 7 rows',
  ],
])('%s', (_, more, line) => {
  const destination = { out: 'out.ndjson', isRegular: true, deadLetters: null, alerts: null };
  const lines = summaryText({ ...RESULT, ...more }, destination).split('\n');
  const own = lines.filter((text) => /limit|in vain|watch/.test(text));
  expect(own).toEqual(line === null ? [] : [line]);
});

test.each([
  ['out', 'bad', 'alerts', ['decisions in out', '2 dead letters in bad', '1 alert in alerts']],
  ['-', null, null, ['decisions on the standard output', '2 dead letters on the standard error']],
  ['out', '-', null, ['decisions in out', '2 dead letters on the standard output']],
  ['out', 'bad', '-', ['2 dead letters in bad', '1 alert on the standard output']],
])('says where it went: %s, %s, %s', (out, deadLetters, alerts, lines) => {
  const destination = { out, isRegular: out !== '-', deadLetters, alerts };
  const text = summaryText({ ...RESULT, deadLetters: 2, alerts: 1 }, destination);
  expect(text.split('\n')).toEqual(expect.arrayContaining(lines));
});
