// Lines of a rules file that stand wrong: each is told once, where it stands.

import { expect, test } from 'vitest';
import { problemsOf } from './help.ts';

const HEAD = 'ruleset: x\ncurrency: CNY\nrules:\n';
const KEYS = 'keys that belong together begin in the same column.';
const ITEMS = 'items that belong together begin in the same column.';

test.each([
  [
    '  - id: a\n    when: tx.amount > 5\n     outcome: hold\n    reason: POLICY\n',
    `6:6 The YAML is not well-formed: "outcome" is indented 1 blank deeper than "when" above it: ${KEYS}`,
  ],
  [
    '  - id: a\n     when: tx.amount > 5\n     outcome: hold\n     reason: POLICY\n',
    `5:6 The YAML is not well-formed: "when" is indented 1 blank deeper than "id" above it: ${KEYS}`,
  ],
  [
    '  - id: a\n   when: tx.amount > 5\n    outcome: hold\n    reason: POLICY\n',
    `5:4 The YAML is not well-formed: "when" is indented 1 blank less than "id" above it: ${KEYS}`,
  ],
  [
    '  - id: a\n    reason: POLICY\n # the next\n - id: b\n   reason: POLICY\n',
    `7:2 The YAML is not well-formed: This "-" is indented 1 blank less than the "-" above it: ${ITEMS}`,
  ],
  [
    '  - id: a\n    reason: POLICY\n    - id: b\n      reason: POLICY\n',
    `6:5 The YAML is not well-formed: This "-" is indented 2 blanks deeper than the "-" above it: ${ITEMS}`,
  ],
  [
    '  - id: a\n\twhen: tx.amount > 5\n    outcome: hold\n',
    '5:1 The YAML is not well-formed: Tabs are not allowed as indentation.',
  ],
  [
    '  -id: a\n   when: tx.amount > 5\n',
    '4:3 The YAML is not well-formed: A blank is needed after the dash: write "- id: a".',
  ],
  [
    '  - id:a\n    when: tx.amount > 5\n',
    '4:5 The YAML is not well-formed: A blank is needed after the colon: write "id: a".',
  ],
  [
    '  - id: a\n    when:tx.amount > 5\n    outcome: hold\n',
    '5:5 The YAML is not well-formed: A blank is needed after the colon: write "when: tx.amount > 5".',
  ],
  [
    '  - id: a\n    outcome: hold\n    when:tx.amount > 5\n',
    '6:5 The YAML is not well-formed: A blank is needed after the colon: write "when: tx.amount > 5".',
  ],
  [
    '  - id: a\n    when: >-\n    tx.amount > 5\n    outcome: hold\n',
    '6:5 The YAML is not well-formed: The text of "when" begins here: indent it deeper than its key.',
  ],
  [
    '  - id: a\n    when: tx.amount > 5\n    && tx.lat > 5\n    outcome: hold\n',
    '6:5 The YAML is not well-formed: The value of "when" goes on here: indent it deeper than its key.',
  ],
  [
    '  - id: a\n    when: tx.amount > 5\n      && this: that\n    outcome: hold\n',
    '6:7 The YAML is not well-formed: a value that contains ": " must be quoted or written after ">-" on lines of its own.',
  ],
  [
    '  - id: a\n    description: as said: often\n    when: tx.amount > 5\n',
    '5:18 The YAML is not well-formed: a value that contains ": " must be quoted or written after ">-" on lines of its own.',
  ],
])('%j', (rules, problem) => {
  expect(problemsOf(HEAD + rules)).toEqual([problem]);
});

test('a card number in such a line is masked', () => {
  const [problem] = problemsOf(`${HEAD}  - id:4111111111111111\n    when: tx.amount > 5\n`);
  expect(problem).toContain('A blank is needed after the colon');
  expect(problem).not.toContain('4111111111111111');
});

test.each(['{"id":"p","amount":[1]}\n', '[1]\n'])('rows of JSON, %j, are no rules', (row) => {
  expect(problemsOf(row.repeat(200))).toEqual([
    '2:1 A second value begins here: this is no rules file, which is one map of keys.',
  ]);
});
