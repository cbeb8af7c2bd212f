// What falls due while no row comes, part by part: the same bytes as in one go, with any workers, and no part
// longer than asked for but by its last amendment. Stream time is the new one behind the last part.

import { describe, expect, test } from 'vitest';
import { stoppedClock } from '../../src/base/clock.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { Engine } from '../../src/engine/engine.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { parseLines } from '../../src/engine/parse-lines.ts';
import { memorySource } from '../../src/transport/open-source.ts';
import { planOf } from '../rules/front/help.ts';
import { linesOf, rowBytes, runEngine } from './run-engine.ts';

const START_MS = Date.UTC(2026, 2, 2, 4);
const HOUR = 3_600_000;
const PAYMENTS = 400;

/** Each payment waits for three instants: two of its clocks and the end of its hold. */
const PLAN = planOf(`ruleset: t
currency: CNY
time: { lateness: 1h }
hold: { for: 2h, onExpiry: reverse }
rules:
  - { id: big, when: 'tx.amount > 10', outcome: hold, reason: POLICY }
  - { id: slow, when: 'payment.pendingFor() > duration("20m")', outcome: hold, reason: VELOCITY_COUNT }
  - { id: slower, when: 'payment.pendingFor() > duration("90m")', outcome: hold, reason: TIMEOUT_UNKNOWN }
`);

function payment(id: string, timeMs: number): { readonly [key: string]: unknown } {
  const base = { id, kind: 'payment', account: 'A', merchant: 'M', currency: 'CNY' };
  return { ...base, time: timeMs, amount: 5000 };
}

const ROWS = rowBytes(
  Array.from({ length: PAYMENTS }, (_, k) => payment(`p${k}`, START_MS + (k >> 2) * 1000)),
  'ndjson',
);
const BYTES = Buffer.concat(ROWS);

/** In one go, by the engine without threads. */
function inOneGo(passMs: number): Decision[] {
  const engine = new LocalEngine({ plan: PLAN });
  const decisions: Decision[] = [];
  parseLines(engine.decideBytes(ROWS, 'ndjson').decisions, decisions);
  return [...decisions, ...engine.advance(null, passMs)];
}

describe('behind the last row of a source', () => {
  const wanted = inOneGo(Infinity);
  const part = inOneGo(HOUR);

  test('there is much that falls due, of several causes', () => {
    expect(wanted.length).toBe(PAYMENTS * 4);
    expect(part.length).toBe(PAYMENTS * 2);
    const causes = wanted.map(({ cause }) => cause).filter((cause) => cause !== undefined);
    expect([...new Set(causes)].toSorted()).toEqual(['hold-expired', 'timer']);
  });

  test.each([
    [1, 1],
    [2, 10_000],
    [5, 3000],
  ])('%i workers, parts of %i bytes', async (workers, dueBytesMax) => {
    for (const [drainMs, due] of [
      [Infinity, wanted],
      [HOUR, part],
    ] as const) {
      const finished = await runEngine({
        plan: PLAN,
        bytes: BYTES,
        format: 'ndjson',
        workers,
        batchRowsMax: 64,
        engine: { dueBytesMax },
        run: { drainMs },
      });
      expect(finished.error).toBe(null);
      expect(linesOf(finished.decisions).map((line) => JSON.parse(line) as Decision)).toEqual(due);
    }
  });
});

describe('of an engine that is asked for them', () => {
  test.each([
    [1, 4000],
    [2, 1],
  ])('%i workers, parts of %i bytes', async (workers, dueBytesMax) => {
    const engine = await Engine.create({
      plan: PLAN,
      workers,
      batchRowsMax: PAYMENTS,
      inputFormat: 'ndjson',
      outputFormat: 'ndjson',
      clock: stoppedClock,
      dueBytesMax,
    });
    try {
      const decide = async (bytes: Uint8Array): Promise<Decision[]> => {
        const source = memorySource(bytes, { format: 'ndjson', clock: stoppedClock });
        const decided = await engine.decideBatch((input) => source.read(input), 'ndjson');
        const decisions: Decision[] = [];
        for (const piece of decided?.decisions ?? []) parseLines(piece, decisions);
        return decisions;
      };
      const decisions = await decide(BYTES);
      const untilMs = START_MS + 6 * HOUR;
      let parts = 0;
      for await (const pieces of engine.advance(untilMs, 0)) {
        const from = decisions.length;
        for (const piece of pieces) parseLines(piece, decisions);
        const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
        const last = Buffer.byteLength(JSON.stringify(decisions.at(-1))) + 1;
        expect(bytes - last).toBeLessThanOrEqual(dueBytesMax);
        if (dueBytesMax === 1) expect(decisions.length - from).toBe(1);
        parts++;
      }
      expect(decisions).toEqual(inOneGo(6 * HOUR));
      expect(parts).toBeGreaterThan(PAYMENTS / 10);
      const [late, first] = [untilMs - HOUR - 1, untilMs - HOUR];
      const rows = rowBytes([payment('late', late), payment('first', first)], 'ndjson');
      const flags = (await decide(Buffer.concat(rows))).map((decision) => decision.flags ?? []);
      expect(flags).toEqual([['LATE'], []]);
    } finally {
      await engine.close();
    }
  });
});
