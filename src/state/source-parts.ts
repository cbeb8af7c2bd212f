// What the writers of one entity kind's generated code share: their options, the port to expressions,
// and how a row is addressed. Texts only; names are ours and values are numbers, so no text of a rules
// file can become code.

import type { Expression } from '../domain/expression.ts';
import type { FeatureLayout } from '../domain/feature-layout.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import type { EntityLayout, FoldTerm } from './state-layout.ts';
import { HEADER, PAGE_ROWS } from './state-layout.ts';

/** What rules/compile offers to write expressions over the row at hand; a port, so floors hold. */
export interface ExpressionWriter {
  condition(e: Expression): string;
  number(e: Expression): string;
  string(e: Expression): { lo: string; hi: string; offset: string; length: string };
  /** Statements that must stand before the texts handed out since the last call. */
  takeStatements(): string[];
  /** Statements of the whole function that must stand before its loop. */
  preamble(): string[];
}

export interface UpdateSourceOptions {
  readonly layout: EntityLayout;
  readonly rows: RowLayout;
  readonly features: FeatureLayout;
  readonly keepMs: number;
  readonly writer: () => ExpressionWriter;
}

/** The empty value of a fold, as text. */
export const FOLD_START: Record<FoldTerm['fn'], string> = {
  min: 'Infinity',
  max: '-Infinity',
  sum: '0',
};

/** Word address of row `seq` of the ring at hand (locals base, cap). */
export function rowAt(layout: EntityLayout, seq: string): string {
  const words = layout.rowWords;
  return (
    `(cap <= ${PAGE_ROWS} ? base + (${seq} & (cap - 1)) * ${words}` +
    ` : R[base + ((${seq} >>> 8) & ((cap >>> 8) - 1))] + (${seq} & ${PAGE_ROWS - 1}) * ${words})`
  );
}

/** Header word of the time of the newest row that sinceLast and age look at. */
export function previousTime(layout: EntityLayout): number {
  return layout.lastDecided >= 0 ? layout.lastDecided : HEADER.lastTime;
}
