// When and how a decision that lives on is decided again: after an event, at an instant, at the end of its
// hold, by a release.

import { must } from '../../src/base/assert.ts';
import type { Decision, DecisionFlag } from '../../src/domain/decision.ts';
import type { Expression } from '../../src/domain/expression.ts';
import { someNode } from '../../src/domain/expression-tree.ts';
import type { Cause } from '../../src/domain/life.ts';
import type { RowView } from '../../src/rules/interpret/interpreter.ts';
import { evaluate } from '../../src/rules/interpret/interpreter.ts';
import { amendmentOf } from './life-decision.ts';
import type { Kept } from './life-record.ts';
import { givenBackOf, refundConflict, reversalConflict } from './life-record.ts';
import type { LifeStore } from './life-store.ts';
import { NO_TIMER, nextTimer } from './life-timers.ts';
import type { Verdict } from './life-verdict.ts';
import { complete, judgeAgain } from './life-verdict.ts';
import type { SeenPayment } from './life-view.ts';
import { numberOf, viewOf } from './life-view.ts';
import type { OracleRow } from './rows.ts';

/** What caused an evaluation. */
export interface Event {
  readonly cause: Cause;
  /** Absent where time passed, or a hold was released. */
  readonly row?: OracleRow | undefined;
  readonly causedBy?: string | undefined;
  readonly time: number;
}

export class LifeAgain {
  /** Amendments of the step in hand. */
  out: Decision[] = [];
  readonly #store: LifeStore;
  readonly #withShadow: boolean;

  constructor(store: LifeStore, withShadow: boolean) {
    this.#store = store;
    this.#withShadow = withShadow;
  }

  /** Decides a record again after an event. What was reversed by decline or expiry stays so. */
  reconsider(record: Kept, event: Event): void {
    if (record.isForced) return;
    const view = this.#viewOf(record, event);
    record.fired = this.#firing(record, view);
    const verdict = this.#verdictOf(record, view, event);
    if (hasChanged(record.newest, verdict)) this.#amend(record, verdict, event, view, []);
    else this.arm(record, view);
  }

  expire(record: Kept, time: number, flags: readonly DecisionFlag[]): void {
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
      record.fired = new Set([...record.fired, ...firedBefore]);
    }
    if (onExpiry === 'refund') record.isByRefund = true;
    const verdict = this.#verdictOf(record, view, event);
    if (!hasChanged(record.newest, verdict)) {
      this.arm(record, view);
      return;
    }
    this.#amend(record, verdict, event, view, flags);
    this.#resolve(record, event.time);
  }

  release(record: Kept, event: Event): void {
    const row = must(event.row, 'row');
    const word = this.#store.text(row, 'release');
    record.life.release = word;
    const view = this.#viewOf(record, event);
    if (record.newest.outcome !== 'hold') {
      this.arm(record, view);
      return;
    }
    const firedBefore = record.fired;
    const waivedBefore = record.waived;
    const shown = this.#shownBy(record, view);
    const asked = shown.filter((rule) => this.#asksAnew(rule));
    record.fired = new Set([...this.#firing(record, view), ...asked]);
    // Who speaks now is another than before: that one was told of it does not count.
    record.waived = new Set([...waivedBefore].filter((rule) => !asked.includes(rule)));
    const isStopped = [...record.fired].some((rule) => {
      const { mode, outcome } = must(this.#store.plan.rules[rule], 'rule');
      const isNew = asked.includes(rule) || (!firedBefore.has(rule) && !record.waived.has(rule));
      return isNew && mode === 'live' && outcome !== 'allow';
    });
    if (!isStopped && this.#store.text(row, 'credential') !== 'failed') {
      if (word === 'approve') {
        this.#waive(record, firedBefore);
        record.isForced = false;
        record.isByRefund = false;
        record.isEndless = false;
      } else {
        record.isForced = true;
        record.fired = new Set([...record.fired, ...firedBefore]);
      }
    }
    const verdict = this.#verdictOf(record, view, event);
    record.waived = new Set([...waivedBefore, ...record.waived]);
    // What a release shows is of that event alone.
    record.fired = new Set(
      [...record.fired].filter((rule) => firedBefore.has(rule) || !shown.includes(rule)),
    );
    if (!hasChanged(record.newest, verdict)) {
      this.arm(record, view);
      return;
    }
    this.#amend(record, verdict, event, view, []);
    this.#resolve(record, event.time);
  }

  /** Rules that read `event.` and are true of the one in hand. */
  #shownBy(record: Kept, view: RowView): number[] {
    return this.#store.plan.rules.flatMap((rule, index) =>
      rule.isLife &&
      this.#readsEvent(rule.when) &&
      evaluate(rule.when, view, this.#store.prepared) === true
        ? [index]
        : [],
    );
  }

  #asksAnew(rule: number): boolean {
    const asked = ['operator', 'credential', 'release', 'kind', 'cause'];
    return this.#readsField(must(this.#store.plan.rules[rule], 'rule').when, (name) =>
      asked.some((one) => name === `event.${one}`),
    );
  }

  /** A refund or reversal that was held may go out now: its payment moves. */
  #resolve(record: Kept, time: number): void {
    const { kind, newest, hasMoved } = record;
    if (this.#store.mode !== 'all' || (kind !== 'refund' && kind !== 'reversal')) return;
    if (newest.outcome !== 'allow' || hasMoved) return;
    const payment = this.#store.paymentOf(record.row);
    if (payment === undefined) return;
    const amount = this.#store.amountOf(record.row, payment);
    const { life } = payment;
    life.conflict =
      (kind === 'refund'
        ? refundConflict(life, life.refundedAmount + (amount ?? 0))
        : reversalConflict(life)) ?? life.conflict;
    this.#store.move(payment, kind, amount);
    record.hasMoved = true;
    this.reconsider(payment, { cause: kind, causedBy: record.id, time });
  }

  #amend(
    record: Kept,
    verdict: Verdict,
    event: Event,
    view: RowView,
    flags: readonly DecisionFlag[],
  ): void {
    const decision = amendmentOf(
      this.#store.prepared,
      record,
      verdict,
      event,
      flags,
      this.#withShadow,
    );
    record.newest = decision;
    this.hold(record, verdict);
    this.out.push(decision);
    this.arm(record, view);
  }

  #verdictOf(record: Kept, view: RowView, event: Event): Verdict {
    const isWaived = record.areRowRulesWaived;
    const judged = judgeAgain(
      this.#store.prepared,
      view,
      isWaived ? [] : record.rowRules,
      isWaived ? undefined : record.rowScore,
      [...record.fired].filter((rule) => !record.waived.has(rule)),
    );
    return complete(this.#store.prepared, judged, {
      isPayment: record.kind === 'payment',
      rail: this.#store.text(record.row, 'rail'),
      paidAt: record.row.time,
      now: this.#store.now,
      eventTime: event.time,
      isCharged: record.life.walletStatus === 'charged',
      isForced: record.isForced,
      isByRefund: record.isByRefund,
      givenBack: givenBackOf(record.life),
      isExpired: record.isExpired,
      isEndless: record.isEndless,
      goesOn: record.hold && { expiresAt: record.hold.expiresAt, onExpiry: record.hold.onExpiry },
    });
  }

  /** Life rules that are true, and those that an event has shown. */
  #firing(record: Kept, view: RowView): ReadonlySet<number> {
    const firing = this.#store.plan.rules.flatMap((rule, index) => {
      if (!rule.isLife) return [];
      // A refund or reversal was put to its payment once: later only what an event shows is new.
      const readsEvent = this.#readsEvent(rule.when);
      const isOnce = record.kind !== 'payment';
      const isShown = record.fired.has(index) && (isOnce || readsEvent);
      if (isShown) return [index];
      if (isOnce && !readsEvent) return [];
      return evaluate(rule.when, view, this.#store.prepared) === true ? [index] : [];
    });
    return new Set(firing);
  }

  #readsEvent(e: Expression): boolean {
    return this.#readsField(e, (name) => name.startsWith('event.'));
  }

  #readsField(e: Expression, test: (name: string) => boolean): boolean {
    const nameOf = (node: Expression): string =>
      node.op === 'field' ? (this.#store.prepared.fields[node.field]?.name ?? '') : '';
    return someNode(e, (node) => test(nameOf(node)));
  }

  /** The rules that had fired have no more say in this decision. */
  #waive(record: Kept, firedBefore: ReadonlySet<number>): void {
    record.waived = new Set([...record.waived, ...firedBefore]);
    record.areRowRulesWaived = true;
  }

  #viewOf(record: Kept, event: Event): RowView {
    const { row, features, kind } = record;
    return viewOf(this.#store.prepared, {
      row,
      features,
      payment: kind === 'payment' ? this.#store.seen(record) : undefined,
      of: kind === 'payment' ? undefined : this.#seenBy(record),
      event: event.row,
      eventAmount: this.#amountOfEvent(record, event.row),
      cause: event.cause,
      now: this.#store.now,
    });
  }

  /** Without a currency of its own it is in the payment's. */
  #amountOfEvent(record: Kept, row: OracleRow | undefined): number | undefined {
    if (row === undefined) return undefined;
    if (record.kind === 'payment') return this.#store.amountOf(row, record);
    return numberOf(this.#store.prepared, row, 'amount');
  }

  /** The payment that a refund or reversal is about, the one in hand counted. */
  #seenBy(record: Kept): SeenPayment | undefined {
    const payment = this.#store.paymentOf(record.row);
    if (payment === undefined || this.#store.mode !== 'all') return undefined;
    const seen = this.#store.seen(payment);
    if (record.kind === 'reversal' || record.hasMoved) return seen;
    const amount = this.#store.amountOf(record.row, payment) ?? 0;
    return {
      ...seen,
      refundedAmount: seen.refundedAmount + amount,
      refundCount: seen.refundCount + 1,
    };
  }

  /** A hold that is over when it begins ends at once, before the next row. */
  hold(record: Kept, { hold }: Verdict): void {
    record.hold =
      hold === null
        ? null
        : { ...hold, endsAt: record.hold?.endsAt ?? Math.max(hold.expiresAt, this.#store.now) };
  }

  arm(record: Kept, view: RowView): void {
    const hasTimers = record.kind === 'payment' && !record.isForced;
    record.timer = hasTimers
      ? nextTimer(this.#store.prepared, view, record.row.time, this.#store.now)
      : NO_TIMER;
  }
}

function hasChanged(newest: Decision, { outcome, reasons }: Verdict): boolean {
  const text = (of: unknown): string => JSON.stringify(of);
  return newest.outcome !== outcome || text(newest.reasons ?? []) !== text(reasons);
}
