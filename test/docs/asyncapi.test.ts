// docs/asyncapi.yaml: every reference leads somewhere, in the document and in the schemas that it
// names, and its examples are what the schemas say and the rails of fixtures/rails allow.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { METHODS } from '../../src/domain/rails.ts';
import { loadRulesFile } from '../../src/rules/front/load.ts';
import { RailWindows, newReversalChoice } from '../../src/rules/runtime/rail-windows.ts';
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

interface Message {
  readonly payload: { readonly $ref: string };
  readonly examples?: readonly { readonly name: string; readonly payload: unknown }[];
}

const messages = Object.values(root['components']!['messages'] as Record<string, Message>);
const examples = messages.flatMap(({ payload, examples: all = [] }) =>
  all.map((example) => ({ ...example, ref: payload.$ref })),
);

describe('examples conform to the schema of their message', () => {
  test('there are some', () => {
    expect(examples.length).toBeGreaterThan(2);
  });

  test.each(examples)('$name', ({ payload, ref }) => {
    expect(validate(resolve(root, ref) as Schema, payload)).toEqual([]);
  });
});

interface Reversed {
  readonly eventTime: number;
  readonly reversal?: Readonly<Record<string, unknown>>;
}

const loaded = await loadRulesFile(
  fileURLToPath(new URL('../../fixtures/rules/pos-wallet.yaml', import.meta.url)),
);
if (!loaded.ok) throw new Error('pos-wallet.yaml is rejected');
const { rails } = loaded.plan.life;

/** What each rail says of a payment that is reversed as soon as it was made. */
function reversalsOf(timeMs: number): Record<string, unknown>[] {
  const windows = new RailWindows(rails);
  const choice = newReversalChoice();
  return rails.flatMap((_, rail) =>
    [true, false].map((isKnownSuccess) => {
      windows.choose(rail, timeMs, timeMs, isKnownSuccess, false, choice);
      const told = {
        method: METHODS[choice.method],
        notBefore: choice.notBeforeMs,
        notAfter: choice.notAfterMs,
        fallbackMethod: METHODS[choice.fallbackMethod],
        queryFirst: rails[choice.queryRail]?.queryFirstMs,
      };
      return Object.fromEntries(
        Object.entries(told).filter(([, one]) => one !== undefined && !Number.isNaN(one)),
      );
    }),
  );
}

describe('a reversal in the examples is one that a rail of the fixtures gives', () => {
  const reversed = examples.filter(({ payload }) => (payload as Reversed).reversal !== undefined);

  test('there are some', () => {
    expect(reversed.length).toBeGreaterThan(1);
  });

  test.each(reversed)('$name', ({ payload }) => {
    const { eventTime, reversal } = payload as Reversed;
    expect(reversalsOf(eventTime)).toContainEqual(reversal);
  });
});
