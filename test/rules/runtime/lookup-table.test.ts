import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_HASH_KEY, hashString } from '../../../src/base/hash.ts';
import { LOOKUP, LookupTable, composeKey } from '../../../src/rules/runtime/lookup-table.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';

/** @param keys rows × parts */
function tableOf(
  keys: readonly (readonly string[])[],
  partCount = keys[0]?.length ?? 1,
): LookupTable {
  const parts = Array.from({ length: partCount }, (_, part) =>
    textColumnOf(keys.map((key) => key[part] ?? '')),
  );
  return new LookupTable('register r', parts, DEFAULT_HASH_KEY);
}

function findParts(table: LookupTable, parts: readonly string[]): number {
  if (parts.length === 1) {
    const [lo, hi] = hashString(parts[0] as string, DEFAULT_HASH_KEY);
    return table.find(lo, hi, 1);
  }
  table.parts.set(parts.flatMap((part) => hashString(part, DEFAULT_HASH_KEY)));
  return table.findComposite(parts.length, 0);
}

describe('LookupTable', () => {
  it.each([1, 2, 3])('finds every row of keys with %i parts, and nothing else', (partCount) => {
    const part = fc.string({ maxLength: 4 });
    const key = fc.array(part, { minLength: partCount, maxLength: partCount });
    const keys = fc.uniqueArray(key, { maxLength: 60, selector: (one) => JSON.stringify(one) });
    fc.assert(
      fc.property(keys, fc.array(key), (rows, others) => {
        const table = tableOf(rows, partCount);
        rows.forEach((one, row) => expect(findParts(table, one)).toBe(row));
        for (const one of others) {
          const row = rows.findIndex((known) => known.every((value, i) => value === one[i]));
          expect(findParts(table, one)).toBe(row);
        }
      }),
    );
  });

  it('tells a missing key from an absent one', () => {
    const table = tableOf([['a']]);
    const [lo, hi] = hashString('a', DEFAULT_HASH_KEY);
    expect(table.find(lo, hi, -1)).toBe(LOOKUP.missingKey);
    expect(table.findComposite(2, 3 | -1)).toBe(LOOKUP.missingKey);
    expect(table.find(lo, hi ^ 1, 1)).toBe(LOOKUP.absent);
  });

  it('refuses two keys of one hash', () => {
    expect(() => tableOf([['a'], ['a']])).toThrow(
      /two keys of register r have one 64-bit hash \(or row 2 repeats a key\)/,
    );
  });

  it('keeps the order and the borders of key parts apart', () => {
    const table = tableOf([['ab', 'c']]);
    expect(findParts(table, ['ab', 'c'])).toBe(0);
    expect(findParts(table, ['a', 'bc'])).toBe(-1);
    expect(findParts(table, ['c', 'ab'])).toBe(-1);
  });

  it('composes keys as entities do', () => {
    const words = new Int32Array([
      ...hashString('A', DEFAULT_HASH_KEY),
      ...hashString('B', DEFAULT_HASH_KEY),
    ]);
    const out = new Int32Array(2);
    composeKey(words, 4, DEFAULT_HASH_KEY, out);
    const table = tableOf([['A', 'B']]);
    expect(table.find(out[0] as number, out[1] as number, 0)).toBe(0);
  });
});
