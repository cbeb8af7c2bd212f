// What a row tells of other payments: applied to their records, which are then decided again. Rows that
// come before their payment wait for it.

import { ROW, ROW_FLAG } from '../../domain/row-layout.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_FLAG, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import type { OutputRegion } from '../output-region.ts';
import type { LifeDecisions } from './life-decisions.ts';
import type { LifeTables } from './life-evaluation.ts';
import { RECORD_KIND } from './life-records.ts';
import { ALLOW, CAUSE, KIND } from './life-state.ts';
import type { LifeState } from './life-state.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const KIND_WORD: number = ROW.kind / 4;
const CONTENT_WORD: number = ROW.contentLo / 4;
const { bad: BAD, repeat: REPEAT } = ROW_FLAG;

export class LifeEvents {
  readonly #state: LifeState;
  readonly #decisions: LifeDecisions;

  constructor(state: LifeState, decisions: LifeDecisions) {
    this.#state = state;
    this.#decisions = decisions;
  }

  /** What a row tells of other payments; their amendments go out behind it. */
  after(row: number, ownRecord: number, out: OutputRegion): void {
    const { table } = this.#state.tables as LifeTables;
    const { i32 } = table;
    const at = row * this.#state.stride;
    const flags = i32[at + FLAGS_WORD] as number;
    if ((flags & (BAD | REPEAT)) !== 0) return;
    const kind = i32[at + KIND_WORD] as number;
    if (kind === KIND.payment) {
      if (this.#state.waiting.count > 0 && ownRecord >= 0) this.#applyWaiting(ownRecord, out);
      return;
    }
    this.#state.evaluation.event.pointAtRow(table, row);
    switch (kind) {
      case KIND.refund:
      case KIND.reversal:
        if (this.#state.ofRecord >= 0 && this.#state.isAll) {
          this.#decisions.reconsider(
            this.#state.ofRecord,
            kind === KIND.refund ? CAUSE.refund : CAUSE.reversal,
            out,
          );
        } else if (this.#state.ofRecord < 0) this.#wait(i32, at);
        // A refund that is about another payment than before: that one has it no more.
        if (this.#state.formerRecord >= 0) {
          this.#decisions.reconsider(this.#state.formerRecord, CAUSE.refund, out);
        }
        if (this.#state.waiting.count > 0 && ownRecord >= 0) this.#applyWaiting(ownRecord, out);
        return;
      case KIND.release:
      case KIND.status:
      case KIND.label:
        this.#tellOf(i32, at, kind, out);
        return;
      case KIND.code:
        this.#tellCode(i32, at, out);
        return;
      default:
        this.#tellTerminal(i32, at, out);
    }
  }

  #tellOf(i32: Int32Array, at: number, kind: number, out: OutputRegion): void {
    const word = at + this.#state.words.of;
    const isRelease = kind === KIND.release;
    // Where only holds are kept, nothing but a release is heard.
    if (!isRelease && !this.#state.isAll) return;
    const record = isRelease ? this.#state.find(i32, word) : this.#state.findPayment(i32, word);
    if (record < 0) this.#wait(i32, at);
    else this.#tell(record, kind, out);
  }

  /** Applies the event in hand to a record and decides it again. */
  #tell(record: number, kind: number, out: OutputRegion): void {
    const { event } = this.#state.evaluation;
    this.#state.lives.touch(record);
    if (kind === KIND.release) {
      this.#decisions.release(record, out);
      return;
    }
    if (kind === KIND.status) {
      this.#tellStatus(record);
      this.#decisions.reconsider(record, CAUSE.status, out);
    } else {
      this.#state.records.set(
        record,
        LIFE_B.label,
        this.#state.enums.label.read(event.i32, event.at),
      );
      this.#decisions.reconsider(record, CAUSE.label, out);
    }
  }

  #tellStatus(record: number): void {
    const { i32, f64, at } = this.#state.evaluation.event;
    const wallet = this.#state.enums.wallet.read(i32, at);
    const amount = this.#state.amount(i32, f64, at, record);
    if (amount === amount) {
      this.#state.lives.doubles[record * LIFE_DOUBLES + LIFE_D.charged] = amount;
    }
    this.#state.records.applyStatus(record, wallet, this.#state.enums.terminal.read(i32, at));
    this.#state.seat(record);
  }

  #tellCode(i32: Int32Array, at: number, out: OutputRegion): void {
    const anchor = this.#state.isAll ? this.#state.takeCode(i32, at) : -1;
    if (anchor < 0) return;
    const { codes } = this.#state;
    const state = this.#state.enums.code.read(i32, at);
    for (let node = codes.first(anchor); node !== 0; node = codes.next(node)) {
      const record = codes.recordOf(node);
      if (this.#state.lives.isQuiet(record)) continue;
      if (state !== 0) this.#state.records.set(record, LIFE_B.codeState, state);
      this.#state.lives.touch(record);
      this.#decisions.reconsider(record, CAUSE.code, out);
    }
  }

  #tellTerminal(i32: Int32Array, at: number, out: OutputRegion): void {
    const word = at + this.#state.words.terminal;
    if (!this.#state.isAll || this.#state.enums.fault.read(i32, at) === 0) return;
    this.#state.terminals.now[0] = this.#state.lives.now[0] as number;
    const anchor = this.#state.terminals.find(i32[word] as number, i32[word + 1] as number);
    if (anchor < 0) return;
    for (
      let node = this.#state.terminals.first(anchor);
      node !== 0;
      node = this.#state.terminals.next(node)
    ) {
      const record = this.#state.terminals.recordOf(node);
      if (this.#state.lives.isQuiet(record)) continue;
      this.#state.lives.touch(record);
      this.#decisions.reconsider(record, CAUSE.fault, out);
    }
  }

  #wait(i32: Int32Array, at: number): void {
    const word = at + this.#state.words.of;
    if (!this.#state.isAll || (i32[word + 3] as number) < 0) return;
    const { event } = this.#state.evaluation;
    const { slots } = this.#state.options;
    const { texts, now } = this.#state.lives;
    const bytes = event.keptBytes(slots.event);
    const block = texts.take(bytes);
    event.keepRow(texts, block, slots.event);
    this.#state.waiting.now[0] = now[0] as number;
    this.#state.waiting.add(i32[word] as number, i32[word + 1] as number, block, bytes);
  }

  #applyWaiting(record: number, out: OutputRegion): void {
    const { words, texts } = this.#state.lives;
    const { event } = this.#state.evaluation;
    const lo = words[record * LIFE_WORDS + LIFE_W.idLo] as number;
    const hi = words[record * LIFE_WORDS + LIFE_W.idHi] as number;
    const isPayment = this.#state.records.get(record, LIFE_B.kind) === RECORD_KIND.payment;
    this.#state.waiting.now[0] = this.#state.lives.now[0] as number;
    this.#state.waiting.expire();
    for (;;) {
      const block = this.#state.waiting.first(lo, hi);
      if (block === 0) return;
      event.pointAtBlock(texts, block);
      const kind = event.i32[event.at + KIND_WORD] as number;
      // A refund or reversal hears of releases only; of anything else it is not the payment.
      if (!isPayment && kind !== KIND.release) {
        this.#state.waiting.removeFirst(lo, hi);
        continue;
      }
      if (kind === KIND.refund || kind === KIND.reversal) this.#applyEarly(record, kind, out);
      else {
        this.#state.records.conflict(record, 'event-before-payment');
        this.#tell(record, kind, out);
      }
      this.#state.waiting.removeFirst(lo, hi);
    }
  }

  /** Whether the row that waited is what was decided last of its id: of a version before nothing is counted. */
  #isNewest(own: number): boolean {
    const { i32, at } = this.#state.evaluation.event;
    const content = this.#state.lives.words[own * LIFE_WORDS + LIFE_W.content];
    return content === i32[at + CONTENT_WORD];
  }

  /** A refund or reversal that came before its payment, decided by then. */
  #applyEarly(record: number, kind: number, out: OutputRegion): void {
    const { event } = this.#state.evaluation;
    const records = this.#state.records;
    const own = this.#state.find(event.i32, event.at + this.#state.words.id);
    const isOut =
      own < 0 ||
      (this.#isNewest(own) &&
        records.get(own, LIFE_B.outcome) === ALLOW &&
        !records.hasFlag(own, LIFE_FLAG.moved));
    if (isOut && own >= 0) records.setFlag(own, LIFE_FLAG.moved);
    if (kind === KIND.refund) {
      if (isOut)
        records.countRefund(record, this.#state.amount(event.i32, event.f64, event.at, record), 1);
      records.noteRefund(record, true);
      records.settleState(record);
    } else {
      records.noteReversal(record, true);
      if (isOut) records.reverse(record);
      this.#state.seat(record);
    }
    this.#decisions.reconsider(record, kind === KIND.refund ? CAUSE.refund : CAUSE.reversal, out);
  }
}
