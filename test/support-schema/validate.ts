// A validator for the keywords of JSON Schema 2020-12 that the project's schemas use. A keyword
// that it does not know is an error, so that no schema says more than is checked.

export type Schema = Readonly<Record<string, unknown>>;

/** `true` takes everything, `false` nothing. */
type AnySchema = Schema | boolean;

const ANNOTATIONS = [
  '$schema',
  '$id',
  'title',
  'description',
  '$defs',
  'default',
  'examples',
  'format',
];

/** What is wrong with `value`, as sentences with the path; empty = it conforms. */
export function validate(root: Schema, value: unknown): string[] {
  return check(root, root, value, '$');
}

type Check = (root: Schema, schema: Schema, value: unknown, path: string) => string[];

const KEYWORDS: Readonly<Record<string, Check>> = {
  $ref: (root, schema, value, path) =>
    check(root, target(root, String(schema['$ref'])), value, path),
  type: (_, schema, value, path) => {
    const types = [schema['type']].flat();
    return types.some((type) => hasType(value, type))
      ? []
      : [`${path} is no ${types.join(' or ')}`];
  },
  enum: (_, schema, value, path) =>
    (schema['enum'] as unknown[]).includes(value) ? [] : [`${path} is none of the enum`],
  const: (_, schema, value, path) =>
    schema['const'] === value ? [] : [`${path} is not the const`],
  oneOf: (root, schema, value, path) => {
    const matches = (schema['oneOf'] as AnySchema[]).filter((option) =>
      conforms(root, option, value),
    );
    return matches.length === 1 ? [] : [`${path} matches ${matches.length} of oneOf`];
  },
  anyOf: (root, schema, value, path) =>
    (schema['anyOf'] as AnySchema[]).some((option) => conforms(root, option, value))
      ? []
      : [`${path} matches none of anyOf`],
  not: (root, schema, value, path) =>
    conforms(root, schema['not'] as AnySchema, value) ? [`${path} matches what it must not`] : [],
  pattern: (_, schema, value, path) =>
    typeof value !== 'string' || new RegExp(String(schema['pattern']), 'u').test(value)
      ? []
      : [`${path} does not match ${String(schema['pattern'])}`],
  minimum: (_, schema, value, path) =>
    typeof value !== 'number' || value >= Number(schema['minimum']) ? [] : [`${path} is too small`],
  maximum: (_, schema, value, path) =>
    typeof value !== 'number' || value <= Number(schema['maximum']) ? [] : [`${path} is too big`],
  minLength: (_, schema, value, path) =>
    typeof value !== 'string' || Array.from(value).length >= Number(schema['minLength'])
      ? []
      : [`${path} is too short`],
  maxLength: (_, schema, value, path) =>
    typeof value !== 'string' || Array.from(value).length <= Number(schema['maxLength'])
      ? []
      : [`${path} is too long`],
  allOf: (root, schema, value, path) =>
    (schema['allOf'] as Schema[]).flatMap((part) => check(root, part, value, path)),
  if: (root, schema, value, path) => {
    const branch = conforms(root, schema['if'] as AnySchema, value) ? 'then' : 'else';
    return check(root, (schema[branch] ?? true) as AnySchema, value, path);
  },
  then: () => [],
  else: () => [],
  minItems: (_, schema, value, path) =>
    !Array.isArray(value) || value.length >= Number(schema['minItems'])
      ? []
      : [`${path} has too few items`],
  maxItems: (_, schema, value, path) =>
    !Array.isArray(value) || value.length <= Number(schema['maxItems'])
      ? []
      : [`${path} has too many items`],
  uniqueItems: (_, __, value, path) =>
    !Array.isArray(value) || new Set(value).size === value.length
      ? []
      : [`${path} repeats an item`],
  items: (root, schema, value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, k) => check(root, schema['items'] as Schema, item, `${path}[${k}]`))
      : [],
  required: (_, schema, value, path) =>
    isObject(value)
      ? (schema['required'] as string[])
          .filter((key) => !(key in value))
          .map((key) => `${path}.${key} is missing`)
      : [],
  properties: (root, schema, value, path) =>
    isObject(value)
      ? Object.entries(schema['properties'] as Record<string, AnySchema>).flatMap(([key, one]) =>
          key in value ? check(root, one, value[key], `${path}.${key}`) : [],
        )
      : [],
  additionalProperties: (root, schema, value, path) =>
    isObject(value)
      ? Object.entries(value)
          .filter(([key]) => !Object.hasOwn(schema['properties'] ?? {}, key))
          .flatMap(([key, one]) =>
            check(root, schema['additionalProperties'] as AnySchema, one, `${path}.${key}`),
          )
      : [],
  propertyNames: (root, schema, value, path) =>
    isObject(value)
      ? Object.keys(value).flatMap((key) =>
          check(root, schema['propertyNames'] as AnySchema, key, `the name ${path}.${key}`),
        )
      : [],
};

function conforms(root: Schema, schema: AnySchema, value: unknown): boolean {
  return check(root, schema, value, '$').length === 0;
}

function check(root: Schema, schema: AnySchema, value: unknown, path: string): string[] {
  if (schema === true) return [];
  if (schema === false) return [`${path} is unknown`];
  return Object.keys(schema)
    .filter((keyword) => !ANNOTATIONS.includes(keyword))
    .flatMap((keyword) => {
      const rule = KEYWORDS[keyword];
      return rule === undefined
        ? [`${path}: the validator does not know ${keyword}`]
        : rule(root, schema, value, path);
    });
}

function target(root: Schema, reference: string): Schema {
  const keys = reference.replace(/^#\//, '').split('/');
  return keys.reduce<Schema>((schema, key) => schema[key] as Schema, root);
}

function hasType(value: unknown, type: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;
  return typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
