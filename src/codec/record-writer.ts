// What a decoded row's record gets besides its fields: missing marks, converted money, header.
// Used by the fast loops and by the row draft, so that both ways end in the same record.

import type { MoneyConversion } from '../domain/currencies.ts';
import { DECIDED_KIND_COUNT } from '../domain/fields.ts';
import { ROW, ROW_FLAG } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import type { FieldTables } from './field-tables.ts';
import { VALUE_CLASS } from './field-tables.ts';

const FLAGS = ROW.flags >> 2;
const KIND = ROW.kind >> 2;
const BYTES_OFFSET = ROW.bytesOffset >> 2;
const BYTES_LENGTH = ROW.bytesLength >> 2;
const CONTENT_LO = ROW.contentLo >> 2;
const CONTENT_HI = ROW.contentHi >> 2;
const ERROR_CODE = ROW.errorCode >> 2;
const ERROR_FIELD = ROW.errorField >> 2;
const ERROR_AT = ROW.errorAt >> 2;
const REPEAT_ROW = ROW.repeatRow >> 2;
const REVISION = ROW.revision >> 2;
const VERDICT = ROW.verdict >> 2;

export class RecordWriter {
  readonly #tables: FieldTables;
  readonly #money: MoneyConversion | null;
  readonly #currencyWord: number;

  constructor(tables: FieldTables, money: MoneyConversion | null) {
    this.#tables = tables;
    this.#money = money;
    this.#currencyWord = tables.slotWords[tables.currencyField] as number;
  }

  /** Marks the read fields missing whose bits are not in the given sets. */
  markMissing(table: RowTable, base: number, seenLo: number, seenHi: number): void {
    const t = this.#tables;
    this.#markMissing(table, base, t.readLo & ~seenLo, 0);
    this.#markMissing(table, base, t.readHi & ~seenHi, 32);
  }

  #markMissing(table: RowTable, base: number, bits: number, fieldBase: number): void {
    const { i32, f64 } = table;
    const { slotWords, classes } = this.#tables;
    for (let rest = bits; rest !== 0; rest &= rest - 1) {
      const field = fieldBase + 31 - Math.clz32(rest ^ (rest - 1));
      const slot = base + (slotWords[field] as number);
      if ((classes[field] as number) <= VALUE_CLASS.enum) {
        i32[slot] = 0;
        i32[slot + 1] = 0;
        i32[slot + 2] = 0;
        i32[slot + 3] = -1;
      } else {
        f64[slot >> 1] = NaN;
      }
    }
  }

  /** Fills the converted money slots; ROW_FLAG.currencyUnknown where a value had no rate, or 0. */
  convertMoney(table: RowTable, base: number): number {
    const { moneyFrom, moneyTo } = this.#tables;
    const { i32, f64 } = table;
    const money = this.#money;
    const currency = base + this.#currencyWord;
    const lo = i32[currency] as number;
    const hi = i32[currency + 1] as number;
    const isOwn =
      money === null ||
      (i32[currency + 3] as number) < 0 ||
      (lo === money.planLo && hi === money.planHi);
    let flags = 0;
    for (let k = 0; k < moneyFrom.length; k++) {
      const value = f64[(base >> 1) + (moneyFrom[k] as number)] as number;
      let result = value;
      if (!isOwn && value === value) {
        result = money.convert(value, lo, hi);
        if (result !== result) flags = ROW_FLAG.currencyUnknown;
      }
      f64[(base >> 1) + (moneyTo[k] as number)] = result;
    }
    return flags;
  }

  /** The header of a good row; its time is there already. */
  writeGood(
    table: RowTable,
    base: number,
    start: number,
    length: number,
    kind: number,
    contentLo: number,
    contentHi: number,
  ): void {
    const flags =
      (this.#tables.moneyFrom.length > 0 ? this.convertMoney(table, base) : 0) |
      (kind < DECIDED_KIND_COUNT ? ROW_FLAG.decided : 0);
    const i32 = table.i32;
    i32[base + FLAGS] = flags;
    i32[base + KIND] = kind;
    i32[base + BYTES_OFFSET] = start;
    i32[base + BYTES_LENGTH] = length;
    i32[base + CONTENT_LO] = contentLo;
    i32[base + CONTENT_HI] = contentHi;
    i32[base + ERROR_CODE] = -1;
    i32[base + ERROR_FIELD] = -1;
    i32[base + ERROR_AT] = -1;
    i32[base + REPEAT_ROW] = -1;
    i32[base + REVISION] = 0;
    i32[base + VERDICT] = 0;
  }

  /** The header of a bad row, which no rule sees, whatever its kind. Time and slots are there already. */
  writeBad(
    table: RowTable,
    base: number,
    start: number,
    length: number,
    kind: number,
    flags: number,
    errorCode: number,
    errorField: number,
    errorAt: number,
  ): void {
    this.writeGood(table, base, start, length, kind, 0, 0);
    const i32 = table.i32;
    i32[base + FLAGS] = flags | ROW_FLAG.bad;
    i32[base + ERROR_CODE] = errorCode;
    i32[base + ERROR_FIELD] = errorField;
    i32[base + ERROR_AT] = errorAt;
  }
}
