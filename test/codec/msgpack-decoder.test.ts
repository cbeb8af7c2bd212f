// The msgpack decoder against msgpackr and against the JSON decoder, and on damaged bytes.

import fc from 'fast-check';
import { Packr, unpack } from 'msgpackr';
import { describe, expect, test, vi } from 'vitest';
import { RowDraft } from '../../src/codec/row-draft.ts';
import type { FieldSpec } from '../../src/domain/fields.ts';
import { ROW_FLAG } from '../../src/domain/row-layout.ts';
import { ANY_ROWS, GOOD_ROWS, STYLES, writeJson } from './arbitrary-rows.ts';
import { ALL_FIELDS, decodeJson, decodeMsgpack, makeDecode, pack } from './decode-support.ts';
import { meaningOf } from './reference-decoder.ts';

const GOOD = {
  id: 'x',
  kind: 'payment',
  time: 1767225600000,
  account: 'A',
  amount: 100,
  currency: 'CNY',
  merchant: 'M',
};

const encoder = new TextEncoder();

function concat(...parts: readonly (Uint8Array | readonly number[] | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => [...(typeof part === 'string' ? encoder.encode(part) : part)]),
  );
}

/** A map of GOOD and raw entries: keys as text, values as bytes. */
function withRaw(...entries: readonly (readonly [string, readonly number[]])[]): Uint8Array {
  const good = pack(GOOD).slice(1);
  return concat(
    [0xde, 0, Object.keys(GOOD).length + entries.length],
    good,
    ...entries.flatMap(([key, value]) => [pack(key), value]),
  );
}

/** msgpackr reads it too, but for extension types that nobody told it of and keys that are no text. */
function expectReadable(bytes: Uint8Array): void {
  try {
    unpack(bytes);
  } catch (error) {
    expect(String(error)).toMatch(/extension|Invalid property type/);
  }
}

describe('against msgpackr', () => {
  test('rows with anything in them', () => {
    fc.assert(
      fc.property(ANY_ROWS, (row) => {
        const meaning = meaningOf(row);
        const decoded = decodeMsgpack(pack(row));
        if (meaning.errors.length === 0) {
          expect(decoded.error).toBeNull();
          expect(decoded.values).toEqual(meaning.values);
        } else {
          const at = decoded.errorField === null ? '' : ` ${decoded.errorField}`;
          expect(meaning.errors).toContain(`${decoded.error}${at}`);
        }
      }),
      { numRuns: 800 },
    );
  });

  test('every option of the packer', () => {
    const packers = [
      new Packr({ useRecords: false, variableMapSize: false }),
      new Packr({ useRecords: false, largeBigIntToFloat: true }),
    ];
    fc.assert(
      fc.property(GOOD_ROWS, (row) => {
        const { content, values } = decodeMsgpack(pack(row));
        for (const packer of packers) {
          const decoded = decodeMsgpack(packer.pack(row));
          expect(decoded.content).toBe(content);
          expect(decoded.values).toEqual(values);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('truncated at every byte', () => {
    fc.assert(
      fc.property(GOOD_ROWS, (row) => {
        const bytes = pack(row);
        for (let length = 0; length < bytes.length; length++) {
          expect(decodeMsgpack(bytes.slice(0, length)).error).toBe('TRUNCATED_ROW');
        }
      }),
      { numRuns: 25 },
    );
  });

  test('mutated bytes are good exactly where the careful way says so', () => {
    fc.assert(
      fc.property(
        GOOD_ROWS,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (row, changes) => {
          const bytes = Uint8Array.from(pack(row));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const decoded = decodeMsgpack(bytes);
          // map32 is never for the fast loop; msgpackr writes map16 here, or a fixmap.
          const head = bytes[0] as number;
          const count = head === 0xde ? [bytes[1] as number, bytes[2] as number] : [0, head & 15];
          if (head !== 0xde && head >> 4 !== 8) return;
          const careful = decodeMsgpack(
            concat([0xdf, 0, 0, ...count], bytes.slice(head === 0xde ? 3 : 1)),
          );
          const shift = head === 0xde ? 2 : 4;
          const expected = { ...careful, table: null, errorAt: 0 };
          expect({ ...decoded, table: null, errorAt: 0 }).toEqual(expected);
          if (decoded.error !== null) expect(careful.errorAt - decoded.errorAt).toBe(shift);
          if (decoded.error === null) expectReadable(bytes);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

test.each(['json', 'msgpack'] as const)(
  '%s rows with keys in the order of the contract are decoded by the loop, any key left out',
  (format) => {
    const careful = vi.spyOn(RowDraft.prototype, 'write');
    const decode = makeDecode(format);
    const valueOf = ({ name, type, values }: FieldSpec): unknown => {
      if (values !== undefined) return values[0];
      if (type === 'boolean') return true;
      if (type === 'string') return `${name} é`;
      if (type === 'time') return GOOD.time;
      return type === 'latitude' || type === 'longitude' || type === 'number' ? 31.5 : 128;
    };
    fc.assert(
      fc.property(fc.subarray(ALL_FIELDS.filter(({ name }) => !(name in GOOD))), (optional) => {
        const specs = ALL_FIELDS.filter((spec) => spec.name in GOOD || optional.includes(spec));
        const row = Object.fromEntries(specs.map((spec) => [spec.name, valueOf(spec)]));
        const decoded = decode(format === 'json' ? JSON.stringify(row) : pack(row));
        expect(decoded.values).toEqual(row);
        expect(careful).not.toHaveBeenCalled();
      }),
    );
    careful.mockRestore();
  },
);

test('JSON and msgpack of one transaction have one content, whatever the key order', () => {
  fc.assert(
    fc.property(GOOD_ROWS, STYLES, (row, style) => {
      const json = decodeJson(writeJson(row, style));
      const packed = decodeMsgpack(pack(row));
      expect(json.error).toBeNull();
      const names = ['values', 'content', 'flags', 'kind', 'hashes', 'converted'] as const;
      for (const name of names) expect(packed[name]).toEqual(json[name]);
    }),
    { numRuns: 500 },
  );
});

test('another value, another key or a value moved to another key is another content', () => {
  const contentOf = (change: object): string => {
    const decoded = decodeMsgpack(pack({ ...GOOD, ...change }));
    expect(decoded.error).toBeNull();
    return decoded.content;
  };
  const contents = [
    {},
    { amount: 101 },
    { balance: 100 },
    { balance: 0 },
    { durationMs: 100 },
    { lat: 100 - 10 },
    { lon: 90 },
    { city: 'A' },
    { country: 'A' },
    { city: '' },
    { account: 'M', merchant: 'A' },
    { isStaff: true },
    { isStaff: false },
    { riskHint: 1 },
    { amount: 2 ** 40 },
    { amount: 2 ** 40 + 1 },
    { amount: -100 },
  ].map(contentOf);
  expect(new Set(contents).size).toBe(contents.length);
  expect(contentOf({ unknown: 5 })).toBe(contents[0]);
});

test.each<[string, number[], number]>([
  ['positive fixint', [0x05], 5],
  ['negative fixint', [0xff], -1],
  ['uint8', [0xcc, 0xff], 255],
  ['uint16', [0xcd, 0x01, 0x00], 256],
  ['uint32', [0xce, 0xff, 0, 0, 0], 0xff000000],
  ['uint64', [0xcf, 0, 0, 1, 0, 0, 0, 0, 1], 2 ** 40 + 1],
  ['uint64 of 2^53', [0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0], 2 ** 53],
  ['int8', [0xd0, 0x80], -128],
  ['int16', [0xd1, 0x80, 0], -32768],
  ['int32', [0xd2, 0x80, 0, 0, 0], -(2 ** 31)],
  ['int64', [0xd3, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff], -(2 ** 32) - 1],
  ['int64 of -2^53', [0xd3, 0xff, 0xe0, 0, 0, 0, 0, 0, 0], -(2 ** 53)],
  ['float32', [0xca, 0x42, 0xc8, 0, 0], 100],
  ['float64', [0xcb, 0x40, 0x59, 0, 0, 0, 0, 0, 0], 100],
  ['float64 of -0', [0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0], 0],
])('an amount as %s', (_, bytes, value) => {
  const decoded = decodeMsgpack(withRaw(['balance', bytes]));
  expect(decoded.error).toBeNull();
  expect(decoded.values['balance']).toBe(value);
});

test.each<[string, string, number[], string]>([
  ['uint64 past 2^53', 'balance', [0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1], 'BAD_VALUE'],
  [
    'int64 past -2^53',
    'balance',
    [0xd3, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    'BAD_VALUE',
  ],
  ['the largest uint64', 'balance', [0xcf, 255, 255, 255, 255, 255, 255, 255, 255], 'BAD_VALUE'],
  ['float64 NaN', 'balance', [0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], 'BAD_VALUE'],
  ['float64 infinity', 'riskHint', [0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], 'BAD_VALUE'],
  ['float32 NaN', 'lat', [0xca, 0x7f, 0xc0, 0, 0], 'BAD_VALUE'],
  ['float64 0.5', 'balance', [0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0], 'BAD_VALUE'],
  ['nil', 'city', [0xc0], 'WRONG_TYPE'],
  ['nil', 'balance', [0xc0], 'WRONG_TYPE'],
  ['bin', 'city', [0xc4, 1, 0x41], 'WRONG_TYPE'],
  ['ext', 'city', [0xd4, 1, 0x41], 'WRONG_TYPE'],
  ['an array', 'balance', [0x91, 1], 'WRONG_TYPE'],
  ['a map', 'city', [0x81, 1, 1], 'WRONG_TYPE'],
  ['a number', 'isStaff', [1], 'WRONG_TYPE'],
  ['a boolean', 'balance', [0xc3], 'WRONG_TYPE'],
  ['a string', 'balance', [0xa1, 0x31], 'WRONG_TYPE'],
  ['never-used', 'city', [0xc1], 'BAD_MSGPACK'],
  ['never-used', 'z', [0xc1], 'BAD_MSGPACK'],
  ['invalid UTF-8', 'city', [0xa2, 0xc3, 0x28], 'BAD_UTF8'],
  ['invalid UTF-8 in an unknown key', 'z', [0x92, 1, 0xa1, 0xff], 'BAD_UTF8'],
  ['33 levels', 'z', [...Array<number>(32).fill(0x91), 1], 'TOO_DEEP'],
])('%s for %s is bad', (_, key, bytes, error) => {
  expect(decodeMsgpack(withRaw([key, bytes])).error).toBe(error);
});

test.each<[string, string, number[], unknown]>([
  ['str8', 'city', [0xd9, 2, 0x41, 0x42], 'AB'],
  ['str16', 'city', [0xda, 0, 2, 0x41, 0x42], 'AB'],
  ['str32', 'city', [0xdb, 0, 0, 0, 2, 0x41, 0x42], 'AB'],
  ['UTF-8', 'city', [0xa6, 0xe4, 0xb8, 0x8a, 0xe6, 0xb5, 0xb7], '上海'],
  ['true', 'isStaff', [0xc3], true],
  ['false', 'isStaff', [0xc2], false],
  ['an RFC 3339 time', 'time', [...pack('2026-01-01T00:00:00Z')], 1767225600000],
])('%s for %s is good', (_, key, bytes, value) => {
  const decoded = decodeMsgpack(
    key === 'time'
      ? concat(
          [0x86],
          ...Object.entries(GOOD)
            .filter(([name]) => name !== 'amount')
            .map(([name, v]) => concat(pack(name), name === 'time' ? bytes : pack(v))),
        )
      : withRaw([key, bytes]),
  );
  if (key === 'time') expect(decoded.error).toBe('MISSING_KEY');
  else expect(decoded.error).toBeNull();
  expect(decoded.values[key]).toBe(value);
});

test.each<[string, number[]]>([
  ['nil', [0xc0]],
  ['bin8', [0xc4, 2, 1, 2]],
  ['bin16', [0xc5, 0, 1, 9]],
  ['bin32', [0xc6, 0, 0, 0, 0]],
  ['ext8', [0xc7, 1, 5, 9]],
  ['ext16', [0xc8, 0, 1, 5, 9]],
  ['ext32', [0xc9, 0, 0, 0, 1, 5, 9]],
  ['fixext1', [0xd4, 1, 1]],
  ['fixext16', [0xd8, 1, ...Array<number>(16).fill(7)]],
  ['array16', [0xdc, 0, 2, 1, 0xc0]],
  ['array32', [0xdd, 0, 0, 0, 1, 0xa0]],
  ['map32', [0xdf, 0, 0, 0, 1, 0xc0, 0x80]],
  ['a map with a map as key', [0x81, 0x81, 1, 2, 3]],
  ['32 levels', [...Array<number>(31).fill(0x91), 1]],
])('an unknown key with %s is ignored and counted', (_, bytes) => {
  const decode = makeDecode('msgpack');
  expect(decode(withRaw(['z', bytes])).error).toBeNull();
  expect(decode.decoder().unknownKeyCount).toBe(1);
});

test('keys that are no strings are unknown keys', () => {
  const decode = makeDecode('msgpack');
  const entries = concat(
    pack(GOOD).slice(1),
    [5, 1, 0xc4, 2, 0x69, 0x64, 1, 0xc0, 0xc0, 0x91, 1, 2],
  );
  expect(decode(concat([0x8b], entries)).error).toBeNull();
  expect(decode.decoder().unknownKeyCount).toBe(4);
});

test('a long head for a short key is the same key', () => {
  const row = concat([0x88], pack(GOOD).slice(1), [0xd9, 4], 'city', [0xa1, 0x41]);
  expect(decodeMsgpack(row).values['city']).toBe('A');
});

describe('a bad row', () => {
  test('that is cut keeps the id that stands before the cut', () => {
    const bytes = pack({ amount: 1, id: 'tx-1', kind: 'refund', z: [1, 'é'] });
    const idEnd = bytes.findIndex(
      (_, i) => new TextDecoder().decode(bytes.slice(i - 4, i)) === 'tx-1',
    );
    for (let length = 0; length < bytes.length; length++) {
      const decoded = decodeMsgpack(bytes.slice(0, length));
      expect(decoded.id).toBe(length >= idEnd ? 'tx-1' : null);
      expect(decoded.errorAt).toBe(length);
    }
  });

  test.each<[string, Uint8Array, string]>([
    ['an array', pack([1]), 'NOT_A_MAP'],
    ['a number', pack(5), 'NOT_A_MAP'],
    ['nothing', new Uint8Array(0), 'TRUNCATED_ROW'],
    ['an empty map', pack({}), 'MISSING_KEY'],
    ['bytes after its end', concat(pack(GOOD), [0]), 'BAD_MSGPACK'],
    ['a count of 2^32 entries', Uint8Array.of(0xdf, 255, 255, 255, 255), 'TRUNCATED_ROW'],
    [
      'a string of 2^32 bytes',
      Uint8Array.of(0x81, 0xa1, 0x7a, 0xdb, 255, 255, 255, 255),
      'TRUNCATED_ROW',
    ],
  ])('%s is %s', (_, bytes, error) => {
    expect(decodeMsgpack(bytes).error).toBe(error);
  });

  test('duplicates: the last one wins', () => {
    const decoded = decodeMsgpack(
      withRaw(['amount', [0xc0]], ['amount', [7]], ['id', [0xa1, 0x79]]),
    );
    expect(decoded.error).toBeNull();
    expect(decoded.values).toMatchObject({ amount: 7, id: 'y' });
    expect(decoded.flags).toBe(ROW_FLAG.decided);
  });
});
