// A random plan as an analyst would have written it: YAML, with CEL from the nodes' texts, and the
// CSV files beside it. Durations and money in the units of rules files.

import { stringify } from 'yaml';
import type { Plan, RegisterColumn } from '../../src/domain/plan.ts';
import { textAt, textsOf } from '../../src/domain/text-column.ts';

export interface RulesText {
  readonly text: string;
  /** By path. */
  readonly files: ReadonlyMap<string, string>;
}

export function rulesText(plan: Plan): RulesText {
  const files = new Map<string, string>();
  const addFile = (path: string, rows: readonly (readonly string[])[]): string => {
    files.set(path, rows.map((row) => `${row.map(quoted).join(',')}\n`).join(''));
    return path;
  };
  const lists = plan.lists.map((list) => [
    list.name,
    addFile(`${list.name}.csv`, [['value'], ...textsOf(list.values).map((value) => [value ?? ''])]),
  ]);
  const registers = plan.registers.map(({ name, rowCount, keyColumns, keys, columns }) => {
    const others = columns.filter((column) => !keyColumns.includes(column.name));
    const header = [...keyColumns, ...others.map((column) => column.name)];
    const rows = Array.from({ length: rowCount }, (_, row) => [
      ...keys.map((part) => textAt(part, row) ?? ''),
      ...others.map((column) => cell(column, row)),
    ]);
    const types = others.filter((column) => column.type !== 'string');
    const file = addFile(`${name}.csv`, [header, ...rows]);
    const key = keyColumns.length === 0 ? {} : { key: keyColumns };
    return [name, { file, ...key, types: Object.fromEntries(types.map((c) => [c.name, c.type])) }];
  });
  const rates = plan.rates.map(({ currency, rateDigits, rateScale }) => [
    currency,
    decimal(rateDigits, rateScale),
  ]);
  const fields = plan.extraFields.map((spec) => [spec.name, spec.type]);
  const isOwn = ({ keyFields }: { keyFields: readonly number[] }): boolean => keyFields.length > 1;
  const charge = ['account', 'merchant', 'amount', 'currency'];
  const document = {
    ruleset: plan.ruleset,
    ...(plan.version !== null && { version: plan.version }),
    ...(plan.currency !== null && { currency: plan.currency }),
    rates: addFile('rates.csv', [['currency', 'rate'], ...rates]),
    timezone: plan.timezone,
    fields: Object.fromEntries(fields),
    ...(plan.entities.some(isOwn) && { entities: { charge } }),
    lists: Object.fromEntries(lists),
    registers: Object.fromEntries(registers),
    rules: plan.rules.map((rule) => ({
      id: rule.id,
      when: rule.when.text,
      mode: rule.mode,
      ...(rule.mode !== 'score' && {
        outcome: rule.outcome,
        reason: plan.reasons[rule.reason]?.code,
      }),
      ...(rule.score !== null && { score: rule.score.text }),
    })),
    exempt: plan.exempt.map((clause) => ({
      id: clause.id,
      when: clause.when.text,
      from: clause.from,
      ...(clause.rules !== null && { rules: clause.rules.map((rule) => plan.rules[rule]?.id) }),
    })),
    score: Object.fromEntries(Object.entries(plan.score).filter(([, at]) => at !== null)),
    invalid: plan.invalid,
    time: {
      lateness: duration(plan.time.latenessMs),
      aheadMax: duration(plan.time.aheadMaxMs),
      scanMax: plan.time.scanMax,
    },
    keep: duration(plan.keepMs),
    limits: plan.limits,
    repeats: { for: duration(plan.repeats.forMs), ids: plan.repeats.ids },
  };
  return { text: stringify(document, { lineWidth: 0 }), files };
}

function quoted(text: string): string {
  return /^[\w.-]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

function decimal(digits: number, scale: number): string {
  const text = String(digits).padStart(scale + 1, '0');
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function cell(column: RegisterColumn, row: number): string {
  if (column.texts !== null) return textAt(column.texts, row) ?? '';
  const value = column.numbers?.[row] ?? NaN;
  if (Number.isNaN(value)) return '';
  if (column.type === 'boolean') return value === 1 ? 'true' : 'false';
  return column.type === 'money' ? (value / 100).toFixed(2) : String(value);
}
