// The cells of a register, typed column by column.

import { exponentOr2 } from '../../domain/currencies.ts';
import type { NumberColumnBuilder } from '../../domain/number-column.ts';
import type { TextColumnBuilder } from '../../domain/text-column.ts';
import type { CsvReader, CsvRecord } from './csv.ts';
import { quote } from './problem.ts';
import { isVersion, parseDecimal, parseTime, scaleToInteger } from './units.ts';

export const CELL_TYPES = ['string', 'number', 'money', 'boolean', 'time', 'version'] as const;
export type CellType = (typeof CELL_TYPES)[number];

const HEXADECIMAL = /^0x/i;

export interface ColumnBuilder {
  readonly name: string;
  readonly type: CellType;
  /** Of type string or version. */
  readonly texts: TextColumnBuilder | null;
  /** Of all other types. */
  readonly numbers: NumberColumnBuilder | null;
}

export function readCell(
  reader: CsvReader,
  record: CsvRecord,
  index: number,
  builder: ColumnBuilder,
  currency: string | null,
): void {
  const { type, texts, numbers } = builder;
  if (record.isEmpty(index)) {
    texts?.add(null);
    numbers?.add(Number.NaN);
    return;
  }
  if (texts !== null) {
    record.addTo(texts, index);
    if (type === 'version' && !isVersion(record.cell(index))) {
      const text = quote(record.cell(index));
      reader.cellError(record, index, `${text} is no version: numbers with dots, such as 3.2.10.`);
    }
    return;
  }
  const text = record.cell(index);
  const value = numberOf(text, type, currency);
  if (value === null) reader.cellError(record, index, `${quote(text)} is ${notA(type, currency)}.`);
  numbers?.add(value ?? Number.NaN);
}

function numberOf(text: string, type: CellType, currency: string | null): number | null {
  if (type === 'boolean') return text === 'true' ? 1 : text === 'false' ? 0 : null;
  if (type === 'time') return timeOf(text);
  // A cell is a number as people write one: hexadecimal belongs to expressions.
  const decimal = HEXADECIMAL.test(text) ? null : parseDecimal(text);
  if (decimal === null) return null;
  if (type === 'money') return scaleToInteger(decimal, exponentOr2(currency));
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Of a cell of type time, in ms since the epoch, or null. */
export function timeOf(text: string): number | null {
  return /^-?\d{1,16}$/.test(text) ? safe(Number(text)) : parseTime(text);
}

function safe(value: number): number | null {
  return Number.isSafeInteger(value) ? value : null;
}

function notA(type: CellType, currency: string | null): string {
  switch (type) {
    case 'boolean':
      return 'neither true nor false';
    case 'time':
      return 'no time: write 2026-01-31T08:00:00Z or milliseconds since 1970';
    case 'money':
      return `no amount of ${currency ?? 'the currency'}, which has ${exponentOr2(currency)} decimals`;
    default:
      return 'no number';
  }
}
