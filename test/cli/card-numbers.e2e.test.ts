// No card number leaves a run but masked: known ones are planted wherever a row can carry them, and
// every byte that the run leaves is searched for them, base64 opened.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Packr } from 'msgpackr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isEchoedField } from '../../src/domain/card-numbers.ts';
import { TRANSACTION_FIELDS } from '../../src/domain/fields.ts';
import { runProgram } from './program.ts';

const packr = new Packr({ useRecords: false });

/** 16 and 19 digits that pass the Luhn check; never issued. */
const CARDS = ['4111111111111111', '5500005555555559', '6011000990139424', '6304000000000000000'];
const MASKED = ['411111******1111', '550000******5559', '601100******9424', '630400*********0000'];
/** In the field `card` digits are masked whether or not the check holds. */
const MISTYPED = '4111111111111112';
const SHORT = '4222222222222';
/** Stands in fields that decisions echo, and nowhere else. */
const ECHOED = '4012888888881881';

const RULES = `ruleset: cards
currency: CNY
fields: { note: string }
lists: { lost: lost.csv }
rules:
  - { id: lost, when: tx.card in lost, outcome: hold, reason: LISTED_ENTITY }
  - id: other-card
    when: tx.card != account.last(tx.card) && tx.card != tx.note
    outcome: hold
    reason: POLICY
  - { id: fails-check, when: '!luhn(tx.card)', outcome: reverse, reason: INVALID_INPUT }
  - { id: idea, mode: shadow, when: tx.card != "1", outcome: hold, reason: POLICY }
  - { id: device, when: tx.device in lost || tx.note in lost, outcome: hold, reason: LISTED_ENTITY }
  - id: device-before
    when: account.last(tx.device) != tx.device && tx.city != "${CARDS[0]}"
    outcome: hold
    reason: POLICY
  - { id: order, when: tx.order == "${ECHOED}", outcome: hold, reason: POLICY }
  - { id: other-than-paid, when: of.card != tx.card, outcome: hold, reason: POLICY }
  - { id: told-of-another, when: event.kind == "status" && event.card != tx.card, outcome: reverse, reason: POLICY }
  - { id: let-go-early, when: event.kind == "release" && event.card != "1", outcome: hold, reason: POLICY }
`;

const GOOD = {
  kind: 'payment',
  time: 1_772_380_800_000,
  account: 'A',
  amount: 990,
  currency: 'CNY',
  merchant: 'M',
};

function row(id: string, more: object): object {
  return { id, ...GOOD, ...more };
}

/** Two hours of what nothing is said of: what comes then is a jump. */
const QUIET = Array.from({ length: 150 }, (_, n) =>
  row(`quiet${n}`, { time: GOOD.time - (150 - n) * 50_000, merchant: 'Q' }),
);

/** Of a payment by one card: what others say, each with a card of its own. */
const LIVES: readonly object[] = [
  row('paid', { account: 'B', card: CARDS[0] }),
  row('refund', { kind: 'refund', of: 'paid', card: CARDS[1] }),
  row('status', { kind: 'status', of: 'paid', card: CARDS[3], terminalStatus: 'success' }),
  row('release', { kind: 'release', of: 'later', card: CARDS[3], release: 'approve' }),
  row('later', { account: 'B', card: CARDS[2] }),
];

const WELL_FORMED: readonly object[] = [
  ...QUIET,
  ...LIVES,
  ...CARDS.map((card, n) => row(`card${n}`, { card })),
  row('mistyped', { card: MISTYPED }),
  row('unknown', { memo: CARDS[0], more: { deep: [CARDS[1], { pan: CARDS[2] }] } }),
  row('repeat', { card: CARDS[0] }),
  row('repeat', { card: CARDS[0] }),
  row('repeat', { card: CARDS[1] }),
  row('late', { card: CARDS[2], time: GOOD.time - 86_400_000 }),
  // In every field that is not echoed, beside the other numbers.
  ...TRANSACTION_FIELDS.filter(
    ({ name, type }) => type === 'string' && !isEchoedField(name) && name !== 'currency',
  ).flatMap(({ name }) => [
    row(`in-${name}`, { [name]: CARDS[0], device: CARDS[1], note: `to ${CARDS[3]}` }),
    // The same in a bad row.
    row(`bad-${name}`, { [name]: CARDS[2], amount: {} }),
  ]),
  row('spaced', {
    card: '4111 1111 1111 1111',
    note: '4111-1111-1111-1111',
    device: '４'.repeat(16),
  }),
  row('track', { card: `${CARDS[0]}=25121010000012345678`, note: CARDS[1] }),
  { ...row(ECHOED, { account: ECHOED, order: ECHOED, merchant: ECHOED, of: ECHOED }) },
  { ...row(ECHOED, { account: ECHOED, order: ECHOED, merchant: ECHOED, amount: null }) },
  // Bad rows.
  row('number', { card: Number(CARDS[0]) }),
  row('amount', { card: CARDS[0], amount: 'ten' }),
  row('note', { note: 7, memo: CARDS[3] }),
  row('short', { card: SHORT, amount: [] }),
  row('short number', { card: Number(SHORT) }),
  row('key', { [String(CARDS[1])]: { [String(CARDS[2])]: Number(CARDS[0]) }, note: 1 }),
  row('digit before', {
    memo: `${CARDS[0]} ${'x'.repeat(32)}`,
    list: [0x31, CARDS[1], 0x31],
    note: 1,
  }),
  { id: 'lacking', kind: 'payment', card: CARDS[1] },
];

const JSON_ONLY = [
  `{"id":"cut","kind":"payment","card":"${CARDS[0]}","amount":9`,
  `${CARDS[1]}`,
  `{"id":"text","memo":"${CARDS[2]}" oops}`,
  `["${CARDS[3]}"]`,
  `{"id":"spaced","memo":"4111 1111 1111 1111","amount":}`,
  `{"id":"long","memo":"${'x'.repeat(70_000)} ${CARDS[0]}"}`,
  `{"id":"\uFFFD","card":"${MISTYPED}","amount":true}`,
  `{"id":"escaped","memo":"\\u0034111111111111111","note":1}`,
  `{"id":"escaped key","\\u0063ard"  :  "${SHORT}","note":1}`,
  `{"id":"number","card":${SHORT},"memo":${CARDS[0]}.0}`,
  `{"id":"open","card":"411111111111111`,
];

/** What only msgpack can hold. */
const MSGPACK_ONLY = [
  { id: 'bytes', card: Buffer.from(CARDS[0] as string), note: 1 },
  { id: 'long', memo: BigInt(CARDS[2] as string), card: 4_111_111_111_111_112n },
  { id: 'text', memo: `${CARDS[0]}${' '.repeat(33)}`, note: 1 },
].map((each) => packr.pack(each));
/** An extension of 16 bytes and type 0x31. */
const EXTENSION = Buffer.concat([
  Buffer.from([0x82, 0xa4, 0x6d, 0x65, 0x6d, 0x6f, 0xd8, 0x31]),
  Buffer.from(CARDS[0] as string),
  Buffer.from([0xa2, 0x69, 0x64, 0x05]),
]);

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-cards-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Everything that the run left or said, with what stands in base64 added in the clear. */
function leftBehind(folder: string, said: string): string {
  const texts = readdirSync(folder)
    .filter((name) => !['rules.yaml', 'lost.csv'].includes(name) && !name.startsWith('in.'))
    .map((name) => readFileSync(join(folder, name), 'latin1'));
  const all = [said, ...texts].join('\n');
  const packed = [...all.matchAll(/"base64":"([^"]*)"/g)].map(([, text]) =>
    Buffer.from(text ?? '', 'base64').toString('latin1'),
  );
  return [all, ...packed].join('\n');
}

function around(text: string, found: string): string {
  const at = text.indexOf(found);
  return text.slice(Math.max(0, at - 200), at + 60);
}

const JSON_INPUT = [...WELL_FORMED.map((each) => JSON.stringify(each)), ...JSON_ONLY].join('\n');
const MSGPACK_INPUT = Buffer.concat([
  EXTENSION,
  ...MSGPACK_ONLY,
  ...WELL_FORMED.map((each) => packr.pack(each)),
]);
/** Every writing of the numbers that were planted. */
const PLANTED = [
  ...CARDS,
  MISTYPED,
  SHORT,
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  '\\u0034111111111111111',
  '\uff14'.repeat(16),
  '411111111111111',
];
const ECHOES =
  /"(decisionId|transactionId|account|merchant|order|id|value|threshold)":"4012888888881881(#\d+)?"/g;

/** Decisions on what a row of others shows: transaction, rule, what it compares, and an amendment's cause. */
const OF_OTHERS = [
  ['refund', 'other-than-paid', 'of.card', null],
  ['paid', 'told-of-another', 'event.card', 'status'],
  ['later', 'let-go-early', 'event.card', 'release'],
] as const;

/** A text of less than 32 bytes in msgpack. */
function inMsgpack(text: string): string {
  return String.fromCharCode(0xa0 + text.length) + text;
}

/** Card numbers in the binary numbers of what stood in base64. */
function numbersIn(packed: Buffer): bigint[] {
  return Array.from({ length: Math.max(0, packed.length - 7) }, (_, p) => [
    packed.readBigUInt64BE(p),
    Number.isInteger(packed.readDoubleBE(p)) ? BigInt(packed.readDoubleBE(p)) : 0n,
  ]).flat();
}

test.each([
  ['NDJSON', 'in.ndjson', `${JSON_INPUT}\n`, 'out.ndjson', []],
  ['NDJSON to msgpack', 'in.ndjson', `${JSON_INPUT}\n`, 'out.msgpack', []],
  ['msgpack', 'in.msgpack', MSGPACK_INPUT, 'out.ndjson', []],
  ['msgpack cut in a card', 'in.msgpack', MSGPACK_INPUT.subarray(0, -6), 'out.ndjson', []],
  [
    'two workers, rows one by one',
    'in.ndjson',
    JSON_INPUT,
    'out.ndjson',
    ['--workers', '2', '--batch-rows', '1'],
  ],
] as const)('%s', async (name, inName, input, out, more) => {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'lost.csv'), `card\n${CARDS.join('\n')}\n`);
  writeFileSync(join(folder, inName), input);
  const args = [
    'run',
    '--rules',
    'rules.yaml',
    '--in',
    inName,
    '--out',
    out,
    '--alerts',
    'alerts.ndjson',
  ];
  const all = [...args, '--stats', 'stats.json', '--timings', ...more];
  const { code, out: said, err } = await runProgram(all, folder);
  expect(code).toBe(1);
  const left = leftBehind(folder, said + err);
  for (const card of PLANTED) {
    const utf8 = Buffer.from(card).toString('latin1');
    expect(left.includes(utf8), `${card} in ${around(left, utf8)}`).toBe(false);
  }
  // Keys of packed decisions are not told by a pattern.
  if (!out.endsWith('.msgpack')) {
    expect(left.replaceAll(ECHOES, '').includes(ECHOED)).toBe(false);
    expect(left).toContain(`"order":"${ECHOED}"`);
  }
  const packed = [...left.matchAll(/"base64":"([^"]*)"/g)].map(([, text]) => String(text));
  const numbers = new Set(packed.flatMap((text) => numbersIn(Buffer.from(text, 'base64'))));
  for (const card of [...CARDS.slice(0, 3), MISTYPED])
    expect(numbers.has(BigInt(card))).toBe(false);
  // They did come by: evidence and dead letters name them, masked.
  for (const masked of MASKED) expect(left).toContain(masked);
  // So do a refund's decision and amendments; and there were alerts.
  const told = readFileSync(join(folder, out), 'latin1');
  for (const [id, rule, what, cause] of OF_OTHERS) {
    if (out.endsWith('.msgpack')) {
      expect(told).toContain(`${inMsgpack('what')}${inMsgpack(what)}`);
      if (cause !== null) expect(told).toContain(`${inMsgpack('cause')}${inMsgpack(cause)}`);
      continue;
    }
    const line = told.split('\n').find((one) => one.includes(`"${id}"`) && one.includes(rule));
    expect(line).toMatch(new RegExp(`"what":"${what}","op":"!=","value":"\\d{6}\\*+\\d{4}"`));
    if (cause !== null) expect(line).toContain(`"cause":"${cause}"`);
  }
  expect(readFileSync(join(folder, 'alerts.ndjson'), 'utf8')).toContain('"state":"begun"');
});

const BROKEN = `ruleset: cards
currency: CNY
rules:
  - { id: a, when: tx.card == "${CARDS[0]}" && tx.crad == "${CARDS[1]}", outcome: hold, reason: POLICY }
  - { id: "${CARDS[2]}", when: tx.card, outcome: "${CARDS[3]}", reason: POLICY }
`;

const FAILING = `ruleset: cards
currency: CNY
rules:
  - id: a
    when: account.count("1h", tx.card == "${CARDS[0]}") >= 1
    outcome: hold
    reason: POLICY
tests:
  - name: the card ${CARDS[0]} is held
    given: [ { tx: { account: A, merchant: M, amount: 1, card: "${CARDS[0]}" } } ]
    expect: [ { at: 0, outcome: allow } ]
`;

test.each([
  ['a broken rules file', BROKEN],
  ['one whose tests fail', FAILING],
])('what check says of %s', async (name, rules) => {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'rules.yaml'), rules);
  const { code, out, err } = await runProgram(['check', 'rules.yaml'], folder);
  expect(code).toBe(3);
  for (const card of CARDS) expect(`${out}${err}`.includes(card), `${out}${err}`).toBe(false);
  expect(err).toContain('411111******1111');
});
