// A place inside an expression is the line and column where an editor would put the cursor, however
// YAML writes the expression.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../../src/rules/front/yaml-tree.ts';
import { Problems } from '../../../src/rules/front/problem.ts';
import { scalarOffsets } from '../../../src/rules/front/scalar-offsets.ts';
import { SourceFile, lineText, placeOf } from '../../../src/rules/front/source-file.ts';

interface Style {
  readonly name: string;
  readonly write: (words: readonly string[]) => string;
}

// Words hold no quotes or escapes here; those have rows of their own below.
const STYLES: readonly Style[] = [
  { name: 'plain', write: (words) => `when: ${words.join(' ')}\n` },
  { name: 'plain over lines', write: (words) => `a:\n  when: ${words.join('\n    ')}\n` },
  { name: 'single', write: (words) => `when: '${words.join(' ')}'\n` },
  { name: 'double', write: (words) => `when: "${words.join(' ')}"\n` },
  { name: 'double over lines', write: (words) => `when: "${words.join('\n\n  ')}"\n` },
  { name: 'literal', write: (words) => `when: |\n  ${words.join('\n  ')}\n` },
  { name: 'literal, more indented', write: (words) => `when: |-\n    ${words.join('\n      ')}\n` },
  { name: 'folded', write: (words) => `when: >-\n  ${words.join('\n  ')}\n` },
  { name: 'folded with gaps', write: (words) => `when: >\n  ${words.join('\n\n    ')}\n` },
  { name: 'literal with CRLF', write: (words) => `when: |\r\n  ${words.join('\r\n  ')}\r\n` },
];

function scalarOf(text: string): { value: string; offsets: Int32Array } {
  const problems = new Problems();
  let tree = parseYaml(new SourceFile('x.yaml', text), problems);
  expect(problems.errors).toEqual([]);
  while (tree?.kind === 'map') tree = tree.entries[0]?.value ?? null;
  if (tree?.kind !== 'scalar') throw new Error('no scalar');
  return { value: tree.text, offsets: scalarOffsets(tree) };
}

describe('places inside expressions', () => {
  test.each(STYLES)('$name: every character stands where it is written', ({ write }) => {
    const word = fc.stringMatching(/^[a-z(][a-z0-9.()=<>&+é—😀]{0,6}$/u);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const text = write(words);
        const { value, offsets } = scalarOf(text);
        for (let i = 0; i < value.length; i++) {
          if (/\S/.test(value[i] as string)) expect(text[offsets[i] as number]).toBe(value[i]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["when: 'it''s = x'\n", '=', 14],
    ['when: "a\\"b\\" = x"\n', '=', 15],
    ['when: "\\x41\\u0042 = x"\n', '=', 19],
    ['when: "ab\\\n  c = x"\n', '=', 5],
    ['when: >- # a note\n  ab\n  = x\n', '=', 3],
  ])('%j', (text, char, column) => {
    const { value, offsets } = scalarOf(text);
    const offset = offsets[value.indexOf(char)] as number;
    expect(text[offset]).toBe(char);
    expect(placeOf(new SourceFile('x', text), offset).column).toBe(column);
  });

  test('lines end in LF, CRLF or CR', () => {
    const file = new SourceFile('x', 'a\nb\r\nc\rd');
    expect([1, 2, 3, 4, 5].map((line) => lineText(file, line))).toEqual(['a', 'b', 'c', 'd', '']);
    expect(placeOf(file, 7)).toEqual({ file: 'x', line: 4, column: 1 });
  });
});
