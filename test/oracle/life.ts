// The life of payments as one plain program, built from docs/lifecycle.md: records in a Map, codes,
// terminals and waiting rows as arrays, timers looked for among all records. It decides each row the
// first time and says what it amends; brute-force.ts has the stream, the repeats and the features.
//
//   before(streamTime)   timers that are due fire, in order
//   decide(row)          its own decision; where it makes room, what leaves before it
//   after(row)           what it tells of others

import type { Decision, DecisionFlag } from '../../src/domain/decision.ts';
import { DECISION_FLAGS } from '../../src/domain/decision.ts';
import { addScores } from '../../src/domain/score.ts';
import type { InterpretedVerdict } from '../../src/rules/interpret/interpret-row.ts';
import type { PreparedPlan } from '../../src/rules/interpret/interpreter.ts';
import type { FeatureValue } from './features.ts';
import { LifeAgain } from './life-again.ts';
import { decisionOf } from './life-decision.ts';
import { LifeEvents } from './life-events.ts';
import type { FirstDecision } from './life-first.ts';
import { LifeFirst } from './life-first.ts';
import type { Kept } from './life-record.ts';
import { LifeStore } from './life-store.ts';
import { NO_TIMER } from './life-timers.ts';
import type { OracleRow } from './rows.ts';
import { shardOf } from './shard.ts';

export interface Decided {
  /** Amendments that stand before the decision: holds that had to end to make room. */
  readonly before: readonly Decision[];
  readonly decision: Decision;
  readonly verdict: InterpretedVerdict;
}

export class LifeModel {
  readonly #store: LifeStore;
  readonly #again: LifeAgain;
  readonly #events: LifeEvents;
  readonly #first: LifeFirst;
  readonly #withShadow: boolean;
  /** See FirstDecision.former: of the row that was decided last. */
  #former: Kept | undefined;

  constructor(prepared: PreparedPlan, withShadow: boolean) {
    this.#store = new LifeStore(prepared);
    this.#again = new LifeAgain(this.#store, withShadow);
    this.#events = new LifeEvents(this.#store, this.#again);
    this.#first = new LifeFirst(this.#store);
    this.#withShadow = withShadow;
  }

  /** Timers due at or before this stream time fire. */
  before(streamTime: number): Decision[] {
    this.#again.out = [];
    for (;;) {
      const [first] = [...this.#store.kept.values()]
        .filter((record) => dueOf(record) <= streamTime)
        .toSorted((a, b) => dueOf(a) - dueOf(b) || a.sequence - b.sequence);
      if (first === undefined) break;
      this.#store.now = dueOf(first);
      this.#fire(first);
    }
    this.#store.now = streamTime;
    return this.#again.out;
  }

  #fire(record: Kept): void {
    const { timer, hold } = record;
    if (!this.#store.isKept(record)) {
      this.#store.drop(record);
    } else if (hold !== null && hold.endsAt <= this.#store.now) {
      this.#again.expire(record, hold.expiresAt, []);
    } else {
      record.timer = NO_TIMER;
      this.#again.reconsider(record, { cause: timer.cause, time: this.#store.now });
    }
  }

  /** The newest decision on a row that comes again, where it is kept. */
  newest({ id, content }: OracleRow): Decision | undefined {
    const record = this.#store.find(id);
    // Where only holds are kept, the id may have been decided anew and allowed since.
    if (record !== undefined) return record.row.content === content ? record.newest : undefined;
    const left = this.#store.leftOf(id);
    return left?.content === content ? left.newest : undefined;
  }

  /** Revision of INVALID_INPUT under an id: what is kept of it goes on behind it. */
  countInvalid(id: string, revision: number, isRenewed: boolean): number {
    const record = this.#store.find(id);
    if (record !== undefined) {
      const next = record.newest.revision + 1;
      record.newest = { ...record.newest, revision: next };
      return next;
    }
    const left = isRenewed ? this.#store.leftOf(id) : undefined;
    return Math.max(revision, (left?.newest.revision ?? -1) + 1);
  }

  /** @param revision that the row has if nothing is kept of its id */
  decide(
    row: OracleRow,
    features: readonly FeatureValue[],
    revision: number,
    flags: readonly DecisionFlag[],
  ): Decided {
    this.#again.out = [];
    const first = this.#first.decide(row, features);
    const { own, verdict, interpreted } = first;
    this.#former = first.former;
    const { mode, prepared } = this.#store;
    const isRenewed = flags.includes('REPEAT_DIFFERS');
    const goesOn = isRenewed || own !== undefined;
    const holds = mode === 'held' && (verdict.outcome === 'hold' || goesOn);
    const keeps = mode === 'all' || holds;
    const left = isRenewed && own === undefined ? this.#store.leftOf(row.id) : undefined;
    const isFull = keeps && own === undefined && this.#makeRoom(row.id);
    const told = isFull ? withFlag(flags, 'TRUNCATED') : flags;
    const counted = Math.max(revision, (left?.newest.revision ?? -1) + 1);
    const next = keeps && own !== undefined ? own.newest.revision + 1 : counted;
    const decision = decisionOf(prepared, row, next, verdict, told, this.#withShadow);
    if (keeps) this.#keep(first, decision);
    return { before: this.#again.out, decision, verdict: interpreted };
  }

  /** What a good row that is no repeat tells of others. */
  after(row: OracleRow): Decision[] {
    this.#again.out = [];
    this.#events.after(row, this.#former);
    return this.#again.out;
  }

  /** Of a full shard the one leaves whose last row is longest ago. Gives whether one had to. */
  #makeRoom(id: string): boolean {
    const oldest = this.#store.leavingFor(id);
    if (oldest === undefined) return false;
    if (oldest.hold !== null) this.#again.expire(oldest, this.#store.now, ['TRUNCATED']);
    this.#store.drop(oldest);
    return true;
  }

  #keep(first: FirstDecision, decision: Decision): void {
    const { own, row, kind, features, life, code, verdict, interpreted } = first;
    if (own !== undefined) {
      if (own.code !== undefined) own.code.uses--;
      this.#store.leave(own);
    }
    const { rules } = this.#store.plan;
    const isLife = (rule: number): boolean => rules[rule]?.isLife === true;
    const { live, score, shadow } = interpreted.fired;
    const rowScored = [...live, ...score].filter((r) => !isLife(r) && rules[r]?.score !== null);
    const record: Kept = {
      id: row.id,
      shard: shardOf(row.id),
      sequence: own?.sequence ?? this.#store.nextSequence(),
      row,
      kind,
      features,
      life,
      code,
      newest: decision,
      hold: null,
      rowRules: verdict.reasonRules.filter((rule) => !isLife(rule)),
      rowScore: rowScored.length === 0 ? undefined : this.#sumOf(interpreted, rowScored),
      fired: new Set([...live, ...score, ...shadow].filter(isLife)),
      waived: new Set(),
      areRowRulesWaived: false,
      isForced: false,
      isByRefund: false,
      isExpired: false,
      isEndless: false,
      hasMoved: first.hasMoved,
      touchedAt: this.#store.now,
      touchOrder: this.#store.nextTouch(),
      timer: NO_TIMER,
    };
    this.#again.hold(record, verdict);
    this.#store.kept.set(row.id, record);
    if (code !== undefined) {
      code.uses++;
      code.members.push(record);
    }
    this.#store.board(record);
    this.#again.arm(record, first.view);
  }

  #sumOf({ evidence }: InterpretedVerdict, rules: readonly number[]): number {
    const ids = rules.map((rule) => this.#store.plan.rules[rule]?.id);
    return evidence.reduce(
      (sum, one) => addScores(sum, ids.includes(one.rule) ? (one.score ?? 0) : 0),
      0,
    );
  }
}

function dueOf({ hold, timer }: Kept): number {
  return Math.min(hold?.endsAt ?? Infinity, timer.due);
}

function withFlag(flags: readonly DecisionFlag[], flag: DecisionFlag): DecisionFlag[] {
  return DECISION_FLAGS.filter((one) => one === flag || flags.includes(one));
}
