import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readScenario } from '../../../src/tools/scenarios/scenario-file.ts';
import type { Scenario } from '../../../src/tools/scenarios/scenario-file.ts';
import { withExpectation } from '../../../src/tools/scenarios/scenario-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-scenario-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(text: string): Scenario {
  const path = join(folder, '01-it.yaml');
  writeFileSync(path, text);
  return readScenario(path);
}

const HEAD = 'title: It\ntrigger: 1\n';
const FIRST = Date.UTC(2026, 0, 1);

describe('readScenario', () => {
  it('fills in id, kind, time and currency, and what each payment has', () => {
    const { given, triggers, endMs, isNearMiss, file } = read(
      `${HEAD}each: { account: li, amount: 5 }
given:
  - { repeat: 2, every: 1m, tx: { merchant: M1 } }
  - { tx: { id: s, kind: status, account: wang, of: '#0' } }
  - { tx: { time: 2026-01-02T00:00:00Z, amount: 7, currency: JPY } }
end: 2h
expect: []
`,
    );
    const paid = { kind: 'payment', currency: 'CNY', account: 'li', amount: 5, merchant: 'M1' };
    expect(given).toEqual([
      { id: '#0', ...paid, time: FIRST },
      { id: '#1', ...paid, time: FIRST + 60_000 },
      { id: 's', kind: 'status', account: 'wang', of: '#0', time: FIRST + 61_000 },
      { id: '#3', kind: 'payment', currency: 'JPY', account: 'li', amount: 7, time: FIRST + 864e5 },
    ]);
    expect({ triggers, endMs, isNearMiss, file }).toEqual({
      triggers: [1],
      endMs: 7_200_000,
      isNearMiss: false,
      file: '01-it.yaml',
    });
  });

  it.each([
    ['given: []\nwhy: x\n', 'unknown key "why"'],
    ['given: [{ tx: {}, time: 1 }]\n', 'unknown key "time" beside tx, repeat and every'],
    ['given: [{ every: soon, tx: {} }]\n', '"every" must be a duration such as 10m'],
    ['given: [{ tx: { time: today } }]\n', '"time" must be a time'],
    ['given: 5\n', '"given" must be a list'],
  ])('refuses %j', (rest, message) => {
    expect(() => read(HEAD + rest)).toThrow(message);
  });
});

describe('withExpectation', () => {
  it('writes below the story, in the place of what was expected before', () => {
    const story = `${HEAD}given: []\n\n`;
    const wanted = `${story}expect:\n  - allow: [a, b]\n  - hold: c\n`;
    const records = [{ allow: ['a', 'b'] }, { hold: 'c' }];
    expect(withExpectation(`${story}expect:\n  - hold: b\n`, records)).toBe(
      wanted.replace('[a, b]', '[ a, b ]'),
    );
    expect(withExpectation(story, records)).toBe(wanted.replace('[a, b]', '[ a, b ]'));
  });
});
