// What a file becomes: header, defaults, includes, reasons, registers, rates, hash, warnings.

import { describe, expect, test } from 'vitest';
import { REASONS } from '../../../src/domain/reasons.ts';
import { DEFAULT_LIFE } from '../../../src/domain/plan.ts';
import { textColumnOf, textsOf } from '../../../src/domain/text-column.ts';
import { HoldfastError } from '../../../src/base/errors.ts';
import { formatProblem, loadRulesFile } from '../../../src/rules/front/load.ts';
import { load, planOf, problemsOf } from './help.ts';

const RULE = 'rules:\n  - { id: r, when: tx.lat > 5, outcome: hold, reason: POLICY }\n';
const file = (head: string): string => `ruleset: t\n${head}${RULE}`;

describe('the plan of a file', () => {
  test('the example of the language, with everything beside it', async () => {
    const result = await loadRulesFile('test/rules/front/fixtures/example.yaml');
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
    const { plan, warnings } = result;
    expect(plan.rules.map(({ id, mode, outcome }) => [id, mode, outcome])).toEqual([
      ['frequent-small-payments', 'live', 'hold'],
      ['impossible-travel', 'live', 'hold'],
      ['merchant-mismatch', 'live', 'reverse'],
      ['duplicate-charge', 'live', 'reverse'],
      ['new-idea', 'shadow', 'hold'],
    ]);
    expect(plan.features.map(({ key }) => key)).toEqual([
      'account.count(10m, tx.kind == "payment" && tx.amount <= 50.00)',
      'account.distanceKm()',
      'account.speedKmh()',
      'charge.count(5m, tx.walletStatus == "charged")',
      'account.sum(1h, tx.amount)',
      'account.prior.avg(30d, tx.amount)',
    ]);
    expect(plan.exempt).toMatchObject([{ id: 'head-office', from: ['hold'], rules: [0] }]);
    expect(plan.life.deadline).toEqual({ budgetMs: 50, fallback: 'allow', catchUp: 'evaluate' });
    expect(warnings).toEqual([]);
  });

  test('defaults', () => {
    const plan = planOf(file(''));
    expect(plan).toMatchObject({
      version: null,
      currency: null,
      timezone: 'UTC',
      score: { hold: null, reverse: null },
      invalid: { outcome: 'hold' },
      time: { latenessMs: 300_000, aheadMaxMs: 3_600_000, scanMax: 4096 },
      keepMs: 90 * 86_400_000,
      limits: { rowsPerEntity: 1e6, entities: 262_144, pending: 262_144 },
      repeats: { forMs: 86_400_000, ids: 16e6 },
      life: DEFAULT_LIFE,
    });
    expect(plan.reasons.slice(0, REASONS.length)).toEqual(REASONS);
  });

  test('settings', () => {
    const plan = planOf(
      file(`version: 2.10
keep: 30d
score: { hold: 100, reverse: 300.5 }
invalid: { outcome: reverse }
time: { lateness: 0s, aheadMax: 10m, scanMax: 10 }
limits: { rowsPerEntity: 1e3, entities: 16e6 }
repeats: { for: 1h, ids: 1000 }
`),
    );
    expect(plan).toMatchObject({
      version: '2.10',
      keepMs: 30 * 86_400_000,
      score: { hold: 100, reverse: 300.5 },
      invalid: { outcome: 'reverse' },
      time: { latenessMs: 0, aheadMaxMs: 600_000, scanMax: 10 },
      limits: { rowsPerEntity: 1000, entities: 16e6, pending: 262_144 },
      repeats: { forMs: 3_600_000, ids: 1000 },
    });
  });

  test.each([
    ['limits: { pending: 1 }', 2, 'limits.pending is taken as 2, the least there can be.'],
    [
      'guard: { any: thing }',
      2,
      '"guard" is not active in this version: what stands in it is not looked at.',
    ],
    [
      'time: { lateness: 1m, aheadMax: 1h }',
      2,
      '"aheadMax" is checked but not active in this version: files have no stamps of arrival.',
    ],
  ])('%s has no effect, or another: a warning', (settings, line, message) => {
    const result = load(file(`${settings}\n`));
    expect(result.ok && result.warnings).toMatchObject([{ line, message }]);
  });

  test('YAML 1.2: no, off and 012 are texts and numbers as they look', () => {
    const plan = planOf(file('description: NO\nversion: 012\n'));
    expect(plan).toMatchObject({ description: 'NO', version: '012' });
  });

  test('own reasons, and codes of one rule', () => {
    const plan = planOf(`ruleset: t
reasons: { OWN: { de39: "05", iso: FRAD } }
rules:
  - { id: a, when: tx.lat > 5, outcome: hold, reason: OWN }
  - { id: b, when: tx.lat > 5, outcome: hold, reason: { code: SECURITY_FAILED, de39: "63" } }
  - { id: c, mode: score, when: tx.lat > 5, score: 2 * 3 }
`);
    const reasonOf = (index: number) => plan.reasons[plan.rules[index]?.reason ?? -1];
    expect(reasonOf(0)).toEqual({
      code: 'OWN',
      responseCode: '05',
      reversalReason: null,
      isoReason: 'FRAD',
    });
    expect(reasonOf(1)).toMatchObject({
      code: 'SECURITY_FAILED',
      responseCode: '63',
      isoReason: 'UAPA',
    });
    expect(plan.rules[2]).toMatchObject({ reason: -1, outcome: 'allow', score: { value: 6 } });
  });

  test('a file over 4 MiB is refused unread', () => {
    const text = file(`# ${'x'.repeat(4 * 1024 * 1024)}\n`);
    expect(problemsOf(text)).toEqual(['1:1 The rules file is larger than 4 MiB.']);
  });

  test('a missing file is an operating failure, a directory too', async () => {
    for (const path of ['fixtures/nothing.yaml', 'fixtures']) {
      const failure: unknown = await loadRulesFile(path).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(HoldfastError);
      expect(failure).toMatchObject({ code: 'IO_FAILED', path });
    }
  });
});

describe('includes', () => {
  const files = {
    'parts/a.yaml':
      'include: b.yaml\nlists: { own: ../own.csv }\nrules:\n  - { id: a, when: isFar, outcome: hold, reason: POLICY }\n',
    'parts/b.yaml': 'let: { isFar: tx.lat > 60 }\ncurrency: EUR\n',
    'own.csv': 'x\n1\n',
  };

  test('stand before what includes them, once each, paths from their own folder', () => {
    const plan = planOf(file('include: [parts/a.yaml, parts/b.yaml]\n'), files);
    expect(plan.rules.map(({ id }) => id)).toEqual(['a', 'r']);
    expect(plan.rules[0]?.at).toEqual({ file: 'parts/a.yaml', line: 4, column: 7 });
    expect(plan.currency).toBe('EUR');
    expect(plan.lists).toEqual([{ name: 'own', values: textColumnOf(['1']) }]);
  });

  test('rules may all be included', () => {
    expect(planOf('ruleset: t\ninclude: parts/a.yaml\n', files).rules).toHaveLength(1);
  });

  test('no rules at all is an error', () => {
    expect(problemsOf('ruleset: t\ninclude: parts/b.yaml\n', files)).toEqual([
      '1:1 There are no rules: at least one is needed.',
    ]);
  });
});

describe('registers, lists and rates', () => {
  test('typed column by column; an empty cell is missing', () => {
    const { registers } = planOf(
      file(
        'currency: CNY\nregisters: { m: { file: m.csv, key: id, types: { limit: money, open: boolean, since: time, n: number, v: version } } }\n',
      ),
      {
        'm.csv':
          '\ufeffid,limit,open,since,n,v,note\r\nA,12.5,true,1000,1e3,3.2, x \r\nB,,,,,,\r\n"C, ""D""",0,false,1970-01-01T00:00:01Z,-2,1,"\r\n"\r\n',
      },
    );
    expect(registers[0]?.keys.map(textsOf)).toEqual([['A', 'B', 'C, "D"']]);
    expect(registers[0]?.rowCount).toBe(3);
    // Held once, and sent to threads once.
    expect(registers[0]?.keys[0]).toBe(registers[0]?.columns[0]?.texts);
    const columns = registers[0]?.columns.map(({ name, texts, numbers }) => [
      name,
      texts ? textsOf(texts) : [...(numbers ?? [])],
    ]);
    expect(columns).toEqual([
      ['id', ['A', 'B', 'C, "D"']],
      ['limit', [1250, Number.NaN, 0]],
      ['open', [1, Number.NaN, 0]],
      ['since', [1000, Number.NaN, 1000]],
      ['n', [1000, Number.NaN, -2]],
      ['v', ['3.2', null, '1']],
      ['note', ['x', null, '\r\n']],
    ]);
  });

  test('rates are kept digit by digit', () => {
    const { rates } = planOf(file('currency: CNY\nrates: rates.csv\n'), {
      'rates.csv': 'rate,currency\n7.8012,EUR\n0.048,JPY\n1,CNY\n',
    });
    expect(rates).toEqual([
      { currency: 'EUR', rateDigits: 78_012, rateScale: 4 },
      { currency: 'JPY', rateDigits: 48, rateScale: 3 },
    ]);
  });

  test('repeated values of a list are fine', () => {
    const { lists } = planOf(file('lists: { l: l.csv }\n'), { 'l.csv': 'x,y\na,1\n\nb,2\na,3\n' });
    expect(lists).toEqual([{ name: 'l', values: textColumnOf(['a', 'b']) }]);
  });
});

describe('hash', () => {
  const head = 'currency: CNY\nlists: { l: l.csv }\n';
  const hashOf = (text: string, list: string): string => planOf(file(text), { 'l.csv': list }).hash;
  const base = hashOf(head, 'x\na\n');

  test('is 32 hex digits and the same for the same contents', () => {
    expect(base).toMatch(/^[0-9a-f]{32}$/);
    expect(hashOf(head, 'x\na\n')).toBe(base);
    expect(hashOf(head, 'x\r\na\r\n')).toBe(base);
  });

  test('changes with the rules and with what stands beside them', () => {
    expect(hashOf(`${head}# another\n`, 'x\na\n')).not.toBe(base);
    expect(hashOf(head, 'x\nb\n')).not.toBe(base);
  });
});

describe('tests in the file', () => {
  const tests = (body: string): string => `ruleset: t
currency: CNY
fields: { constructor: string }
${RULE}tests:
  - name: n
${body}`;

  test('repeat is expanded, times run on, money becomes minor units', () => {
    const [one] = planOf(
      tests(`    given:
      - { repeat: 2, every: 1m, tx: { account: A, merchant: 007, amount: 9.90 } }
      - { tx: { account: B, time: 2026-02-01T00:00:00Z, amount: 5, currency: JPY, constructor: x } }
      - { every: 500ms, tx: { kind: label, of: "#0", id: own, label: fraud } }
    expect: [{ at: -1, outcome: allow }, { at: 0, rules: [] }, { at: 2, outcome: hold, rules: [r] }]
`),
    ).tests;
    const start = Date.UTC(2026, 0, 1);
    const expected: readonly object[] = [
      {
        id: '#0',
        kind: 'payment',
        currency: 'CNY',
        account: 'A',
        merchant: '007',
        amount: 990,
        time: start,
      },
      {
        id: '#1',
        kind: 'payment',
        currency: 'CNY',
        account: 'A',
        merchant: '007',
        amount: 990,
        time: start + 60_000,
      },
      {
        id: '#2',
        kind: 'payment',
        currency: 'JPY',
        account: 'B',
        amount: 5,
        constructor: 'x',
        time: Date.UTC(2026, 1, 1),
      },
      {
        id: 'own',
        kind: 'label',
        currency: 'CNY',
        of: '#0',
        label: 'fraud',
        time: Date.UTC(2026, 1, 1) + 500,
      },
    ];
    expect(one?.given).toEqual(expected);
    expect(one?.expect).toMatchObject([
      { at: 3, outcome: 'allow', rules: null },
      { at: 0, outcome: null, rules: [] },
      { at: 2, outcome: 'hold', rules: ['r'] },
    ]);
  });
});

describe('how a problem is shown', () => {
  const shown = (text: string): string => {
    const result = load(text);
    return result.ok ? '' : result.problems.map(formatProblem).join('\n');
  };

  test('place, rule, sentence, line, caret, near miss', () => {
    expect(
      shown(
        'ruleset: t\nrules:\n  - id: r\n    when: tx.amout > 5\n    outcome: hold\n    reason: POLICY\n',
      ),
    ).toBe(
      `rules.yaml:4:11: rule "r": The transaction has no field "amout"; others than the contract's are declared under "fields".
      when: tx.amout > 5
            ^^^^^^^^
  did you mean "amount"?`,
    );
  });

  test('a long line is shown around the caret, and nothing controls the terminal', () => {
    const text = shown(`ruleset: t\nrules: []\n# x\n"${'k'.repeat(300)}\\e[31m\u202e": 1\n`);
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(
      Math.max(
        ...text
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThan(170);
  });
});
