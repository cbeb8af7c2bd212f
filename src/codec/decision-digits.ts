// Whole numbers as decimal digits, without strings.
//
// Method: four digits at a time through a table of the hundred pairs. Numbers are read from a
// Float64Array inside the callee, because passing a double to a call may allocate it.
// Cost: ~4 ns for 13 digits.

/** Longest text that putNumberText writes: sign, 17 digits, point and exponent. */
export const NUMBER_TEXT_BYTES_MAX = 25;

const INTEGER_MAX = 2 ** 53;

/** Two ASCII digits of each number below 100, little-endian. */
export type DigitPairs = Uint16Array;

export function makeDigitPairs(): DigitPairs {
  return Uint16Array.from(
    { length: 100 },
    (_, n) => (48 + Math.floor(n / 10)) | ((48 + (n % 10)) << 8),
  );
}

/** Digits of a whole number in [0, 1e8); the result is where they end. */
function putDigits(view: DataView, at: number, pairs: DigitPairs, value: number): number {
  if (value >= 10_000) {
    const high = (value / 10_000) | 0;
    return putFourDigits(view, putUpToFour(view, at, pairs, high), pairs, value - high * 10_000);
  }
  return putUpToFour(view, at, pairs, value);
}

/** A number below 10,000 without leading zeros. */
function putUpToFour(view: DataView, at: number, pairs: DigitPairs, value: number): number {
  if (value < 10) {
    view.setUint8(at, 48 + value);
    return at + 1;
  }
  if (value < 100) {
    view.setUint16(at, pairs[value] as number, true);
    return at + 2;
  }
  if (value < 1000) {
    const high = (value / 100) | 0;
    view.setUint8(at, 48 + high);
    view.setUint16(at + 1, pairs[value - high * 100] as number, true);
    return at + 3;
  }
  return putFourDigits(view, at, pairs, value);
}

/** Exactly four digits, with leading zeros. */
function putFourDigits(view: DataView, at: number, pairs: DigitPairs, value: number): number {
  const high = (value / 100) | 0;
  const low = value - high * 100;
  view.setInt32(at, (pairs[high] as number) | ((pairs[low] as number) << 16), true);
  return at + 4;
}

/** True where a number is written as digits (and in msgpack as an integer). */
export function isWritableInteger(value: number): boolean {
  return value >= -INTEGER_MAX && value <= INTEGER_MAX && Math.floor(value) === value;
}

/** Digits of the whole number values[index] within ±2^53; the result is where they end. */
export function putInteger(
  view: DataView,
  at: number,
  pairs: DigitPairs,
  values: Float64Array,
  index: number,
): number {
  let value = values[index] as number;
  if (value < 0) {
    view.setUint8(at++, 0x2d);
    value = -value;
  }
  if (value < 1e8) return putDigits(view, at, pairs, value | 0);
  let high = Math.floor(value / 1e8);
  let low = (value - high * 1e8) | 0;
  if (low < 0) {
    high -= 1; // the division rounded up
    low += 100_000_000;
  }
  const upper = (low / 10_000) | 0;
  at = putDigits(view, at, pairs, high | 0);
  at = putFourDigits(view, at, pairs, upper);
  return putFourDigits(view, at, pairs, low - upper * 10_000);
}

/** The shortest text that reads back as values[index], which is finite; digits where it is whole. */
export function putNumberText(
  view: DataView,
  at: number,
  pairs: DigitPairs,
  values: Float64Array,
  index: number,
): number {
  if (isWritableInteger(values[index] as number)) {
    return putInteger(view, at, pairs, values, index);
  }
  const text = String(values[index]);
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
  return at + text.length;
}

/** Rows of one 28 hours share the first five digits of their 13. */
const TIME_SPAN_MS = 1e8;

/** [first ms of a span, its five digits as bytes of a double]: the span that was written last. */
export function makeTimeHead(): Float64Array {
  return new Float64Array([Number.NaN, 0]);
}

/** putInteger for times: most are of the span of the row before, which saves a division. */
export function putTime(
  view: DataView,
  at: number,
  pairs: DigitPairs,
  head: Float64Array,
  values: Float64Array,
  index: number,
): number {
  const since = (values[index] as number) - (head[0] as number);
  if (since >= 0 && since < TIME_SPAN_MS) {
    const low = since | 0;
    const upper = (low / 10_000) | 0;
    view.setFloat64(at, head[1] as number, true);
    putFourDigits(view, at + 5, pairs, upper);
    return putFourDigits(view, at + 9, pairs, low - upper * 10_000);
  }
  const end = putInteger(view, at, pairs, values, index);
  if (end - at === 13 && (values[index] as number) > 0) {
    head[0] = Math.floor((values[index] as number) / TIME_SPAN_MS) * TIME_SPAN_MS;
    head[1] = view.getFloat64(at, true);
  }
  return end;
}
