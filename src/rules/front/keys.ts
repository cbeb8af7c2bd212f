// Every key that a rules file may have, by the map it stands in: the one table behind both the
// checker (unknown and missing keys) and the JSON Schema for editors (schema.ts).

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface KeySpec {
  readonly name: string;
  readonly required?: true;
  readonly description: string;
  readonly schema: JsonSchema;
}

export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const mapOf = (values: JsonSchema): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
});
const oneOf = (values: readonly string[]): JsonSchema => ({ enum: values });
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

const OUTCOME = oneOf(['allow', 'hold', 'reverse']);
const COUNT: JsonSchema = { type: 'integer', minimum: 1 };
const NAMES = listOf({ type: 'string' });

export const RULE_KEYS: readonly KeySpec[] = [
  needed('id', 'Unique name of the rule', { type: 'string', pattern: '^.{1,64}$' }),
  key('trigger', 'Documented trigger that it looks for', { type: 'string' }),
  key('description', 'What it looks for, in words', { type: 'string' }),
  needed('when', 'Condition, in CEL', ref('expression')),
  key('mode', 'live: decides. shadow: only reported. score: only adds its score', {
    enum: ['live', 'shadow', 'score'],
    default: 'live',
  }),
  key('outcome', 'What is decided when it fires (not with mode: score)', OUTCOME),
  key('reason', 'Reason code, or one with response codes of its own (not with mode: score)', {
    oneOf: [{ type: 'string' }, ref('ruleReason')],
  }),
  key('score', 'Number, or expression of a number, that it adds when it fires', ref('expression')),
  key(
    'hold',
    "How its hold expires, with outcome: hold; what is left out is as the file's",
    ref('hold'),
  ),
];

export const REASON_KEYS: readonly KeySpec[] = [
  key('de39', 'ISO 8583 response code, two characters', {
    type: 'string',
    pattern: '^[0-9A-Z]{2}$',
  }),
  key('de25', 'ISO 8583 message reason, four digits', { type: 'string', pattern: '^[0-9]{4}$' }),
  key('iso', 'ISO 20022 external status reason', { type: 'string', pattern: '^[A-Z0-9]{1,4}$' }),
];

export const RULE_REASON_KEYS: readonly KeySpec[] = [
  needed('code', 'Reason code', { type: 'string' }),
  ...REASON_KEYS,
];

export const EXEMPT_KEYS: readonly KeySpec[] = [
  needed('id', 'Unique name of the exemption', { type: 'string', pattern: '^.{1,64}$' }),
  key('description', 'Why, in words', { type: 'string' }),
  needed('when', 'Condition, in CEL', ref('expression')),
  key('from', 'Outcomes that it takes away; default hold and reverse', listOf(OUTCOME)),
  key('rules', 'Ids of the rules that it applies to; default all', NAMES),
];

export const REGISTER_KEYS: readonly KeySpec[] = [
  needed('file', 'CSV with a header line, relative to this file', { type: 'string' }),
  key('key', 'Column, or columns, that name a row; left out only with from, to, scope', {
    oneOf: [{ type: 'string' }, { ...NAMES, minItems: 1 }],
  }),
  key('types', 'Types of columns that are not text', {
    ...mapOf(oneOf(['string', 'number', 'money', 'boolean', 'time', 'version'])),
  }),
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
  needed('budget', 'Time that a decision may take', ref('duration')),
  needed('fallback', 'What is decided when time runs out', OUTCOME),
  key(
    'catchUp',
    'A backlog at start: evaluate (default) decides it without a deadline, or the fallback',
    oneOf(['evaluate', 'fallback']),
  ),
];

export const HOLD_KEYS: readonly KeySpec[] = [
  key('for', 'How long a hold lasts; default 72h', ref('duration')),
  key('onExpiry', 'What it becomes then; default reverse', oneOf(['allow', 'reverse', 'refund'])),
];

export const KEEP_KEYS: readonly KeySpec[] = [
  key('entities', 'How long an entity without rows is remembered; default 90d', ref('duration')),
  key('payments', 'How long a payment is, after its last row; default 30d', ref('duration')),
  key(
    'waiting',
    'How long a row waits for the payment that it is about; default 10m',
    ref('duration'),
  ),
];

export const TEST_KEYS: readonly KeySpec[] = [
  needed('name', 'What it shows', { type: 'string' }),
  needed('given', 'Transactions, in order', listOf(ref('given'))),
  needed('expect', 'What is decided on some of them', listOf(ref('expectation'))),
];

export const GIVEN_KEYS: readonly KeySpec[] = [
  key('repeat', 'How many such transactions; default 1', COUNT),
  key('every', 'Time after the transaction before; default 1s', ref('duration')),
  needed('tx', 'Keys of the transaction; money in major units', { type: 'object' }),
];

export const EXPECTATION_KEYS: readonly KeySpec[] = [
  needed('at', 'Which transaction, from 0, or from the end when negative', { type: 'integer' }),
  key(
    'after',
    'As it stands after this transaction and all that it caused, or with `end` when all time has passed',
    { oneOf: [{ type: 'integer' }, { const: 'end' }] },
  ),
  key('outcome', 'The decision', OUTCOME),
  key('rules', 'Exactly the live rules that fired', NAMES),
];

const EXTRA_FIELD_TYPE = oneOf(['string', 'number', 'boolean', 'integer', 'money', 'time']);

export const TOP_KEYS: readonly KeySpec[] = [
  needed('ruleset', 'Name of the set of rules', { type: 'string', pattern: '^.+$' }),
  key('version', 'Version of the set, shown in decisions', {
    type: ['string', 'number'],
    pattern: '^.+$',
  }),
  key('description', 'What the set is for', { type: 'string' }),
  key('include', 'Rules files whose contents are added, relative to this file', {
    oneOf: [{ type: 'string' }, NAMES],
  }),
  key('currency', "ISO 4217 code of the rules' money", { type: 'string', pattern: '^[A-Z]{3}$' }),
  key('rates', 'CSV with the columns currency and rate, relative to this file', {
    type: 'string',
  }),
  key('timezone', 'IANA name; where days and months begin. Default UTC', { type: 'string' }),
  key('rail', 'Name of the rail of payments that name none', { type: 'string' }),
  key('rails', 'Files of rails, relative to this file, or by name', {
    oneOf: [{ type: 'string' }, NAMES, mapOf({ type: 'string' })],
  }),
  key(
    'entities',
    'Entities by their key fields',
    mapOf({
      oneOf: [{ type: 'string' }, { ...NAMES, minItems: 1 }],
    }),
  ),
  key('fields', "Keys of transactions beside the contract's", mapOf(EXTRA_FIELD_TYPE)),
  key('lists', 'CSV files whose first column is a list of values', mapOf({ type: 'string' })),
  key('registers', 'CSV files that are looked up by key', mapOf(ref('register'))),
  key('reasons', "Reason codes beside the engine's", mapOf(ref('reason'))),
  key('let', 'Names for expressions', mapOf(ref('expression'))),
  needed('rules', 'The rules, in order', listOf(ref('rule'))),
  key('exempt', 'Who is exempt from which outcomes', listOf(ref('exemption'))),
  key('score', 'Thresholds for the sum of scores', ref('score')),
  key('invalid', 'What is decided on input that cannot be read', ref('invalid')),
  key('deadline', 'What is decided when time runs out', ref('deadline')),
  key('hold', 'How holds expire', ref('hold')),
  key('guard', 'When a rule is demoted by itself (not active in this version)', { type: 'object' }),
  key('time', 'Late and early transactions', ref('time')),
  key('keep', 'How long things are remembered; a duration alone is that of entities', {
    oneOf: [ref('duration'), ref('keep')],
  }),
  key('limits', 'Sizes of tables', ref('limits')),
  key('repeats', 'How long ids are remembered', ref('repeats')),
  key('tests', 'Examples that must hold before the file becomes active', listOf(ref('test'))),
];

/** Definitions of the schema that are maps with known keys. */
export const KEY_TABLES: readonly (readonly [string, readonly KeySpec[]])[] = [
  ['rule', RULE_KEYS],
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
  ['expectation', EXPECTATION_KEYS],
];
