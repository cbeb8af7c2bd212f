// docs/rails.md: its files are the fixtures, its tables are what comes out, every key has its row.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RailPlan } from '../../src/domain/rails.ts';
import { METHODS } from '../../src/domain/rails.ts';
import type { LoadResult } from '../../src/rules/front/load.ts';
import { formatProblem, loadRulesText } from '../../src/rules/front/load.ts';
import { RAIL_KEYS, RAIL_METHOD_KEYS } from '../../src/rules/front/rail-keys.ts';
import { newReversalChoice, RailWindows } from '../../src/rules/runtime/rail-windows.ts';
import { fencedBlocks } from '../support/fenced-blocks.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const manual = read('docs/rails.md');
const blocks = fencedBlocks(manual);
const yaml = blocks.filter(({ language }) => language === 'yaml');
const railFiles = yaml.filter(({ mark }) => mark.endsWith('.yaml'));
const refused = yaml.filter(({ mark }) => mark === 'refused');
const rulesText = yaml.find(({ mark }) => mark === 'rules')?.text ?? '';

const ONE_RULE = 'rules:\n  - { id: a, when: tx.lat > 5, outcome: hold, reason: POLICY }\n';

/** Rules with one rail of this text. */
function loadRail(text: string): LoadResult {
  const rules = `ruleset: example\nrails: r.yaml\n${ONE_RULE}`;
  return loadRulesText(rules, 'rules.yaml', () => new TextEncoder().encode(text));
}

function railOf(text: string): RailPlan {
  const result = loadRail(text);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.plan.life.rails[0] as RailPlan;
}

/** Rows of the table whose first columns these are, as texts by column. */
function tableOf(...head: readonly string[]): Record<string, string>[] {
  const lines = manual.split('\n');
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex(
    (line) => line.startsWith('|') && head.every((name, k) => cells(line)[k] === name),
  );
  const names = cells(lines[start] ?? '');
  const rows: Record<string, string>[] = [];
  for (let i = start + 2; lines[i]?.startsWith('|') === true; i++) {
    const values = cells(lines[i] ?? '');
    rows.push(Object.fromEntries(names.map((name, k) => [name, values[k] ?? ''])));
  }
  if (start === -1 || rows.length === 0) throw new Error(`no table ${head.join(', ')}`);
  return rows;
}

describe('rail files', () => {
  test.each(railFiles)('$mark is the fixture', ({ mark, text }) => {
    expect(text).toBe(read(`fixtures/rails/${mark}`));
  });

  test.each(refused)('refused: $text', ({ text }) => {
    const reason = (/^# (.*)$/m.exec(text)?.[1] ?? '').trim();
    const result = loadRail(text);
    expect(reason).not.toBe('');
    expect(result.ok ? '' : result.problems.map(formatProblem).join('\n')).toContain(reason);
  });

  test('every block of YAML is one of these', () => {
    expect(railFiles.map(({ mark }) => mark)).toEqual(['card.yaml', 'wallet.yaml']);
    expect(railFiles.length + refused.length + 1).toBe(yaml.length);
  });

  test('every key has its row, and no other', () => {
    const named = (rows: Record<string, string>[]): string[] =>
      rows.map((row) => row['key']?.replaceAll('`', '') ?? '');
    expect(named(tableOf('key', 'needed'))).toEqual(RAIL_KEYS.map(({ name }) => name));
    expect(named(tableOf('key', 'default')).toSorted()).toEqual(
      RAIL_METHOD_KEYS.map(({ name }) => name).toSorted(),
    );
  });
});

describe('choices', () => {
  const loaded = loadRulesText(rulesText, 'rules.yaml', (path) =>
    new TextEncoder().encode(railFiles.find(({ mark }) => mark === path)?.text),
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const { rails, rail: railByDefault } = loaded.plan.life;
  const windows = new RailWindows(rails);
  const choice = newReversalChoice();
  const instant = (local: string | undefined): number =>
    Date.parse(`${local?.replace(' ', 'T')}+08:00`);
  const local = (ms: number): string =>
    Number.isNaN(ms)
      ? ''
      : new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const rows = tableOf('rail', 'paid', 'decided');

  function choose(row: Record<string, string>): RailPlan | undefined {
    const i = rails.findIndex(({ name }) => name === row['rail']);
    const [paid, now] = [instant(row['paid']), instant(row['decided'])];
    windows.choose(i, paid, now, row['known'] === 'success', false, choice);
    return rails[i];
  }

  test('the rail of payments that name none', () => {
    expect(rails[railByDefault]?.name).toBe('card');
  });

  test.each(rows)('$rail paid $paid, decided $decided', (row) => {
    choose(row);
    expect({
      method: METHODS[choice.method] ?? 'none',
      notBefore: local(choice.notBeforeMs),
      notAfter: local(choice.notAfterMs),
      fallbackMethod: METHODS[choice.fallbackMethod] ?? '',
    }).toEqual({
      method: row['method'],
      notBefore: row['notBefore'],
      notAfter: row['notAfter'],
      fallbackMethod: row['fallbackMethod'],
    });
  });

  test('the block shown is the sixth', () => {
    const rail = choose(rows[5] ?? {});
    expect(choice.queryRail).toBe(rails.indexOf(rail as RailPlan));
    expect(JSON.parse(blocks.find(({ language }) => language === 'json')?.text ?? '')).toEqual({
      method: METHODS[choice.method],
      notBefore: choice.notBeforeMs,
      notAfter: choice.notAfterMs,
      fallbackMethod: METHODS[choice.fallbackMethod],
      queryFirst: rail?.queryFirstMs,
    });
  });
});

test.each(tableOf('timezone', 'window', 'paid'))(
  '$timezone, $window, paid $paid closes $closes',
  ({ timezone, window, paid, closes }) => {
    const rail = railOf(`rail: r\ntimezone: ${timezone}\nvoid: { ${window} }\n`);
    const closesMs = new RailWindows([rail]).closesMs(
      0,
      METHODS.indexOf('VOID'),
      Date.parse(paid ?? ''),
    );
    expect(new Date(closesMs).toISOString()).toBe(new Date(closes ?? '').toISOString());
  },
);
