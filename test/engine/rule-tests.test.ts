import { expect, test } from 'vitest';
import { runFileTests } from '../../src/engine/rule-tests.ts';
import { planOf } from '../rules/front/help.ts';

const RULES = `ruleset: small
currency: CNY
rules:
  - id: frequent
    when: account.count("10m") >= 2
    outcome: hold
    reason: VELOCITY_COUNT
  - id: busy-merchant
    when: merchant.count("10m") >= 2
    outcome: hold
    reason: IP_CONFLICT
  - { id: idea, mode: shadow, when: tx.amount > 1, outcome: reverse, reason: POLICY }
exempt:
  - { id: staff, when: tx.account == "S", rules: [frequent] }
tests:
`;

/** The problems of one test: `given` and `expect` as flow YAML. */
async function problemsOf(given: string, expectations: string): Promise<readonly string[]> {
  const plan = planOf(`${RULES}  - { name: one, given: ${given}, expect: ${expectations} }\n`);
  const [result] = await runFileTests(plan);
  return (result?.problems ?? []).map((problem) => problem.replace(/^.*: test "one", /, ''));
}

test.each([
  ['what is expected', '[{ repeat: 2, tx: { account: A } }]', '[{ at: 0, outcome: allow }]', []],
  [
    'another outcome',
    '[{ repeat: 2, tx: { account: A } }]',
    '[{ at: -1, outcome: allow }]',
    ['row 1: expected allow, got hold; fired [frequent], reasons [VELOCITY_COUNT]'],
  ],
  [
    'other rules',
    '[{ repeat: 2, tx: { account: A } }]',
    '[{ at: 1, outcome: hold, rules: [busy-merchant] }]',
    ['row 1: expected rules [busy-merchant], fired [frequent]'],
  ],
  [
    'rules in another order',
    '[{ repeat: 2, tx: { account: A, merchant: M } }]',
    '[{ at: 1, rules: [busy-merchant, frequent] }]',
    [],
  ],
  [
    'keys that rows of the kind need',
    '[{ repeat: 2, tx: { merchant: M } }]',
    '[{ at: 1, outcome: hold, rules: [busy-merchant] }]',
    [],
  ],
  [
    'an exempted rule, which fired',
    '[{ repeat: 2, tx: { account: S } }]',
    '[{ at: 1, outcome: allow, rules: [frequent] }]',
    [],
  ],
  [
    'shadow rules, which are not listed',
    '[{ tx: { account: A, amount: 5 } }]',
    '[{ at: 0, outcome: allow, rules: [] }]',
    [],
  ],
  [
    'a row that gets no decision',
    '[{ tx: { kind: label, account: A, label: fraud } }]',
    '[{ at: 0, outcome: allow }]',
    ['row 0: a row of this kind gets no decision'],
  ],
  [
    'more rows than one batch has',
    '[{ repeat: 40, every: 11m, tx: { account: A } }]',
    '[{ at: -1, outcome: allow }]',
    [],
  ],
] as const)('%s', async (_name, given, expectations, problems) => {
  expect(await problemsOf(given, expectations)).toEqual(problems);
});

test('each test of a file begins with empty state', async () => {
  const one =
    '{ name: again, given: [{ tx: { account: A } }], expect: [{ at: 0, outcome: allow }] }';
  const results = await runFileTests(planOf(`${RULES}  - ${one}\n  - ${one}\n  - ${one}\n`));
  const passed = { name: 'again', problems: [] };
  expect(results).toEqual([passed, passed, passed]);
});

test('a file without tests passes', async () => {
  expect(await runFileTests(planOf(`${RULES}  []\n`))).toEqual([]);
});
