import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskCardNumbers, maskEvidence, maskText } from '../../src/domain/card-numbers.ts';

function mask(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const isMasked = maskCardNumbers(bytes);
  const result = new TextDecoder().decode(bytes);
  expect(isMasked).toBe(result !== text);
  expect(result.length).toBe(text.length);
  return result;
}

test.each([
  ['"4111111111111111"', '"411111******1111"'],
  ['378282246310005', '378282*****0005'],
  ['4111 1111 1111 1111', '4111 11** **** 1111'],
  ['4111-1111-1111-1111', '4111-11**-****-1111'],
  ['x4111111111111111y', 'x411111******1111y'],
  ['4111 1111 1111 1111 12', '4111 11** **** 1111 12'],
  ['12 4111111111111111', '12 411111******1111'],
  ['6304000000000000000 and 4111111111111111', null],
  ['4111111111111111,5500005555555559', '411111******1111,550000******5559'],
  ['{"card":"4222222222222"}', '{"card":"422222***2222"}'],
  ['{"card" : "4111111111111112"}', '{"card" : "411111******1112"}'],
  ['{"card":4111111111111112}', '{"card":411111******1112}'],
  ['{"card"\t:            "4222222222222"}', '{"card"\t:            "422222***2222"}'],
  ['{"\\u0063a\\u0072\\u0064":"4222222222222"}', '{"\\u0063a\\u0072\\u0064":"422222***2222"}'],
  ['{"payerCard":["4222222222222"]}', '{"payerCard":["422222***2222"]}'],
  ['{"card":"4222-2222 22222 12 34"}', '{"card":"4222-22** ***** 12 34"}'],
  // Digits and separators in other writings, each masked at its own length.
  ['"\\u0034111111111111111"', '"\\u003411111******1111"'],
  ['"4111111111\\u00311111\\u0031"', '"411111****\\u002a*111\\u0031"'],
  ['"\\\\u0034111111111111111"', '"\\\\u003411111******1111"'],
  ['4111\\u00201111\\u002d1111\u00a01111', '4111\\u002011**\\u002d****\u00a01111'],
  ['４１１１１１１１１１１１１１１１', '４１１１１１＊＊＊＊＊＊１１１１'],
  ['\\uff141111111111\\uFF11111\\uff11', '\\uff1411111*****\\uFF0a111\\uff11'],
  ['4111111111111111=25121010000', '411111******1111=25121010000'],
  ['\u00a4card\u00b04111111111111112', '\u00a4card\u00b0411111******1112'],
])('%s', (text, masked) => {
  if (masked !== null) expect(mask(text)).toBe(masked);
  else expect(mask(text)).toContain('411111******1111');
});

test.each([
  '4111111111111112', // Luhn fails
  '1767225600000', // a time in ms
  '{"time":1767225600000,"amount":100}',
  '41111111111111111111', // 20 digits
  '4111  1111  1111  1111', // two spaces: no one number
  '4111 1111',
  '{"cards":12,"x":"4222222222222"}',
  '',
])('%s stays', (text) => {
  expect(mask(text)).toBe(text);
});

test.each([
  [
    'the first digits of a number that was cut',
    '{"memo":"41111111111',
    '{"memo":"411111*****',
    true,
  ],
  ['a long number that was cut', '41111111111111111111111', '411111*****************', true],
  ['no more than a masked one shows', '{"memo":"4111111111', '{"memo":"4111111111', true],
  ['between two of its groups', '4111 1111 1111 ', '4111 11** **** ', true],
  ['between groups apart by a dash', '41111111111-', '411111*****-', true],
  ['in the escape of its next digit', '41111111111\\u003', '411111*****\\u003', true],
  ['in the escape of a separator', '41111111111\\u', '411111*****\\u', true],
  ['not at the end', '41111111111  ', '41111111111  ', true],
  ['before what is no part of it', '41111111111",', '41111111111",', true],
  ['nothing was cut', '41111111111', '41111111111', false],
])('at a cut: %s', (_, text, masked, isCut) => {
  expect(maskText(text, { isCut })).toBe(masked);
});

test.each([
  ['a fullwidth digit', [0xef, 0xbc]],
  ['a no-break space', [0xc2]],
])('at a cut in %s', (_, rest) => {
  const bytes = Uint8Array.of(...new TextEncoder().encode('41111111111'), ...rest);
  expect(maskCardNumbers(bytes, 0, bytes.length, { isCut: true })).toBe(true);
  expect(bytes).toEqual(Uint8Array.of(...new TextEncoder().encode('411111*****'), ...rest));
});

/** What is cut behind 40 bytes, or 64, may have a card number at its end. */
const BEFORE = 'x'.repeat(16);
test.each([
  [37, `${BEFORE}411111111111１１２`, `${BEFORE}411111111111１１２`],
  [38, `${BEFORE}4111111111111１１２`, `${BEFORE}411111*******＊＊＊`],
  [39, `${BEFORE}41111111111111１１１`, `${BEFORE}411111********＊＊＊`],
  [40, `${BEFORE}411111111111111１１２`, `${BEFORE}411111*********＊＊＊`],
  [41, `${BEFORE}4111111111111111１１１`, `${BEFORE}4111111111111111１１１`],
  [62, `${'x'.repeat(40)}4111111111111１１２`, `${'x'.repeat(40)}411111*******＊＊＊`],
])('evidence of %i bytes: %s', (length, text, masked) => {
  const bytes = new TextEncoder().encode(text);
  expect(bytes.length).toBe(length);
  expect(maskEvidence(bytes, length, 'luhn')).toBe(masked !== text);
  expect(new TextDecoder().decode(bytes)).toBe(masked);
});

test('the first part of a long number shows no more than a masked one, however it is written', () => {
  const digit = fc.oneof(
    fc.nat(9).map(String),
    fc.nat(9).map((n) => '０１２３４５６７８９'.charAt(n)),
  );
  const digits = fc.array(digit, { minLength: 14, maxLength: 19 });
  fc.assert(
    fc.property(digits, fc.constantFrom(40, 64), fc.nat(63), (number, kept, before) => {
      const whole = [...Array.from({ length: before }, () => 'x'), ...number].join('');
      const text = firstCharacters(whole, kept);
      fc.pre(text !== whole);
      const bytes = new TextEncoder().encode(text);
      maskEvidence(bytes, bytes.length, 'luhn');
      const shown = new TextDecoder().decode(bytes).match(/[0-9０-９]/g) ?? [];
      expect(shown.length).toBeLessThanOrEqual(10);
    }),
    { numRuns: 1000 },
  );
});

/** The characters of a text that fit in whole. */
function firstCharacters(text: string, bytesMax: number): string {
  let kept = '';
  for (const character of text) {
    if (new TextEncoder().encode(kept + character).length > bytesMax) break;
    kept += character;
  }
  return kept;
}

test('within a range only', () => {
  const bytes = new TextEncoder().encode('14111111111111111');
  expect(maskCardNumbers(bytes, 1, 17)).toBe(true);
  expect(new TextDecoder().decode(bytes)).toBe('1411111******1111');
});

test('a long row of short numbers takes no long time', () => {
  expect(mask('7 '.repeat(30_000)).length).toBe(60_000);
});

/** `digits` and the check digit that makes it pass. */
function withCheckDigit(digits: string): string {
  const sum = Array.from(digits, Number).reduceRight((total, digit, i) => {
    const d = digit * ((digits.length - i) % 2 === 1 ? 2 : 1);
    return total + (d > 9 ? d - 9 : d);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
}

test('no card number gets through, wherever it stands and however it is grouped', () => {
  const digits = fc
    .array(fc.nat(9), { minLength: 13, maxLength: 18 })
    .map((list) => withCheckDigit(list.join('')));
  const around = fc.string({ maxLength: 10 }).map((text) => text.replaceAll(/[\d -]/g, '_'));
  fc.assert(
    fc.property(digits, around, around, fc.constantFrom('', ' ', '-'), (pan, a, b, separator) => {
      const grouped = (pan.match(/.{1,4}/g) as string[]).join(separator);
      const masked = mask(`${a}${grouped}${b}`);
      const kept = masked.slice(a.length, a.length + grouped.length).replaceAll(/[ -]/g, '');
      expect(kept.length).toBe(pan.length);
      expect(kept.slice(0, 6) + kept.slice(-4)).toBe(pan.slice(0, 6) + pan.slice(-4));
      expect(kept.slice(6, -4)).toMatch(/^\*+$/);
    }),
    { numRuns: 500 },
  );
});
