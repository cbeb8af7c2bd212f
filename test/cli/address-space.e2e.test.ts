// A process that gets less address space than it takes: at whichever thread it ends, the error and the
// exit code are the same. The limits are of Linux, the sizes about those that main's batches leave.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PROGRAM } from './program.ts';

const RULES = fileURLToPath(new URL('../../fixtures/rules/first.yaml', import.meta.url));
const SCRIPT =
  'ulimit -v "$1" && exec "$2" "$3" run --rules "$4" --in /dev/null --out - --workers 1';

test.skipIf(process.platform !== 'linux').each([
  ['main', 20],
  ['a worker', 40],
])('%s: %i GB', async (_, gigabytes) => {
  const args = ['-c', SCRIPT, 'sh', `${gigabytes}000000`, process.execPath, PROGRAM, RULES];
  const [code, err] = await new Promise<[unknown, string]>((resolve) => {
    execFile('sh', args, (error, _out, text) => resolve([error?.code ?? 0, text]));
  });
  expect(err).toMatch(/^holdfast: Cannot reserve .* of address space for/);
  expect(code).toBe(4);
});
