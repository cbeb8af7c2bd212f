// A strict CSV reader (RFC 4180): header line, quotes doubled inside quotes, LF or CRLF, every
// record as wide as the header. Cells outside quotes are trimmed; blank lines are skipped. Records
// are handed on one by one; places are found only when something is wrong. Cost O(text). By hand because
// a problem is told at its cell and the file is read on after it, which libraries of CSV do not do.

import type { TextColumnBuilder } from '../../domain/text-column.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import { counted } from './read-tree.ts';
import type { SourceFile, Span } from './source-file.ts';

/** Problems of one CSV file that are listed; thousands of equal ones help nobody. */
export const CSV_PROBLEMS_MAX = 20;

/**
 * The cells of one record, valid until the next is read: the reader has one object for all. Most cells
 * stand in the file as they are, and become strings only for those who ask.
 */
export class CsvRecord {
  /** Offsets in the text where each cell begins and ends, with its quotes and the blanks around it. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly #text: string;
  /** Where the contents stand in the text. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  /** Contents that do not stand in the text as they are. */
  readonly #cells: (string | null)[] = [];
  width = 0;

  constructor(text: string) {
    this.#text = text;
  }

  cell(index: number): string {
    return this.#cells[index] ?? this.#text.slice(this.#from[index], this.#to[index]);
  }

  isEmpty(index: number): boolean {
    const cell = this.#cells[index] as string | null;
    return cell === null ? this.#from[index] === this.#to[index] : cell === '';
  }

  addTo(column: TextColumnBuilder, index: number): void {
    const cell = this.#cells[index] as string | null;
    if (cell !== null) column.add(cell);
    else column.add(this.#text, this.#from[index], this.#to[index]);
  }

  /** The next cell, text[start, end); its contents are text[from, to), or `cell` where that is not null. */
  take(start: number, end: number, from: number, to: number, cell: string | null): void {
    const at = this.width++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.#from[at] = from;
    this.#to[at] = to;
    this.#cells[at] = cell;
  }
}

export class CsvReader {
  readonly file: SourceFile;
  readonly #problems: Problems;
  readonly #record: CsvRecord;
  #at = 0;
  #problemCount = 0;

  constructor(file: SourceFile, problems: Problems) {
    this.file = file;
    this.#record = new CsvRecord(file.text);
    this.#problems = problems;
  }

  get problemCount(): number {
    return this.#problemCount;
  }

  /** The header's names, or null after what is wrong with it is reported. */
  header(): readonly string[] | null {
    const record = this.#next();
    if (record === null) {
      if (this.#problemCount === 0)
        this.error(0, 1, 'The file is empty: a header line is expected.');
      return null;
    }
    const names = Array.from({ length: record.width }, (_, index) => record.cell(index));
    const seen = new Set<string>();
    names.forEach((name, index) => {
      if (name === '') this.cellError(record, index, 'A column has no name in the header.');
      else if (seen.has(name))
        this.cellError(record, index, `The column ${quote(name)} stands in the header twice.`);
      seen.add(name);
    });
    return this.#problemCount === 0 ? names : null;
  }

  /** What separates the columns of `header` in place of a comma, in words; null = nothing is seen to. */
  static foreignSeparator(header: readonly string[]): string | null {
    if (header.length !== 1) return null;
    if (header[0]?.includes(';') === true) return '";"';
    return header[0]?.includes('\t') === true ? 'tabs' : null;
  }

  /** The next record of `width` cells, or null at the end or when too much is wrong. */
  next(width: number): CsvRecord | null {
    for (;;) {
      if (this.#problemCount >= CSV_PROBLEMS_MAX) return null;
      const record = this.#next();
      if (record === null || record.width === width) return record;
      const message = `This line has ${counted(record.width, 'cell')}, the header has ${width}.`;
      this.error(record.starts[0] as number, record.ends[record.width - 1] as number, message);
    }
  }

  cellError(record: CsvRecord, index: number, message: string): void {
    this.error(record.starts[index] as number, record.ends[index] as number, message);
  }

  error(start: number, end: number, message: string): void {
    this.#problemCount++;
    const span: Span = { file: this.file, start, end, path: '', rule: null };
    this.#problems.error(span, message);
    if (this.#problemCount === CSV_PROBLEMS_MAX) {
      this.#problems.error(
        span,
        `The rest of the file is not checked after ${CSV_PROBLEMS_MAX} problems.`,
      );
    }
  }

  #next(): CsvRecord | null {
    const { text } = this.file;
    this.#skipBlankLines();
    if (this.#at >= text.length) return null;
    this.#record.width = 0;
    for (;;) {
      if (text[this.#at] !== '"') this.#plain();
      else if (!this.#quoted()) return null;
      if (text[this.#at] !== ',') break;
      this.#at++;
    }
    if (text[this.#at] === '\r') this.#at++;
    if (text[this.#at] === '\n') this.#at++;
    return this.#record;
  }

  #skipBlankLines(): void {
    const { text } = this.file;
    while (text[this.#at] === '\n' || text[this.#at] === '\r') this.#at++;
  }

  #plain(): void {
    const { text } = this.file;
    const start = this.#at;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 44 || unit === 10 || unit === 13) break;
    }
    this.#at = at;
    const isBare =
      start === at || (isInk(text.charCodeAt(start)) && isInk(text.charCodeAt(at - 1)));
    this.#record.take(start, at, start, at, isBare ? null : text.slice(start, at).trim());
  }

  /** Whether it is well-formed; what is not is reported. */
  #quoted(): boolean {
    const { text } = this.file;
    const start = this.#at;
    let from = start + 1;
    let cell = '';
    for (;;) {
      const end = text.indexOf('"', from);
      if (end === -1) {
        this.error(start, start + 1, 'The quote that begins here is never closed.');
        this.#at = text.length;
        return false;
      }
      cell += text.slice(from, end);
      this.#at = end + 1;
      if (text[end + 1] !== '"') break;
      cell += '"';
      from = end + 2;
    }
    const after = text[this.#at];
    if (after !== undefined && after !== ',' && after !== '\n' && after !== '\r') {
      this.error(
        start,
        this.#at + 1,
        'After a closing quote a comma or the end of the line is expected.',
      );
      this.#at = text.length;
      return false;
    }
    const isBare = from === start + 1;
    this.#record.take(start, this.#at, start + 1, this.#at - 1, isBare ? null : cell);
    return true;
  }
}

/** A character that is surely no blank. */
function isInk(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f;
}
