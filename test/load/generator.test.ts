import { describe, expect, it } from 'vitest';
import { Unpackr } from 'msgpackr';
import type { GeneratedLabel, GeneratorOptions } from '../../src/load/generator.ts';
import { TransactionGenerator } from '../../src/load/generator.ts';
import { luhnDigit } from '../../src/load/world.ts';
import { KINDS, TRANSACTION_FIELDS } from '../../src/domain/fields.ts';

type Row = Record<string, unknown>;

interface Generated {
  readonly bytes: Buffer;
  readonly labels: GeneratedLabel[];
}

function generate(options: GeneratorOptions, chunkBytes: number = 1 << 20): Generated {
  const generator = new TransactionGenerator(options);
  const chunk = new Uint8Array(chunkBytes);
  const parts: Buffer[] = [];
  for (let end = generator.writeRows(chunk); end > 0; end = generator.writeRows(chunk)) {
    parts.push(Buffer.from(chunk.subarray(0, end)));
  }
  return { bytes: Buffer.concat(parts), labels: generator.takeLabels() };
}

function lines(bytes: Buffer): string[] {
  return bytes.toString().trimEnd().split('\n');
}

function rows(bytes: Buffer): Row[] {
  return lines(bytes).map((line) => JSON.parse(line) as Row);
}

const SOME: GeneratorOptions = { rows: 30_000, accounts: 8_000, seed: 5, badRate: 0 };
const stream = generate(SOME);
const parsed = rows(stream.bytes);
/** Four days and much injected: something of everything. */
const much = generate({ ...SOME, rows: 60_000, accounts: 16_000, injectedRate: 0.05, seed: 8 });
const muchRows = rows(much.bytes);
const labelOf = new Map(stream.labels.map((label) => [label.transactionId, label]));

describe('the stream', () => {
  it('has the rows that were asked for, whatever the size of the chunks', () => {
    expect(parsed).toHaveLength(30_000);
    expect(generate(SOME, 5_000).bytes.equals(stream.bytes)).toBe(true);
  });

  it('is the same for the same seed and another for another', () => {
    const again = generate(SOME);
    expect(again.bytes.equals(stream.bytes)).toBe(true);
    expect(again.labels).toEqual(stream.labels);
    expect(generate({ ...SOME, seed: 6 }).bytes.equals(stream.bytes)).toBe(false);
  });

  it('carries the same transactions as msgpack', () => {
    const small = { rows: 3_000, accounts: 800, seed: 9, badRate: 0 };
    const packed = generate({ ...small, format: 'msgpack' });
    const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });
    expect(unpackr.unpackMultiple(packed.bytes)).toEqual(rows(generate(small).bytes));
  });

  it('differs between the two forms in nothing but broken rows', () => {
    const options = { rows: 3_000, accounts: 800, seed: 9, badRate: 0.01 };
    const packed = generate({ ...options, format: 'msgpack' });
    const text = generate(options);
    expect(packed.labels).toEqual(text.labels);
    const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });
    const good = lines(text.bytes).filter((line) => isGood(line));
    const unpacked = (unpackr.unpackMultiple(packed.bytes) as unknown[]).map((row) =>
      JSON.stringify(row),
    );
    expect(unpacked.filter((line) => isGood(line))).toEqual(
      good.map((line) => JSON.stringify(JSON.parse(line))),
    );
  });

  it('has rows of about 350 bytes and 19 keys', () => {
    const keys = parsed.reduce((sum, row) => sum + Object.keys(row).length, 0) / parsed.length;
    expect(stream.bytes.length / parsed.length).toBeGreaterThan(320);
    expect(stream.bytes.length / parsed.length).toBeLessThan(430);
    expect(keys).toBeGreaterThan(17);
    expect(keys).toBeLessThan(23);
  });

  it('holds to the transaction contract', () => {
    const wrong = parsed.flatMap((row) => problemsOf(row).map((problem) => [problem, row]));
    expect(wrong).toEqual([]);
  });

  it('has rows of every kind', () => {
    expect(new Set(parsed.map((row) => row['kind']))).toEqual(new Set(KINDS));
  });

  it('has about one late row in a hundred and one repeat in a thousand', () => {
    let newest = -Infinity;
    let late = 0;
    const seen = new Set<string>();
    let repeats = 0;
    for (const row of parsed) {
      if (seen.has(String(row['id']))) repeats++;
      else if (Number(row['time']) < newest) late++;
      seen.add(String(row['id']));
      newest = Math.max(newest, Number(row['time']));
    }
    expect(late / parsed.length).toBeGreaterThan(0.006);
    expect(late / parsed.length).toBeLessThan(0.014);
    expect(repeats / parsed.length).toBeGreaterThan(0.0004);
    expect(repeats / parsed.length).toBeLessThan(0.0018);
  });

  it('breaks rows only when asked to, in ways that a reader notices', () => {
    const broken = lines(generate({ ...SOME, rows: 4_000, badRate: 0.02 }).bytes);
    const bad = broken.filter((line) => !isGood(line));
    expect(broken).toHaveLength(4_000);
    expect(bad.length).toBeGreaterThan(40);
    expect(bad.length).toBeLessThan(120);
    expect(parsed.every((row) => isGood(JSON.stringify(row)))).toBe(true);
  });
});

const FIELDS = new Map(TRANSACTION_FIELDS.map((field) => [field.name, field]));

function problemsOf(row: Row): string[] {
  const problems: string[] = [];
  for (const [key, value] of Object.entries(row)) {
    const field = FIELDS.get(key);
    if (field === undefined) problems.push(`unknown key ${key}`);
    else if (field.type === 'string' || field.type === 'enum') {
      const isText = typeof value === 'string' && Buffer.byteLength(value) <= field.bytesMax;
      const isAllowed = field.values === undefined || field.values.includes(String(value));
      if (!isText || !isAllowed) problems.push(`bad ${key}`);
    } else if (field.type === 'latitude' || field.type === 'longitude') {
      if (!(Math.abs(Number(value)) <= 180)) problems.push(`bad ${key}`);
    } else if (!Number.isSafeInteger(value)) {
      problems.push(`bad ${key}`);
    }
  }
  for (const { name, neededBy } of TRANSACTION_FIELDS) {
    const isNeeded = neededBy.some((kind) => kind === row['kind']);
    if (isNeeded && !Object.hasOwn(row, name)) problems.push(`no ${name}`);
  }
  return problems;
}

function isGood(line: string): boolean {
  try {
    const row = JSON.parse(line) as Row;
    const isKind = KINDS.some((kind) => kind === row['kind']);
    const hasAccount = row['kind'] === 'terminal' || typeof row['account'] === 'string';
    return isKind && hasAccount && typeof (row['amount'] ?? 0) === 'number';
  } catch {
    return false;
  }
}

describe('labels', () => {
  it('name rows of the stream, each once, known later', () => {
    const times = new Map(parsed.map((row) => [row['id'], Number(row['time'])]));
    expect(labelOf.size).toBe(stream.labels.length);
    for (const { transactionId, knownAtMs } of stream.labels) {
      expect(knownAtMs).toBeGreaterThan(times.get(transactionId) ?? Infinity);
    }
  });

  it('cover every kind of trigger, about one row in a hundred', () => {
    const injected = stream.labels.filter(({ label }) => label !== 'genuine');
    expect(injected.length / parsed.length).toBeGreaterThan(0.006);
    expect(injected.length / parsed.length).toBeLessThan(0.018);
    const guilty = much.labels.filter(({ label }) => label !== 'genuine');
    const kinds = new Set(guilty.map(({ kind }) => kind));
    const expected = [
      'abnormal-frequency',
      'abnormal-region',
      'account-state',
      'amount-too-large',
      'card-testing',
      'charged-but-failed',
      'charged-unverified',
      'composite',
      'duplicate-charge',
      'excessive-refunds',
      'impossible-travel',
      'input-error',
      'insufficient-balance',
      'ip-conflict',
      'late-reversal',
      'ledger-mismatch',
      'listed-entity',
      'maintenance',
      'merchant-mismatch',
      'payment-code',
      'policy',
      'refund-of-nothing',
      'security-failed',
      'skimmed-unknown-then',
      'software-outdated',
      'terminal-compromised',
      'terminal-fault',
      'terminal-moved',
      'took-too-long',
      'unauthorised-reversal',
      'under-the-radar',
      'velocity-amount',
    ];
    expect([...kinds].toSorted()).toEqual(expected);
  });

  it('come into the stream, some of them, when they are known', () => {
    const told = muchRows.filter(({ kind }) => kind === 'label');
    expect(told.length).toBeGreaterThan(100);
    const known = new Map(much.labels.map((label) => [label.transactionId, label]));
    const those = told.filter(({ of }) => known.has(String(of)));
    expect(those.length).toBeGreaterThan(100);
    for (const row of those) {
      const label = known.get(String(row['of']));
      expect([row['label'], row['time']]).toEqual([label?.label, label?.knownAtMs]);
    }
  });

  it('leave honest cards with a right check digit', () => {
    const kinds = new Map(much.labels.map(({ transactionId, kind }) => [transactionId, kind]));
    const wrong = muchRows.filter((row) => {
      const card = row['card'];
      // News of such a payment carries its card too.
      if (row['kind'] !== 'payment' || typeof card !== 'string') return false;
      return luhnDigit(Number(card.slice(0, -1))) !== Number(card.slice(-1));
    });
    expect(wrong.length).toBeGreaterThan(0);
    for (const row of wrong) expect(kinds.get(String(row['id']))).toBe('input-error');
  });
});
