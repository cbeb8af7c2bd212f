// What is written in both languages is the same in both.

import { expect, test } from 'vitest';
import * as area from '../../src/codec/assembly/area.ts';
import * as header from '../../src/codec/assembly/row-header.ts';
import { VALUE_CLASS } from '../../src/codec/field-tables.ts';
import { DECIDED_KIND_COUNT } from '../../src/domain/fields.ts';
import { ROW, ROW_FLAG } from '../../src/domain/row-layout.ts';

/** `FOO_BAR` of constants that begin with `prefix_`, as fooBar. */
function named(constants: Readonly<Record<string, unknown>>, prefix: string): object {
  const camel = (name: string): string =>
    name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const all = Object.entries(constants).filter(([name]) => name.startsWith(`${prefix}_`));
  return Object.fromEntries(
    all.map(([name, value]) => [camel(name.slice(prefix.length + 1)), value]),
  );
}

test('classes of values', () => {
  expect(named(area, 'CLASS')).toEqual(VALUE_CLASS);
});

test('places in a record', () => {
  const { timeMs: _, streamTimeMs: __, ...written } = ROW;
  expect(named(header, 'ROW')).toEqual(written);
});

test('what kinds are decided, and how that is marked', () => {
  expect(header.DECIDED_KIND_COUNT).toBe(DECIDED_KIND_COUNT);
  expect(header.FLAG_DECIDED).toBe(ROW_FLAG.decided);
});

test('no two words of the head or of a block overlap', () => {
  for (const [prefix, wide, end] of [
    ['HEAD', ['needed', 'read', 'ownCurrency', 'number'], area.HEAD_BYTES],
    ['BLOCK', ['bit'], area.BLOCK_KEY],
  ] as const) {
    const {
      bytes: _,
      keyBytesMax: __,
      key: ___,
      ...words
    } = named(area, prefix) as Record<string, number>;
    const places = Object.entries(words).flatMap(([name, at]) =>
      (wide as readonly string[]).includes(name) && name !== 'needed' ? [at, at + 4] : [at],
    );
    expect(new Set(places).size).toBe(places.length);
    expect(Math.max(...places)).toBeLessThan(end);
  }
});
