// One small map of a rules file whose keys have defaults: each is read, or reported and taken as not
// given.

import type { Outcome } from '../../domain/decision.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import type { RulesDocument } from './documents.ts';
import { singleValue } from './documents.ts';
import type { KeySpec } from './keys.ts';
import type { Problems } from './problem.ts';
import type { Entries } from './read-tree.ts';
import { readDuration, readInteger, readKeys, readNumber, readOneOf } from './read-tree.ts';
import { COUNT_MAX } from './shapes.ts';
import type { Tree } from './yaml-tree.ts';

/** The longest duration that a file may name: ten years. */
export const DURATION_MS_MAX: number = 3660 * 86_400_000;

export class Section {
  readonly #entries: Entries;
  readonly #problems: Problems;

  constructor(entries: Entries, problems: Problems) {
    this.#entries = entries;
    this.#problems = problems;
  }

  /** Of a top-level key; empty where the file has none. */
  static of(
    documents: readonly RulesDocument[],
    key: string,
    keys: readonly KeySpec[],
    problems: Problems,
  ): Section {
    const tree = singleValue(documents, key, problems);
    return Section.in(tree, key, keys, problems);
  }

  static in(tree: Tree | null, key: string, keys: readonly KeySpec[], problems: Problems): Section {
    const entries = tree === null ? null : readKeys(tree, keys, `"${key}"`, problems);
    return new Section(entries ?? new Map(), problems);
  }

  tree(key: string): Tree | null {
    return this.#entries.get(key)?.value ?? null;
  }

  number(key: string): number | null {
    const tree = this.tree(key);
    return tree === null ? null : readNumber(tree, key, this.#problems);
  }

  count(key: string, byDefault: number): number {
    return this.integer(key, 1, COUNT_MAX, byDefault);
  }

  integer(key: string, min: number, max: number, byDefault: number): number {
    const tree = this.tree(key);
    const value = tree === null ? null : readInteger(tree, key, min, max, this.#problems);
    return value ?? byDefault;
  }

  duration(key: string, minMs: number, byDefaultMs: number): number {
    const tree = this.tree(key);
    const value =
      tree === null ? null : readDuration(tree, key, minMs, DURATION_MS_MAX, this.#problems);
    return value ?? byDefaultMs;
  }

  oneOf<T extends string>(key: string, values: readonly T[], byDefault: T): T {
    const tree = this.tree(key);
    const value = tree === null ? null : readOneOf(tree, key, values, this.#problems);
    return value ?? byDefault;
  }

  outcome(key: string, byDefault: Outcome): Outcome {
    return this.oneOf(key, OUTCOMES, byDefault);
  }
}
