// Every key that a rules file may have, by the map it stands in: the one table behind both the
// checker (unknown and missing keys) and the JSON Schema for editors (schema.ts).

import type { JsonSchema } from './shapes.ts';
import {
  AT,
  COUNT,
  FIELD,
  ID,
  KEY_PARTS,
  OUTCOME,
  OWN_FIELD,
  OWN_REASON,
  PATH,
  RAIL_NAME,
  REASON,
  TEST_ROWS_MAX,
  TEXT,
  codeOf,
  filled,
  listOf,
  mapOf,
  oneOf,
  oneOrListOf,
  ref,
  wholeFrom,
} from './shapes.ts';

export interface KeySpec {
  readonly name: string;
  readonly required?: true;
  readonly description: string;
  readonly schema: JsonSchema;
}

export const key = (name: string, description: string, schema: JsonSchema): KeySpec => ({
  name,
  description,
  schema,
});
export const needed = (name: string, description: string, schema: JsonSchema): KeySpec => ({
  name,
  required: true,
  description,
  schema,
});

export const RULE_KEYS: readonly KeySpec[] = [
  needed('id', 'Unique name of the rule', ID),
  key('trigger', 'Documented trigger that it looks for', TEXT),
  key('description', 'What it looks for, in words', TEXT),
  needed('when', 'Condition, in CEL', filled('boolean')),
  key('mode', 'live: decides. shadow: only reported. score: only adds its score', {
    enum: ['live', 'shadow', 'score'],
    default: 'live',
  }),
  key('outcome', 'What is decided when it fires (not with mode: score)', OUTCOME),
  key('reason', 'Reason code, or one with response codes of its own (not with mode: score)', {
    oneOf: [REASON, ref('ruleReason')],
  }),
  key('score', 'Number, or expression of a number, that it adds when it fires', filled('number')),
  key(
    'hold',
    "How its hold expires, with outcome: hold; what is left out is as the file's",
    ref('hold'),
  ),
];

/** How a rule's keys depend on each other. */
const RULE_DEPENDENCIES: JsonSchema = {
  allOf: [
    {
      if: { required: ['mode'], properties: { mode: { const: 'score' } } },
      then: { required: ['score'], properties: { outcome: false, reason: false } },
      else: { required: ['outcome', 'reason'] },
    },
    {
      if: { required: ['hold'] },
      then: { required: ['outcome'], properties: { outcome: { const: 'hold' } } },
    },
  ],
};

export const REASON_KEYS: readonly KeySpec[] = [
  key('de39', 'ISO 8583 response code, two characters', codeOf('^[0-9A-Z]{2}$', 99)),
  key('de25', 'ISO 8583 message reason, four digits', codeOf('^[0-9]{4}$', 9999)),
  key('iso', 'ISO 20022 external status reason', codeOf('^[A-Z0-9]{1,4}$', 9999)),
];

export const RULE_REASON_KEYS: readonly KeySpec[] = [
  needed('code', 'Reason code', REASON),
  ...REASON_KEYS,
];

export const EXEMPT_KEYS: readonly KeySpec[] = [
  needed('id', 'Unique name of the exemption', ID),
  key('description', 'Why, in words', TEXT),
  needed('when', 'Condition, in CEL', filled('boolean')),
  key(
    'from',
    'Outcomes that it takes away; default hold and reverse',
    oneOrListOf(OUTCOME, { minItems: 1 }),
  ),
  key(
    'rules',
    'Ids of the rules that it applies to; default all',
    oneOrListOf(ID, { minItems: 1 }),
  ),
];

export const REGISTER_KEYS: readonly KeySpec[] = [
  needed('file', 'CSV with a header line, relative to this file', PATH),
  key(
    'key',
    'Column, or columns, that name a row; left out only with from, to, scope',
    oneOrListOf(TEXT, KEY_PARTS),
  ),
  key(
    'types',
    'Types of columns that are not text',
    mapOf(oneOf(['string', 'number', 'money', 'boolean', 'time', 'version'])),
  ),
];

export const SCORE_KEYS: readonly KeySpec[] = [
  key('hold', 'A sum of scores at or over this holds, reason SCORE', { type: 'number' }),
  key('reverse', 'A sum of scores at or over this reverses, reason SCORE', { type: 'number' }),
];

export const INVALID_KEYS: readonly KeySpec[] = [
  key('outcome', 'Decision for input that cannot be read; default hold', OUTCOME),
];

export const TIME_KEYS: readonly KeySpec[] = [
  key('lateness', 'How late a row may come and still be counted; default 5m', ref('duration')),
  key(
    'aheadMax',
    "How far a time may lie past the source's own stamp; default 1h (not active in this version)",
    ref('duration'),
  ),
  key('scanMax', 'Rows that a late row may pass; default 4096', COUNT),
];

export const LIMITS_KEYS: readonly KeySpec[] = [
  key('rowsPerEntity', 'Rows kept per entity; default 1e6', COUNT),
  key('entities', 'Entities of a kind per shard; default 262144', COUNT),
  key('pending', 'Payments in flight per shard, 2 at least; default 262144', COUNT),
];

export const REPEATS_KEYS: readonly KeySpec[] = [
  key('for', 'How long an id is remembered; default 24h', ref('duration')),
  key('ids', 'How many ids are remembered; default 16e6', COUNT),
];

export const DEADLINE_KEYS: readonly KeySpec[] = [
  needed('budget', 'Time that a decision may take', ref('positiveDuration')),
  needed('fallback', 'What is decided when time runs out', OUTCOME),
  key(
    'catchUp',
    'A backlog at start: evaluate (default) decides it without a deadline, or the fallback',
    oneOf(['evaluate', 'fallback']),
  ),
];

export const HOLD_KEYS: readonly KeySpec[] = [
  key('for', 'How long a hold lasts; default 72h', ref('positiveDuration')),
  key('onExpiry', 'What it becomes then; default reverse', oneOf(['allow', 'reverse', 'refund'])),
];

export const KEEP_KEYS: readonly KeySpec[] = [
  key(
    'entities',
    'How long an entity without rows is remembered; default 90d',
    ref('positiveDuration'),
  ),
  key(
    'payments',
    'How long a payment is, after its last row; default 30d',
    ref('positiveDuration'),
  ),
  key(
    'waiting',
    'How long a row waits for the payment that it is about; default 10m',
    ref('positiveDuration'),
  ),
];

export const TEST_KEYS: readonly KeySpec[] = [
  needed('name', 'What it shows', TEXT),
  needed('given', 'Transactions, in order', listOf(ref('given'), { minItems: 1 })),
  needed('expect', 'What is decided on some of them', listOf(ref('expectation'), { minItems: 1 })),
];

export const GIVEN_KEYS: readonly KeySpec[] = [
  key('repeat', 'How many such transactions; default 1', wholeFrom(1, TEST_ROWS_MAX)),
  key('every', 'Time after the transaction before; default 1s', ref('duration')),
  needed(
    'tx',
    'Keys of the transaction; money in major units',
    mapOf({ type: ['string', 'number', 'boolean'] }, FIELD),
  ),
];

export const EXPECTATION_KEYS: readonly KeySpec[] = [
  needed('at', 'Which transaction, from 0, or from the end when negative', AT),
  key(
    'after',
    'As it stands after this transaction and all that it caused, or with `end` when all time has passed',
    { oneOf: [AT, { const: 'end' }] },
  ),
  key('outcome', 'The decision', OUTCOME),
  key('rules', 'Exactly the live rules that fired', oneOrListOf(ID)),
];

/** One that names neither could not fail. */
const EXPECTATION_DEPENDENCIES: JsonSchema = {
  anyOf: [{ required: ['outcome'] }, { required: ['rules'] }],
};

const EXTRA_FIELD_TYPE = oneOf(['string', 'number', 'boolean', 'integer', 'money', 'time']);

export const TOP_KEYS: readonly KeySpec[] = [
  needed('ruleset', 'Name of the set of rules', filled()),
  key(
    'version',
    'Version of the set, shown in decisions as it is written',
    filled('number', 'boolean'),
  ),
  key('description', 'What the set is for', TEXT),
  key('include', 'Rules files whose contents are added, relative to this file', oneOrListOf(PATH)),
  key('currency', "ISO 4217 code of the rules' money", { type: 'string', pattern: '^[A-Z]{3}$' }),
  key('rates', 'CSV with the columns currency and rate, relative to this file', PATH),
  key('timezone', 'IANA name; where days and months begin. Default UTC', filled()),
  key('rail', 'Name of the rail of payments that name none', RAIL_NAME),
  key('rails', 'Files of rails, relative to this file, or by name', {
    oneOf: [PATH, listOf(PATH), mapOf(PATH, RAIL_NAME)],
  }),
  key(
    'entities',
    'Entities by their key fields',
    mapOf(oneOrListOf(FIELD, KEY_PARTS), ref('name')),
  ),
  key('fields', "Keys of transactions beside the contract's", mapOf(EXTRA_FIELD_TYPE, OWN_FIELD)),
  key('lists', 'CSV files whose first column is a list of values', mapOf(PATH, ref('name'))),
  key('registers', 'CSV files that are looked up by key', mapOf(ref('register'), ref('name'))),
  key('reasons', "Reason codes beside the engine's", mapOf(ref('reason'), OWN_REASON)),
  key('let', 'Names for expressions', mapOf(filled('number', 'boolean'), ref('name'))),
  needed('rules', 'The rules, in order', listOf(ref('rule'))),
  key('exempt', 'Who is exempt from which outcomes', listOf(ref('exemption'))),
  key('score', 'Thresholds for the sum of scores', ref('score')),
  key('invalid', 'What is decided on input that cannot be read', ref('invalid')),
  key('deadline', 'What is decided when time runs out', ref('deadline')),
  key('hold', 'How holds expire', ref('hold')),
  key('guard', 'When a rule is demoted by itself (not active in this version)', { type: 'object' }),
  key('time', 'Late and early transactions', ref('time')),
  key('keep', 'How long things are remembered; a duration alone is that of entities', {
    oneOf: [ref('positiveDuration'), ref('keep')],
  }),
  key('limits', 'Sizes of tables', ref('limits')),
  key('repeats', 'How long ids are remembered', ref('repeats')),
  key('tests', 'Examples that must hold before the file becomes active', listOf(ref('test'))),
];

/** A definition of the schema that is a map with known keys, and how they depend on each other. */
export type KeyTable = readonly [name: string, keys: readonly KeySpec[], dependencies?: JsonSchema];

export const KEY_TABLES: readonly KeyTable[] = [
  ['rule', RULE_KEYS, RULE_DEPENDENCIES],
  ['reason', REASON_KEYS],
  ['ruleReason', RULE_REASON_KEYS],
  ['exemption', EXEMPT_KEYS],
  ['register', REGISTER_KEYS],
  ['score', SCORE_KEYS],
  ['invalid', INVALID_KEYS],
  ['time', TIME_KEYS],
  ['limits', LIMITS_KEYS],
  ['repeats', REPEATS_KEYS],
  ['deadline', DEADLINE_KEYS],
  ['hold', HOLD_KEYS],
  ['keep', KEEP_KEYS],
  ['test', TEST_KEYS],
  ['given', GIVEN_KEYS],
  ['expectation', EXPECTATION_KEYS, EXPECTATION_DEPENDENCIES],
];
