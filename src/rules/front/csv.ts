// A strict CSV reader (RFC 4180): header line, quotes doubled inside quotes, LF or CRLF, every
// record as wide as the header. Cells outside quotes are trimmed; blank lines are skipped. Records
// are handed on one by one; places are found only when something is wrong. Cost O(text). By hand because
// a problem is told at its cell and the file is read on after it, which libraries of CSV do not do.

import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import type { SourceFile, Span } from './source-file.ts';

/** Problems of one CSV file that are listed; thousands of equal ones help nobody. */
export const CSV_PROBLEMS_MAX = 20;

/** Valid until the next one is read: the reader has one, for all. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Offsets in the text where each cell begins and ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export class CsvReader {
  readonly file: SourceFile;
  readonly #problems: Problems;
  readonly #record = { cells: [] as string[], starts: [] as number[], ends: [] as number[] };
  #at = 0;
  #problemCount = 0;

  constructor(file: SourceFile, problems: Problems) {
    this.file = file;
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
    const seen = new Set<string>();
    record.cells.forEach((name, index) => {
      if (name === '') this.cellError(record, index, 'A column has no name in the header.');
      else if (seen.has(name))
        this.cellError(record, index, `The column ${quote(name)} stands in the header twice.`);
      seen.add(name);
    });
    return this.#problemCount === 0 ? [...record.cells] : null;
  }

  /** The next record of `width` cells, or null at the end or when too much is wrong. */
  next(width: number): CsvRecord | null {
    for (;;) {
      if (this.#problemCount >= CSV_PROBLEMS_MAX) return null;
      const record = this.#next();
      if (record === null || record.cells.length === width) return record;
      const message = `This line has ${record.cells.length} cells, the header has ${width}.`;
      this.error(record.starts[0] as number, record.ends.at(-1) as number, message);
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
    const { cells, starts, ends } = this.#record;
    let count = 0;
    for (;;) {
      const start = this.#at;
      const cell = text[start] === '"' ? this.#quoted() : this.#plain();
      if (cell === null) return null;
      cells[count] = cell;
      starts[count] = start;
      ends[count++] = this.#at;
      if (text[this.#at] !== ',') break;
      this.#at++;
    }
    if (text[this.#at] === '\r') this.#at++;
    if (text[this.#at] === '\n') this.#at++;
    if (count < cells.length) cells.length = starts.length = ends.length = count;
    return this.#record;
  }

  #skipBlankLines(): void {
    const { text } = this.file;
    while (text[this.#at] === '\n' || text[this.#at] === '\r') this.#at++;
  }

  #plain(): string {
    const { text } = this.file;
    const start = this.#at;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 44 || unit === 10 || unit === 13) break;
    }
    this.#at = at;
    return text.slice(start, at).trim();
  }

  #quoted(): string | null {
    const { text } = this.file;
    const start = this.#at;
    let from = start + 1;
    let cell = '';
    for (;;) {
      const end = text.indexOf('"', from);
      if (end === -1) {
        this.error(start, start + 1, 'The quote that begins here is never closed.');
        this.#at = text.length;
        return null;
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
      return null;
    }
    return cell;
  }
}
