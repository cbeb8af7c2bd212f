// The JSON Schemas of rules files and rail files, for editors, made from the same tables that the
// checkers read. docs/schemas/rules.schema.json and rail.schema.json are these, written out; a test
// holds them equal.

import type { KeySpec, KeyTable } from './keys.ts';
import { KEY_TABLES, TOP_KEYS } from './keys.ts';
import { RAIL_DEPENDENCIES, RAIL_KEYS, RAIL_TABLES } from './rail-keys.ts';
import type { JsonSchema } from './shapes.ts';
import { DURATION, NAME, POSITIVE_DURATION } from './shapes.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

const DURATIONS = { duration: DURATION, positiveDuration: POSITIVE_DURATION };

/** A map with these keys and no others. */
function mapSchema(keys: readonly KeySpec[], dependencies: JsonSchema = {}): JsonSchema {
  const required = keys.filter((key) => key.required === true).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      keys.map(({ name, description, schema }) => [name, { description, ...schema }]),
    ),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    ...dependencies,
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
      ...DURATIONS,
      name: NAME,
      ...tableSchemas(KEY_TABLES),
    },
  };
}

export function railSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Holdfast rail file',
    description: 'The windows in which money goes back on a rail.',
    ...mapSchema(RAIL_KEYS, RAIL_DEPENDENCIES),
    $defs: { ...DURATIONS, ...tableSchemas(RAIL_TABLES) },
  };
}

function tableSchemas(tables: readonly KeyTable[]): Record<string, JsonSchema> {
  return Object.fromEntries(
    tables.map(([name, keys, dependencies]) => [name, mapSchema(keys, dependencies)]),
  );
}
