// docs/asyncapi.yaml: every reference leads somewhere, in the document and in the schemas that it
// names, and its examples are what the schemas say.

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import type { Schema } from '../support-schema/validate.ts';
import { validate } from '../support-schema/validate.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const text = readFileSync(new URL('asyncapi.yaml', DOCS), 'utf8');
const document = parseDocument(text, { uniqueKeys: true });
const root = document.toJS() as Record<string, Record<string, unknown>>;

/** Every $ref below `node`. */
function refsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : refsOf(value),
  );
}

/** What `ref` names, seen from `from`; throws where a file is not there. */
function resolve(from: unknown, ref: string): unknown {
  const [file = '', pointer = ''] = ref.split('#');
  const start: unknown = file === '' ? from : JSON.parse(readFileSync(new URL(file, DOCS), 'utf8'));
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], start);
}

const refs = [...new Set(refsOf(root))];

test('is YAML without faults', () => {
  expect(document.errors).toEqual([]);
  expect(document.warnings).toEqual([]);
  expect(root['asyncapi']).toBe('3.0.0');
  expect(Object.keys(root['channels']!)).toEqual([
    'transactions',
    'decisions',
    'dead-letters',
    'alerts',
  ]);
});

test.each(refs)('%s leads somewhere', (ref) => {
  const target = resolve(root, ref);
  expect(target).toBeTypeOf('object');
  if (ref.startsWith('#')) return;
  for (const inner of refsOf(target)) expect(resolve(target, inner), inner).toBeTypeOf('object');
});

test('a reference that leads nowhere is found', () => {
  expect(resolve(root, '#/components/messages/nothing')).toBeUndefined();
  expect(() => resolve(root, './schemas/nothing.schema.json')).toThrow('ENOENT');
});

test('every schema of a record is the payload of a message', () => {
  const records = readdirSync(new URL('schemas/', DOCS)).filter(
    (name) => !['rules.schema.json', 'rail.schema.json'].includes(name),
  );
  expect(refs).toEqual(expect.arrayContaining(records.map((name) => `./schemas/${name}`)));
});

describe('examples conform to the schema of their message', () => {
  interface Message {
    readonly payload: { readonly $ref: string };
    readonly examples?: readonly { readonly name: string; readonly payload: unknown }[];
  }
  const messages = Object.values(root['components']!['messages'] as Record<string, Message>);
  const examples = messages.flatMap(({ payload, examples: all = [] }) =>
    all.map((example) => ({ ...example, ref: payload.$ref })),
  );

  test('there are some', () => {
    expect(examples.length).toBeGreaterThan(2);
  });

  test.each(examples)('$name', ({ payload, ref }) => {
    expect(validate(resolve(root, ref) as Schema, payload)).toEqual([]);
  });
});
