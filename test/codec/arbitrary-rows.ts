// Random transactions, good and bad, and every way that JSON has of writing them.

import fc from 'fast-check';
import type { FieldSpec } from '../../src/domain/fields.ts';
import { KINDS } from '../../src/domain/fields.ts';
import { ALL_FIELDS } from './decode-support.ts';

const TEXTS = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 20, unit: 'grapheme' }),
  fc.constantFrom('', 'A', 'acc-1', 'm-77', '上海', 'é\u0301', '"', '\\', 'a\tb', '\u0000', '😀'),
  fc.nat({ max: 1100 }).map((n) => 'x'.repeat(n)),
  fc.nat({ max: 70 }).map((n) => 'é'.repeat(n)),
);

const NUMBERS = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.double({ noNaN: true, min: -200, max: 200 }),
  fc.integer({ min: -1_800_000, max: 1_800_000 }).map((n) => n / 1e4),
  fc.constantFrom(
    0,
    -0,
    2 ** 53,
    -(2 ** 53),
    2 ** 53 + 2,
    90,
    -90,
    90.00000001,
    180,
    1e300,
    5e-324,
  ),
);

const ANYTHING = fc.oneof(TEXTS, NUMBERS.filter(Number.isFinite), fc.jsonValue({ maxDepth: 3 }));

const TIMES = fc.oneof(
  fc.integer({ min: -1e13, max: 1e13 }),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((d) => d.toISOString()),
  fc.constantFrom('2026-02-29T00:00:00Z', '2026-01-01T00:00:00+08:00', '2026-01-01 00:00:00.9999Z'),
);

function validValue(spec: FieldSpec): fc.Arbitrary<unknown> {
  if (spec.values !== undefined) return fc.constantFrom(...spec.values);
  switch (spec.type) {
    case 'latitude':
      return fc.double({ noNaN: true, min: -90, max: 90 });
    case 'longitude':
      return fc.double({ noNaN: true, min: -180, max: 180 });
    case 'boolean':
      return fc.boolean();
    case 'number':
      return NUMBERS.filter(Number.isFinite);
    case 'time':
      return fc.integer({ min: 0, max: 2e12 });
    case 'string':
    case 'enum':
      return fc
        .string({ maxLength: 16, unit: 'grapheme' })
        .filter((text) => new TextEncoder().encode(text).length <= spec.bytesMax);
    default:
      return fc.maxSafeInteger();
  }
}

const BASE = fc.record({
  id: fc.string({ minLength: 1, maxLength: 20 }),
  kind: fc.constantFrom(...KINDS),
  time: fc.integer({ min: 0, max: 2e12 }),
  account: fc.string({ maxLength: 20 }),
  amount: fc.maxSafeInteger(),
  currency: fc.constantFrom('CNY', 'JPY', 'USD', 'XXX'),
  merchant: fc.string({ maxLength: 9 }),
  terminal: fc.string({ maxLength: 9 }),
  of: fc.string({ maxLength: 9 }),
  release: fc.constantFrom('approve', 'decline'),
  label: fc.constantFrom('fraud', 'genuine'),
});

const OPTIONAL = fc.record(
  Object.fromEntries(ALL_FIELDS.slice(4).map((spec) => [spec.name, validValue(spec)])),
  { requiredKeys: [] },
);

const UNKNOWN_KEYS = fc.dictionary(fc.string({ maxLength: 8 }), ANYTHING, { maxKeys: 3 });

/** Rows that are good. */
export const GOOD_ROWS: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(BASE, OPTIONAL, UNKNOWN_KEYS)
  .map(([base, optional, unknown]) => {
    const isKnown = (key: string): boolean => ALL_FIELDS.some((spec) => spec.name === key);
    const rest = Object.entries(unknown).filter(([key]) => !isKnown(key));
    return { ...Object.fromEntries(rest), ...optional, ...base };
  });

/** Rows with anything in some of their keys, or without some. */
export const ANY_ROWS: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    GOOD_ROWS,
    fc.array(
      fc.tuple(fc.constantFrom(...ALL_FIELDS.map((s) => s.name)), fc.oneof(ANYTHING, TIMES)),
      {
        maxLength: 3,
      },
    ),
    fc.subarray(['id', 'kind', 'time', 'account', 'merchant', 'currency'], { maxLength: 1 }),
  )
  .map(([row, changes, dropped]) => {
    const changed = { ...row, ...Object.fromEntries(changes) };
    return Object.fromEntries(
      Object.entries(changed).filter(([key]) => !dropped.includes(key as never)),
    );
  });

/** Choices for writing a row: a stream of small numbers. */
export const STYLES: fc.Arbitrary<number[]> = fc.array(fc.nat(255), {
  minLength: 1,
  maxLength: 40,
});

class Writer {
  readonly #style: readonly number[];
  #at = 0;

  constructor(style: readonly number[]) {
    this.#style = style;
  }

  pick(count: number): number {
    return (this.#style[this.#at++ % this.#style.length] as number) % count;
  }

  space(): string {
    return ['', '', '', '', ' ', '\t', '\r', '  '][this.pick(8)] as string;
  }

  text(value: string): string {
    if (this.pick(3) > 0) return JSON.stringify(value);
    const units = Array.from({ length: value.length }, (_, i) => {
      const unit = value.charCodeAt(i);
      const hex = unit.toString(16).padStart(4, '0');
      return this.pick(2) === 0 ? `\\u${hex}` : `\\u${hex.toUpperCase()}`;
    });
    return `"${units.join('')}"`;
  }

  number(value: number): string {
    const plain = JSON.stringify(value);
    if (/[e.]/.test(plain)) return this.pick(3) === 0 ? value.toExponential() : plain;
    return [plain, plain, plain, `${plain}.0`, `${plain}e0`, `${plain}0E-1`, `${plain}.000`][
      this.pick(plain.length < 12 && value !== 0 ? 7 : 5)
    ] as string;
  }

  value(value: unknown): string {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' && Number.isFinite(value)) return this.number(value);
    if (Array.isArray(value)) {
      return `[${value.map((item) => this.space() + this.value(item) + this.space()).join(',')}]`;
    }
    return typeof value === 'object' && value !== null
      ? this.object(Object.entries(value))
      : JSON.stringify(value);
  }

  object(entries: readonly (readonly [string, unknown])[]): string {
    const members = entries.map(
      ([key, value]) =>
        this.space() +
        this.text(key) +
        this.space() +
        ':' +
        this.space() +
        this.value(value) +
        this.space(),
    );
    return `{${members.join(',')}}`;
  }
}

/** One of the many JSON texts of a row: any key order, spaces, escapes, number forms, duplicates. */
export function writeJson(
  row: Readonly<Record<string, unknown>>,
  style: readonly number[],
): string {
  const writer = new Writer(style);
  const entries = Object.entries(row);
  for (let i = entries.length - 1; i > 0; i--) {
    if (writer.pick(2) === 0) continue;
    const j = writer.pick(i + 1);
    [entries[i], entries[j]] = [entries[j] as [string, unknown], entries[i] as [string, unknown]];
  }
  const first = entries[0];
  // An earlier duplicate of a key: of no consequence, whatever is in it.
  if (first !== undefined && writer.pick(4) === 0) {
    entries.push(first);
    entries[0] = [first[0], ['anything', 1, 'too long'.repeat(9), null][writer.pick(4)]];
  }
  return writer.space() + writer.object(entries) + writer.space();
}
