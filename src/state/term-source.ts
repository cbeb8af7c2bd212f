// Writes what one row contributes to each term: statements that leave it in locals, without a look at
// the entity. The in-order update and the late rows' `contribute` share them, so that both agree on
// what counts. An expression's own statements stand before the text that needs them.

import type { Expression } from '../domain/expression.ts';
import { ROW, ROW_FLAG, fieldNumber } from '../domain/row-layout.ts';
import type { ExpressionWriter, UpdateSourceOptions } from './source-parts.ts';
import type { CountTerm, LastTerm } from './state-layout.ts';
import { PLACE_NONE } from './state-layout.ts';

/** Locals that every term may use: where the row stands, and whether it is decided. */
export function rowPrelude(options: UpdateSourceOptions): string[] {
  const { rows } = options;
  return [
    `const b32 = row * ${rows.strideBytes / 4}, b64 = row * ${rows.strideBytes / 8};`,
    `const flags = i32[b32 + ${ROW.flags / 4}];`,
    `const decided = (flags & ${ROW_FLAG.decided}) !== 0;`,
  ];
}

/** Statements that leave the row's own part of each term in locals (see the names below). */
export class TermWriter {
  readonly lines: string[] = [];
  readonly #writer: ExpressionWriter;
  readonly #options: UpdateSourceOptions;

  constructor(options: UpdateSourceOptions) {
    this.#options = options;
    this.#writer = options.writer();
  }

  #expression<T>(write: () => T): T {
    const text = write();
    this.lines.push(...this.#writer.takeStatements());
    return text;
  }

  /** All parts of a string value: reading a part may add statements, so all are read at once. */
  #string(e: Expression): { lo: string; hi: string; offset: string; length: string } {
    return this.#expression(() => {
      const { lo, hi, offset, length } = this.#writer.string(e);
      return { lo, hi, offset, length };
    });
  }

  #where(where: Expression | null, decidedOnly: boolean): string {
    const parts = decidedOnly ? ['decided'] : [];
    if (where !== null) parts.push(`(${this.#expression(() => this.#writer.condition(where))})`);
    return parts.length === 0 ? 'true' : parts.join(' && ');
  }

  #present(e: Expression): string {
    if (e.type === 'string' || e.type === 'version') {
      return `${this.#string(e).length} >= 0`;
    }
    const name = `p${this.lines.length}`;
    const text = this.#expression(() => this.#writer.number(e));
    this.lines.push(`const ${name} = ${text};`);
    return `${name} === ${name}`;
  }

  /** k0, k1, ...: 0 or 1 */
  count(term: CountTerm, index: number): void {
    let text = this.#where(term.where, term.decidedOnly);
    if (term.present !== null) text += ` && ${this.#present(term.present)}`;
    this.lines.push(`const k${index} = (${text}) ? 1 : 0;`);
  }

  /** name: the value where the row counts, else NaN */
  value(name: string, where: Expression | null, decidedOnly: boolean, value: Expression): void {
    const met = this.#where(where, decidedOnly);
    const text = this.#expression(() => this.#writer.number(value));
    this.lines.push(`const ${name} = (${met}) ? ${text} : NaN;`);
  }

  /** d0, d0lo, d0hi */
  distinct(index: number): void {
    const term = this.#options.layout.distincts[index];
    if (term === undefined) return;
    const met = this.#where(term.where, term.decidedOnly);
    const name = `d${index}`;
    if (term.value.type === 'string' || term.value.type === 'version') {
      const text = this.#string(term.value);
      this.lines.push(
        `const ${name} = (${met}) && ${text.length} >= 0, ${name}lo = ${text.lo}, ${name}hi = ${text.hi};`,
      );
    } else {
      const text = this.#expression(() => this.#writer.number(term.value));
      // The bits of the double stand for it; + 0 makes -0 and 0 one.
      this.lines.push(
        `X[0] = ${text} + 0;`,
        `const ${name} = (${met}) && X[0] === X[0], ${name}lo = XI[0], ${name}hi = XI[1];`,
      );
    }
  }

  /** l0 (a number), or l0len, l0lo, l0hi, l0off */
  last(term: LastTerm, index: number): void {
    const name = `l${index}`;
    if (term.isString) {
      const text = this.#string(term.value);
      this.lines.push(
        `const ${name}len = decided ? ${text.length} : -1, ${name}lo = ${text.lo}, ${name}hi = ${text.hi}, ${name}off = ${text.offset};`,
      );
    } else {
      const text = this.#expression(() => this.#writer.number(term.value));
      this.lines.push(`const ${name} = decided ? ${text} : NaN;`);
    }
  }

  /** lat, lon (1e-7 degrees) and located; g0, g1, ...: located and met */
  places(): void {
    const { layout, rows } = this.#options;
    if (layout.places.length === 0) return;
    const slot = (name: string): number => (rows.slots[fieldNumber(rows, name)] as number) / 8;
    this.lines.push(
      `const latDegrees = f64[b64 + ${slot('lat')}], lonDegrees = f64[b64 + ${slot('lon')}];`,
      'const located = latDegrees === latDegrees && lonDegrees === lonDegrees;',
      `const lat = located ? Math.round(latDegrees * 1e7) | 0 : ${PLACE_NONE};`,
      'const lon = located ? Math.round(lonDegrees * 1e7) | 0 : 0;',
    );
    layout.places.forEach((term, index) => {
      const met = this.#where(term.where, term.decidedOnly);
      this.lines.push(`const g${index} = located && (${met});`);
    });
  }

  preamble(): string {
    return this.#writer.preamble().join('\n');
  }

  all(): string[] {
    const { layout } = this.#options;
    layout.counts.forEach((term, index) => this.count(term, index));
    layout.sums.forEach((term, index) =>
      this.value(`v${index}`, term.where, term.decidedOnly, term.value),
    );
    layout.raws.forEach((term, index) =>
      this.value(`r${index}`, term.where, term.decidedOnly, term.value),
    );
    layout.distincts.forEach((_, index) => this.distinct(index));
    layout.lasts.forEach((term, index) => this.last(term, index));
    this.places();
    return this.lines;
  }
}
