// Tables of how right the decisions were: by kind of what was injected, and each rule alone beside all
// of them together, with the money that was stopped rightly and wrongly.

import { exponentOr2 } from '../domain/currencies.ts';
import type { Accuracy, KindAccuracy, RuleAccuracy } from './accuracy-figures.ts';
import { formatNumber, formatShare } from './quantity.ts';
import { count, shorten, title, wrapList } from './text-blocks.ts';

/** What was caught and missed of each kind, and the honest cases that look suspicious. */
export function kindBlock(accuracy: Accuracy): string[] {
  const lines = [
    title('against what was injected'),
    kindRow('kind', ['injected', 'caught', 'missed', 'false', 'precision', 'recall']),
    ...accuracy.kinds.map((kind) => kindRow(kind.kind, kindCells(kind))),
    kindRow('all', kindCells(accuracy.overall)),
  ];
  const hard = accuracy.hardCases.map(({ kind, shown, stopped, letGo }) => {
    const again = letGo === 0 ? '' : ` (${formatNumber(letGo)} let go again)`;
    return `${kind} ${formatNumber(stopped)} of ${formatNumber(shown)}${again}`;
  });
  if (hard.length > 0) lines.push(...wrapList('  honest but suspicious, stopped: ', hard));
  return lines;
}

/** Each rule as if it were the only one; of many the first `rowsMax`. At most 96 wide. */
export function ruleBlock(accuracy: Accuracy, currency: string, rowsMax: number): string[] {
  const { rules } = accuracy;
  const shown = rules.slice(0, rowsMax);
  const lines = [
    title('each rule alone'),
    ruleRow('rule', ['stopped', 'right', 'precision', 'recall', `${currency} rightly`, 'wrongly']),
    ...shown.map((one) => ruleRow(one.rule, ruleCells(one, currency))),
    ruleRow('all together', togetherCells(accuracy, currency)),
  ];
  const rest = rules.length - shown.length;
  lines.push('  right: guilty of anything; recall: of the kind that the rule is for');
  if (rest > 0) lines.push(`  ${count(rest, 'more rule')}: scripts/measure-accuracy.mjs`);
  return lines;
}

/** All there is to say, for whoever tunes rules: wider than a summary. */
export function fullTables(accuracy: Accuracy, currency: string): string {
  const { overall, money, letGo } = accuracy;
  const table = [
    FULL_HEADER,
    ...accuracy.rules.map((one) => fullRow(one, currency)),
    [
      'all together',
      '',
      formatNumber(accuracy.stopped),
      '',
      formatNumber(overall.caught),
      '',
      formatShare(overall.precision),
      '',
      formatShare(overall.recall),
      major(money?.rightly, currency),
      major(money?.wrongly, currency),
    ],
  ];
  const lines = [
    `${count(accuracy.decided, 'transaction')} decided, ${formatNumber(accuracy.stopped)} stopped; ` +
      `let go again: ${formatNumber(letGo.guilty)} guilty, ${formatNumber(letGo.honest)} honest`,
    '',
    ...kindBlock(accuracy),
    '',
    title(`each rule alone, money in ${currency}`),
    ...alignColumns(table, 2),
  ];
  if (money !== null) lines.push(`  guilty and not stopped: ${major(money.missed, currency)}`);
  return `${lines.join('\n')}\n`;
}

const FULL_HEADER: readonly string[] = [
  'rule',
  'its kind',
  'stopped',
  'of kind',
  'of any',
  'precision',
  'any',
  'recall',
  'any',
  'rightly',
  'wrongly',
];

function fullRow(one: RuleAccuracy, currency: string): string[] {
  return [
    one.rule,
    one.kind,
    formatNumber(one.fired),
    formatNumber(one.caughtOfKind),
    formatNumber(one.caught),
    formatShare(one.precisionOfKind),
    formatShare(one.precision),
    formatShare(one.recallOfKind),
    formatShare(one.recall),
    major(one.money?.rightly, currency),
    major(one.money?.wrongly, currency),
  ];
}

/** The first `textCount` columns to the left, the rest to the right. */
function alignColumns(rows: readonly (readonly string[])[], textCount: number): string[] {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, k) => (k < textCount ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function kindRow(name: string, values: readonly string[]): string {
  return `  ${name.padEnd(26)}${values.map((value) => value.padStart(11)).join('')}`;
}

function kindCells(k: KindAccuracy): string[] {
  return [
    formatNumber(k.injected),
    formatNumber(k.caught),
    formatNumber(k.missed),
    formatNumber(k.falseAlarms),
    formatShare(k.precision),
    formatShare(k.recall),
  ];
}

const RULE_WIDTHS: readonly number[] = [9, 8, 11, 11, 14, 12];

function ruleRow(name: string, values: readonly string[]): string {
  const cells = values.map((value, k) => value.padStart(RULE_WIDTHS[k] ?? 0));
  return `  ${shorten(name, 27).padEnd(28)}${cells.join('')}`;
}

function ruleCells(one: RuleAccuracy, currency: string): string[] {
  return [
    formatNumber(one.fired),
    formatNumber(one.caught),
    formatShare(one.precision),
    formatShare(one.recallOfKind),
    major(one.money?.rightly, currency),
    major(one.money?.wrongly, currency),
  ];
}

function togetherCells({ stopped, overall, money }: Accuracy, currency: string): string[] {
  return [
    formatNumber(stopped),
    formatNumber(overall.caught),
    formatShare(overall.precision),
    formatShare(overall.recall),
    major(money?.rightly, currency),
    major(money?.wrongly, currency),
  ];
}

/** Whole units: cents tell nobody anything here. */
function major(minor: number | undefined, currency: string): string {
  return minor === undefined ? 'n/a' : formatNumber(minor / 10 ** exponentOr2(currency), 0);
}
