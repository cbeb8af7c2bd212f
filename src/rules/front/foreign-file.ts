// Whether a file that a rules file names is of the kind that was meant. A path may lead anywhere that this
// process may read: of a file that has none of the keys, nothing is quoted, only that it has none.

import type { Tree } from './yaml-tree.ts';

/**
 * Whether one of the keys stands in the file.
 * @param root null = the text is no YAML, or not all of it: then one at a line's start is enough
 */
export function hasAnyKey(root: Tree | null, text: string, names: readonly string[]): boolean {
  if (root === null) return new RegExp(`^[{ ]*["']?(${names.join('|')})["']?[ ]*:`, 'm').test(text);
  return root.kind === 'map' && root.entries.some(({ name }) => names.includes(name));
}

/** Names of columns as people write them; another first line is no header. */
export function isHeader(columns: readonly string[]): boolean {
  return columns.every((column) => /^[\p{L}\p{N}_. -]{1,64}$/u.test(column));
}
