// Which versions of Node the scripts take: those that package.json and the README name.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Prepare {
  isNewEnough(this: void, version: string, range: string): boolean;
}

const root = new URL('../../', import.meta.url);
const { isNewEnough } = (await import(new URL('scripts/prepare.mjs', root).href)) as Prepare;
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  readonly engines: { readonly node: string };
};

test.each([
  ['18.20.8', false],
  ['20.0.0', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.0.0', true],
  ['22.1.0', true],
])('Node %s: %s', (version, isGood) => {
  expect(isNewEnough(version, '>=20.19')).toBe(isGood);
});

test('package.json and the README name one version', () => {
  expect(isNewEnough(process.versions.node, manifest.engines.node)).toBe(true);
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  expect(readme).toContain(`Node ${manifest.engines.node.replace('>=', '')} or newer`);
});
