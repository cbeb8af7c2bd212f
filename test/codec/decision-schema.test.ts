import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECISION_FLAGS, OUTCOMES } from '../../src/domain/decision.ts';
import type { Schema } from '../support-schema/validate.ts';
import { validate } from '../support-schema/validate.ts';
import { anyPlan, anyRow, anyVerdict } from './decision-arbitraries.ts';
import { referenceDecision, referenceInvalid, referenceRepeat } from './decision-reference.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../docs/schemas/decision.schema.json', import.meta.url), 'utf8'),
) as Schema;

// The encoders write what the slow encoder says (decision-encoder.test.ts), so its decisions stand
// for theirs here.
test('every decision conforms to the schema', () => {
  const models = anyPlan.chain((plan) =>
    fc.record({ plan: fc.constant(plan), verdict: anyVerdict(plan), row: anyRow }),
  );
  fc.assert(
    fc.property(models, fc.boolean(), ({ plan, verdict, row }, emitShadow) => {
      for (const decision of [
        referenceDecision(plan, row, verdict, emitShadow),
        referenceDecision(plan, row, null, emitShadow),
        referenceInvalid(plan, row),
        referenceRepeat(plan, row, 1, 3, -2),
      ]) {
        expect(validate(schema, JSON.parse(JSON.stringify(decision)))).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

test('the schema names the outcomes and flags of the code', () => {
  const { properties, $defs } = schema as {
    properties: { flags: { items: { oneOf: { const: string }[] } } };
    $defs: { outcome: { enum: string[] } };
  };
  expect(properties.flags.items.oneOf.map((flag) => flag.const)).toEqual([...DECISION_FLAGS]);
  expect($defs.outcome.enum).toEqual([...OUTCOMES]);
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
