// The life of a payment for random rules: names under payment., of. and event., as nodes and as values.
// Nothing here says how a life goes: each name has any value of its type, or none.

import type { Random } from '../../src/base/random.ts';
import type { Expression, ValueType } from '../../src/domain/expression.ts';
import type { FieldSpec } from '../../src/domain/fields.ts';
import type { LifeOwner } from '../../src/domain/life.ts';
import { LIFE_NAMES, NOW_FIELD, isLifeCall, lifeField, nowField } from '../../src/domain/life.ts';
import { ALL_FIELDS, EXTRA_FIELDS, POOLS, START_MS } from './random-world.ts';

function field(owner: LifeOwner, name: string): FieldSpec {
  const spec = lifeField(owner, name, EXTRA_FIELDS);
  if (spec === null) throw new Error(`no field ${owner}.${name}`);
  return spec;
}

const OWN = ['account', 'amount', 'time', 'durationMs', 'riskHint', 'isKnown', 'kind', 'fault'];

/** Their numbers follow those of all other fields. */
export const LIFE_FIELDS: readonly FieldSpec[] = [
  ...LIFE_NAMES.flatMap(({ name }) => [field('payment', name), field('of', name)]),
  ...OWN.flatMap((name) => [field('of', name), field('event', name)]),
  field('event', 'cause'),
  nowField(),
];

const CLOCKS = ['payment.age', 'payment.pendingFor'];
const CONFLICTS = ['payment.conflict', 'of.conflict'];

const TYPES: Readonly<Partial<Record<FieldSpec['type'], ValueType>>> = {
  enum: 'string',
  string: 'string',
  money: 'money',
  time: 'time',
  duration: 'duration',
  boolean: 'boolean',
};

function typeOf(spec: FieldSpec): ValueType {
  return TYPES[spec.type] ?? 'number';
}

function isLifeNode(e: Expression): boolean {
  return e.op === 'field' && e.field >= ALL_FIELDS.length;
}

/** Nodes that read the life. */
export class LifeMaker {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Any but the clocks, and the instant, which no rule can name. */
  value(type: ValueType): Expression | null {
    const fits = LIFE_FIELDS.filter(
      (spec) => typeOf(spec) === type && !CLOCKS.includes(spec.name) && spec.name !== NOW_FIELD,
    );
    return fits.length === 0 ? null : this.#node(this.#random.pick(fits).name);
  }

  clock(): Expression {
    return this.#node(this.#random.pick(CLOCKS));
  }

  /** The conflict of a payment, and its state: one that is there has one. */
  conflict(): { conflict: Expression; state: Expression } {
    const name = this.#random.pick(CONFLICTS);
    return { conflict: this.#node(name), state: this.#node(name.replace('conflict', 'state')) };
  }

  #node(name: string): Expression {
    const index = LIFE_FIELDS.findIndex((spec) => spec.name === name);
    const spec = LIFE_FIELDS[index];
    const [owner = '', part = ''] = name.split('.');
    if (spec === undefined) throw new Error(`no field ${name}`);
    return {
      op: 'field',
      field: ALL_FIELDS.length + index,
      type: typeOf(spec),
      text: isLifeCall(owner, part) ? `${name}()` : name,
      at: { file: 'random.yaml', line: 1, column: 1 },
    };
  }
}

/** A field of the row or of the life, by its number. */
export function specOf(number: number): FieldSpec | undefined {
  return ALL_FIELDS[number] ?? LIFE_FIELDS[number - ALL_FIELDS.length];
}

export function readsLife(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  if ('op' in tree && isLifeNode(tree as Expression)) return true;
  return Object.values(tree).some(readsLife);
}

/** The tree with inMaintenance asking about the instant of the evaluation. */
export function atNow<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map((part: unknown) => atNow(part)) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  const parts = Object.entries(tree).map(([key, part]) => [key, atNow(part as unknown)]);
  const copy = Object.fromEntries(parts) as T;
  if (!('name' in tree) || tree.name !== 'inMaintenance') return copy;
  return { ...copy, timeField: ALL_FIELDS.length + LIFE_FIELDS.length - 1 };
}

const TIMES = [START_MS, START_MS + 90_000, START_MS + 7_250_000, 1.5e12];

/** A value of a life's field, now and then none. */
export function randomLifeValue(
  random: Random,
  spec: FieldSpec,
): number | string | boolean | undefined {
  if (random.chance(0.25)) return undefined;
  switch (spec.type) {
    case 'enum':
      return random.pick(spec.values ?? []);
    case 'string':
      return random.pick(POOLS['account'] ?? []);
    case 'boolean':
      return random.chance(0.5);
    case 'time':
      return random.pick(TIMES);
    case 'money':
      return random.pick([0, 1, 50, 999, 1000, 5000, 123_456]);
    default:
      return random.pick([0, 1, 2, 1000, 30_000, 30_001, 60_000, 3_600_000, 86_400_000]);
  }
}
