// The parts of a decision that do not come from rules alone: when its hold ends and what happens then;
// by which method, and until when, a reverse can be carried out. Where no window of the rail is open
// any more a reverse becomes a hold, with the reason REVERSAL_WINDOW_PASSED.

import { KINDS } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { HoldPlan } from '../../domain/rails.ts';
import { METHODS, ON_EXPIRY } from '../../domain/rails.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, ROW_FLAG, slotWord } from '../../domain/row-layout.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { RailWindows, newReversalChoice } from '../../rules/runtime/rail-windows.ts';
import type { ReversalChoice } from '../../rules/runtime/rail-windows.ts';
import { EnumReader } from './enum-reader.ts';
import { GIVEN_BACK } from './life-records.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const WAS_CHARGED: number = ROW_FLAG.charged;
const BACK_MASK: number = GIVEN_BACK.part | GIVEN_BACK.all;
const HOLD = 1;
const REVERSE = 2;
const PAYMENT = KINDS.indexOf('payment');
/** Index + 1 of `charged` among the words of a wallet. */
const CHARGED = 1;

/** What `complete` is told of the payment beside its verdict. */
export interface BlockContext {
  /** [0] the payment's time, [1] now, [2] when its hold begins. */
  readonly times: Float64Array;
  /** Index of its rail; -1 = none. */
  rail: number;
  isPayment: boolean;
  /** The wallet charged: the outcome is known. */
  isCharged: boolean;
  /** Only a refund will do. */
  byRefund: boolean;
  /** One of GIVEN_BACK: a void or reversal is of the whole. */
  givenBack: number;
}

export class VerdictBlocks {
  readonly context: BlockContext = {
    times: new Float64Array(3),
    rail: -1,
    isPayment: true,
    isCharged: false,
    byRefund: false,
    givenBack: GIVEN_BACK.nothing,
  };
  readonly rails: RailWindows;
  readonly #plan: Plan;
  readonly choice: ReversalChoice = newReversalChoice();
  readonly #wallet: EnumReader;
  readonly #railWord: number;
  readonly #railHashes: Int32Array;
  readonly #windowPassed: number;

  constructor(plan: Plan, layout: RowLayout, pool: ConstantPool) {
    this.#plan = plan;
    this.rails = new RailWindows(plan.life.rails);
    this.#wallet = new EnumReader('walletStatus', layout, pool);
    this.#railWord = slotWord(layout, 'rail');
    this.#railHashes = Int32Array.from(
      plan.life.rails.flatMap(({ name }) => [pool.text(name).lo, pool.text(name).hi]),
    );
    this.#windowPassed = plan.reasons.findIndex(({ code }) => code === 'REVERSAL_WINDOW_PASSED');
  }

  /** Index of the rail that a row names, or the file's default; -1 = none. */
  railOf(i32: Int32Array, at: number): number {
    const hashes = this.#railHashes;
    const word = at + this.#railWord;
    if ((i32[word + 3] as number) < 0) return this.#plan.life.rail;
    for (let k = 0; k < hashes.length; k += 2) {
      if (hashes[k] === i32[word] && hashes[k + 1] === i32[word + 1]) return k >> 1;
    }
    // It names one that the rules do not know: another's windows are not its.
    return -1;
  }

  /** Completes the verdict of a row of the batch that was just decided. */
  completeRow(i32: Int32Array, f64: Float64Array, at: number, verdict: Verdict): void {
    const { context } = this;
    context.times[0] = f64[(at + ROW.timeMs / 4) >> 1] as number;
    context.times[1] = f64[(at + ROW.streamTimeMs / 4) >> 1] as number;
    context.times[2] = context.times[0];
    context.isPayment = i32[at + ROW.kind / 4] === PAYMENT;
    context.rail = verdict.outcome === REVERSE ? this.railOf(i32, at) : -1;
    const flags = i32[at + FLAGS_WORD] as number;
    context.isCharged = (flags & WAS_CHARGED) !== 0 || this.#wallet.read(i32, at) === CHARGED;
    context.byRefund = false;
    context.givenBack = flags & BACK_MASK;
    verdict.engineReason = -1;
    this.complete(verdict);
  }

  /** Sets hold and reversal of a verdict from `context`; its engineReason stays unless a window has passed. */
  complete(verdict: Verdict): void {
    verdict.holdExpiresMs = NaN;
    verdict.method = -1;
    if (verdict.outcome === REVERSE && this.context.isPayment) this.#reversal(verdict);
    if (verdict.outcome !== HOLD) return;
    const { forMs, onExpiry } = this.#holdOf(verdict);
    verdict.holdExpiresMs = (this.context.times[2] as number) + forMs;
    verdict.holdOnExpiry = ON_EXPIRY.indexOf(onExpiry);
  }

  #reversal(verdict: Verdict): void {
    const { times, rail, isCharged, byRefund, givenBack } = this.context;
    // Nothing is left to give back: it is a reverse, and there is nothing to be done.
    if (givenBack === GIVEN_BACK.all) return;
    if (rail < 0) {
      if (byRefund) this.#plainRefund(verdict);
      return;
    }
    const { choice } = this;
    const [paymentMs, nowMs] = [times[0] as number, times[1] as number];
    const isRefund = byRefund || givenBack === GIVEN_BACK.part;
    if (!this.rails.choose(rail, paymentMs, nowMs, isCharged, isRefund, choice)) {
      verdict.outcome = HOLD;
      verdict.engineReason = this.#windowPassed;
      return;
    }
    verdict.method = choice.method;
    verdict.notBeforeMs = choice.notBeforeMs;
    verdict.notAfterMs = choice.notAfterMs;
    verdict.fallbackMethod = choice.fallbackMethod;
    verdict.queryRail = choice.queryRail;
  }

  #plainRefund(verdict: Verdict): void {
    verdict.method = METHODS.indexOf('REFUND');
    verdict.notBeforeMs = NaN;
    verdict.notAfterMs = NaN;
    verdict.fallbackMethod = -1;
    verdict.queryRail = -1;
  }

  /** Of the first rule that holds and says so, else the file's. */
  #holdOf(verdict: Verdict): HoldPlan {
    for (let k = 0; k < verdict.reasonCount; k++) {
      const rule = this.#plan.rules[verdict.reasonRules[k] as number];
      if (rule?.outcome === 'hold') return rule.hold ?? this.#plan.life.hold;
    }
    return this.#plan.life.hold;
  }
}
