// When and how a record is decided again: an event, a timer, the end of its hold, a release. The rules stay
// bound to the scratch row: whoever begins here releases them (LifeEvaluation.release) before the batch's
// rows are asked for again.

import { LIFE_B, LIFE_FLAG, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import { RARE_D } from '../../state/rare-values.ts';
import type { OutputRegion } from '../output-region.ts';
import { RECORD_KIND } from './life-records.ts';
import { ALLOW, CAUSE, HOLD } from './life-state.ts';
import type { LifeState } from './life-state.ts';
import { TIMER } from './life-timers.ts';

/** Index + 1 in the values of release and credential. */
const APPROVE = 1;
const FAILED = 2;

export class LifeDecisions {
  readonly #state: LifeState;
  readonly #endWords = new Float64Array(1);

  constructor(state: LifeState) {
    this.#state = state;
  }

  /**
   * Timers due at now (lives.now) fire, in order: all of them, or until `out` has more than `bytesMax`.
   * Gives whether more are due; now is then the instant of the last one.
   */
  fireDue(out: OutputRegion, bytesMax: number = Infinity): boolean {
    const { lives, heap } = this.#state;
    this.#endWords[0] = lives.now[0] as number;
    while (heap.isDue(this.#endWords)) {
      if (out.total > bytesMax) return true;
      const record = heap.first();
      lives.now[0] = heap.due[0] as number;
      this.#fire(record, out);
    }
    lives.now[0] = this.#endWords[0];
    return false;
  }

  #fire(record: number, out: OutputRegion): void {
    const { event } = this.#state.evaluation;
    const { rare, now } = this.#state.lives;
    if (this.#state.lives.isQuiet(record)) {
      // Nothing is kept of it any more.
      this.#state.heap.remove(record);
      return;
    }
    event.pointAtNothing();
    event.time[0] = now[0] as number;
    const held = rare.doubles[rare.at(record) + RARE_D.heldMs] as number;
    if (held <= (now[0] as number)) {
      event.time[0] = held;
      this.expire(record, 0, out);
      return;
    }
    const isEnd = this.#state.records.get(record, LIFE_B.timer) === TIMER.maintenance;
    this.reconsider(record, isEnd ? CAUSE.maintenance : CAUSE.timer, out);
  }

  /** A hold has ended. */
  expire(record: number, flags: number, out: OutputRegion): void {
    const records = this.#state.records;
    const onExpiry = records.get(record, LIFE_B.onExpiry);
    const evaluation = this.#state.evaluation;
    this.#state.lives.rare.endHold(record);
    evaluation.layOut(record, CAUSE['hold-expired']);
    evaluation.judge(record);
    records.setFlag(record, LIFE_FLAG.expired);
    // What was declined, and found nothing to reverse with, is not allowed by the end of its hold.
    if (onExpiry === 0 && !records.hasFlag(record, LIFE_FLAG.forced)) evaluation.waive(record);
    else {
      records.setFlag(record, LIFE_FLAG.forced | LIFE_FLAG.endless);
      evaluation.keepFired(record);
    }
    if (onExpiry === 2) records.setFlag(record, LIFE_FLAG.byRefund);
    evaluation.decide(record);
    // Where nothing is left to reverse with it is held as it was, and nothing is told.
    const isChanged = evaluation.hasChanged(record);
    if (isChanged) evaluation.amend(record, CAUSE['hold-expired'], flags, out);
    this.#state.timers.arm(record, evaluation.scratch, 0);
    if (isChanged) this.#resolved(record, out);
  }

  /**
   * Decides a record again after an event. What was reversed by decline or expiry stays as it is.
   * @param cause index into CAUSES
   */
  reconsider(record: number, cause: number, out: OutputRegion): void {
    const evaluation = this.#state.evaluation;
    if (this.#state.records.hasFlag(record, LIFE_FLAG.forced)) {
      this.#state.timers.arm(record, evaluation.scratch, 0);
      return;
    }
    evaluation.layOut(record, cause);
    evaluation.judge(record);
    if (!evaluation.isPlain(record)) {
      evaluation.decide(record);
      if (evaluation.hasChanged(record)) evaluation.amend(record, cause, 0, out);
    }
    this.#state.timers.arm(record, evaluation.scratch, 0);
  }

  /** An operator's word on what is held; the event in hand is the row. */
  release(record: number, out: OutputRegion): void {
    const evaluation = this.#state.evaluation;
    const records = this.#state.records;
    const { i32, at } = evaluation.event;
    const word = this.#state.enums.release.read(i32, at);
    records.set(record, LIFE_B.release, word);
    if (records.get(record, LIFE_B.outcome) !== HOLD) {
      this.#hearWord(record);
      return;
    }
    const isRefused = this.#state.enums.credential.read(i32, at) === FAILED;
    evaluation.layOut(record, CAUSE.release);
    const isStopped = evaluation.judge(record, true);
    if (!isRefused && !isStopped) {
      if (word === APPROVE) {
        evaluation.waive(record);
        records.clearFlag(record, LIFE_FLAG.forced | LIFE_FLAG.byRefund | LIFE_FLAG.endless);
      } else {
        records.setFlag(record, LIFE_FLAG.forced);
        evaluation.keepFired(record);
      }
    }
    evaluation.decide(record);
    const isChanged = evaluation.hasChanged(record);
    if (isChanged) evaluation.amend(record, CAUSE.release, 0, out);
    this.#state.timers.arm(record, evaluation.scratch, 0);
    if (isChanged) this.#resolved(record, out);
  }

  /** A word on a hold, without one: nothing is decided, but a rule that reads it may have a timer now. */
  #hearWord(record: number): void {
    const { timers, evaluation } = this.#state;
    if (!timers.hasClocks) return;
    evaluation.layOut(record, CAUSE.release);
    timers.arm(record, evaluation.scratch, 0);
  }

  /** A refund or reversal that was held may go out now: its payment moves. */
  #resolved(record: number, out: OutputRegion): void {
    const records = this.#state.records;
    const kind = records.get(record, LIFE_B.kind);
    const { verdicts, event } = this.#state.evaluation;
    if (!this.#state.isAll || kind === RECORD_KIND.payment || !verdicts.has(record)) return;
    if (records.get(record, LIFE_B.outcome) !== ALLOW) return;
    if (records.hasFlag(record, LIFE_FLAG.moved)) return;
    const payment = records.findPayment(verdicts.ofLo(record), verdicts.ofHi(record));
    if (payment < 0) return;
    records.setFlag(record, LIFE_FLAG.moved);
    if (kind === RECORD_KIND.refund) {
      records.countRefund(payment, verdicts.amount(record), 1);
      records.noteRefund(payment, false);
      records.settleState(payment);
    } else {
      records.noteReversal(payment, false);
      records.reverse(payment);
      this.#state.seat(payment);
    }
    const { words, texts } = this.#state.lives;
    const block = words[record * LIFE_WORDS + LIFE_W.kept] as number;
    const { kept } = this.#state.evaluation;
    event.pointAtId(texts, kept.idOffset(block), kept.idLength(block));
    this.reconsider(payment, kind === RECORD_KIND.refund ? CAUSE.refund : CAUSE.reversal, out);
  }
}
