// Every key that a rail file may have, by the map it stands in: the one table behind both its reader
// (rails.ts) and its JSON Schema (schema.ts), as keys.ts is for rules files.

import type { JsonSchema, KeySpec } from './keys.ts';

const DURATION: JsonSchema = { $ref: '#/$defs/duration' };
const METHOD: JsonSchema = { $ref: '#/$defs/method' };

export const CUT_OFF_DAYS_MAX = 366;

export const RAIL_KEYS: readonly KeySpec[] = [
  {
    name: 'rail',
    required: true,
    description: 'Name of the rail, as transactions and rules files name it',
    schema: { type: 'string', pattern: '^.{1,64}$' },
  },
  { name: 'description', description: 'Which payments it is for', schema: { type: 'string' } },
  {
    name: 'timezone',
    description: "IANA name; where its days and times of day are. Default the rules file's",
    schema: { type: 'string' },
  },
  {
    name: 'reversal',
    description: 'Undoes a payment whose outcome is not known',
    schema: METHOD,
  },
  {
    name: 'void',
    description: 'Takes back a payment known to have succeeded, whole, before it is cleared',
    schema: METHOD,
  },
  { name: 'refund', description: 'Gives back later, in whole or part', schema: METHOD },
  {
    name: 'queryFirst',
    description: 'Ask the provider for the outcome after so long each, before a reversal',
    schema: { type: 'array', items: DURATION, minItems: 1 },
  },
];

/** Of reversal, void and refund. */
export const RAIL_METHOD_KEYS: readonly KeySpec[] = [
  {
    name: 'notBefore',
    description: 'Time after the payment before which it is not open; default 0s',
    schema: DURATION,
  },
  {
    name: 'within',
    description: 'Open so long after the payment: a duration, or calendar months or years',
    schema: {
      oneOf: [DURATION, { type: 'string', pattern: '^[0-9]{1,3} (month|months|year|years)$' }],
      examples: ['7d', '11 months', '1 year'],
    },
  },
  {
    name: 'until',
    description: 'Open until a time of day of the clearing day',
    schema: { $ref: '#/$defs/until' },
  },
];

export const RAIL_UNTIL_KEYS: readonly KeySpec[] = [
  {
    name: 'cutOff',
    required: true,
    description: 'Local time of day; a payment at or after it is cleared with the next day',
    schema: { type: 'string', pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' },
  },
  {
    name: 'days',
    description: 'Days after the clearing day; default 0',
    schema: { type: 'integer', minimum: 0, maximum: CUT_OFF_DAYS_MAX },
  },
];

/** Definitions of the schema that are maps with known keys. */
export const RAIL_TABLES: readonly (readonly [string, readonly KeySpec[]])[] = [
  ['method', RAIL_METHOD_KEYS],
  ['until', RAIL_UNTIL_KEYS],
];
