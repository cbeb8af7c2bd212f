// Lists and registers: the CSV files beside the rules, read whole, typed column by column.

import { must } from '../../base/assert.ts';
import { nearMiss } from './near-miss.ts';
import type { ValueType } from '../../domain/expression.ts';
import type { ListData, RegisterColumn, RegisterData } from '../../domain/plan.ts';
import { NumberColumnBuilder } from '../../domain/number-column.ts';
import { TextBytes, TextColumnBuilder } from '../../domain/text-column.ts';
import { CsvReader } from './csv.ts';
import type { CsvRecord } from './csv.ts';
import { DistinctKeys } from './distinct-keys.ts';
import { isHeader } from './foreign-file.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import { wordList } from './read-tree.ts';
import type { CellType, ColumnBuilder } from './register-cells.ts';
import { readCell, timeOf } from './register-cells.ts';
import type { SourceFile } from './source-file.ts';
import { countLines } from './source-file.ts';
import type { ScalarNode } from './yaml-tree.ts';

const KEY_BYTES_MAX = 1024;

/**
 * Distinct values of the first column, in file order.
 * @param at where the file is named
 */
export function readListFile(
  name: string,
  file: SourceFile,
  at: ScalarNode,
  problems: Problems,
): ListData | null {
  const reader = new CsvReader(file, problems);
  const header = reader.header();
  if (header === null) return null;
  const separator = CsvReader.foreignSeparator(header);
  if (separator !== null) {
    const message = `Columns are separated by commas, here by ${separator}: each line is one value of the list.`;
    problems.warning(at, message);
  }
  const rowsMax = countLines(file);
  const bytes = new TextBytes(Buffer.byteLength(file.text));
  const values = new TextColumnBuilder(bytes, rowsMax);
  const distinct = new DistinctKeys([values], rowsMax);
  for (
    let record = reader.next(header.length);
    record !== null;
    record = reader.next(header.length)
  ) {
    if (record.isEmpty(0)) {
      reader.cellError(record, 0, 'The first cell is empty: a value of the list is expected.');
      continue;
    }
    record.addTo(values, 0);
    if (distinct.add(values.rowCount - 1) !== -1) values.dropLast();
  }
  return reader.problemCount === 0 ? { name, values: values.finish() } : null;
}

export interface RegisterShape {
  readonly name: string;
  /** Columns that name a row; empty for a register of time windows without a key. */
  readonly key: readonly ScalarNode[];
  /** Where the register's declaration stands, for what is wrong with the whole. */
  readonly at: ScalarNode;
  readonly types: ReadonlyMap<string, { readonly type: CellType; readonly at: ScalarNode }>;
  readonly currency: string | null;
}

export const WINDOW_COLUMNS: readonly string[] = ['from', 'to', 'scope'];

export interface Register {
  readonly data: RegisterData;
  readonly isWindows: boolean;
}

export function readRegisterFile(
  shape: RegisterShape,
  file: SourceFile,
  problems: Problems,
): Register | null {
  const reader = new CsvReader(file, problems);
  const header = reader.header();
  if (header === null || !checkShape(shape, header, problems)) return null;
  const isKeyless = shape.key.length === 0;
  const types = header.map((column): CellType => {
    const declared = shape.types.get(column)?.type;
    return declared ?? (isKeyless && (column === 'from' || column === 'to') ? 'time' : 'string');
  });
  const isWindows =
    WINDOW_COLUMNS.every((column) => header.includes(column)) &&
    types[header.indexOf('from')] === 'time' &&
    types[header.indexOf('to')] === 'time';
  const keyColumns = isKeyless ? ['scope'] : shape.key.map(({ text }) => text);
  const data = readRows(reader, header, types, keyColumns, shape, isWindows);
  return data === null ? null : { data, isWindows };
}

function checkShape(shape: RegisterShape, header: readonly string[], problems: Problems): boolean {
  const before = problems.errorCount;
  const separator = CsvReader.foreignSeparator(header);
  const columns = [...shape.key.map(({ text }) => text), ...shape.types.keys()];
  if (separator !== null && columns.some((column) => !header.includes(column))) {
    const at = shape.key[0] ?? shape.at;
    const message = `The columns of a register's file are separated by commas, here by ${separator}.`;
    problems.error(at, message);
    return false;
  }
  const has = isHeader(header)
    ? `it has ${wordList(header.map(quote), 'and')}`
    : 'its first line is no header of columns';
  for (const column of shape.key) {
    if (header.includes(column.text)) continue;
    const message = `The file has no column ${quote(column.text)} for the key; ${has}.`;
    problems.error(column, message, nearMiss(column.text, header));
  }
  for (const [column, { type, at }] of shape.types) {
    const isKey = shape.key.some(({ text }) => text === column);
    if (isKey && type !== 'string' && type !== 'version') {
      const why = 'a key is looked up as a text';
      problems.warning(at, `The column ${quote(column)} is of the key, not ${type}: ${why}.`);
    }
    if (header.includes(column)) continue;
    const message = `The file has no column ${quote(column)}; ${has}.`;
    problems.error(at, message, nearMiss(column, header));
  }
  if (shape.key.length === 0 && !WINDOW_COLUMNS.every((column) => header.includes(column))) {
    const message = `The register ${quote(shape.name)} needs a "key"; only one with the columns from, to and scope has none.`;
    problems.error(shape.at, message);
  }
  return problems.errorCount === before;
}

interface KeyPart {
  /** Number of its column. */
  readonly index: number;
  readonly texts: TextColumnBuilder;
  /** `texts` are not those of the column: they are to be filled beside it. */
  readonly isOwn: boolean;
}

function readRows(
  reader: CsvReader,
  header: readonly string[],
  types: readonly CellType[],
  keyColumns: readonly string[],
  shape: RegisterShape,
  isWindows: boolean,
): RegisterData | null {
  const { file } = reader;
  const rowsMax = countLines(file);
  const bytes = new TextBytes(Buffer.byteLength(file.text));
  const builders = header.map((name, index): ColumnBuilder => {
    const type = types[index] as CellType;
    return type === 'string' || type === 'version'
      ? { name, type, texts: new TextColumnBuilder(bytes, rowsMax), numbers: null }
      : { name, type, texts: null, numbers: new NumberColumnBuilder(rowsMax) };
  });
  const parts = keyColumns.map((column): KeyPart => {
    const index = header.indexOf(column);
    const texts = builders[index]?.texts ?? null;
    // Only a register of windows may have an empty cell in its key.
    if (texts !== null && !isWindows) return { index, texts, isOwn: false };
    const own = new TextBytes(Buffer.byteLength(file.text));
    return { index, texts: new TextColumnBuilder(own, rowsMax), isOwn: true };
  });
  const keys = isWindows ? null : new KeyCheck(reader, parts, rowsMax);
  const windows = isWindows ? new WindowCheck(reader, header) : null;
  let rowCount = 0;
  for (
    let record = reader.next(header.length);
    record !== null;
    record = reader.next(header.length)
  ) {
    for (let index = 0; index < builders.length; index++) {
      readCell(reader, record, index, builders[index] as ColumnBuilder, shape.currency);
    }
    for (const { index, texts, isOwn } of parts) {
      if (isOwn) record.addTo(texts, index);
    }
    keys?.check(record, rowCount);
    windows?.check(record);
    rowCount++;
  }
  if (reader.problemCount > 0) return null;
  return { name: shape.name, rowCount, keyColumns, ...finish(builders, parts) };
}

function finish(
  builders: readonly ColumnBuilder[],
  parts: readonly KeyPart[],
): Pick<RegisterData, 'keys' | 'columns'> {
  const columns = builders.map(({ name, type, texts, numbers }): RegisterColumn => ({
    name,
    type: type satisfies ValueType,
    texts: texts?.finish() ?? null,
    numbers: numbers?.finish() ?? null,
  }));
  const keys = parts.map(({ index, texts, isOwn }) =>
    isOwn ? texts.finish() : must(columns[index]?.texts, 'texts of a key column'),
  );
  return { keys, columns };
}

/** Holds the keys of a register to be full, short and each of one row. */
class KeyCheck {
  readonly #reader: CsvReader;
  readonly #parts: readonly KeyPart[];
  readonly #distinct: DistinctKeys;
  /** Offset in the file of each row. */
  readonly #starts: Int32Array;

  constructor(reader: CsvReader, parts: readonly KeyPart[], rowsMax: number) {
    this.#reader = reader;
    this.#parts = parts;
    this.#distinct = new DistinctKeys(
      parts.map(({ texts }) => texts),
      rowsMax,
    );
    this.#starts = new Int32Array(rowsMax);
  }

  /** Of the next row, whose cells are in their columns. */
  check(record: CsvRecord, row: number): void {
    const reader = this.#reader;
    this.#starts[row] = record.starts[0] as number;
    for (const { index, texts } of this.#parts) {
      if (record.isEmpty(index))
        reader.cellError(record, index, 'This cell is part of the key and may not be empty.');
      if ((texts.spans[row * 2 + 1] as number) > KEY_BYTES_MAX) {
        reader.cellError(record, index, `A key is at most ${KEY_BYTES_MAX} bytes long.`);
      }
    }
    const earlier = this.#distinct.add(row);
    if (earlier === -1) return;
    const key = this.#parts.map(({ index }) => record.cell(index));
    const line = lineOf(reader.file, this.#starts[earlier] as number);
    reader.cellError(
      record,
      this.#parts[0]?.index ?? 0,
      `The key ${quote(key.join(', '))} stands here again; it was on line ${line}.`,
    );
  }
}

/** Holds the rows of a register of windows to have a beginning or an end, in this order. */
class WindowCheck {
  readonly #reader: CsvReader;
  /** Numbers of their columns. */
  readonly #from: number;
  readonly #to: number;

  constructor(reader: CsvReader, header: readonly string[]) {
    this.#reader = reader;
    this.#from = header.indexOf('from');
    this.#to = header.indexOf('to');
  }

  check(record: CsvRecord): void {
    const [noFrom, noTo] = [record.isEmpty(this.#from), record.isEmpty(this.#to)];
    if (noFrom && noTo) {
      const message = 'A window needs a beginning or an end: neither "from" nor "to" is given.';
      this.#reader.cellError(record, this.#from, message);
    }
    if (noFrom || noTo) return;
    const [from, to] = [timeOf(record.cell(this.#from)), timeOf(record.cell(this.#to))];
    if (from === null || to === null || from <= to) return;
    const begin = quote(record.cell(this.#from));
    this.#reader.cellError(record, this.#to, `This window ends before it begins, at ${begin}.`);
  }
}

function lineOf(file: SourceFile, offset: number): number {
  const line = file.lineStarts.findIndex((start) => start > offset);
  return line === -1 ? file.lineStarts.length : line;
}
