// The manual of the rules language, docs/rules.md: every example loads and passes its own tests, by the
// model and by the engine, or is refused for the reason that it names; every function is shown in some
// example.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LIFE_NAMES } from '../../src/domain/life.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { runFileTests } from '../../src/engine/rule-tests.ts';
import { FEATURE_NAMES } from '../../src/rules/front/check/features.ts';
import { FUNCTION_NAMES } from '../../src/rules/front/check/calls.ts';
import type { LoadResult } from '../../src/rules/front/load.ts';
import { formatProblem, loadRulesText } from '../../src/rules/front/load.ts';
import type { Block } from '../support/fenced-blocks.ts';
import { fencedBlocks } from '../support/fenced-blocks.ts';
import { runFileTests as runFileTestsByModel, runGiven } from './run-file-tests.ts';

const manual = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
const blocks = fencedBlocks(manual);
const HEAD = 'ruleset: example\ncurrency: CNY\ntimezone: Asia/Shanghai\n';
const FILES = new Map(
  blocks.filter(({ language }) => language === 'csv').map(({ mark, text }) => [mark, text]),
);

function load(block: Block): LoadResult {
  const text = block.text.startsWith('ruleset:') ? block.text : HEAD + block.text;
  return loadRulesText(text, 'rules.yaml', (path) => {
    const file = FILES.get(path);
    if (file === undefined) throw new Error(`the manual has no file ${path}`);
    return new TextEncoder().encode(file);
  });
}

function planOf(block: Block): Plan {
  const result = load(block);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.plan;
}

const rulesBlocks = blocks.filter(({ language }) => language === 'yaml');
const accepted = rulesBlocks.filter(({ mark }) => mark === '');
const refused = rulesBlocks.filter(({ mark }) => mark === 'refused');
/** Over the life of payments. */
const life = rulesBlocks.filter(({ mark }) => mark === 'life');

test('every block of YAML is an example or refused', () => {
  expect(rulesBlocks.length).toBeGreaterThan(25);
  expect([...accepted, ...refused, ...life]).toHaveLength(rulesBlocks.length);
  expect(manual).toContain(`\`\`\`\n${HEAD}\`\`\``);
});

describe('examples', () => {
  test.each([...accepted, ...life])(
    'the one of line $line loads, and passes its tests by the model and by the engine',
    async (block) => {
      const plan = planOf(block);
      expect(plan.tests.length).toBeGreaterThan(0);
      expect(runFileTestsByModel(plan)).toEqual([]);
      const results = await runFileTests(plan);
      expect(results.map(({ name }) => name)).toEqual(plan.tests.map(({ name }) => name));
      expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    },
  );
});

describe('examples over the life of payments', () => {
  test('show every name but those of rails', () => {
    const shown = life.map(({ text }) => text).join('\n');
    const names = LIFE_NAMES.map(({ name, isCall }) => (isCall === true ? `${name}()` : name));
    for (const name of names) expect(manual).toContain(`\`${name}\``);
    const missing = names.filter(
      (name) => !shown.includes(`payment.${name}`) && !shown.includes(`of.${name}`),
    );
    expect(missing).toEqual(['openMethod', 'reversalOpen', 'voidOpen', 'refundOpen']);
  });
});

describe('what is refused', () => {
  test.each(refused)('the one of line $line, for what it says', (block) => {
    const result = load(block);
    const reason = (/^# (.*)$/m.exec(block.text)?.[1] ?? '').trim();
    expect(reason).not.toBe('');
    expect(result.ok ? [] : result.problems.map(formatProblem).join('\n')).toContain(reason);
  });
});

test('every function and feature has an example', () => {
  const shown = accepted.map(({ text }) => text).join('\n');
  const missing = [
    ...FUNCTION_NAMES.filter((name) => !new RegExp(`(^|[^.\\w])${name}\\(`, 'm').test(shown)),
    ...FEATURE_NAMES.filter((name) => !shown.includes(`.${name}(`)),
  ];
  expect(missing).toEqual([]);
});

test('the evidence shown is that of the first example', () => {
  const [example] = accepted;
  const [json] = blocks.filter(({ language }) => language === 'json');
  if (example === undefined || json === undefined) throw new Error('no first example');
  const plan = planOf(example);
  const [decided] = runGiven(plan, plan.tests[0]?.given ?? []).slice(4);
  expect(decided?.decision?.evidence).toEqual([JSON.parse(json.text)]);
});
