// Every file of fixtures/broken and all that is said of it, in the order of its lines: the sentences
// are what an analyst reads, so they are held word by word.
// A row: [file of the problem unless the main one] line:column+width path sentence [near miss].

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadRulesFileSync } from '../../../src/rules/front/load.ts';

const FOLDER = 'fixtures/broken/';

const ROWS: readonly (readonly [string, readonly string[]])[] = [
  [
    'aliases.yaml',
    [
      '3:25+1 guard.f[1][3][4][3][3][5] The file has more than 300000 values, those repeated by aliases included.',
    ],
  ],
  [
    'bad-units.yaml',
    [
      '3:7+7 keep Here keep must be a duration: a whole number and a unit (ms, s, m, h or d), such as 10m.',
      '4:19+4 time.lateness Here lateness must be a duration: a whole number and a unit (ms, s, m, h or d), such as 10m.',
      '7:25+5 rules[0].when `10x` is no window: a whole number and a unit (ms, s, m, h or d), "day" or "month".',
      '11:25+4 rules[1].when A window must be longer than nothing, not `0m`.',
      '15:25+6 rules[2].when A window is at most 400d long, not `500d`.',
      '19:25+3 rules[3].when A window is a text such as "10m", "24h", "30d", "day" or "month"; `600` is not.',
      '23:11+19 rules[4].when age looks at earlier rows only: leave "prior." away.',
      '27:27+6 rules[5].when `30 s` is no duration: a whole number and a unit (ms, s, m, h or d), such as "10m".',
    ],
  ],
  ['binary.yaml', ['1:1+1  The rules file is a binary file, not text.']],
  [
    'circle.yaml',
    [
      'parts/circle.yaml 1:10+14 include The includes go in a circle: "fixtures/broken/circle.yaml" -> "fixtures/broken/parts/circle.yaml" -> "fixtures/broken/circle.yaml".',
      '3:30+17 include[1] The included file "fixtures/broken/parts/absent.yaml" does not exist.',
    ],
  ],
  ['directive.yaml', ['1:1+1  Directives (lines that begin with %) are not allowed here.']],
  [
    'disagree.yaml',
    [
      'parts/other.yaml 1:11+3 currency "currency" differs from the one in "fixtures/broken/disagree.yaml"; it must agree or be absent.',
      '5:8+7 let.isSmall The name "isSmall" is taken: it is declared in "fixtures/broken/parts/other.yaml" as let.isSmall.',
      '7:11+1 rules[0].id The id "a" is used twice: first in "fixtures/broken/parts/other.yaml", line 4.',
    ],
  ],
  [
    'doubling.yaml',
    [
      '15:14+3 let.x12 In let "x11": With its "let" names written out the expression is too large (over 20000 parts or 250 levels).',
    ],
  ],
  [
    'duplicate-ids.yaml',
    [
      '4:11+6 fields.amount The field "amount" is in the contract already.',
      '5:13+7 entities.account The name "account" is taken: it is a built-in entity.',
      '5:44+4 entities.twice[1] The field "card" stands in the key twice.',
      '7:3+5 let.twice The name "twice" is taken: it is declared in "fixtures/broken/duplicate-ids.yaml" as entities.twice.',
      '8:3+2 let.tx "tx" is a reserved word and cannot be declared.',
      '11:11+1 rules[1].id The id "a" is used twice: first in "fixtures/broken/duplicate-ids.yaml", line 10.',
    ],
  ],
  ['duplicate.yaml', ['3:1+7 ruleset The key "ruleset" stands here twice.']],
  ['empty.yaml', ['1:1+1  The file is empty.']],
  [
    'half-quoted.yaml',
    [
      `5:25+2  The YAML is not well-formed here: a value that begins with a quote, a bracket or "!" must be quoted as a whole, such as '!(tx.amount > 5)'.`,
      `9:15+8  The YAML is not well-formed here: a value that begins with a quote, a bracket or "!" must be quoted as a whole, such as '!(tx.amount > 5)'.`,
    ],
  ],
  [
    'flow.yaml',
    [
      '4:29+1  The YAML is not well-formed here: between { } a value with brackets or commas must be quoted, or the rule written on lines of its own.',
      '5:3+1  The YAML is not well-formed here: between { } a value with brackets or commas must be quoted, or the rule written on lines of its own.',
    ],
  ],
  [
    'hostile.yaml',
    [
      `4:11+9 fields.__proto__ "__proto__" cannot be a field's name: letters, digits and _ only.`,
      '5:10+9 lists.__proto__ "__proto__" is a reserved word and cannot be declared.',
      `8:3+22 let.'); process.exit()// "'); process.exit()//" cannot be a name: letters, digits and _ only, not beginning with a digit, up to 64.`,
      '9:3+9 let.__proto__ "__proto__" is a reserved word and cannot be declared.',
      '13:87+39 rules[0].when Register "hasOwnProperty" has no column "constructor"; it has merchant and limit.',
      `15:13+11 rules[0].reason There is no reason "constructor"; others than the engine's are declared under "reasons".`,
      '16:9+10 rules[1].id An id is a text of 1 to 64 visible characters (code points) on one line.',
      '17:11+9 rules[1].when "__proto__" is a reserved word and cannot be a name.',
      '21:11+35 rules[2].when There is no function "constructor".',
      '22:14+9 rules[2].outcome Here outcome must be allow, hold or reverse, not "__proto__".',
      '24:9+11 rules[3].id An id is a text of 1 to 64 visible characters (code points) on one line.',
      '25:29+13 rules[3].when There is no function "toString".',
    ],
  ],
  [
    'inactive.yaml',
    [
      '3:7+6 rail Here rail must be a single value.',
      '4:8+1 rails Here rails must be a text: put it in quotes, "5".',
      '5:8+6 guard Here "guard" must be a map of keys and values.',
    ],
  ],
  [
    'key-typo.yaml',
    [
      '3:1+8 currancy Unknown key "currancy" in the rules file. [currency]',
      '6:5+4 rules[0].whem Unknown key "whem" in a rule; expected id, trigger, description, when, mode, outcome, reason, score or hold. [when]',
    ],
  ],
  [
    'lets.yaml',
    [
      '4:6+5 let.a The let names go in a circle: "a" -> "b" -> "c" -> "a".',
      `7:11+10 let.unused The transaction has no field "nothing"; others than the contract's are declared under "fields".`,
      '12:46+4 rules[2].when In let "many": `account.count("1h")` is a feature; in the where of count only tx, lists, registers and let names without features may stand.',
    ],
  ],
  [
    'life.yaml',
    [
      '4:13+2 entities.of "of" is a reserved word and cannot be declared.',
      '7:12+7 let.doubled In let "waiting": payment.pendingFor() may only be compared with a duration: the engine must know when to look again.',
      '9:41+6 rules[0].when payment.state is never "held": it is attempted, charged, not-charged, partly-refunded, refunded or reversed.',
      '10:23+12 rules[1].when "payment" has no "stat"; it has state, terminalStatus, walletStatus, codeState, codeUses, label, release, chargedAmount, refundedAmount, refundCount, age(), pendingFor(), conflict, openMethod, reversalOpen, voidOpen and refundOpen. [state]',
      '11:22+14 rules[2].when The fields of the payment itself are those of tx: write tx.amount. [tx.amount]',
      '12:24+11 rules[3].when payment.age is called with parentheses: payment.age(). [payment.age()]',
      '13:23+15 rules[4].when payment.state is no function: leave the parentheses away. [payment.state]',
      '14:25+17 rules[5].when payment.age() takes nothing between its parentheses.',
      '15:22+13 rules[6].when payment.age() may only be compared with a duration: the engine must know when to look again.',
      '16:23+13 rules[7].when payment.age() may only be compared with a duration: the engine must know when to look again.',
      '17:25+7 rules[8].when waiting may only be compared with a duration: the engine must know when to look again.',
      '18:44+13 rules[9].score payment.age() may only be compared with a duration: the engine must know when to look again.',
      '19:24+11 rules[10].when "event" has no "state"; it has cause, and the fields of the transaction. [payment.state]',
      '20:39+7 rules[11].when event.cause is never "clock": it is status, refund, reversal, release, code, label, fault, timer, maintenance or hold-expired.',
      '21:24+10 rules[12].when "of" has no "nothing"; it has what payment has, and the fields of the transaction.',
      '22:27+5 rules[13].when "event" itself is no value: name a part, such as event.kind.',
      '23:22+11 rules[14].when "payment" has no "now"; it has state, terminalStatus, walletStatus, codeState, codeUses, label, release, chargedAmount, refundedAmount, refundCount, age(), pendingFor(), conflict, openMethod, reversalOpen, voidOpen and refundOpen.',
      '25:32+13 rules[15].when `payment.state` may not stand in the where of count: which rows count is frozen when they arrive, and the life of a payment goes on.',
      '29:30+9 rules[16].when `of.amount` may not stand in the value of sum: which rows count is frozen when they arrive, and the life of a payment goes on.',
      '33:35+8 rules[17].when `event.ip` may not stand in the field of distinct: which rows count is frozen when they arrive, and the life of a payment goes on.',
      '36:41+9 rules[18].when event.cause is never "overdue": it is status, refund, reversal, release, code, label, fault, timer, maintenance or hold-expired.',
      '38:26+13 exempt[0].when `payment.state` may not stand in an exemption: those are decided once, and the life of a payment goes on.',
    ],
  ],
  [
    'long-hold.yaml',
    [
      '3:13+8 deadline.fallback The key "budget" is missing in "deadline".',
      '4:7+12 hold A hold of 60d is longer than payments are kept, 30d: write keep: { payments: 60d }.',
    ],
  ],
  ['merge-keys.yaml', ['4:7+2 rules[1] Merge keys (<<) are not allowed: write the keys out.']],
  [
    'money-and-count.yaml',
    [
      '6:11+50 rules[0].when `account.sum("1h", tx.amount)` is money, `account.count("1h")` is a plain number: they cannot be compared.',
      '10:11+50 rules[1].when `account.sum("1h", tx.amount)` is money, `account.count("1h")` is a plain number: money and a plain number cannot be added or subtracted.',
      '14:11+21 rules[2].when `tx.amount` is money, `tx.amount` is money: money cannot be multiplied by money.',
      '18:23+6 rules[3].when `50.005` is no amount of CNY, which has 2 decimals.',
      '24:12+9 rules[4].score A score is a plain number; this is money; divide it by money.',
    ],
  ],
  [
    'no-currency.yaml',
    [
      '5:11+9 rules[0].when Money is used here, so the file needs a "currency", such as currency: CNY.',
    ],
  ],
  ['not-utf8.yaml', ['1:1+1  The rules file is not UTF-8 text.']],
  ['rail-alone.yaml', ['2:7+4 rail There is no rail "card": "rails" declares none.']],
  [
    'rail-unknown.yaml',
    ['3:7+4 rail There is no rail "crad": expected "card" or "wallet". [card]'],
  ],
  [
    'rails.yaml',
    [
      '6:3+6 rails.wallte The file "fixtures/rails/wallet.yaml" is of the rail "wallet", not of "wallte".',
      '7:11+17 rails.absent The file of a rail "fixtures/broken/rails/absent.yaml" does not exist.',
      '9:3+5 rails.again The file "fixtures/broken/rails/again.yaml" is of the rail "keys", not of "again".',
      '9:10+16 rails.again The rail "keys" is declared in "fixtures/broken/rails/keys.yaml" already.',
      '11:9+17 rails.list Here a file of a rail must be a single value.',
      'rails/card.yaml 2:11+12 timezone There is no time zone "Asia/Shangai"; expected an IANA name such as Asia/Shanghai. [Asia/Shanghai]',
      'rails/card.yaml 4:14+4 reversal.notBefore Here notBefore must be a duration: a whole number and a unit (ms, s, m, h or d), such as 10m.',
      'rails/card.yaml 5:20+7 reversal.until.cutOff Here cutOff must be a time of day from 00:00 to 24:00, such as "23:00", not "25:00".',
      'rails/card.yaml 5:35+2 reversal.until.days Here days must be a whole number from 0 to 366.',
      'rails/card.yaml 7:10+18 void.until Here "void" ends either "within" or "until", not both.',
      'rails/card.yaml 7:12+5 void.until.cutof Unknown key "cutof" in "until"; expected cutOff or days. [cutOff]',
      'rails/card.yaml 10:11+7 refund.within Here within must be a duration such as 7d, or calendar months or years such as 11 months; "30 days" is neither.',
      'rails/card.yaml 11:13+2 queryFirst Here queryFirst must be a list.',
      'rails/keys.yaml 1:7+4 rail The rail has no way back: expected "reversal", "void" or "refund".',
      'rails/keys.yaml 2:1+7 timezon Unknown key "timezon" in the rail file; expected rail, description, timezone, reversal, void, refund or queryFirst. [timezone]',
      'rails/keys.yaml 3:1+7 refunds Unknown key "refunds" in the rail file; expected rail, description, timezone, reversal, void, refund or queryFirst. [refund]',
      'rails/keys.yaml 4:13+2 queryFirst Here queryFirst must be 1 to 32 durations.',
      'rails/again.yaml 2:37+3 reversal.within It is never open: it opens 15s after the payment.',
      'rails/again.yaml 3:6+1 void A value is missing: "void" is a map of keys and values.',
      'rails/again.yaml 4:19+8 refund.within Here within must be from 1 month to 10 years.',
      'rails/again.yaml 5:18+2 queryFirst[1] Here queryFirst must be from 1ms to 1d.',
      'rails/again.yaml 5:22+2 queryFirst[2] Here queryFirst must be from 1ms to 1d.',
      'rails/no-yaml.yaml 3:1+1  The YAML is not well-formed: Flow map in block collection must be sufficiently indented and end with a }.',
    ],
  ],
  [
    'rates.yaml',
    [
      'registers/rates.csv 3:1+4  "EURO" is no ISO 4217 currency.',
      'registers/rates.csv 4:5+1  "0" is no rate: a number over 0 of up to 15 digits.',
      'registers/rates.csv 5:1+3  The currency "USD" stands here again.',
      `registers/rates.csv 6:5+1  CNY is the file's own currency: its rate is 1.`,
    ],
  ],
  [
    'reasons.yaml',
    [
      '4:3+6 reasons.POLICY The reason "POLICY" exists already; a rule may set its own codes: reason: { code: POLICY, de39: "…" }.',
      '5:16+5 reasons.OWN.de39 Here de39 must be two characters in quotes, such as "05".',
      '5:29+1 reasons.OWN.de25 Here de25 must be four digits, such as "4020".',
      '5:37+5 reasons.OWN.iso Here iso must be up to four capitals or digits, such as "FRAD".',
      '6:3+5 reasons.small "small" is no reason code: capitals, digits and _, up to 64.',
      `8:63+3 rules[0].reason.code There is no reason "OWM"; others than the engine's are declared under "reasons".`,
      '9:57+3 rules[1].reason.cod Unknown key "cod" in a reason; expected code, de39, de25 or iso. [code]',
    ],
  ],
  [
    'registers.yaml',
    [
      '5:11+16 lists.absent The file "fixtures/broken/lists/absent.csv" of list "absent" does not exist.',
      '6:11+5 lists.folder The file "fixtures/broken/lists" of list "folder" is a directory.',
      '10:83+4 registers.columns.types.limit Here the type of a column must be string, number, money, boolean, time or version, not "cash".',
      '11:3+7 registers.keyless The register "keyless" needs a "key"; only one with the columns from, to and scope has none.',
      'registers/repeated.csv 3:1+6  This line has 3 cells, the header has 2.',
      'registers/repeated.csv 4:1+2  The key "M1" stands here again; it was on line 2.',
      'registers/repeated.csv 5:1+1  This cell is part of the key and may not be empty.',
      'registers/cells.csv 2:3+5  "1.005" is no amount of CNY, which has 2 decimals.',
      'registers/cells.csv 2:9+10  "2026-01-01" is no time: write 2026-01-31T08:00:00Z or milliseconds since 1970.',
      'registers/cells.csv 2:20+3  "yes" is neither true nor false.',
      'registers/cells.csv 2:24+5  "north" is no number.',
      'registers/cells.csv 2:30+3  "3.x" is no version: numbers with dots, such as 3.2.10.',
      'registers/quotes.csv 2:3+1  The quote that begins here is never closed.',
    ],
  ],
  [
    'settings.yaml',
    [
      '3:21+4 deadline.budget Here budget must be a duration: a whole number and a unit (ms, s, m, h or d), such as 10m.',
      '3:37+5 deadline.fallback Here fallback must be allow, hold or reverse, not "maybe".',
      '3:53+2 deadline.catchUp Here catchUp must be evaluate or fallback, not "5m".',
      '4:14+2 hold.for Here for must be from 1ms to 3660d.',
      '4:28+5 hold.onExpiry Here onExpiry must be allow, reverse or refund, not "never".',
      '4:35+5 hold.until Unknown key "until" in "hold"; expected for or onExpiry.',
      '5:19+2 keep.entities Here entities must be from 1ms to 3660d.',
      '5:33+2 keep.payments A hold of 3d is longer than payments are kept, 2d: write keep: { payments: 3d }.',
      '5:46+7 keep.waiting Here waiting must be a duration: a whole number and a unit (ms, s, m, h or d), such as 10m.',
      '5:55+4 keep.rows Unknown key "rows" in "keep"; expected entities, payments or waiting.',
      '7:69+11 rules[0].hold A hold of 5d is longer than payments are kept, 2d: write keep: { payments: 5d }.',
      '8:66+4 rules[1].hold "hold" says how a hold expires: it stands only in a rule with outcome: hold.',
      '9:55+4 rules[2].hold "hold" says how a hold expires: it stands only in a rule with outcome: hold.',
      '10:69+2 rules[3].hold Here "hold" must be a map of keys and values.',
    ],
  ],
  [
    'shapes.yaml',
    [
      '3:16+4 score.hold Here hold must be a number.',
      '4:21+1 limits.entities Here entities must be a whole number from 1 to 2147483647.',
      '5:11+12 timezone There is no time zone "Asia/Shanghi"; expected an IANA name such as Asia/Shanghai. [Asia/Shanghai]',
      '7:5+2 rules[0].id The key "when" is missing in a rule.',
      '10:5+2 rules[1].id The key "outcome" is missing in a rule.',
      '10:5+2 rules[1].id The key "reason" is missing in a rule.',
      '15:5+7 rules[2].outcome With mode: score a rule has no "outcome": it only adds its score.',
      '17:5+2 rules[3].id With mode: score a rule needs a "score".',
      '21:11+6 rules[4].when `tx.lat` is a plain number; a condition is expected here, such as `has(tx.lat)` or a comparison.',
      '24:5+4 rules[5].when The key "id" is missing in a rule.',
      '27:5+11 rules[6] Here a rule must be a map of keys and values.',
    ],
  ],
  [
    'tests.yaml',
    [
      '9:33+5 tests[0].given[0].tx.amout The transaction has no field "amout". [amount]',
      '9:52+5 tests[0].given[0].tx.channel Here tx.channel must be chip, swipe, contactless, payment-code or online, not "chipp". [chip]',
      '9:67+5 tests[0].given[0].tx.amount "5.005" is no amount of "CNY", which has 2 decimals.',
      '9:79+2 tests[0].given[0].tx.lat Here tx.lat must be degrees from -90 to 90, not "91".',
      '9:89+4 tests[0].given[0].tx.time Here tx.time must be a time such as 2026-01-31T08:00:00Z, not "noon".',
      '13:20+1 tests[1].expect[0].at There are 3 transactions: "at" is from -3 to 2, not 3.',
      '13:46+2 tests[1].expect[1].at There are 3 transactions: "at" is from -3 to 2, not -4.',
      '13:67+9 tests[1].expect[2] An expectation names an outcome or rules: this one could not fail.',
      '17:25+1 tests[2].expect[0].after "after" is a transaction from 1, the one decided on, to 2, or end; not 0.',
      '18:25+1 tests[2].expect[1].after "after" is a transaction from 1, the one decided on, to 2, or end; not 3.',
      '19:26+2 tests[2].expect[2].after "after" is a transaction from 2, the one decided on, to 2, or end; not -2.',
      '20:25+5 tests[2].expect[3].after Here after must be the number of a transaction, or end.',
      '23:31+5 tests[3].expect[0].rules[0] There is no rule "lrage". [large]',
      '23:38+5 tests[3].expect[0].rules[1] The rule "quiet" has mode: shadow; only live rules stand here.',
      '25:12+2 tests[4].given No transactions are given.',
      '26:13+2 tests[4].expect Nothing is expected: the test could not fail.',
      '28:13+38 tests[5].given[0] The tests have more than 200000 transactions in all.',
    ],
  ],
  [
    'unbalanced.yaml',
    [
      '5:38+1 rules[0].when Expected ")" here but found the end of the expression.',
      '9:29+3 rules[1].when Write && for and, || for or, ! for not, == for is.',
      '13:20+1 rules[2].when Equality is written "==".',
      '19:21+1 rules[3].when A value is expected here but ")" was found.',
      '27:9+1 rules[4].when Here "5" is not expected: an operator or the end of the expression is.',
      '33:7+1 rules[5].when "or" is written "||".',
      '37:10+1 rules[6].when An expression is expected here.',
    ],
  ],
  [
    'unknown-names.yaml',
    [
      `7:11+8 rules[0].when The transaction has no field "amout"; others than the contract's are declared under "fields". [amount]`,
      '11:25+5 rules[1].when There is no list or register "stuff". [staff]',
      '15:11+20 rules[2].when "account" has no feature "cuont". [count]',
      '19:11+23 rules[3].when There is no function "startWith". [startsWith]',
      '23:25+12 rules[4].when tx.channel is never "contactles": it is chip, swipe, contactless, payment-code or online. [contactless]',
      `29:13+6 rules[5].reason There is no reason "POLICI"; others than the engine's are declared under "reasons". [POLICY]`,
      '32:14+4 rules[6].outcome Here outcome must be allow, hold or reverse, not "holt". [hold]',
      '35:69+5 exempt[0].rules[0] There is no rule "feild". [field]',
    ],
  ],
  [
    'yaml-tricks.yaml',
    [
      '2:10+5  Tags (words that begin with !) are not allowed; quote a text that begins with !, such as a condition.',
    ],
  ],
];

describe('broken rules files', () => {
  test.each(ROWS)('%s', (file, expected) => {
    const result = loadRulesFileSync(FOLDER + file);
    const said = (result.ok ? [] : result.problems).map((problem) => {
      const name = problem.file.slice(FOLDER.length);
      const near = problem.suggestion === null ? '' : ` [${problem.suggestion}]`;
      const place = `${problem.line}:${problem.column}+${problem.length}`;
      return `${name === file ? '' : `${name} `}${place} ${problem.path} ${problem.message}${near}`;
    });
    expect(said).toEqual(expected);
  });

  test('every file of the folder has its row', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
    expect(files.toSorted()).toEqual(ROWS.map(([file]) => file).toSorted());
  });
});
