// `inMaintenance`: windows [from, to) of a register, each for a scope (a terminal, a merchant) or,
// with an empty scope or "*", for all. The windows of one scope are merged into disjoint ones and
// searched by bisection: cost O(log windows) and one lookup, nothing allocated.
// An absent `from` is the beginning of time, an absent `to` is not yet known: still open.

import type { HashKey } from '../../base/hash.ts';
import { assert } from '../../base/assert.ts';
import type { RegisterData } from '../../domain/plan.ts';
import type { TextColumn } from '../../domain/text-column.ts';
import { textAt, textColumnOf, textsOf } from '../../domain/text-column.ts';
import { LookupTable } from './lookup-table.ts';

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Sorted, disjoint. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last !== undefined && span.fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
    } else if (span.toMs > span.fromMs) {
      merged.push(span);
    }
  }
  return merged;
}

/** A column's value by row, whether it is a key part or not. */
function readTimes(register: RegisterData, name: string, absent: number): Float64Array {
  const column = register.columns.find((one) => one.name === name);
  if (column?.numbers) return column.numbers.map((value) => (Number.isNaN(value) ? absent : value));
  const texts = readTexts(register, name);
  assert(texts !== null, `register ${register.name} of maintenance windows has no column ${name}`);
  return Float64Array.from(textsOf(texts), (text) => {
    if (text === null || text === '') return absent;
    const value = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    assert(!Number.isNaN(value), `register ${register.name}: ${name} is not a time: ${text}`);
    return value;
  });
}

function readTexts(register: RegisterData, name: string): TextColumn | null {
  const column = register.columns.find((one) => one.name === name);
  return column?.texts ?? register.keys[register.keyColumns.indexOf(name)] ?? null;
}

export class Maintenance {
  readonly #scopes: LookupTable;
  /** Spans of scope s are [first[s], first[s + 1]); the last scope is "all". */
  readonly #first: Int32Array;
  readonly #from: Float64Array;
  readonly #to: Float64Array;

  constructor(register: RegisterData, hashKey: HashKey) {
    const froms = readTimes(register, 'from', -Infinity);
    const tos = readTimes(register, 'to', Infinity);
    const groups = new Map<string, Span[]>();
    const everywhere: Span[] = [];
    const scopes = readTexts(register, 'scope');
    for (let row = 0; row < register.rowCount; row++) {
      const span = { fromMs: froms[row] as number, toMs: tos[row] as number };
      const scope = scopes === null ? null : textAt(scopes, row);
      if (scope === null || scope === '' || scope === '*') {
        everywhere.push(span);
        continue;
      }
      const group = groups.get(scope);
      if (group === undefined) groups.set(scope, [span]);
      else group.push(span);
    }
    const lists = [...groups.values(), everywhere].map((spans) => merge(spans));
    const flat = lists.flat();
    const keys = textColumnOf([...groups.keys()]);
    this.#scopes = new LookupTable(`maintenance register ${register.name}`, [keys], hashKey);
    this.#first = new Int32Array(lists.length + 1);
    lists.forEach((spans, i) => {
      this.#first[i + 1] = (this.#first[i] as number) + spans.length;
    });
    this.#from = new Float64Array(flat.map((span) => span.fromMs));
    this.#to = new Float64Array(flat.map((span) => span.toMs));
  }

  /** Whether a window of the scope with this hash, or of all, is open at timeMs. */
  isOpen(lo: number, hi: number, timeMs: number): boolean {
    const scope = this.#scopes.find(lo, hi, 0);
    if (scope >= 0 && this.#covers(scope, timeMs)) return true;
    return this.#covers(this.#first.length - 2, timeMs);
  }

  /** First instant at which no window of the scope or of all is open any more; NaN where none is. */
  endOf(lo: number, hi: number, timeMs: number): number {
    const scope = this.#scopes.find(lo, hi, 0);
    const all = this.#first.length - 2;
    let end = timeMs;
    for (;;) {
      const own = scope >= 0 && this.#covers(scope, end) ? this.#endAt(scope, end) : -Infinity;
      const shared = this.#covers(all, end) ? this.#endAt(all, end) : -Infinity;
      const later = Math.max(own, shared);
      if (later === -Infinity) return end === timeMs ? NaN : end;
      if (later === Infinity) return Infinity;
      end = later;
    }
  }

  #endAt(scope: number, timeMs: number): number {
    return this.#to[this.#lastBefore(scope, timeMs)] as number;
  }

  #covers(scope: number, timeMs: number): boolean {
    const last = this.#lastBefore(scope, timeMs);
    return last >= (this.#first[scope] as number) && timeMs < (this.#to[last] as number);
  }

  /** The last window that begins at or before timeMs; the scope's first - 1 where there is none. */
  #lastBefore(scope: number, timeMs: number): number {
    let low = this.#first[scope] as number;
    let high = this.#first[scope + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#from[middle] as number) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
