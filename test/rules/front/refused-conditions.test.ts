// Conditions that are refused: where the caret stands (column+width from the condition's beginning)
// and the sentence, with the near miss.

import { describe, expect, test } from 'vitest';
import { conditionProblems } from './help.ts';

const ROWS: readonly (readonly [string, string])[] = [
  [
    'tx.amount + account.count("1h") > 5',
    '1+31 `tx.amount` is money, `account.count("1h")` is a plain number: money and a plain number cannot be added or subtracted.',
  ],
  [
    '50 / tx.amount > 2',
    '1+14 `50` is a plain number, `tx.amount` is money: they cannot stand on the two sides of "/".',
  ],
  [
    'min(tx.amount, account.count("1h")) > 1',
    '1+35 `tx.amount` is money, `account.count("1h")` is a plain number: they cannot be compared.',
  ],
  [
    'tx.softwareVersion < version("3.2")',
    '1+35 `tx.softwareVersion` is a text, `version("3.2")` is a version: they cannot be compared. Write version(tx.softwareVersion).',
  ],
  [
    'tx.channel in ["chip", "swype"]',
    '24+7 tx.channel is never "swype": it is chip, swipe, contactless, payment-code or online. (did you mean swipe)',
  ],
  [
    'account.last(tx.kind) == "refnd"',
    '26+7 account.last(tx.kind) is never "refnd": it is payment, refund, reversal, release, status, terminal, code or label. (did you mean refund)',
  ],
  [
    'account.last(tx.channel) in ["chip", "swype"]',
    '38+7 account.last(tx.channel) is never "swype": it is chip, swipe, contactless, payment-code or online. (did you mean swipe)',
  ],
  ['dateOf(tx.time) >= "2026-02-31"', '20+12 `2026-02-31` is no date: write it as "2026-01-31".'],
  [
    'hourOf(tx.time, "Europ/Paris") >= 22',
    '17+13 There is no time zone "Europ/Paris"; expected an IANA name such as Asia/Shanghai. (did you mean Europe/Paris)',
  ],
  [
    'merchants[tx.merchant].lim < 5',
    '1+26 Register "merchants" has no column "lim"; it has merchant, mcc, limit, since, open and software. (did you mean limit)',
  ],
  ['merchants.limit < 5', '1+15 A register is read by key: merchants[key].limit.'],
  [
    'merchants[tx.amount].limit < 5',
    '11+9 `tx.amount` is money; the key of "merchants" is a text.',
  ],
  [
    'tx.terminal in bindings',
    '1+11 The key of "bindings" has 2 parts, as `[terminal, merchant] in bindings`, not 1.',
  ],
  [
    'bindings[tx.terminal].city == "x"',
    '10+11 The key of "bindings" has 2 parts, as `bindings[[terminal, merchant]]`, not 1.',
  ],
  [
    'merchants[[tx.merchant, tx.city]].mcc == "x"',
    '11+22 The key of "merchants" has 1 part, as `merchants[merchant]`, not 2.',
  ],
  [
    '[tx.account, tx.merchant] in staff',
    '1+25 The list "staff" holds single texts: on the left of "in" stands one, not 2 in brackets.',
  ],
  [
    'bindings[tx.terminal, tx.merchant].city != tx.city',
    '21+1 Expected "]" here; a key of several parts is written with two brackets, name[[a, b]].column.',
  ],
  [
    'account.last(tx.city) < tx.city',
    '1+31 `account.last(tx.city)` is a remembered text: it may only stand in ==, !=, "in" and has().',
  ],
  [
    'account.prior.last(tx.city) == "x"',
    '1+27 last looks at earlier rows only: leave "prior." away.',
  ],
  [
    'account.prior.speedKmh() > 900',
    '1+24 speedKmh looks at earlier rows only: leave "prior." away.',
  ],
  ['account.distanceKm("1h") > 100', '20+4 `"1h"` is a text; a condition is expected here.'],
  ['account.count() > 1', '1+15 count is called as account.count("10m", where?).'],
  [
    'account.count("days") > 1',
    '15+6 `days` is no window: a whole number and a unit (ms, s, m, h or d), "day" or "month". (did you mean day)',
  ],
  [
    'account.distinct("1h", lower(tx.merchant)) > 3',
    '24+18 distinct is of a field of the transaction, such as tx.merchant.',
  ],
  [
    'account.sum("1h", account.count("1h")) > 1',
    '19+19 `account.count("1h")` is a feature; in the value of sum only tx, lists, registers and let names without features may stand.',
  ],
  [
    'account.sum("1h", tx.amount > 5) > 1',
    '19+13 `tx.amount > 5` is a condition, true or false; a value is expected here.',
  ],
  ['acount.count("1h") > 1', '1+18 There is no entity "acount". (did you mean account)'],
  ['acount.prior.count("1h") > 1', '1+24 There is no entity "acount". (did you mean account)'],
  [
    'account.pror.count("1h") > 1',
    '1+24 Between "account" and count(…) only "prior" may stand, not "pror". (did you mean prior)',
  ],
  ['tx.account.count("1h") > 1', '1+22 "count" is a feature of an entity: write account.count(…).'],
  ['tx.amount > 1e400', '13+5 The number is too large.'],
  ['tx.amount > 90071992547409.92', '13+17 `90071992547409.92` is too large for an amount of CNY.'],
  ['tx.amount == "a"', '1+16 `tx.amount` is money, `"a"` is a text: they cannot be compared.'],
  ['count("1h") > 1', '1+11 "count" is a feature of an entity: write account.count(…).'],
  [
    'matches(tx.city, "(?=a)")',
    `18+7 The pattern is not one of RE2's syntax: "error parsing regexp: invalid or unsupported Perl syntax: \`(?=\`".`,
  ],
  ['matches(tx.city, tx.country)', '18+10 The pattern of matches must be a text literal.'],
  ['has("x")', '5+3 has asks whether a field, a feature or a cell is there; this always is.'],
  ['null == tx.ip', '1+4 There is no null: write has(x) to ask whether x is there.'],
  [
    'tx.mcc == 5411',
    '1+14 `tx.mcc` is a text, `5411` is a plain number: they cannot be compared. A text is written in quotes: "5411".',
  ],
  ['tx.mcc < 5411', '1+13 `tx.mcc` is a text, `5411` is a plain number: they cannot be compared.'],
  [
    'tx.vip == 1',
    '11+1 `1` is a plain number; a condition is expected here, such as a comparison.',
  ],
  [
    'tx.amount',
    '1+9 `tx.amount` is money; a condition is expected here, such as `has(tx.amount)` or a comparison.',
  ],
  ['tx.vip in [false]', '12+5 A list in brackets holds numbers and texts only: write `!tx.vip`.'],
  ['tx.city in ["a", false]', '18+5 A list in brackets holds numbers and texts only.'],
  ['1 < tx.amount < 5', '1+17 Comparisons make no chain: write `1 < tx.amount && tx.amount < 5`.'],
  ['not tx.vip', '1+3 Write ! for not, before what it denies in parentheses: !(tx.amount > 5).'],
  [
    '!(not has(tx.ip))',
    '3+3 Write ! for not, before what it denies in parentheses: !(tx.amount > 5).',
  ],
  ['not(tx.vip)', '1+11 Write ! for not: !(tx.amount > 5).'],
  ['(tx.vip and has(tx.ip))', '9+3 Write && for and, || for or, ! for not, == for is.'],
  ['tx.vip and has(tx.ip)', '8+3 Write && for and, || for or, ! for not, == for is.'],
  [
    'tx.ip like "10.%"',
    '7+4 Write startsWith, endsWith, contains or matches for like: contains(text, "part").',
  ],
  [
    'tx.risk > 5 percent',
    '13+7 Here "percent" is not expected: an operator or the end of the expression is.',
  ],
  [
    'tx.risk > 5 😀',
    '13+1 Here "😀" is not expected: an operator or the end of the expression is.',
  ],
  ['tx.amount > 50 CNY', `16+3 An amount is written without its currency, which is the file's.`],
  ['tx.amount > ¥50', `13+1 An amount is written without its currency, which is the file's.`],
  ['tx.risk <> 5', '9+2 "<>" is written "!=".'],
  ['tx.risk =< 5', '9+1 "=<" is written "<=".'],
  ['tx.risk = 5', '9+1 Equality is written "==".'],
  ['tx.risk ≥ 5', '9+1 "≥" is written ">=".'],
  ['tx.risk ≤ 5', '9+1 "≤" is written "<=".'],
  ['tx.risk ≠ 5', '9+1 "≠" is written "!=".'],
  ['tx.ip =~ "a"', '7+1 "=~" is written matches(text, "pattern").'],
  ['tx.ip == “a”', `10+1 A text stands in straight quotes, "…" or '…'.`],
  [
    'account.count("999999999999d") > 1',
    '15+15 A window is at most 400d long, not `999999999999d`.',
  ],
  ['account.prior.prior.count("1h") > 1', '1+31 "prior." stands once: account.prior.count(…).'],
  [
    'account.sum("1h", tx.city) > 1',
    '19+7 `tx.city` is a text: sum needs a number, money or a duration.',
  ],
  [
    'account.min("1h", tx.city) > 1',
    '19+7 `tx.city` is a text: min needs a number, money, a duration, a time or a date.',
  ],
  [
    'tx.amount == "50"',
    '1+17 `tx.amount` is money, `"50"` is a text: they cannot be compared. A number is written without quotes.',
  ],
  ['tx.vip < true', '1+13 Conditions have no order: compare them with == or !=.'],
  ['tx.risk / 0 > 1', '1+11 This divides by zero, which has no value, so it could never hold.'],
  ['tx.ip in []', '1+11 Nothing is in an empty list.'],
  ['tx.ip in [tx.account]', '11+10 A list in brackets holds numbers and texts only.'],
  [
    '9007199254740993 > tx.risk',
    '1+16 `9007199254740993` is over 2^53: it cannot be held exactly.',
  ],
  ['5u < tx.risk', '1+2 `5u` is not a value that rules know: write a number or a text.'],
  ['[1,2].exists(x, x > 1)', '1+22 There is no function "exists".'],
  ['{"a": 1} == 1', '1+8 Maps ({...}) have no meaning in rules.'],
  [
    'amount > 5',
    '1+6 Unknown name "amount"; a field of the transaction is written tx.amount. (did you mean tx.amount)',
  ],
  ['constructor == 1', '1+11 Unknown name "constructor".'],
  [
    'tx.constructor == 1',
    `1+14 The transaction has no field "constructor"; others than the contract's are declared under "fields".`,
  ],
  ['tx.toString() == 1', '1+13 There is no function "toString".'],
  [
    'hasOwnProperty.count("1h") > 1',
    '1+26 There is no entity "hasOwnProperty"; there are account, merchant, terminal, ip, device, card, paymentCode, order, operator and charge.',
  ],
  [
    'account.constructor("1h") > 1',
    '1+25 "account" has no feature "constructor"; there are count, sum, avg, min, max, distinct, ratio, last, sinceLast, age, distanceKm, speedKmh.',
  ],
];

describe('conditions that are refused', () => {
  test.each(ROWS)('%s', (written, said) => {
    expect(conditionProblems(written)).toEqual([said]);
  });

  test('all problems of one condition are said at once', () => {
    const said = conditionProblems('tx.amout > 5 && tx.account in stuff || acount.age() > "1h"');
    expect(said).toHaveLength(3);
  });

  test.each([
    ['prefix operators', `${'!'.repeat(10_000)}tx.vip`],
    ['parentheses', `${'('.repeat(5000)}tx.vip${')'.repeat(5000)}`],
    ['a sum', `${'tx.risk + '.repeat(1500)}1 > 5`],
    ['indexes', `tx${'[tx'.repeat(3000)}${']'.repeat(3000)}`],
    ['length', `tx.city == "${'x'.repeat(20_000)}"`],
  ])('an expression without end ends: %s', (_, written) => {
    expect(conditionProblems(written).length).toBeGreaterThan(0);
  });

  test('a chain of conditions may be long', () => {
    const chain = Array.from({ length: 700 }, (_, i) => `tx.risk != ${i}`).join(' && ');
    expect(conditionProblems(chain)).toEqual([]);
  });
});
