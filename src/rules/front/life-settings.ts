// What a file says of the life of payments beside its rules: how holds expire, what is decided when
// time runs out, and how long things are kept. A hold must end before its payment is forgotten.

import type { DeadlinePlan, LifePlan, Plan } from '../../domain/plan.ts';
import { DEFAULT_LIFE } from '../../domain/plan.ts';
import type { HoldPlan } from '../../domain/rails.ts';
import { ON_EXPIRY } from '../../domain/rails.ts';
import type { RulesDocument } from './documents.ts';
import { singleValue } from './documents.ts';
import { DEADLINE_KEYS, HOLD_KEYS, KEEP_KEYS } from './keys.ts';
import type { Problems } from './problem.ts';
import { readDuration } from './read-tree.ts';
import { DURATION_MS_MAX, Section } from './section.ts';
import { formatDuration } from './units.ts';
import type { Tree } from './yaml-tree.ts';

const DAY_MS = 86_400_000;

export type LifeSettings = Pick<LifePlan, 'hold' | 'deadline' | 'keepMs' | 'waitMs'>;

export function readLifeSettings(
  documents: readonly RulesDocument[],
  problems: Problems,
): Pick<Plan, 'keepMs'> & { readonly life: LifeSettings } {
  const holdTree = singleValue(documents, 'hold', problems);
  const hold =
    holdTree === null ? DEFAULT_LIFE.hold : readHold(holdTree, DEFAULT_LIFE.hold, problems);
  const { entitiesMs, paymentsMs, waitMs, paymentsTree } = readKeep(documents, problems);
  const said = paymentsTree ?? holdTree;
  if (said !== null) refuseLongHold(said, hold, paymentsMs, problems);
  const deadline = readDeadline(documents, problems);
  return { keepMs: entitiesMs, life: { hold, deadline, keepMs: paymentsMs, waitMs } };
}

/** What a rule or the file says of its holds; what it leaves out is as in `base`. */
export function readHold(tree: Tree, base: HoldPlan, problems: Problems): HoldPlan {
  const section = Section.in(tree, 'hold', HOLD_KEYS, problems);
  return {
    forMs: section.duration('for', 1, base.forMs),
    onExpiry: section.oneOf('onExpiry', ON_EXPIRY, base.onExpiry),
  };
}

/** @param tree where the hold or, if it is said at all, the time that payments are kept stands */
export function refuseLongHold(
  tree: Tree,
  { forMs }: HoldPlan,
  paymentsMs: number,
  problems: Problems,
): void {
  if (forMs <= paymentsMs) return;
  const needed = formatDuration(forMs);
  problems.error(
    tree,
    `A hold of ${needed} is longer than payments are kept, ${formatDuration(paymentsMs)}: write keep: { payments: ${needed} }.`,
  );
}

interface Keep {
  readonly entitiesMs: number;
  readonly paymentsMs: number;
  readonly waitMs: number;
  /** Where `payments` stands; null where it does not. */
  readonly paymentsTree: Tree | null;
}

/** `keep: 90d` is short for `keep: { entities: 90d }`. */
function readKeep(documents: readonly RulesDocument[], problems: Problems): Keep {
  const tree = singleValue(documents, 'keep', problems);
  const isShort = tree !== null && tree.kind !== 'map';
  const short = isShort ? readDuration(tree, 'keep', 1, DURATION_MS_MAX, problems) : null;
  const section = Section.in(isShort ? null : tree, 'keep', KEEP_KEYS, problems);
  return {
    entitiesMs: short ?? section.duration('entities', 1, 90 * DAY_MS),
    paymentsMs: section.duration('payments', 1, DEFAULT_LIFE.keepMs),
    waitMs: section.duration('waiting', 1, DEFAULT_LIFE.waitMs),
    paymentsTree: section.tree('payments'),
  };
}

function readDeadline(
  documents: readonly RulesDocument[],
  problems: Problems,
): DeadlinePlan | null {
  const tree = singleValue(documents, 'deadline', problems);
  if (tree === null) return null;
  const section = Section.in(tree, 'deadline', DEADLINE_KEYS, problems);
  return {
    budgetMs: section.duration('budget', 1, 1),
    fallback: section.outcome('fallback', 'allow'),
    catchUp: section.oneOf('catchUp', ['evaluate', 'fallback'], 'evaluate'),
  };
}
