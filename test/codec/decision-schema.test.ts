import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECISION_FLAGS, OUTCOMES } from '../../src/domain/decision.ts';
import { CAUSES } from '../../src/domain/life.ts';
import { METHODS, ON_EXPIRY } from '../../src/domain/rails.ts';
import type { Schema } from '../support-schema/validate.ts';
import { validate } from '../support-schema/validate.ts';
import { anyHead, anyPlan, anyRow, anyVerdict } from './decision-arbitraries.ts';
import {
  referenceAmendment,
  referenceDecision,
  referenceInvalid,
  referenceRepeat,
} from './decision-reference.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/schemas/decision.schema.json', import.meta.url), 'utf8'),
) as Schema;

// The encoders write what the slow encoder says (decision-encoder.test.ts), so its decisions stand
// for theirs here.
test('every decision conforms to the schema', () => {
  const models = anyPlan.chain((plan) =>
    fc.record({ plan: fc.constant(plan), verdict: anyVerdict(plan), row: anyRow, head: anyHead }),
  );
  fc.assert(
    fc.property(models, fc.boolean(), ({ plan, verdict, row, head }, emitShadow) => {
      for (const decision of [
        referenceDecision(plan, row, verdict, emitShadow),
        referenceDecision(plan, row, null, emitShadow),
        referenceInvalid(plan, row),
        referenceAmendment(plan, head, verdict, emitShadow),
        referenceRepeat(plan, row, 1, 3, -2),
      ]) {
        expect(validate(schema, JSON.parse(JSON.stringify(decision)))).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

test('the schema names the outcomes, flags, causes and methods of the code', () => {
  const { properties, $defs } = schema as {
    properties: {
      flags: { items: { oneOf: { const: string }[] } };
      cause: { oneOf: { const: string }[] };
    };
    $defs: {
      outcome: { enum: string[] };
      method: { enum: string[] };
      hold: { properties: { onExpiry: { enum: string[] } } };
    };
  };
  expect(properties.flags.items.oneOf.map((flag) => flag.const)).toEqual([...DECISION_FLAGS]);
  expect($defs.outcome.enum).toEqual([...OUTCOMES]);
  expect(properties.cause.oneOf.map((cause) => cause.const)).toEqual([...CAUSES]);
  expect($defs.method.enum).toEqual([...METHODS]);
  expect($defs.hold.properties.onExpiry.enum).toEqual([...ON_EXPIRY]);
});

test('every key is described', () => {
  const missing: string[] = [];
  const walk = (node: Schema, path: string): void => {
    const properties = (node['properties'] ?? {}) as Record<string, Schema>;
    for (const [key, one] of Object.entries(properties)) {
      if (one['description'] === undefined && one['$ref'] === undefined) missing.push(path + key);
    }
  };
  walk(schema, '');
  for (const [name, one] of Object.entries(schema['$defs'] as Record<string, Schema>)) {
    walk(one, `${name}.`);
  }
  expect(missing).toEqual([]);
});

const DECISION = {
  decisionId: 'T#0',
  transactionId: 'T',
  account: 'A',
  outcome: 'allow',
  eventTime: 1,
  revision: 0,
  rulesHash: '0'.repeat(32),
};

describe('what is no decision is refused', () => {
  test.each([
    ['an unknown key', { ...DECISION, extra: 1 }, '$.extra is unknown'],
    ['a missing key', { ...DECISION, outcome: undefined }, '$.outcome'],
    ['a wrong type', { ...DECISION, eventTime: '1' }, '$.eventTime is no integer'],
    ['an unknown outcome', { ...DECISION, outcome: 'refund' }, '$.outcome is none of the enum'],
    ['an unknown flag', { ...DECISION, flags: ['SLOW'] }, '$.flags[0] matches 0 of oneOf'],
    ['a flag twice', { ...DECISION, flags: ['LATE', 'LATE'] }, '$.flags repeats an item'],
    ['no reasons in reasons', { ...DECISION, reasons: [] }, '$.reasons has too few items'],
    ['a reason without code', { ...DECISION, reasons: [{ rule: 'x' }] }, 'code is missing'],
    ['an id without revision', { ...DECISION, decisionId: 'T' }, '$.decisionId does not match'],
    ['a hold without end', { ...DECISION, hold: { onExpiry: 'allow' } }, 'expiresAt is missing'],
    ['a reversal by no method', { ...DECISION, reversal: {} }, '$.reversal.method is missing'],
    ['an unknown method', { ...DECISION, reversal: { method: 'CHARGEBACK' } }, 'none of the enum'],
    ['an unknown cause', { ...DECISION, cause: 'whim' }, '$.cause matches 0 of oneOf'],
    ['a negative revision', { ...DECISION, revision: -1 }, '$.revision is too small'],
  ])('%s', (_, decision, message) => {
    expect(validate(schema, decision).join('; ')).toContain(message);
  });

  test('and the decision that they are made from is not', () => {
    expect(validate(schema, DECISION)).toEqual([]);
  });

  test('nor is one with timings', () => {
    const timed = { ...DECISION, decidedAt: 1_772_380_800_000, latencyUs: 480 };
    expect(validate(schema, timed)).toEqual([]);
    expect(validate(schema, { ...timed, latencyUs: 0 })).toEqual(['$.latencyUs is too small']);
  });
});
