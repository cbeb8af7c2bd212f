import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Decision, Outcome } from '../../src/domain/decision.ts';
import { ExamplePicker, findTransactions } from '../../src/load/examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

function decision(transactionId: string, outcome: Outcome, whats: string[]): Decision {
  return {
    decisionId: `${transactionId}#0`,
    transactionId,
    outcome,
    evidence: whats.map((what) => ({ rule: what, compared: [{ what, op: '>' }] })),
    revision: 0,
    rulesHash: 'h',
  };
}

function pickedOf(decisions: readonly Decision[]): string[] {
  const picker = new ExamplePicker();
  for (const item of decisions) picker.offer(item);
  return picker.picked().map(({ transactionId }) => transactionId);
}

describe('the decisions that are shown in full', () => {
  it('are a hold over a window, a reverse, and the one with most to tell', () => {
    expect(
      pickedOf([
        decision('plain', 'hold', ['tx.amount']),
        decision('window', 'hold', ['account.count("10m")']),
        decision('rich', 'hold', ['tx.amount', 'tx.mcc', 'tx.city']),
        decision('first', 'reverse', ['tx.amount']),
        decision('second', 'reverse', ['tx.amount']),
      ]),
    ).toEqual(['window', 'first', 'rich']);
  });

  it('have an amendment among them, rather by a row that came later than by time', () => {
    const late = (id: string, causedBy?: string): Decision => ({
      ...decision(id, 'reverse', ['payment.age()']),
      revision: 1,
      cause: causedBy === undefined ? 'timer' : 'status',
      ...(causedBy !== undefined && { causedBy }),
    });
    const picked = pickedOf([
      decision('rich', 'hold', ['tx.amount', 'tx.mcc', 'tx.city']),
      late('first timer'),
      late('told', 's1'),
      late('second timer'),
    ]);
    expect(picked).toEqual(['rich', 'told']);
  });

  it('are no one twice, and fewer when there are fewer', () => {
    expect(pickedOf([decision('only', 'hold', ['tx.amount'])])).toEqual(['only']);
    expect(pickedOf([])).toEqual([]);
  });
});

describe('their transactions', () => {
  it('are found by id, not by what mentions the id, in a file without a last newline', async () => {
    const path = join(folder, 'rows.ndjson');
    const filler = Array.from(
      { length: 60_000 },
      (_, i) => `{"id":"f${i}","order":"${'x'.repeat(80)}"}`,
    );
    writeFileSync(
      path,
      [
        '{"id":"label","of":"t1"}',
        ...filler.slice(0, 30_000),
        '{"id":"t1","amount":5}',
        'no row "t2"',
        ...filler.slice(30_000),
        '{"id":"t2","amount":7}',
      ].join('\n'),
    );
    const found = await findTransactions(path, [
      decision('t2', 'hold', []),
      decision('t1', 'hold', []),
      decision('t3', 'hold', []),
    ]);
    expect(found.map(({ transaction }) => transaction)).toEqual([
      { id: 't2', amount: 7 },
      { id: 't1', amount: 5 },
      null,
    ]);
  });

  it('end with a sentence when the file cannot be read', async () => {
    await expect(findTransactions(join(folder, 'none'), [])).rejects.toThrow(
      /Cannot read ".*none"/,
    );
  });
});
