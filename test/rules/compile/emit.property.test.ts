import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negate } from '../../../src/rules/compile/negate.ts';
import { holds, valueOf } from './naive.ts';
import { DATA, rows, trees } from './random-trees.ts';
import { benchOf, conditionsOf, numbersOf, rule, scoreAll } from './trees.ts';

/** NaN, as the compiler has it, for a missing number; -0 is 0. */
const asDouble = (value: unknown): number => (typeof value === 'number' ? value + 0 : NaN);

describe('compiled expressions against a plain evaluator', () => {
  it('numbers', () => {
    fc.assert(
      fc.property(trees.number, rows, (e, table) => {
        const bench = benchOf(DATA, table);
        const expected = table.map((row) => asDouble(valueOf(e, row, bench.plan)));
        expect(numbersOf(bench, e).map(asDouble)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('conditions, their negations, and both as values', () => {
    fc.assert(
      fc.property(trees.condition, rows, (e, table) => {
        const bench = benchOf(DATA, table, true);
        const expected = table.map((row) => holds(e, row, bench.plan));
        expect(conditionsOf(bench, e)).toEqual(expected);
        const opposite = table.map((row) => holds(negate(e), row, bench.plan));
        expect(conditionsOf(bench, negate(e))).toEqual(opposite);
        expect(expected.some((one, i) => one && opposite[i])).toBe(false);
        const values = table.map((row) => asDouble(valueOf(e, row, bench.plan)));
        expect(numbersOf(bench, e).map(asDouble)).toEqual(values);
      }),
      { numRuns: 1500 },
    );
  });

  it('whole rule files: chunks, shared lookups, guards', () => {
    const files = fc.array(trees.condition, { minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(files, rows, (conditions, table) => {
        const rules = conditions.map((e, i) => rule(`r${i}`, e));
        const bench = benchOf({ ...DATA, rules }, table);
        const expected = table.map((row) =>
          rules.flatMap(({ id, when }) => (holds(when, row, bench.plan) ? [id] : [])),
        );
        expect(scoreAll(bench).ids).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
