import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { writeDecisions } from '../../../src/tools/scenarios/written-decision.ts';

const PLAN = { hash: 'h1', version: '1' };
const TIME = Date.UTC(2026, 0, 1);
const ROW = { id: 'p', kind: 'payment', account: 'li', merchant: 'M1', time: TIME };
const ALLOW: Decision = {
  decisionId: 'p#0',
  transactionId: 'p',
  account: 'li',
  merchant: 'M1',
  outcome: 'allow',
  eventTime: TIME,
  revision: 0,
  rulesHash: 'h1',
  rulesVersion: '1',
};
const AMENDED: Decision = {
  decisionId: 'p#2',
  transactionId: 'p',
  account: 'li',
  outcome: 'reverse',
  eventTime: TIME + 30_001,
  revision: 2,
  supersedes: 'p#1',
  cause: 'timer',
  rulesHash: 'h1',
  rulesVersion: '1',
};

function written(...decisions: Decision[]): unknown[] {
  return writeDecisions(decisions, [ROW], PLAN);
}

describe('writeDecisions', () => {
  it('writes a plain allow, and several in a row, as one line', () => {
    expect(written(ALLOW)).toEqual([{ allow: 'p' }]);
    expect(written(ALLOW, ALLOW, ALLOW)).toEqual([{ allow: ['p', 'p', 'p'] }]);
  });

  it.each<{ name: string; change: Partial<Decision>; shown: object }>([
    { name: 'account', change: { account: 'wang' }, shown: { account: 'wang' } },
    { name: 'order', change: { order: 'o' }, shown: { order: 'o' } },
    { name: 'decisionId', change: { decisionId: 'q#0' }, shown: { decisionId: 'q#0' } },
    {
      name: 'eventTime',
      change: { eventTime: TIME + 1 },
      shown: { at: '2026-01-01T00:00:00.001Z' },
    },
    { name: 'rulesHash', change: { rulesHash: 'h2' }, shown: { rulesHash: 'h2' } },
    { name: 'supersedes', change: { supersedes: 'p#0' }, shown: { supersedes: 'p#0' } },
    { name: 'flags', change: { flags: ['LATE'] }, shown: { flags: ['LATE'] } },
    { name: 'score', change: { score: 0 }, shown: { score: 0 } },
  ])('hides no $name that is not as it must be', ({ change, shown }) => {
    expect(written({ ...ALLOW, ...change })).toEqual([{ allow: 'p', ...shown }]);
  });

  it('writes a missing merchant out', () => {
    const { merchant: _, ...rest } = ALLOW;
    expect(written(rest)).toEqual([{ allow: 'p', merchant: 'missing' }]);
  });

  it('writes of an amendment what caused it and when', () => {
    const shown = { reverse: 'p', revision: 2, cause: 'timer', at: '2026-01-01T00:00:30.001Z' };
    expect(written(AMENDED)).toEqual([shown]);
    expect(written({ ...AMENDED, supersedes: 'p#0' })).toEqual([{ ...shown, supersedes: 'p#0' }]);
    expect(written({ ...AMENDED, merchant: 'M1' })).toEqual([{ ...shown, merchant: 'M1' }]);
  });

  it('writes codes, blocks and evidence in words', () => {
    const decision: Decision = {
      ...ALLOW,
      outcome: 'hold',
      reasons: [
        { code: 'SCORE', responseCode: '59', isoReason: 'FRAD' },
        { code: 'TIMEOUT_UNKNOWN', rule: 'slow', reversalReason: '4021' },
      ],
      hold: { expiresAt: TIME + 60_000, onExpiry: 'allow' },
      reversal: { method: 'VOID', notAfter: TIME + 1000, queryFirst: [1000] },
      evidence: [
        {
          rule: 'slow',
          compared: [
            { what: 'tx.amount', op: '<=', value: 990, threshold: 5000, margin: -4010 },
            { what: 'tx.channel', op: '==', value: 'chip', threshold: 'chip' },
            { what: 'tx.name', op: '==', value: 'true', threshold: 'a, b' },
            { what: 'of.state', op: 'not has' },
          ],
        },
      ],
    };
    expect(written(decision)).toEqual([
      {
        hold: 'p',
        reasons: ['SCORE, DE39 59, ISO FRAD', 'TIMEOUT_UNKNOWN, DE25 4021, rule slow'],
        expiresAt: '2026-01-01T00:01:00Z',
        onExpiry: 'allow',
        reversal: { method: 'VOID', notAfter: '2026-01-01T00:00:01Z', queryFirst: [1000] },
        evidence: [
          {
            rule: 'slow',
            compared: [
              'tx.amount is 990, <= 5000, by -4010',
              'tx.channel is chip, == chip',
              'tx.name is "true", == "a, b"',
              'of.state, not has',
            ],
          },
        ],
      },
    ]);
  });
});
