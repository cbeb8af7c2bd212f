// A plain evaluator of checked expressions over a test's rows, to hold the compiler against:
// values are JavaScript's own, undefined = missing; nothing is shared with the compiler but the
// tree. It knows no hashes, bytes or slots.

import { haversineKm } from '../../../src/base/geo.ts';
import type { Expression, FunctionName } from '../../../src/domain/expression.ts';
import { TRANSACTION_FIELDS } from '../../../src/domain/fields.ts';
import type { Plan, RegisterData } from '../../../src/domain/plan.ts';
import { textAt, textsOf } from '../../../src/domain/text-column.ts';
import type { Row } from './trees.ts';

type Result = number | string | undefined;

function present(value: Result): value is number | string {
  return value !== undefined && !(typeof value === 'number' && Number.isNaN(value));
}

/** Value of a number, text or 0/1 expression; undefined = missing. */
export function valueOf(e: Expression, row: Row, plan: Plan): Result {
  const result = rawValue(e, row, plan);
  return present(result) ? result : undefined;
}

function rawValue(e: Expression, row: Row, plan: Plan): Result {
  switch (e.op) {
    case 'number':
    case 'string':
      return e.value;
    case 'boolean':
      return Number(e.value);
    case 'field': {
      const value = row[[...TRANSACTION_FIELDS, ...plan.extraFields][e.field]?.name ?? ''];
      return typeof value === 'boolean' ? Number(value) : value;
    }
    case 'feature': {
      const value = row[`#${e.feature}`];
      return typeof value === 'boolean' ? Number(value) : value;
    }
    case 'cell': {
      const found = rowOf(keysOf(plan.registers[e.register]), e.key, row, plan);
      if (found === undefined || found < 0) return undefined;
      const column = plan.registers[e.register]?.columns[e.column];
      if (column?.texts) return textAt(column.texts, found) ?? undefined;
      return column?.numbers?.[found];
    }
    case 'arithmetic': {
      const left = valueOf(e.left, row, plan);
      const right = valueOf(e.right, row, plan);
      if (typeof left !== 'number' || typeof right !== 'number') return undefined;
      if (e.operator === '+') return left + right;
      if (e.operator === '-') return left - right;
      if (e.operator === '*') return left * right;
      if (right === 0) return undefined;
      return e.operator === '/' ? left / right : left % right;
    }
    case 'negate': {
      const value = valueOf(e.value, row, plan);
      return typeof value === 'number' ? -value : undefined;
    }
    case 'choose':
      if (holds(e.test, row, plan)) return valueOf(e.then, row, plan);
      return holds(e.negatedTest, row, plan) ? valueOf(e.otherwise, row, plan) : undefined;
    case 'call':
      return callValue(e, row, plan);
    default: {
      // A condition as a value: true, false, or missing when neither holds.
      if (holds(e, row, plan)) return 1;
      return fails(e, row, plan) ? 0 : undefined;
    }
  }
}

/** Rows × key parts. */
function keysOf(register: Pick<RegisterData, 'keys'> | undefined): (string | null)[][] {
  const parts = (register?.keys ?? []).map(textsOf);
  return (parts[0] ?? []).map((_, row) => parts.map((part) => part[row] ?? null));
}

function rowOf(
  keys: readonly (readonly (string | null)[])[],
  key: readonly Expression[],
  row: Row,
  plan: Plan,
): number | undefined {
  const parts = key.map((part) => valueOf(part, row, plan));
  if (parts.some((part) => part === undefined)) return undefined;
  return keys.findIndex((one) => one.every((part, i) => part === parts[i]));
}

/** true, false, or undefined = missing. */
function membership(e: Extract<Expression, { op: 'in' }>, row: Row, plan: Plan) {
  if (e.set === 'literal') {
    const key = valueOf(e.key[0] as Expression, row, plan);
    if (key === undefined) return undefined;
    const isVersion = e.key[0]?.type === 'version';
    return e.elements.some((element) => {
      const value = valueOf(element, row, plan);
      if (!isVersion || value === undefined) return value === key;
      return order(key, value, true) === 0;
    });
  }
  const keys =
    e.set === 'list'
      ? keysOf({ keys: plan.lists.slice(e.index, e.index + 1).map(({ values }) => values) })
      : keysOf(plan.registers[e.index]);
  const found = rowOf(keys, e.key, row, plan);
  return found === undefined ? undefined : found >= 0;
}

function versionParts(text: string): bigint[] | undefined {
  return /^\d+(?:\.\d+)*$/.test(text) ? text.split('.').map((part) => BigInt(part)) : undefined;
}

/** -1, 0, 1, or undefined = missing. */
function order(left: Result, right: Result, isVersion: boolean): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (isVersion) {
    const a = versionParts(String(left));
    const b = versionParts(String(right));
    if (!a || !b) return undefined;
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const x = a[i] ?? 0n;
      const y = b[i] ?? 0n;
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  }
  if (typeof left === 'string') {
    return Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(String(right))));
  }
  return left < (right as number) ? -1 : left === right ? 0 : 1;
}

/** Whether a condition holds. */
export function holds(e: Expression, row: Row, plan: Plan): boolean {
  switch (e.op) {
    case 'and':
      return e.args.every((arg) => holds(arg, row, plan));
    case 'or':
      return e.args.some((arg) => holds(arg, row, plan));
    case 'not':
      return fails(e.value, row, plan);
    case 'in':
      return membership(e, row, plan) === true;
    case 'has':
      return hasValue(e.value, row, plan) !== e.negated;
    case 'truth':
      return valueOf(e.value, row, plan) === (e.negated ? 0 : 1);
    case 'compare': {
      const isVersion = e.left.type === 'version' || e.right.type === 'version';
      const sign = order(valueOf(e.left, row, plan), valueOf(e.right, row, plan), isVersion);
      if (sign === undefined) return false;
      const table = {
        '<': sign < 0,
        '<=': sign <= 0,
        '>': sign > 0,
        '>=': sign >= 0,
        '==': sign === 0,
        '!=': sign !== 0,
      };
      return table[e.operator];
    }
    default:
      return valueOf(e, row, plan) === 1;
  }
}

function hasValue(e: Expression, row: Row, plan: Plan): boolean {
  const value = valueOf(e, row, plan);
  if (value === undefined) return false;
  return e.type !== 'version' || versionParts(String(value)) !== undefined;
}

/** Whether a condition's negation holds: not the same as not holding, where values are missing. */
function fails(e: Expression, row: Row, plan: Plan): boolean {
  switch (e.op) {
    case 'and':
      return e.args.some((arg) => fails(arg, row, plan));
    case 'or':
      return e.args.every((arg) => fails(arg, row, plan));
    case 'not':
      return holds(e.value, row, plan);
    case 'in':
      return membership(e, row, plan) === false;
    case 'has':
      return hasValue(e.value, row, plan) === e.negated;
    case 'truth':
      return valueOf(e.value, row, plan) === (e.negated ? 1 : 0);
    case 'compare': {
      const isVersion = e.left.type === 'version' || e.right.type === 'version';
      const sign = order(valueOf(e.left, row, plan), valueOf(e.right, row, plan), isVersion);
      return sign !== undefined && !holds(e, row, plan);
    }
    default:
      return valueOf(e, row, plan) === 0;
  }
}

function roundHalfAway(x: number): number {
  const size = Math.abs(x);
  const low = Math.floor(size);
  return Math.sign(x) * (size - low >= 0.5 ? low + 1 : low);
}

function luhn(text: string): boolean {
  if (!/^\d+$/.test(text)) return false;
  const sum = Array.from(text)
    .toReversed()
    .reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

function partsIn(zone: string, timeMs: number): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(timeMs).map((part) => [part.type, part.value]));
}

function expired(expiry: string, timeMs: number, zone: string): number {
  if (!/^\d\d(?:0[1-9]|1[0-2])$/.test(expiry)) return 1;
  const { year, month } = partsIn(zone, timeMs);
  return Number(`${year}${month}`) > Number(`20${expiry}`) ? 1 : 0;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

type Arguments = readonly (number | string)[];

const FUNCTIONS: Record<FunctionName, (args: Arguments, zone: string) => Result> = {
  startsWith: ([a, b]) => Number(String(a).startsWith(String(b))),
  endsWith: ([a, b]) => Number(String(a).endsWith(String(b))),
  contains: ([a, b]) => Number(String(a).includes(String(b))),
  // Tests use patterns that mean the same in JavaScript.
  matches: ([a, b]) => Number(new RegExp(String(b), 'u').test(String(a))),
  lower: ([a]) => String(a).toLowerCase(),
  trim: ([a]) => String(a).trim(),
  size: ([a]) => Array.from(String(a)).length,
  min: (args) => Math.min(...(args as number[])),
  max: (args) => Math.max(...(args as number[])),
  abs: ([a]) => Math.abs(a as number),
  round: ([a]) => roundHalfAway(a as number),
  hourOf: ([t], zone) => Number(partsIn(zone, t as number)['hour']),
  dayOfWeekOf: ([t], zone) => WEEKDAYS.indexOf(partsIn(zone, t as number)['weekday'] ?? '') + 1,
  dateOf: ([t], zone) => {
    const { year, month, day } = partsIn(zone, t as number);
    return Number(`${year}${month}${day}`);
  },
  version: ([a]) => (versionParts(String(a)) ? a : undefined),
  kmBetween: (args) => haversineKm(...(args as [number, number, number, number])),
  luhn: ([a]) => Number(luhn(String(a))),
  expired: ([a, t], zone) => expired(String(a), t as number, zone),
  inMaintenance: () => undefined, // has its own test
};

function callValue(e: Extract<Expression, { op: 'call' }>, row: Row, plan: Plan): Result {
  const args = e.args.map((arg) => valueOf(arg, row, plan));
  if (args.some((arg) => arg === undefined)) return undefined;
  return FUNCTIONS[e.name](args as Arguments, e.zone ?? plan.timezone);
}
