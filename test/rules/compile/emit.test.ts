import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../src/domain/expression.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { numberColumnOf } from '../../../src/domain/number-column.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';
import { Random } from '../../../src/base/random.ts';
import { negate } from '../../../src/rules/compile/negate.ts';
import { TEMP_SLOTS_MAX } from '../../../src/rules/runtime/rule-runtime.ts';
import { holds } from './naive.ts';
import {
  and,
  arithmetic,
  benchOf,
  bool,
  call,
  callWith,
  cell,
  choose,
  compare,
  conditionsOf,
  emitterOf,
  feature,
  featureOf,
  has,
  inList,
  inLiteral,
  inRegister,
  minus,
  not,
  num,
  numberFeature,
  numbersOf,
  or,
  rule,
  scoreAll,
  str,
  truth,
  tx,
} from './trees.ts';
import type { Row } from './trees.ts';

const DATA: Partial<Plan> = {
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  features: [numberFeature('f0'), featureOf('f1', 'string')],
  lists: [{ name: 'l', values: textColumnOf(['A']) }],
  registers: [
    {
      name: 'r',
      keyColumns: ['k'],
      rowCount: 2,
      keys: [textColumnOf(['A', 'B'])],
      columns: [
        { name: 'text', type: 'string', texts: textColumnOf(['x', null]), numbers: null },
        { name: 'limit', type: 'money', texts: null, numbers: numberColumnOf([100, NaN]) },
        { name: 'active', type: 'boolean', texts: null, numbers: numberColumnOf([0, 1]) },
        { name: 'minimum', type: 'version', texts: textColumnOf(['3.2', 'broken']), numbers: null },
      ],
    },
    {
      name: 'maintenance',
      keyColumns: ['id'],
      rowCount: 1,
      keys: [textColumnOf(['1'])],
      columns: [
        { name: 'from', type: 'time', texts: null, numbers: numberColumnOf([1000]) },
        { name: 'to', type: 'time', texts: null, numbers: numberColumnOf([2000]) },
        { name: 'scope', type: 'string', texts: textColumnOf(['T']), numbers: null },
      ],
    },
  ],
};

const register = (column: number, type: Expression['type']): Expression =>
  cell(0, column, type, tx('account'));
const date = (e: Expression): Expression => callWith({ zone: 'UTC' }, 'dateOf', e);
const maintenance = callWith({ register: 1 }, 'inMaintenance', tx('terminal'));

describe('a missing value makes a condition and its negation false', () => {
  const present: Row = {
    x: 1,
    y: 2,
    city: 'a',
    ip: 'b',
    flag: true,
    account: 'A',
    amount: 5,
    expiry: '2612',
    time: 1500,
    terminal: 'T',
    softwareVersion: '3.2.1',
    lat: 1,
    lon: 2,
    '#0': 3,
    '#1': 'c',
  };
  const pattern = str('a');
  const operators = ['<', '<=', '>', '>=', '==', '!='] as const;
  const conditions: [Expression, ...string[]][] = [
    ...operators.flatMap((operator): [Expression, ...string[]][] => [
      [compare(tx('x'), operator, tx('y')), 'x', 'y'],
      [compare(tx('x'), operator, num(1)), 'x'],
      [compare(feature(0), operator, num(3)), '#0'],
      [compare(tx('city'), operator, tx('ip')), 'city', 'ip'],
      [compare(tx('city'), operator, str('a')), 'city'],
      [compare(feature(1, 'string'), operator, str('c')), '#1'],
      [
        compare(call('version', tx('softwareVersion')), operator, str('3.2', 'version')),
        'softwareVersion',
      ],
      [compare(tx('amount'), operator, register(1, 'money')), 'amount', 'account'],
      [compare(tx('city'), operator, register(0, 'string')), 'city', 'account'],
      [compare(arithmetic(tx('x'), '+', tx('y')), operator, num(3)), 'x', 'y'],
      [compare(arithmetic(tx('x'), '/', tx('y')), operator, num(3)), 'x', 'y'],
      [compare(arithmetic(tx('x'), '%', tx('y')), operator, num(3)), 'x', 'y'],
      [compare(minus(tx('x')), operator, num(3)), 'x'],
      [compare(call('min', tx('x'), tx('y')), operator, num(1)), 'x', 'y'],
      [compare(call('max', tx('x'), tx('y')), operator, num(1)), 'x', 'y'],
      [compare(call('abs', tx('x')), operator, num(1)), 'x'],
      [compare(call('round', tx('x')), operator, num(1)), 'x'],
      [compare(call('size', tx('city')), operator, num(1)), 'city'],
      [compare(call('lower', tx('city')), operator, str('a')), 'city'],
      [compare(call('trim', tx('city')), operator, str('a')), 'city'],
      [compare(call('hourOf', tx('time')), operator, num(1)), 'time'],
      [compare(call('dayOfWeekOf', tx('time')), operator, num(1)), 'time'],
      [compare(call('dateOf', tx('time')), operator, num(1)), 'time'],
      [
        compare(call('kmBetween', tx('lat'), tx('lon'), num(0), num(0)), operator, num(1)),
        'lat',
        'lon',
      ],
      [
        compare(
          choose(truth(tx('flag')), truth(tx('flag'), true), tx('x'), tx('y')),
          operator,
          num(1),
        ),
        'flag',
      ],
    ]),
    [truth(tx('flag')), 'flag'],
    [truth(register(2, 'boolean')), 'account'],
    [inList(0, tx('city')), 'city'],
    [inRegister(0, tx('city')), 'city'],
    [inLiteral(tx('city'), str('b')), 'city'],
    [inLiteral(tx('city'), ...Array.from({ length: 20 }, (_, i) => str(`v${i}`))), 'city'],
    [inLiteral(tx('x'), num(2)), 'x'],
    [inLiteral(tx('city')), 'city'],
    [call('startsWith', tx('city'), tx('ip')), 'city', 'ip'],
    [call('endsWith', tx('city'), tx('ip')), 'city', 'ip'],
    [call('contains', tx('city'), tx('ip')), 'city', 'ip'],
    [call('matches', tx('city'), pattern), 'city'],
    [call('luhn', tx('city')), 'city'],
    [call('expired', tx('expiry'), tx('time')), 'expiry', 'time'],
    [maintenance, 'terminal', 'time'],
  ];
  const cases = conditions.flatMap(([e, ...names]) =>
    names.map((name) => ({ e, name, title: `${e.text} without ${name}` })),
  );

  it.each(cases)('$title', ({ e, name }) => {
    const { [name]: _, ...rest } = present;
    const bench = benchOf(DATA, [present, rest]);
    const [whole, missing] = conditionsOf(bench, e);
    const [wholeNegated, missingNegated] = conditionsOf(bench, negate(e));
    expect({ whole: whole !== wholeNegated, missing, missingNegated }).toEqual({
      whole: true,
      missing: false,
      missingNegated: false,
    });
  });
});

describe('values', () => {
  const T = Date.UTC(2026, 2, 31, 17, 30); // 2026-04-01 01:30, a Wednesday, in Shanghai
  it.each<[string, Expression, Row, number]>([
    ['money is the converted value', tx('amount'), { amount: 990 }, 990],
    ['x / 0', arithmetic(num(1), '/', tx('x')), { x: 0 }, NaN],
    ['x / -0', arithmetic(num(1), '/', tx('x')), { x: -0 }, NaN],
    ['infinity / 0', arithmetic(tx('x'), '/', tx('y')), { x: Infinity, y: 0 }, NaN],
    ['x % 0', arithmetic(num(1), '%', tx('x')), { x: 0 }, NaN],
    ['-7 % 3', arithmetic(tx('x'), '%', num(3)), { x: -7 }, -1],
    ['infinity - infinity', arithmetic(tx('x'), '-', tx('x')), { x: Infinity }, NaN],
    ['infinity + 1', arithmetic(tx('x'), '+', num(1)), { x: Infinity }, Infinity],
    ['a - -b', arithmetic(tx('x'), '-', num(-2)), { x: 1 }, 3],
    ['-x', minus(tx('x')), { x: 3 }, -3],
    ['round 2.5', call('round', tx('x')), { x: 2.5 }, 3],
    ['round -2.5', call('round', tx('x')), { x: -2.5 }, -3],
    ['round just under a half', call('round', tx('x')), { x: 0.49999999999999994 }, 0],
    ['round -0.2', call('round', tx('x')), { x: -0.2 }, 0],
    [
      'round of a large odd number',
      call('round', tx('x')),
      { x: 4503599627370497 },
      4503599627370497,
    ],
    ['round of infinity', call('round', tx('x')), { x: -Infinity }, -Infinity],
    ['abs', call('abs', tx('x')), { x: -2 }, 2],
    ['min', call('min', tx('x'), num(2), num(7)), { x: 5 }, 2],
    ['max', call('max', tx('x'), num(2)), { x: Infinity }, Infinity],
    ['size counts code points', call('size', tx('city')), { city: 'Zoë💳' }, 4],
    ['hourOf', call('hourOf', tx('time')), { time: T }, 1],
    ['hourOf in a zone', callWith({ zone: 'UTC' }, 'hourOf', tx('time')), { time: T }, 17],
    ['dayOfWeekOf', call('dayOfWeekOf', tx('time')), { time: T }, 3],
    ['dateOf', call('dateOf', tx('time')), { time: T }, 20260401],
    ['dateOf in a zone', date(tx('time')), { time: T }, 20260331],
    ['kmBetween', call('kmBetween', num(0), num(0), num(0), tx('x')), { x: 0 }, 0],
    ['a cell', register(1, 'money'), { account: 'A' }, 100],
    ['an empty cell', register(1, 'money'), { account: 'B' }, NaN],
    ['a cell of an absent row', register(1, 'money'), { account: 'C' }, NaN],
    ['a condition: true', compare(tx('x'), '>', num(1)), { x: 2 }, 1],
    ['a condition: false', compare(tx('x'), '>', num(1)), { x: 1 }, 0],
    ['a condition: missing', compare(tx('x'), '>', num(1)), {}, NaN],
    ['or: true beside missing', or(compare(tx('x'), '>', num(1)), bool(true)), {}, 1],
    ['or: false beside missing', or(compare(tx('x'), '>', num(1)), bool(false)), {}, NaN],
    ['and: false beside missing', and(compare(tx('x'), '>', num(1)), bool(false)), {}, 0],
    ['no alternatives', or(), {}, 0],
    ['no conditions', and(), {}, 1],
  ])('%s', (_, e, row, expected) => {
    expect(numbersOf(benchOf(DATA, [row]), e)).toEqual([expected]);
  });
});

describe('conditions', () => {
  const long = 'a'.repeat(41);
  it.each<[string, Expression, Row, boolean]>([
    [
      'a feature equals by its whole text',
      compare(feature(1, 'string'), '==', tx('city')),
      { '#1': long, city: long },
      true,
    ],
    [
      'and differs behind its first bytes',
      compare(feature(1, 'string'), '!=', tx('city')),
      { '#1': long, city: `${long}b` },
      true,
    ],
    [
      'a short feature has a text',
      call('startsWith', feature(1, 'string'), str('ab')),
      { '#1': 'abc' },
      true,
    ],
    [
      'of 40 bytes too',
      call('endsWith', feature(1, 'string'), str('aa')),
      { '#1': 'a'.repeat(40) },
      true,
    ],
    [
      'a longer one is missing to text functions',
      call('startsWith', feature(1, 'string'), str('a')),
      { '#1': long },
      false,
    ],
    [
      'also negated',
      not(call('startsWith', feature(1, 'string'), str('a'))),
      { '#1': long },
      false,
    ],
    ['but is there', has(feature(1, 'string')), { '#1': long }, true],
    ['an empty text is there', has(tx('city')), { city: '' }, true],
    ['an absent one is not', has(tx('city'), true), {}, true],
    ['infinity is there', has(feature(0)), { '#0': Infinity }, true],
    [
      'infinity is greater than any',
      compare(feature(0), '>', num(1e308)),
      { '#0': Infinity },
      true,
    ],
    ['infinity equals itself', compare(feature(0), '!=', feature(0)), { '#0': Infinity }, false],
    ['0 equals -0', compare(tx('x'), '==', num(0)), { x: -0 }, true],
    [
      'order is by code points',
      compare(tx('city'), '<', tx('ip')),
      { city: '\uffee', ip: '💳' },
      true,
    ],
    ['a prefix comes first', compare(tx('city'), '<', tx('ip')), { city: 'a', ip: 'ab' }, true],
    [
      'lower of ASCII',
      compare(call('lower', tx('city')), '==', str('hq 1')),
      { city: 'HQ 1' },
      true,
    ],
    [
      'lower of others',
      compare(call('lower', tx('city')), '==', str('äöß')),
      { city: 'ÄÖß' },
      true,
    ],
    [
      'lower may grow',
      compare(call('lower', tx('city')), '==', str('i\u0307')),
      { city: 'İ' },
      true,
    ],
    [
      'lower of trim',
      compare(call('lower', call('trim', tx('city'))), '==', str('a')),
      { city: ' A\u2003' },
      true,
    ],
    [
      'trim of a literal',
      compare(call('trim', str('  x ')), '==', tx('city')),
      { city: 'x' },
      true,
    ],
    [
      'two made texts at once',
      compare(call('lower', tx('city')), '<', call('lower', tx('ip'))),
      { city: 'A', ip: 'B' },
      true,
    ],
    ['matches finds inside', call('matches', tx('city'), str('b+')), { city: 'abbc' }, true],
    ['matches anchors', not(call('matches', tx('city'), str('^b'))), { city: 'ab' }, true],
    [
      'matches is linear',
      not(call('matches', tx('city'), str('(a*)*b'))),
      { city: 'a'.repeat(500) },
      true,
    ],
    [
      'a malformed version is missing',
      has(call('version', tx('softwareVersion')), true),
      { softwareVersion: '3.x' },
      true,
    ],
    ['in a register too', has(register(3, 'version'), true), { account: 'B' }, true],
    [
      'version against a register',
      compare(call('version', tx('softwareVersion')), '<', register(3, 'version')),
      { softwareVersion: '3.1.99', account: 'A' },
      true,
    ],
    [
      'expired at the end of its month, in the zone',
      call('expired', tx('expiry'), tx('time')),
      { expiry: '2603', time: Date.UTC(2026, 2, 31, 16) },
      true,
    ],
    [
      'not before',
      not(call('expired', tx('expiry'), tx('time'))),
      { expiry: '2603', time: Date.UTC(2026, 2, 31, 15, 59) },
      true,
    ],
    [
      'malformed is expired',
      call('expired', tx('expiry'), tx('time')),
      { expiry: '2613', time: 0 },
      true,
    ],
    ['in maintenance', maintenance, { terminal: 'T', time: 1000 }, true],
    ['after it', not(maintenance), { terminal: 'T', time: 2000 }, true],
    ['luhn of text is false, not missing', not(call('luhn', tx('card'))), { card: 'tok_1' }, true],
  ])('%s', (_, e, row, expected) => {
    expect(conditionsOf(benchOf(DATA, [row]), e)).toEqual([expected]);
  });
});

describe('matches under && and ||', () => {
  it('is asked only where it matters', () => {
    const asked = call('matches', tx('city'), str('a'));
    const rules = [
      rule('and', and(asked, compare(tx('x'), '>', num(0)))),
      rule('or', or(asked, compare(tx('x'), '>', num(0)))),
      rule('not', and(or(not(asked), bool(false)), compare(tx('x'), '>', num(0)))),
    ];
    const table: Row[] = [
      { city: 'a', x: 1 },
      { city: 'b', x: 1 },
      { city: 'a', x: 0 },
      { city: 'b', x: 0 },
      { x: 1 },
    ];
    const { ids, program } = scoreAll(benchOf({ rules }, table));
    expect(ids).toEqual([['and', 'or'], ['or', 'not'], ['or'], [], ['or']]);
    const [chunk] = program.describeSources();
    expect(chunk).toMatch(/rt\.matches\(x\d+, /);
    expect(chunk).not.toMatch(/rt\.matches\(1, /);
  });
});

describe('sharing', () => {
  it('loads a value once however many rules read it', () => {
    const rules = Array.from({ length: 32 }, (_, i) =>
      rule(`r${i}`, and(compare(feature(0), '>', num(i)), inRegister(0, tx('account')))),
    );
    const { program } = scoreAll(benchOf({ ...DATA, rules }, [{}]));
    const [lookups, chunk] = program.describeSources();
    expect(lookups?.match(/\.find\(/g)).toHaveLength(1);
    expect(chunk?.match(/ F\[/g)).toHaveLength(1);
    expect(chunk?.match(/ L\[/g)).toHaveLength(1);
    expect(chunk).not.toContain('.find(');
  });

  it('forgets what a nested block loaded', () => {
    const emitter = emitterOf(benchOf(DATA, [{}]));
    const outer = emitter.number(tx('x'));
    emitter.takeStatements();
    const inner = emitter.block(() => [emitter.number(tx('x')), emitter.number(tx('y'))]);
    expect(emitter.takeStatements()).toHaveLength(1);
    expect(inner[0]).toBe(outer);
    const again = emitter.number(tx('y'));
    expect(again).not.toBe(inner[1]);
    expect(emitter.takeStatements()).toEqual([expect.stringContaining(`const ${again} = f64[`)]);
  });

  it('walks a chain of conditions as values once', () => {
    let e: Expression = compare(tx('x'), '>', num(0));
    for (let i = 0; i < 200; i++) e = compare(e, '==', num(1));
    expect(numbersOf(benchOf(DATA, [{ x: 1 }, { x: 0 }, {}]), e)).toEqual([1, 0, NaN]);
  });
});

describe('limits', () => {
  it('features may not stand in where and value', () => {
    const bench = benchOf(DATA, [{}]);
    const where = { ...bench, features: null } as never;
    expect(() => conditionsOf(where, compare(feature(0), '>', num(1)))).toThrow(/may not stand/);
  });

  it('more made texts than the temp area holds are refused', () => {
    const texts = (count: number): Expression =>
      and(
        ...Array.from({ length: count }, (_, i) =>
          compare(call('lower', cell(0, 0, 'string', str(`k${i}`))), '==', str('a')),
        ),
      );
    expect(conditionsOf(benchOf(DATA, [{}]), texts(TEMP_SLOTS_MAX))).toEqual([false]);
    expect(() => conditionsOf(benchOf(DATA, [{}]), texts(TEMP_SLOTS_MAX + 1))).toThrow(
      /at most 64 texts/,
    );
  });
});

describe('a thousand rules', () => {
  it('fire as a plain evaluation says, in functions of bounded size', () => {
    const random = new Random(7);
    const operators = ['<', '<=', '>', '>=', '==', '!='] as const;
    const atom = (): Expression => {
      const operator = random.pick(operators);
      if (random.chance(0.2)) return inRegister(0, tx(random.pick(['account', 'merchant'])));
      if (random.chance(0.2)) return compare(tx('city'), operator, str(random.pick(['a', 'b'])));
      return compare(feature(random.below(20)), operator, num(random.below(10)));
    };
    const rules = Array.from({ length: 1000 }, (_, i) =>
      rule(`r${i}`, and(or(atom(), atom()), atom(), or(atom(), and(atom(), atom())))),
    );
    const features = Array.from({ length: 20 }, (_, i) => numberFeature(`f${i}`));
    const table = Array.from({ length: 300 }, () => {
      const row: Record<string, string | number> = { city: random.pick(['a', 'b', 'c']) };
      if (random.chance(0.8)) row['account'] = random.pick(['A', 'B', 'C']);
      for (let f = 0; f < 20; f++) if (random.chance(0.9)) row[`#${f}`] = random.below(10);
      return row;
    });
    const bench = benchOf({ ...DATA, features, rules }, table);
    const { ids, program } = scoreAll(bench);
    const expected = table.map((row) =>
      rules.flatMap(({ id, when }) => (holds(when, row, bench.plan) ? [id] : [])),
    );
    expect(ids).toEqual(expected);
    for (const source of program.describeSources()) expect(source.length).toBeLessThan(20_000);
  });

  it('of one word are split where their source is long', () => {
    const rules = Array.from({ length: 40 }, (_, i) =>
      rule(
        `r${i}`,
        or(...Array.from({ length: 100 }, (_v, j) => compare(tx('x'), '==', num(i + j)))),
      ),
    );
    const table = Array.from({ length: 150 }, (_, x) => ({ x }));
    const { ids, program } = scoreAll(benchOf({ rules }, table));
    const expected = table.map(({ x }) =>
      rules.flatMap(({ id }, i) => (x >= i && x < i + 100 ? [id] : [])),
    );
    expect(ids).toEqual(expected);
    const sources = program.describeSources().slice(0, -rules.length);
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) expect(source.length).toBeLessThan(20_000);
  });
});
