// Where the lines of a YAML file stand wrong, when the library cannot read it: it tells a wrong indentation
// at the line before, as a value that is no value, and again at each line after. Looks at block style only,
// and only for what to say of a file that is refused already. Cost O(text).

import { quote } from './problem.ts';
import { counted } from './read-tree.ts';

export interface LayoutFault {
  /** From 1. */
  readonly line: number;
  /** Within the line, from 0. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** The first line at which the library may tell of it. */
  readonly from: number;
}

/** A map or list in block style that is open at a line. */
interface Level {
  readonly kind: 'map' | 'list';
  readonly column: number;
  /** Last key of a map. */
  name: string;
  /** The last key or dash has no value yet. */
  isBare: boolean;
  /** What is wrong with its first line, if that was meant as a key. */
  readonly doubt: LayoutFault | null;
}

const KEY = /^([\p{L}\p{N}_.$-]+|"[^"]*"|'[^']*')\s*:(?:\s+|$)/u;
/** A key whose colon has no blank after it. */
const TIGHT_KEY = /^([\p{L}_][\p{L}\p{N}_]*):(\S.*)$/u;
const TIGHT_DASH = /^-([\p{L}_][\p{L}\p{N}_]*\s*:(?:\s.*)?)$/u;
/** A colon that ends a key, where it is not meant to. */
const KEY_END = /^[^"'{[].*:(?:\s|$)/;
const BLOCK_TEXT = /^[|>][-+0-9]*\s*(?:#.*)?$/;

/** Told of a value too that is on one line. */
export const COLON_IN_VALUE =
  'a value that contains ": " must be quoted or written after ">-" on lines of its own.';

/** The first fault of the text, or null when none is seen. */
export function findLayoutFault(text: string): LayoutFault | null {
  const scan = new LayoutScan();
  let fault: LayoutFault | null = null;
  for (const line of text.split(/\r?\n/)) {
    fault = scan.take(line.trimEnd());
    if (fault !== null || scan.isLost) break;
  }
  return fault;
}

class LayoutScan {
  /** Something that this does not read was met. */
  isLost = false;
  readonly #levels: Level[] = [];
  #line = 0;
  /** Line of the last key or dash. */
  #keyLine = 1;
  /** Column of what a text after "|" or ">" must be deeper than; -1 = there is none. */
  #blockColumn = -1;
  #blockHasText = false;
  /** Brackets that are open. */
  #depth = 0;
  /** Quote that is open. */
  #quote = '';

  take(line: string): LayoutFault | null {
    this.#line++;
    if (this.#quote !== '' || this.#depth > 0) {
      this.#flow(line);
      return null;
    }
    const indent = line.length - line.trimStart().length;
    if (line === '' || (line === '---' && this.#levels.length === 0)) return null;
    if (this.#blockColumn !== -1 && indent > this.#blockColumn) {
      this.#blockHasText = true;
      return null;
    }
    const rest = line.slice(indent);
    if (rest.startsWith('#')) return null;
    if (/^(?:---|\.\.\.|[%?]|- \?)/.test(line) || /\t/.test(line.slice(0, indent))) {
      this.isLost = true;
      return null;
    }
    const isUnderBlock = this.#blockColumn !== -1 && !this.#blockHasText;
    this.#blockColumn = -1;
    return this.#content(line, indent, isUnderBlock);
  }

  #content(line: string, indent: number, isUnderBlock: boolean): LayoutFault | null {
    let column = indent;
    let fault: LayoutFault | null = null;
    for (;;) {
      const dash = /^-(?:\s+|$)/.exec(line.slice(column))?.[0];
      if (dash === undefined) break;
      fault = this.#place('list', column, '', line);
      if (fault !== null) return fault;
      column += dash.length;
      if (column >= line.length) return null;
    }
    const rest = line.slice(column);
    const tightDash = TIGHT_DASH.exec(rest);
    if (tightDash !== null) {
      const written = quote(`- ${tightDash[1] ?? ''}`);
      return this.#fault(line, column, `A blank is needed after the dash: write ${written}.`);
    }
    const key = KEY.exec(rest);
    if (key === null) return this.#text(line, column, column > indent, isUnderBlock);
    fault = this.#place('map', column, (key[1] ?? '').replace(/^["']|["']$/g, ''), line);
    if (fault !== null) return fault;
    this.#value(rest.slice(key[0].length), column);
    return null;
  }

  /** A key or dash at `column`: null = it may stand there. */
  #place(kind: Level['kind'], column: number, name: string, line: string): LayoutFault | null {
    const popped: Level[] = [];
    for (let top = this.#levels.at(-1); top !== undefined; top = this.#levels.at(-1)) {
      // A list may stand in the column of the key that it belongs to.
      const isListAbove =
        kind === 'map' && top.kind === 'list' && this.#levels.at(-2)?.column === column;
      if (top.column <= column && !(isListAbove && top.column === column)) break;
      popped.push(top);
      this.#levels.pop();
    }
    const top = this.#levels.at(-1);
    const isSame = top?.column === column && top.kind === kind;
    if (isSame && top.doubt !== null) return top.doubt;
    const mayOpen =
      popped.length === 0 &&
      (top === undefined || (top.isBare && (top.column < column || top.kind === 'map')));
    if (!isSame && !mayOpen) return this.#misplaced(kind, column, name, line, popped);
    if (top !== undefined) {
      top.isBare = isSame;
      if (isSame) top.name = name;
    }
    if (!isSame) this.#levels.push({ kind, column, name, isBare: true, doubt: null });
    this.#keyLine = this.#line;
    return null;
  }

  #misplaced(
    kind: Level['kind'],
    column: number,
    name: string,
    line: string,
    popped: readonly Level[],
  ): LayoutFault | null {
    const levels = popped.length > 0 ? popped : this.#levels.toReversed();
    const like = levels.find((level) => level.kind === kind);
    if (like === undefined || like.column === column) {
      this.isLost = true;
      return null;
    }
    if (like.doubt !== null) return like.doubt;
    const blanks = counted(Math.abs(column - like.column), 'blank');
    const how = `is indented ${blanks} ${column > like.column ? 'deeper' : 'less'} than`;
    const message =
      kind === 'map'
        ? `${quote(name)} ${how} ${quote(like.name)} above it: keys that belong together begin in the same column.`
        : `This "-" ${how} the "-" above it: items that belong together begin in the same column.`;
    return this.#fault(line, column, message, kind === 'map' ? name.length : 1);
  }

  /** What is neither key nor item: a value, or more of one. */
  #text(line: string, column: number, isItem: boolean, isUnderBlock: boolean): LayoutFault | null {
    const tight = TIGHT_KEY.exec(line.slice(column));
    const written = tight === null ? '' : quote(`${tight[1] ?? ''}: ${tight[2] ?? ''}`);
    const doubt =
      tight === null
        ? null
        : this.#fault(line, column, `A blank is needed after the colon: write ${written}.`);
    const top = this.#levels.at(-1);
    const isValue = top === undefined || isItem || (top.isBare && top.column < column);
    const hasKeyEnd = KEY_END.test(line.slice(column));
    if (isValue && hasKeyEnd && doubt === null) {
      // A key of several words, perhaps.
      this.isLost = true;
      return null;
    }
    if (isValue) {
      if (top !== undefined) top.isBare = false;
      if (doubt !== null)
        this.#levels.push({ kind: 'map', column, name: tight?.[1] ?? '', isBare: false, doubt });
      else this.#value(line.slice(column), column);
      return null;
    }
    if (column > top.column) {
      return hasKeyEnd ? this.#fault(line, column, COLON_IN_VALUE) : null;
    }
    if (doubt !== null && !isUnderBlock) return { ...doubt, from: this.#keyLine };
    if (top.doubt !== null) return top.doubt;
    if (top.kind !== 'map') {
      this.isLost = true;
      return null;
    }
    const message = isUnderBlock
      ? `The text of ${quote(top.name)} begins here: indent it deeper than its key.`
      : `The value of ${quote(top.name)} goes on here: indent it deeper than its key.`;
    return this.#fault(line, column, message);
  }

  #value(value: string, column: number): void {
    const top = this.#levels.at(-1);
    const isEmpty = value === '' || value.startsWith('#');
    if (top !== undefined) top.isBare = isEmpty || /^&\S+$/.test(value);
    if (BLOCK_TEXT.test(value)) {
      this.#blockColumn = column;
      this.#blockHasText = false;
    } else if (/^["'{[]/.test(value)) this.#flow(value);
  }

  /** Follows brackets and quotes over lines, to where what they hold ends. */
  #flow(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const unit = text[at] as string;
      if (this.#quote === '"' && unit === '\\') at++;
      else if (this.#quote !== '') {
        if (unit === this.#quote) this.#quote = '';
      } else if (unit === '"' || unit === "'") this.#quote = unit;
      else if (unit === '{' || unit === '[') this.#depth++;
      else if (unit === '}' || unit === ']') this.#depth = Math.max(0, this.#depth - 1);
      if (this.#quote === '' && this.#depth === 0) return;
    }
  }

  #fault(line: string, start: number, message: string, width = line.length - start): LayoutFault {
    return { line: this.#line, start, end: start + width, message, from: this.#keyLine };
  }
}
