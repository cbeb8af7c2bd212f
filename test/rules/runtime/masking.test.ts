import { expect, test } from 'vitest';
import type { Expression } from '../../../src/domain/expression.ts';
import type { FieldSpec } from '../../../src/domain/fields.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { maskFileText, maskingOf, sideMasking } from '../../../src/rules/runtime/masking.ts';

const NAMES = ['card', 'of.card', 'event.card', 'order', 'of.account', 'merchant', 'device'];
const FIELDS = NAMES.map((name) => ({ name }) as FieldSpec);

const base = { type: 'string', text: '', at: { file: 'r.yaml', line: 1, column: 1 } } as const;
const field = (name: string): Expression => ({ ...base, op: 'field', field: NAMES.indexOf(name) });
const literal: Expression = { ...base, op: 'string', value: 'x' };
const trim = (arg: Expression): Expression => ({ ...base, op: 'call', name: 'trim', args: [arg] });
const last: Expression = { ...base, op: 'feature', feature: 0 };
const cell: Expression = { ...base, op: 'cell', register: 0, column: 0, key: [field('device')] };
const either = (then: Expression, otherwise: Expression): Expression => {
  const yes = { ...base, op: 'boolean', value: true } as const;
  return { ...base, op: 'choose', test: yes, negatedTest: yes, then, otherwise };
};

const planOf = (value: Expression | null): Plan => ({ features: [{ value }] }) as unknown as Plan;

test.each<readonly [string, readonly (Expression | null)[], Expression | null, string]>([
  ['a card', [field('card'), literal], null, 'card'],
  ["another payment's card", [field('of.card')], null, 'card'],
  ["an event's card", [trim(field('event.card'))], null, 'card'],
  ['the last card', [last, field('device')], field('card'), 'card'],
  ['a card against an echoed field', [field('order'), field('card')], null, 'card'],
  ['a card or a device', [either(field('device'), field('card'))], null, 'card'],
  ['an echoed field', [field('order'), literal], null, 'none'],
  ["another payment's", [field('of.account'), null], null, 'none'],
  ['one against a register', [cell, field('merchant')], null, 'none'],
  ['one against another field', [field('order'), field('device')], null, 'luhn'],
  ['another field', [field('device'), literal], null, 'luhn'],
  ['a register and nothing else', [cell], null, 'luhn'],
  ['a count', [last, literal], null, 'luhn'],
])('%s', (_, sides, value, masking) => {
  expect(maskingOf(sides, planOf(value), FIELDS)).toBe(masking);
});

test('a cell beside an echoed field is masked, the field is not', () => {
  const order = field('order');
  const sides = [order, cell, trim(cell), either(order, cell), literal].map((side) =>
    sideMasking(side, 'none', planOf(null), FIELDS),
  );
  expect(sides).toEqual(['none', 'luhn', 'luhn', 'luhn', 'none']);
  expect(sideMasking(order, 'card', planOf(null), FIELDS)).toBe('card');
});

test.each([
  ['card', '"411111******1111", "411111******1112"'],
  ['luhn', '"411111******1111", "4111111111111112"'],
  ['none', '"4111111111111111", "4111111111111112"'],
] as const)('text of the rules file: %s', (masking, shown) => {
  expect(maskFileText('"4111111111111111", "4111111111111112"', masking)).toBe(shown);
});
