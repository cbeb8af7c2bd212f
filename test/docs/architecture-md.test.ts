// docs/architecture.md names the tests that hold each invariant, the files to begin reading at, and
// records of decisions. All of them must be there.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${ROOT}docs/architecture.md`, 'utf8');

/** Cells of the table rows that name a test file, one entry a file, with the names of tests. */
function heldBy(): { readonly path: string; readonly names: readonly string[] }[] {
  return [...text.matchAll(/`(test\/[^`]+\.test\.ts)`(?:: ((?:"[^"]+"(?:, )?)+))?/g)].map(
    ([, path = '', names = '']) => ({
      path,
      names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
    }),
  );
}

describe('tests that are named', () => {
  test('are many', () => {
    expect(heldBy().length).toBeGreaterThan(25);
  });

  test.each(heldBy())('$path: $names', ({ path, names }) => {
    const source = existsSync(ROOT + path) ? readFileSync(ROOT + path, 'utf8') : '';
    expect(source, path).not.toBe('');
    for (const name of names) expect(source).toContain(`'${name}'`);
  });
});

test('every folder of src is described, with files that exist', () => {
  const rows = [...text.matchAll(/^\| `([a-z/]+)` +\|[^|]*\|([^|]*)\|$/gm)];
  const folders = rows.map(([, folder = '']) => folder.split('/')[0]);
  const inSrc = readdirSync(`${ROOT}src`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(new Set(folders)).toEqual(new Set(inSrc));
  for (const [, folder = '', files = ''] of rows) {
    for (const [, file = ''] of files.matchAll(/`([^`]+)`/g)) {
      expect(existsSync(`${ROOT}src/${folder}/${file}`), `${folder}/${file}`).toBe(true);
    }
  }
});

test.each(['docs/architecture.md', 'docs/decisions/README.md', 'README.md'])(
  'links of %s lead somewhere',
  (path) => {
    const from = new URL(`../../${path}`, import.meta.url);
    const links = [...readFileSync(from, 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)];
    for (const [, link = ''] of links) {
      if (link.startsWith('http')) continue;
      expect(existsSync(fileURLToPath(new URL(link, from))), link).toBe(true);
    }
  },
);

test('every decision is listed', () => {
  const index = readFileSync(`${ROOT}docs/decisions/README.md`, 'utf8');
  const records = readdirSync(`${ROOT}docs/decisions`).filter((name) => /^\d/.test(name));
  expect(records.length).toBeGreaterThan(9);
  for (const name of records) expect(index).toContain(`(${name})`);
});
