// Rates of exchange, kept digit by digit so that conversion can be exact.

import { isCurrencyCode } from '../../domain/currencies.ts';
import type { RateData } from '../../domain/plan.ts';
import { CsvReader } from './csv.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import type { SourceFile } from './source-file.ts';
import { parseDecimal } from './units.ts';

const RATE_DIGITS_MAX = 15;

/** One unit of each currency in units of the file's own, exactly as written. */
export function readRatesFile(
  file: SourceFile,
  ownCurrency: string,
  problems: Problems,
): RateData[] | null {
  const reader = new CsvReader(file, problems);
  const header = reader.header();
  if (header === null) return null;
  const currencyAt = header.indexOf('currency');
  const rateAt = header.indexOf('rate');
  if (currencyAt === -1 || rateAt === -1) {
    const separator = CsvReader.foreignSeparator(header);
    const why = separator === null ? '' : `; columns are separated by commas, here by ${separator}`;
    reader.error(0, 1, `A file of rates has the columns currency and rate${why}.`);
    return null;
  }
  const rates: RateData[] = [];
  const seen = new Set<string>();
  for (
    let record = reader.next(header.length);
    record !== null;
    record = reader.next(header.length)
  ) {
    const currency = record.cell(currencyAt);
    const text = record.cell(rateAt);
    const rate = parseDecimal(text);
    const digits = rate === null ? Number.NaN : Number(rate.digits);
    if (!isCurrencyCode(currency)) {
      reader.cellError(record, currencyAt, `${quote(currency)} is no ISO 4217 currency.`);
    } else if (seen.has(currency)) {
      reader.cellError(record, currencyAt, `The currency ${quote(currency)} stands here again.`);
    } else if (
      rate === null ||
      digits <= 0 ||
      String(rate.digits).length > RATE_DIGITS_MAX ||
      rate.scale > 22
    ) {
      reader.cellError(
        record,
        rateAt,
        `${quote(text)} is no rate: a number over 0 of up to ${RATE_DIGITS_MAX} digits.`,
      );
    } else if (currency === ownCurrency && !(digits === 1 && rate.scale === 0)) {
      reader.cellError(record, rateAt, `${currency} is the file's own currency: its rate is 1.`);
    } else if (currency !== ownCurrency) {
      rates.push({ currency, rateDigits: digits, rateScale: rate.scale });
    }
    seen.add(currency);
  }
  return reader.problemCount === 0 ? rates : null;
}
