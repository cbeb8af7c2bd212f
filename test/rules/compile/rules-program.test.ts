import { describe, expect, it } from 'vitest';
import { ROW_FLAG } from '../../../src/domain/row-layout.ts';
import type { Expression } from '../../../src/domain/expression.ts';
import type { ExemptPlan, RegisterData } from '../../../src/domain/plan.ts';
import { numberColumnOf } from '../../../src/domain/number-column.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';
import {
  and,
  arithmetic,
  benchOf,
  cell,
  compare,
  decideRow,
  feature,
  inList,
  inRegister,
  not,
  num,
  numberFeature,
  or,
  rule,
  scoreAll,
  str,
  tx,
} from './trees.ts';

const merchants: RegisterData = {
  name: 'merchants',
  keyColumns: ['merchant'],
  rowCount: 2,
  keys: [textColumnOf(['M1', 'M2'])],
  columns: [
    { name: 'mcc', type: 'string', texts: textColumnOf(['5411', null]), numbers: null },
    { name: 'limit', type: 'money', texts: null, numbers: numberColumnOf([1000, NaN]) },
  ],
};

const above = (value: number): Expression => compare(tx('amount'), '>=', num(value));

describe('score', () => {
  const bench = benchOf(
    {
      features: [numberFeature('count')],
      lists: [{ name: 'staff', values: textColumnOf(['A', 'B']) }],
      registers: [merchants],
      rules: [
        rule('often', and(compare(feature(0), '>=', num(5)), compare(tx('amount'), '<=', num(50)))),
        rule('staff', inList(0, tx('account'))),
        rule('stranger', not(inRegister(0, tx('merchant')))),
        rule('mcc', compare(cell(0, 0, 'string', tx('merchant')), '!=', tx('mcc'))),
        rule('limit', compare(tx('amount'), '>', cell(0, 1, 'money', tx('merchant')))),
        rule('either', or(inList(0, tx('account')), compare(tx('amount'), '>', num(5000)))),
      ],
    },
    [
      { '#0': 5, amount: 50, account: 'A', merchant: 'M1', mcc: '5411' },
      { '#0': 4, amount: 1001, account: 'C', merchant: 'M1', mcc: '5412' },
      { '#0': 9, amount: 6000, account: 'D', merchant: 'M2', mcc: '5411' },
      { '#0': 9, amount: 10, merchant: 'M3' },
      {},
      { '#0': 9, amount: 10, account: 'A', flags: ROW_FLAG.decided | ROW_FLAG.repeat },
      { '#0': 9, amount: 10, account: 'A', flags: 0 },
      { '#0': 9, amount: 10, account: 'A', flags: ROW_FLAG.decided | ROW_FLAG.bad },
    ],
  );

  it('sets the bits of the rules that hold, and none of rows that are not decided anew', () => {
    expect(scoreAll(bench).ids).toEqual([
      ['often', 'staff', 'either'],
      ['mcc', 'limit'],
      ['either'],
      ['often', 'stranger'],
      [],
      [],
      [],
      [],
    ]);
  });
});

describe('decide', () => {
  const exempt: ExemptPlan[] = [
    { id: 'e0', when: compare(tx('city'), '==', str('HQ')), from: ['hold'], rules: [0] },
    {
      id: 'e1',
      when: compare(tx('city'), '==', str('ALL')),
      from: ['hold', 'reverse'],
      rules: null,
    },
    { id: 'e2', when: compare(tx('city'), '==', str('HOLD')), from: ['hold'], rules: null },
  ];
  const rules = [
    rule('h', above(10), { score: num(60) }),
    rule('r', above(100), { outcome: 'reverse' }),
    rule('s', above(20), { mode: 'score', outcome: 'allow', reason: -1, score: tx('x') }),
    rule('d', above(5), { mode: 'shadow', outcome: 'reverse', score: num(1e6) }),
    rule('a', above(10), { outcome: 'allow' }),
    rule('p', above(50), { score: arithmetic(tx('x'), '*', num(2)) }),
  ];
  const score = { hold: 100, reverse: 300 };

  const cases = [
    { row: { amount: 1 }, outcome: 0, reasons: [], score: NaN, evidence: [], shadow: [] },
    { row: { amount: 5 }, outcome: 0, reasons: [], score: NaN, evidence: [], shadow: ['d'] },
    { row: { amount: 10 }, outcome: 1, reasons: ['h', 'a'], score: 60, evidence: ['h', 'a'] },
    {
      name: 'a missing score adds nothing',
      row: { amount: 20 },
      outcome: 1,
      reasons: ['h', 'a'],
      score: 60,
      evidence: ['h', 's', 'a'],
    },
    {
      name: 'the score gives an outcome',
      row: { amount: 20, x: 240 },
      outcome: 2,
      scoreOutcome: 2,
      scoreAt: 0,
      reasons: ['h', 'a'],
      score: 300,
      evidence: ['h', 's', 'a'],
    },
    {
      name: 'most severe first, then in file order',
      row: { amount: 100, x: 1 },
      outcome: 2,
      reasons: ['r', 'h', 'p', 'a'],
      score: 63,
      evidence: ['h', 'r', 's', 'a', 'p'],
    },
    {
      name: 'one rule is exempt, its score counts',
      row: { amount: 20, x: 40, city: 'HQ' },
      outcome: 1,
      scoreOutcome: 1,
      scoreAt: 0,
      reasons: ['a'],
      score: 100,
      evidence: ['h', 's', 'a'],
      bits: [1, 0, 0],
    },
    {
      name: 'all rules are exempt, and the score too',
      row: { amount: 100, x: 400, city: 'ALL' },
      outcome: 0,
      reasons: ['a'],
      score: 1260,
      evidence: ['h', 'r', 's', 'a', 'p'],
      bits: [2, 2, 0, 0, 2],
    },
    {
      name: 'from names the outcomes',
      row: { amount: 100, x: 400, city: 'HOLD' },
      outcome: 2,
      scoreOutcome: 2,
      scoreAt: 1,
      reasons: ['r', 'a'],
      score: 1260,
      evidence: ['h', 'r', 's', 'a', 'p'],
      bits: [4, 0, 0, 0, 4],
    },
  ];
  const bench = benchOf(
    { rules, exempt, score },
    cases.map((one) => one.row),
  );
  const { program } = scoreAll(bench);
  const idsOf = (list: Int32Array, count: number) =>
    [...list.subarray(0, count)].map((index) => rules[index]?.id);

  it.each(
    cases.map((one, row) => ({ ...one, at: row, title: one.name ?? JSON.stringify(one.row) })),
  )('$title', (one) => {
    const verdict = decideRow(bench, program, one.at);
    expect({
      outcome: verdict.outcome,
      scoreOutcome: verdict.scoreOutcome,
      scoreAt: verdict.scoreAt,
      reasons: idsOf(verdict.reasonRules, verdict.reasonCount),
      score: verdict.score,
      evidence: idsOf(verdict.evidenceRules, verdict.evidenceCount),
      bits: [...verdict.exemptBits.subarray(0, verdict.evidenceCount)],
    }).toEqual({
      outcome: one.outcome,
      scoreOutcome: one.scoreOutcome ?? 0,
      scoreAt: one.scoreAt ?? -1,
      reasons: one.reasons,
      score: one.score,
      evidence: one.evidence,
      bits: one.bits ?? one.evidence.map(() => 0),
    });
    if (one.shadow) expect(idsOf(verdict.shadowRules, verdict.shadowCount)).toEqual(one.shadow);
  });
});
