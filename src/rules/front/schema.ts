// The JSON Schema of a rules file, for editors, made from the same table that the checker reads.
// docs/schemas/rules.schema.json is this, written out; a test holds the two equal.

import type { JsonSchema, KeySpec } from './keys.ts';
import { KEY_TABLES, TOP_KEYS } from './keys.ts';

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
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Holdfast rules file',
    description: 'Rules that decide on payments; expressions are in the syntax of CEL.',
    ...root,
    $defs: {
      expression: {
        description: 'Expression in the syntax of CEL (Common Expression Language)',
        type: ['string', 'number', 'boolean'],
      },
      duration: {
        description: 'Whole numbers with units: ms, s, m, h, d',
        type: 'string',
        pattern: '^([0-9]+(ms|s|m|h|d)){1,5}$',
        examples: ['90s', '10m', '24h', '30d', '500ms'],
      },
      ...Object.fromEntries(KEY_TABLES.map(([name, keys]) => [name, mapSchema(keys)])),
    },
  };
}
