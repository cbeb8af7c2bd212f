// What is refused of a file as a whole and of its sections: place, sentence, near miss. What
// fixtures/broken shows is in broken-files.test.ts.

import { describe, expect, test } from 'vitest';
import { nearMiss } from '../../../src/rules/front/near-miss.ts';
import { load, planOf, problemsOf } from './help.ts';

const HEAD = 'ruleset: t\ncurrency: CNY\n';
const RULES = 'rules:\n  - { id: a, when: tx.amount > 5, outcome: hold, reason: POLICY }\n';
const RAIL = 'rail: r\nrefund: { within: 7d }\n';

describe('YAML', () => {
  test.each([
    [
      `${HEAD}rules:\n  - id: "a\n    when: tx.amount > 5\n`,
      '4:9 The quote that opens here is never closed.',
    ],
    [`description: 'x'\nruleset: 't\n${RULES}`, '2:10 The quote that opens here is never closed.'],
    [(HEAD + RULES).replaceAll('\n', '\r'), '1:1 The lines end in CR alone: write LF or CRLF.'],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});

describe('one document a file', () => {
  const another = 'One document a file: here another begins, which would not be read.';

  test.each([
    ['after ---', `${HEAD}${RULES}---\nrules: []\n`, '5:1'],
    ['after ---, empty', `${HEAD}${RULES}---\n`, '5:1'],
    ['after ...', `${HEAD}${RULES}...\nrules: []\n`, '6:1'],
    ['a first one that is empty', `---\n---\n${HEAD}${RULES}`, '2:1'],
  ])('%s', (_, text, place) => {
    expect(problemsOf(text)).toEqual([`${place} ${another}`]);
  });

  test('an included file', () => {
    const files = { 'more.yaml': `${RULES}---\nscore: { hold: 5 }\n` };
    expect(problemsOf(`${HEAD}include: more.yaml\n`, files)).toEqual([`3:1 ${another}`]);
  });

  test('a file of a rail', () => {
    const files = { 'r.yaml': `${RAIL}---\nqueryFirst: [5m]\n` };
    expect(problemsOf(`${HEAD}rails: r.yaml\n${RULES}`, files)).toEqual([`3:1 ${another}`]);
  });

  test('a directive after its end', () => {
    expect(problemsOf(`${HEAD}${RULES}...\n# and then\n%TAG ! tag:x\n`)).toEqual([
      '7:1 Directives (lines that begin with %) are not allowed here.',
    ]);
  });

  test('its beginning and its end may be marked', () => {
    expect(planOf(`# a file\n---\n${HEAD}${RULES}...\n# no more\n`).rules).toHaveLength(1);
  });
});

describe('sections', () => {
  test.each([
    ['version: ""', ['3:10 A value is missing: version is expected.']],
    ['version: null', ['3:10 A value is missing: version is expected.']],
    ['version: {}', ['3:10 Here version must be a single value.']],
    ['include: ""', ["3:10 A file's name is expected here."]],
    ['rates: ""', ["3:8 A file's name is expected here."]],
    ['rails: [""]', ["3:9 A file's name is expected here."]],
    ['lists: { l: "" }', ["3:13 A file's name is expected here."]],
    ['lists: { l: [A1, A2] }', ['3:13 Here a list must be the path of a CSV file.']],
    ['registers: { r: { file: "", key: a } }', ["3:25 A file's name is expected here."]],
    ['timezon: x', ['3:1 Unknown key "timezon" in the rules file. (did you mean timezone)']],
    ['guard: [5]', ['3:8 Here "guard" must be a map of keys and values.']],
    ['guard: 5', ['3:8 Here "guard" must be a map of keys and values.']],
  ])('%s', (section, expected) => {
    expect(problemsOf(`${HEAD}${section}\n${RULES}`)).toEqual(expected);
  });
});

test('a set of rules without a name', () => {
  expect(problemsOf(`ruleset: ""\ncurrency: CNY\n${RULES}`)).toEqual([
    '1:10 A value is missing: ruleset is expected.',
  ]);
});

describe('rules', () => {
  test('a key that is mistyped is not missing, too', () => {
    const text = `${HEAD}rules:\n  - id: a\n    wen: tx.amount > 5\n    outcom: hold\n    reson: POLICY\n`;
    const expected =
      'expected id, trigger, description, when, mode, outcome, reason, score or hold.';
    expect(problemsOf(text)).toEqual([
      `5:5 Unknown key "wen" in a rule; ${expected} (did you mean when)`,
      `6:5 Unknown key "outcom" in a rule; ${expected} (did you mean outcome)`,
      `7:5 Unknown key "reson" in a rule; ${expected} (did you mean reason)`,
    ]);
  });

  test('a comma inside { } ends the value', () => {
    const text = `${HEAD}rules:\n  - { id: a, when: ip.count("1h", tx.lat > 5) > 1, outcome: hold, reason: POLICY }\n`;
    expect(problemsOf(text).at(-1)).toContain(
      'A comma ends a value inside { }: a condition that has one must be quoted as a whole.',
    );
  });

  test('an id that is used twice', () => {
    const files = { 'more.yaml': RULES };
    expect(problemsOf(`${HEAD}include: more.yaml\n${RULES}`, files)).toEqual([
      '5:11 The id "a" is used twice: first in "more.yaml", line 2.',
    ]);
  });
});

describe('values of a test', () => {
  test.each([
    ['amount: "6"', '8:29 Here tx.amount must be an amount, not "6": write 6 without quotes.'],
    ['amount: 1e300', '8:29 The amount "1e300" is too large.'],
    ['amount: 6.001', '8:29 "6.001" is no amount of "CNY", which has 2 decimals.'],
    [
      'lat: "5"',
      '8:26 Here tx.lat must be degrees from -90 to 90, not "5": write 5 without quotes.',
    ],
    [
      'durationMs: 1e300',
      '8:33 Here tx.durationMs must be a whole number, not "1e300", which is too large.',
    ],
    [
      'signed: "true"',
      '8:29 Here tx.signed must be true or false, not "true": write true without quotes.',
    ],
  ])('%s', (value, problem) => {
    const text = `${HEAD}fields: { signed: boolean }\n${RULES}tests:\n  - name: n\n    given: [{ tx: { ${value} } }]\n    expect: [{ at: 0, outcome: hold }]\n`;
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('one transaction is one', () => {
    const text = `${HEAD}${RULES}tests:\n  - { name: n, given: [{ tx: { lat: 5 } }], expect: [{ at: 1, outcome: hold }] }\n`;
    expect(problemsOf(text)).toEqual(['6:60 There is 1 transaction: "at" is from -1 to 0, not 1.']);
  });
});

describe('near misses of short names', () => {
  test.each([
    ['x', ['l', 'is', 'y'], null],
    ['IP', ['at', 'ip'], 'ip'],
    ['nmu', ['sum', 'num'], 'num'],
    ['mac', ['mcc', 'max'], null],
    ['wen', ['id', 'when'], 'when'],
    ['lim', ['limit'], 'limit'],
  ])('%s', (word, candidates, near) => {
    expect(nearMiss(word, candidates)).toBe(near);
  });
});

describe('exemptions that can do nothing: a warning', () => {
  const rules = `rules:
  - { id: held, when: tx.lat > 5, outcome: hold, reason: POLICY }
  - { id: turned, when: tx.lat > 5, mode: shadow, outcome: reverse, reason: POLICY }
  - { id: counted, when: tx.lat > 5, mode: score, score: 5 }
exempt:
`;
  const warningsOf = (clause: string): unknown => {
    const result = load(`ruleset: t\n${rules}  - { id: e, when: tx.lat > 6, ${clause} }\n`);
    return result.ok
      ? result.warnings.map(({ line, column, message }) => `${line}:${column} ${message}`)
      : result.problems;
  };

  test.each([
    [
      'from: [allow]',
      '7:38 This exemption changes no decision: allow is what is decided without an outcome, too.',
    ],
    [
      'rules: [counted]',
      '7:39 This exemption can do nothing: a rule with mode: score has no outcome to take away.',
    ],
    [
      'from: [reverse, allow], rules: [held, counted]',
      '7:38 This exemption can do nothing: none of the named rules has the outcome reverse.',
    ],
  ])('%s', (clause, warning) => {
    expect(warningsOf(clause)).toEqual([warning]);
  });

  test.each(['from: [hold]', 'rules: [counted, held]', 'from: [reverse], rules: [turned]'])(
    '%s can',
    (clause) => {
      expect(warningsOf(clause)).toEqual([]);
    },
  );
});

describe('registers', () => {
  const problemsOfRegister = (register: string, csv: string, when = 'tx.lat > 5'): string[] =>
    problemsOf(
      `ruleset: t\nregisters: { r: ${register} }\nrules: [{ id: a, when: '${when}', outcome: hold, reason: POLICY }]\n`,
      { 'r.csv': csv },
    );

  test.each([['{ file: r.csv, key: [a, a] }', '2:41 The column "a" stands in the key twice.']])(
    '%s',
    (register, problem) => {
      expect(problemsOfRegister(register, 'a,b\n1,2\n')).toEqual([problem]);
    },
  );

  test.each([
    ['k;n\na;1\n', '";"'],
    ['k\tn\na\t1\n', 'tabs'],
  ])('columns are separated by commas: %j', (csv, separator) => {
    expect(problemsOfRegister('{ file: r.csv, key: k, types: { n: number } }', csv)).toEqual([
      `2:37 The columns of a register's file are separated by commas, here by ${separator}.`,
    ]);
    const text = `${HEAD}rates: r.csv\nlists: { l: r.csv }\n${RULES}`;
    expect(problemsOf(text, { 'r.csv': csv })).toEqual([
      `1:1 A file of rates has the columns currency and rate; columns are separated by commas, here by ${separator}.`,
    ]);
    const result = load(`${HEAD}lists: { l: r.csv }\n${RULES}`, { 'r.csv': csv });
    expect(result.ok && result.warnings).toMatchObject([
      {
        line: 3,
        column: 13,
        message: `Columns are separated by commas, here by ${separator}: each line is one value of the list.`,
      },
    ]);
  });

  test('a key may be said to be a text', () => {
    const register = '{ file: r.csv, key: [a, b], types: { a: string, b: version } }';
    expect(problemsOfRegister(register, 'a,b\n1,2\n')).toEqual([]);
  });

  test('numbers are decimal', () => {
    const register = '{ file: r.csv, key: k, types: { n: number } }';
    expect(problemsOfRegister(register, 'k,n\na,0x10\nb, 1e3 \n')).toEqual([
      '2:3 "0x10" is no number.',
    ]);
  });

  test('windows have a beginning or an end, in this order', () => {
    const csv = `from,to,scope
2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,T1
,,T1
,,
2026-01-02T00:00:00Z,,T1
,2026-01-02T00:00:00Z,
2026-01-02T08:00:00+08:00,2026-01-02T00:00:00Z,T1
`;
    expect(problemsOfRegister('{ file: r.csv }', csv)).toEqual([
      '2:22 This window ends before it begins, at "2026-01-02T00:00:00Z".',
      '3:1 A window needs a beginning or an end: neither "from" nor "to" is given.',
      '4:1 A window needs a beginning or an end: neither "from" nor "to" is given.',
    ]);
  });

  test('a column that no expression can name', () => {
    const register = '{ file: r.csv, key: k }';
    const when = 'r[tx.city].first-name == "x"';
    expect(problemsOfRegister(register, 'k,first-name\na,b\n', when)).toEqual([
      '3:25 Register "r" has no column "first"; it has k and first-name. "first-name" cannot be read: a column that expressions name has letters, digits and _ only.',
      '3:42 Unknown name "name".',
    ]);
  });

  test('one of windows has no key', () => {
    const csv = 'from,to,scope\n2026-01-01T00:00:00Z,,T1\n';
    expect(
      problemsOfRegister('{ file: r.csv, key: scope }', csv, 'inMaintenance(tx.terminal)'),
    ).toEqual([
      '3:25 inMaintenance needs a register without a key: "r" has from, to and scope, but also a "key", remove it.',
    ]);
  });

  test('windows are asked by inMaintenance only', () => {
    const csv = 'from,to,scope\n2026-01-01T00:00:00Z,,T1\n';
    expect(problemsOfRegister('{ file: r.csv }', csv, 'tx.terminal in r')).toEqual([
      '3:40 "r" is a register of time windows: ask inMaintenance(…).',
    ]);
  });
});

test('a file that is well', () => {
  expect(load(HEAD + RULES)).toMatchObject({ ok: true, warnings: [] });
});
