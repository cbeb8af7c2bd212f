// Every key that a rail file may have, by the map it stands in: the one table behind both its reader
// (rails.ts) and its JSON Schema (schema.ts), as keys.ts is for rules files.

import type { KeySpec } from './keys.ts';
import { key, listOf, needed, ref } from './keys.ts';

export const CUT_OFF_DAYS_MAX = 366;

export const RAIL_KEYS: readonly KeySpec[] = [
  needed('rail', 'Name of the rail, as transactions and rules files name it', {
    type: 'string',
    pattern: '^.{1,64}$',
  }),
  key('description', 'Which payments it is for', { type: 'string' }),
  key('timezone', "IANA name; where its days and times of day are. Default the rules file's", {
    type: 'string',
  }),
  key('reversal', 'Undoes a payment whose outcome is not known', ref('method')),
  key(
    'void',
    'Takes back a payment known to have succeeded, whole, before it is cleared',
    ref('method'),
  ),
  key('refund', 'Gives back later, in whole or part', ref('method')),
  key('queryFirst', 'Ask the provider for the outcome after so long each, before a reversal', {
    ...listOf(ref('duration')),
    minItems: 1,
  }),
];

/** Of reversal, void and refund. */
export const RAIL_METHOD_KEYS: readonly KeySpec[] = [
  key(
    'notBefore',
    'Time after the payment before which it is not open; default 0s',
    ref('duration'),
  ),
  key('within', 'Open so long after the payment: a duration, or calendar months or years', {
    oneOf: [ref('duration'), { type: 'string', pattern: '^[0-9]{1,3} (month|months|year|years)$' }],
    examples: ['7d', '11 months', '1 year'],
  }),
  key('until', 'Open until a time of day of the clearing day', ref('until')),
];

export const RAIL_UNTIL_KEYS: readonly KeySpec[] = [
  needed('cutOff', 'Local time of day; a payment at or after it is cleared with the next day', {
    type: 'string',
    pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
  }),
  key('days', 'Days after the clearing day; default 0', {
    type: 'integer',
    minimum: 0,
    maximum: CUT_OFF_DAYS_MAX,
  }),
];

/** Definitions of the schema that are maps with known keys. */
export const RAIL_TABLES: readonly (readonly [string, readonly KeySpec[]])[] = [
  ['method', RAIL_METHOD_KEYS],
  ['until', RAIL_UNTIL_KEYS],
];
