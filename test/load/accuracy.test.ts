import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Accuracy } from '../../src/load/accuracy-figures.ts';
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

async function measure(
  labels: string[],
  decisions: string[],
  transactions: string[] | null = null,
): Promise<Accuracy> {
  const labelsPath = join(folder, 'labels.csv');
  const decisionsPath = join(folder, 'decisions.ndjson');
  writeFileSync(labelsPath, [HEADER, ...labels, ''].join('\n'));
  writeFileSync(decisionsPath, [...decisions, ''].join('\n'));
  const transactionsPath = join(folder, 'transactions.ndjson');
  writeFileSync(transactionsPath, [...(transactions ?? []), ''].join('\n'));
  const rates = [{ currency: 'JPY', rateDigits: 47, rateScale: 3 }];
  const money = transactions === null ? null : { transactionsPath, currency: 'CNY', rates };
  return measureAccuracy({ labelsPath, decisionsPath, triggers: TRIGGERS, money });
}

/** What a later row, or time, made of it. */
function amended(
  transactionId: string,
  rule: string | null,
  revision: number,
  more: Partial<Decision> = {},
): string {
  return decision(transactionId, rule, {
    decisionId: `${transactionId}#${revision}`,
    revision,
    supersedes: `${transactionId}#${revision - 1}`,
    cause: 'status',
    ...more,
  });
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
    const { rules, ...rest } = accuracy;
    expect(rules.map(({ rule, fired, caught }) => [rule, fired, caught])).toEqual([
      ['too-often', 2, 2],
      ['too-far', 2, 0],
    ]);
    expect(rest).toEqual({
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
      hardCases: [{ kind: 'tourist', shown: 1, stopped: 1, letGo: 0 }],
      letGo: { guilty: 0, honest: 0 },
      money: null,
    });
  });

  it.each([
    ['a repeat', decision('a', null, { flags: ['REPEAT'] })],
    ['a held repeat', decision('a', 'too-often', { flags: ['REPEAT'] })],
    ['other content under the same id', decision('a', 'too-often', { revision: 1 })],
    [
      'a row that could not be read',
      decision('a', 'too-often', { reasons: [{ code: 'INVALID_INPUT' }] }),
    ],
    [
      'a row that could not be read and is let through',
      decision('a', null, { reasons: [{ code: 'INVALID_INPUT' }] }),
    ],
  ])('leaves out %s', async (_, line) => {
    const accuracy = await measure(['a,fraud,9,frequency'], [line]);
    expect(accuracy).toMatchObject({ decided: 0, stopped: 0 });
    expect(accuracy.overall).toMatchObject({ injected: 0, caught: 0, falseAlarms: 0 });
  });

  it('counts what any decision of a transaction stopped, the first or an amendment, once', async () => {
    const accuracy = await measure(
      ['a,fraud,9,frequency', 'b,fraud,9,travel', 'c,fraud,9,travel', 'g,genuine,9,tourist'],
      [
        decision('a', null),
        decision('b', 'too-far'),
        decision('c', null),
        decision('g', null),
        amended('a', 'too-often', 1),
        amended('a', 'too-far', 2, { outcome: 'reverse', cause: 'timer' }),
        // Released, expired: it was stopped all the same.
        amended('b', null, 1, { cause: 'release' }),
        amended('c', null, 1),
        amended('g', 'too-often', 1, { cause: 'fault' }),
        amended('g', null, 2),
      ],
    );
    expect(accuracy).toMatchObject({
      decided: 4,
      stopped: 3,
      overall: { injected: 3, caught: 2, missed: 1, falseAlarms: 1 },
      letGo: { guilty: 1, honest: 1 },
      hardCases: [{ kind: 'tourist', shown: 1, stopped: 1, letGo: 1 }],
    });
    // `a` counts for both of the rules that stopped it.
    expect(accuracy.rules.map(({ rule, fired, caught }) => [rule, fired, caught])).toEqual([
      ['too-far', 2, 2],
      ['too-often', 2, 1],
    ]);
  });

  it('is stopped though a rule on trial would have allowed it', async () => {
    const shadow = [{ rule: 'new-idea', outcome: 'allow', code: 'POLICY' }] as const;
    const accuracy = await measure(
      ['a,fraud,9,frequency', 'b,fraud,9,frequency'],
      [decision('a', 'too-often', { shadow }), decision('b', null, { shadow })],
    );
    expect(accuracy).toMatchObject({ decided: 2, stopped: 1, overall: { caught: 1, missed: 1 } });
  });

  it('is let go no more once another amendment stops it again', async () => {
    const { letGo } = await measure(
      ['a,fraud,9,frequency'],
      [decision('a', 'too-far'), amended('a', null, 1), amended('a', 'too-often', 2)],
    );
    expect(letGo).toEqual({ guilty: 0, honest: 0 });
  });

  it('holds each rule against the labels of its kind and of all kinds, and tells the money', async () => {
    const accuracy = await measure(
      ['a,fraud,9,frequency', 'b,fraud,9,travel', 'c,fraud,9,travel', 'd,fraud,9,frequency'],
      [
        decision('a', 'too-far'),
        decision('b', 'too-far'),
        decision('c', null),
        decision('d', null),
        decision('h', 'too-far'),
        decision('i', 'too-often'),
        decision('a', 'too-far', { flags: ['REPEAT'] }),
        decision('j', 'too-often'),
      ],
      [
        '{"id":"a","amount":1000,"currency":"CNY"}',
        '{"id":"b","amount":500,"currency":"JPY"}',
        '{"kind":"payment","amount":70,"id":"c"}',
        // Cut off: no transaction.
        '{"id":"d","amo',
        '{"id":"d","amount":900,"currency":"CNY"}',
        '{"id":"h","amount":300,"currency":"CNY"}',
        // A reversal has no amount, an unknown currency no worth, and less than nothing is held by nobody.
        '{"id":"i","kind":"reversal"}',
        '{"id":"j","amount":-5,"currency":"CNY"}',
        '{"id":"a","amount":1001,"currency":"CNY"}',
        '{"id":"x","amount":77,"currency":"CNY"}',
      ],
    );
    const [far, often] = accuracy.rules;
    // 500 yen are 23.50 yuan.
    expect(far).toEqual({
      rule: 'too-far',
      kind: 'travel',
      fired: 3,
      caughtOfKind: 1,
      caught: 2,
      precisionOfKind: 1 / 3,
      precision: 2 / 3,
      recallOfKind: 1 / 2,
      recall: 2 / 4,
      money: { rightly: 1000 + 2350, wrongly: 300 },
    });
    expect(often).toMatchObject({
      kind: 'frequency',
      recallOfKind: 0,
      money: { rightly: 0, wrongly: 0 },
    });
    expect(accuracy.money).toEqual({ rightly: 3350, wrongly: 300, missed: 970 });
  });

  it('converts money as the engine does, halves to the even', async () => {
    const { money } = await measure(
      ['a,fraud,9,frequency', 'b,fraud,9,frequency', 'c,fraud,9,frequency'],
      [decision('a', 'too-far'), decision('b', 'too-often'), decision('c', null)],
      [
        '{"id":"a","amount":5,"currency":"JPY"}',
        '{"id":"b","amount":15,"currency":"JPY"}',
        '{"id":"c","amount":2.5,"currency":"JPY"}',
      ],
    );
    // 23.5 and 70.5 fen; a broken amount is no money.
    expect(money).toEqual({ rightly: 24 + 70, wrongly: 0, missed: 0 });
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
    expect(accuracy.rules.map(({ rule, kind }) => [rule, kind])).toEqual([
      ['too-far', 'travel'],
      ['SCORE', 'composite'],
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
