import fc from 'fast-check';
import { Packr, unpack } from 'msgpackr';
import { expect, test } from 'vitest';
import { maskRow } from '../../src/codec/mask-row.ts';

const packr = new Packr({ useRecords: false, largeBigIntToFloat: true });

/** Packed, masked, unpacked. */
function masked(value: unknown): unknown {
  const bytes = Uint8Array.from(packr.pack(value));
  const { length } = bytes;
  expect(maskRow(bytes)).toBe(true);
  expect(bytes.length).toBe(length);
  return unpack(bytes);
}

/** Ends in 1: with it the length byte of a text of 49 bytes, 0x31, would make 17 digits. */
const PAN = '4111111111111111';
const HIDDEN = '411111******1111';

test.each<readonly [string, unknown, unknown]>([
  ['a text', { memo: PAN }, { memo: HIDDEN }],
  ['a key', { [PAN]: 1 }, { [HIDDEN]: 1 }],
  ['a text whose length byte is a digit', { memo: PAN.padEnd(49) }, { memo: HIDDEN.padEnd(49) }],
  ['a text before a small number', { list: [PAN, 0x31] }, { list: [HIDDEN, 0x31] }],
  ['a text after a small number', { list: [0x31, PAN] }, { list: [0x31, HIDDEN] }],
  ['13 digits of a card', { card: '4222222222222' }, { card: '422222***2222' }],
  ['bytes', { raw: Buffer.from(PAN) }, { raw: new Uint8Array(Buffer.from(HIDDEN)) }],
  ['a whole number', { n: 4_111_111_111_111_111n }, { n: 4_111_110_000_001_111n }],
  ['one of 19 digits', { n: 6_304_000_000_000_000_000n }, { n: 6_304_000_000_000_000_000n }],
  ['a double', { n: 4_111_111_111_111_111.0 }, { n: 4_111_110_000_001_111 }],
  ['a mistyped card as a number', { card: 4_111_111_111_111_112 }, { card: 4_111_110_000_001_112 }],
])('%s', (_, row, shown) => {
  expect(masked({ x: '\u00e9', ...(row as object) })).toEqual({
    x: '\u00e9',
    ...(shown as object),
  });
});

test('an extension', () => {
  const text = new TextEncoder().encode(PAN);
  const bytes = Uint8Array.of(0x81, 0xa1, 0x78, 0xd8, 0x31, ...text);
  expect(maskRow(bytes)).toBe(true);
  expect(new TextDecoder().decode(bytes.subarray(5))).toBe(HIDDEN);
});

test.each([
  ['the time in ms', { time: 1_767_225_600_000 }],
  ['16 digits that fail the check', { n: 4_111_111_111_111_112, t: '4111111111111112' }],
  ['a fraction', { n: 4111.5 }],
])('%s stays', (_, row) => {
  const bytes = Uint8Array.from(packr.pack(row));
  const before = bytes.slice();
  expect(maskRow(bytes)).toBe(false);
  expect(bytes).toEqual(before);
});

/** Every decimal text and binary number that can be read from any place of the bytes. */
function holds(bytes: Uint8Array, pan: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (Buffer.from(bytes).toString('latin1').includes(pan)) return true;
  for (let p = 0; p + 8 <= bytes.length; p++) {
    if (view.getBigUint64(p) === BigInt(pan) || view.getFloat64(p) === Number(pan)) return true;
  }
  return false;
}

test('nothing of a row is left, wherever it is cut and whatever stands around', () => {
  const leaf = fc.oneof(fc.integer(), fc.string({ maxLength: 60 }), fc.constant(null));
  const place = fc.constantFrom<(pan: string) => unknown>(
    (pan) => pan,
    (pan) => Number(pan),
    (pan) => BigInt(pan),
    (pan) => ({ [pan]: true }),
    (pan) => [[pan], 0x35],
    (pan) => Buffer.from(`7${'x'.repeat(30)} ${pan}`),
  );
  fc.assert(
    fc.property(leaf, place, leaf, fc.nat(80), (a, put, b, cut) => {
      const whole = packr.pack({ a, '\u00e9': put(PAN), card: put(PAN), b });
      const bytes = Uint8Array.from(whole.subarray(0, Math.max(1, whole.length - cut)));
      maskRow(bytes);
      expect(holds(bytes, PAN)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('a text row is not looked at as msgpack, and keeps its length', () => {
  const text = `{"a":"${PAN}","b":"\u00cf\u00cf","c":"\\u0034111111111111111","card":"42222222222`;
  const bytes = new TextEncoder().encode(text);
  expect(maskRow(bytes)).toBe(true);
  expect(new TextDecoder().decode(bytes)).toBe(
    `{"a":"${HIDDEN}","b":"\u00cf\u00cf","c":"\\u003411111******1111","card":"422222*****`,
  );
});

test('any bytes at all', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { length } = bytes;
      maskRow(bytes);
      expect(bytes.length).toBe(length);
    }),
    { numRuns: 1000 },
  );
});
