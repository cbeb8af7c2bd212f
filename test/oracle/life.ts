// The life of payments as one plain program, built from docs/lifecycle.md: records in a Map, codes,
// terminals and waiting rows as arrays, timers looked for among all records. It decides each row the
// first time and says what it amends; brute-force.ts has the stream, the repeats and the features.
//
//   before(streamTime)   timers that are due fire, in order
//   decide(row)          its own decision; where it makes room, what leaves before it
//   after(row)           what it tells of others

import { must } from '../../src/base/assert.ts';
import type { Decision, DecisionFlag } from '../../src/domain/decision.ts';
import { DECISION_FLAGS } from '../../src/domain/decision.ts';
import type { Expression } from '../../src/domain/expression.ts';
import { someNode } from '../../src/domain/expression-tree.ts';
import type { Cause } from '../../src/domain/life.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { InterpretedVerdict } from '../../src/rules/interpret/interpret-row.ts';
import { interpretRow } from '../../src/rules/interpret/interpret-row.ts';
import type { PreparedPlan, RowView } from '../../src/rules/interpret/interpreter.ts';
import { evaluate } from '../../src/rules/interpret/interpreter.ts';
import type { FeatureValue } from './features.ts';
import { amendmentOf, decisionOf } from './life-decision.ts';
import type { Code, Kept, PaymentLife } from './life-record.ts';
import {
  applyStatus,
  hear,
  isInFlight,
  newLife,
  refundConflict,
  reversalConflict,
} from './life-record.ts';
import { NO_TIMER, nextTimer } from './life-timers.ts';
import type { Verdict } from './life-verdict.ts';
import { complete, judgeAgain, judgedRow } from './life-verdict.ts';
import type { SeenPayment } from './life-view.ts';
import { numberOf, textField, viewOf } from './life-view.ts';
import { convert } from './money.ts';
import type { OracleRow } from './rows.ts';
import { shardOf } from './shard.ts';

/** none: no decision can be held. held: those that are. all: every payment. */
type Mode = 'none' | 'held' | 'all';

/** What caused an evaluation. */
interface Event {
  readonly cause: Cause;
  /** Absent where time passed, or a hold was released. */
  readonly row?: OracleRow | undefined;
  readonly causedBy?: string | undefined;
  readonly time: number;
}

interface Waiting {
  readonly row: OracleRow;
  readonly of: string;
  readonly since: number;
}

export interface Decided {
  /** Amendments that stand before the decision: holds that had to end to make room. */
  readonly before: readonly Decision[];
  readonly decision: Decision;
  readonly verdict: InterpretedVerdict;
}

function modeOf(plan: Plan): Mode {
  if (plan.rules.some((rule) => rule.isLife)) return 'all';
  const canHold =
    plan.score.hold !== null ||
    plan.rules.some(({ mode, outcome }) => mode === 'live' && outcome === 'hold');
  const canPass = plan.life.rails.length > 0 && plan.rules.some((r) => r.outcome === 'reverse');
  return canHold || canPass ? 'held' : 'none';
}

export class LifeModel {
  readonly #prepared: PreparedPlan;
  readonly #plan: Plan;
  readonly #withShadow: boolean;
  readonly #mode: Mode;
  readonly #perShard: number;
  readonly #waitingMax: number;
  readonly #seesFaults: boolean;
  readonly #seesCodes: boolean;
  readonly #kept = new Map<string, Kept>();
  readonly #codes = new Map<string, Code>();
  /** Payments in flight by terminal, in the order in which they came. */
  readonly #flights = new Map<string, Kept[]>();
  #waiting: Waiting[] = [];
  #now = -Infinity;
  #sequence = 0;
  #touches = 0;
  /** Amendments of the step in hand. */
  #out: Decision[] = [];

  constructor(prepared: PreparedPlan, withShadow: boolean) {
    const { plan } = prepared;
    this.#prepared = prepared;
    this.#plan = plan;
    this.#withShadow = withShadow;
    this.#mode = modeOf(plan);
    this.#perShard = Math.max(2, plan.limits.pending);
    this.#waitingMax = Math.max(1, Math.ceil(this.#perShard / 16)) * 16;
    const names = plan.life.fields.map(({ name }) => name);
    this.#seesFaults = names.some((name) => name.startsWith('event.'));
    this.#seesCodes = this.#seesFaults || names.some((name) => /\.code(State|Uses)$/.test(name));
  }

  // -- time --

  /** Timers due at or before this stream time fire. */
  before(streamTime: number): Decision[] {
    this.#out = [];
    for (;;) {
      const [first] = [...this.#kept.values()]
        .filter((record) => dueOf(record) <= streamTime)
        .toSorted((a, b) => dueOf(a) - dueOf(b) || a.sequence - b.sequence);
      if (first === undefined) break;
      this.#now = dueOf(first);
      this.#fire(first);
    }
    this.#now = streamTime;
    return this.#out;
  }

  #fire(record: Kept): void {
    const { timer, hold } = record;
    if (!this.#isKept(record)) {
      this.#drop(record);
    } else if (hold !== null && hold.endsAt <= this.#now) {
      this.#expire(record, hold.expiresAt, []);
    } else {
      record.timer = NO_TIMER;
      this.#reconsider(record, { cause: timer.cause, time: this.#now });
    }
  }

  #expire(record: Kept, time: number, flags: readonly DecisionFlag[]): void {
    const event: Event = { cause: 'hold-expired', time };
    const { onExpiry } = must(record.hold ?? undefined, 'hold');
    const firedBefore = record.fired;
    record.hold = null;
    const view = this.#viewOf(record, event);
    record.fired = this.#firing(record, view);
    record.isExpired = true;
    if (onExpiry === 'allow' && !record.isForced) this.#waive(record, firedBefore);
    else {
      record.isEndless = true;
      record.isForced = true;
    }
    if (onExpiry === 'refund') record.isByRefund = true;
    this.#amend(record, this.#verdictOf(record, view, event), event, view, flags);
    this.#resolve(record, event.time);
  }

  // -- rows --

  /** The newest decision on a row that comes again, where it is kept. */
  newest({ id, content }: OracleRow): Decision | undefined {
    const record = this.#find(id);
    // Where only holds are kept, the id may have been decided anew and allowed since.
    return record?.row.content === content ? record.newest : undefined;
  }

  /** @param revision that the row has if nothing is kept of its id */
  decide(
    row: OracleRow,
    features: readonly FeatureValue[],
    revision: number,
    flags: readonly DecisionFlag[],
  ): Decided {
    const kind = this.#text(row, 'kind') ?? '';
    this.#out = [];
    const own = this.#find(row.id);
    const life = this.#begunLife(row, kind, own);
    const code = kind === 'payment' ? this.#codeOf(row) : undefined;
    if (code !== undefined) {
      code.state = this.#text(row, 'codeState') ?? code.state;
      life.codeState = code.state;
    }
    const otherUses = code === undefined ? 0 : code.uses - (own?.code === code ? 1 : 0);
    const hadMoved = own?.kind === kind && own.hasMoved;
    if (hadMoved && kind === 'refund') this.#takeBack(own);
    const hadReversed = hadMoved && kind === 'reversal';
    const of = this.#mode === 'all' && kind !== 'payment' ? this.#paymentOf(row) : undefined;
    const seenOf = of && this.#putTo(of, row, kind, hadReversed);
    const isSeen = kind === 'payment' && this.#mode === 'all';
    const codeUses = code === undefined ? undefined : otherUses + 1;
    const parts = {
      row,
      features,
      payment: isSeen ? { row, life, codeUses, ...refundsOf(life) } : undefined,
      of: seenOf,
      event: row,
      now: this.#now,
    };
    const view = viewOf(this.#prepared, parts);
    const interpreted = interpretRow(this.#prepared, view);
    const verdict = complete(this.#prepared, judgedRow(interpreted), {
      isPayment: kind === 'payment',
      rail: this.#text(row, 'rail'),
      paidAt: row.time,
      now: this.#now,
      eventTime: row.time,
      isCharged: this.#text(row, 'walletStatus') === 'charged',
      isForced: false,
      isByRefund: false,
      isExpired: false,
      isEndless: false,
      goesOn: null,
    });
    const isAllowed = verdict.outcome === 'allow';
    if (of !== undefined) this.#settle(of, row, kind, isAllowed);

    const isRenewed = flags.includes('REPEAT_DIFFERS');
    const keeps = this.#mode === 'all' || verdict.outcome === 'hold' || isRenewed;
    if (this.#mode === 'none' || !keeps) {
      const decision = decisionOf(this.#prepared, row, revision, verdict, flags, this.#withShadow);
      return { before: [], decision, verdict: interpreted };
    }
    const isFull = own === undefined && this.#makeRoom(row.id);
    const told = isFull ? withFlag(flags, 'TRUNCATED') : flags;
    const next = own === undefined ? revision : own.newest.revision + 1;
    const decision = decisionOf(this.#prepared, row, next, verdict, told, this.#withShadow);
    const record = this.#keep(own, { row, kind, features, life, decision, verdict, interpreted });
    record.hasMoved = hadReversed || (of !== undefined && isAllowed);
    if (code !== undefined) {
      record.code = code;
      code.uses++;
      code.members.push(record);
    }
    this.#board(record);
    this.#arm(record, view);
    return { before: this.#out, decision, verdict: interpreted };
  }

  /** What a good row that is no repeat tells of others. */
  after(row: OracleRow): Decision[] {
    this.#out = [];
    const kind = this.#text(row, 'kind') ?? '';
    const event = { row, causedBy: row.id, time: row.time };
    switch (kind) {
      case 'payment':
        this.#applyWaiting(row.id);
        break;
      case 'refund':
      case 'reversal': {
        if (this.#mode !== 'all') break;
        const payment = this.#paymentOf(row);
        if (payment === undefined) this.#wait(row);
        else this.#reconsider(payment, { ...event, cause: kind });
        this.#applyWaiting(row.id);
        break;
      }
      case 'release':
      case 'status':
      case 'label': {
        const of = this.#text(row, 'of');
        const record = of === undefined ? undefined : this.#concerned(of, kind);
        if (record === undefined) this.#wait(row);
        else this.#tell(record, row, kind);
        break;
      }
      case 'code':
        this.#tellCode(row);
        break;
      default:
        this.#tellTerminal(row);
    }
    return this.#out;
  }

  // -- what a decided row is decided with --

  /** The life of a payment with what its own row says; an id decided anew keeps what has happened. */
  #begunLife(row: OracleRow, kind: string, own: Kept | undefined): PaymentLife {
    const life = own?.kind === kind ? { ...own.life } : newLife();
    if (kind !== 'payment') return life;
    life.walletStatus = hear(life.walletStatus, this.#text(row, 'walletStatus'));
    life.terminalStatus = hear(life.terminalStatus, this.#text(row, 'terminalStatus'));
    life.amount = numberOf(this.#prepared, row, 'amount');
    return life;
  }

  /** The code of a payment, touched now. */
  #codeOf(row: OracleRow): Code | undefined {
    const name = this.#text(row, 'paymentCode');
    if (name === undefined || this.#mode !== 'all' || !this.#seesCodes) return undefined;
    const { keepMs } = this.#plan.life;
    const known = this.#codes.get(name);
    const isKnown =
      known !== undefined &&
      (known.touchedAt + keepMs >= this.#now || known.members.some((one) => this.#isKept(one)));
    const code: Code = isKnown
      ? known
      : { code: name, state: undefined, uses: 0, touchedAt: this.#now, members: [] };
    code.touchedAt = this.#now;
    this.#codes.set(name, code);
    return code;
  }

  /** A refund or reversal is put to its payment: its conflict, and the payment as its rules see it. */
  #putTo(payment: Kept, row: OracleRow, kind: string, hadReversed: boolean): SeenPayment {
    const { life } = payment;
    if (kind === 'reversal') {
      if (!hadReversed) life.conflict = reversalConflict(life) ?? life.conflict;
      return this.#seen(payment);
    }
    const refundedAmount = life.refundedAmount + (this.#amountOf(row, payment) ?? 0);
    life.conflict = refundConflict(life, refundedAmount) ?? life.conflict;
    return { ...this.#seen(payment), refundedAmount, refundCount: life.refundCount + 1 };
  }

  #seen(payment: Kept): SeenPayment {
    const { row, life, code } = payment;
    return { row, life: { ...life }, codeUses: code?.uses, ...refundsOf(life) };
  }

  /** A refund that is decided anew is no second one: what it gave back before counts no more. */
  #takeBack(refund: Kept): void {
    const payment = this.#paymentOf(refund.row);
    if (payment === undefined) return;
    payment.life.refundedAmount -= this.#amountOf(refund.row, payment) ?? 0;
    payment.life.refundCount = Math.max(0, payment.life.refundCount - 1);
  }

  /** The refund or reversal is decided. */
  #settle(payment: Kept, row: OracleRow, kind: string, isAllowed: boolean): void {
    if (isAllowed) this.#move(payment, kind, this.#amountOf(row, payment));
    this.#touch(payment);
  }

  #move(payment: Kept, kind: string, amount: number | undefined): void {
    const { life } = payment;
    if (kind === 'refund') {
      life.refundedAmount += amount ?? 0;
      life.refundCount++;
    } else life.isReversed = true;
    this.#land(payment);
  }

  /** Minor units of the plan's currency; a row without a currency of its own is in the payment's. */
  #amountOf(row: OracleRow, payment: Kept): number | undefined {
    const amount = row.raw[this.#prepared.fields.findIndex(({ name }) => name === 'amount')];
    const currency = this.#text(row, 'currency') ?? this.#text(payment.row, 'currency');
    return typeof amount === 'number' ? convert(this.#plan, amount, currency) : undefined;
  }

  // -- keeping --

  #isKept(record: Kept): boolean {
    const isRecent = record.touchedAt + this.#plan.life.keepMs >= this.#now;
    return isRecent || (record.hold !== null && record.hold.endsAt >= this.#now);
  }

  #find(id: string): Kept | undefined {
    const record = this.#kept.get(id);
    return record !== undefined && this.#isKept(record) ? record : undefined;
  }

  #payment(id: string): Kept | undefined {
    const record = this.#find(id);
    return record?.kind === 'payment' ? record : undefined;
  }

  #paymentOf(row: OracleRow): Kept | undefined {
    const of = this.#text(row, 'of');
    return of === undefined ? undefined : this.#payment(of);
  }

  /** A release is about any decision, the others about payments. */
  #concerned(of: string, kind: string): Kept | undefined {
    if (kind === 'release') return this.#find(of);
    return this.#mode === 'all' ? this.#payment(of) : undefined;
  }

  #touch(record: Kept): void {
    record.touchedAt = this.#now;
    record.touchOrder = this.#touches++;
  }

  /** Of a full shard the one leaves whose last row is longest ago. Gives whether one had to. */
  #makeRoom(id: string): boolean {
    const stale = this.#kept.get(id);
    if (stale !== undefined) this.#drop(stale);
    const inShard = [...this.#kept.values()]
      .filter((record) => record.shard === shardOf(id) && this.#isKept(record))
      .toSorted((a, b) => a.touchOrder - b.touchOrder);
    const [oldest] = inShard;
    if (oldest === undefined || inShard.length < this.#perShard) return false;
    if (oldest.hold !== null) this.#expire(oldest, this.#now, ['TRUNCATED']);
    this.#drop(oldest);
    return true;
  }

  #drop(record: Kept): void {
    this.#kept.delete(record.id);
    this.#leave(record);
  }

  /** It is no longer among those with its code, nor on its terminal. */
  #leave(record: Kept): void {
    const { code } = record;
    if (code !== undefined) code.members = code.members.filter((one) => one !== record);
    for (const [terminal, flights] of this.#flights) {
      this.#flights.set(
        terminal,
        flights.filter((one) => one !== record),
      );
    }
  }

  #keep(
    own: Kept | undefined,
    now: {
      readonly row: OracleRow;
      readonly kind: string;
      readonly features: readonly FeatureValue[];
      readonly life: PaymentLife;
      readonly decision: Decision;
      readonly verdict: Verdict;
      readonly interpreted: InterpretedVerdict;
    },
  ): Kept {
    const { row, kind, features, life, decision, verdict, interpreted } = now;
    if (own !== undefined) {
      if (own.code !== undefined) own.code.uses--;
      this.#leave(own);
    }
    const { rules } = this.#plan;
    const isLife = (rule: number): boolean => rules[rule]?.isLife === true;
    const { live, score, shadow } = interpreted.fired;
    const rowScored = [...live, ...score].filter((r) => !isLife(r) && rules[r]?.score !== null);
    const record: Kept = {
      id: row.id,
      shard: shardOf(row.id),
      sequence: own?.sequence ?? this.#sequence++,
      row,
      kind,
      features,
      life,
      code: undefined,
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
      hasMoved: false,
      touchedAt: this.#now,
      touchOrder: this.#touches++,
      timer: NO_TIMER,
    };
    this.#hold(record, verdict);
    this.#kept.set(row.id, record);
    return record;
  }

  #sumOf({ evidence }: InterpretedVerdict, rules: readonly number[]): number {
    const ids = rules.map((rule) => this.#plan.rules[rule]?.id);
    return evidence.reduce((sum, one) => sum + (ids.includes(one.rule) ? (one.score ?? 0) : 0), 0);
  }

  /** A hold that is over when it begins ends at once, before the next row. */
  #hold(record: Kept, { hold }: Verdict): void {
    record.hold =
      hold === null
        ? null
        : { ...hold, endsAt: record.hold?.endsAt ?? Math.max(hold.expiresAt, this.#now) };
  }

  // -- deciding again --

  #viewOf(record: Kept, event: Event): RowView {
    const { row, features, kind } = record;
    return viewOf(this.#prepared, {
      row,
      features,
      payment: kind === 'payment' ? this.#seen(record) : undefined,
      of: kind === 'payment' ? undefined : this.#seenBy(record),
      event: event.row,
      cause: event.cause,
      now: this.#now,
    });
  }

  /** The payment that a refund or reversal is about, the one in hand counted. */
  #seenBy(record: Kept): SeenPayment | undefined {
    const payment = this.#paymentOf(record.row);
    if (payment === undefined || this.#mode !== 'all') return undefined;
    const seen = this.#seen(payment);
    if (record.kind === 'reversal' || record.hasMoved) return seen;
    const amount = this.#amountOf(record.row, payment) ?? 0;
    return {
      ...seen,
      refundedAmount: seen.refundedAmount + amount,
      refundCount: seen.refundCount + 1,
    };
  }

  /** Life rules that are true, and those that an event has shown. */
  #firing(record: Kept, view: RowView): ReadonlySet<number> {
    const firing = this.#plan.rules.flatMap((rule, index) => {
      if (!rule.isLife) return [];
      // A refund or reversal was put to its payment once: later only what an event shows is new.
      const readsEvent = this.#readsEvent(rule.when);
      const isOnce = record.kind !== 'payment';
      const isShown = record.fired.has(index) && (isOnce || readsEvent);
      if (isShown) return [index];
      if (isOnce && !readsEvent) return [];
      return evaluate(rule.when, view, this.#prepared) === true ? [index] : [];
    });
    return new Set(firing);
  }

  #readsEvent(e: Expression): boolean {
    return someNode(
      e,
      (node) =>
        node.op === 'field' &&
        this.#prepared.fields[node.field]?.name.startsWith('event.') === true,
    );
  }

  /** The rules that had fired have no more say in this decision. */
  #waive(record: Kept, firedBefore: ReadonlySet<number>): void {
    record.waived = new Set([...record.waived, ...firedBefore]);
    record.areRowRulesWaived = true;
  }

  #verdictOf(record: Kept, view: RowView, event: Event): Verdict {
    const isWaived = record.areRowRulesWaived;
    const judged = judgeAgain(
      this.#prepared,
      view,
      isWaived ? [] : record.rowRules,
      isWaived ? undefined : record.rowScore,
      [...record.fired].filter((rule) => !record.waived.has(rule)),
    );
    return complete(this.#prepared, judged, {
      isPayment: record.kind === 'payment',
      rail: this.#text(record.row, 'rail'),
      paidAt: record.row.time,
      now: this.#now,
      eventTime: event.time,
      isCharged: record.life.walletStatus === 'charged',
      isForced: record.isForced,
      isByRefund: record.isByRefund,
      isExpired: record.isExpired,
      isEndless: record.isEndless,
      goesOn: record.hold && { expiresAt: record.hold.expiresAt, onExpiry: record.hold.onExpiry },
    });
  }

  /** Decides a record again after an event. What was reversed by decline or expiry stays so. */
  #reconsider(record: Kept, event: Event): void {
    if (record.isForced) return;
    const view = this.#viewOf(record, event);
    record.fired = this.#firing(record, view);
    const verdict = this.#verdictOf(record, view, event);
    if (hasChanged(record.newest, verdict)) this.#amend(record, verdict, event, view, []);
    else this.#arm(record, view);
  }

  #amend(
    record: Kept,
    verdict: Verdict,
    event: Event,
    view: RowView,
    flags: readonly DecisionFlag[],
  ): void {
    const decision = amendmentOf(this.#prepared, record, verdict, event, flags, this.#withShadow);
    record.newest = decision;
    this.#hold(record, verdict);
    this.#out.push(decision);
    this.#arm(record, view);
  }

  #arm(record: Kept, view: RowView): void {
    const hasTimers = record.kind === 'payment' && !record.isForced;
    record.timer = hasTimers
      ? nextTimer(this.#prepared, view, record.row.time, this.#now)
      : NO_TIMER;
  }

  // -- events --

  #tell(record: Kept, row: OracleRow, kind: string): void {
    this.#touch(record);
    const event = { row, causedBy: row.id, time: row.time };
    if (kind === 'release') {
      this.#release(record, { ...event, cause: 'release' });
      return;
    }
    const { life } = record;
    if (kind === 'status') {
      applyStatus(
        life,
        this.#text(row, 'walletStatus'),
        this.#text(row, 'terminalStatus'),
        this.#amountOf(row, record),
      );
      this.#land(record);
      this.#reconsider(record, { ...event, cause: 'status' });
    } else {
      life.label = this.#text(row, 'label');
      this.#reconsider(record, { ...event, cause: 'label' });
    }
  }

  #release(record: Kept, event: Event): void {
    const row = must(event.row, 'row');
    const word = this.#text(row, 'release');
    record.life.release = word;
    if (record.newest.outcome !== 'hold') return;
    const view = this.#viewOf(record, event);
    const firedBefore = record.fired;
    record.fired = this.#firing(record, view);
    const isStopped = [...record.fired].some((rule) => {
      const { mode, outcome } = must(this.#plan.rules[rule], 'rule');
      const isNew = !firedBefore.has(rule) && !record.waived.has(rule);
      return isNew && mode === 'live' && outcome !== 'allow';
    });
    if (!isStopped && this.#text(row, 'credential') !== 'failed') {
      if (word === 'approve') {
        this.#waive(record, firedBefore);
        record.isForced = false;
        record.isByRefund = false;
        record.isEndless = false;
      } else record.isForced = true;
    }
    const verdict = this.#verdictOf(record, view, event);
    if (!hasChanged(record.newest, verdict)) {
      this.#arm(record, view);
      return;
    }
    this.#amend(record, verdict, event, view, []);
    this.#resolve(record, event.time);
  }

  /** A refund or reversal that was held may go out now: its payment moves. */
  #resolve(record: Kept, time: number): void {
    const { kind, newest, hasMoved } = record;
    if (this.#mode !== 'all' || (kind !== 'refund' && kind !== 'reversal')) return;
    if (newest.outcome !== 'allow' || hasMoved) return;
    const payment = this.#paymentOf(record.row);
    if (payment === undefined) return;
    this.#move(payment, kind, this.#amountOf(record.row, payment));
    record.hasMoved = true;
    this.#reconsider(payment, { cause: kind, causedBy: record.id, time });
  }

  #tellCode(row: OracleRow): void {
    const code = this.#codeOf(row);
    if (code === undefined) return;
    const state = this.#text(row, 'codeState');
    code.state = state ?? code.state;
    const members = code.members.filter((one) => this.#isKept(one));
    for (const record of members) {
      record.life.codeState = state ?? record.life.codeState;
      this.#touch(record);
      this.#reconsider(record, { cause: 'code', row, causedBy: row.id, time: row.time });
    }
  }

  #tellTerminal(row: OracleRow): void {
    const terminal = this.#text(row, 'terminal');
    if (this.#text(row, 'fault') === undefined || terminal === undefined) return;
    const flights = this.#flights.get(terminal) ?? [];
    for (const record of flights.filter((one) => this.#isKept(one))) {
      this.#touch(record);
      this.#reconsider(record, { cause: 'fault', row, causedBy: row.id, time: row.time });
    }
  }

  /** A payment that has just been decided is in flight on its terminal, if it is. */
  #board(record: Kept): void {
    const terminal = this.#text(record.row, 'terminal');
    const canFly = this.#mode === 'all' && this.#seesFaults && record.kind === 'payment';
    if (!canFly || terminal === undefined || !isInFlight(record.life)) return;
    this.#flights.set(terminal, [...(this.#flights.get(terminal) ?? []), record]);
  }

  /** What has landed stays so. */
  #land(record: Kept): void {
    const terminal = this.#text(record.row, 'terminal');
    if (terminal === undefined || isInFlight(record.life)) return;
    const flights = this.#flights.get(terminal) ?? [];
    this.#flights.set(
      terminal,
      flights.filter((one) => one !== record),
    );
  }

  // -- rows that came before their payment --

  #wait(row: OracleRow): void {
    const of = this.#text(row, 'of');
    if (this.#mode !== 'all' || of === undefined) return;
    this.#dropOverdue();
    if (this.#waiting.length >= this.#waitingMax) this.#waiting.shift();
    this.#waiting.push({ row, of, since: this.#now });
  }

  #dropOverdue(): void {
    const { waitMs } = this.#plan.life;
    this.#waiting = this.#waiting.filter(({ since }) => since + waitMs >= this.#now);
  }

  /** What waited for the row that was just decided. */
  #applyWaiting(id: string): void {
    const record = this.#find(id);
    if (record === undefined || this.#mode !== 'all') return;
    this.#dropOverdue();
    const mine = this.#waiting.filter((one) => one.of === id);
    this.#waiting = this.#waiting.filter((one) => one.of !== id);
    for (const { row } of mine) this.#applyLate(record, row, this.#text(row, 'kind') ?? '');
  }

  #applyLate(record: Kept, row: OracleRow, kind: string): void {
    // A refund or reversal hears of releases only; of anything else it is not the payment.
    if (record.kind !== 'payment' && kind !== 'release') return;
    const { life } = record;
    if (kind !== 'refund' && kind !== 'reversal') {
      life.conflict = 'event-before-payment';
      this.#tell(record, row, kind);
      return;
    }
    const own = this.#find(row.id);
    life.conflict = kind === 'refund' ? 'refund-before-payment' : 'reversal-before-payment';
    const isOut = own === undefined || own.newest.outcome === 'allow';
    if (isOut && own?.hasMoved !== true) {
      this.#move(record, kind, this.#amountOf(row, record));
      if (own !== undefined) own.hasMoved = true;
    }
    this.#reconsider(record, { cause: kind, row, causedBy: row.id, time: row.time });
  }

  #text(row: OracleRow, name: string): string | undefined {
    return textField(this.#prepared, row, name);
  }
}

function refundsOf(life: PaymentLife): { refundedAmount: number; refundCount: number } {
  return { refundedAmount: life.refundedAmount, refundCount: life.refundCount };
}

function dueOf({ hold, timer }: Kept): number {
  return Math.min(hold?.endsAt ?? Infinity, timer.due);
}

function hasChanged(newest: Decision, { outcome, reasons }: Verdict): boolean {
  const text = (of: unknown): string => JSON.stringify(of);
  return newest.outcome !== outcome || text(newest.reasons ?? []) !== text(reasons);
}

function withFlag(flags: readonly DecisionFlag[], flag: DecisionFlag): DecisionFlag[] {
  return DECISION_FLAGS.filter((one) => one === flag || flags.includes(one));
}
