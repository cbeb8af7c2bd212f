// How a summary is laid out: titles, facts, columns, lists; lines of at most WIDTH columns.

import { formatNumber } from './quantity.ts';

export const WIDTH = 96;
const BAR_WIDTH = 30;

export function title(text: string): string {
  return `-- ${text} ${'-'.repeat(Math.max(0, WIDTH - text.length - 4))}`;
}

export function fact(name: string, value: string): string {
  return `  ${name.padEnd(15)} ${value}`;
}

export function bar(share: number): string {
  return share > 0 ? '#'.repeat(Math.max(1, Math.round(share * BAR_WIDTH))) : '';
}

export function count(n: number, noun: string): string {
  return `${formatNumber(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}

/** Read down the first column, then the second. */
export function twoColumns(cells: readonly string[]): string[] {
  const half = Math.ceil(cells.length / 2);
  const width = Math.floor(WIDTH / 2);
  return Array.from({ length: half }, (_, i) =>
    `${(cells[i] as string).padEnd(width)}${cells[half + i] ?? ''}`.trimEnd(),
  );
}

/** Every item but the last with a comma behind it. */
export function withCommas(items: readonly string[]): string[] {
  return items.map((item, i) => (i === items.length - 1 ? item : `${item},`));
}

/** Joined by spaces, in lines of at most `width` where a piece is not longer. */
export function wrap(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line !== '' && line.length + 1 + piece.length > width) {
      lines.push(line);
      line = piece;
    } else {
      line = line === '' ? piece : `${line} ${piece}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** At least one item; lines after the first stand under it. */
export function wrapList(head: string, items: readonly string[]): string[] {
  const indent = ' '.repeat(head.length);
  return wrap(withCommas(items), WIDTH - head.length).map((line, i) =>
    i === 0 ? head + line : indent + line,
  );
}

/** Most frequent first, then by name. */
export function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}
