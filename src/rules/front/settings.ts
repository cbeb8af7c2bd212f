// The small maps of a rules file: score, invalid, time, keep, limits, repeats, and the keys of parts
// that are not active in this version, whose shape is checked all the same.

import type { Outcome } from '../../domain/decision.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RulesDocument } from './documents.ts';
import { singleValue } from './documents.ts';
import type { KeySpec } from './keys.ts';
import {
  DEADLINE_KEYS,
  HOLD_KEYS,
  INVALID_KEYS,
  LIMITS_KEYS,
  REPEATS_KEYS,
  SCORE_KEYS,
  TIME_KEYS,
} from './keys.ts';
import type { Problems } from './problem.ts';
import type { Entries } from './read-tree.ts';
import {
  readDuration,
  readInteger,
  readKeys,
  readMap,
  readNumber,
  readOneOf,
} from './read-tree.ts';
import type { Tree } from './yaml-tree.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_MS = 3660 * DAY_MS;

export type Settings = Pick<Plan, 'score' | 'invalid' | 'time' | 'keepMs' | 'limits' | 'repeats'>;

export function readSettings(documents: readonly RulesDocument[], problems: Problems): Settings {
  const section = (key: string, keys: readonly KeySpec[]): Section => {
    const tree = singleValue(documents, key, problems);
    const entries = tree === null ? null : readKeys(tree, keys, `"${key}"`, problems);
    return new Section(entries ?? new Map(), problems);
  };
  const score = section('score', SCORE_KEYS);
  const time = section('time', TIME_KEYS);
  const limits = section('limits', LIMITS_KEYS);
  const repeats = section('repeats', REPEATS_KEYS);
  const keep = singleValue(documents, 'keep', problems);
  const keepMs = keep === null ? null : readDuration(keep, 'keep', 1, LONGEST_MS, problems);
  return {
    score: { hold: score.number('hold'), reverse: score.number('reverse') },
    invalid: { outcome: section('invalid', INVALID_KEYS).outcome('outcome', 'hold') },
    time: {
      latenessMs: time.duration('lateness', 0, 5 * MINUTE_MS),
      aheadMaxMs: time.duration('aheadMax', 0, HOUR_MS),
      scanMax: time.count('scanMax', 4096),
    },
    keepMs: keepMs ?? 90 * DAY_MS,
    limits: {
      rowsPerEntity: limits.count('rowsPerEntity', 1e6),
      entities: limits.count('entities', 262_144),
      pending: limits.count('pending', 262_144),
    },
    repeats: { forMs: repeats.duration('for', 0, DAY_MS), ids: repeats.count('ids', 16e6) },
  };
}

const COUNT_MAX = 2 ** 31 - 1;

class Section {
  readonly #entries: Entries;
  readonly #problems: Problems;

  constructor(entries: Entries, problems: Problems) {
    this.#entries = entries;
    this.#problems = problems;
  }

  #tree(key: string): Tree | null {
    return this.#entries.get(key)?.value ?? null;
  }

  number(key: string): number | null {
    const tree = this.#tree(key);
    return tree === null ? null : readNumber(tree, key, this.#problems);
  }

  count(key: string, byDefault: number): number {
    const tree = this.#tree(key);
    const value = tree === null ? null : readInteger(tree, key, 1, COUNT_MAX, this.#problems);
    return value ?? byDefault;
  }

  duration(key: string, minMs: number, byDefaultMs: number): number {
    const tree = this.#tree(key);
    const value = tree === null ? null : readDuration(tree, key, minMs, LONGEST_MS, this.#problems);
    return value ?? byDefaultMs;
  }

  outcome(key: string, byDefault: Outcome): Outcome {
    const tree = this.#tree(key);
    const value = tree === null ? null : readOneOf(tree, key, OUTCOMES, this.#problems);
    return value ?? byDefault;
  }
}

/** Shapes are checked; that they have no effect yet is said, never silent. */
export function checkInactive(documents: readonly RulesDocument[], problems: Problems): void {
  const inactive = (key: string, check: (tree: Tree) => void): void => {
    const tree = singleValue(documents, key, problems);
    if (tree === null) return;
    check(tree);
    problems.warning(tree, `"${key}" is checked but not active in this version.`);
  };
  inactive('guard', (tree) => readMap(tree, '"guard"', problems));
  inactive('deadline', (tree) => {
    const entries = readKeys(tree, DEADLINE_KEYS, '"deadline"', problems) ?? new Map();
    const section = new Section(entries, problems);
    section.duration('budget', 1, SECOND_MS);
    section.duration('catchUp', 0, SECOND_MS);
    section.outcome('fallback', 'allow');
  });
  inactive('hold', (tree) => {
    const entries = readKeys(tree, HOLD_KEYS, '"hold"', problems) ?? new Map();
    new Section(entries, problems).duration('for', 1, 72 * HOUR_MS);
    const onExpiry = entries.get('onExpiry');
    if (onExpiry !== undefined) {
      readOneOf(onExpiry.value, 'onExpiry', ['allow', 'reverse', 'refund'], problems);
    }
  });
}
