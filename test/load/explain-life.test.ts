import { expect, test } from 'vitest';
import type { Decision, HoldBlock, ReversalBlock } from '../../src/domain/decision.ts';
import { explainAmendment, explainHold, explainReversal } from '../../src/load/explain-life.ts';

const ZONE = 'Asia/Shanghai';
const AT = Date.UTC(2026, 2, 4, 16, 11);
const FIRST: Decision = {
  decisionId: 't#0',
  transactionId: 't',
  outcome: 'allow',
  eventTime: AT,
  revision: 0,
  rulesHash: 'h',
};

test.each<[Partial<Decision>, string]>([
  [{}, ''],
  [{ revision: 3 }, ''], // the same id with other content
  [
    { revision: 1, cause: 'status', causedBy: 's1' },
    'amendment 1 by status s1, 2026-03-05 00:11:00',
  ],
  [{ revision: 12, cause: 'hold-expired' }, 'amendment 12 by hold-expired, 2026-03-05 00:11:00'],
])('amendment %j', (more, said) => {
  expect(explainAmendment({ ...FIRST, ...more }, ZONE)).toBe(said);
});

test.each<[HoldBlock, string]>([
  [{ expiresAt: AT, onExpiry: 'allow' }, 'held until 2026-03-05 00:11:00 (then allowed)'],
  [{ expiresAt: AT, onExpiry: 'reverse' }, 'held until 2026-03-05 00:11:00 (then reversed)'],
  [{ expiresAt: AT, onExpiry: 'refund' }, 'held until 2026-03-05 00:11:00 (then refunded)'],
])('hold %j', (hold, said) => {
  expect(explainHold(hold, ZONE)).toBe(said);
});

test.each<[ReversalBlock, string]>([
  [{ method: 'REFUND' }, 'reverse by REFUND'],
  [{ method: 'REFUND', notBefore: AT }, 'reverse by REFUND from 2026-03-05 00:11:00'],
  [
    { method: 'REVERSAL', notAfter: AT, fallbackMethod: 'VOID', queryFirst: [1000, 32_000] },
    'reverse by REVERSAL until 2026-03-05 00:11:00, else VOID; ask first after 1, 32 s',
  ],
  [{ method: 'VOID', queryFirst: [500, 2000] }, 'reverse by VOID; ask first after 500 ms, 2 s'],
])('reversal %j', (reversal, said) => {
  expect(explainReversal(reversal, ZONE)).toBe(said);
});
