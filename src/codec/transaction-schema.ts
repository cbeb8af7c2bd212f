// The JSON Schema of a transaction, made from the table of fields; docs/schemas holds its text and
// a test holds the two equal. What a schema cannot say stands in descriptions: lengths in bytes
// (maxLength counts characters, so it is a bound from above), nesting, duplicate keys.

import type { FieldSpec, FieldType } from '../domain/fields.ts';
import { KINDS, NESTING_MAX, ROW_BYTES_MAX, TRANSACTION_FIELDS } from '../domain/fields.ts';

type Schema = Readonly<Record<string, unknown>>;

const INTEGER: Schema = { type: 'integer', minimum: -(2 ** 53), maximum: 2 ** 53 };

/** RFC 3339, as the decoder takes it; ranges within the parts are the decoder's to check. */
const DATE_TIME_PATTERN =
  '^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$';

const SCHEMA_BY_TYPE: Readonly<Record<Exclude<FieldType, 'string' | 'enum'>, Schema>> = {
  integer: INTEGER,
  money: INTEGER,
  duration: INTEGER,
  time: {
    oneOf: [INTEGER, { type: 'string', format: 'date-time', pattern: DATE_TIME_PATTERN }],
  },
  latitude: { type: 'number', minimum: -90, maximum: 90 },
  longitude: { type: 'number', minimum: -180, maximum: 180 },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
};

const UNIT_BY_TYPE: Partial<Record<FieldType, string>> = {
  money: 'minor units of `currency`',
  time: 'milliseconds since the epoch, UTC',
  duration: 'milliseconds',
  latitude: 'degrees, WGS 84',
  longitude: 'degrees, WGS 84',
};

function fieldSchema(spec: FieldSpec): Schema {
  const unit = UNIT_BY_TYPE[spec.type];
  const parts = [spec.meaning];
  if (unit !== undefined) parts.push(unit);
  if (spec.type === 'string') parts.push(`at most ${spec.bytesMax} bytes of UTF-8`);
  const description = parts.join('; ');
  if (spec.type === 'string') return { description, type: 'string', maxLength: spec.bytesMax };
  if (spec.type === 'enum') return { description, type: 'string', enum: spec.values };
  return { description, ...SCHEMA_BY_TYPE[spec.type] };
}

function isNeededByAll(spec: FieldSpec): boolean {
  return spec.neededBy.length === KINDS.length;
}

/** What one row of kind `kind` needs beyond what all rows need. */
function kindCondition(kind: (typeof KINDS)[number]): Schema {
  const required = TRANSACTION_FIELDS.filter(
    (spec) => !isNeededByAll(spec) && spec.neededBy.includes(kind),
  ).map((spec) => spec.name);
  return {
    if: { properties: { kind: { const: kind } }, required: ['kind'] },
    then: { required },
  };
}

export function transactionSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:holdfast:schema:transaction',
    title: 'Transaction',
    description:
      `One transaction as the payment processor writes it: a JSON object or a msgpack map of at ` +
      `most ${ROW_BYTES_MAX} bytes, nested at most ${NESTING_MAX} deep. Other keys are ignored ` +
      `and counted. Whole numbers may be written 100, 100.0 or 1e2. A key that comes twice has ` +
      `its last value.`,
    type: 'object',
    properties: Object.fromEntries(
      TRANSACTION_FIELDS.map((spec) => [spec.name, fieldSchema(spec)] as const),
    ),
    required: TRANSACTION_FIELDS.filter(isNeededByAll).map((spec) => spec.name),
    allOf: KINDS.map(kindCondition).filter(
      (condition) => (condition['then'] as { required: string[] }).required.length > 0,
    ),
    additionalProperties: true,
  };
}
