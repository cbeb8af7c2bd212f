// A transaction as the brute-force engine keeps it: its values by field number.

import { DECIDED_KIND_COUNT, KINDS } from '../../src/domain/fields.ts';
import type { FieldSpec } from '../../src/domain/fields.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { PreparedPlan, Value } from '../../src/rules/interpret/interpreter.ts';
import { convert } from './money.ts';

/** A transaction as a program has it: keys of the contract and of the plan's extra fields. */
export type InputRow = Readonly<Record<string, unknown>>;

export interface OracleRow {
  /** Position in the stream, from 0. */
  readonly order: number;
  readonly id: string;
  readonly time: number;
  readonly isDecided: boolean;
  /** Some money that the rules read has no rate. */
  readonly isCurrencyUnknown: boolean;
  /** By field number, as sent; money in the row's own currency. */
  readonly raw: readonly Value[];
  /** By field number, as rules see it: money in the plan's currency. */
  readonly values: readonly Value[];
  /** All known keys and their values: what makes two rows of one id the same. */
  readonly content: string;
}

/** True for a kind of the contract that gets a decision, false for any other value. */
export function isDecidedKind(kind: unknown): boolean {
  return KINDS.slice(0, DECIDED_KIND_COUNT).some((decided) => decided === kind);
}

/** `input` is a good row (see check-row.ts). */
export function readRow(prepared: PreparedPlan, input: InputRow, order: number): OracleRow {
  const raw = prepared.fields.map((spec) => readValue(spec, input[spec.name]));
  const of = (name: string): Value => raw[prepared.fields.findIndex((spec) => spec.name === name)];
  const currency = textOf(of('currency'));
  const values = raw.map((value, number) =>
    asRulesSee(prepared.plan, prepared.fields[number], value, currency),
  );
  // Where payments' lives are kept, their amounts are read.
  const isAmountRead = prepared.plan.rules.some((rule) => rule.isLife);
  const isRead = (number: number): boolean => {
    const name = prepared.fields[number]?.name ?? '';
    return prepared.plan.fieldsRead.includes(name) || (name === 'amount' && isAmountRead);
  };
  return {
    order,
    id: String(of('id')),
    time: Number(of('time')),
    isDecided: isDecidedKind(of('kind')),
    isCurrencyUnknown: raw.some(
      (value, number) => value !== undefined && values[number] === undefined && isRead(number),
    ),
    raw,
    values,
    content: JSON.stringify(raw.map((value) => value ?? null)),
  };
}

/** What a row keeps of a good value. */
export function readValue(spec: FieldSpec, value: unknown): Value {
  if (spec.type === 'time' && typeof value === 'string') return Date.parse(value);
  if (spec.type === 'latitude' || spec.type === 'longitude') {
    return typeof value === 'number' ? Math.round(value * 1e7) / 1e7 + 0 : undefined;
  }
  if (typeof value === 'number') return value + 0; // -0 is 0
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

function textOf(value: Value): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asRulesSee(
  plan: Plan,
  spec: FieldSpec | undefined,
  value: Value,
  currency: string | undefined,
): Value {
  if (spec?.type !== 'money' || typeof value !== 'number') return value;
  return convert(plan, value, currency);
}
