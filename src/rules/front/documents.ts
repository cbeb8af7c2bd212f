// The rules file and what it includes, as trees, in the order in which they count: an included file
// stands before the one that includes it. A file that is reached twice counts once; a circle is an
// error. Keys are checked against the table of each place.

import { posix } from 'node:path';
import { hasAnyKey } from './foreign-file.ts';
import { TOP_KEYS } from './keys.ts';
import { Problems, quote } from './problem.ts';
import type { ReadFile } from './read-file.ts';
import { ContentHash, RULES_BYTES_MAX, readText } from './read-file.ts';
import type { Entries } from './read-tree.ts';
import { readKeys, readPaths, wordList } from './read-tree.ts';
import { SourceFile } from './source-file.ts';
import type { ScalarNode, Tree } from './yaml-tree.ts';
import { canonicalTree, parseYaml } from './yaml-tree.ts';

export interface RulesDocument {
  readonly file: SourceFile;
  readonly root: Tree;
  readonly entries: Entries;
}

export const INCLUDES_MAX = 256;
const INCLUDED_KEYS = TOP_KEYS.map(({ name, description, schema }) => ({
  name,
  description,
  schema,
}));
const INCLUDED_NAMES = INCLUDED_KEYS.map(({ name }) => name);

/** A path as the file that names it means it. */
export function resolvePath(from: SourceFile, path: string): string {
  const forward = path.replaceAll('\\', '/');
  if (posix.isAbsolute(forward)) return posix.normalize(forward);
  return posix.join(posix.dirname(from.name.replaceAll('\\', '/')), forward);
}

export class DocumentLoader {
  readonly documents: RulesDocument[] = [];
  readonly #problems: Problems;
  readonly #readFile: ReadFile;
  readonly #hash: ContentHash;
  readonly #open: string[] = [];
  readonly #done = new Set<string>();

  constructor(problems: Problems, readFile: ReadFile, hash: ContentHash) {
    this.#problems = problems;
    this.#readFile = readFile;
    this.#hash = hash;
  }

  /** @param includedAt where another file names it; null = it is the main one */
  load(name: string, text: string, includedAt: ScalarNode | null): void {
    const file = new SourceFile(name, text);
    this.#hash.add(includedAt === null ? 'rules' : 'include', text);
    // Apart: what is wrong with it shows its lines.
    const own = new Problems();
    const root = parseYaml(file, own);
    this.#open.push(name);
    if (includedAt !== null && !hasAnyKey(root, text, INCLUDED_NAMES))
      this.#refuse(includedAt, name);
    else {
      this.#problems.addAll(own);
      if (root !== null) this.#add(file, root, includedAt === null);
    }
    this.#open.pop();
    this.#done.add(name);
  }

  #refuse(at: ScalarNode, name: string): void {
    const expected = wordList(INCLUDED_NAMES);
    const message = `The included file ${quote(name)} is no rules file: it has none of the keys of one; expected ${expected}.`;
    this.#problems.error(at, message);
  }

  #add(file: SourceFile, root: Tree, isMain: boolean): void {
    const hasInclude =
      root.kind === 'map' && root.entries.some((entry) => entry.name === 'include');
    const keys = isMain
      ? TOP_KEYS.map((spec) =>
          spec.name === 'rules' && hasInclude ? { ...spec, required: false } : spec,
        )
      : INCLUDED_KEYS;
    const entries = readKeys(root, keys as typeof TOP_KEYS, 'the rules file', this.#problems);
    if (entries === null) return;
    const include = entries.get('include');
    const paths = include === undefined ? [] : readPaths(include.value, 'include', this.#problems);
    for (const path of paths) this.#include(file, path);
    this.documents.push({ file, root, entries });
  }

  #include(file: SourceFile, path: ScalarNode): void {
    const target = resolvePath(file, path.text);
    if (this.#open.includes(target)) {
      const circle = [...this.#open.slice(this.#open.indexOf(target)), target].map(quote);
      this.#problems.error(path, `The includes go in a circle: ${circle.join(' -> ')}.`);
      return;
    }
    if (this.#done.has(target)) return;
    if (this.#done.size + this.#open.length >= INCLUDES_MAX) {
      this.#problems.error(path, `More than ${INCLUDES_MAX} files are included.`);
      return;
    }
    const read = readText(target, RULES_BYTES_MAX, this.#readFile);
    if (read.ok) this.load(target, read.text, path);
    else this.#problems.error(path, `The included file ${quote(target)} ${read.reason}.`);
  }
}

/** The value of a key that may stand in several files but must be the same in all. */
export function singleValue(
  documents: readonly RulesDocument[],
  key: string,
  problems: Problems,
): Tree | null {
  let first: Tree | null = null;
  // The main file is last and speaks first.
  for (const { entries } of documents.toReversed()) {
    const value = entries.get(key)?.value;
    if (value === undefined) continue;
    first ??= value;
    if (canonicalTree(value) !== canonicalTree(first)) {
      const where = quote(first.file.name);
      problems.error(
        value,
        `"${key}" differs from the one in ${where}; it must agree or be absent.`,
      );
    }
  }
  return first;
}
