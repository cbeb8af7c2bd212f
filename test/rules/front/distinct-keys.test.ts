// The table of keys against a Map of their texts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextBytes, TextColumnBuilder } from '../../../src/domain/text-column.ts';
import { DistinctKeys } from '../../../src/rules/front/distinct-keys.ts';

const part = fc.option(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 5 }), {
  nil: null,
});

function columnFor(rowsMax: number): TextColumnBuilder {
  return new TextColumnBuilder(new TextBytes(rowsMax * 10), rowsMax);
}

test.each([1, 2, 3])('finds the first row of each key of %i parts', (partCount) => {
  const key = fc.array(part, { minLength: partCount, maxLength: partCount });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 1500, size: 'max' }), (keys) => {
      const columns = Array.from({ length: partCount }, () => columnFor(keys.length));
      const distinct = new DistinctKeys(columns, keys.length);
      const rowOfKey = new Map<string, number>();
      keys.forEach((texts, row) => {
        columns.forEach((column, i) => column.add(texts[i] ?? null));
        const joined = JSON.stringify(texts);
        expect(distinct.add(row)).toBe(rowOfKey.get(joined) ?? -1);
        if (!rowOfKey.has(joined)) rowOfKey.set(joined, row);
      });
    }),
    { numRuns: 30 },
  );
});

test('knows thousands of keys, rows dropped in between', () => {
  const values = columnFor(20_000);
  const distinct = new DistinctKeys([values], 20_000);
  for (let i = 0; i < 20_000; i++) {
    values.add(`key ${i % 7000}`);
    const earlier = distinct.add(values.rowCount - 1);
    expect(earlier).toBe(i < 7000 ? -1 : i % 7000);
    if (earlier !== -1) values.dropLast();
  }
  expect(values.rowCount).toBe(7000);
});
