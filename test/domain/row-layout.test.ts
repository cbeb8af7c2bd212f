import { expect, test } from 'vitest';
import { makeRowLayout, slotWord } from '../../src/domain/row-layout.ts';

test('a slot is found by the name of its field, and a field that is missing is told', () => {
  const layout = makeRowLayout([], new Set(['city']), false);
  const city = layout.fields.findIndex(({ name }) => name === 'city');
  expect(slotWord(layout, 'city') * 4).toBe(layout.slots[city]);
  expect(() => slotWord(layout, 'town')).toThrow('the row layout lacks the field town');
});
