// A row's verdict from the interpreter: order of reasons, modes, scores, exempt clauses, evidence.

import { expect, test } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { Outcome } from '../../../src/domain/decision.ts';
import type { Expression } from '../../../src/domain/expression.ts';
import type { ExemptPlan, Plan, RuleMode, RulePlan } from '../../../src/domain/plan.ts';
import { REASONS } from '../../../src/domain/reasons.ts';
import type { InterpretedVerdict } from '../../../src/rules/interpret/interpret-row.ts';
import { interpretRow } from '../../../src/rules/interpret/interpret-row.ts';
import type { Value } from '../../../src/rules/interpret/interpreter.ts';
import { prepare } from '../../../src/rules/interpret/interpreter.ts';
import { node } from '../../support/random-expression.ts';
import { planOf } from '../../support/random-plan.ts';
import { numberOfField } from '../../support/random-world.ts';

function number(value: number): Expression {
  return { ...node('number', String(value)), op: 'number', value };
}

function text(value: string): Expression {
  return { ...node('string', JSON.stringify(value)), op: 'string', value };
}

function field(name: string, type: Expression['type']): Expression {
  return { ...node(type, `tx.${name}`), op: 'field', field: numberOfField(name) };
}

function equals(left: Expression, right: Expression): Expression {
  return { ...node('boolean', ''), op: 'compare', operator: '==', left, right };
}

const always = equals(field('kind', 'string'), text('payment'));
const never = equals(field('country', 'string'), text('??'));

interface RuleOf {
  readonly outcome?: Outcome;
  readonly mode?: RuleMode;
  readonly score?: Expression;
  readonly when?: Expression;
}

function rule(
  id: string,
  { outcome = 'hold', mode = 'live', score, when = always }: RuleOf,
): RulePlan {
  const reason = mode === 'score' ? -1 : REASONS.findIndex((known) => known.code === 'POLICY');
  const about = { trigger: null, description: null, at: { file: '', line: 1, column: 1 } };
  return {
    id,
    when,
    mode,
    outcome,
    reason,
    score: score ?? null,
    isLife: false,
    hold: null,
    ...about,
  };
}

function exempt(
  id: string,
  from: readonly Outcome[],
  rules: readonly number[] | null,
  when = always,
): ExemptPlan {
  return { id, when, from, rules };
}

function decide(
  parts: Pick<Plan, 'rules'> & Partial<Plan>,
  row: Readonly<Record<string, Value>> = {},
): InterpretedVerdict {
  const plan = planOf(
    { features: [], score: { hold: null, reverse: null }, ...parts },
    new Random(1),
  );
  const values = new Map(
    Object.entries({ kind: 'payment', ...row }).map(([name, value]) => [
      numberOfField(name),
      value,
    ]),
  );
  return interpretRow(prepare(plan), { field: (n) => values.get(n), feature: () => undefined });
}

const codes = (verdict: InterpretedVerdict): (string | undefined)[] =>
  verdict.reasons.map((reason) => reason.rule ?? reason.code);

test('the most severe rule wins; reasons stand by severity, then in file order', () => {
  const verdict = decide({
    rules: [
      rule('a', { outcome: 'allow' }),
      rule('b', {}),
      rule('c', { outcome: 'reverse' }),
      rule('d', { when: never }),
      rule('e', {}),
    ],
  });
  expect(verdict.outcome).toBe('reverse');
  expect(codes(verdict)).toEqual(['c', 'b', 'e', 'a']);
  expect(verdict.reasons[1]).toEqual({
    code: 'POLICY',
    rule: 'b',
    responseCode: '57',
    isoReason: 'RR04',
  });
  expect(verdict.evidence.map((entry) => entry.rule)).toEqual(['a', 'b', 'c', 'e']);
});

test('nothing fires: allow, and nothing else', () => {
  const verdict = decide({ rules: [rule('a', { when: never })] });
  expect(verdict).toMatchObject({ outcome: 'allow', reasons: [], evidence: [], shadow: [] });
  expect(verdict.score).toBeUndefined();
});

test('shadow rules are told and count for nothing', () => {
  const verdict = decide({
    rules: [rule('s', { mode: 'shadow', outcome: 'reverse', score: number(500) })],
    score: { hold: 1, reverse: null },
  });
  expect(verdict.outcome).toBe('allow');
  expect(verdict.score).toBeUndefined();
  expect(verdict.shadow).toEqual([{ rule: 's', outcome: 'reverse', code: 'POLICY' }]);
  expect(verdict.evidence).toEqual([]);
});

test.each<[string, readonly number[], Outcome, number, readonly string[]]>([
  ['under it', [99], 'allow', 99, []],
  ['at hold', [60, 40], 'hold', 100, ['SCORE']],
  ['at reverse', [300], 'reverse', 300, ['SCORE']],
])('score thresholds: %s', (_, scores, outcome, sum, reasons) => {
  const verdict = decide({
    rules: scores.map((score, i) =>
      rule(`r${i}`, { mode: 'score', outcome: 'allow', score: number(score) }),
    ),
    score: { hold: 100, reverse: 300 },
  });
  expect(verdict).toMatchObject({ outcome, score: sum });
  expect(codes(verdict)).toEqual(reasons);
  expect(verdict.evidence.map((entry) => entry.score)).toEqual(scores);
});

test('SCORE stands after the rules of its severity', () => {
  const verdict = decide({
    rules: [
      rule('a', { outcome: 'allow' }),
      rule('h', { score: number(100) }),
      rule('r', { outcome: 'reverse' }),
    ],
    score: { hold: 100, reverse: null },
  });
  expect(codes(verdict)).toEqual(['r', 'h', 'SCORE', 'a']);
});

test('a missing score adds nothing, but there is a score', () => {
  const verdict = decide({ rules: [rule('a', { score: field('riskHint', 'number') })] });
  expect(verdict.score).toBe(0);
  expect(verdict.evidence[0]?.score).toBeUndefined();
});

test('an exempt clause takes outcomes away, and is told', () => {
  const verdict = decide({
    rules: [rule('h', { score: number(7) }), rule('other', {}), rule('r', { outcome: 'reverse' })],
    exempt: [
      exempt('office', ['hold'], [0, 2]),
      exempt('again', ['hold', 'reverse'], [0]),
      exempt('not-now', ['reverse'], null, never),
    ],
  });
  expect(verdict.outcome).toBe('reverse');
  expect(codes(verdict)).toEqual(['r', 'other']);
  expect(verdict.score).toBe(7);
  expect(verdict.evidence.map((entry) => entry.exemptBy)).toEqual([
    ['office', 'again'],
    undefined,
    undefined,
  ]);
});

test.each<[string, ExemptPlan, Outcome]>([
  ['for all', exempt('e', ['hold'], null), 'allow'],
  ['of another outcome', exempt('e', ['reverse'], null), 'hold'],
  ['for some rules', exempt('e', ['hold'], [0]), 'hold'],
])('an exempt clause %s and the score', (_, clause, outcome) => {
  const verdict = decide({
    rules: [rule('a', { mode: 'score', outcome: 'allow', score: number(100) })],
    exempt: [clause],
    score: { hold: 50, reverse: null },
  });
  expect(verdict.outcome).toBe(outcome);
  expect(verdict.evidence[0]?.exemptBy).toBeUndefined();
});

test('evidence: conditions that held, in the order written, with margins', () => {
  const amount = field('amount', 'money');
  const over: Expression = {
    ...node('boolean', ''),
    op: 'compare',
    operator: '>=',
    left: amount,
    right: { ...node('money', '50.00'), op: 'number', value: 5000 },
  };
  const inList: Expression = {
    ...node('boolean', ''),
    op: 'in',
    set: 'list',
    index: 0,
    key: [field('card', 'string')],
    elements: [],
  };
  const notIn: Expression = {
    ...node('boolean', ''),
    op: 'not',
    value: { ...inList, index: 2, key: [field('account', 'string'), field('city', 'string')] },
  };
  const known: Expression = {
    ...node('boolean', ''),
    op: 'truth',
    value: field('isKnown', 'boolean'),
    negated: true,
  };
  const has: Expression = {
    ...node('boolean', ''),
    op: 'has',
    value: field('ip', 'string'),
    negated: true,
  };
  const when: Expression = {
    ...node('boolean', ''),
    op: 'or',
    args: [never, { ...node('boolean', ''), op: 'and', args: [over, inList, notIn] }, known, has],
  };
  const row = { amount: 6000, card: '4111111111111111', account: 'A', city: 'B', isKnown: false };
  expect(decide({ rules: [rule('a', { when })] }, row).evidence[0]?.compared).toEqual([
    { what: 'tx.amount', op: '>=', value: 6000, threshold: 5000, margin: 1000 },
    { what: 'tx.card', op: 'in', value: '411111******1111', threshold: 'watched' },
    { what: '[tx.account, tx.city]', op: 'not in', threshold: 'nobody' },
    { what: 'tx.isKnown', op: 'is not', value: false },
    { what: 'tx.ip', op: 'not has' },
  ]);
});

test('evidence: infinity is a text, long texts are cut where a character begins', () => {
  const hint: Expression = {
    ...node('boolean', ''),
    op: 'compare',
    operator: '>',
    left: field('riskHint', 'number'),
    right: number(3),
  };
  const city = equals(field('city', 'string'), field('city', 'string'));
  const when: Expression = { ...node('boolean', ''), op: 'and', args: [hint, city] };
  const long = `x${'馆'.repeat(40)}`;
  const cut = `x${'馆'.repeat(21)}`;
  expect(
    decide({ rules: [rule('a', { when })] }, { riskHint: Infinity, city: long }).evidence[0]
      ?.compared,
  ).toEqual([
    { what: 'tx.riskHint', op: '>', value: 'infinity', threshold: 3 },
    { what: 'tx.city', op: '==', value: cut, threshold: cut },
  ]);
});
