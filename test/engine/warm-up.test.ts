// A warmed worker stays fast when the first rare row comes: V8 throws none of the hot functions away
// when, after plain rows, late, tied, repeated, incomplete and bad ones come for the first time.
// Told by the engine's own trace of deoptimisations, in a child process.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { TransactionGenerator } from '../../src/load/generator.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Generated code: the update of an entity kind, and the rules, whose functions have no name. */
const HOT = ['', 'update', 'decode', 'touch', 'check', 'markStreamTime', 'findFrom', 'collect'];

/** Plain rows, and after a blank line rare ones of other ids. */
function makeRows(): string {
  const write = (rows: number, seed: number, rate: number, startMs?: number): [string, number] => {
    const generator = new TransactionGenerator({
      rows,
      accounts: 3000,
      seed,
      spanMs: 86_400_000,
      lateRate: rate,
      repeatRate: rate,
      badRate: rate / 4,
      ...(startMs !== undefined && { startMs }),
    });
    const bytes = Buffer.alloc(rows * 1024);
    return [bytes.toString('utf8', 0, generator.writeRows(bytes)), Math.ceil(generator.timeMs)];
  };
  const [plain, endMs] = write(20_000, 1, 0);
  const [rare] = write(8000, 2, 0.04, endMs);
  return `${plain}\n${rare.replaceAll(/"t(?=\d{9}")/g, '"u')}`;
}

interface Traced {
  readonly part: string;
  readonly name: string;
  readonly where: string;
}

/** Which optimised functions were thrown away, and in which part of the input. */
function readTrace(text: string): Traced[] {
  let part = 'warm-up';
  const found: Traced[] = [];
  for (const line of text.split('\n')) {
    part = /^== (.*)$/.exec(line)?.[1] ?? part;
    const name = /deoptimizing .*?<JSFunction ?(\S*?) ?(?:\(sfi|>)/.exec(line)?.[1];
    if (name !== undefined) found.push({ part, name, where: line.slice(0, 120) });
  }
  return found;
}

test('the first rare row throws no hot function away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-warm-'));
  try {
    const trace = join(folder, 'trace.txt');
    writeFileSync(join(folder, 'rows.ndjson'), makeRows());
    writeFileSync(trace, '');
    const flags = ['--trace-deopt', '--redirect-code-traces', `--redirect-code-traces-to=${trace}`];
    const child = fileURLToPath(new URL('children/first-rare-rows.mjs', import.meta.url));
    const rules = join(ROOT, 'fixtures', 'rules', 'pos-wallet.yaml');
    const args = [join(ROOT, 'dist'), rules, join(folder, 'rows.ndjson'), trace];
    await promisify(execFile)(process.execPath, [...flags, child, ...args], { cwd: folder });
    expect(existsSync(trace)).toBe(true);
    const text = readFileSync(trace, 'utf8');
    expect(text.match(/^== .*$/gm)).toEqual(['== plain', '== rare', '== end']);
    const traced = readTrace(text);
    // The warm-up itself throws code away: the trace is read as it should be.
    expect(traced.filter(({ part }) => part === 'warm-up').length).toBeGreaterThan(0);
    expect(traced.filter(({ part, name }) => part === 'rare' && HOT.includes(name))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
