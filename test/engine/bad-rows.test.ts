// Rows that cannot be read, under ids that others have: each is told under the next revision, the same one
// again as a repeat, amendments of what is kept included. What the engine says is held to the plain model,
// with 1 and 3 workers, in batches of any size.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { Oracle, decisionsOf } from '../oracle/brute-force.ts';
import { asWritten } from '../support/as-written.ts';
import { close } from '../support/close.ts';
import { randomLifeRules } from '../support/random-life-rules.ts';
import { randomLifeStream } from '../support/random-life-stream.ts';
import { runs } from '../support/runs.ts';
import { linesOf, runEngine } from './run-engine.ts';

const FIRST_SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 1);
const DRAIN_MS = 3_600_000;
const FOR_EVER_MS = 400 * 86_400_000;

type Row = Readonly<Record<string, unknown>>;

/** The stream with rows that are wrong, and come again as they were, wrong in another way, or mended. */
function withWrongRows(random: Random, rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  const before: Row[] = [];
  for (const row of rows) {
    const wrong = random.chance(0.2) ? { ...row, ip: random.below(2) } : row;
    if (random.chance(0.1) && before.length > 0) out.push(random.pick(before));
    out.push(wrong);
    before.push(wrong);
    if (wrong !== row && random.chance(0.5)) out.push(row);
  }
  return out;
}

test('a dead letter that no region has room for', async () => {
  const { plan } = randomLifeRules(new Random(FIRST_SEED));
  const long = `{"id":"long","kind":"payment","x":"${'\\u00e9'.repeat(10_850)}"}\n`;
  const bytes = Buffer.from(`${long}{"id":"short"}\n`);
  for (const workers of [1, 2]) {
    const options = { plan, bytes, format: 'ndjson', workers, batchRowsMax: 40 } as const;
    const { letters, error } = await runEngine(options);
    expect(error).toBe(null);
    const ids = linesOf(letters).map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids, `${workers} workers`).toEqual(['long', 'short']);
  }
});

test.each(Array.from({ length: runs(6) }, (_, k) => FIRST_SEED + k))('seed %i', async (seed) => {
  const random = new Random(seed);
  const { plan: drawn, text } = randomLifeRules(random);
  // Every other time no id is forgotten, however far the stream's clock jumps.
  const isKnown = seed % 2 === 0;
  const plan = isKnown ? { ...drawn, repeats: { ...drawn.repeats, forMs: FOR_EVER_MS } } : drawn;
  const stream = randomLifeStream(random, { rowCount: 150, payments: 12 }) as unknown as Row[];
  const rows = withWrongRows(random, stream);
  const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

  const oracle = new Oracle(plan, { withShadow: true });
  const wanted = rows.flatMap((row) => decisionsOf(oracle.take(row)));
  wanted.push(...oracle.advance(oracle.streamTime + DRAIN_MS));

  for (const [workers, batchRowsMax] of [
    [1, 4096],
    [1, 1],
    [3, 40],
  ] as const) {
    const options = { plan, bytes, format: 'ndjson', workers, batchRowsMax } as const;
    const { decisions, error } = await runEngine({ ...options, run: { drainMs: DRAIN_MS } });
    expect(error).toBe(null);
    const told = linesOf(decisions).map((line) => JSON.parse(line) as Decision);
    expect(told.length, text).toBe(wanted.length);
    told.forEach((decision, k) => {
      expect(close(decision, asWritten(wanted[k])), `decision ${k}\n${text}`).toBe(null);
    });
    if (!isKnown) continue;
    const ids = told.filter(({ flags = [] }) => !flags.includes('REPEAT'));
    expect(new Set(ids.map(({ decisionId }) => decisionId)).size, text).toBe(ids.length);
  }
});
