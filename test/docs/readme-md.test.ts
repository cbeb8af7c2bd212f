// What the README shows is what is: its rules file, its decision, its commands, its exit codes.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import { loadRulesFile } from '../../src/rules/front/load.ts';
import { fencedBlocks } from '../support/fenced-blocks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FIRST = `${ROOT}fixtures/rules/first.yaml`;
const text = readFileSync(`${ROOT}README.md`, 'utf8');

function blocks(language: string): string[] {
  const found = fencedBlocks(text).filter(({ mark }) => mark === '');
  return found.filter((block) => block.language === language).map((block) => block.text);
}

test('the rules file is fixtures/rules/first.yaml', () => {
  expect(blocks('yaml')).toEqual([readFileSync(FIRST, 'utf8')]);
});

test('the row is decided as shown', async () => {
  const [row = '', decision = ''] = blocks('ndjson');
  const loaded = await loadRulesFile(FIRST);
  if (!loaded.ok) throw new Error('first.yaml is rejected');
  const engine = new LocalEngine({ plan: loaded.plan });
  const { decisions } = engine.decideBytes([new TextEncoder().encode(row)], 'ndjson');
  expect(new TextDecoder().decode(decisions)).toBe(decision);
});

test('every command is one', () => {
  const commands = [...text.matchAll(/npx holdfast ([^\n`]+)/g)].map(([, line = '']) => line);
  expect(commands.length).toBeGreaterThan(3);
  for (const line of commands) {
    const [name, ...args] = line.split(' ');
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (command === undefined) throw new Error(`no command ${line}`);
    parseArguments(command, args);
  }
});

const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test('every script is one, every package is named', () => {
  const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  for (const name of scripts) expect(Object.keys(manifest.scripts)).toContain(name);
  for (const name of Object.keys(manifest.dependencies)) expect(text).toContain(`| \`${name}\``);
  const forDevelopment = Object.keys(manifest.devDependencies).filter((n) => n !== '@types/node');
  for (const name of forDevelopment) expect(text).toContain(`\`${name}\``);
});

test('every package that is installed with it is used by it', () => {
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${ROOT}src/${name}`, 'utf8'));
  const imported = new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/^(?:import|export) (?!type\b)[^;]*? from '([^'./][^']*)'/gm)].map(
        ([, name = '']) => name,
      ),
    ),
  );
  expect(Object.keys(manifest.dependencies).filter((name) => !imported.has(name))).toEqual([]);
});

test('every exit code is listed', () => {
  const rows = [...text.matchAll(/^\| (\d+(?:, \d+)*) +\|/gm)].flatMap(([, codes = '']) =>
    codes.split(', ').map(Number),
  );
  expect(rows).toEqual(Object.values(EXIT));
});
