// Random plans, rows and verdicts for the decision encoders, all of them legal.

import fc from 'fast-check';
import { CAUSES } from '../../src/domain/life.ts';
import { METHODS, ON_EXPIRY } from '../../src/domain/rails.ts';
import { REASONS } from '../../src/domain/reasons.ts';
import type { EvidenceTemplate } from '../../src/domain/verdict.ts';
import type {
  FiredModel,
  HeadModel,
  PlanModel,
  RowModel,
  RuleModel,
  ValueModel,
  VerdictModel,
} from './decision-reference.ts';
import { ROW_FLAG_NAMES } from './decision-reference.ts';

/** Text with much that needs an escape, of any length in bytes. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ0189-_.:/ !#[]^~'.split('')) },
  { weight: 1, arbitrary: fc.constantFrom('"', '\\', '\n', '\t', '\b', '\f', '\r') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x9f }).map((c) => String.fromCodePoint(c)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('é', '中', '\u2028', '\ufeff', '\ufffd', '😀', '\u07ff', '\uffff'),
  },
);

export function textOf(bytesMax: number): fc.Arbitrary<string> {
  return fc
    .array(character, { maxLength: bytesMax })
    .map((characters) => cut(characters, bytesMax));
}

function cut(characters: readonly string[], bytesMax: number): string {
  let text = '';
  for (const one of characters) {
    if (Buffer.byteLength(text + one) > bytesMax) break;
    text += one;
  }
  return text;
}

const number = fc.oneof(
  fc.integer({ min: -300, max: 70_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    -0,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    -(2 ** 32),
    2 ** 53,
    -(2 ** 53),
    1e21,
    5e-324,
  ),
  fc.constantFrom(-32, -33, -128, -129, -32_768, -32_769, 127, 128, 255, 256, 65_535, 65_536),
  fc.constantFrom(1e8 - 1, 1e8, 99_999_999_999, 1e16, 1.7976931348623157e308, Infinity, -Infinity),
  fc.double({ noNaN: true }),
);

const value: fc.Arbitrary<ValueModel> = fc.oneof(
  number,
  fc.constant(Number.NaN),
  fc.boolean(),
  fc.constant(undefined),
  textOf(120),
  fc.stringMatching(/^\d{11,21}$/),
  fc.constantFrom('4111111111111111', 'to 4111 1111 1111 1111', `${'x'.repeat(50)}41111111111111`),
);

const masking = fc.constantFrom('card' as const, 'luhn' as const, 'none' as const);

const template: fc.Arbitrary<EvidenceTemplate> = fc.record({
  what: textOf(80),
  op: fc.constantFrom('<', '>=', '!=', 'in', 'not has', 'is'),
  thresholdText: fc.option(textOf(20), { nil: null }),
  hasMargin: fc.boolean(),
  maskings: fc.tuple(masking, masking),
});

const rule: fc.Arbitrary<RuleModel> = fc.record({
  id: textOf(40),
  mode: fc.constantFrom('live', 'live', 'shadow', 'score'),
  outcome: fc.integer({ min: 0, max: 2 }),
  reason: fc.integer({ min: 0, max: REASONS.length - 1 }),
  templates: fc.array(template, { maxLength: 20 }),
});

export const anyPlan: fc.Arbitrary<PlanModel> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 20 }),
  exempts: fc.array(textOf(20), { maxLength: 40 }),
  version: fc.option(textOf(10), { nil: null }),
  invalidOutcome: fc.integer({ min: 0, max: 2 }),
  rails: fc.array(
    fc.option(fc.array(fc.integer({ min: 0, max: 2 ** 33 }), { maxLength: 20 }), { nil: null }),
    { maxLength: 4 },
  ),
});

/** Whole ms, as all times are; what is not finite is left out. */
const time = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(NaN, Infinity, -Infinity),
);

const revision = fc.integer({ min: 1, max: 2 ** 31 - 1 });

export const anyHead: fc.Arbitrary<HeadModel> = fc.record({
  id: textOf(64),
  account: fc.option(textOf(64), { nil: null }),
  causedBy: fc.option(textOf(64), { nil: null }),
  cause: fc.integer({ min: 0, max: CAUSES.length - 1 }),
  revision: fc.oneof(fc.constantFrom(1, 9, 10, 2 ** 31 - 1), revision),
  timeMs: time,
  flags: fc.subarray([...ROW_FLAG_NAMES]),
});

export const anyRow: fc.Arbitrary<RowModel> = fc.record({
  id: textOf(64),
  account: fc.option(textOf(64), { nil: null }),
  merchant: fc.option(textOf(64), { nil: null }),
  order: fc.option(textOf(64), { nil: null }),
  timeMs: fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
    fc.maxSafeInteger().map((t) => t + 0),
    fc.constant(null),
  ),
  revision: fc.oneof(fc.constant(0), revision),
  flags: fc.subarray([...ROW_FLAG_NAMES]),
});

const method = fc.integer({ min: 0, max: METHODS.length - 1 });

function anyFired(plan: PlanModel, index: number): fc.Arbitrary<FiredModel> {
  const { length } = plan.rules[index]!.templates;
  return fc.record({
    rule: fc.constant(index),
    items: fc.array(fc.option(fc.tuple(value, value), { nil: undefined }), {
      minLength: length,
      maxLength: length,
    }),
    score: fc.oneof(fc.constant(Number.NaN), number),
    exempts: fc.subarray(plan.exempts.map((_, e) => e)),
  });
}

export function anyVerdict(plan: PlanModel): fc.Arbitrary<VerdictModel> {
  const modeRules = (mode: string): number[] =>
    plan.rules.flatMap((one, index) => (one.mode === mode ? [index] : []));
  const evident = plan.rules.flatMap((one, index) => (one.mode === 'shadow' ? [] : [index]));
  return fc.record({
    outcome: fc.integer({ min: 0, max: 2 }),
    reasonRules: fc
      .subarray(modeRules('live'))
      .map((rules) => rules.toSorted((a, b) => plan.rules[b]!.outcome - plan.rules[a]!.outcome)),
    scoreOutcome: fc.integer({ min: 0, max: 2 }),
    score: fc.oneof(fc.constant(Number.NaN), number),
    fired: fc
      .subarray(evident)
      .chain((rules) => fc.tuple(...rules.map((index) => anyFired(plan, index)))),
    shadowRules: fc.subarray(modeRules('shadow')),
    engineReason: fc.option(fc.integer({ min: 0, max: REASONS.length - 1 }), { nil: null }),
    hold: fc.option(
      fc.record({
        expiresMs: time,
        onExpiry: fc.integer({ min: 0, max: ON_EXPIRY.length - 1 }),
      }),
      { nil: null },
    ),
    reversal: fc.option(
      fc.record({
        method,
        notBeforeMs: time,
        notAfterMs: time,
        fallbackMethod: fc.option(method, { nil: null }),
        queryRail:
          plan.rails.length === 0
            ? fc.constant(null)
            : fc.option(fc.integer({ min: 0, max: plan.rails.length - 1 }), { nil: null }),
      }),
      { nil: null },
    ),
  });
}
