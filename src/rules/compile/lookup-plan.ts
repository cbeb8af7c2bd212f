// The lookups that all rules share: each distinct (list or register, key) is made once a row,
// before the rules, in short loops over the tile, so that their cache misses overlap; the rules'
// functions then load the row found from L. L: tile rows × lookups, int32.

import type { Expression } from '../../domain/expression.ts';
import { partsOf } from '../../domain/expression-tree.ts';

export type Lookup = Extract<Expression, { op: 'cell' | 'in' }>;

/** What makes two expressions equal: everything but where they stand and how they were written. */
export function shapeOf(e: Expression | readonly Expression[]): string {
  return JSON.stringify(e, (key, value: unknown) =>
    key === 'text' || key === 'at' ? undefined : value,
  );
}

function lookupShape(e: Lookup): string {
  const table = e.op === 'cell' ? `register ${e.register}` : `${e.set} ${e.index}`;
  return `${table} ${shapeOf(e.key)}`;
}

export type Cell = Extract<Expression, { op: 'cell' }>;

export class LookupPlan {
  /** In an order in which keys that need another lookup come after it. */
  readonly lookups: Lookup[] = [];
  /** Each register's column that is read by each key, once. */
  readonly cells: Cell[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #cellShapes = new Set<string>();

  /** Takes in all lookups of an expression. */
  add(e: Expression): void {
    for (const part of partsOf(e)) this.add(part);
    if (e.op !== 'cell' && (e.op !== 'in' || e.set === 'literal')) return;
    const shape = lookupShape(e);
    if (e.op === 'cell') this.#addCell(e, `${shape} ${e.column}`);
    if (this.#numbers.has(shape)) return;
    this.#numbers.set(shape, this.lookups.length);
    this.lookups.push(e);
  }

  #addCell(e: Cell, shape: string): void {
    if (this.#cellShapes.has(shape)) return;
    this.#cellShapes.add(shape);
    this.cells.push(e);
  }

  /** Number of a lookup that was added. */
  numberOf(e: Lookup): number | undefined {
    if (e.op === 'in' && e.set === 'literal') return undefined;
    return this.#numbers.get(lookupShape(e));
  }
}
