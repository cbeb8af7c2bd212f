// Every key that a rail file may have, by the map it stands in: the one table behind both its reader
// (rails.ts) and its JSON Schema (schema.ts), as keys.ts is for rules files.

import type { KeySpec, KeyTable } from './keys.ts';
import { key, needed } from './keys.ts';
import type { JsonSchema } from './shapes.ts';
import { RAIL_NAME, TEXT, filled, listOf, ref, wholeFrom } from './shapes.ts';

export const CUT_OFF_DAYS_MAX = 366;
export const QUERIES_MAX = 32;

export const RAIL_KEYS: readonly KeySpec[] = [
  needed('rail', 'Name of the rail, as transactions and rules files name it', RAIL_NAME),
  key('description', 'Which payments it is for', TEXT),
  key(
    'timezone',
    "IANA name; where its days and times of day are. Default the rules file's",
    filled(),
  ),
  key('reversal', 'Undoes a payment whose outcome is not known', ref('method')),
  key(
    'void',
    'Takes back a payment known to have succeeded, whole, before it is cleared',
    ref('method'),
  ),
  key('refund', 'Gives back later, in whole or part', ref('method')),
  key(
    'queryFirst',
    'Ask the provider for the outcome after so long each, before a reversal',
    listOf(ref('positiveDuration'), { minItems: 1, maxItems: QUERIES_MAX }),
  ),
];

/** A rail has a way back. */
export const RAIL_DEPENDENCIES: JsonSchema = {
  anyOf: [{ required: ['reversal'] }, { required: ['void'] }, { required: ['refund'] }],
};

/** From 1 month to 10 years, in three digits at most. */
const MONTHS: JsonSchema = {
  type: 'string',
  pattern: '^((0{0,2}[1-9]|0?[1-9][0-9]|1[01][0-9]|120) months?|(0{0,2}[1-9]|0?10) years?)$',
};

/** Of reversal, void and refund. */
export const RAIL_METHOD_KEYS: readonly KeySpec[] = [
  key(
    'notBefore',
    'Time after the payment before which it is not open; default 0s',
    ref('duration'),
  ),
  key('within', 'Open so long after the payment: a duration, or calendar months or years', {
    oneOf: [ref('positiveDuration'), MONTHS],
    examples: ['7d', '11 months', '1 year'],
  }),
  key('until', 'Open until a time of day of the clearing day', ref('until')),
];

const RAIL_METHOD_DEPENDENCIES: JsonSchema = { not: { required: ['within', 'until'] } };

export const RAIL_UNTIL_KEYS: readonly KeySpec[] = [
  needed('cutOff', 'Local time of day; a payment at or after it is cleared with the next day', {
    type: 'string',
    pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
  }),
  key('days', 'Days after the clearing day; default 0', wholeFrom(0, CUT_OFF_DAYS_MAX)),
];

/** Definitions of the schema that are maps with known keys. */
export const RAIL_TABLES: readonly KeyTable[] = [
  ['method', RAIL_METHOD_KEYS, RAIL_METHOD_DEPENDENCIES],
  ['until', RAIL_UNTIL_KEYS],
];
