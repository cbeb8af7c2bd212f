import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { makeDecisionEncoder } from '../../src/codec/decision-encoder.ts';
import type { DecisionEncoder, OutputBuffer } from '../../src/codec/decision-writer.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Format } from '../../src/domain/ports.ts';
import type { EvidenceTemplate, RowTable } from '../../src/domain/verdict.ts';
import { REASONS } from '../../src/domain/reasons.ts';
import { EVIDENCE_ITEMS_MAX } from '../../src/domain/verdict.ts';
import { anyHead, anyPlan, anyRow, anyVerdict } from './decision-arbitraries.ts';
import type {
  FiredModel,
  HeadModel,
  PlanModel,
  RowModel,
  VerdictModel,
} from './decision-reference.ts';
import {
  LAYOUT,
  ROW_FLAG_NAMES,
  makeHead,
  makePlan,
  makeReader,
  makeTable,
  makeVerdict,
  referenceAmendment,
  referenceDecision,
  referenceInvalid,
  referenceRepeat,
} from './decision-reference.ts';

const FORMATS: readonly Format[] = ['ndjson', 'msgpack'];
const START = 5;

/** Decisions read back, and their bytes. */
function read(format: Format, bytes: Uint8Array): unknown {
  if (format === 'ndjson') {
    const text = Buffer.from(bytes).toString();
    expect(text.endsWith('\n')).toBe(true);
    return JSON.parse(text);
  }
  expect(bytes[0]).toBe(0xde);
  return new Unpackr({ int64AsType: 'number', mapsAsObjects: true, useRecords: false }).unpack(
    bytes,
  );
}

/** Writes one decision into a buffer of just the promised size and reads it back. */
function writeOne(
  format: Format,
  plan: PlanModel,
  emitShadow: boolean,
  fired: readonly FiredModel[],
  write: (encoder: DecisionEncoder, out: OutputBuffer) => void,
): { decision: unknown; text: string } {
  const encoder = makeDecisionEncoder(format, {
    plan: makePlan(plan),
    layout: LAYOUT,
    evidence: makeReader(plan, () => fired),
    emitShadow,
  });
  const bytes = new Uint8Array(START + encoder.bytesMax).fill(0xee);
  const out = { bytes, view: new DataView(bytes.buffer), at: START };
  write(encoder, out);
  expect(bytes.subarray(0, START).every((byte) => byte === 0xee)).toBe(true);
  const decision = bytes.subarray(START, out.at);
  return { decision: read(format, decision), text: Buffer.from(decision).toString() };
}

function expectSame(
  format: Format,
  got: { decision: unknown; text: string },
  want: Decision,
): void {
  // As text, so that the order of keys and the form of numbers are held, too.
  expect(JSON.stringify(got.decision)).toBe(JSON.stringify(want));
  if (format === 'ndjson') expect(got.text).toBe(`${JSON.stringify(want)}\n`);
}

const planWithVerdict = anyPlan.chain((plan) =>
  fc.record({ plan: fc.constant(plan), verdict: anyVerdict(plan), row: anyRow }),
);

describe.each(FORMATS)('%s decisions equal those of the slow encoder', (format) => {
  test('decided rows', () => {
    fc.assert(
      fc.property(planWithVerdict, fc.boolean(), ({ plan, verdict, row }, emitShadow) => {
        const table = makeTable(row, 2);
        const got = writeOne(format, plan, emitShadow, verdict.fired, (encoder, out) =>
          encoder.decided(table, 2, makeVerdict(plan, verdict), out),
        );
        expectSame(format, got, referenceDecision(plan, row, verdict, emitShadow));
      }),
      { numRuns: 300 },
    );
  });

  test('amendments', () => {
    const amended = planWithVerdict.chain((parts) =>
      fc.record({ parts: fc.constant(parts), head: anyHead }),
    );
    fc.assert(
      fc.property(amended, fc.boolean(), ({ parts, head }, emitShadow) => {
        const { plan, verdict } = parts;
        const got = writeOne(format, plan, emitShadow, verdict.fired, (encoder, out) =>
          encoder.amendment(2, makeVerdict(plan, verdict), makeHead(head), out),
        );
        expectSame(format, got, referenceAmendment(plan, head, verdict, emitShadow));
      }),
      { numRuns: 300 },
    );
  });

  test('allowed rows', () => {
    fc.assert(
      fc.property(anyPlan, anyRow, (plan, row) => {
        const time = row.timeMs ?? 0;
        const whole = { ...row, timeMs: time };
        const table = makeTable(whole, 1);
        const got = writeOne(format, plan, true, [], (encoder, out) =>
          encoder.allow(table, 1, out),
        );
        expectSame(format, got, referenceDecision(plan, whole, null, true));
      }),
      { numRuns: 300 },
    );
  });

  test('invalid rows', () => {
    fc.assert(
      fc.property(anyPlan, anyRow, (plan, row) => {
        const table = makeTable(row, 1);
        const got = writeOne(format, plan, true, [], (encoder, out) =>
          encoder.invalid(table, 1, out),
        );
        expectSame(format, got, referenceInvalid(plan, row));
      }),
      { numRuns: 200 },
    );
  });

  test('repeated rows', () => {
    const repeat = anyPlan.chain((plan) => {
      const live = plan.rules.flatMap(({ mode }, index) => (mode === 'live' ? [index] : []));
      return fc.record({
        plan: fc.constant(plan),
        row: anyRow,
        outcome: fc.integer({ min: 0, max: 2 }),
        revision: fc.integer({ min: 0, max: 300 }),
        first: fc.constantFrom(-1, -2, -3, ...REASONS.map((_, k) => -4 - k), ...live),
      });
    });
    fc.assert(
      fc.property(repeat, ({ plan, row, outcome, revision, first }) => {
        const table = makeTable(row, 0);
        const got = writeOne(format, plan, true, [], (encoder, out) =>
          encoder.repeat(table, 0, outcome, revision, first, out),
        );
        expectSame(format, got, referenceRepeat(plan, row, outcome, revision, first));
      }),
      { numRuns: 200 },
    );
  });

  test('times one after another, near and far', () => {
    const encoder = makeDecisionEncoder(format, {
      plan: makePlan(PLAN_MODEL),
      layout: LAYOUT,
      evidence: makeReader(PLAN_MODEL, () => []),
      emitShadow: false,
    });
    const bytes = new Uint8Array(encoder.bytesMax);
    const out = { bytes, view: new DataView(bytes.buffer), at: 0 };
    const time = fc.oneof(
      fc.integer({ min: 1_767_199_999_990, max: 1_767_200_000_010 }),
      fc.integer({ min: 1_767_100_000_000, max: 1_767_300_000_000 }),
      fc.integer({ min: 999_999_999_990, max: 1_000_000_000_010 }),
      fc.integer({ min: 9_999_999_999_990, max: 10_000_000_000_010 }),
      fc.integer({ min: -100_000_000, max: 100_000_000 }),
    );
    fc.assert(
      fc.property(fc.array(time, { maxLength: 30 }), (times) => {
        for (const timeMs of times) {
          out.at = 0;
          encoder.allow(makeTable({ ...ROW_MODEL, timeMs }, 0), 0, out);
          expect(read(format, bytes.subarray(0, out.at))).toMatchObject({ eventTime: timeMs });
        }
      }),
    );
  });

  test('the longest decision keeps within bytesMax', () => {
    const text = '\u0001'.repeat(64);
    const { rules } = PLAN_MODEL;
    const longest = { ...ROW_MODEL, id: text, account: text, merchant: text, order: text };
    const items = Array.from({ length: EVIDENCE_ITEMS_MAX }, () => [text, text] as const);
    const template: EvidenceTemplate = { ...rules[0]!.templates[0]!, maskings: ['luhn', 'luhn'] };
    const plan = {
      ...PLAN_MODEL,
      rules: [{ ...rules[0]!, templates: items.map(() => template) }],
      rails: [Array.from({ length: 1000 }, (_, k) => 2 ** 53 - k)],
    };
    const fired = [{ rule: 0, items, score: -1e-300 / 3, exempts: [0] }];
    const row = { ...longest, timeMs: -(2 ** 53), revision: 2 ** 31 - 1, flags: ROW_FLAG_NAMES };
    const [hold, reversal] = [LONGEST_HOLD, LONGEST_REVERSAL];
    const verdict = { ...VERDICT, fired, score: -1e-300 / 3, hold, reversal };
    const got = writeOne(format, plan, false, fired, (encoder, out) =>
      encoder.decided(makeTable(row, 0), 0, makeVerdict(plan, verdict), out),
    );
    expectSame(format, got, referenceDecision(plan, row, verdict, false));
    const head = { ...HEAD_MODEL, ...row, timeMs: -(2 ** 53), causedBy: text };
    const amended = writeOne(format, plan, false, fired, (encoder, out) =>
      encoder.amendment(0, makeVerdict(plan, verdict), makeHead(head), out),
    );
    expectSame(format, amended, referenceAmendment(plan, head, verdict, false));
  });

  test('one encoder writes many decisions one after another', () => {
    const rows = ['T1', 'T2', 'T3'].map((id, k) => ({ ...ROW_MODEL, id, revision: k }));
    const encoder = makeDecisionEncoder(format, {
      plan: makePlan(PLAN_MODEL),
      layout: LAYOUT,
      evidence: makeReader(PLAN_MODEL, () => FIRED),
      emitShadow: false,
    });
    const bytes = new Uint8Array(3 * encoder.bytesMax);
    const out = { bytes, view: new DataView(bytes.buffer), at: 0 };
    const got = rows.map((row, k) => {
      const from = out.at;
      if (k === 1) encoder.decided(makeTable(row, 0), 0, makeVerdict(PLAN_MODEL, VERDICT), out);
      else encoder.allow(makeTable(row, 0), 0, out);
      return { from, to: out.at };
    });
    got.forEach(({ from, to }, k) => {
      const want = referenceDecision(PLAN_MODEL, rows[k]!, k === 1 ? VERDICT : null, false);
      expect(read(format, bytes.subarray(from, to))).toEqual(want);
    });
  });

  test('a bad row whose id is longer than ids are gets no decision', () => {
    const table = makeTable({ ...ROW_MODEL, id: 'x'.repeat(65) }, 0);
    const encoder = makeDecisionEncoder(format, {
      plan: makePlan(PLAN_MODEL),
      layout: LAYOUT,
      evidence: makeReader(PLAN_MODEL, () => []),
      emitShadow: false,
    });
    const bytes = new Uint8Array(encoder.bytesMax);
    const out = { bytes, view: new DataView(bytes.buffer), at: 7 };
    encoder.invalid(table, 0, out);
    expect(out.at).toBe(7);
  });

  test('allow allocates nothing', () => {
    const table = makeTable(ROW_MODEL, 0);
    const encoder = makeDecisionEncoder(format, {
      plan: makePlan(PLAN_MODEL),
      layout: LAYOUT,
      evidence: makeReader(PLAN_MODEL, () => []),
      emitShadow: false,
    });
    const bytes = new Uint8Array(encoder.bytesMax);
    const out = { bytes, view: new DataView(bytes.buffer), at: 0 };
    writeMany(encoder, table, out); // optimised code, and all feedback gathered
    const before = process.memoryUsage().heapUsed;
    writeMany(encoder, table, out);
    const grownBytes = process.memoryUsage().heapUsed - before;
    // One boxed number a call would be 12 bytes times the calls.
    expect(grownBytes / CALLS).toBeLessThan(4);
  });
});

const CALLS = 200_000;

function writeMany(encoder: DecisionEncoder, table: RowTable, out: OutputBuffer): void {
  for (let k = 0; k < CALLS; k++) {
    out.at = 0;
    encoder.allow(table, 0, out);
  }
}

const PLAN_MODEL: PlanModel = {
  rules: [
    {
      id: 'velocity',
      mode: 'live',
      outcome: 1,
      reason: 0,
      templates: [
        {
          what: 'tx.card',
          op: '==',
          thresholdText: null,
          hasMargin: false,
          maskings: ['card', 'card'],
        },
        {
          what: 'account.speedKmh()',
          op: '>',
          thresholdText: null,
          hasMargin: true,
          maskings: ['luhn', 'luhn'],
        },
      ],
    },
  ],
  exempts: ['staff'],
  version: '12',
  invalidOutcome: 1,
  rails: [[1000, 2000, 4000]],
};
const ROW_MODEL: RowModel = {
  id: 'T1',
  account: 'A1',
  merchant: 'M1',
  order: null,
  timeMs: 1_767_225_600_123,
  revision: 0,
  flags: [],
};
const FIRED: readonly FiredModel[] = [
  {
    rule: 0,
    items: [
      ['4111111111111111', '4111111111111111'],
      [Infinity, 900],
    ],
    score: 60,
    exempts: [0],
  },
];
const VERDICT: VerdictModel = {
  outcome: 1,
  reasonRules: [0],
  scoreOutcome: 2,
  score: 60.5,
  fired: FIRED,
  shadowRules: [],
  engineReason: null,
  hold: null,
  reversal: null,
};
const HEAD_MODEL: HeadModel = {
  id: 'T1',
  account: 'A1',
  causedBy: 'S7',
  cause: 0,
  revision: 1,
  timeMs: 1_767_225_630_123,
  flags: [],
};
const LONGEST_HOLD = { expiresMs: -(2 ** 53), onExpiry: 1 };
const LONGEST_REVERSAL = {
  method: 0,
  notBeforeMs: -(2 ** 53),
  notAfterMs: -(2 ** 53),
  fallbackMethod: 0,
  queryRail: 0,
};

test('a decision as the processor reads it', () => {
  const { text } = writeOne('ndjson', PLAN_MODEL, false, FIRED, (encoder, out) =>
    encoder.decided(makeTable(ROW_MODEL, 0), 0, makeVerdict(PLAN_MODEL, VERDICT), out),
  );
  expect(text).toBe(
    '{"decisionId":"T1#0","transactionId":"T1","account":"A1","merchant":"M1","outcome":"hold",' +
      '"reasons":[{"code":"SCORE","responseCode":"59","isoReason":"FRAD"},' +
      '{"code":"VELOCITY_COUNT","rule":"velocity","responseCode":"65","isoReason":"SL15"}],' +
      '"score":60.5,"evidence":[{"rule":"velocity","compared":[' +
      '{"what":"tx.card","op":"==","value":"411111******1111","threshold":"411111******1111"},' +
      '{"what":"account.speedKmh()","op":">","value":"infinity","threshold":900}],' +
      '"score":60,"exemptBy":["staff"]}],"eventTime":1767225600123,"revision":0,' +
      '"rulesHash":"0123456789abcdef0123456789abcdef","rulesVersion":"12"}\n',
  );
});

test('an amendment as the processor reads it', () => {
  const verdict = {
    ...VERDICT,
    outcome: 2,
    scoreOutcome: 0,
    score: NaN,
    fired: [],
    engineReason: REASONS.findIndex(({ code }) => code === 'HOLD_EXPIRED'),
    reversal: {
      method: 1,
      notBeforeMs: NaN,
      notAfterMs: 1_767_279_600_000,
      fallbackMethod: 2,
      queryRail: 0,
    },
  };
  const { text } = writeOne('ndjson', PLAN_MODEL, false, [], (encoder, out) =>
    encoder.amendment(0, makeVerdict(PLAN_MODEL, verdict), makeHead(HEAD_MODEL), out),
  );
  expect(text).toBe(
    '{"decisionId":"T1#1","transactionId":"T1","account":"A1","outcome":"reverse",' +
      '"reasons":[{"code":"HOLD_EXPIRED"},' +
      '{"code":"VELOCITY_COUNT","rule":"velocity","responseCode":"65","isoReason":"SL15"}],' +
      '"reversal":{"method":"VOID","notAfter":1767279600000,"fallbackMethod":"REFUND",' +
      '"queryFirst":[1000,2000,4000]},"eventTime":1767225630123,"revision":1,' +
      '"supersedes":"T1#0","cause":"status","causedBy":"S7",' +
      '"rulesHash":"0123456789abcdef0123456789abcdef","rulesVersion":"12"}\n',
  );
});

test('a held decision as the processor reads it', () => {
  const verdict = {
    ...VERDICT,
    scoreOutcome: 0,
    score: NaN,
    fired: [],
    hold: { expiresMs: 1_767_484_800_123, onExpiry: 2 },
  };
  const { text } = writeOne('ndjson', PLAN_MODEL, false, [], (encoder, out) =>
    encoder.decided(makeTable(ROW_MODEL, 0), 0, makeVerdict(PLAN_MODEL, verdict), out),
  );
  expect(text).toContain('}],"hold":{"expiresAt":1767484800123,"onExpiry":"refund"},"eventTime":');
});
