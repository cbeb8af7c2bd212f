// What generated code reads besides the row: literals' bytes, lookup tables of lists and registers,
// register columns, calendars, patterns, maintenance windows. Made while expressions are emitted,
// each once; generated code names them by their number only. One a worker; several programs of one
// plan (features, rules) share it.

import { assert, must } from '../../base/assert.ts';
import { ZonedCalendar } from '../../base/calendar.ts';
import type { HashKey } from '../../base/hash.ts';
import { hashBytes, hashString } from '../../base/hash.ts';
import type { Expression } from '../../domain/expression.ts';
import type { Plan } from '../../domain/plan.ts';
import type { TextColumn } from '../../domain/text-column.ts';
import { textColumnOf } from '../../domain/text-column.ts';
import { LookupTable } from './lookup-table.ts';
import { Maintenance } from './maintenance.ts';
import { Pattern } from './pattern.ts';

export interface TextConstant {
  readonly lo: number;
  readonly hi: number;
  /** ~position in the pool's bytes: always negative. */
  readonly offset: number;
  readonly length: number;
}

/** Rows of a column start here: the first two are for LOOKUP.missingKey and LOOKUP.absent. */
export const COLUMN_ROWS_BEFORE = 2;

export class ConstantPool {
  readonly plan: Plan;
  readonly hashKey: HashKey;
  readonly tables: LookupTable[] = [];
  /** Row q of a number column stands at q + 2, of a text column (lo, hi, offset, length) at (q + 2) * 4. */
  readonly numberColumns: Float64Array[] = [];
  readonly textColumns: Int32Array[] = [];
  readonly calendars: ZonedCalendar[] = [];
  readonly patterns: Pattern[] = [];
  readonly maintenance: Maintenance[] = [];
  #bytes = new Uint8Array(4096);
  #byteCount = 0;
  readonly #texts = new Map<string, TextConstant>();
  readonly #numbers = new Map<string, number>();

  constructor(plan: Plan, hashKey: HashKey) {
    this.plan = plan;
    this.hashKey = hashKey;
  }

  /** All texts' bytes; another array after a growth, so read it at each use. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  text(value: string): TextConstant {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    const encoded = new TextEncoder().encode(value);
    const position = this.#take(encoded.length);
    this.#bytes.set(encoded, position);
    const [lo, hi] = hashString(value, this.hashKey);
    const constant = { lo, hi, offset: ~position, length: encoded.length };
    this.#texts.set(value, constant);
    return constant;
  }

  /** Number of the table of a list, a register's keys, or literal texts. */
  listTable(list: number): number {
    const data = must(this.plan.lists[list], 'list');
    return this.#table(`list ${list}`, `list ${data.name}`, [data.values]);
  }

  registerTable(register: number): number {
    const data = must(this.plan.registers[register], 'register');
    return this.#table(`register ${register}`, `register ${data.name}`, data.keys);
  }

  /** Number of the table that a lookup looks in; not of a literal's. */
  tableOf(lookup: Extract<Expression, { op: 'cell' | 'in' }>): number {
    if (lookup.op === 'cell') return this.registerTable(lookup.register);
    return lookup.set === 'list' ? this.listTable(lookup.index) : this.registerTable(lookup.index);
  }

  literalTable(values: readonly string[]): number {
    const distinct = [...new Set(values)];
    const key = `literals ${JSON.stringify(distinct)}`;
    return this.#table(key, 'a list in a rule', [textColumnOf(distinct)]);
  }

  /** Number of a register's column in numberColumns, or in textColumns: which, its type says. */
  column(register: number, column: number): { readonly isText: boolean; readonly number: number } {
    const data = must(this.plan.registers[register]?.columns[column], 'register column');
    const { texts, numbers } = data;
    const key = `column ${register} ${column}`;
    if (texts !== null) {
      const number = this.#once(key, this.textColumns, () => this.#textColumn(texts));
      return { isText: true, number };
    }
    const values = must(numbers, 'numbers of a register column');
    const number = this.#once(key, this.numberColumns, () => {
      const array = new Float64Array(values.length + COLUMN_ROWS_BEFORE).fill(NaN);
      array.set(values, COLUMN_ROWS_BEFORE);
      return array;
    });
    return { isText: false, number };
  }

  calendar(zone: string): number {
    return this.#once(`zone ${zone}`, this.calendars, () => new ZonedCalendar(zone));
  }

  pattern(source: string): number {
    return this.#once(`pattern ${source}`, this.patterns, () => new Pattern(source));
  }

  maintenanceOf(register: number): number {
    const data = must(this.plan.registers[register], 'register');
    return this.#once(
      `maintenance ${register}`,
      this.maintenance,
      () => new Maintenance(data, this.hashKey),
    );
  }

  #table(key: string, what: string, keys: readonly TextColumn[]): number {
    return this.#once(key, this.tables, () => new LookupTable(what, keys, this.hashKey));
  }

  #once<T>(key: string, all: T[], make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    all.push(make());
    this.#numbers.set(key, all.length - 1);
    return all.length - 1;
  }

  /** The texts go into the pool one behind the other; equal ones are equal by their hash. */
  #textColumn({ bytes, spans }: TextColumn): Int32Array {
    let byteCount = 0;
    for (let i = 1; i < spans.length; i += 2) byteCount += Math.max(0, spans[i] as number);
    let position = this.#take(byteCount);
    const words = new Int32Array(COLUMN_ROWS_BEFORE * 4 + spans.length * 2);
    for (let i = 3; i < COLUMN_ROWS_BEFORE * 4; i += 4) words[i] = -1;
    const hash = new Int32Array(2);
    let at = COLUMN_ROWS_BEFORE * 4;
    for (let i = 0; i < spans.length; i += 2, at += 4) {
      const begin = spans[i] as number;
      const length = spans[i + 1] as number;
      words[at + 3] = length;
      if (length < 0) continue;
      hashBytes(bytes, begin, length, this.hashKey, hash);
      words[at] = hash[0] as number;
      words[at + 1] = hash[1] as number;
      words[at + 2] = ~position;
      for (let k = 0; k < length; k++) this.#bytes[position + k] = bytes[begin + k] as number;
      position += length;
    }
    return words;
  }

  /** Position of `count` bytes that are to be written. */
  #take(count: number): number {
    const position = this.#byteCount;
    const end = position + count;
    assert(end < 2 ** 30, 'texts of rules and registers are at most 1 GiB');
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#byteCount = end;
    return position;
  }
}
