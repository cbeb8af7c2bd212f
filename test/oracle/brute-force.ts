// The whole engine as one plain program: rows in stream order in, decisions out, with arrays of all
// earlier rows and no state beside them. It is what every faster part is compared with.
//
// Time
// - Stream time at a row is the greatest time of the good rows so far, that row included; a repeat
//   is a good row, a bad row moves nothing.
// - A row is late when its time < stream time - lateness, or, at an entity, when more than scanMax
//   rows that were entered there have a greater time. It is flagged, entered nowhere (not entered
//   at that entity) and its features stand at T' = stream time - lateness: after all entered rows
//   of time <= T', its own values included, windows ending at T'.
// - Rows of one instant stand in stream order; later-timed rows do not count.
// Repeats
// - The reference of an id is its newest occurrence that was no repeat. Up to `repeats.forMs` of
//   stream time after it, a row of that id with the same content is a repeat: it counts nowhere and
//   yields the always-there fields of that decision, reasons[0] and the flag; one with other content
//   is a new row; its decision has the next revision (decisions count, informing rows do not) and a
//   flag. Informing rows take part with their ids and yield nothing.
// Entities
// - A row is at an entity when it carries all fields of the key, compared as sent; keys that it lacks are
//   those of the payment that it is about, while that is kept.
// - It is entered there when it is decided, or when some feature of the entity counts other kinds.
// The life of payments: life.ts.

import type { Decision } from '../../src/domain/decision.ts';
import { DECISION_FLAGS } from '../../src/domain/decision.ts';
import type { InputErrorCode } from '../../src/domain/input-error.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { InterpretedVerdict } from '../../src/rules/interpret/interpret-row.ts';
import { engineReason } from '../../src/rules/interpret/interpret-row.ts';
import type { PreparedPlan, Value } from '../../src/rules/interpret/interpreter.ts';
import { prepare } from '../../src/rules/interpret/interpreter.ts';
import { checkRow, checkValue } from './check-row.ts';
import type { FeatureValue } from './features.ts';
import { counts, featureValue } from './features.ts';
import { LifeModel } from './life.ts';
import { PaymentKeys } from './payment-keys.ts';
import type { InputRow, OracleRow } from './rows.ts';
import { isDecidedKind, readRow, readValue } from './rows.ts';

export interface OracleOptions {
  /** Decisions tell what shadow rules would have done; default false. */
  readonly withShadow?: boolean;
  /** Rows need the keys of their kind; default true. Tests in a rules file go without. */
  readonly requiresKeys?: boolean;
}

/** What became of one row. */
export interface OracleResult {
  /** Position in the stream, from 0. */
  readonly order: number;
  /** Amendments that stand before the row's own decision, and right after it. */
  readonly before: readonly Decision[];
  readonly after: readonly Decision[];
  /** Absent for informing rows and for bad rows without a readable id. */
  readonly decision?: Decision;
  /** Of rows that are neither bad nor repeats: value by feature index. */
  readonly features?: readonly FeatureValue[];
  readonly verdict?: InterpretedVerdict;
  readonly isLate: boolean;
  readonly error?: InputErrorCode;
}

/** Decisions of a stream, in order. */
export function decideAll(
  plan: Plan,
  rows: readonly InputRow[],
  options: OracleOptions = {},
): Decision[] {
  return runOracle(plan, rows, options).flatMap(decisionsOf);
}

/** All that a row adds to the stream, in its order. */
export function decisionsOf({ before, decision, after }: OracleResult): Decision[] {
  return [...before, ...(decision === undefined ? [] : [decision]), ...after];
}

/** What became of each row of a stream, in order. */
export function runOracle(
  plan: Plan,
  rows: readonly InputRow[],
  options: OracleOptions = {},
): OracleResult[] {
  const oracle = new Oracle(plan, options);
  return rows.map((row) => oracle.take(row));
}

interface Occurrence {
  readonly content: string;
  streamTime: number;
  /** Of the id's newest decision; -1 = none yet. */
  readonly revision: number;
  readonly decision: Decision | undefined;
}

/** One stream, row by row. */
export class Oracle {
  readonly #prepared: PreparedPlan;
  readonly #life: LifeModel;
  readonly #keys: PaymentKeys;
  readonly #requiresKeys: boolean;
  #streamTime = -Infinity;
  #order = 0;
  /** By entity: rows that were entered there, by key. */
  readonly #entered: Map<string, OracleRow[]>[];
  readonly #occurrences = new Map<string, Occurrence>();

  constructor(plan: Plan, options: OracleOptions = {}) {
    this.#prepared = prepare(plan);
    this.#life = new LifeModel(this.#prepared, options.withShadow ?? false);
    this.#keys = new PaymentKeys(this.#prepared);
    this.#requiresKeys = options.requiresKeys ?? true;
    this.#entered = plan.entities.map(() => new Map());
  }

  take(input: InputRow): OracleResult {
    const order = this.#order++;
    const error = checkRow(this.#prepared, input);
    if (error !== null && (error !== 'MISSING_KEY' || this.#requiresKeys)) {
      // A bad row is of the stream time that there is: what is due by then fires before it, too.
      const before = this.#life.before(this.#streamTime);
      const nothing = { before, after: [], isLate: false };
      const decision = invalidDecision(this.#prepared, input);
      if (decision === undefined) return { order, error, ...nothing };
      return { order, error, ...nothing, decision: this.#tellInvalid(decision, input) };
    }
    // What came before any good row is taken to be of the first one's time.
    const isFirst = this.#streamTime === -Infinity;
    const row = readRow(this.#prepared, input, order);
    this.#streamTime = Math.max(this.#streamTime, row.time);
    if (isFirst) this.#begin();

    const before = this.#life.before(this.#streamTime);
    const known = this.#knownOf(row.id);
    if (known?.content === row.content) {
      const newest = row.isDecided ? (this.#life.newest(row) ?? known.decision) : undefined;
      const decision = newest && repeatOf(newest, known.decision);
      return { order, before, after: [], isLate: false, ...(decision && { decision }) };
    }
    const result = this.#takeNew(row, known);
    return { ...result, before: [...before, ...result.before], after: this.#life.after(row) };
  }

  /** Greatest time of the good rows so far, or what has passed since. */
  get streamTime(): number {
    return this.#streamTime;
  }

  /** Time passes until an instant, and no row comes. */
  advance(untilMs: number): Decision[] {
    if (untilMs < Infinity) this.#streamTime = Math.max(this.#streamTime, untilMs);
    return this.#life.before(untilMs);
  }

  #begin(): void {
    for (const occurrence of this.#occurrences.values()) {
      if (occurrence.streamTime === -Infinity) occurrence.streamTime = this.#streamTime;
    }
  }

  /** What came under an id and is not forgotten; before the stream's first time nothing is. */
  #knownOf(id: string): Occurrence | undefined {
    const last = this.#occurrences.get(id);
    const { forMs } = this.#prepared.plan.repeats;
    return last === undefined || this.#streamTime - last.streamTime > forMs ? undefined : last;
  }

  /** Told under the id's next revision; the same row again (its content are its bytes) is a repeat. */
  #tellInvalid(decision: Decision, input: InputRow): Decision {
    const id = decision.transactionId;
    const content = `bad ${JSON.stringify(input)}`;
    const known = this.#knownOf(id);
    const isKnown = known !== undefined;
    if (known?.content === content && known.decision !== undefined) {
      return { ...known.decision, flags: ['REPEAT'] };
    }
    const revision = this.#life.countInvalid(id, (known?.revision ?? -1) + 1, isKnown);
    const told: Decision = {
      ...decision,
      decisionId: `${id}#${revision}`,
      revision,
      ...(isKnown && { flags: ['REPEAT_DIFFERS'] }),
    };
    this.#occurrences.set(id, { content, streamTime: this.#streamTime, revision, decision: told });
    return told;
  }

  /** @param known what else came under the row's id */
  #takeNew(row: OracleRow, known: Occurrence | undefined): OracleResult {
    const { features, isLate } = this.#features(row);
    const flags = DECISION_FLAGS.filter(
      (flag) =>
        (flag === 'LATE' && isLate) ||
        (flag === 'REPEAT_DIFFERS' && known !== undefined) ||
        (flag === 'CURRENCY_UNKNOWN' && row.isCurrencyUnknown),
    );
    const next = (known?.revision ?? -1) + 1;
    const decided = row.isDecided ? this.#life.decide(row, features, next, flags) : undefined;
    const decision = decided?.decision;
    this.#occurrences.set(row.id, {
      content: row.content,
      streamTime: this.#streamTime,
      revision: decision?.revision ?? known?.revision ?? -1,
      decision,
    });
    return {
      order: row.order,
      before: decided?.before ?? [],
      after: [],
      features,
      isLate,
      ...(decided && { verdict: decided.verdict, decision: decided.decision }),
    };
  }

  /** Values of all features for `row`, which is then entered where it is to be. */
  #features(row: OracleRow): { features: FeatureValue[]; isLate: boolean } {
    const { plan } = this.#prepared;
    const lateTime = this.#streamTime - plan.time.latenessMs;
    const isBehind = row.time < lateTime;
    let isLate = isBehind;
    const features: FeatureValue[] = plan.features.map(() => undefined);
    const isPayment =
      row.raw[this.#prepared.fields.findIndex(({ name }) => name === 'kind')] === 'payment';
    if (isPayment) this.#keys.keep(row, this.#streamTime);
    const filled = isPayment ? row.raw : this.#keys.fill(row, this.#streamTime);
    plan.entities.forEach((entity, entityIndex) => {
      const key = keyOf(filled, entity.keyFields);
      const mine = plan.features
        .map((spec, index) => ({ spec, index }))
        .filter(({ spec }) => spec.entity === entityIndex);
      if (key === undefined || !mine.some(({ spec }) => counts(spec, row))) return;

      const entered = this.#entered[entityIndex]?.get(key) ?? [];
      const newer = entered.filter((other) => other.time > row.time).length;
      const isLateHere = isBehind || newer > plan.time.scanMax;
      isLate ||= isLateHere;
      const stand = { time: isLateHere ? lateTime : row.time, entered, current: row };
      for (const { spec, index } of mine) {
        features[index] = featureValue(this.#prepared, spec, stand);
      }
      if (!isLateHere) this.#entered[entityIndex]?.set(key, [...entered, row]);
    });
    return { features, isLate };
  }
}

/** undefined where a part of the key is absent. */
function keyOf(raw: readonly Value[], keyFields: readonly number[]): string | undefined {
  const parts = keyFields.map((number) => raw[number]);
  return parts.includes(undefined) ? undefined : JSON.stringify(parts);
}

/**
 * The always-there fields of the newest decision, its first reason, and the flag; the account is the
 * transaction's.
 */
function repeatOf(newest: Decision, own: Decision = newest): Decision {
  const first = newest.reasons?.[0];
  return {
    decisionId: newest.decisionId,
    transactionId: newest.transactionId,
    ...(own.account !== undefined && { account: own.account }),
    outcome: newest.outcome,
    ...(first !== undefined && { reasons: [first] }),
    flags: ['REPEAT'],
    ...(newest.eventTime !== undefined && { eventTime: newest.eventTime }),
    revision: newest.revision,
    rulesHash: newest.rulesHash,
  };
}

/** Of a bad row whose id can be read, unless its kind can be read and informs. */
function invalidDecision(prepared: PreparedPlan, input: InputRow): Decision | undefined {
  const { plan } = prepared;
  const readable = (name: string): Value => {
    const spec = prepared.fields.find((known) => known.name === name);
    const value = input[name];
    if (spec === undefined || value === undefined || checkValue(spec, value) !== null) return;
    return readValue(spec, value);
  };
  const [id, account, time, kind] = ['id', 'account', 'time', 'kind'].map(readable);
  const [merchant, order] = ['merchant', 'order'].map(readable);
  if (typeof id !== 'string' || (kind !== undefined && !isDecidedKind(kind))) return undefined;
  return {
    decisionId: `${id}#0`,
    transactionId: id,
    ...(typeof account === 'string' && { account }),
    ...(typeof merchant === 'string' && { merchant }),
    ...(typeof order === 'string' && { order }),
    outcome: plan.invalid.outcome,
    reasons: [engineReason(prepared, 'INVALID_INPUT')],
    ...(typeof time === 'number' && { eventTime: time }),
    revision: 0,
    rulesHash: plan.hash,
    ...(plan.version !== null && { rulesVersion: plan.version }),
  };
}
