// The parts of decisions that the plan alone determines, as values: both encoders turn them into
// bytes at set-up. Nothing here runs for a row but firstReasonEntry, for a repeat.

import { assert } from '../base/assert.ts';
import type { DecisionFlag, DecisionReason } from '../domain/decision.ts';
import type { Plan } from '../domain/plan.ts';
import type { ReasonSpec } from '../domain/reasons.ts';
import { REASONS } from '../domain/reasons.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW_FLAG, fieldNumber } from '../domain/row-layout.ts';
import type { EvidenceReader } from '../domain/verdict.ts';
import { EVIDENCE_TEXT_BYTES_MAX } from '../domain/verdict.ts';
import { OVERRUN_BYTES } from './decision-constants.ts';
import { FIRST_REASON } from './decision-writer.ts';

/**
 * The constant parts of a decision, by their numbers in the constant pool; the same in JSON and
 * msgpack but for what a writer's own head adds.
 */
export interface DecisionParts {
  readonly outcomes: Int32Array;
  readonly reasons: number;
  /** By rule; score-mode rules have an empty one. */
  readonly ruleReasons: Int32Array;
  readonly scoreReason: number;
  readonly invalidReason: number;
  /** By index into plan.reasons: without a rule. */
  readonly engineReasons: Int32Array;
  readonly score: number;
  readonly evidence: number;
  /** By rule: where its entry of the evidence opens, up to its id; a map's count is still 0. */
  readonly ruleOpens: Int32Array;
  readonly compared: number;
  /** By rule and item: where the item opens, with what and op; a map's count is still 0. */
  readonly itemOpens: readonly Int32Array[];
  /** By rule and item; an empty constant where the threshold is no constant. */
  readonly itemThresholds: readonly Int32Array[];
  readonly value: number;
  readonly threshold: number;
  readonly margin: number;
  readonly exemptBy: number;
  readonly exempts: Int32Array;
  /** Up to its expiry. */
  readonly hold: number;
  /** By index into ON_EXPIRY: what follows the expiry. */
  readonly onExpiry: Int32Array;
  readonly reversal: number;
  /** By index into METHODS: what opens the reversal; a map's count is still 0. */
  readonly methods: Int32Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** By index into METHODS. */
  readonly fallbackMethods: Int32Array;
  /**
   * By rail: queryFirst with its key; empty where there is none. Not in the pool, because numbers of
   * msgpack may make a NaN.
   */
  readonly queries: readonly Uint8Array[];
  readonly flags: Int32Array;
  readonly repeatFlags: number;
  readonly shadow: number;
  readonly shadows: Int32Array;
  readonly time: number;
  /** Revision 0, hash and version. */
  readonly revision0Rules: number;
  readonly revision0Hash: number;
  readonly revision: number;
  /** Hash and version. */
  readonly rules: number;
  readonly hash: number;
  /** Keys of an amendment's head, which no row stands behind. */
  readonly decisionId: number;
  readonly transactionId: number;
  readonly account: number;
  readonly supersedes: number;
  /** By index into CAUSES. */
  readonly causes: Int32Array;
  readonly causedBy: number;
  readonly infinity: number;
  readonly minusInfinity: number;
}

/** Bits of ROW.flags that a decision lists, in the order of DECISION_FLAGS. */
const FLAG_OF_BIT: readonly (readonly [number, DecisionFlag])[] = [
  [ROW_FLAG.late, 'LATE'],
  [ROW_FLAG.repeat, 'REPEAT'],
  [ROW_FLAG.repeatDiffers, 'REPEAT_DIFFERS'],
  [ROW_FLAG.overdue, 'OVERDUE'],
  [ROW_FLAG.currencyUnknown, 'CURRENCY_UNKNOWN'],
  [ROW_FLAG.truncated, 'TRUNCATED'],
];
/** The same bits as one number below FLAG_COMBINATIONS: (flags >> FLAG_SHIFT) & (count - 1). */
export const FLAG_SHIFT = 2;
export const FLAG_COMBINATIONS = 64;
/** All of these bits. */
export const TOLD_FLAGS: number = (FLAG_COMBINATIONS - 1) << FLAG_SHIFT;

export function flagsOfCombination(combination: number): DecisionFlag[] {
  const flags = combination << FLAG_SHIFT;
  return FLAG_OF_BIT.flatMap(([bit, flag]) => ((flags & bit) === 0 ? [] : [flag]));
}

/** Reason entry of a rule; null for score-mode rules, which have none. */
export function ruleReason(plan: Plan, rule: number): DecisionReason | null {
  const spec = plan.rules[rule];
  assert(spec !== undefined, `the plan has no rule ${rule}`);
  if (spec.reason < 0) return null;
  const reason = plan.reasons[spec.reason];
  assert(reason !== undefined, `rule "${spec.id}" names no reason of the plan`);
  return reasonEntry(reason, spec.id);
}

/** Entries of all reasons as the engine gives them, without a rule; by index into plan.reasons. */
export function engineReasons(plan: Plan): DecisionReason[] {
  return plan.reasons.map((spec) => reasonEntry(spec, null));
}

/** The ms of each rail's queryFirst; empty = none. */
export function railQueries(plan: Plan): (readonly number[])[] {
  return plan.life.rails.map(({ queryFirstMs }) => queryFirstMs ?? []);
}

/** Reason entry of the engine's own reasons, without a rule. */
export function engineReason(plan: Plan, code: string): DecisionReason {
  const isOurs = (spec: ReasonSpec): boolean => spec.code === code;
  const spec = plan.reasons.find(isOurs) ?? REASONS.find(isOurs);
  assert(spec !== undefined, `there is no reason ${code}`);
  return reasonEntry(spec, null);
}

function reasonEntry(spec: ReasonSpec, rule: string | null): DecisionReason {
  return {
    code: spec.code,
    ...(rule === null ? {} : { rule }),
    ...(spec.responseCode === null ? {} : { responseCode: spec.responseCode }),
    ...(spec.reversalReason === null ? {} : { reversalReason: spec.reversalReason }),
    ...(spec.isoReason === null ? {} : { isoReason: spec.isoReason }),
  };
}

/** The constant of a first reason, packed as a repeat has it (FIRST_REASON); not of none. */
export function firstReasonEntry(parts: DecisionParts, packed: number): number {
  if (packed >= 0) return parts.ruleReasons[packed] as number;
  if (packed === FIRST_REASON.score) return parts.scoreReason;
  if (packed === FIRST_REASON.invalidInput) return parts.invalidReason;
  return parts.engineReasons[FIRST_REASON.engine - packed] as number;
}

/** Where a row's record keeps what decisions echo, as int32 indexes from the record's start. */
export interface EchoSlots {
  readonly strideWords: number;
  readonly id: number;
  readonly account: number;
  readonly merchant: number;
  readonly order: number;
  /** Longest id, account, merchant and order that a readable row has. */
  readonly bytesMax: number;
}

export function echoSlots(layout: RowLayout): EchoSlots {
  const slotOf = (name: string): number => {
    const field = fieldNumber(layout, name);
    assert(field >= 0 && layout.isRead[field] === 1, `the row keeps no ${name}`);
    return (layout.slots[field] as number) >> 2;
  };
  const names = ['id', 'account', 'merchant', 'order'];
  return {
    strideWords: layout.strideBytes >> 2,
    id: slotOf('id'),
    account: slotOf('account'),
    merchant: slotOf('merchant'),
    order: slotOf('order'),
    bytesMax: Math.max(
      ...layout.fields.filter(({ name }) => names.includes(name)).map(({ bytesMax }) => bytesMax),
    ),
  };
}

/** Longest int32 in decimal. */
const INT32_TEXT_BYTES_MAX = 11;
/** More than any array, map or string needs for its brackets, commas, quotes or head. */
const FRAME_BYTES = 8;
/** Longest key of an echoed string with all that stands around it. */
const KEY_BYTES_MAX = 40;

/** decisionId, transactionId, account, merchant, order; an amendment: supersedes, causedBy for the last. */
const TEXTS_MAX = 5;
/** decisionId, revision, supersedes */
const REVISIONS_MAX = 3;
/** score, expiresAt, notBefore, notAfter, eventTime */
const NUMBERS_MAX = 5;

/** What the length of one format's decisions is made of. */
export interface DecisionSizes {
  /** Lengths of all constants; each stands in a decision once, but those of `repeatedParts`. */
  readonly constants: Int32Array;
  readonly evidence: EvidenceReader;
  readonly parts: DecisionParts;
  readonly echoBytesMax: number;
  /** Longest form of one byte of text. */
  readonly bytesPerByte: number;
  readonly numberBytes: number;
}

/** Constants that stand once for each evidence item or rule of evidence. */
function repeatedParts(parts: DecisionParts): number[] {
  const { value, threshold, margin, compared, score, exemptBy, infinity, minusInfinity } = parts;
  return [value, threshold, margin, compared, score, exemptBy, infinity, minusInfinity];
}

/** A bound for every decision and amendment: everything fires, every text is at its longest. */
export function decisionBytesMax(sizes: DecisionSizes): number {
  const { exempts, queries } = sizes.parts;
  const lengthOf = (constant: number): number => sizes.constants[constant] as number;
  const sum = (constants: readonly number[]): number =>
    constants.reduce((total, constant) => total + lengthOf(constant) + FRAME_BYTES, 0);
  const keyBytes = sum(repeatedParts(sizes.parts));
  const textBytes = EVIDENCE_TEXT_BYTES_MAX * sizes.bytesPerByte;
  const valueBytes = Math.max(textBytes, sizes.numberBytes) + FRAME_BYTES;
  const itemBytes = keyBytes + 2 * valueBytes + sizes.numberBytes + FRAME_BYTES;
  const itemCount = sizes.evidence.templates.reduce((total, items) => total + items.length, 0);
  const ruleBytes = keyBytes + sum([...exempts]) + sizes.numberBytes + FRAME_BYTES;
  return (
    sizes.constants.reduce((total, length) => total + length + FRAME_BYTES, 0) +
    TEXTS_MAX * (sizes.echoBytesMax * sizes.bytesPerByte + KEY_BYTES_MAX) +
    REVISIONS_MAX * INT32_TEXT_BYTES_MAX +
    NUMBERS_MAX * sizes.numberBytes +
    Math.max(0, ...queries.map(({ length }) => length)) +
    itemCount * itemBytes +
    sizes.evidence.templates.length * ruleBytes +
    OVERRUN_BYTES
  );
}
