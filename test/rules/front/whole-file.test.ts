// What is refused of a file as a whole and of its sections: place, sentence, near miss. What
// fixtures/broken shows is in broken-files.test.ts.

import { describe, expect, test } from 'vitest';
import { load, planOf, problemsOf } from './help.ts';

const HEAD = 'ruleset: t\ncurrency: CNY\n';
const RULES = 'rules:\n  - { id: a, when: tx.amount > 5, outcome: hold, reason: POLICY }\n';
const RAIL = 'rail: r\nrefund: { within: 7d }\n';

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
    ['guard: { x: 5 }', ['3:10 Unknown key "x" in "guard"; it has no keys in this version.']],
    ['guard: [5]', ['3:8 Here "guard" must be a map of keys and values.']],
    ['guard: 5', ['3:8 Here "guard" must be a map of keys and values.']],
  ])('%s', (section, expected) => {
    expect(problemsOf(`${HEAD}${section}\n${RULES}`)).toEqual(expected);
  });
});

test('a file that is well', () => {
  expect(load(HEAD + RULES)).toMatchObject({ ok: true, warnings: [] });
});
