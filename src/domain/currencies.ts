// ISO 4217 codes with their minor units, and the conversion of a row's money to the plan's currency.
//
// Data: ISO 4217 list one, as published by datahub (ODC-PDDL). Withdrawn codes and those without a
// minor unit (gold, testing, no currency) have no exponent: money in them cannot be converted.
// Conversion is exact: amount x rate as whole numbers, rounded half to even once. Products below
// 2^53 stay in doubles; larger ones take a BigInt, which is the only allocation and rare.

import { assert } from '../base/assert.ts';
import type { HashKey } from '../base/hash.ts';
import { hashString } from '../base/hash.ts';
import type { RateData } from './plan.ts';

const CODES_BY_EXPONENT: readonly (readonly [exponent: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD ' +
      'CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL ' +
      'GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP ' +
      'LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK ' +
      'NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD ' +
      'SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD ' +
      'XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const EXPONENT_BY_CODE: ReadonlyMap<string, number> = new Map(
  CODES_BY_EXPONENT.flatMap(([exponent, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, exponent]),
  ),
);

/** Digits after the point of the currency's minor unit, or null: unknown code or none defined. */
export function currencyExponent(code: string): number | null {
  return EXPONENT_BY_CODE.get(code) ?? null;
}

/** The same of a code that was checked, and of none, where two digits are as good as any. */
export function exponentOr2(code: string | null): number {
  return EXPONENT_BY_CODE.get(code ?? '') ?? 2;
}

/** True for a current ISO 4217 code of money. */
export function isCurrencyCode(code: string): boolean {
  return EXPONENT_BY_CODE.has(code);
}

/** All codes, for near misses. */
export function currencyCodes(): string[] {
  return [...EXPONENT_BY_CODE.keys()];
}

/** Powers of ten that a double holds exactly and that leave products a chance to stay exact. */
const EXACT_SCALE_MAX = 15;
const EXACT_MAX = 2 ** 53;

/** One currency's way to the plan's: amount x factor / divisor, rounded half to even. */
interface Way {
  readonly lo: number;
  readonly hi: number;
  /** Whole numbers; exact doubles when isSmall. */
  readonly factor: bigint;
  readonly divisor: bigint;
  readonly isSmall: boolean;
  readonly factorNumber: number;
  readonly divisorNumber: number;
}

export interface MoneyConversion {
  /** Hash of the plan's currency. */
  readonly planLo: number;
  readonly planHi: number;
  /**
   * Minor units of the plan's currency for `amountMinor` (a whole number within ±2^53) of the
   * currency whose code has this hash; NaN when its code is unknown or it has no rate.
   */
  convert(amountMinor: number, codeLo: number, codeHi: number): number;
}

/** n / d (d > 0) rounded half to even, in whole numbers. */
function divideHalfEven(n: bigint, d: bigint): bigint {
  const isNegative = n < 0n;
  const magnitude = isNegative ? -n : n;
  let quotient = magnitude / d;
  const twice = (magnitude % d) * 2n;
  if (twice > d || (twice === d && (quotient & 1n) === 1n)) quotient += 1n;
  return isNegative ? -quotient : quotient;
}

function convertBig(amountMinor: number, way: Way): number {
  return Number(divideHalfEven(BigInt(amountMinor) * way.factor, way.divisor));
}

function convertSmall(product: number, divisor: number): number {
  const remainder = product % divisor; // exact, has the product's sign
  let quotient = (product - remainder) / divisor; // exact: a multiple below 2^53
  const twice = Math.abs(remainder) * 2;
  if (twice > divisor || (twice === divisor && quotient % 2 !== 0))
    quotient += product < 0 ? -1 : 1;
  return quotient + 0; // never -0
}

class RatesConversion implements MoneyConversion {
  readonly planLo: number;
  readonly planHi: number;
  readonly #ways: Way[];
  /** Open-addressed by the low hash half: 1 + index into #ways, 0 = empty. */
  readonly #table: Int32Array;

  constructor(plan: readonly [number, number], ways: Way[]) {
    [this.planLo, this.planHi] = plan;
    this.#ways = ways;
    let size = 16;
    while (size < ways.length * 4) size *= 2;
    this.#table = new Int32Array(size);
    ways.forEach((way, index) => {
      let at = way.lo & (size - 1);
      while (this.#table[at] !== 0) at = (at + 1) & (size - 1);
      this.#table[at] = index + 1;
    });
  }

  convert(amountMinor: number, codeLo: number, codeHi: number): number {
    if (codeLo === this.planLo && codeHi === this.planHi) return amountMinor;
    const mask = this.#table.length - 1;
    for (let at = codeLo & mask; ; at = (at + 1) & mask) {
      const entry = this.#table[at] as number;
      if (entry === 0) return NaN;
      const way = this.#ways[entry - 1] as Way;
      if (way.lo !== codeLo || way.hi !== codeHi) continue;
      const product = amountMinor * way.factorNumber;
      if (way.isSmall && Math.abs(product) < EXACT_MAX) {
        return convertSmall(product, way.divisorNumber);
      }
      return convertBig(amountMinor, way);
    }
  }
}

/**
 * @param planCurrency ISO 4217 code with a minor unit (the rules checker has refused others)
 * @param rates rates to the plan's currency; those of codes without a minor unit convert nothing
 */
export function createMoneyConversion(
  planCurrency: string,
  rates: readonly RateData[],
  hashKey: HashKey,
): MoneyConversion {
  const planExponent = currencyExponent(planCurrency);
  assert(planExponent !== null, `The plan's currency ${planCurrency} has no minor unit`);
  const ways: Way[] = [];
  for (const rate of rates) {
    const exponent = currencyExponent(rate.currency);
    if (exponent === null) continue;
    assert(Number.isSafeInteger(rate.rateDigits), `Rate of ${rate.currency} is not exact`);
    const scale = planExponent - exponent - rate.rateScale;
    const factor = BigInt(rate.rateDigits) * 10n ** BigInt(Math.max(0, scale));
    const divisor = 10n ** BigInt(Math.max(0, -scale));
    const [lo, hi] = hashString(rate.currency, hashKey);
    ways.push({
      lo,
      hi,
      factor,
      divisor,
      isSmall: -scale <= EXACT_SCALE_MAX && factor < BigInt(EXACT_MAX),
      factorNumber: Number(factor),
      divisorNumber: Number(divisor),
    });
  }
  return new RatesConversion(hashString(planCurrency, hashKey), ways);
}
