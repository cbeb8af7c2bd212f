// A score that reverses holds where the rail has no window any more: that hold is kept, and ends, though
// no rule holds and none is a life rule.

import { expect, test } from 'vitest';
import { LocalEngine } from '../../../src/engine/local-engine.ts';
import { loadRulesText } from '../../../src/rules/front/load.ts';

const RAIL = 'rail: gone\nreversal: { within: 1s }\n';
const RULES = `ruleset: scores
currency: CNY
rails: [gone.yaml]
rail: gone
hold: { for: 1h, onExpiry: allow }
score: { reverse: 50 }
rules:
  - { id: large, mode: score, when: tx.amount > 10.00, score: 60 }
`;

test('a hold that a score has led to ends', () => {
  const loaded = loadRulesText(RULES, 'scores.yaml', () => Buffer.from(RAIL));
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const engine = new LocalEngine({ plan: loaded.plan, batchRowsMax: 4 });
  const time = Date.UTC(2026, 0, 1);
  const row = { id: 'a', kind: 'payment', time: time - 60_000, account: 'A', merchant: 'M' };
  // Stream time is a minute on: the window of a second is over when the payment comes.
  const rows = [
    { ...row, id: 'first', time, amount: 100, currency: 'CNY' },
    { ...row, amount: 5000, currency: 'CNY' },
  ];
  const told = engine.decide(rows).map(({ decisionId, outcome }) => `${decisionId} ${outcome}`);
  expect(told).toEqual(['first#0 allow', 'a#0 hold']);
  const ended = engine.advance(null).map(({ decisionId, outcome }) => `${decisionId} ${outcome}`);
  expect(ended).toEqual(['a#1 allow']);
});

function decided(exempt: readonly string[], score: number): string | undefined {
  const clauses = exempt.map(
    (from, k) => `  - { id: e${k}, when: tx.amount > 1, from: [${from}] }`,
  );
  const text = `ruleset: scores
currency: CNY
score: { hold: 100, reverse: 300 }
exempt:
${clauses.join('\n')}
rules:
  - { id: points, mode: score, when: tx.amount > 1, score: ${score} }
`;
  const loaded = loadRulesText(text, 'scores.yaml', () => Buffer.from(''));
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const row = { id: 'a', kind: 'payment', time: 1, account: 'A', merchant: 'M', currency: 'CNY' };
  const [decision] = new LocalEngine({ plan: loaded.plan }).decide([{ ...row, amount: 500 }]);
  return decision?.outcome;
}

test.each([
  [['reverse'], 350, 'hold'],
  [['reverse'], 150, 'hold'],
  [['hold'], 350, 'reverse'],
  [['hold'], 150, 'allow'],
  [['hold, reverse'], 350, 'allow'],
  [['hold', 'reverse'], 350, 'allow'],
  [['reverse', 'hold'], 350, 'allow'],
  [['reverse'], 99, 'allow'],
])('a sum exempt from %j, of %i: %s', (exempt, score, outcome) => {
  expect(decided(exempt, score)).toBe(outcome);
});
