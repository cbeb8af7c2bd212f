// No card number leaves a run but masked: known ones are planted wherever a row can carry them, and
// every byte that the run leaves is searched for them, base64 opened.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Packr } from 'msgpackr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProgram, runProgram } from './program.ts';

const packr = new Packr({ useRecords: false });

/** 16 and 19 digits that pass the Luhn check; never issued. */
const CARDS = ['4111111111111111', '5500005555555559', '6011000990139424', '6304000000000000000'];
const MASKED = ['411111******1111', '550000******5559', '601100******9424', '630400*********0000'];
/** In the field `card` digits are masked whether or not the check holds. */
const MISTYPED = '4111111111111112';

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

const WELL_FORMED: readonly object[] = [
  ...CARDS.map((card, n) => row(`card${n}`, { card })),
  row('mistyped', { card: MISTYPED }),
  row('unknown', { memo: CARDS[0], more: { deep: [CARDS[1], { pan: CARDS[2] }] } }),
  row('repeat', { card: CARDS[0] }),
  row('repeat', { card: CARDS[0] }),
  row('repeat', { card: CARDS[1] }),
  row('late', { card: CARDS[2], time: GOOD.time - 86_400_000 }),
  // Bad rows.
  row('number', { card: Number(CARDS[0]) }),
  row('amount', { card: CARDS[0], amount: 'ten' }),
  row('note', { note: 7, memo: CARDS[3] }),
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
];

let root = '';
beforeAll(async () => {
  buildProgram();
  root = await mkdtemp(join(tmpdir(), 'holdfast-cards-'));
}, 120_000);
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

const JSON_INPUT = [...WELL_FORMED.map((each) => JSON.stringify(each)), ...JSON_ONLY].join('\n');
const MSGPACK_INPUT = Buffer.concat(WELL_FORMED.map((each) => packr.pack(each)));

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
  const args = ['run', '--rules', 'rules.yaml', '--in', inName, '--out', out];
  const told = [...args, '--stats', 'stats.json', '--timings', ...more];
  const { code, out: said, err } = await runProgram(told, folder);
  expect(code).toBe(1);
  const left = leftBehind(folder, said + err);
  for (const card of [...CARDS, MISTYPED, '4111 1111 1111 1111']) {
    expect(left.includes(card), card).toBe(false);
  }
  // They did come by: evidence and dead letters name them, masked.
  for (const masked of MASKED) expect(left).toContain(masked);
});
