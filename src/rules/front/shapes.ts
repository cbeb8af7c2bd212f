// Shapes of values, as JSON Schema, of which the tables of keys are made, and the bounds that they
// share with the readers of those values. A schema may be wider than the engine where it cannot see
// what is written (05 is 5 to it), never narrower.

import { TRANSACTION_FIELDS } from '../../domain/fields.ts';
import { REASONS } from '../../domain/reasons.ts';
import {
  BUILT_IN_ENTITIES,
  IDENTIFIER,
  REASON_CODE,
  RESERVED_FIELDS,
  RESERVED_WORDS,
} from './names.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** In code points, as JSON Schema counts; of rails too. */
export const ID_LENGTH_MAX = 64;
export const RAIL_NAME_LENGTH_MAX = 64;
export const COUNT_MAX: number = 2 ** 31 - 1;
/** Fields of an entity's key, columns of a register's. */
export const KEY_PARTS_MAX = 8;
/** Transactions of all tests of a file, after repeat is expanded. */
export const TEST_ROWS_MAX = 200_000;

export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

export const oneOf = (values: readonly string[]): JsonSchema => ({ enum: values });

export const listOf = (items: JsonSchema, bounds: JsonSchema = {}): JsonSchema => ({
  type: 'array',
  items,
  ...bounds,
});

/** One alone stands for a list of one; `bounds` are the list's. */
export const oneOrListOf = (item: JsonSchema, bounds: JsonSchema = {}): JsonSchema => ({
  oneOf: [item, listOf(item, bounds)],
});

export const mapOf = (values: JsonSchema, propertyNames?: JsonSchema): JsonSchema => ({
  type: 'object',
  ...(propertyNames === undefined ? {} : { propertyNames }),
  additionalProperties: values,
});

export const wholeFrom = (minimum: number, maximum: number): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
});

export const TEXT: JsonSchema = { type: 'string' };

/** A text that is not blank, or a plain value of these types, which needs no quotes. */
export const filled = (...plain: readonly ('number' | 'boolean')[]): JsonSchema => ({
  type: plain.length === 0 ? 'string' : ['string', ...plain],
  pattern: '\\S',
});
export const PATH: JsonSchema = filled();
/** Visible, on one line. */
export const ID: JsonSchema = {
  type: 'string',
  maxLength: ID_LENGTH_MAX,
  pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$',
};
export const RAIL_NAME: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: RAIL_NAME_LENGTH_MAX,
};
export const COUNT: JsonSchema = wholeFrom(1, COUNT_MAX);
export const OUTCOME: JsonSchema = oneOf(['allow', 'hold', 'reverse']);
export const FIELD: JsonSchema = { type: 'string', pattern: IDENTIFIER.source };
export const REASON: JsonSchema = { type: 'string', pattern: REASON_CODE.source };
export const AT: JsonSchema = wholeFrom(-TEST_ROWS_MAX, TEST_ROWS_MAX);
export const KEY_PARTS: JsonSchema = { minItems: 1, maxItems: KEY_PARTS_MAX, uniqueItems: true };

/** A code that is meant as it is written, so that its digits need no quotes. */
export const codeOf = (pattern: string, maximum: number): JsonSchema => ({
  type: ['string', 'integer'],
  pattern,
  minimum: 0,
  maximum,
});

const nameBut = (pattern: RegExp, taken: readonly string[]): JsonSchema => ({
  pattern: pattern.source,
  not: oneOf(taken),
});

/** Of an entity, a list, a register or a let. */
export const NAME: JsonSchema = nameBut(IDENTIFIER, [...RESERVED_WORDS, ...BUILT_IN_ENTITIES]);
export const OWN_FIELD: JsonSchema = nameBut(IDENTIFIER, [
  ...RESERVED_FIELDS,
  ...TRANSACTION_FIELDS.map(({ name }) => name),
]);
export const OWN_REASON: JsonSchema = nameBut(
  REASON_CODE,
  REASONS.map(({ code }) => code),
);

const DURATION_PATTERN = '([0-9]{1,15}(ms|s|m|h|d)){1,5}$';

export const DURATION: JsonSchema = {
  description: 'Whole numbers with units: ms, s, m, h, d',
  type: 'string',
  pattern: `^${DURATION_PATTERN}`,
  examples: ['90s', '10m', '24h', '30d', '500ms'],
};

/** Where no time at all would make no sense. */
export const POSITIVE_DURATION: JsonSchema = {
  ...DURATION,
  description: 'Whole numbers with units, not 0: ms, s, m, h, d',
  pattern: `^(?=.*[1-9])${DURATION_PATTERN}`,
};
