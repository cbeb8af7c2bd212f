import { expect, test } from 'vitest';
import { codeOf } from './code-text.ts';

test.each([
  ['a = 1; // let b', 'a = 1;         '],
  ['a /* x\ny */ b', 'a     \n     b'],
  ["a('it\\'s // b')", "a('          ')"],
  ['a = `let\nb`; c', 'a = `   \n `; c'],
  ['a = `x ${b + `y ${c}`} z`; d', 'a = `   {b + `   {c}`}  `; d'],
  ['a = `${{ b: {} }}x`; c', 'a = ` {{ b: {} }} `; c'],
  ['a.replace(/["\'`/]+[/`]/g, b)', 'a.replace(/           /g, b)'],
  ['a = b / c; d = "e" / f', 'a = b / c; d = " " / f'],
])('%j', (text, code) => {
  expect(codeOf(text)).toBe(code);
});
