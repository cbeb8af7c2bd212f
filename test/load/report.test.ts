import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { explainDecision } from '../../src/load/explain-decision.ts';
import type { ExplainContext, RuleInfo } from '../../src/load/explain-decision.ts';
import type { RunSummary } from '../../src/load/report.ts';
import { renderSummary, ruleInfos } from '../../src/load/report.ts';
import { loadRulesText } from '../../src/rules/front/load.ts';

const RULES = `
ruleset: demo
currency: CNY
timezone: Asia/Shanghai
let:
  isSmall: tx.amount <= 50.00
rules:
  - id: often
    trigger: abnormal-frequency
    description: Five or more small payments within ten minutes
    when: isSmall && account.count("10m", isSmall) >= 5
    outcome: hold
    reason: VELOCITY_COUNT
  - id: far
    trigger: impossible-travel
    when: account.distanceKm() > 100 && account.speedKmh() > 900
    outcome: reverse
    reason: GEO_IMPOSSIBLE_TRAVEL
  - id: night
    mode: score
    when: hourOf(tx.time) < 5
    score: 20
  - id: never
    when: has(tx.balance) && tx.durationMs > "30s"
    outcome: hold
    reason: TIMEOUT_UNKNOWN
`;

function rulesOf(text: string): readonly RuleInfo[] {
  const result = loadRulesText(text, 'demo.yaml', () => {
    throw new Error('no files');
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return ruleInfos(result.plan);
}

const rules = rulesOf(RULES);
const context: ExplainContext = {
  rules: new Map(rules.map((rule) => [rule.id, rule])),
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
};

const HELD: Decision = {
  decisionId: 't1#0',
  transactionId: 't1',
  account: 'A1',
  outcome: 'reverse',
  reasons: [
    { code: 'GEO_IMPOSSIBLE_TRAVEL', rule: 'far', responseCode: '59', isoReason: 'FRAD' },
    { code: 'VELOCITY_COUNT', rule: 'often', responseCode: '65', isoReason: 'SL15' },
  ],
  score: 20,
  evidence: [
    {
      rule: 'often',
      compared: [
        { what: 'tx.kind', op: '==', value: 'payment', threshold: 'payment' },
        { what: 'tx.amount', op: '<=', value: 4500, threshold: 5000, margin: -500 },
        { what: 'account.count("10m", isSmall)', op: '>=', value: 6, threshold: 5, margin: 1 },
      ],
    },
    {
      rule: 'far',
      compared: [
        { what: 'account.distanceKm()', op: '>', value: 1067.3, threshold: 100, margin: 967.3 },
        { what: 'account.speedKmh()', op: '>', value: 'infinity', threshold: 900 },
      ],
    },
    {
      rule: 'night',
      compared: [{ what: 'hourOf(tx.time)', op: '<', value: 3, threshold: 5, margin: -2 }],
      score: 20,
    },
  ],
  flags: ['LATE'],
  revision: 0,
  rulesHash: 'abc',
};

const ROW = {
  id: 't1',
  kind: 'payment',
  time: Date.UTC(2026, 2, 1, 19, 5, 7),
  account: 'A1',
  card: '9000000001849463',
  amount: 4500,
  currency: 'CNY',
  merchant: 'M00001',
  merchantName: 'Green Basket\u001b[31m Shanghai',
  channel: 'chip',
  city: 'Shanghai',
  country: 'CN',
  lat: 31.2,
  lon: 121.4,
};

describe('a decision in full', () => {
  it('shows the payment, each rule, what was compared and by how much', () => {
    expect(explainDecision({ decision: HELD, transaction: ROW }, context).join('\n')).toBe(
      `REVERSE  t1  GEO_IMPOSSIBLE_TRAVEL, VELOCITY_COUNT, score 20
  payment of CNY 45.00, 2026-03-02 03:05:07, account A1, card 900000******9463,
  merchant M00001 Green Basket [31m Shanghai, chip, Shanghai, CN, at 31.2, 121.4
  * often (hold, DE39 65, ISO SL15)
      Five or more small payments within ten minutes
      tx.amount                                    CNY 45.00  <= CNY 50.00  by CNY 5.00
      account.count("10m", isSmall)                6 in 10 min  >= 5  by 1
  * far (reverse, DE39 59, ISO FRAD)
      account.distanceKm()                         1,067 km  > 100 km  by 967 km
      account.speedKmh()                           infinite  > 900 km/h
  * night (score)  +20 points
      hourOf(tx.time)                              3  < 5  by 2
  flags: LATE`,
    );
  });

  it('makes do with what the decision echoes when the row is not at hand', () => {
    const lines = explainDecision({ decision: HELD, transaction: null }, context);
    expect(lines[1]).toBe('  account A1');
  });

  it('shows how it is held, and of an amendment what caused it and what had fired before', () => {
    const amended: Decision = {
      decisionId: 't1#2',
      transactionId: 't1',
      account: 'A1',
      outcome: 'hold',
      reasons: [
        { code: 'REVERSAL_WINDOW_PASSED', responseCode: '57', isoReason: 'ARDT' },
        { code: 'TIMEOUT_UNKNOWN', rule: 'never', responseCode: '68', isoReason: 'AB05' },
        { code: 'VELOCITY_COUNT', rule: 'often', responseCode: '65', isoReason: 'SL15' },
      ],
      evidence: [
        {
          rule: 'never',
          compared: [
            { what: 'tx.balance', op: 'has', value: 500 },
            { what: 'tx.durationMs', op: '>', value: 31_000 },
          ],
        },
      ],
      hold: { expiresAt: Date.UTC(2026, 2, 4, 16, 11), onExpiry: 'refund' },
      eventTime: Date.UTC(2026, 2, 1, 19, 6),
      revision: 2,
      supersedes: 't1#1',
      cause: 'status',
      causedBy: 's1\u001b[2J',
      rulesHash: 'abc',
    };
    expect(explainDecision({ decision: amended, transaction: null }, context).join('\n')).toBe(
      `HOLD  t1  REVERSAL_WINDOW_PASSED, TIMEOUT_UNKNOWN, VELOCITY_COUNT
  amendment 2 by status s1 [2J, 2026-03-02 03:06:00
  account A1
  * REVERSAL_WINDOW_PASSED (DE39 57, ISO ARDT)
  * never (hold, DE39 68, ISO AB05)
      tx.balance                                   has CNY 5.00
      tx.durationMs                                > 31 s
  * often (hold, DE39 65, ISO SL15)
      Five or more small payments within ten minutes
  held until 2026-03-05 00:11:00 (then refunded)`,
    );
  });

  it('shows how the money goes back', () => {
    const reversal = {
      method: 'VOID',
      notAfter: Date.UTC(2026, 2, 2, 15),
      fallbackMethod: 'REFUND',
      queryFirst: [1000, 2000, 4000],
    } as const;
    const decision: Decision = { ...HELD, reversal };
    const lines = explainDecision({ decision, transaction: ROW }, context);
    expect(lines.at(-2)).toBe(
      '  reverse by VOID until 2026-03-02 23:00:00, else REFUND; ask first after 1, 2, 4 s',
    );
  });

  it.each([
    ['9000000001849463', '900000******9463'],
    ['6222021234567', '622202***4567'],
    ['tok_9000000001849463', 'tok_900000******9463'],
    ['tok_9000000001849464', 'tok_9000000001849464'],
    ['123456789012', '123456789012'],
  ])('shows card %s as %s', (card, shown) => {
    const lines = explainDecision({ decision: HELD, transaction: { card } }, context);
    expect(lines[1]).toBe(`  card ${shown}`);
  });

  it('masks card numbers wherever they stand but in what is echoed', () => {
    const pan = '4111111111111111';
    const decision: Decision = {
      ...HELD,
      evidence: [
        {
          rule: 'often',
          compared: [
            { what: 'tx.device', op: 'in', value: pan, threshold: 'lost' },
            { what: 'tx.order', op: 'in', value: pan, threshold: 'known' },
          ],
        },
      ],
    };
    const transaction = { account: pan, order: pan, device: pan, merchantName: `Shop ${pan}` };
    const text = explainDecision({ decision, transaction }, context).join('\n');
    expect(text).toContain(`account ${pan},`);
    expect(text).toContain('device 411111******1111, order 4111111111111111');
    expect(text).toMatch(/tx\.device +411111\*{6}1111 {2}in lost/);
    expect(text).toMatch(/tx\.order +4111111111111111 {2}in known/);
  });
});

const RUN: RunSummary = {
  ruleset: 'demo',
  version: '3',
  rulesHash: '0123456789abcdef',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  workers: 2,
  rows: 1_000_000,
  bytesIn: 350_000_000,
  elapsedMs: 2_000,
  latencyMs: { p50: 1.2345, p90: 2, p99: 12.34, p999: 150, max: 1234 },
  outcomes: { allow: 970_000, hold: 9_000, reverse: 1_000 },
  informingRows: 19_990,
  badRows: 10,
  repeats: 1,
  lateRows: 100,
  alerts: 2,
  reasons: new Map([
    ['GEO_IMPOSSIBLE_TRAVEL', 1_000],
    ['VELOCITY_COUNT', 9_000],
  ]),
  fired: new Map([
    ['often', 9_000],
    ['far', 1_000],
    ['night', 70],
    ['never', 0],
  ]),
  rules,
  life: {
    amendments: new Map([
      ['timer', 40],
      ['status', 1_200],
      ['label', 0],
    ]),
    outcomes: [900, 40, 300],
    letGo: { guilty: 3, honest: 897 },
    kept: 970_000,
    timers: 12,
    bytes: 155_000_000,
    textBytes: 40_000_000,
    evicted: 0,
    waiting: 1,
    terminalsEvicted: 0,
    codesEvicted: 0,
    waitingEvicted: 0,
    waitedInVain: 7,
  },
  accuracy: {
    decided: 980_000,
    stopped: 10_000,
    overall: {
      kind: 'all',
      injected: 10_000,
      caught: 9_500,
      missed: 500,
      falseAlarms: 500,
      precision: 0.95,
      recall: 0.95,
    },
    kinds: [
      {
        kind: 'impossible-travel',
        injected: 1_000,
        caught: 1_000,
        missed: 0,
        falseAlarms: 0,
        precision: 1,
        recall: 1,
      },
    ],
    rules: Array.from({ length: 14 }, (_, i) => ({
      rule: i === 0 ? 'far' : `other-rule-with-a-long-name-${i}`,
      kind: 'impossible-travel',
      fired: 1_010,
      caughtOfKind: 1_000,
      caught: 1_000,
      precisionOfKind: 1_000 / 1_010,
      precision: 1_000 / 1_010,
      recallOfKind: 1,
      recall: 0.1,
      money: { rightly: 123_456_700 - i, wrongly: 98_700 },
    })),
    letGo: { guilty: 3, honest: 897 },
    money: { rightly: 999_999_900, wrongly: 98_700, missed: 5 },
    hardCases: [
      { kind: 'traveller', shown: 7_000, stopped: 40, letGo: 12 },
      { kind: 'wedding-ring', shown: 5, stopped: 0, letGo: 0 },
    ],
  },
  examples: [],
  files: [['Decisions', 'out/decisions.ndjson']],
  decisionHash: 'deadbeef',
  peakRssBytes: 412_000_000,
};

describe('the summary', () => {
  it('says how fast, what, why, how right and where', () => {
    const dashes = (title: string): string => `-- ${title} ${'-'.repeat(92 - title.length)}`;
    expect(renderSummary(RUN)).toBe(`${dashes('holdfast   demo version 3   rules 0123456789ab')}
  Stream          1,000,000 rows, 350 MB, decided in 2.00 s by 2 workers
  Throughput      500,000 rows/s, 175 MB/s
  Latency         p50 1.23 ms   p90 2.00 ms   p99 12.3 ms   p99.9 150 ms   max 1,234 ms
                  from a batch's arrival to its decisions
  Memory          412 MB at most

${dashes('980,000 decisions')}
  allow          970,000   98.98 %  ##############################
  hold             9,000    0.92 %  #
  reverse          1,000    0.10 %  #
  besides: 19,990 rows of news, 10 dead letters, 1 repeat, 100 late, 2 alerts

${dashes('by reason, at first')}
  VELOCITY_COUNT                     9,000        GEO_IMPOSSIBLE_TRAVEL              1,000

${dashes('by rule, amendments included')}
  9,000 hold    often                                70 score   night
  1,000 reverse far
  never fired: never

${dashes("payments' lives")}
  Amendments      1,240: allow 900, hold 40, reverse 300
                  by status 1,200, timer 40
  Let go          900 held or reversed and allowed in the end: 897 honest, 3 not
  Kept            970,000 payments, refunds and reversals, 12 timers; 155 MB, 0 left at a limit
  Early news      1 row still waiting for a payment, 7 waited in vain

${dashes('against what was injected')}
  kind                         injected     caught     missed      false  precision     recall
  impossible-travel               1,000      1,000          0          0    100.0 %    100.0 %
  all                            10,000      9,500        500        500     95.0 %     95.0 %
  honest but suspicious, stopped: traveller 40 of 7,000 (12 let go again), wedding-ring 0 of 5

${dashes('each rule alone')}
  rule                          stopped   right  precision     recall   CNY rightly     wrongly
  far                             1,010   1,000     99.0 %    100.0 %     1,234,567         987
${Array.from({ length: 11 }, () => '  other-rule-with-a-long-n...     1,010   1,000     99.0 %    100.0 %     1,234,567         987').join('\n')}
  all together                   10,000   9,500     95.0 %     95.0 %     9,999,999         987
  right: guilty of anything; recall: of the kind that the rule is for
  2 more rules: scripts/measure-accuracy.mjs

${dashes('files')}
  Decisions       out/decisions.ndjson
  Decision hash   deadbeef
`);
  });

  it('leaves out what there is none of', () => {
    const text = renderSummary({
      ...RUN,
      latencyMs: null,
      peakRssBytes: null,
      reasons: new Map(),
      fired: new Map(),
      rules: [],
      life: null,
      accuracy: null,
      files: [],
      decisionHash: null,
      outcomes: { allow: 0, hold: 0, reverse: 0 },
    });
    expect(text).not.toContain('NaN');
    expect(text).not.toMatch(/by rule|by reason|lives|against|files|Latency|Memory/);
    expect(text).toContain('allow                0       n/a');
  });

  it('is at most 96 columns wide with everything in it', () => {
    const example = { decision: HELD, transaction: ROW };
    const text = renderSummary({ ...RUN, examples: [example, example, example] });
    const widest = Math.max(...text.split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(98);
    expect(text).toContain('3 decisions in full');
    expect(text.match(/REVERSE {2}t1/g)).toHaveLength(3);
  });
});
