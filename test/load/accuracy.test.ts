import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Accuracy } from '../../src/load/accuracy.ts';
import { measureAccuracy } from '../../src/load/accuracy.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-accuracy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = 'transactionId,label,knownAt,kind';
const TRIGGERS = new Map([
  ['too-often', 'frequency'],
  ['too-far', 'travel'],
]);

function decision(
  transactionId: string,
  rule: string | null,
  more: Partial<Decision> = {},
): string {
  const base: Decision = {
    decisionId: `${transactionId}#0`,
    transactionId,
    account: 'A',
    outcome: rule === null ? 'allow' : 'hold',
    ...(rule !== null && { reasons: [{ code: 'VELOCITY_COUNT', rule }] }),
    revision: 0,
    rulesHash: 'h',
  };
  return JSON.stringify({ ...base, ...more });
}

async function measure(labels: string[], decisions: string[]): Promise<Accuracy> {
  const labelsPath = join(folder, 'labels.csv');
  const decisionsPath = join(folder, 'decisions.ndjson');
  writeFileSync(labelsPath, [HEADER, ...labels, ''].join('\n'));
  writeFileSync(decisionsPath, [...decisions, ''].join('\n'));
  return measureAccuracy({ labelsPath, decisionsPath, triggers: TRIGGERS });
}

describe('accuracy', () => {
  it('counts what was caught, missed and stopped wrongly, by kind and in all', async () => {
    const accuracy = await measure(
      [
        'a,fraud,9,frequency',
        'b,fraud,9,frequency',
        'c,chargeback,9,travel',
        'g,genuine,9,tourist',
      ],
      [
        decision('a', 'too-often'),
        decision('b', null),
        decision('c', 'too-often'),
        decision('d', null),
        decision('e', 'too-far'),
        decision('g', 'too-far'),
      ],
    );
    expect(accuracy).toEqual({
      decided: 6,
      stopped: 4,
      overall: {
        kind: 'all',
        injected: 3,
        caught: 2,
        missed: 1,
        falseAlarms: 2,
        precision: 0.5,
        recall: 2 / 3,
      },
      kinds: [
        {
          kind: 'frequency',
          injected: 2,
          caught: 1,
          missed: 1,
          falseAlarms: 0,
          precision: 1,
          recall: 0.5,
        },
        {
          kind: 'travel',
          injected: 1,
          caught: 1,
          missed: 0,
          falseAlarms: 2,
          precision: 1 / 3,
          recall: 1,
        },
      ],
      hardCases: [{ kind: 'tourist', shown: 1, stopped: 1 }],
    });
  });

  it.each([
    ['a repeat', decision('a', null, { flags: ['REPEAT'] })],
    ['a held repeat', decision('a', 'too-often', { flags: ['REPEAT'] })],
    ['a later revision', decision('a', 'too-often', { revision: 1 })],
    [
      'a row that could not be read',
      decision('a', 'too-often', { reasons: [{ code: 'INVALID_INPUT' }] }),
    ],
  ])('leaves out %s', async (_, line) => {
    const accuracy = await measure(['a,fraud,9,frequency'], [line]);
    expect(accuracy).toMatchObject({ decided: 0, stopped: 0 });
    expect(accuracy.overall).toMatchObject({ injected: 0, caught: 0, falseAlarms: 0 });
  });

  it('does not count labels of rows that were never decided as missed', async () => {
    const accuracy = await measure(
      ['a,fraud,9,frequency', 'z,fraud,9,frequency'],
      [decision('a', null)],
    );
    expect(accuracy.overall).toMatchObject({ injected: 1, caught: 0, missed: 1, recall: 0 });
    expect(accuracy.overall.precision).toBeNaN();
  });

  it('names a score without a rule composite, and takes labels without a kind by their label', async () => {
    const score = decision('x', 'too-often', { reasons: [{ code: 'SCORE' }] });
    const accuracy = await measure(['a,fraud,9'], [score, decision('a', 'too-far')]);
    expect(accuracy.kinds.map(({ kind, falseAlarms }) => [kind, falseAlarms])).toEqual([
      ['composite', 1],
      ['fraud', 0],
    ]);
  });

  it('reads ids with escapes', async () => {
    const accuracy = await measure(['a\\b,fraud,9,frequency'], [decision('a\\b', null)]);
    expect(accuracy.overall).toMatchObject({ injected: 1, missed: 1 });
  });

  it('says which line is no decision, and which file cannot be read', async () => {
    await expect(measure([], [decision('a', null), '{"outcome":'])).rejects.toThrow(
      /decisions\.ndjson": line 2 is not a decision/,
    );
    const missing = measureAccuracy({ labelsPath: join(folder, 'no'), decisionsPath: 'no' });
    await expect(missing).rejects.toThrow(HoldfastError);
  });
});
