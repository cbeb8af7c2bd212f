// Conditions as an analyst writes them, and what the checker makes of them, in canonical text:
// negations at the atoms, lets expanded, literals in the other side's unit, constants folded.

import { describe, expect, test } from 'vitest';
import { conditionOf } from './help.ts';

const NEGATION: readonly (readonly [string, string])[] = [
  ['!(tx.risk < 10)', 'tx.risk >= 10'],
  ['!(tx.risk <= 10)', 'tx.risk > 10'],
  ['!(tx.risk == 10)', 'tx.risk != 10'],
  ['!(tx.risk != 10)', 'tx.risk == 10'],
  ['!!(tx.risk > 10)', 'tx.risk > 10'],
  ['!(tx.risk < 1 || tx.ip == "x" && has(tx.ip))', 'tx.risk >= 1 && (tx.ip != "x" || !has(tx.ip))'],
  ['!(tx.account in staff)', '!(tx.account in staff)'],
  ['!luhn(tx.card)', '!(luhn(tx.card))'],
  ['!tx.vip', '!tx.vip'],
  ['!true', 'false'],
  ['!isSmall', 'tx.amount > 50.00'],
  ['isSmall == false', 'tx.amount > 50.00'],
  ['isSmall != tx.vip', '(tx.amount <= 50.00 && !tx.vip) || (tx.amount > 50.00 && tx.vip)'],
  [
    '!(isSmall ? tx.vip : tx.risk > 3)',
    '(tx.amount <= 50.00 && !tx.vip) || (tx.amount > 50.00 && tx.risk <= 3)',
  ],
  ['tx.risk > 1 && (tx.risk > 2 && tx.risk > 3)', 'tx.risk > 1 && tx.risk > 2 && tx.risk > 3'],
];

const MONEY: readonly (readonly [string, string])[] = [
  ['tx.amount <= 50', 'tx.amount <= 50.00'],
  ['tx.amount <= 9.9', 'tx.amount <= 9.90'],
  ['tx.amount > fifty', 'tx.amount > 50.00'],
  ['tx.amount < 0.1 + 0.2', 'tx.amount < 0.30'],
  ['tx.amount < 0.29', 'tx.amount < 0.29'],
  ['tx.amount > 1e3', 'tx.amount > 1000.00'],
  ['-tx.amount < -5', '(-tx.amount) < -5.00'],
  ['3 * tx.amount > 100', '(3 * tx.amount) > 100.00'],
  ['tx.amount / 2 > 50', '(tx.amount / 2) > 50.00'],
  ['tx.amount / tx.balance > 0.5', '(tx.amount / tx.balance) > 0.5'],
  ['tx.amount % 100 == 0', '(tx.amount % 100.00) == 0.00'],
  ['tx.amount > (tx.vip ? 100 : 50)', 'tx.amount > (tx.vip ? 100.00 : 50.00)'],
  ['min(tx.amount, 50) > 20', 'min(tx.amount, 50.00) > 20.00'],
  ['tx.amount in [10, 20.50]', 'tx.amount in [10.00, 20.50]'],
  ['merchants[tx.merchant].limit < tx.amount', 'merchants[tx.merchant]."limit" < tx.amount'],
  ['tx.fee > 5', 'tx.fee > 5.00'],
];

const TIME: readonly (readonly [string, string])[] = [
  ['tx.durationMs > 30000', 'tx.durationMs > 30s'],
  ['tx.durationMs > "30s"', 'tx.durationMs > 30s'],
  ['tx.durationMs > duration("30s") + 500', 'tx.durationMs > 30500ms'],
  ['tx.durationMs > account.count("1h")', 'tx.durationMs > account.count(1h)'],
  ['tx.time - account.last(tx.time) < "10m"', '(tx.time - account.last(tx.time)) < 10m'],
  ['tx.time > "2026-01-01T00:00:00Z"', 'tx.time > 1767225600000'],
  ['tx.time > "2026-01-01T08:00:00+08:00"', 'tx.time > 1767225600000'],
  ['tx.time - "2026-01-01T00:00:00Z" > "1h"', '(tx.time - 1767225600000) > 1h'],
  ['tx.time + "1h30m" > tx.since', '(tx.time + 90m) > tx.since'],
  ['dateOf(tx.time) == "2026-01-31"', 'dateOf(tx.time, "Asia/Shanghai") == 20260131'],
  ['hourOf(tx.time, "Europe/Paris") >= 22', 'hourOf(tx.time, "Europe/Paris") >= 22'],
  ['tx.time.hourOf() >= 22', 'hourOf(tx.time, "Asia/Shanghai") >= 22'],
  ['account.sinceLast() < "5s"', 'account.sinceLast() < 5s'],
];

const LOOKUPS: readonly (readonly [string, string])[] = [
  ['tx.account in staff', 'tx.account in staff'],
  ['tx.account in staffToo', 'tx.account in staff'],
  ['tx.mcc in risky', 'tx.mcc in ["5812", "7995"]'],
  ['[tx.terminal, tx.merchant] in bindings', '[tx.terminal, tx.merchant] in bindings'],
  [
    'bindings[[tx.terminal, tx.merchant]].city != tx.city',
    'bindings[[tx.terminal, tx.merchant]]."city" != tx.city',
  ],
  ['!merchants[tx.merchant].open', '!merchants[tx.merchant]."open"'],
  [
    'version(tx.softwareVersion) < merchants[tx.merchant].software',
    'version(tx.softwareVersion) < merchants[tx.merchant]."software"',
  ],
  ['version(tx.softwareVersion) < "3.2"', 'version(tx.softwareVersion) < version("3.2")'],
  ['inMaintenance(tx.terminal)', 'inMaintenance(tx.terminal)'],
  ['tx.card.startsWith("4")', 'startsWith(tx.card, "4")'],
  ['account.last(tx.city) in ["a", "b"]', 'account.last(tx.city) in ["a", "b"]'],
  ['account.count(tenMinutes) > 1', 'account.count(10m) > 1'],
  ['small >= 5', 'account.count(10m, tx.amount <= 50.00) >= 5'],
  ['account.count("1h", isSmall) > 1', 'account.count(1h, tx.amount <= 50.00) > 1'],
];

const FOLDED: readonly (readonly [string, string])[] = [
  ['1 < 2', 'true'],
  ['2 * 3 == 7', 'false'],
  ['tx.risk > 2 * (3 + 4) - 1', 'tx.risk > 13'],
  ['tx.risk > min(5, 7)', 'tx.risk > 5'],
  ['tx.risk > round(2.5) + abs(-2)', 'tx.risk > 5'],
  ['tx.risk > round(-2.5)', 'tx.risk > -3'],
  ['tx.risk > 0x10', 'tx.risk > 16'],
];

describe.each([
  ['negation', NEGATION],
  ['money', MONEY],
  ['time', TIME],
  ['look-ups', LOOKUPS],
  ['folding', FOLDED],
])('conditions: %s', (_, rows) => {
  test.each(rows)('%s', (written, canonical) => {
    expect(conditionOf(written)).toBe(canonical);
  });
});
