// The reader of CSV against the cells that a file was written from.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextBytes, TextColumnBuilder, textsOf } from '../../../src/domain/text-column.ts';
import { CsvReader } from '../../../src/rules/front/csv.ts';
import { Problems } from '../../../src/rules/front/problem.ts';
import { SourceFile, countLines } from '../../../src/rules/front/source-file.ts';

/** A cell's text, and as it stands in a file. */
type Written = readonly [text: string, written: string];

const word = fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', 'é', '東', '😀', "'") });
const blanks = fc.string({ unit: fc.constantFrom(' ', '\t', '\u00a0', '\ufeff'), maxLength: 2 });
const plain = fc
  .tuple(blanks, word, blanks)
  .map(([before, text, after]): Written => [text.trim(), `${before}${text}${after}`]);
const quoted = fc
  .string({ unit: fc.constantFrom('a', ' ', '"', ',', '\n', '\r', '東') })
  .map((text): Written => [text, `"${text.replaceAll('"', '""')}"`]);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n');

test('cells come back as they were written, as strings and in columns', () => {
  const record = fc.tuple(fc.oneof(plain, quoted), fc.oneof(plain, quoted), lineEnd);
  fc.assert(
    fc.property(fc.array(record), fc.boolean(), (records, isEnded) => {
      const lines = records.map(([a, b, end]) => `${a[1]},${b[1]}${end}`);
      const text = `x,y\n${lines.join('')}${isEnded ? '' : '1,2'}`;
      const wanted = records.map(([a, b]) => [a[0], b[0]]).concat(isEnded ? [] : [['1', '2']]);
      const file = new SourceFile('f.csv', text);
      const problems = new Problems();
      const reader = new CsvReader(file, problems);
      expect(reader.header()).toEqual(['x', 'y']);
      const bytes = new TextBytes(Buffer.byteLength(text));
      const columns = [0, 1].map(() => new TextColumnBuilder(bytes, countLines(file)));
      const cells: string[][] = [];
      for (let next = reader.next(2); next !== null; next = reader.next(2)) {
        cells.push([next.cell(0), next.cell(1)]);
        for (const [index, column] of columns.entries()) {
          expect(next.isEmpty(index)).toBe(next.cell(index) === '');
          next.addTo(column, index);
        }
      }
      expect(problems.errors).toEqual([]);
      expect(cells).toEqual(wanted);
      const [left = [], right = []] = columns.map((column) => textsOf(column.finish()));
      expect(left.map((one, row) => [one, right[row]])).toEqual(wanted);
    }),
  );
});

test.each(['', 'a', 'a\n', 'a\r\nb', 'a\rb\r', '\r\n\r\n', 'a\n\rb'])(
  'lines of %j are counted as they are found',
  (text) => {
    const file = new SourceFile('f.csv', text);
    expect(countLines(file)).toBe(file.lineStarts.length);
  },
);
