// The small maps of a rules file: score, invalid, time, limits, repeats, those of the life of payments
// (life-settings.ts), and the keys of parts that are not active in this version, whose shape is checked
// all the same.

import type { Plan } from '../../domain/plan.ts';
import type { RulesDocument } from './documents.ts';
import { singleValue } from './documents.ts';
import type { KeySpec } from './keys.ts';
import { INVALID_KEYS, LIMITS_KEYS, REPEATS_KEYS, SCORE_KEYS, TIME_KEYS } from './keys.ts';
import type { LifeSettings } from './life-settings.ts';
import { readLifeSettings } from './life-settings.ts';
import type { Problems } from './problem.ts';
import { readMap } from './read-tree.ts';
import { Section } from './section.ts';
import type { Tree } from './yaml-tree.ts';

/** A payment and the row that is about it. */
const PENDING_MIN = 2;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Settings extends Pick<
  Plan,
  'score' | 'invalid' | 'time' | 'keepMs' | 'limits' | 'repeats'
> {
  readonly life: LifeSettings;
}

export function readSettings(documents: readonly RulesDocument[], problems: Problems): Settings {
  const section = (key: string, keys: readonly KeySpec[]): Section =>
    Section.of(documents, key, keys, problems);
  const score = section('score', SCORE_KEYS);
  const time = section('time', TIME_KEYS);
  const limits = section('limits', LIMITS_KEYS);
  const repeats = section('repeats', REPEATS_KEYS);
  checkInactive(singleValue(documents, 'guard', problems), time.tree('aheadMax'), problems);
  return {
    ...readLifeSettings(documents, problems),
    score: { hold: score.number('hold'), reverse: score.number('reverse') },
    invalid: { outcome: section('invalid', INVALID_KEYS).outcome('outcome', 'hold') },
    time: {
      latenessMs: time.duration('lateness', 0, 5 * MINUTE_MS),
      aheadMaxMs: time.duration('aheadMax', 0, HOUR_MS),
      scanMax: time.count('scanMax', 4096),
    },
    limits: {
      rowsPerEntity: limits.count('rowsPerEntity', 1e6),
      entities: limits.count('entities', 262_144),
      pending: pendingOf(limits, problems),
    },
    repeats: { forMs: repeats.duration('for', 0, DAY_MS), ids: repeats.count('ids', 16e6) },
  };
}

/** In a table of one there is no room for a refund beside its payment. */
function pendingOf(limits: Section, problems: Problems): number {
  const pending = limits.count('pending', 262_144);
  const tree = limits.tree('pending');
  if (pending >= PENDING_MIN || tree === null) return pending;
  problems.warning(tree, `limits.pending is taken as ${PENDING_MIN}, the least there can be.`);
  return PENDING_MIN;
}

/** Shapes are checked; that they have no effect yet is said, never silent. */
function checkInactive(guard: Tree | null, aheadMax: Tree | null, problems: Problems): void {
  if (guard !== null) {
    readMap(guard, '"guard"', problems);
    problems.warning(
      guard,
      '"guard" is not active in this version: what stands in it is not looked at.',
    );
  }
  if (aheadMax !== null) {
    const why = 'files have no stamps of arrival';
    problems.warning(aheadMax, `"aheadMax" is checked but not active in this version: ${why}.`);
  }
}
