// Conditions with names out of their place, or written as elsewhere: each is told what to write instead.
// Rows are as in refused-conditions.test.ts.

import { describe, expect, test } from 'vitest';
import { conditionProblems, problemsOf } from './help.ts';

const ROWS: readonly (readonly [string, string])[] = [
  [
    'account.count("10m") > 3 && prior.account.count("10m") > 3',
    '29+26 "prior" stands after the entity: write account.prior.count(…).',
  ],
  ['prior.count("10m") > 3', '1+18 "prior" stands after the entity: write account.prior.count(…).'],
  ['tx.kind == payment', '12+7 `payment` is no value here; a text stands in quotes: "payment".'],
  [
    'account.count(tx.vip, "1h") > 1',
    '15+6 A window is a text such as "10m", "24h", "30d", "day" or "month" and comes first; `tx.vip` is not.',
  ],
  ['max(tx.risk, 3) in (1, 2)', '20+6 A list stands in square brackets: write `[1, 2]`.'],
  [
    'tx.device not in staff',
    '11+6 "not in" is written with ! before the whole in parentheses: `!(tx.device in staff)`.',
  ],
  [
    'has(tx.ip) && (tx.mcc not in ["5815", "5816"])',
    '23+6 "not in" is written with ! before the whole in parentheses: `!(tx.mcc in ["5815", "5816"])`.',
  ],
  [
    'lower(tx.city) not in staff',
    '16+6 "not in" is written with ! before the whole in parentheses, as `!(tx.account in names)`.',
  ],
  [
    '!tx.device in staff',
    '1+10 `!tx.device` is a condition, true or false: write `!(tx.device in staff)`.',
  ],
  [
    '!tx.device in ["a"]',
    '1+10 `!tx.device` is a condition, true or false: write `!(tx.device in ["a"])`.',
  ],
  [
    'card.distinct("10m", account) > 2',
    '22+7 "account" is an entity and no value; the field of the transaction is written tx.account. (did you mean tx.account)',
  ],
  [
    'account.last(device) == "a"',
    '14+6 "device" is an entity and no value; the field of the transaction is written tx.device. (did you mean tx.device)',
  ],
  [
    'account.balance < 100',
    '1+15 "balance" is a field of the transaction, not of "account": write tx.balance. (did you mean tx.balance)',
  ],
  [
    'merchant.mcc == "5815"',
    '1+12 "mcc" is a field of the transaction, not of "merchant": write tx.mcc. (did you mean tx.mcc)',
  ],
  [
    'terminal.amount > 3',
    '1+15 "amount" is a field of the transaction, not of "terminal": write tx.amount. (did you mean tx.amount)',
  ],
  ['tx.channel == online', '15+6 `online` is no value here; a text stands in quotes: "online".'],
  ['online == tx.channel', '1+6 `online` is no value here; a text stands in quotes: "online".'],
  ['tx.kind == refund', '12+6 `refund` is no value here; a text stands in quotes: "refund".'],
  ['tx.kind == terminal', '12+8 `terminal` is no value here; a text stands in quotes: "terminal".'],
  [
    'account.last(tx.channel) != chip',
    '29+4 `chip` is no value here; a text stands in quotes: "chip".',
  ],
  ['tx.channel == onlin', '15+5 Unknown name "onlin".'],
  ['account.count(10m) >= 3', '15+3 A window or a duration is a text: write "10m".'],
  [
    'account.count("1h", tx.risk > 10h) >= 3',
    '31+3 A window or a duration is a text: write "10h".',
  ],
  ['account.sinceLast() < 1m', '23+2 A window or a duration is a text: write "1m".'],
  ['account.count(day) > 3', '15+3 A window is a text: write "day".'],
  ['account.count(week) > 3', '15+4 Unknown name "week".'],
  [
    'tx.mcc in ("5815", "5816")',
    '11+16 A list stands in square brackets: write `["5815", "5816"]`.',
  ],
  [
    'tx.mcc in {"5815", "5816"}',
    '11+16 A list stands in square brackets: write `["5815", "5816"]`.',
  ],
  ['tx.mcc in {"5815"}', '11+8 A list stands in square brackets: write `["5815"]`.'],
  ['tx.mcc in ("5815")', '12+6 A list stands in square brackets: write `["5815"]`.'],
  [
    'card.count(tx.amount <= 5, "10m") > 3',
    '12+14 A window is a text such as "10m", "24h", "30d", "day" or "month" and comes first; `tx.amount <= 5` is not.',
  ],
  [
    'card.distinct(tx.card, "10m") > 3',
    '15+7 A window is a text such as "10m", "24h", "30d", "day" or "month" and comes first; `tx.card` is not.',
  ],
  [
    'matches(tx.city, "\\d+")',
    '19+2 `\\d` is no escape: in a text a backslash is written twice, `\\\\d`.',
  ],
  [
    'tx.\u0430mount > 5',
    '4+1 "\u0430" is a Cyrillic letter: names have the letters A to Z and a to z, digits and _ only.',
  ],
  [
    'tx.am\u03bfunt > 5',
    '6+1 "\u03bf" is a Greek letter: names have the letters A to Z and a to z, digits and _ only.',
  ],
  [
    'tx.city == 北京',
    '12+1 "北" stands in no name: names have the letters A to Z and a to z, digits and _ only; a text stands in quotes.',
  ],
  ['tx.risk\u00a0> 5', '8+1 A no-break space stands here: write an ordinary blank.'],
  [
    'tx.risk >\u200b 5',
    '10+1 A character that looks like a blank or like nothing, U+200B, stands here: leave it away.',
  ],
  [
    'customer.count("1h") > 3',
    '1+20 There is no entity "customer"; there are account, merchant, terminal, ip, device, card, paymentCode, order, operator and charge.',
  ],
  [
    'pendingFor() > "30s"',
    '1+12 There is no function "pendingFor". (did you mean payment.pendingFor())',
  ],
];

describe('conditions that are mistaken', () => {
  test.each(ROWS)('%s', (written, said) => {
    expect(conditionProblems(written)).toEqual([said]);
  });

  test('each text of a list without its quotes', () => {
    expect(conditionProblems('tx.channel in [chip, online]')).toEqual([
      '16+4 `chip` is no value here; a text stands in quotes: "chip".',
      '22+6 `online` is no value here; a text stands in quotes: "online".',
    ]);
  });

  test('what is declared wrongly is not said to be missing where it is used', () => {
    const text = `ruleset: t
fields: { tier: text }
entities: { pair: account+device, both: [account, tier] }
rules:
  - id: r
    outcome: hold
    reason: POLICY
    when: pair.count("1h") > 1 && pair.prior.count("1h") > 1 && tx.tier == "a" && event.tier == "b"
tests:
  - name: t
    given: [{ tx: { account: A1, tier: a } }]
    expect: [{ at: 0, outcome: allow }]
`;
    expect(problemsOf(text)).toEqual([
      '2:17 Here the type of a field must be string, number, boolean, integer, money or time, not "text".',
      '3:19 The transaction has no field "account+device".',
    ]);
  });
});
