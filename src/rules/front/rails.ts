// The rails of a rules file: the files that `rails` names, and the one that `rail` says is meant by
// payments that name none.

import { nearMiss } from './near-miss.ts';
import type { LifePlan } from '../../domain/plan.ts';
import type { RailPlan } from '../../domain/rails.ts';
import type { RulesDocument } from './documents.ts';
import { resolvePath, singleValue } from './documents.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import { readRailFile } from './rail-file.ts';
import type { ContentHash, ReadFile } from './read-file.ts';
import { RULES_BYTES_MAX, readText as readTextFile } from './read-file.ts';
import { readPath, readPaths, readText, wordList } from './read-tree.ts';
import { SourceFile } from './source-file.ts';
import type { ScalarNode, Tree } from './yaml-tree.ts';

export const RAILS_MAX = 64;

/** A file that `rails` names; `key` where it stands in a map. */
interface Named {
  readonly key: ScalarNode | null;
  readonly path: ScalarNode;
}

/** `timezone`: of rails that name none. */
export function readRails(
  documents: readonly RulesDocument[],
  problems: Problems,
  readFile: ReadFile,
  hash: ContentHash,
  timezone: string,
): Pick<LifePlan, 'rails' | 'rail'> {
  const tree = singleValue(documents, 'rails', problems);
  const errorsBefore = problems.errorCount;
  const named = tree === null ? [] : readNamed(tree, problems);
  const reader = new RailReader(problems, readFile, hash, timezone);
  for (const one of named.slice(0, RAILS_MAX)) reader.add(one);
  if (tree !== null && named.length > RAILS_MAX) {
    problems.error(tree, `There are more than ${RAILS_MAX} rails.`);
  }
  const { rails } = reader;
  // Where some rail is wrong, nothing more is said of the one that payments mean.
  const isWhole = problems.errorCount === errorsBefore;
  return { rails, rail: readDefault(documents, tree, rails, isWhole, problems) };
}

function readNamed(tree: Tree, problems: Problems): Named[] {
  if (tree.kind !== 'map') {
    return readPaths(tree, 'rails', problems).map((path) => ({ key: null, path }));
  }
  return tree.entries.flatMap(({ key, value }) =>
    readPath(value, 'a file of a rail', problems) === null
      ? []
      : [{ key, path: value as ScalarNode }],
  );
}

class RailReader {
  readonly rails: RailPlan[] = [];
  readonly #problems: Problems;
  readonly #readFile: ReadFile;
  readonly #hash: ContentHash;
  readonly #timezone: string;
  /** Files by the name of their rail. */
  readonly #files = new Map<string, string>();

  constructor(problems: Problems, readFile: ReadFile, hash: ContentHash, timezone: string) {
    this.#problems = problems;
    this.#readFile = readFile;
    this.#hash = hash;
    this.#timezone = timezone;
  }

  add({ key, path }: Named): void {
    const target = resolvePath(path.file, path.text);
    const read = readTextFile(target, RULES_BYTES_MAX, this.#readFile);
    if (!read.ok) {
      this.#problems.error(path, `The file of a rail ${quote(target)} ${read.reason}.`);
      return;
    }
    this.#hash.add('rail', read.text);
    const file = new SourceFile(target, read.text);
    const rail = readRailFile(file, path, this.#timezone, this.#problems);
    if (rail === null) return;
    const name = rail.name.text;
    if (key !== null && key.text !== name) {
      this.#problems.error(
        key,
        `The file ${quote(target)} is of the rail ${quote(name)}, not of ${quote(key.text)}.`,
      );
    }
    const other = this.#files.get(name);
    if (other !== undefined) {
      this.#problems.error(path, `The rail ${quote(name)} is declared in ${quote(other)} already.`);
    }
    this.#files.set(name, target);
    if (rail.plan !== null) this.rails.push(rail.plan);
  }
}

/** Index of the rail of payments that name none; -1 = none. */
function readDefault(
  documents: readonly RulesDocument[],
  railsTree: Tree | null,
  rails: readonly RailPlan[],
  isWhole: boolean,
  problems: Problems,
): number {
  const tree = singleValue(documents, 'rail', problems);
  if (tree === null) {
    if (railsTree === null || rails.length < 2) return rails.length - 1;
    const first = rails[0]?.name ?? '';
    problems.warning(
      railsTree,
      `Payments that name no rail have none: say which they mean, such as rail: ${first}.`,
    );
    return -1;
  }
  const name = readText(tree, 'rail', problems);
  const names = rails.map((rail) => rail.name);
  if (name === null || names.includes(name) || !isWhole) return names.indexOf(name ?? '');
  const expected =
    names.length === 0 ? '"rails" declares none' : `expected ${wordList(names.map(quote))}`;
  problems.error(tree, `There is no rail ${quote(name)}: ${expected}.`, nearMiss(name, names));
  return -1;
}
