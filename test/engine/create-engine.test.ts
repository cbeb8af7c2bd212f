// The library's door: what it takes, what it refuses, and that it decides as `run` does.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Packr } from 'msgpackr';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastError } from '../../src/base/errors.ts';
import type { DeadLetter } from '../../src/domain/dead-letter.ts';
import { TRANSACTION_FIELDS } from '../../src/domain/fields.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import type { CreateEngineOptions, DecisionEngine } from '../../src/engine/create-engine.ts';
import { createEngine } from '../../src/engine/create-engine.ts';
import * as library from '../../src/index.ts';

const RULES = `ruleset: counting
version: 3
currency: CNY
fields: { riskHint: number }
rules:
  - id: third
    when: account.count("1h") >= 3
    outcome: hold
    reason: VELOCITY_COUNT
  - id: hinted
    mode: shadow
    when: tx.riskHint > 1
    outcome: reverse
    reason: POLICY
`;
const TEST_OF_THIRD = (outcome: string): string => `tests:
  - name: the third is held
    given: [{ repeat: 3, tx: { account: A, merchant: M, amount: 1.00 } }]
    expect: [{ at: 2, outcome: ${outcome} }]
`;
const START_MS = Date.UTC(2026, 0, 1);

let folder = '';
const opened: DecisionEngine[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-engine-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function rulesFile(text: string): string {
  const path = join(folder, 'rules.yaml');
  writeFileSync(path, text);
  return path;
}

async function open(
  more: Partial<CreateEngineOptions> = {},
  text = RULES,
): Promise<DecisionEngine> {
  const engine = await createEngine({ rules: rulesFile(text), workers: 1, ...more });
  opened.push(engine);
  return engine;
}

function pay(i: number, more: Partial<Transaction> = {}): Transaction {
  return {
    id: `p${i}`,
    kind: 'payment',
    time: START_MS + i * 1000,
    account: 'A',
    merchant: 'M',
    amount: 100,
    currency: 'CNY',
    ...more,
  };
}

async function errorOf(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof HoldfastError) return error;
  throw new Error(`expected a HoldfastError, got ${String(error)}`);
}

test('the package exports createEngine and HoldfastError', () => {
  expect(Object.keys(library).toSorted()).toEqual(['HoldfastError', 'createEngine']);
});

test('Transaction has the keys of the contract', () => {
  // Complete and exact by its type; compared with the contract by its keys.
  const keys: Record<keyof Transaction, true> = {
    id: true,
    kind: true,
    time: true,
    account: true,
    card: true,
    expiry: true,
    amount: true,
    currency: true,
    merchant: true,
    merchantName: true,
    mcc: true,
    city: true,
    country: true,
    terminal: true,
    softwareVersion: true,
    channel: true,
    lat: true,
    lon: true,
    ip: true,
    device: true,
    verification: true,
    terminalStatus: true,
    walletStatus: true,
    balance: true,
    accountState: true,
    durationMs: true,
    order: true,
    paymentCode: true,
    codeState: true,
    rail: true,
    of: true,
    operator: true,
    credential: true,
    release: true,
    fault: true,
    label: true,
  };
  expect(Object.keys(keys).toSorted()).toEqual(
    TRANSACTION_FIELDS.map(({ name }) => name).toSorted(),
  );
});

/** Every key that may be left out. That the type takes them is the compiler's to say: see tsconfig.json. */
type OptionalKey = Exclude<keyof Transaction, 'id' | 'kind' | 'time'>;
const ABSENT = Object.fromEntries(
  TRANSACTION_FIELDS.map(({ name }) => [name, undefined]),
) as Readonly<Record<OptionalKey, undefined>>;

describe('decide', () => {
  const rows = [1, 2, 3].map((i) => pay(i));
  const packr = new Packr({ useRecords: false });
  const inputs: readonly [string, Uint8Array | readonly Transaction[]][] = [
    ['objects', rows],
    ['NDJSON', Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))],
    [
      'NDJSON after blank lines, its last line open',
      Buffer.from(` \r\n\t${rows.map((row) => JSON.stringify(row)).join('\n')}`),
    ],
    ['msgpack', Buffer.concat(rows.map((row) => packr.pack(row)))],
    ['keys that are undefined', rows.map((row): Transaction => ({ ...ABSENT, ...row }))],
  ];

  test.each(inputs)('%s', async (_, batch) => {
    const engine = await open();
    const decisions = await engine.decide(batch);
    expect(decisions.map(({ decisionId, outcome }) => [decisionId, outcome])).toEqual([
      ['p1#0', 'allow'],
      ['p2#0', 'allow'],
      ['p3#0', 'hold'],
    ]);
    expect(decisions[2]).toMatchObject({ rulesHash: engine.plan.hash, rulesVersion: '3' });
  });

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['no objects', []],
    ['blank lines', Buffer.from('\n \n')],
  ])('%s', async (_, batch) => {
    const engine = await open();
    expect(await engine.decide(batch)).toEqual([]);
    expect(await engine.decide([pay(1)])).toHaveLength(1);
  });

  test('extra fields and shadow rules', async () => {
    const engine = await open({ emitShadow: true });
    const [decision] = await engine.decide([{ ...pay(1), riskHint: 2 }]);
    expect(decision?.shadow?.map(({ rule }) => rule)).toEqual(['hinted']);
  });

  test.each([1, 2])('more rows than a batch holds, %i workers', async (workers) => {
    const engine = await open({ workers });
    const many = Array.from({ length: 10_000 }, (_, i) => pay(i, { account: `A${i >> 2}` }));
    const decisions = await engine.decide(many);
    expect(decisions.map(({ transactionId }) => transactionId)).toEqual(many.map(({ id }) => id));
    expect(decisions.filter(({ outcome }) => outcome === 'hold')).toHaveLength(5000);
  });

  test('calls that overlap are answered in order, on the state of those before', async () => {
    const engine = await open({ workers: 2 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        engine.decide([pay(i), pay(i, { id: `q${i}`, account: 'B' })]),
      ),
    );
    expect(answers.map(([a, b]) => [a?.decisionId, a?.outcome, b?.decisionId, b?.outcome])).toEqual(
      answers.map((_, i) => [
        `p${i}#0`,
        i < 2 ? 'allow' : 'hold',
        `q${i}#0`,
        i < 2 ? 'allow' : 'hold',
      ]),
    );
  });

  test('objects may change once they were handed over', async () => {
    const engine = await open();
    const row = { ...pay(1) };
    const first = engine.decide([row]);
    row.id = 'other';
    expect((await first)[0]?.transactionId).toBe('p1');
  });

  test.each<[string, ArrayLike<number>]>([
    ['an array', [0, 60]],
    ['a typed array', Float64Array.of(0, 60)],
    ['whole numbers', Int32Array.of(0, 60)],
    ['an object with a length', { length: 2, 0: 0, 1: 60 }],
  ])('times of arrival: %s; it may change once it was handed over', async (_, arrivedMs) => {
    const engine = await open({}, `${RULES}deadline: { budget: 50ms, fallback: allow }\n`);
    const arrival = { arrivedMs, nowMs: 100 };
    const decided = engine.decide([pay(1), pay(2)], arrival);
    if (Array.isArray(arrivedMs)) arrivedMs.length = 0;
    else Reflect.set(arrivedMs, 0, 60);
    arrival.nowMs = 1000;
    Reflect.deleteProperty(arrival, 'arrivedMs');
    const isOverdue = (await decided).map(({ flags = [] }) => flags.includes('OVERDUE'));
    expect(isOverdue).toEqual([true, false]);
  });
});

describe('rows that cannot be read', () => {
  test('each goes to the handler, by its place in its call', async () => {
    const letters: DeadLetter[] = [];
    const engine = await open({ onDeadLetter: (letter) => letters.push(letter) });
    await engine.decide([pay(1)]);
    const bad = [pay(2), { ...pay(3), amount: 'x' }, null, pay(4)] as unknown as Transaction[];
    const decisions = await engine.decide(bad);
    expect(letters.map(({ row, code, field, id }) => [row, code, field, id])).toEqual([
      [1, 'WRONG_TYPE', 'amount', 'p3'],
      [2, 'NOT_A_MAP', undefined, undefined],
    ]);
    expect(decisions.map(({ transactionId }) => transactionId)).toEqual(['p2', 'p3', 'p4']);
    expect(decisions[1]?.reasons?.[0]?.code).toBe('INVALID_INPUT');
    await engine.decide(Buffer.from('{"id":"x"}\n'));
    expect(letters.at(-1)).toMatchObject({
      row: 0,
      byte: 0,
      code: 'MISSING_KEY',
      bytes: '{"id":"x"}',
    });
  });

  test('more letters than fit in a region of memory', async () => {
    const letters: DeadLetter[] = [];
    const engine = await open({ workers: 2, onDeadLetter: (letter) => letters.push(letter) });
    const text = Array.from({ length: 6000 }, (_, i) => `{"id":"${i}"}`).join('\n');
    expect(await engine.decide(Buffer.from(text))).toHaveLength(6000);
    expect(letters.map(({ row }) => row)).toEqual(Array.from({ length: 6000 }, (_, i) => i));
  });

  test('without a handler the first is told by a warning, and no more', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => {
      if (warning.name === 'HoldfastWarning') warnings.push(warning);
    };
    process.on('warning', listener);
    try {
      const engine = await open();
      await engine.decide(Buffer.from('{"id":"secret"}\n{"id":"y"}\n'));
      await engine.decide(Buffer.from('{]\n'));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', listener);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: 'MISSING_KEY' });
    expect(warnings[0]?.message).toContain('Row 0 (byte 0)');
    expect(warnings[0]?.message).not.toContain('secret');
  });

  test.each<[string, (row: number) => unknown]>([
    [
      'throws',
      (row) => {
        throw new Error(`full at ${row}`);
      },
    ],
    ['rejects with', async (row) => Promise.reject(new Error(`full at ${row}`))],
  ])('what the handler %s rejects that call when it has all letters', async (_, fail) => {
    const told: number[] = [];
    const engine = await open({
      onDeadLetter: ({ row }) => {
        told.push(row);
        return row > 0 ? fail(row) : null;
      },
    });
    const batch = `{}\n${JSON.stringify(pay(1))}\n{}\n{}\n`;
    await expect(engine.decide(Buffer.from(batch))).rejects.toThrow('full at 2');
    expect(told).toEqual([0, 2, 3]);
    // Its good row was decided; the next call goes on.
    const [again] = await engine.decide([pay(1)]);
    expect(again?.flags).toContain('REPEAT');
  });

  test('letters come one after another, and decide waits for what the handler returns', async () => {
    const told: string[] = [];
    const engine = await open({
      onDeadLetter: async ({ row }) => {
        told.push(`${row} begins`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        told.push(`${row} ends`);
      },
    });
    await engine.decide(Buffer.from('{}\n{}\n'));
    expect(told).toEqual(['0 begins', '0 ends', '1 begins', '1 ends']);
  });
});

describe('what is refused', () => {
  test.each<[string, string, RegExp]>([
    [
      'problems',
      RULES.replace('account.count', 'acount.count'),
      /rules\.yaml:7:\d+: .*did you mean/s,
    ],
    [
      'tests that fail',
      RULES + TEST_OF_THIRD('allow'),
      /test "the third is held", row 2: expected allow, got hold/,
    ],
  ])('rules with %s', async (_, text, message) => {
    const error = await errorOf(open({}, text));
    expect(error.code).toBe('RULES_REJECTED');
    expect(error.message).toMatch(message);
  });

  test('rules whose tests pass are taken', async () => {
    const { plan } = await open({}, RULES + TEST_OF_THIRD('hold'));
    expect(plan).toMatchObject({
      ruleset: 'counting',
      version: '3',
      currency: 'CNY',
      warnings: [],
    });
    expect(plan.rules).toEqual([
      { id: 'third', mode: 'live', outcome: 'hold', reason: 'VELOCITY_COUNT' },
      { id: 'hinted', mode: 'shadow', outcome: 'reverse', reason: 'POLICY' },
    ]);
  });

  test('no such file', async () => {
    const error = await errorOf(createEngine({ rules: join(folder, 'nothing.yaml') }));
    expect(error.code).toBe('IO_FAILED');
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'options is missing; expected an object'],
    ['no rules', {}, 'rules is missing; expected the path of a rules file'],
    ['rules that are no path', { rules: 5 }, 'rules is 5; expected the path'],
    ['rules without a name', { rules: '' }, 'rules is an empty string; expected the path'],
    ['an unknown option', { rules: 'r', worker: 2 }, 'no option "worker"; expected rules,'],
    ['a near miss', { rules: 'r', worker: 2 }, 'Did you mean "workers"?'],
    ['a key of texts', { rules: 'r', hashKey: { k0: 'a', k1: 'b' } }, 'hashKey is not { k0, k1 }'],
    ['a long key', { rules: 'r', hashKey: { k0: 2 ** 40, k1: 1 } }, 'whole numbers of 32 bits'],
    ['a key one over', { rules: 'r', hashKey: { k0: 0, k1: 2 ** 32 } }, 'numbers of 32 bits'],
    ['a key one under', { rules: 'r', hashKey: { k0: -(2 ** 31) - 1, k1: 0 } }, 'of 32 bits'],
    ['half a key', { rules: 'r', hashKey: { k0: 0.5, k1: 0 } }, 'numbers of 32 bits'],
    ['a word for a flag', { rules: 'r', emitShadow: 'yes' }, 'emitShadow is a string'],
    ['no handler', { rules: 'r', onDeadLetter: 5 }, 'onDeadLetter is 5; expected a function'],
  ])('options: %s', async (_, options, sentence) => {
    const error = await errorOf(createEngine(options as CreateEngineOptions));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(sentence);
  });

  test.each([
    ['signed', { k0: -(2 ** 31), k1: -1 }],
    ['unsigned', { k0: 2 ** 31, k1: 2 ** 32 - 1 }],
  ])('a key of two words is taken, %s', async (_, hashKey) => {
    const engine = await open({ hashKey });
    expect(await engine.decide([pay(1)])).toHaveLength(1);
  });

  const LINES = Buffer.from([pay(1), pay(2)].map((row) => `${JSON.stringify(row)}\n\n`).join(''));

  const NO_LIST =
    'arrivedMs is an object (DataView); expected ms since the epoch, a number for all rows or a list of one a row.';

  test.each<[string, readonly unknown[], string]>([
    ['one object', [pay(1)], 'the batch is an object (Object); expected a Uint8Array'],
    ['a text', ['{}'], 'the batch is a string'],
    ['a set', [new Set()], 'the batch is an object (Set)'],
    ['nothing', [], 'the batch is missing'],
    [
      'a hole',
      [[undefined, pay(1)]],
      'row 0 of the batch is undefined. Nothing of it was decided.',
    ],
    ['no time of arrival', [[pay(1)], { nowMs: 1 }], 'arrivedMs is missing; expected ms'],
    ['no list', [[pay(1)], { arrivedMs: new DataView(new ArrayBuffer(8)), nowMs: 1 }], NO_LIST],
    [
      'a set of times',
      [[pay(1)], { arrivedMs: new Set([1]), nowMs: 1 }],
      'an object (Set); expected',
    ],
    ['a hole', [[pay(1)], { arrivedMs: Array(1), nowMs: 1 }], 'arrivedMs[0] is missing'],
    ['large times', [[pay(1)], { arrivedMs: new BigInt64Array(1), nowMs: 1 }], '[0] is a bigint'],
    ['an unknown key', [[pay(1)], { arrivedMs: 1, nowMs: 1, x: 1 }], 'no key "x"; expected arr'],
    ['a near miss', [[pay(1)], { arrivedMS: 1, nowMs: 1 }], 'Did you mean "arrivedMs"?'],
    ['no clock', [[pay(1)], { arrivedMs: 1 }], 'nowMs is missing; expected ms'],
    ['a word', [[pay(1)], { arrivedMs: [1, 'x'], nowMs: 1 }], 'arrivedMs[1] is a string'],
    ['too few', [[pay(1), pay(2)], { arrivedMs: [1], nowMs: 1 }], '1 times for 2 rows'],
    ['too few for bytes', [LINES, { arrivedMs: [1], nowMs: 1 }], '1 times for 2 rows'],
    ['too many for bytes', [LINES, { arrivedMs: [1, 2, 3], nowMs: 1 }], '3 times for 2 rows'],
  ])('decide: %s', async (_, given, sentence) => {
    const engine = await open();
    const decide = engine.decide.bind(engine) as (...all: unknown[]) => Promise<unknown>;
    const error = await errorOf(decide(...given));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(sentence);
    // It goes on as if nothing had been asked.
    expect(await engine.decide([pay(1)])).toMatchObject([{ outcome: 'allow' }]);
  });

  test.each([NaN, 'x', {}, null, undefined])('advance to %s', async (untilMs) => {
    const engine = await open();
    const error = await errorOf(engine.advance(untilMs as number));
    expect(error.message).toMatch(/^Cannot advance: untilMs is .*; expected ms since the epoch/);
  });

  test('bytes that begin with what cannot be read lose that line only', async () => {
    const letters: DeadLetter[] = [];
    const engine = await open({ onDeadLetter: (letter) => void letters.push(letter) });
    const line = JSON.stringify(pay(1));
    for (const [k, bad] of ['x', '[1]', '"a"', '1'].entries()) {
      const decided = await engine.decide(
        Buffer.from(`${bad}\n${line.replace('"id":"', `"id":"${k}`)}`),
      );
      expect(decided).toHaveLength(1);
    }
    expect(letters).toHaveLength(4);
    expect(await engine.decide(Buffer.from(`\ufeff${line}`))).toHaveLength(1);
    expect(letters).toHaveLength(4);
  });

  test.each([0, -1, 1.5, 65, NaN])('%d workers', async (workers) => {
    expect((await errorOf(open({ workers }))).code).toBe('USAGE');
  });

  const circle: Record<string, unknown> = { ...pay(2) };
  circle['self'] = circle;
  let nested: unknown = 1;
  for (let level = 0; level < 100_000; level++) nested = [nested];

  test.each<[string, object, string]>([
    ['contains itself', circle, 'it contains itself, or is nested too deep'],
    ['is nested too deep', { ...pay(2), nested }, 'it contains itself, or is nested too deep'],
    [
      'has too large a BigInt',
      { ...pay(2), amount: 4_111_111_111_111_111n ** 2n },
      'it has a BigInt that does not fit in 64 bits; allowed are -2^63 to 2^64-1',
    ],
    [
      'has too small a BigInt',
      { ...pay(2), amount: -(2n ** 63n) - 1n },
      'it has a BigInt that does not fit in 64 bits; allowed are -2^63 to 2^64-1',
    ],
  ])('an object that %s: nothing of its call is decided', async (_, row, sentence) => {
    const engine = await open();
    const error = await errorOf(engine.decide([pay(1), row as Transaction]));
    expect(error.code).toBe('USAGE');
    expect(error.message).toBe(
      `Cannot pack row 1 of the batch: ${sentence}. Nothing of it was decided.`,
    );
    // The packer's own quotes the value.
    expect(error.cause).toBe(undefined);
    const [first] = await engine.decide([pay(1)]);
    expect(first?.flags).toBeUndefined();
  });

  test('what an object throws by itself is told as it is', async () => {
    const engine = await open();
    const row = {
      ...pay(1),
      get city(): string {
        throw new Error('no city');
      },
    };
    const error = await errorOf(engine.decide([row]));
    expect(error.message).toContain('Cannot pack row 0 of the batch: no city. Nothing');
    expect(error.cause).toMatchObject({ message: 'no city' });
  });

  test('a closed engine; what was asked before is answered', async () => {
    const engine = await open();
    const before = engine.decide([pay(1)]);
    const closing = engine.close();
    expect((await errorOf(engine.decide([pay(2)]))).code).toBe('USAGE');
    expect(await before).toHaveLength(1);
    await closing;
  });
});
