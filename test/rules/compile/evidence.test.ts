import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../src/domain/expression.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { textColumnOf } from '../../../src/domain/text-column.ts';
import { EVIDENCE_ITEMS_MAX, EVIDENCE_KIND } from '../../../src/domain/verdict.ts';
import type { EvidenceReader } from '../../../src/domain/verdict.ts';
import {
  and,
  arithmetic,
  benchOf,
  bool,
  call,
  cell,
  choose,
  compare,
  feature,
  featureOf,
  has,
  inList,
  inLiteral,
  inRegister,
  not,
  num,
  numberFeature,
  or,
  rule,
  scoreAll,
  str,
  truth,
  tx,
} from './trees.ts';
import type { Row } from './trees.ts';

const DATA: Partial<Plan> = {
  features: [
    numberFeature('f0'),
    featureOf('f1', 'string', tx('city')),
    featureOf('f2', 'string', tx('card')),
  ],
  lists: [{ name: 'staff', values: textColumnOf(['A']) }],
  registers: [
    {
      name: 'terminals',
      keyColumns: ['a', 'b'],
      rowCount: 1,
      keys: [textColumnOf(['T']), textColumnOf(['M'])],
      columns: [{ name: 'city', type: 'string', texts: textColumnOf(['Oslo']), numbers: null }],
    },
  ],
};

/** What the evidence of the one rule says of the one row, in readable form. */
function readEvidence(when: Expression, row: Row) {
  const bench = benchOf({ ...DATA, rules: [rule('r', when)] }, [row]);
  const { program } = scoreAll(bench);
  const { evidence } = program;
  evidence.read(0, 0);
  return (evidence.templates[0] ?? []).map((template, k) => ({
    what: template.what,
    op: template.op,
    held: evidence.values.held[k] === 1,
    value: side(evidence, 2 * k),
    threshold: template.thresholdText ?? side(evidence, 2 * k + 1),
    ...(template.hasMargin ? { hasMargin: true } : {}),
    ...(template.maskings[0] === 'luhn' ? {} : { masking: template.maskings[0] }),
  }));
}

function side(evidence: EvidenceReader, index: number): number | string | boolean | undefined {
  const { kinds, numbers, memory, offsets, lengths } = evidence.values;
  if (kinds[index] === EVIDENCE_KIND.number) return numbers[index];
  if (kinds[index] === EVIDENCE_KIND.boolean) return numbers[index] === 1;
  if (kinds[index] === EVIDENCE_KIND.missing) return undefined;
  const start = offsets[index] as number;
  const bytes = memory[index]?.slice(start, start + (lengths[index] as number));
  return Buffer.from(bytes as Uint8Array).toString();
}

const PAN = '4111111111111111';

const cases: {
  name: string;
  when: Expression;
  row: Row;
  items: readonly Record<string, unknown>[];
}[] = [
  {
    name: 'a comparison of numbers has a margin',
    when: compare(feature(0), '>=', num(5)),
    row: { '#0': 7 },
    items: [{ what: 'feature0', op: '>=', held: true, value: 7, threshold: 5, hasMargin: true }],
  },
  {
    name: 'only what held is marked, in the order written',
    when: or(
      compare(tx('amount'), '>', num(100)),
      and(compare(tx('x'), '==', num(1)), compare(tx('y'), '!=', num(1))),
    ),
    row: { amount: 5, x: 1 },
    items: [
      { what: 'tx.amount', op: '>', held: false, value: 5, threshold: 100, hasMargin: true },
      { what: 'tx.x', op: '==', held: true, value: 1, threshold: 1, hasMargin: true },
      { what: 'tx.y', op: '!=', held: false, threshold: 1, hasMargin: true },
    ],
  },
  {
    name: 'texts of the row, of a literal, of a register and of a feature',
    when: and(
      compare(tx('city'), '==', str('Zoë')),
      compare(cell(0, 0, 'string', tx('terminal'), tx('merchant')), '!=', feature(1, 'string')),
    ),
    row: { city: 'Zoë', terminal: 'T', merchant: 'M', '#1': 'Bergen' },
    items: [
      { what: 'tx.city', op: '==', held: true, value: 'Zoë', threshold: 'Zoë' },
      { what: 'r0.c0', op: '!=', held: true, value: 'Oslo', threshold: 'Bergen' },
    ],
  },
  {
    name: 'a text is cut to 64 bytes, a feature to 40, between characters',
    when: compare(tx('city'), '!=', feature(1, 'string')),
    row: { city: 'é'.repeat(40), '#1': `a${'é'.repeat(30)}` },
    items: [
      {
        what: 'tx.city',
        op: '!=',
        held: true,
        value: 'é'.repeat(32),
        threshold: `a${'é'.repeat(19)}`,
      },
    ],
  },
  {
    name: 'membership',
    when: and(
      inList(0, tx('account')),
      not(inRegister(0, tx('terminal'), tx('merchant'))),
      not(inLiteral(tx('city'), str('x'), str('y'))),
    ),
    row: { account: 'A', terminal: 'T', merchant: 'N', city: 'z' },
    items: [
      { what: 'tx.account', op: 'in', held: true, value: 'A', threshold: 'staff', masking: 'none' },
      { what: '[tx.terminal, tx.merchant]', op: 'not in', held: true, threshold: 'terminals' },
      { what: 'tx.city', op: 'not in', held: true, value: 'z', threshold: '["x", "y"]' },
    ],
  },
  {
    name: 'has, truth and calls',
    when: and(
      has(tx('ip')),
      has(tx('device'), true),
      truth(tx('flag'), true),
      not(call('luhn', tx('order'))),
      bool(true),
    ),
    row: { ip: '::1', flag: false, order: '12' },
    items: [
      { what: 'tx.ip', op: 'has', held: true, value: '::1' },
      { what: 'tx.device', op: 'not has', held: true },
      { what: 'tx.flag', op: 'is not', held: true, value: false },
      { what: 'luhn(tx.order)', op: 'is not', held: true, value: false, masking: 'none' },
    ],
  },
  {
    name: 'made texts',
    when: and(
      compare(call('lower', tx('city')), '==', str('äö')),
      compare(call('trim', tx('merchantName')), '==', str('M')),
    ),
    row: { city: 'ÄÖ', merchantName: ' M ' },
    items: [
      { what: 'lower(tx.city)', op: '==', held: true, value: 'äö', threshold: 'äö' },
      { what: 'trim(tx.merchantName)', op: '==', held: true, value: 'M', threshold: 'M' },
    ],
  },
  {
    name: 'infinity is a value, -0 is 0',
    when: and(
      compare(feature(0), '>', num(900)),
      compare(arithmetic(num(0), '*', num(-1)), '==', num(0)),
    ),
    row: { '#0': Infinity },
    items: [
      { what: 'feature0', op: '>', held: true, value: Infinity, threshold: 900, hasMargin: true },
      { what: '0 * -1', op: '==', held: true, value: 0, threshold: 0, hasMargin: true },
    ],
  },
  {
    name: 'cards are marked, and masked where they stand in the file',
    when: and(
      compare(tx('card'), '==', str(PAN)),
      inLiteral(call('trim', tx('card')), str(PAN), str('x')),
      compare(feature(2, 'string'), '==', tx('order')),
      call('startsWith', tx('card'), str(PAN)),
      compare(str(PAN), '==', tx('order')),
    ),
    row: { card: PAN, '#2': PAN, order: PAN },
    items: [
      { what: 'tx.card', op: '==', held: true, value: PAN, threshold: PAN, masking: 'card' },
      {
        what: 'trim(tx.card)',
        op: 'in',
        held: true,
        value: PAN,
        threshold: '["411111******1111", "x"]',
        masking: 'card',
      },
      { what: 'feature2', op: '==', held: true, value: PAN, threshold: PAN, masking: 'card' },
      {
        what: 'startsWith(tx.card, "411111******1111")',
        op: 'is',
        held: true,
        value: true,
        masking: 'card',
      },
      { what: `"${PAN}"`, op: '==', held: true, value: PAN, threshold: PAN, masking: 'none' },
    ],
  },
  {
    name: 'a date and a version have no margin',
    when: and(
      compare({ ...call('dateOf', tx('time')), type: 'date' }, '>', num(20260101, 'date')),
      compare(call('version', tx('softwareVersion')), '<', str('3.2', 'version')),
    ),
    row: { time: Date.UTC(2026, 5, 1), softwareVersion: '3.1.9' },
    items: [
      { what: 'dateOf(tx.time)', op: '>', held: true, value: 20260601, threshold: 20260101 },
      {
        what: 'version(tx.softwareVersion)',
        op: '<',
        held: true,
        value: '3.1.9',
        threshold: '3.2',
      },
    ],
  },
  {
    name: 'a long text of a feature inside another expression is missing',
    when: compare(choose(bool(true), bool(false), feature(1, 'string'), str('')), '!=', str('x')),
    row: { '#1': 'a'.repeat(50) },
    items: [{ what: 'choose', op: '!=', held: true, threshold: 'x' }],
  },
];

describe('evidence', () => {
  it.each(cases)('$name', ({ when, row, items }) => {
    const expected = items.map((item) => ({ value: undefined, threshold: undefined, ...item }));
    expect(readEvidence(when, row)).toEqual(expected);
  });

  it('lists so many items at most', () => {
    const many = Array.from({ length: 100 }, (_, i) => compare(tx('x'), '>', num(i)));
    const items = readEvidence(and(...many), { x: 200 });
    expect(items).toHaveLength(EVIDENCE_ITEMS_MAX);
    expect(items.every((item) => item.held)).toBe(true);
  });

  it('gives the score that a rule adds', () => {
    const rules = [
      rule('literal', bool(true), { score: num(5) }),
      rule('made', bool(true), { score: arithmetic(tx('x'), '*', num(2)) }),
      rule('none', bool(true)),
    ];
    const { program } = scoreAll(benchOf({ rules }, [{ x: 3 }, {}]));
    program.prepareEvidence();
    const scores = [0, 1].map((row) => [0, 1, 2].map((r) => program.evidence.scoreOf(r, row)));
    expect(scores).toEqual([
      [5, 6, NaN],
      [5, NaN, NaN],
    ]);
  });
});
