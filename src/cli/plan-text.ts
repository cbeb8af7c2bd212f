// What `holdfast check` prints of a rules file that is well: rules by mode, the features that they
// share, what an entity of each kind keeps, and what each rule alone would need. At most 100 columns.

import { maskText } from '../domain/card-numbers.ts';
import type { Expression } from '../domain/expression.ts';
import type { Plan, RulePlan } from '../domain/plan.ts';
import { someNode } from '../domain/expression-tree.ts';
import { describeLife } from '../engine/life/describe-life.ts';
import { describeState } from '../state/describe-state.ts';
import { counted, durationText, wrapped } from './format-text.ts';

const COLUMNS = 100;
const ID_COLUMNS_MAX = 32;

export function planText(plan: Plan): string {
  const lines = [...headText(plan), ...featuresText(plan), ...lifeText(plan), ...rulesText(plan)];
  return `${lines.join('\n')}\n`;
}

function headText(plan: Plan): string[] {
  const byMode = (['live', 'shadow', 'score'] as const)
    .map((mode) => [mode, plan.rules.filter((rule) => rule.mode === mode).length] as const)
    .filter(([, count]) => count > 0)
    .map(([mode, count]) => `${count} ${mode}`);
  const version = plan.version === null ? '' : ` version ${plan.version}`;
  return [
    `${plan.ruleset}${version}, hash ${plan.hash}`,
    `${counted(plan.rules.length, 'rule')} (${byMode.join(', ')}), ` +
      `${counted(plan.exempt.length, 'exemption')}, ${counted(plan.lists.length, 'list')}, ` +
      counted(plan.registers.length, 'register'),
  ];
}

/** Each entity kind with its state, and its features under their numbers. */
function featuresText(plan: Plan): string[] {
  const kinds = describeState(plan);
  if (kinds.length === 0) return ['no features: no state is kept'];
  const width = `#${plan.features.length}`.length;
  const lines = [
    '',
    `${counted(plan.features.length, 'shared feature')} of ${counted(kinds.length, 'entity kind')}`,
  ];
  for (const { entity, features, entityBytes, rowBytes, retentionMs } of kinds) {
    const rows =
      rowBytes === 0 ? 'no rows kept' : `${rowBytes} B a row, kept ${durationText(retentionMs)}`;
    lines.push(`  ${entity}: ${counted(features, 'feature')}, ${entityBytes} B an entity, ${rows}`);
    plan.features.forEach((feature, index) => {
      if (plan.entities[feature.entity]?.name !== entity) return;
      const number = `#${index + 1}`.padStart(width);
      lines.push(...wrapped(maskText(asWritten(feature.key)), `    ${number} `, COLUMNS));
    });
  }
  return lines;
}

/**
 * A feature's key with columns as expressions write them, `register[key].column`: a key has them in
 * quotes, and evidence and hashes have keys. In a text of the key these quotes would have backslashes.
 */
function asWritten(key: string): string {
  return key.replaceAll(/(?<=\]\.)"(\w+)"/g, '$1');
}

/** What is kept of payments. */
function lifeText(plan: Plan): string[] {
  const { mode, recordBytes, keptBytes, timers } = describeLife(plan);
  if (mode === 'none') return [];
  const what = mode === 'all' ? 'payments are kept' : 'decisions that hold are kept';
  const bytes = `${recordBytes} B each + up to ${keptBytes} B of what its rules read + its texts`;
  return ['', `${what}: ${bytes}; ${counted(timers, 'timer')}, ${durationText(plan.life.keepMs)}`];
}

/** Each rule and exemption: what it does, its features, and their state were they alone. */
function rulesText(plan: Plan): string[] {
  const rules = plan.rules.map((rule) => ({
    id: rule.id,
    does: doesText(plan, rule),
    features: featuresOf([rule.when, ...(rule.score === null ? [] : [rule.score])]),
  }));
  const exempt = plan.exempt.map(({ id, when }) => ({
    id,
    does: 'exempt',
    features: featuresOf([when]),
  }));
  const all = [...rules, ...exempt];
  const idWidth = Math.min(ID_COLUMNS_MAX, Math.max(...all.map(({ id }) => id.length)));
  const doesWidth = Math.max(...all.map(({ does }) => does.length));
  const lines = [
    '',
    'each rule: its features, and their state alone (bytes an entity + bytes a row)',
  ];
  for (const { id, does, features } of all) {
    const head = `  ${id.padEnd(idWidth)}  ${does.padEnd(doesWidth)}  `;
    const state = features.length === 0 ? 'no state' : aloneText(plan, features);
    lines.push(...wrapped(state, head, COLUMNS));
  }
  return lines;
}

function doesText(plan: Plan, rule: RulePlan): string {
  if (rule.mode === 'score') return 'score';
  const code = plan.reasons[rule.reason]?.code ?? '';
  return `${rule.mode === 'shadow' ? 'shadow ' : ''}${rule.outcome} ${code}`;
}

/** "#1 #4: account 71 + 24 a row" */
function aloneText(plan: Plan, features: readonly number[]): string {
  const own = plan.features.filter((_, index) => features.includes(index));
  const kinds = describeState({ ...plan, features: own }).map(
    ({ entity, entityBytes, rowBytes }) =>
      `${entity} ${entityBytes}${rowBytes === 0 ? '' : ` + ${rowBytes} a row`}`,
  );
  return `${features.map((index) => `#${index + 1}`).join(' ')}: ${kinds.join(', ')}`;
}

/** Numbers of the features that some of the expressions read, ascending. */
function featuresOf(expressions: readonly Expression[]): number[] {
  const found = new Set<number>();
  for (const expression of expressions) {
    someNode(expression, (node) => {
      if (node.op === 'feature') found.add(node.feature);
      return false;
    });
  }
  return [...found].toSorted((a, b) => a - b);
}
