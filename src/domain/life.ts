// The life of a payment as rules see it: the names under `payment.`, `of.` and `event.`, each a field
// whose value the engine supplies (no key of the input is read into one). What happens to a payment
// when, is written down in docs/lifecycle.md.
//
//   payment.X   the payment that is decided, as it stands now
//   of.X        the payment that a refund or reversal is about; also each of its own fields, of.amount
//   event.X     each field of the row that caused the evaluation; of the first one, the row's own

import type { FieldSpec, FieldType } from './fields.ts';
import { TRANSACTION_FIELDS } from './fields.ts';
import { METHODS } from './rails.ts';

export const PAYMENT_STATES = [
  'attempted', // the wallet's word is not known yet
  'charged',
  'not-charged',
  'partly-refunded',
  'refunded',
  'reversed',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Transitions that should not happen; the latest one of a payment is payment.conflict. */
export const CONFLICTS = [
  'event-before-payment',
  'refund-before-payment',
  'refund-of-uncharged',
  'refund-exceeds-charge',
  'refund-after-reversal',
  'reversal-before-payment',
  'reversal-after-reversal',
  'reversal-after-refund',
  'status-after-reversal',
  'status-contradicts',
] as const;
export type Conflict = (typeof CONFLICTS)[number];

/** What caused an amendment, as decisions name it. */
export const CAUSES = [
  'status',
  'refund',
  'reversal',
  'release',
  'code',
  'label',
  'fault',
  'timer',
  'maintenance',
  'hold-expired',
  'overdue',
] as const;
export type Cause = (typeof CAUSES)[number];

/** What rules can read: an amendment as `overdue` tells a first evaluation, which nothing has caused. */
const EVENT_CAUSES = CAUSES.filter((cause) => cause !== 'overdue');

export const LIFE_OWNERS = ['payment', 'of', 'event'] as const;
export type LifeOwner = (typeof LIFE_OWNERS)[number];

interface LifeName {
  readonly name: string;
  readonly type: FieldType;
  readonly meaning: string;
  readonly values?: readonly string[];
  /** Written with parentheses: payment.age(). */
  readonly isCall?: true;
}

const valuesOf = (name: string): readonly string[] =>
  TRANSACTION_FIELDS.find((spec) => spec.name === name)?.values ?? [];

/** Names under `payment.` and, for refunds and reversals, under `of.`. */
export const LIFE_NAMES: readonly LifeName[] = [
  { name: 'state', type: 'enum', values: PAYMENT_STATES, meaning: 'where it stands' },
  {
    name: 'terminalStatus',
    type: 'enum',
    values: valuesOf('terminalStatus'),
    meaning: 'latest word of the terminal',
  },
  {
    name: 'walletStatus',
    type: 'enum',
    values: valuesOf('walletStatus'),
    meaning: 'latest word of the wallet or issuer',
  },
  {
    name: 'codeState',
    type: 'enum',
    values: valuesOf('codeState'),
    meaning: 'latest state of its payment code',
  },
  { name: 'codeUses', type: 'integer', meaning: 'payments so far with its payment code' },
  { name: 'label', type: 'enum', values: valuesOf('label'), meaning: 'latest label' },
  { name: 'release', type: 'enum', values: valuesOf('release'), meaning: 'latest word of release' },
  { name: 'chargedAmount', type: 'money', meaning: 'what the wallet charged' },
  { name: 'refundedAmount', type: 'money', meaning: 'refunds so far, the one in hand included' },
  { name: 'refundCount', type: 'integer', meaning: 'refunds so far, the one in hand included' },
  { name: 'age', type: 'duration', isCall: true, meaning: 'time since the payment' },
  {
    name: 'pendingFor',
    type: 'duration',
    isCall: true,
    meaning: 'time since the payment, while its outcome is not known; then missing',
  },
  { name: 'conflict', type: 'enum', values: CONFLICTS, meaning: 'latest transition against order' },
  {
    name: 'openMethod',
    type: 'enum',
    values: METHODS,
    meaning: "method of the payment's rail that is open now; missing when none is",
  },
  { name: 'reversalOpen', type: 'boolean', meaning: "the rail's window of reversals is open now" },
  { name: 'voidOpen', type: 'boolean', meaning: "the rail's window of voids is open now" },
  { name: 'refundOpen', type: 'boolean', meaning: "the rail's window of refunds is open now" },
];

/** Beside the fields of a row, `event.` has what caused the evaluation; missing at the first. */
const EVENT_NAMES: readonly LifeName[] = [
  { name: 'cause', type: 'enum', values: EVENT_CAUSES, meaning: 'what caused the evaluation' },
];

/** The engine's own: the instant at which a life rule is evaluated. No rule can name it. */
export const NOW_FIELD = 'payment.now';

/** Calls rather than plain names. */
export function isLifeCall(owner: string, name: string): boolean {
  return owner !== 'event' && LIFE_NAMES.some((life) => life.name === name && life.isCall === true);
}

/** The field `owner.name`, or null where there is none. `extraFields`: declared in the rules file. */
export function lifeField(
  owner: LifeOwner,
  name: string,
  extraFields: readonly FieldSpec[],
): FieldSpec | null {
  const known = (owner === 'event' ? EVENT_NAMES : LIFE_NAMES).find((life) => life.name === name);
  if (known !== undefined) {
    const { type, meaning, values } = known;
    const base = { name: `${owner}.${name}`, type, meaning, bytesMax: 64, neededBy: [] };
    return values === undefined ? base : { ...base, values };
  }
  if (owner === 'payment') return null;
  const own = [...TRANSACTION_FIELDS, ...extraFields].find((spec) => spec.name === name);
  return own === undefined ? null : { ...own, name: `${owner}.${name}`, neededBy: [] };
}

/** All names that may stand behind `owner.`. */
export function lifeNames(owner: LifeOwner, extraFields: readonly FieldSpec[]): string[] {
  const names = (owner === 'event' ? EVENT_NAMES : LIFE_NAMES).map(({ name }) => name);
  if (owner === 'payment') return names;
  return [...names, ...[...TRANSACTION_FIELDS, ...extraFields].map(({ name }) => name)];
}

export function nowField(): FieldSpec {
  return {
    name: NOW_FIELD,
    type: 'time',
    meaning: 'the instant of the evaluation',
    bytesMax: 64,
    neededBy: [],
  };
}
