// The JSON Schemas of rules files and rail files, for editors, made from the same tables that the
// checkers read. docs/schemas/rules.schema.json and rail.schema.json are these, written out; a test
// holds them equal.

import type { JsonSchema, KeySpec } from './keys.ts';
import { KEY_TABLES, TOP_KEYS } from './keys.ts';
import { RAIL_KEYS, RAIL_TABLES } from './rail-keys.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

const DURATION: JsonSchema = {
  description: 'Whole numbers with units: ms, s, m, h, d',
  type: 'string',
  pattern: '^([0-9]+(ms|s|m|h|d)){1,5}$',
  examples: ['90s', '10m', '24h', '30d', '500ms'],
};

/** A map with these keys and no others. */
function mapSchema(keys: readonly KeySpec[]): JsonSchema {
  const required = keys.filter((key) => key.required === true).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      keys.map(({ name, description, schema }) => [name, { description, ...schema }]),
    ),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

export function rulesSchema(): JsonSchema {
  // With include the rules may all stand elsewhere, and included files need neither.
  const root = mapSchema(
    TOP_KEYS.map(({ name, description, schema }) => ({ name, description, schema })),
  );
  return {
    $schema: DRAFT,
    title: 'Holdfast rules file',
    description: 'Rules that decide on payments; expressions are in the syntax of CEL.',
    ...root,
    $defs: {
      expression: {
        description: 'Expression in the syntax of CEL (Common Expression Language)',
        type: ['string', 'number', 'boolean'],
      },
      duration: DURATION,
      ...tableSchemas(KEY_TABLES),
    },
  };
}

export function railSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Holdfast rail file',
    description: 'The windows in which money goes back on a rail.',
    ...mapSchema(RAIL_KEYS),
    $defs: { duration: DURATION, ...tableSchemas(RAIL_TABLES) },
  };
}

function tableSchemas(
  tables: readonly (readonly [string, readonly KeySpec[]])[],
): Record<string, JsonSchema> {
  return Object.fromEntries(tables.map(([name, keys]) => [name, mapSchema(keys)]));
}
