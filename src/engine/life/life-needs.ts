// What a plan needs of the life of payments: nothing, the decisions that hold (they expire and can be
// released), or all payments; which fields and features must be kept with a payment because life
// rules read them; which fields decode must read for the life pass itself.

import type { Kind } from '../../domain/fields.ts';
import { TRANSACTION_FIELDS } from '../../domain/fields.ts';
import type { Expression } from '../../domain/expression.ts';
import { partsOf } from '../../domain/expression-tree.ts';
import { lifeNames } from '../../domain/life.ts';
import type { FeatureSpec, Plan } from '../../domain/plan.ts';

/** none: no life pass. held: decisions that hold are kept. all: every payment is. */
export type LifeMode = 'none' | 'held' | 'all';

export function lifeModeOf(plan: Plan): LifeMode {
  const { rules, score, life } = plan;
  if (rules.some((rule) => rule.isLife)) return 'all';
  // An overdue row has two decisions: what comes under its id again counts on from the second.
  if (life.deadline !== null) return 'held';
  const holds =
    score.hold !== null || rules.some((rule) => rule.mode === 'live' && rule.outcome === 'hold');
  // A reverse whose rail has no window open any more holds.
  const reverses = score.reverse !== null || rules.some(({ outcome }) => outcome === 'reverse');
  return holds || (reverses && life.rails.length > 0) ? 'held' : 'none';
}

/** Fields that the life pass reads of rows, whatever the rules say. */
export function lifeReads(plan: Plan): readonly string[] {
  const mode = lifeModeOf(plan);
  const rails = plan.life.rails.length > 0 ? ['rail', 'walletStatus'] : [];
  const filled = filledKeys(plan).length > 0 ? ['of'] : [];
  if (mode === 'none') return [...rails, ...filled];
  const held = ['of', 'release', 'credential', ...rails];
  if (mode === 'held') return held;
  return [
    ...held,
    'walletStatus',
    'terminalStatus',
    'amount',
    'label',
    'terminal',
    'fault',
    'paymentCode',
    'codeState',
  ];
}

/**
 * Key fields that rows get from the payment that they are about, where they lack them: those of entities
 * with features, if payments' keys are kept. They are where payments live, and where a feature names
 * kinds (tx.kind, tx.label, tx.codeState) that may lack a key of its entity.
 */
export function filledKeys(plan: Plan): readonly string[] {
  const fields = [...TRANSACTION_FIELDS, ...plan.extraFields];
  const keyNames = new Set<string>();
  let isNeeded = false;
  for (const feature of plan.features) {
    const keys = (plan.entities[feature.entity]?.keyFields ?? []).map(
      (field) => fields[field]?.name ?? '',
    );
    for (const name of keys) if (!ALWAYS_CARRIED.has(name)) keyNames.add(name);
    const kinds = namedKinds(feature);
    const mayLack = (kind: Kind): boolean =>
      keys.some((name) => fields.find((f) => f.name === name)?.neededBy.includes(kind) !== true);
    if (kinds.some(mayLack)) isNeeded = true;
  }
  if (keyNames.size === 0) return [];
  return isNeeded || lifeModeOf(plan) === 'all' ? [...keyNames] : [];
}

const ALWAYS_CARRIED: ReadonlySet<string> = new Set(['account', 'id', 'kind', 'time']);

/** Kinds about a payment that a feature names. */
function namedKinds({ where, whereOf }: FeatureSpec): Kind[] {
  const kinds = new Set<Kind>();
  const about: readonly Kind[] = ['refund', 'reversal', 'release', 'status', 'code', 'label'];
  const visit = (e: Expression): void => {
    const name = e.op === 'field' ? TRANSACTION_FIELDS[e.field]?.name : undefined;
    if (name === 'label') kinds.add('label');
    if (name === 'codeState') kinds.add('code');
    if (e.op === 'string') for (const kind of about) if (e.value === kind) kinds.add(kind);
    // Compared otherwise than with == and a kind's name: any kind.
    const isOther = e.op === 'compare' && e.operator !== '==';
    if (isOther && partsOf(e).some(isKindField)) for (const kind of about) kinds.add(kind);
    for (const part of partsOf(e)) visit(part);
  };
  if (where !== null) visit(where);
  if (whereOf !== null) visit(whereOf);
  return [...kinds];
}

function isKindField(e: Expression): boolean {
  return e.op === 'field' && TRANSACTION_FIELDS[e.field]?.name === 'kind';
}

/** Field numbers and feature numbers of the payment that its evaluations after the first read. */
export interface KeptParts {
  readonly fields: readonly number[];
  readonly features: readonly number[];
}

export function keptParts(plan: Plan): KeptParts {
  const fields = new Set<number>();
  const features = new Set<number>();
  /** As of.X: copied from what is kept. */
  const readOf = new Set<number>();
  const inputCount = TRANSACTION_FIELDS.length + plan.extraFields.length;
  const visit = (e: Expression): void => {
    if (e.op === 'field') fields.add(sourceOf(e.field));
    if (e.op === 'feature') features.add(e.feature);
    if (e.op === 'call' && e.name === 'inMaintenance' && e.timeField === undefined) {
      fields.add(TRANSACTION_FIELDS.findIndex(({ name }) => name === 'time'));
    }
    for (const part of partsOf(e)) visit(part);
  };
  /** Of `of.X` the field X of the payment; other names of its life are not kept as fields. */
  const sourceOf = (field: number): number => {
    const name = plan.life.fields[field - inputCount]?.name;
    if (name === undefined) return field;
    const [owner, own] = splitName(name);
    if (owner !== 'of' || lifeNames('payment', []).includes(own)) return -1;
    const source = fieldNamed(plan, own);
    readOf.add(source);
    return source;
  };
  for (const rule of plan.rules) {
    if (!rule.isLife) continue;
    visit(rule.when);
    if (rule.score !== null) visit(rule.score);
  }
  for (const { when } of plan.exempt) visit(when);
  for (const timer of plan.life.timers) {
    visit(timer.kind === 'clock' ? timer.threshold : timer.scope);
  }
  fields.delete(-1);
  const sorted = (set: ReadonlySet<number>): number[] => [...set].toSorted((a, b) => a - b);
  // The record itself keeps these.
  const always = ['kind', 'time'];
  return {
    fields: sorted(fields).filter(
      (field) => readOf.has(field) || !always.includes(TRANSACTION_FIELDS[field]?.name ?? ''),
    ),
    features: sorted(features),
  };
}

export function splitName(name: string): [string, string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** Number of a field of the input by its name. */
export function fieldNamed(plan: Plan, name: string): number {
  return [...TRANSACTION_FIELDS, ...plan.extraFields].findIndex((spec) => spec.name === name);
}
