// A rules file is from strangers: whatever stands in it, the front end ends, with a plan or with
// problems, and never with an exception; and no text of theirs reaches a terminal raw.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/rules/front/load.ts';
import { FILES, load, withCondition } from './help.ts';

const NASTY = [
  "'); process.exit()//",
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '`${process.exit()}`',
  '\u2028',
  '\u0000',
  '\ud800',
  '*/',
  '</script>',
  '"',
  "'",
  '\\',
  '&a [*a]',
  '<<',
  '!!js/function',
  '%YAML 1.1',
  '---',
  '? [a]',
  '{',
  '[',
  '- ',
  ': ',
  '\n',
  '\r\n',
  '  ',
];
const CEL =
  'tx . amount account count ( ) "10m" , [ ] && || ! == < in staff merchants tx.merchant 5 50.00 ? : ' +
  '- * / small isSmall has true tx.vip min matches prior payment of event . state age ( ) conflict "1h" > r"x" b"x" { }';
const YAML_KEYS =
  'ruleset rules let lists registers tests fields id when outcome hold POLICY 5 "x"';
const YAML_WORDS = [
  ': ',
  '\n',
  '\n  ',
  '\n  - ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  'tx.lat > 5',
  ...NASTY,
].concat(YAML_KEYS.split(' '));

function ends(text: string): void {
  const result = load(text, FILES);
  if (result.ok) {
    expect(structuredClone(result.plan)).toEqual(result.plan);
    return;
  }
  expect(result.problems.length).toBeGreaterThan(0);
  for (const problem of result.problems) {
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.column).toBeGreaterThan(0);
    expect(formatProblem(problem)).not.toMatch(/[^\P{Cc}\t\n]|\p{Cf}|\p{Zl}/u);
  }
}

describe('hostile rules files', () => {
  test('any text as a file', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), ends), { numRuns: 300 });
  });

  test('words of YAML in any order', () => {
    const words = fc.array(fc.constantFrom(...YAML_WORDS), { maxLength: 40 });
    fc.assert(
      fc.property(words, (parts) => ends(parts.join(''))),
      { numRuns: 600 },
    );
  });

  test('a text that a library repeats in its own message', () => {
    ends('%YAML 1.1\u0000');
  });

  test('words of expressions in any order', () => {
    const words = fc.array(fc.constantFrom(...CEL.split(' '), ...NASTY.slice(0, 6)), {
      maxLength: 25,
    });
    fc.assert(
      fc.property(words, (parts) => ends(withCondition(parts.join(' ')))),
      { numRuns: 600 },
    );
  });

  test('any text as a name, an id, a key, a value', () => {
    const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, fc.nat(8), (word, where) => {
        const quoted = JSON.stringify(word);
        const at = (slot: number, otherwise: string): string =>
          slot === where ? quoted : otherwise;
        ends(`ruleset: ${at(0, 't')}
${at(1, 'version')}: 1
currency: ${at(2, 'CNY')}
fields: { ${at(3, 'own')}: string }
lists: { ${at(4, 'staff')}: staff.csv }
let: { ${at(5, 'isFar')}: tx.lat > 5 }
rules:
  - { id: ${at(6, 'a')}, when: tx.lat > 5, outcome: hold, reason: ${at(7, 'POLICY')} }
tests:
  - { name: n, given: [{ tx: { ${at(8, 'account')}: A } }], expect: [{ at: 0, outcome: allow }] }
`);
      }),
      { numRuns: 400 },
    );
  });

  test('names that plain objects have are names like others', () => {
    const result = load(
      `ruleset: t
fields: { constructor: string, valueOf: number }
lists: { toString: staff.csv }
let: { hasOwnProperty: tx.valueOf > 5 }
entities: { isPrototypeOf: [constructor] }
rules:
  - id: constructor
    when: tx.constructor in toString && hasOwnProperty && isPrototypeOf.count("1h") > 1
    outcome: hold
    reason: POLICY
`,
      FILES,
    );
    expect(result.ok && result.plan.features.map(({ key }) => key)).toEqual([
      'isPrototypeOf.count(1h)',
    ]);
  });
});
