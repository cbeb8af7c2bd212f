// docs/library.md: its program runs as it stands, against the built package, and prints what it says.

import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { fencedBlocks } from '../support/fenced-blocks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const manual = readFileSync(join(ROOT, 'docs', 'library.md'), 'utf8');

function block(wanted: string): string {
  const found = fencedBlocks(manual).find(({ language, mark }) => `${language} ${mark}` === wanted);
  if (found === undefined) throw new Error(`docs/library.md has no block "${wanted}"`);
  return found.text;
}

test('the program of the manual prints what the manual says', async () => {
  // A folder where the package is installed.
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-library-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'holdfast'), 'dir');
    writeFileSync(join(folder, 'program.mjs'), block('js run'));
    const run = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: folder });
    expect(run.stdout.replaceAll(/ +$/gm, '')).toBe(block('text output').replaceAll(/ +$/gm, ''));
    expect(run.stderr).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
