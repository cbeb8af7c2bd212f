import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KEY_TABLES, TOP_KEYS } from '../../../src/rules/front/keys.ts';
import { RAIL_KEYS, RAIL_TABLES } from '../../../src/rules/front/rail-keys.ts';
import { railSchema, rulesSchema } from '../../../src/rules/front/schema.ts';
import type { Schema } from '../../support-schema/validate.ts';
import { validate } from '../../support-schema/validate.ts';

const written = JSON.parse(readFileSync('docs/schemas/rules.schema.json', 'utf8')) as Schema;
const FOLDERS = ['fixtures/rules/', 'fixtures/rules/datasets/', 'test/rules/front/fixtures/'];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => folder + name),
);

describe('JSON Schema of rules files', () => {
  test('the file is what the key table says', () => {
    expect(written).toEqual(rulesSchema());
  });

  test('its keys are the top-level keys of the language', () => {
    const keys =
      'ruleset version description include currency rates timezone rail rails entities fields lists ' +
      'registers reasons let rules exempt score invalid deadline hold guard time keep limits repeats tests';
    expect(TOP_KEYS.map(({ name }) => name).toSorted()).toEqual(keys.split(' ').toSorted());
  });

  test('every key is described', () => {
    for (const [, keys] of [['top', TOP_KEYS] as const, ...KEY_TABLES]) {
      for (const { description } of keys) expect(description.length).toBeGreaterThan(5);
    }
  });

  test.each(files)('accepts %s', (file) => {
    expect(validate(written, parse(readFileSync(file, 'utf8')))).toEqual([]);
  });

  test.each([
    ['key-typo', 2],
    ['shapes', 5],
    ['bad-units', 2],
    ['reasons', 1],
  ])('refuses %s', (name, least) => {
    const text = readFileSync(`fixtures/broken/${name}.yaml`, 'utf8');
    expect(validate(written, parse(text)).length).toBeGreaterThanOrEqual(least);
  });
});

describe('JSON Schema of rail files', () => {
  const railWritten = JSON.parse(readFileSync('docs/schemas/rail.schema.json', 'utf8')) as Schema;
  const problemsOf = (path: string): string[] =>
    validate(railWritten, parse(readFileSync(path, 'utf8')));

  test('the file is what the key table says', () => {
    expect(railWritten).toEqual(railSchema());
  });

  test('every key is described', () => {
    for (const [, keys] of [['top', RAIL_KEYS] as const, ...RAIL_TABLES]) {
      for (const { description } of keys) expect(description.length).toBeGreaterThan(5);
    }
  });

  test.each(readdirSync('fixtures/rails/'))('accepts %s', (name) => {
    expect(problemsOf(`fixtures/rails/${name}`)).toEqual([]);
  });

  test.each([
    ['card', 6],
    ['keys', 3],
    ['again', 1],
  ])('refuses %s', (name, least) => {
    expect(problemsOf(`fixtures/broken/rails/${name}.yaml`).length).toBeGreaterThanOrEqual(least);
  });
});
