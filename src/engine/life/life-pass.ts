// Pass 4, the life of payments: one walk over the batch's rows in stream order, by one worker.
//
//   for each row:  before   timers that are due at the row's stream time fire, in order
//                  apply    a refund or reversal is put to its payment and decided; what is decided is kept
//                  (the row's own decision is encoded)
//                  after    what the row tells of other payments; those are decided again
//
// So an amendment has its place in the stream whatever the batches and the workers. One worker does
// the whole walk: rows without events cost it ~20 ns (~0.3 µs where all payments are kept), and a refund, its
// payment, its terminal and its code never stand with different owners (docs/decisions/0011).
// Deliberately absent: partitions; a clock.

import { ROW, ROW_FLAG } from '../../domain/row-layout.ts';
import type { IdFilter } from '../../state/id-filter.ts';
import { LIFE_B, LIFE_FLAG, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import { RARE_D, RARE_W } from '../../state/rare-values.ts';
import { packVerdict, verdictOutcome } from '../../state/repeats.ts';
import type { OutputRegion } from '../output-region.ts';
import type { LifeReport } from '../worker.ts';
import { LifeDecisions } from './life-decisions.ts';
import type { LifeTables } from './life-evaluation.ts';
import { LifeEvents } from './life-events.ts';
import { LifeKeeper } from './life-keeper.ts';
import { WALLET } from './life-records.ts';
import { VALUE } from './life-slots.ts';
import { ALLOW, HOLD, KIND, LifeState } from './life-state.ts';
import type { LifeOptions } from './life-state.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const KIND_WORD: number = ROW.kind / 4;
const VERDICT_WORD: number = ROW.verdict / 4;
const REVISION_WORD: number = ROW.revision / 4;
const REPEAT_ROW_WORD: number = ROW.repeatRow / 4;
const CONTENT_WORD: number = ROW.contentLo / 4;
const TIME_WORD: number = ROW.timeMs / 4;
const STREAM_TIME_WORD: number = ROW.streamTimeMs / 4;
const { bad: BAD, decided: DECIDED, repeat: REPEAT, repeatDiffers: DIFFERS } = ROW_FLAG;
const FALLBACK: number = ROW_FLAG.fallback;
const WAS_CHARGED: number = ROW_FLAG.charged;
const KIND_RELEASE: number = KIND.release;

/** Rows that are looked up together. */
export const PREFETCH_ROWS = 256;

export class LifePass {
  readonly #state: LifeState;
  readonly #decisions: LifeDecisions;
  readonly #keeper: LifeKeeper;
  readonly #events: LifeEvents;
  readonly #isAll: boolean;
  readonly #ids: IdFilter | null;
  readonly #stride: number;
  readonly #lowHalves = new Int32Array(PREFETCH_ROWS);
  readonly #buckets = new Int32Array(PREFETCH_ROWS);
  /** Keeps the touching loop from being optimised away. */
  touched = 0;
  /** Record of the row in hand; -1 = none. */
  #ownRecord = -1;
  #isAbout = false;
  /** The row in hand is a reversal that is decided anew, and has reversed its payment. */
  #hadReversed = false;
  /** Of the code of the payment in hand: payments with it, this one left out. */
  #otherUses = 0;

  constructor(options: LifeOptions) {
    const state = new LifeState(options);
    this.#state = state;
    this.#decisions = new LifeDecisions(state);
    this.#keeper = new LifeKeeper(state, this.#decisions);
    this.#events = new LifeEvents(state, this.#decisions);
    this.#isAll = state.isAll;
    this.#ids = state.ids;
    this.#stride = state.stride;
  }

  bindBatch(tables: LifeTables): void {
    this.#state.bindBatch(tables);
  }

  /** The texts that are kept of payments, for those who read them. */
  get textBytes(): Uint8Array {
    return this.#state.lives.texts.bytes;
  }

  get counts(): LifeReport {
    return this.#state.counts;
  }

  /** The row that was applied is about a payment that is known: it is encoded at once. */
  get isAboutAnother(): boolean {
    return this.#isAbout;
  }

  /** All payments are kept: each row that is good does something. */
  get keepsAll(): boolean {
    return this.#isAll;
  }

  /** Brings in where rows [from, to) will be looked up, in the filter first if there is one. */
  prefetch(from: number, to: number): void {
    const { i32 } = (this.#state.tables as LifeTables).table;
    const lo = this.#lowHalves;
    let count = 0;
    for (let row = from; row < to; row++) {
      lo[count++] = i32[row * this.#stride + this.#state.words.id] as number;
    }
    this.touched ^=
      this.#ids === null
        ? this.#state.lives.index.locate(lo, this.#buckets, 0, count)
        : this.#ids.touch(lo, count);
  }

  /**
   * Where only holds are kept: the first row from `from` on that may do something here, or `to`. Nearly all
   * rows pass in this loop.
   */
  nextBusy(from: number, to: number): number {
    const { i32, f64 } = (this.#state.tables as LifeTables).table;
    const stride = this.#stride;
    const due = this.#state.heap.firstDue;
    const ids = this.#ids;
    const idWord = this.#state.words.id;
    for (let row = from; row < to; row++) {
      const at = row * stride;
      if ((f64[(at + STREAM_TIME_WORD) >> 1] as number) >= due) return row;
      const flags = i32[at + FLAGS_WORD] as number;
      if ((flags & (BAD | DECIDED)) === BAD) continue;
      if ((flags & BAD) !== 0) return row;
      const isPlain = (flags & (DECIDED | REPEAT | DIFFERS)) === DECIDED;
      if (isPlain && verdictOutcome(i32[at + VERDICT_WORD] as number) !== HOLD) {
        if (ids?.mayHold(i32[at + idWord] as number) !== true) continue;
        this.#state.lives.now[0] = f64[(at + STREAM_TIME_WORD) >> 1] as number;
        if (this.#state.find(i32, at + idWord) < 0) continue;
      }
      const isNew = (flags & (DECIDED | REPEAT | DIFFERS)) === 0;
      if (isNew && i32[at + KIND_WORD] !== KIND_RELEASE) continue;
      return row;
    }
    return to;
  }

  /** Timers due at the row's stream time fire; their amendments go out before it. */
  before(row: number, out: OutputRegion): void {
    const { f64 } = (this.#state.tables as LifeTables).table;
    const now = f64[(row * this.#stride + STREAM_TIME_WORD) >> 1] as number;
    this.#state.lives.now[0] = now;
    if (!this.#state.heap.isDue(this.#state.lives.now)) return;
    this.#decisions.fireDue(out);
    this.#state.evaluation.release();
  }

  /**
   * Time passes: timers due at or before `untilMs` fire (Infinity: all of them) until `out` has more than
   * `bytesMax`. Gives whether more are due.
   */
  advance(untilMs: number, bytesMax: number, out: OutputRegion): boolean {
    this.#state.lives.now[0] = untilMs;
    const isMore = this.#decisions.fireDue(out, bytesMax);
    this.#state.evaluation.release();
    return isMore;
  }

  /** A row's own part: its decision may change by what it is about, and is kept. */
  apply(row: number, out: OutputRegion): void {
    const { table } = this.#state.tables as LifeTables;
    const { i32 } = table;
    const at = row * this.#stride;
    const flags = i32[at + FLAGS_WORD] as number;
    this.#state.ofRecord = -1;
    this.#state.formerRecord = -1;
    this.#state.codeAnchor = -1;
    this.#ownRecord = -1;
    this.#isAbout = false;
    this.#hadReversed = false;
    if ((flags & (REPEAT | DIFFERS)) !== 0) this.#countOn(i32, at, flags);
    if ((flags & DECIDED) === 0) return;
    this.#state.locate(i32, at);
    if ((flags & DIFFERS) !== 0) this.#countOnLeft(i32, at);
    if ((flags & BAD) !== 0) {
      if ((flags & REPEAT) === 0) this.#countInvalid(i32, at);
      return;
    }
    if ((flags & REPEAT) !== 0) {
      this.#tellAgain(i32, table.f64, at);
      return;
    }
    const kind = i32[at + KIND_WORD] as number;
    if (kind !== KIND.payment) this.#applyToPayment(row, at, kind);
    else if (this.#isAll) this.#applyPayment(row, at);
    else this.#hearAgain(row, at);
    const outcome = verdictOutcome(i32[at + VERDICT_WORD] as number);
    const hasMoved = kind !== KIND.payment && this.#settlePayment(at, kind, outcome);
    // What was held, and is forgotten by the repeats table, goes on, too.
    const isKept = this.#isAll || outcome === HOLD || this.#state.known >= 0;
    if (isKept || (flags & DIFFERS) !== 0) {
      this.#ownRecord = this.#keeper.keep(row, at, kind, out);
      if (hasMoved) this.#state.records.setFlag(this.#ownRecord, LIFE_FLAG.moved);
    }
  }

  /** An id that came before in this batch: its revisions count on from that row's, as it was told. */
  #countOn(i32: Int32Array, at: number, flags: number): void {
    const before = i32[at + REPEAT_ROW_WORD] as number;
    if (before < 0) return;
    const isNext = (flags & (DECIDED | REPEAT)) === DECIDED;
    const b = before * this.#stride;
    const told = i32[b + REVISION_WORD] as number;
    // An overdue one gets the second of its decisions when it is encoded.
    const isTwo =
      ((i32[b + FLAGS_WORD] as number) & FALLBACK) !== 0 &&
      this.#state.options.overdue?.isAmended(i32[b + VERDICT_WORD] as number) === true;
    i32[at + REVISION_WORD] = told + (isTwo ? 1 : 0) + (isNext ? 1 : 0);
  }

  /** An id that is decided anew, whose record has left, counts on from its newest decision all the same. */
  #countOnLeft(i32: Int32Array, at: number): void {
    if (this.#state.known >= 0) return;
    const { words, left, rawRecord } = this.#state;
    const lo = i32[at + words.id] as number;
    const hi = i32[at + words.id + 1] as number;
    const next = left.revisionOf(rawRecord, lo, hi) + 1;
    if (next > (i32[at + REVISION_WORD] as number)) i32[at + REVISION_WORD] = next;
  }

  /** INVALID_INPUT under the id of a payment that is kept: the next revision; it lives on as it did. */
  #countInvalid(i32: Int32Array, at: number): void {
    const record = this.#state.known;
    if (record >= 0) i32[at + REVISION_WORD] = this.#state.lives.rare.nextRevision(record);
  }

  /** A repeat tells the newest decision, amendments included. */
  #tellAgain(i32: Int32Array, f64: Float64Array, at: number): void {
    const { words } = this.#state.lives;
    const lo = i32[at + this.#state.words.id] as number;
    const hi = i32[at + this.#state.words.id + 1] as number;
    const record = this.#state.known;
    if (record < 0) {
      const { left, rawRecord } = this.#state;
      if (!left.knows(rawRecord, lo, hi, i32[at + CONTENT_WORD] as number)) return;
      i32[at + REPEAT_ROW_WORD] = -1;
      i32[at + REVISION_WORD] = left.revision;
      i32[at + VERDICT_WORD] = left.verdict;
      tellTime(f64, at, left.event[0] as number);
      return;
    }
    const w = record * LIFE_WORDS;
    // Where only holds are kept, an id may have been decided anew and allowed since.
    if (words[w + LIFE_W.content] !== i32[at + CONTENT_WORD]) return;
    i32[at + REPEAT_ROW_WORD] = -1;
    const { rare } = this.#state.lives;
    i32[at + REVISION_WORD] = rare.get(record, RARE_W.revision);
    tellTime(f64, at, rare.doubles[rare.at(record) + RARE_D.eventMs] as number);
    i32[at + VERDICT_WORD] = packVerdict(
      this.#state.records.get(record, LIFE_B.outcome),
      words[w + LIFE_W.first] as number,
    );
  }

  /** A refund or reversal is put to its payment, and decided with what is then known of it. */
  #applyToPayment(row: number, at: number, kind: number): void {
    const { table } = this.#state.tables as LifeTables;
    const { i32, f64 } = table;
    if (!this.#isAll) return;
    const { records, evaluation } = this.#state;
    const own = this.#state.known;
    const hadMoved =
      own >= 0 && records.get(own, LIFE_B.kind) === kind && records.hasFlag(own, LIFE_FLAG.moved);
    // A refund that is decided anew is no second one, nor is a reversal.
    const former = hadMoved && kind === KIND.refund ? this.#takeBack(own) : -1;
    const payment = this.#state.findPayment(i32, at + this.#state.words.of);
    this.#state.ofRecord = payment;
    this.#state.formerRecord = former === payment ? -1 : former;
    this.#hadReversed = hadMoved && kind === KIND.reversal;
    if (payment < 0) return;
    this.#isAbout = true;
    if (kind === KIND.refund) {
      records.countRefund(payment, this.#state.amount(i32, f64, at, payment), 1);
      records.noteRefund(payment, false);
    } else if (!this.#hadReversed) records.noteReversal(payment, false);
    evaluation.readValues(payment, this.#state.options.slots.ofRails);
    evaluation.writeOf(payment, i32, f64, at);
    this.#state.options.rescore(row);
  }

  /** What a refund gave back as it was decided before counts no more; gives its payment then, or -1. */
  #takeBack(refund: number): number {
    const { records } = this.#state;
    const { verdicts } = this.#state.evaluation;
    const payment = records.findPayment(verdicts.ofLo(refund), verdicts.ofHi(refund));
    if (payment < 0) return -1;
    records.countRefund(payment, verdicts.amount(refund), -1);
    records.settleState(payment);
    this.#state.lives.touch(payment);
    return payment;
  }

  /** What was decided of a refund or reversal moves its payment, or does not; gives whether it has. */
  #settlePayment(at: number, kind: number, outcome: number): boolean {
    const payment = this.#state.ofRecord;
    if (payment < 0 || !this.#isAll) return this.#hadReversed;
    const { i32, f64 } = (this.#state.tables as LifeTables).table;
    const records = this.#state.records;
    this.#state.lives.touch(payment);
    if (kind === KIND.refund) {
      if (outcome !== ALLOW)
        records.countRefund(payment, this.#state.amount(i32, f64, at, payment), -1);
      records.settleState(payment);
      return outcome === ALLOW;
    }
    if (outcome === ALLOW) records.reverse(payment);
    this.#state.seat(payment);
    return outcome === ALLOW || this.#hadReversed;
  }

  /** A payment is decided with what is known of its id, and of its code. */
  #applyPayment(row: number, at: number): void {
    const { i32, f64 } = (this.#state.tables as LifeTables).table;
    const { slots, fill, rescore } = this.#state.options;
    const known = this.#state.knownPayment;
    const isNews = slots.readsCodes && this.#readCode(i32, at, known);
    if (known >= 0) {
      this.#hear(known, at);
      this.#state.evaluation.readValues(known, slots.paymentRails);
      slots.values[VALUE.codeUses] = NaN;
    } else if (isNews) fill?.values(i32, f64, at);
    else return;
    const { codes, codeAnchor } = this.#state;
    if (codeAnchor >= 0) {
      slots.values[VALUE.codeState] = (codes.stateOf(codeAnchor) || NaN) - 1;
      slots.values[VALUE.codeUses] = this.#otherUses + 1;
    }
    slots.writePayment(i32, f64, at);
    rescore(row);
  }

  /** What its own row says is known of a payment that is decided anew, and what was known before. */
  #hear(known: number, at: number): void {
    const { i32, f64 } = (this.#state.tables as LifeTables).table;
    const { records } = this.#state;
    this.#keeper.hear(known, i32, f64, at);
    let flags = i32[at + FLAGS_WORD] as number;
    if (records.get(known, LIFE_B.walletStatus) === WALLET.charged) flags |= WAS_CHARGED;
    i32[at + FLAGS_WORD] = flags | records.givenBack(known);
  }

  /** Where only holds are kept: a payment that was held and is decided anew. */
  #hearAgain(row: number, at: number): void {
    const known = this.#state.knownPayment;
    if (known < 0) return;
    this.#hear(known, at);
    this.#state.options.rescore(row);
  }

  /**
   * Looks a payment's code up; gives true where more is known of it than the payment says.
   * @param known record of its id; -1 = none
   */
  #readCode(i32: Int32Array, at: number, known: number): boolean {
    const anchor = this.#state.takeCode(i32, at);
    this.#state.codeAnchor = anchor;
    if (anchor < 0) return false;
    const { codes, enums } = this.#state;
    this.#otherUses = codes.usesOf(anchor) - (this.#isOwnCode(known, anchor) ? 1 : 0);
    if (this.#otherUses > 0) return true;
    return codes.stateOf(anchor) !== 0 && enums.code.read(i32, at) === 0;
  }

  /** An id that is decided anew, with the code that it had. */
  #isOwnCode(record: number, anchor: number): boolean {
    if (record < 0) return false;
    const node = this.#state.lives.words[record * LIFE_WORDS + LIFE_W.codeNode] as number;
    return node !== 0 && this.#state.codes.anchorOf(node) === anchor;
  }

  /** What a row tells of other payments; their amendments go out behind it. */
  after(row: number, out: OutputRegion): void {
    this.#events.after(row, this.#ownRecord, out);
    this.#state.evaluation.release();
  }
}

/** A repeat tells the time of the decision that it tells; NaN: that is the row's own. */
function tellTime(f64: Float64Array, at: number, eventMs: number): void {
  if (eventMs === eventMs) f64[(at + TIME_WORD) >> 1] = eventMs;
}
