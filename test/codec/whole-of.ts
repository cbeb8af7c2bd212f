// Whole numbers in JSON's forms by exact arithmetic.

/** The whole number that a text says, up to ±2^53, or NaN. */
export function wholeOf(text: string): number {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent) - fraction.length;
  let digits = BigInt(whole + fraction);
  if (digits === 0n) return 0;
  for (let k = 0; k > shift; k--) {
    if (digits % 10n !== 0n) return NaN;
    digits /= 10n;
  }
  for (let k = 0; k < shift && digits <= 2n ** 53n; k++) digits *= 10n;
  return digits > 2n ** 53n ? NaN : Number(`${sign}${digits}`);
}
