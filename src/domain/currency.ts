// How many decimals a currency has (ISO 4217, list of current codes). The table names the exceptions
// only: every other code has two. Codes without a minor unit (metals, XXX) are not money.

const EXCEPTIONS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

const TWO_DECIMALS: ReadonlySet<string> = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF ' +
    'CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD ' +
    'GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL ' +
    'MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR ' +
    'PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP ' +
    'TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG'
  ).split(' '),
);

/** Decimals of an ISO 4217 code; 2 for a code that the table does not know. */
export function currencyExponent(code: string): number {
  return EXCEPTIONS.get(code) ?? 2;
}

/** True for a current ISO 4217 code of money. */
export function isCurrencyCode(code: string): boolean {
  return EXCEPTIONS.has(code) || TWO_DECIMALS.has(code);
}

/** All codes, for near misses. */
export function currencyCodes(): string[] {
  return [...TWO_DECIMALS, ...EXCEPTIONS.keys()];
}
