// Columns of texts against plain arrays of strings.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_HASH_KEY, hashBytes, hashString } from '../../src/base/hash.ts';
import { NumberColumnBuilder, numberColumnOf } from '../../src/domain/number-column.ts';
import {
  TextBytes,
  TextColumnBuilder,
  rowCountOf,
  textAt,
  textColumnOf,
  textsOf,
} from '../../src/domain/text-column.ts';

const unit = fc.constantFrom('a', '\ufeff', 'é', '東', '😀');
const text = fc.oneof(fc.string({ unit }), fc.string({ unit: 'grapheme' }));
const cell = fc.option(text, { nil: null });

describe('a column of texts', () => {
  it('gives back what was put in, at every size', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 900, size: 'max' }), (cells) => {
        const column = textColumnOf(cells);
        expect(rowCountOf(column)).toBe(cells.length);
        expect(textsOf(column)).toEqual(cells);
        expect(textAt(column, cells.length)).toBeNull();
        expect(textAt(column, -1)).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  it('holds the bytes of which a string has its hash', () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const { bytes, spans } = textColumnOf(texts);
        const hash = new Int32Array(2);
        texts.forEach((one, row) => {
          hashBytes(bytes, spans[row * 2]!, spans[row * 2 + 1]!, DEFAULT_HASH_KEY, hash);
          expect([...hash]).toEqual(hashString(one, DEFAULT_HASH_KEY));
        });
      }),
    );
  });

  it('tells an empty text from a missing one', () => {
    expect(textsOf(textColumnOf(['', null, 'x', null, '']))).toEqual(['', null, 'x', null, '']);
    expect(rowCountOf(textColumnOf([]))).toBe(0);
  });

  it('replaces half of a surrogate pair, as all encoders do', () => {
    expect(textsOf(textColumnOf(['a\ud83d', 'b']))).toEqual(['a\ufffd', 'b']);
  });

  it('forgets a row that is dropped', () => {
    const builder = new TextColumnBuilder(new TextBytes(8), 3);
    for (const one of ['a', 'long', null]) builder.add(one);
    builder.dropLast();
    builder.dropLast();
    builder.add('bc');
    expect(builder.rowCount).toBe(2);
    expect(builder.finish()).toEqual(textColumnOf(['a', 'bc']));
  });

  it('may share its bytes with others that are filled with it', () => {
    const bytes = new TextBytes(64);
    const [left, right] = [new TextColumnBuilder(bytes, 9), new TextColumnBuilder(bytes, 9)];
    for (const one of ['a', null, '東京', '']) {
      left.add(one);
      right.add(`${one}!`);
    }
    expect(textsOf(left.finish())).toEqual(['a', null, '東京', '']);
    expect(textsOf(right.finish())).toEqual(['a!', 'null!', '東京!', '!']);
  });

  it.each(['abcd', 'é東'])('refuses texts that it has no room for: %s', (one) => {
    const builder = new TextColumnBuilder(new TextBytes(3), 1);
    expect(() => {
      builder.add(one);
    }).toThrow(/there is room/);
  });

  it('is shared by what it is sent to, and stays one where it was one', () => {
    const column = textColumnOf(['a', 'b']);
    const sent = structuredClone({ key: column, texts: column });
    expect(sent.key).toBe(sent.texts);
    column.bytes[1] = 'c'.charCodeAt(0);
    expect(textsOf(sent.key)).toEqual(['a', 'c']);
  });
});

describe('a column of numbers', () => {
  it('is filled row by row', () => {
    const numbers = [0, -0, 1.5, NaN, Infinity, 2 ** 53];
    const builder = new NumberColumnBuilder(9);
    for (const one of numbers) builder.add(one);
    expect(builder.finish()).toEqual(numberColumnOf(numbers));
    expect([...builder.finish()]).toEqual(numbers);
  });
});
