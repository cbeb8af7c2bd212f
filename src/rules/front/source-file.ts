// A text file of the rules and places in it. Lines and columns count from 1, columns in UTF-16
// units; a byte-order mark is no part of the text.

import type { SourcePlace } from '../../domain/expression.ts';

export class SourceFile {
  /** As the user named it, or as reached from there. */
  readonly name: string;
  readonly text: string;
  #lineStarts: readonly number[] | null = null;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** Offset at which each line begins; found when first asked for, most files never are. */
  get lineStarts(): readonly number[] {
    this.#lineStarts ??= findLineStarts(this.text);
    return this.#lineStarts;
  }
}

/** A stretch of a file, and what of the rules stands there. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  /** Path within the file, `rules[3].when`. */
  readonly path: string;
  /** Id of the rule that it belongs to. */
  readonly rule: string | null;
}

function findLineStarts(text: string): number[] {
  const lineStarts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) lineStarts.push(i + 1);
  }
  return lineStarts;
}

/** Lines of a file, an empty last one among them. */
export function countLines({ text }: SourceFile): number {
  let count = 1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) count++;
  }
  return count;
}

/** Index of the line that holds `offset`, from 0: O(log lines). */
function lineIndex(file: SourceFile, offset: number): number {
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function placeOf(file: SourceFile, offset: number): SourcePlace {
  const line = lineIndex(file, offset);
  return {
    file: file.name,
    line: line + 1,
    column: offset - (file.lineStarts[line] as number) + 1,
  };
}

/** Text of a line (from 1) without its line break. */
export function lineText(file: SourceFile, line: number): string {
  const start = file.lineStarts[line - 1] ?? file.text.length;
  const end = file.lineStarts[line] ?? file.text.length;
  return file.text.slice(start, end).replace(/[\r\n]+$/, '');
}
