// Loading rules from texts held in a Map, and showing what came of it.

import { canonical } from '../../../src/rules/front/check/canonical.ts';
import type { Scope } from '../../../src/rules/front/check/scope.ts';
import { valueTypeOf } from '../../../src/rules/front/check/scope.ts';
import type { LoadResult } from '../../../src/rules/front/load.ts';
import { loadRulesText } from '../../../src/rules/front/load.ts';
import { Problems } from '../../../src/rules/front/problem.ts';
import type { Expression } from '../../../src/domain/expression.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { planFields } from '../../../src/domain/plan.ts';

export function load(text: string, files: Readonly<Record<string, string>> = {}): LoadResult {
  return loadRulesText(text, 'rules.yaml', (path) => {
    const content = Object.hasOwn(files, path) ? files[path] : undefined;
    if (content === undefined) {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    }
    return new TextEncoder().encode(content);
  });
}

/** The plan, or an error that lists the problems. */
export function planOf(text: string, files: Readonly<Record<string, string>> = {}): Plan {
  const result = load(text, files);
  if (result.ok) return result.plan;
  throw new Error(result.problems.map(({ message }) => message).join('\n'));
}

/** `line:column message (did you mean x)` of each problem. */
export function problemsOf(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const result = load(text, files);
  if (result.ok) return [];
  return result.problems.map(({ line, column, message, suggestion }) => {
    const near = suggestion === null ? '' : ` (did you mean ${suggestion})`;
    return `${line}:${column} ${message}${near}`;
  });
}

/** Features written out where an expression names them by index. */
export function shown(plan: Plan, expression: Expression): string {
  const fields = planFields(plan);
  const ofRows = fields.slice(0, fields.length - plan.life.fields.length);
  const scope: Scope = {
    problems: new Problems(),
    fields: new Map(
      ofRows.map((spec, number) => [spec.name, { number, spec, type: valueTypeOf(spec.type) }]),
    ),
    extraFields: plan.extraFields,
    brokenFields: new Set(),
    names: new Map(),
    lists: plan.lists,
    registers: plan.registers,
    currency: plan.currency,
    timezone: plan.timezone,
    said: new Set(),
    budget: { nodes: 0 },
  };
  return canonical(expression, scope)
    .replace(/life\.(\d+)/g, (_, number: string) => fields[Number(number)]?.name ?? 'no field')
    .replace(
      /feature\((\d+)\)/g,
      (_, index: string) => plan.features[Number(index)]?.key ?? 'no feature',
    );
}

export const FILES: Readonly<Record<string, string>> = {
  'staff.csv': 'account\nS1\nS2\n',
  'merchants.csv':
    'merchant,mcc,limit,since,open,software\nM1,5812,100.50,2025-01-01T00:00:00Z,true,3.2\nM2,,,,,\n',
  'bindings.csv': 'terminal,merchant,city\nT1,M1,Shanghai\n',
  'maintenance.csv':
    'scope,from,to\nT1,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z\nT1,2026-01-02T00:00:00Z,2026-01-02T01:00:00Z\n',
};

const HEADER = `ruleset: t
currency: CNY
timezone: Asia/Shanghai
entities: { charge: [account, merchant, amount, currency] }
fields: { loyalty: string, risk: number, vip: boolean, visits: integer, fee: money, since: time }
lists: { staff: staff.csv }
registers:
  merchants: { file: merchants.csv, key: merchant, types: { limit: money, since: time, open: boolean, software: version } }
  bindings: { file: bindings.csv, key: [terminal, merchant] }
  maintenance: { file: maintenance.csv }
let:
  small: account.count("10m", tx.amount <= 50)
  isSmall: tx.amount <= 50
  fifty: 50
  tenMinutes: '"10m"'
  risky: '["5812", "7995"]'
  staffToo: staff
`;

/** A file whose one rule has this condition. */
export function withCondition(when: string): string {
  return `${HEADER}rules:\n  - id: r\n    outcome: hold\n    reason: POLICY\n    when: |-\n      ${when}\n`;
}

/** The checked condition in canonical text, or its problems. */
export function conditionOf(when: string): string {
  const result = load(withCondition(when), FILES);
  if (!result.ok) return result.problems.map(({ message }) => message).join(' | ');
  const [rule] = result.plan.rules;
  return rule === undefined ? 'no rule' : shown(result.plan, rule.when);
}

/** `column message` of each problem of one condition. */
export function conditionProblems(when: string): string[] {
  const result = load(withCondition(when), FILES);
  if (result.ok) return [];
  return result.problems.map(({ column, length, message, suggestion }) => {
    const near = suggestion === null ? '' : ` (did you mean ${suggestion})`;
    return `${column - 6}+${length} ${message}${near}`;
  });
}
