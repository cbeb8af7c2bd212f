// The hashes against the same arithmetic in BigInt, and what is asked of them: no bit of the input that
// leaves a bit of the hash alone.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashBytes, hashString, hashWords } from '../../src/base/hash.ts';
import { Random } from '../../src/base/random.ts';
import { addContent } from '../../src/codec/content-hash.ts';

const STEP = 0x9e3779b97f4a7c15n;
const MIX = 0xd6e8feb86659fd93n;
const cut = (x: bigint): bigint => BigInt.asUintN(64, x);
const fold = (x: bigint): bigint => x ^ (x >> 32n);
const join = (lo: number, hi: number): bigint => (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
const joined = (halves: Int32Array): bigint => join(halves[0] as number, halves[1] as number);

function finished(h: bigint, length: number): bigint {
  h = fold(cut((h ^ BigInt(length)) * MIX));
  return fold(cut(h * MIX));
}

function plainHash(bytes: Uint8Array, seed: bigint): bigint {
  const padded = new Uint8Array(Math.max(1, Math.ceil(bytes.length / 16)) * 16);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  let h = seed;
  for (let at = 0; at < padded.length; at += 8) {
    h = fold(cut((h ^ view.getBigUint64(at, true)) * STEP));
  }
  return finished(h, bytes.length);
}

const KEYS = fc.record({ k0: fc.integer(), k1: fc.integer() });

test('hashBytes, and hashString of text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(9), KEYS, (bytes, before, key) => {
      const out = new Int32Array(2);
      const shifted = Uint8Array.of(...Array<number>(before).fill(7), ...bytes, 9, 9, 9);
      hashBytes(shifted, before, bytes.length, key, out);
      expect(joined(out)).toBe(plainHash(bytes, join(key.k0, key.k1)));
    }),
    { numRuns: 1000 },
  );
  const [lo, hi] = hashString('Łódź, 東京', { k0: 1, k1: 2 });
  expect(join(lo, hi)).toBe(plainHash(new TextEncoder().encode('Łódź, 東京'), join(1, 2)));
});

test('hashWords', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 9 }),
      KEYS,
      (pairs, key) => {
        const words = Int32Array.from(pairs.flat());
        const out = new Int32Array(2);
        hashWords(words, words.length, key, out);
        let h = join(key.k0, key.k1);
        for (const [lo, hi] of pairs) h = fold(cut((h ^ join(lo, hi)) * STEP));
        expect(joined(out)).toBe(finished(h, words.length * 4));
      },
    ),
  );
});

test('addContent', () => {
  const word = fc.integer();
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word, word), { maxLength: 9 }), (fields) => {
      const sum = new Int32Array(2);
      let expected = 0n;
      for (const [lo, hi, saltLo, saltHi] of fields) {
        addContent(sum, lo, hi, saltLo, saltHi);
        const mixed = fold(cut((join(lo, hi) ^ join(saltLo, saltHi)) * MIX));
        expected = cut(expected + mixed * STEP);
      }
      expect(joined(sum)).toBe(expected);
    }),
  );
});

test.each([8, 9, 15, 16, 17, 33])(
  'each bit of %d bytes turns each bit of the hash about',
  (length) => {
    const random = new Random(length);
    const key = { k0: 0x2545f491, k1: 0x6a09e667 };
    const rounds = 1000;
    const [plain, turned] = [new Int32Array(2), new Int32Array(2)];
    const turns = new Int32Array(length * 8 * 64);
    for (let round = 0; round < rounds; round++) {
      const bytes = Uint8Array.from({ length }, () => random.below(256));
      hashBytes(bytes, 0, length, key, plain);
      for (let bit = 0; bit < length * 8; bit++) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        hashBytes(bytes, 0, length, key, turned);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        for (let k = 0; k < 64; k++) {
          turns[bit * 64 + k]! += ((plain[k >> 5]! ^ turned[k >> 5]!) >>> (k & 31)) & 1;
        }
      }
    }
    // Six standard deviations of a fair coin.
    const bound = 6 * Math.sqrt(rounds / 4);
    expect(Math.max(...turns.map((count) => Math.abs(count - rounds / 2)))).toBeLessThan(bound);
  },
);
