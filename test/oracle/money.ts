// Currency conversion, exactly, with big integers.

import type { Plan } from '../../src/domain/plan.ts';

/** ISO 4217 minor units that are not 2. */
const EXPONENTS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((currency) => [currency, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((currency) => [currency, 3]),
  ...'CLF UYW'.split(' ').map((currency) => [currency, 4]),
]);

function exponentOf(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** numerator / denominator to the nearest integer, ties to even; denominator > 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  const whole = size / denominator;
  const twice = (size % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && whole % 2n === 1n);
  const rounded = isUp ? whole + 1n : whole;
  return negative ? -rounded : rounded;
}

/**
 * Minor units of `currency` in minor units of the plan's currency; undefined without a rate. A row
 * that names no currency (only payments and refunds must) is in the plan's own.
 */
export function convert(
  plan: Plan,
  amountMinor: number,
  currency: string | undefined,
): number | undefined {
  const isOwn = currency === undefined || currency === plan.currency;
  if (plan.currency === null || isOwn) return amountMinor;
  const rate = plan.rates.find((known) => known.currency === currency);
  if (rate === undefined) return undefined;
  const up =
    BigInt(amountMinor) * BigInt(rate.rateDigits) * 10n ** BigInt(exponentOf(plan.currency));
  return Number(divideHalfEven(up, 10n ** BigInt(exponentOf(currency) + rate.rateScale)));
}
