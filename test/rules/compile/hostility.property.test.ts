// No text of a rules file becomes code: whatever stands in names, literals, patterns, lists and
// registers, the generated source consists of the tokens below and of nothing else. No token can
// hold a text: there are no quotes, no comments, no escapes, no brackets around names of a file.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../src/domain/expression.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { textColumnOf, textsOf } from '../../../src/domain/text-column.ts';
import { DATA, rows, trees } from './random-trees.ts';
import {
  and,
  arithmetic,
  benchOf,
  call,
  compare,
  feature,
  inLiteral,
  inList,
  num,
  rule,
  scoreAll,
  str,
  truth,
  tx,
} from './trees.ts';
import type { Bench } from './trees.ts';

const KEYWORDS = ['const', 'let', 'for', 'return'];
const PARAMETERS = ['i32', 'f64', 'F', 'FI', 'L', 'K', 'R', 'V', 'rt', 'rows', 'count', 'fired'];
const LOCALS = ['row', 'b32', 'b64', 'k', 'kl', 'w', 'NaN', 'Infinity', 'Math'];
const MEMBERS = [
  'min max abs hour isoWeekday dateNumber find findComposite parts tables numberColumns',
  'textColumns calendars out startsWith endsWith contains matches size luhn expired',
  'inMaintenance compareTexts compareVersions versionLength km round lower trim',
  'featureText held kinds numbers offsets lengths sources',
].flatMap((line) => line.split(' '));
const TOKEN = new RegExp(
  [
    String.raw`\s+`,
    String.raw`\.(?:${MEMBERS.join('|')})\b`,
    String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w$.])`,
    String.raw`(?:${[...KEYWORDS, ...PARAMETERS, ...LOCALS].join('|')})\b`,
    String.raw`(?:x\d+[lho]?|[tnsz]\d+)\b`,
    String.raw`=>|===|!==|<=|>=|<<|\|=|\+\+|[-+*/%&|<>=?:;,(){}[\]]`,
  ].join('|'),
  'y',
);

/** Where the source first holds something else, or -1. */
function firstForeign(source: string): number {
  TOKEN.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(source);
    if (token === null) return at;
    // Two characters that begin a comment are two operators to the list above.
    if (source.startsWith('//', at) || source.startsWith('/*', at)) return at;
    at = TOKEN.lastIndex;
  }
  return -1;
}

function foreignParts(bench: Bench): string[] {
  return scoreAll(bench)
    .program.describeSources()
    .flatMap((source) => {
      const at = firstForeign(source);
      return at < 0 ? [] : [source.slice(Math.max(0, at - 40), at + 40)];
    });
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '"; globalThis.hit = 1; "',
    "'); globalThis.hit = 1; ('",
    '`${globalThis.hit = 1}`',
    '*/ globalThis.hit = 1; /*',
    '\u2028globalThis.hit = 1\u2029',
    '\\"\\u0022',
    '__proto__',
    'constructor',
    'x0',
    '</script>',
    '\u0000',
  ),
);

/** The same tree with every text of it replaced. */
function withTexts<T>(tree: T, next: () => string): T {
  if (Array.isArray(tree)) return tree.map((item: unknown) => withTexts(item, next)) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const entries = Object.entries(tree).map(([key, value]: [string, unknown]) => [
    key,
    key === 'text' ? next() : withTexts(value, next),
  ]);
  return Object.fromEntries(entries) as T;
}

describe('generated source', () => {
  it('consists of known tokens, whatever the file says', () => {
    const files = fc.array(trees.condition, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(files, rows, fc.infiniteStream(hostile), (conditions, table, stream) => {
        const texts = stream[Symbol.iterator]();
        const next = (): string => texts.next().value as string;
        const literal = (): Expression => str(next());
        const rules = conditions.map((e, i) => {
          const more = and(
            inLiteral(tx('city'), ...Array.from({ length: i }, literal)),
            call('startsWith', tx('city'), literal()),
            inList(0, tx('merchant')),
          );
          const when = withTexts(and(e, more), next);
          return { ...rule(next(), when), description: next(), trigger: next() };
        });
        const plan: Partial<Plan> = {
          ...DATA,
          ruleset: next(),
          version: next(),
          lists: [
            { name: next(), values: textColumnOf([...new Set([next(), next(), next()])]) },
            { name: next(), values: textColumnOf([]) },
          ],
          registers: (DATA.registers ?? []).map((register) => ({
            ...register,
            name: next(),
            keyColumns: register.keyColumns.map(() => next()),
            columns: register.columns.map((column) => ({
              ...column,
              name: next(),
              texts: column.texts && textColumnOf(textsOf(column.texts).map(() => next())),
            })),
          })),
          rules,
          exempt: [{ id: next(), when: conditions[0] as Expression, from: ['hold'], rules: null }],
        };
        expect(foreignParts(benchOf(plan, table))).toEqual([]);
      }),
      { numRuns: 100 },
    );
    expect(Reflect.get(globalThis, 'hit')).toBeUndefined();
  });

  it.each(['"', "'", '`', '$', '\\', '//', '/*', '#', '@', 'process', 'x', '.constructor', '1n'])(
    'would not pass with %s in it',
    (text) => {
      expect(firstForeign(`const x0 = 1;${text};`)).toBeGreaterThan(0);
    },
  );

  // Nothing of this comes out of the checker: the compiler trusts it no further than it must.
  it.each([
    { name: 'a number', e: compare({ ...num(1), value: '1;hit()' } as never, '<', tx('x')) },
    { name: 'null as a number', e: compare({ ...num(1), value: null } as never, '<', tx('x')) },
    { name: 'an operator', e: compare(tx('x'), '<1;hit();1<' as never, tx('y')) },
    { name: 'an arithmetic operator', e: arithmetic(tx('x'), '+hit()+' as never, tx('y')) },
    { name: 'a function', e: { ...call('min', tx('x')), name: 'constructor' } as never },
    { name: 'a field', e: truth({ ...tx('x'), field: 'constructor' } as never) },
    { name: 'a feature', e: truth({ ...feature(0), feature: '0]+hit()' } as never) },
    { name: 'a list', e: { ...inList(0, tx('city')), index: '__proto__' } as never },
    { name: 'a text instead of a pattern', e: call('matches', tx('city'), tx('city')) },
  ])('refuses $name that is none', ({ e }) => {
    const bench = benchOf({ ...DATA, rules: [rule('r', e)] }, [{ x: 1, city: 'A' }]);
    expect(() => scoreAll(bench)).toThrow(/./);
  });
});
