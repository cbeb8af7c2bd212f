import { expect, test } from 'vitest';
import * as text from '../../src/cli/format-text.ts';

test.each([
  [text.withCommas(0), '0'],
  [text.withCommas(999), '999'],
  [text.withCommas(1234567.4), '1,234,567'],
  [text.bytesText(1023), '1023 B'],
  [text.bytesText(1536), '1.5 KiB'],
  [text.bytesText(700 * 1024 * 1024), '700 MiB'],
  [text.microsText(5), '5.0 µs'],
  [text.microsText(480), '480 µs'],
  [text.microsText(12_345), '12.3 ms'],
  [text.microsText(1_200_000), '1.20 s'],
  [text.spanText(80), '0.1 s'],
  [text.spanText(125_000), '2 min 5 s'],
  [text.spanText(11_520_000), '3 h 12 min'],
  [text.percentText(0, 0), '0 %'],
  [text.percentText(1, 3), '33.3 %'],
  [text.percentText(1, 100_000), '0.001 %'],
  [text.percentText(5, 5), '100 %'],
  [text.counted(1, 'row'), '1 row'],
  [text.counted(2000, 'row'), '2,000 rows'],
  [text.durationText(0), '0 s'],
  [text.durationText(2_592_300_000), '30 d 5 min'],
  [text.durationText(90_061_001), '1 d 1 h 1 min 1 s 1 ms'],
])('%s', (got, wanted) => {
  expect(got).toBe(wanted);
});

test.each([
  ['a bb ccc', '- ', 20, ['- a bb ccc']],
  ['a bb ccc', '- ', 6, ['- a bb', '  ccc']],
  ['longer than that', '- ', 5, ['- longer', '  than', '  that']],
])('%j after %j in %i columns', (words, head, columns, lines) => {
  expect(text.wrapped(words, head, columns)).toEqual(lines);
});
