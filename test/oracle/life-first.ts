// A row is decided for the first time: with what is known of its id, of its code, and of the payment that
// it is about.

import type { InterpretedVerdict } from '../../src/rules/interpret/interpret-row.ts';
import { interpretRow } from '../../src/rules/interpret/interpret-row.ts';
import type { RowView } from '../../src/rules/interpret/interpreter.ts';
import type { FeatureValue } from './features.ts';
import type { Code, Kept, PaymentLife } from './life-record.ts';
import {
  givenBackOf,
  hear,
  newLife,
  refundConflict,
  refundsOf,
  reversalConflict,
} from './life-record.ts';
import type { LifeStore } from './life-store.ts';
import type { Verdict } from './life-verdict.ts';
import { complete, judgedRow } from './life-verdict.ts';
import type { SeenPayment } from './life-view.ts';
import { numberOf, viewOf } from './life-view.ts';
import type { OracleRow } from './rows.ts';

export interface FirstDecision {
  readonly row: OracleRow;
  readonly kind: string;
  readonly features: readonly FeatureValue[];
  /** What is kept of its id. */
  readonly own: Kept | undefined;
  readonly life: PaymentLife;
  readonly code: Code | undefined;
  /** A refund or reversal: its payment has moved. */
  readonly hasMoved: boolean;
  /** Of a refund decided anew: the payment that it was about before, where that is another. */
  readonly former: Kept | undefined;
  readonly view: RowView;
  readonly interpreted: InterpretedVerdict;
  readonly verdict: Verdict;
}

export class LifeFirst {
  readonly #store: LifeStore;

  constructor(store: LifeStore) {
    this.#store = store;
  }

  decide(row: OracleRow, features: readonly FeatureValue[]): FirstDecision {
    const store = this.#store;
    const kind = store.text(row, 'kind') ?? '';
    const own = store.find(row.id);
    const life = this.#begunLife(row, kind, own);
    const code = kind === 'payment' ? this.#enterCode(row, life) : undefined;
    const hadMoved = own?.kind === kind && own.hasMoved;
    const taken = hadMoved && kind === 'refund' ? this.#takeBack(own) : undefined;
    const hadReversed = hadMoved && kind === 'reversal';
    const isAll = store.mode === 'all';
    const of = isAll && kind !== 'payment' ? store.paymentOf(row) : undefined;
    const otherUses = code === undefined ? 0 : code.uses - (own?.code === code ? 1 : 0);
    const codeUses = code === undefined ? undefined : otherUses + 1;
    const isSeen = kind === 'payment' && isAll;
    const view = viewOf(store.prepared, {
      row,
      features,
      payment: isSeen ? { row, life, codeUses, ...refundsOf(life) } : undefined,
      of: of && this.#putTo(of, row, kind, hadReversed),
      event: row,
      now: store.now,
    });
    const interpreted = interpretRow(store.prepared, view);
    const verdict = this.#complete(row, kind, life, interpreted);
    const isAllowed = verdict.outcome === 'allow';
    if (of !== undefined) this.#settle(of, row, kind, isAllowed);
    const hasMoved = hadReversed || (of !== undefined && isAllowed);
    const former = taken === of ? undefined : taken;
    return { row, kind, features, own, life, code, hasMoved, former, view, interpreted, verdict };
  }

  #complete(
    row: OracleRow,
    kind: string,
    life: PaymentLife,
    interpreted: InterpretedVerdict,
  ): Verdict {
    const store = this.#store;
    return complete(store.prepared, judgedRow(interpreted), {
      isPayment: kind === 'payment',
      rail: store.text(row, 'rail'),
      paidAt: row.time,
      now: store.now,
      eventTime: row.time,
      isCharged: (life.walletStatus ?? store.text(row, 'walletStatus')) === 'charged',
      isForced: false,
      isByRefund: false,
      givenBack: givenBackOf(life),
      isExpired: false,
      isEndless: false,
      goesOn: null,
    });
  }

  /** What is known of its code is known of a payment. */
  #enterCode(row: OracleRow, life: PaymentLife): Code | undefined {
    const code = this.#store.codeOf(row);
    if (code === undefined) return undefined;
    code.state = this.#store.text(row, 'codeState') ?? code.state;
    life.codeState = code.state;
    return code;
  }

  /** The life of a payment with what its own row says; an id decided anew keeps what has happened. */
  #begunLife(row: OracleRow, kind: string, own: Kept | undefined): PaymentLife {
    const life = own?.kind === kind ? { ...own.life } : newLife();
    if (kind !== 'payment') return life;
    life.walletStatus = hear(life.walletStatus, this.#store.text(row, 'walletStatus'));
    life.terminalStatus = hear(life.terminalStatus, this.#store.text(row, 'terminalStatus'));
    life.amount = numberOf(this.#store.prepared, row, 'amount');
    return life;
  }

  /** A refund or reversal is put to its payment: its conflict, and the payment as its rules see it. */
  #putTo(payment: Kept, row: OracleRow, kind: string, hadReversed: boolean): SeenPayment {
    const { life } = payment;
    if (kind === 'reversal') {
      if (!hadReversed) life.conflict = reversalConflict(life) ?? life.conflict;
      return this.#store.seen(payment);
    }
    const refundedAmount = life.refundedAmount + (this.#store.amountOf(row, payment) ?? 0);
    life.conflict = refundConflict(life, refundedAmount) ?? life.conflict;
    return { ...this.#store.seen(payment), refundedAmount, refundCount: life.refundCount + 1 };
  }

  /** A refund that is decided anew is no second one: what it gave back before counts no more. */
  #takeBack(refund: Kept): Kept | undefined {
    const payment = this.#store.paymentOf(refund.row);
    if (payment === undefined) return undefined;
    payment.life.refundedAmount -= this.#store.amountOf(refund.row, payment) ?? 0;
    payment.life.refundCount = Math.max(0, payment.life.refundCount - 1);
    this.#store.touch(payment);
    return payment;
  }

  /** The refund or reversal is decided. */
  #settle(payment: Kept, row: OracleRow, kind: string, isAllowed: boolean): void {
    if (isAllowed) this.#store.move(payment, kind, this.#store.amountOf(row, payment));
    this.#store.touch(payment);
  }
}
