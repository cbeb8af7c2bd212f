// Texts of a row as strings, for what is rare and told to people: dead letters and alerts. Allocates.

import type { RowTable } from '../domain/verdict.ts';

/** The text of the string slot that begins at word `slot` of the table. */
export function textAt({ i32, bytes }: RowTable, slot: number): string {
  const offset = i32[slot + 2] as number;
  const length = i32[slot + 3] as number;
  // Whole, with what looks like a byte order mark: an id joins its line to the decision.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytes.slice(offset, offset + length));
}
