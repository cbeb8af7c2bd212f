// The published schemas against the engine: what one accepts the other accepts too. Each case is a
// file; where both refuse it, part of what the engine says of it, so that it is refused for what it
// is meant to show. What no schema can say (names that must exist, types, ids used twice, durations
// beyond ten years) is not here.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Schema } from '../../support-schema/validate.ts';
import { validate } from '../../support-schema/validate.ts';
import { FILES, problemsOf } from './help.ts';

/** Part of a file, and part of what the engine says of it; null = both accept it. */
type Case = readonly [part: string, said: string | null];

const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(`docs/schemas/${name}.schema.json`, 'utf8')) as Schema;
const RULES = schemaOf('rules');
const RAIL = schemaOf('rail');

/** `text` is the file that is judged, `file` the rules file by which the engine comes to it. */
function expectBoth(schema: Schema, text: string, problems: string[], said: string | null): void {
  const faults = validate(schema, parse(text, { logLevel: 'silent' }));
  if (said === null) expect({ problems, faults }).toEqual({ problems: [], faults: [] });
  else {
    expect(problems.join('\n')).toContain(said);
    expect(faults).not.toEqual([]);
  }
}

function expectRules(text: string, said: string | null): void {
  const files = {
    ...FILES,
    'rail.yaml': 'rail: CARD\nrefund: { within: 7d }\n',
    'more.yaml': 'let: {}',
  };
  expectBoth(RULES, text, problemsOf(text, files), said);
}

const RULE = 'id: a, when: tx.amount > 1, outcome: hold, reason: POLICY';
const NO_EXPRESSION = 'An expression is expected here.';
const NO_FILE = "A file's name is expected here.";
const NO_NAME = 'letters, digits and _ only';
const NOT_ID = 'An id is a text of 1 to 64 visible characters (code points)';

describe('a key at the top', () => {
  const CASES: readonly Case[] = [
    ['version: 3', null],
    ['version: 3.10', null],
    ['version: true', null],
    ['version: "1\\n2"', null],
    ['version: ""', 'A value is missing: version is expected.'],
    ['version: " "', 'A value is missing: version is expected.'],
    ['version:', 'A value is missing: version is expected.'],
    ['version: [1]', 'Here version must be a single value.'],
    ['include: more.yaml', null],
    ['include: [more.yaml]', null],
    ['include: []', null],
    ['include: ""', NO_FILE],
    ['include: [" "]', NO_FILE],
    ['rates: ""', NO_FILE],
    ['rails: rail.yaml', null],
    ['rails: [rail.yaml]', null],
    ['rails: { CARD: rail.yaml }', null],
    ['rails: []', null],
    ['rails: ""', NO_FILE],
    ['rails: [""]', NO_FILE],
    ['rails: { CARD: "" }', NO_FILE],
    ['rails: { CARD: 5 }', 'must be a text'],
    ['rails: { "": rail.yaml }', 'is of the rail "CARD"'],
    ['rails: rail.yaml\nrail: CARD', null],
    ['rails: rail.yaml\nrail: ""', 'There is no rail ""'],
    ['timezone: ""', 'There is no time zone ""'],
    ['tests: []', null],
    ['exempt: []', null],
    ['hold: { for: 1ms }', null],
    ['hold: { for: 0h }', 'Here for must be from 1ms'],
    ['hold: { for: 0h5m }', null],
    ['keep: 10d', null],
    ['keep: 0d', 'Here keep must be from 1ms'],
    ['keep: { entities: 0s }', 'Here entities must be from 1ms'],
    ['keep: { payments: 0s }', 'Here payments must be from 1ms'],
    ['keep: { waiting: 0s }', 'Here waiting must be from 1ms'],
    ['deadline: { budget: 0ms, fallback: allow }', 'Here budget must be from 1ms'],
    ['deadline: { budget: 50ms, fallback: allow }', null],
    ['time: { lateness: 0s, aheadMax: 0s, scanMax: 1 }', null],
    ['time: { lateness: 0000000000000001s }', 'Here lateness must be a duration'],
    ['time: { lateness: 1s1s1s1s1s1s }', 'Here lateness must be a duration'],
    ['time: { scanMax: 0 }', 'whole number from 1 to 2147483647'],
    ['time: { scanMax: 2147483648 }', 'whole number from 1 to 2147483647'],
    ['limits: { rowsPerEntity: 2147483647 }', null],
    ['limits: { rowsPerEntity: 2147483648 }', 'whole number from 1 to 2147483647'],
    ['limits: { entities: 1e10 }', 'whole number from 1 to 2147483647'],
    ['limits: { pending: 1 }', null],
    ['limits: { pending: 1e10 }', 'whole number from 1 to 2147483647'],
    ['repeats: { for: 0s, ids: 1 }', null],
    ['repeats: { ids: 1e10 }', 'whole number from 1 to 2147483647'],
    ['guard: { x: 1 }', null],
    ['guard: 1', 'must be a map'],
  ];
  test.each(CASES)('%s', (part, said) => {
    expectRules(`ruleset: t\ncurrency: CNY\n${part}\nrules: [{ ${RULE} }]\n`, said);
  });

  test.each<Case>([
    ['t', null],
    ['"a\\nb"', null],
    ['|\n  t', null],
    ['""', 'A value is missing: ruleset is expected.'],
    ['" \\n"', 'A value is missing: ruleset is expected.'],
    ['5', 'must be a text'],
  ])('ruleset: %s', (name, said) => {
    expectRules(`ruleset: ${name}\ncurrency: CNY\nrules: [{ ${RULE} }]\n`, said);
  });
});

describe('names', () => {
  const CASES: readonly Case[] = [
    ['fields: { risk_2: number }', null],
    ['fields: { as: number }', null],
    ['fields: { 2nd: number }', NO_NAME],
    ['fields: { a-b: number }', NO_NAME],
    ['fields: { prototype: number }', NO_NAME],
    ['fields: { "": number }', NO_NAME],
    ['fields: { amount: number }', 'is in the contract already'],
    ['fields: { risk: text }', 'the type of a field must be'],
    ['entities: { pair: [account, merchant] }', null],
    ['entities: { pair: account }', null],
    ['entities: { 2nd: account }', NO_NAME],
    ['entities: { tx: account }', 'is a reserved word'],
    ['entities: { account: merchant }', 'it is a built-in entity'],
    ['entities: { pair: [] }', '1 to 8 fields'],
    ['entities: { pair: "" }', 'has no field ""'],
    ['entities: { pair: [account, account] }', 'stands in the key twice'],
    [
      'entities: { e: [id, kind, time, account, merchant, amount, currency, terminal, ip] }',
      '1 to 8 fields',
    ],
    ['lists: { staff: staff.csv }', null],
    ['lists: { a-b: staff.csv }', NO_NAME],
    ['lists: { staff: "" }', NO_FILE],
    ['lists: { staff: [staff.csv] }', 'must be the path of a CSV file'],
    ['registers: { m: { file: merchants.csv, key: merchant } }', null],
    ['registers: { m: { file: merchants.csv, key: [merchant], types: {} } }', null],
    ['registers: { a-b: { file: merchants.csv, key: merchant } }', NO_NAME],
    ['registers: { m: { file: "", key: merchant } }', NO_FILE],
    ['registers: { m: { file: merchants.csv, key: [] } }', '1 to 8 columns'],
    ['registers: { m: { file: merchants.csv, key: [merchant, merchant] } }', 'twice'],
    [
      'registers: { m: { file: merchants.csv, key: merchant, types: { mcc: text } } }',
      'the type of a column',
    ],
    ['let: { _x1: tx.amount > 2, two: 2, yes: true }', null],
    ['let: { a-b: 1 }', NO_NAME],
    ['let: { in: 1 }', 'is a reserved word'],
    ['let: { card: 1 }', 'it is a built-in entity'],
    ['let: { x: "" }', NO_EXPRESSION],
    ['let: { x: " " }', NO_EXPRESSION],
    ['let: { x: }', 'has no expression'],
    [`let: { ${'x'.repeat(64)}: 1 }`, null],
    [`let: { ${'x'.repeat(65)}: 1 }`, NO_NAME],
  ];
  test.each(CASES)('%s', (part, said) => {
    expectRules(`ruleset: t\ncurrency: CNY\n${part}\nrules: [{ ${RULE} }]\n`, said);
  });
});

describe('reasons', () => {
  const CASES: readonly Case[] = [
    ['MINE: {}', null],
    ['MINE: { de39: "05", de25: "4000", iso: FRAD }', null],
    ['MINE: { de39: 05, de25: 4000, iso: 1234 }', null],
    ['MINE: { de39: 51 }', null],
    ['MINE: { de25: 0040 }', null],
    ['MINE: { de39: 100 }', 'Here de39 must be'],
    ['MINE: { de39: -1 }', 'Here de39 must be'],
    ['MINE: { de39: 1.5 }', 'Here de39 must be'],
    ['MINE: { de39: a1 }', 'Here de39 must be'],
    ['MINE: { de25: 10000 }', 'Here de25 must be'],
    ['MINE: { de25: "40" }', 'Here de25 must be'],
    ['MINE: { iso: 12345 }', 'Here iso must be'],
    ['MINE: { iso: "" }', 'Here iso must be'],
    ['MINE: { de39: }', 'Here de39 must be'],
    ['mine: {}', 'is no reason code'],
    ['POLICY: {}', 'exists already'],
    ['MINE:', 'A value is missing'],
  ];
  test.each(CASES)('%s', (part, said) => {
    expectRules(`ruleset: t\ncurrency: CNY\nreasons: { ${part} }\nrules: [{ ${RULE} }]\n`, said);
  });
});

describe('a rule', () => {
  const WHEN = 'id: a, when: tx.amount > 1';
  const CASES: readonly Case[] = [
    [RULE, null],
    [`${RULE}, score: 5`, null],
    [`${RULE}, mode: shadow`, null],
    [WHEN, 'The key "outcome" is missing'],
    [`${WHEN}, outcome: hold`, 'The key "reason" is missing'],
    [`${WHEN}, reason: POLICY`, 'The key "outcome" is missing'],
    [`${WHEN}, reason: POLICY, mode: shadow`, 'The key "outcome" is missing'],
    [`${WHEN}, mode: score, score: 5`, null],
    [`${WHEN}, mode: score, score: "1 + 1"`, null],
    [`${WHEN}, mode: score`, 'With mode: score a rule needs a "score"'],
    [`${WHEN}, mode: score, score: 5, outcome: hold`, 'With mode: score a rule has no "outcome"'],
    [`${WHEN}, mode: score, score: 5, reason: POLICY`, 'With mode: score a rule has no "reason"'],
    [`${RULE}, hold: { for: 2h }`, null],
    [`${RULE}, hold: {}`, null],
    [`${RULE}, hold: { for: 0s }`, 'Here for must be from 1ms'],
    [
      `${WHEN}, outcome: reverse, reason: POLICY, hold: { for: 2h }`,
      'stands only in a rule with outcome: hold',
    ],
    [
      `${WHEN}, mode: score, score: 5, hold: { for: 2h }`,
      'stands only in a rule with outcome: hold',
    ],
    [`${WHEN}, outcome: hold, reason: { code: POLICY, de39: 51 }`, null],
    [`${WHEN}, outcome: hold, reason: { code: POLICY, de25: 4000 }`, null],
    [`${WHEN}, outcome: hold, reason: { code: "" }`, 'There is no reason ""'],
    [`${WHEN}, outcome: hold, reason: { de39: 51 }`, 'The key "code" is missing'],
    [`${WHEN}, outcome: hold, reason: ""`, 'There is no reason ""'],
    [`${WHEN}, outcome: hold, reason: policy`, 'There is no reason "policy"'],
    [`id: a, when: "", outcome: hold, reason: POLICY`, NO_EXPRESSION],
    [`id: a, when: " ", outcome: hold, reason: POLICY`, NO_EXPRESSION],
    [`id: a, when: true, outcome: hold, reason: POLICY`, null],
    [`id: a, when: 5, outcome: hold, reason: POLICY`, 'a condition is expected here'],
    [`${RULE}, score: ""`, NO_EXPRESSION],
    [`${RULE}, score: 1.5`, null],
    [`${RULE}, score: true`, 'A score is a plain number'],
  ];
  test.each(CASES)('%s', (part, said) => {
    expectRules(`ruleset: t\ncurrency: CNY\nrules: [{ ${part} }]\n`, said);
  });

  test.each<Case>([
    ['"1"', null],
    ['" a "', null],
    [`"${'x'.repeat(64)}"`, null],
    [`"${'😀'.repeat(64)}"`, null],
    [`"${'x'.repeat(65)}"`, NOT_ID],
    [`"${'😀'.repeat(65)}"`, NOT_ID],
    ['""', NOT_ID],
    ['"  "', NOT_ID],
    ['"\u3000"', NOT_ID],
    ['"a\\nb"', NOT_ID],
    ['"a\\tb"', NOT_ID],
    ['"a\\x85b"', NOT_ID],
    ['"a\\u2028b"', NOT_ID],
    ['5', 'must be a text'],
  ])('id: %s', (id, said) => {
    const rest = 'when: tx.amount > 1, outcome: hold, reason: POLICY';
    expectRules(`ruleset: t\ncurrency: CNY\nrules: [{ id: ${id}, ${rest} }]\n`, said);
    const exemption = `exempt: [{ id: ${id}, when: tx.amount > 1 }]`;
    expectRules(`ruleset: t\ncurrency: CNY\nrules: [{ ${RULE} }]\n${exemption}\n`, said);
  });
});

describe('an exemption', () => {
  const CASES: readonly Case[] = [
    ['from: hold', null],
    ['from: [hold, reverse]', null],
    ['from: []', 'it would exempt from nothing'],
    ['from: held', 'must be allow, hold or reverse'],
    ['rules: a', null],
    ['rules: [a]', null],
    ['rules: []', 'it would exempt from no rule'],
    ['rules: ""', 'There is no rule ""'],
    ['rules: [5]', 'must be a text'],
  ];
  test.each(CASES)('%s', (part, said) => {
    const exemption = `exempt: [{ id: e, when: tx.amount > 1, ${part} }]`;
    expectRules(`ruleset: t\ncurrency: CNY\nrules: [{ ${RULE} }]\n${exemption}\n`, said);
  });

  test.each<Case>([
    ['""', NO_EXPRESSION],
    ['true', null],
    ['5', 'a condition is expected here'],
  ])('when: %s', (when, said) => {
    const exemption = `exempt: [{ id: e, when: ${when} }]`;
    expectRules(`ruleset: t\ncurrency: CNY\nrules: [{ ${RULE} }]\n${exemption}\n`, said);
  });
});

describe('a test', () => {
  const TX = '{ tx: { amount: 2 } }';
  const CASES: readonly Case[] = [
    [`given: [${TX}], expect: [{ at: 0, outcome: hold }]`, null],
    [`given: [${TX}], expect: [{ at: 0, rules: a }]`, null],
    [`given: [${TX}], expect: [{ at: 0, rules: [a] }]`, null],
    [`given: [${TX}], expect: [{ at: 0, rules: [] }]`, null],
    [`given: [${TX}], expect: [{ at: -1, after: end, outcome: hold }]`, null],
    [`given: [${TX}], expect: [{ at: 0, rules: "" }]`, 'There is no rule ""'],
    [`given: [${TX}], expect: [{ at: 0 }]`, 'names an outcome or rules'],
    [`given: [${TX}], expect: [{ at: 0, after: 0 }]`, 'names an outcome or rules'],
    [`given: [${TX}], expect: [{ at: 200001, outcome: hold }]`, 'from -200000 to 200000'],
    [`given: [${TX}], expect: [{ at: -200001, outcome: hold }]`, 'from -200000 to 200000'],
    [`given: [${TX}], expect: [{ at: 0, after: 200001, rules: a }]`, 'from -200000 to 200000'],
    [`given: [${TX}], expect: []`, 'Nothing is expected'],
    [`given: [], expect: [{ at: 0, outcome: hold }]`, 'No transactions are given'],
    [`given: [{ repeat: 2, every: 0s, tx: {} }], expect: [{ at: 0, rules: [] }]`, null],
    [`given: [{ repeat: 200001, tx: {} }], expect: [{ at: 0, rules: a }]`, 'from 1 to 200000'],
    [`given: [{ tx: { a-b: 1 } }], expect: [{ at: 0, rules: a }]`, 'has no field "a-b"'],
    [`given: [{ tx: { ip: } }], expect: [{ at: 0, rules: a }]`, 'must be a value'],
    [`given: [{ tx: { ip: [x] } }], expect: [{ at: 0, rules: a }]`, 'must be a value'],
  ];
  test.each(CASES)('%s', (part, said) => {
    const tests = `tests: [{ name: t, ${part} }]`;
    expectRules(`ruleset: t\ncurrency: CNY\nrules: [{ ${RULE} }]\n${tests}\n`, said);
  });
});

describe('a rail', () => {
  const CASES: readonly Case[] = [
    ['rail: R\nrefund: {}', null],
    ['rail: R', 'The rail has no way back'],
    ['rail: ""\nrefund: {}', '1 to 64 characters (code points)'],
    ['rail: "a\\nb"\nrefund: {}', null],
    [`rail: ${'😀'.repeat(64)}\nrefund: {}`, null],
    [`rail: ${'😀'.repeat(65)}\nrefund: {}`, '1 to 64 characters (code points)'],
    ['rail: R\nrefund: { notBefore: 0s, within: 7d }', null],
    ['rail: R\nrefund: { within: 0d }', 'Here within must be from 1ms'],
    ['rail: R\nrefund: { within: 11 months }', null],
    ['rail: R\nrefund: { within: 001 month }', null],
    ['rail: R\nrefund: { within: 120 months }', null],
    ['rail: R\nrefund: { within: 10 years }', null],
    ['rail: R\nrefund: { within: 0 months }', 'from 1 month to 10 years'],
    ['rail: R\nrefund: { within: 121 months }', 'from 1 month to 10 years'],
    ['rail: R\nrefund: { within: 0 years }', 'from 1 month to 10 years'],
    ['rail: R\nrefund: { within: 11 years }', 'from 1 month to 10 years'],
    ['rail: R\nrefund: { within: 7d, until: { cutOff: "23:00" } }', 'not both'],
    ['rail: R\nrefund: { until: { cutOff: 23:00, days: 366 } }', null],
    ['rail: R\nrefund: { until: { cutOff: "24:01" } }', 'must be a time of day'],
    ['rail: R\nrefund: {}\nqueryFirst: [1m, 2m]', null],
    ['rail: R\nrefund: {}\nqueryFirst: [0s]', 'Here queryFirst must be from 1ms'],
    ['rail: R\nrefund: {}\nqueryFirst: []', '1 to 32 durations'],
    [`rail: R\nrefund: {}\nqueryFirst: [${'1s, '.repeat(33)}]`, '1 to 32 durations'],
  ];
  test.each(CASES)('%s', (text, said) => {
    const rules = `ruleset: t\ncurrency: CNY\nrules: [{ ${RULE} }]\nrails: [it.yaml]\n`;
    expectBoth(RAIL, text, problemsOf(rules, { 'it.yaml': text }), said);
  });
});
