// What rules read: the fields of the row that was decided, and the names under payment., of. and event.

import type { Plan } from '../../src/domain/plan.ts';
import type { PreparedPlan, RowView, Value } from '../../src/rules/interpret/interpreter.ts';
import type { FeatureValue } from './features.ts';
import type { PaymentLife } from './life-record.ts';
import { isPending, stateOf } from './life-record.ts';
import { isOpen, railOf, reversalOf } from './life-rails.ts';
import type { OracleRow } from './rows.ts';

/** A payment as rules see it. */
export interface SeenPayment {
  readonly row: OracleRow;
  readonly life: PaymentLife;
  readonly codeUses: number | undefined;
  /** With the refund in hand; the state is without it. */
  readonly refundedAmount: number;
  readonly refundCount: number;
}

export interface ViewParts {
  readonly row: OracleRow;
  readonly features: readonly FeatureValue[];
  /** The payment that is decided. */
  readonly payment?: SeenPayment | undefined;
  /** The one that a refund or reversal is about. */
  readonly of?: SeenPayment | undefined;
  /** The row that caused the evaluation. */
  readonly event?: OracleRow | undefined;
  /** Its amount; undefined at the first evaluation: as the row has it. */
  readonly eventAmount?: number | undefined;
  /** undefined at the first evaluation. */
  readonly cause?: string | undefined;
  readonly now: number;
}

export function textField(
  prepared: PreparedPlan,
  row: OracleRow,
  name: string,
): string | undefined {
  const value = row.raw[prepared.fields.findIndex((spec) => spec.name === name)];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(prepared: PreparedPlan, row: OracleRow, name: string): number | undefined {
  const value = row.values[prepared.fields.findIndex((spec) => spec.name === name)];
  return typeof value === 'number' ? value : undefined;
}

export function viewOf(prepared: PreparedPlan, parts: ViewParts): RowView {
  const inputCount = prepared.fields.length - prepared.plan.life.fields.length;
  return {
    field: (number: number): Value =>
      number < inputCount
        ? parts.row.values[number]
        : lifeField(prepared, parts, prepared.fields[number]?.name ?? ''),
    feature: (index: number): FeatureValue => parts.features[index],
  };
}

function lifeField(prepared: PreparedPlan, parts: ViewParts, fullName: string): Value {
  const dot = fullName.indexOf('.');
  const [owner, name] = [fullName.slice(0, dot), fullName.slice(dot + 1)];
  if (fullName === 'payment.now') return parts.now;
  if (owner === 'event') {
    if (name === 'cause') return parts.cause;
    if (name === 'amount' && parts.cause !== undefined) return parts.eventAmount;
    return ownField(prepared, parts.event, name);
  }
  const seen = owner === 'of' ? parts.of : parts.payment;
  if (seen === undefined) return undefined;
  const names = paymentNames(prepared.plan, prepared, seen, parts.now);
  return name in names ? names[name] : ownField(prepared, seen.row, name);
}

function ownField(prepared: PreparedPlan, row: OracleRow | undefined, name: string): Value {
  return row?.values[prepared.fields.findIndex((spec) => spec.name === name)];
}

function paymentNames(
  plan: Plan,
  prepared: PreparedPlan,
  seen: SeenPayment,
  now: number,
): Readonly<Record<string, Value>> {
  const { life, row } = seen;
  const age = now - row.time;
  const isCharged = life.walletStatus === 'charged';
  const rail = railOf(plan, textField(prepared, row, 'rail'));
  return {
    state: stateOf(life),
    terminalStatus: life.terminalStatus,
    walletStatus: life.walletStatus,
    chargedAmount: isCharged ? life.amount : undefined,
    refundedAmount: seen.refundedAmount,
    refundCount: seen.refundCount,
    age,
    pendingFor: isPending(life) ? age : undefined,
    conflict: life.conflict,
    codeState: life.codeState,
    codeUses: seen.codeUses,
    label: life.label,
    release: life.release,
    openMethod: rail && reversalOf(rail, row.time, now, isCharged, false)?.method,
    reversalOpen: rail && isOpen(rail, 'REVERSAL', row.time, now),
    voidOpen: rail && isOpen(rail, 'VOID', row.time, now),
    refundOpen: rail && isOpen(rail, 'REFUND', row.time, now),
  };
}
