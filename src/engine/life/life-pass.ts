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

import { KINDS } from '../../domain/fields.ts';
import type { Cause } from '../../domain/life.ts';
import { ROW, ROW_FLAG, fieldNumber } from '../../domain/row-layout.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { CompileContext } from '../../rules/compile/row-function.ts';
import { KeyChains } from '../../state/key-chains.ts';
import {
  LIFE_B,
  LIFE_D,
  LIFE_DOUBLES,
  LIFE_FLAG,
  LIFE_W,
  LIFE_WORDS,
  Lives,
} from '../../state/lives.ts';
import { packVerdict, verdictOutcome } from '../../state/repeats.ts';
import { TimerHeap } from '../../state/timer-heap.ts';
import { Waiting } from '../../state/waiting.ts';
import type { OutputRegion } from '../output-region.ts';
import type { LifeReport } from '../worker.ts';
import { EnumReader } from './enum-reader.ts';
import { LifeEvaluation } from './life-evaluation.ts';
import type { LifeParts, LifeTables } from './life-evaluation.ts';
import type { LifeFill } from './life-fill.ts';
import type { OverdueDecisions } from './overdue-decisions.ts';
import type { LifeMode } from './life-needs.ts';
import { RECORD_KIND, WALLET } from './life-records.ts';
import type { LifeRecords } from './life-records.ts';
import { VALUE } from './life-slots.ts';
import { LifeTimers, TIMER } from './life-timers.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const KIND_WORD: number = ROW.kind / 4;
const VERDICT_WORD: number = ROW.verdict / 4;
const REVISION_WORD: number = ROW.revision / 4;
const REPEAT_ROW_WORD: number = ROW.repeatRow / 4;
const STREAM_TIME_WORD: number = ROW.streamTimeMs / 4;
const TIME_WORD: number = ROW.timeMs / 4;
const { bad: BAD, decided: DECIDED, repeat: REPEAT, repeatDiffers: DIFFERS } = ROW_FLAG;
const TRUNCATED: number = ROW_FLAG.truncated;

const ALLOW = 0;
const HOLD = 1;
const KIND = {
  payment: KINDS.indexOf('payment'),
  refund: KINDS.indexOf('refund'),
  reversal: KINDS.indexOf('reversal'),
  release: KINDS.indexOf('release'),
  status: KINDS.indexOf('status'),
  terminal: KINDS.indexOf('terminal'),
  code: KINDS.indexOf('code'),
  label: KINDS.indexOf('label'),
} as const;
const KIND_RELEASE: number = KIND.release;
/** Index + 1 in the values of release and credential. */
const APPROVE = 1;
const FAILED = 2;

/** Rows that are looked up together. */
export const PREFETCH_ROWS = 256;
const TEXT_BYTES_MAX: number = 2 ** 30 - 4096;
const SHARDS = 16;

export interface LifePassOptions extends LifeParts {
  readonly mode: LifeMode;
  readonly context: CompileContext;
  readonly fill: LifeFill | null;
  readonly overdue: OverdueDecisions | null;
  /** Decides a row of the batch anew after its of. or payment. fields have changed. */
  readonly rescore: (row: number) => void;
}

export class LifePass {
  readonly mode: LifeMode;
  readonly lives: Lives;
  readonly heap: TimerHeap;
  readonly terminals: KeyChains;
  readonly codes: KeyChains;
  readonly waiting: Waiting;
  /** Records that had to leave at the limit, those of them that were held. */
  evicted = 0;
  readonly #options: LifePassOptions;
  readonly #evaluation: LifeEvaluation;
  readonly #records: LifeRecords;
  readonly #timers: LifeTimers;
  readonly #verdict: Verdict;
  readonly #stride: number;
  readonly #enums: Readonly<
    Record<
      'wallet' | 'terminal' | 'code' | 'label' | 'release' | 'credential' | 'fault',
      EnumReader
    >
  >;
  readonly #words: Readonly<Record<'id' | 'of' | 'terminal' | 'code' | 'currency', number>>;
  readonly #amountAt: number;
  readonly #rawAmountAt: number;
  readonly #isAll: boolean;
  readonly #endWords = new Float64Array(1);
  readonly #highHalves = new Int32Array(PREFETCH_ROWS);
  readonly #buckets = new Int32Array(PREFETCH_ROWS);
  /** Keeps the touching loop from being optimised away. */
  touched = 0;
  #tables: LifeTables | null = null;
  /** Record that the row in hand is about, and its own; -1 = none. */
  #ofRecord = -1;
  #ownRecord = -1;

  constructor(options: LifePassOptions) {
    const { plan, layout, pool } = options;
    this.#options = options;
    this.mode = options.mode;
    this.#isAll = options.mode === 'all';
    const perShard = plan.limits.pending;
    this.lives = new Lives({ perShard, keepMs: plan.life.keepMs, textBytesMax: TEXT_BYTES_MAX });
    const { recordsMax } = this.lives;
    this.heap = new TimerHeap(recordsMax);
    const chains = { anchorsMax: recordsMax, nodesMax: recordsMax };
    this.terminals = new KeyChains({ ...chains, keepMs: 0 });
    this.codes = new KeyChains({ ...chains, keepMs: plan.life.keepMs });
    const waitingMax = Math.max(1, Math.ceil(perShard / SHARDS)) * SHARDS;
    this.waiting = new Waiting(waitingMax, plan.life.waitMs, this.lives.texts);
    this.#evaluation = new LifeEvaluation(options, this.lives);
    this.#records = this.#evaluation.records;
    this.#verdict = this.#evaluation.verdict;
    this.#timers = new LifeTimers(options.context, this.lives, this.#records, this.heap);
    this.#stride = layout.strideBytes / 4;
    const enumOf = (name: string): EnumReader => new EnumReader(name, layout, pool);
    this.#enums = {
      wallet: enumOf('walletStatus'),
      terminal: enumOf('terminalStatus'),
      code: enumOf('codeState'),
      label: enumOf('label'),
      release: enumOf('release'),
      credential: enumOf('credential'),
      fault: enumOf('fault'),
    };
    const wordOf = (name: string): number =>
      (layout.slots[fieldNumber(layout, name)] as number) / 4;
    this.#words = {
      id: wordOf('id'),
      of: wordOf('of'),
      terminal: wordOf('terminal'),
      code: wordOf('paymentCode'),
      currency: wordOf('currency'),
    };
    const amount = fieldNumber(layout, 'amount');
    this.#amountAt = (layout.moneySlots[amount] as number) / 4;
    this.#rawAmountAt = (layout.slots[amount] as number) / 4;
    this.#evaluation.codeUses = (record) => this.#codeUses(record);
  }

  /** The row that was applied is about a payment that is known: it is encoded at once. */
  get isAboutAnother(): boolean {
    return this.#ofRecord >= 0 && this.#isAll;
  }

  bindBatch(tables: LifeTables): void {
    this.#tables = tables;
    this.#evaluation.bindBatch(tables);
  }

  /** Bytes of state in use. */
  get bytesUsed(): number {
    return this.lives.bytesUsed + this.terminals.bytesUsed + this.codes.bytesUsed;
  }

  /** Touches the index where rows [from, to) will be looked up, so that the cache misses overlap. */
  prefetch(from: number, to: number): void {
    if (!this.#isAll) return;
    const { i32 } = (this.#tables as LifeTables).table;
    const hi = this.#highHalves;
    let count = 0;
    for (let row = from; row < to; row++) {
      hi[count++] = i32[row * this.#stride + this.#words.id + 1] as number;
    }
    this.touched ^= this.lives.index.locate(hi, this.#buckets, 0, count);
  }

  /**
   * The first row from `from` on that may do something here, or `to`. Where only holds are kept nearly
   * all rows pass in this loop.
   */
  nextBusy(from: number, to: number): number {
    const { i32, f64 } = (this.#tables as LifeTables).table;
    const stride = this.#stride;
    const due = this.heap.firstDue;
    const isAll = this.#isAll;
    for (let row = from; row < to; row++) {
      const at = row * stride;
      if ((f64[(at + STREAM_TIME_WORD) >> 1] as number) >= due) return row;
      const flags = i32[at + FLAGS_WORD] as number;
      if ((flags & BAD) !== 0) continue;
      if (isAll) return row;
      const isPlain = (flags & (DECIDED | REPEAT | DIFFERS)) === DECIDED;
      if (isPlain && verdictOutcome(i32[at + VERDICT_WORD] as number) !== HOLD) continue;
      if ((flags & DECIDED) === 0 && i32[at + KIND_WORD] !== KIND_RELEASE) continue;
      return row;
    }
    return to;
  }

  /** Timers due at the row's stream time fire; their amendments go out before it. */
  before(row: number, out: OutputRegion): void {
    const { f64 } = (this.#tables as LifeTables).table;
    const now = f64[(row * this.#stride + STREAM_TIME_WORD) >> 1] as number;
    this.lives.now[0] = now;
    if (this.heap.isDue(this.lives.now)) this.#fireDue(out);
  }

  /**
   * Time passes: timers due at or before `untilMs` fire. Infinity: all of them. Gives the instant of
   * the last one, or -Infinity.
   */
  advance(untilMs: number, out: OutputRegion): void {
    this.lives.now[0] = untilMs;
    if (this.heap.isDue(this.lives.now)) this.#fireDue(out);
  }

  #fireDue(out: OutputRegion): void {
    const { lives, heap } = this;
    this.#endWords[0] = lives.now[0] as number;
    while (heap.isDue(this.#endWords)) {
      const record = heap.first();
      lives.now[0] = heap.due[0] as number;
      this.#fire(record, out);
    }
    lives.now[0] = this.#endWords[0];
  }

  #fire(record: number, out: OutputRegion): void {
    const { event } = this.#evaluation;
    const { doubles, now } = this.lives;
    event.pointAtNothing();
    event.time[0] = now[0] as number;
    const held = doubles[record * LIFE_DOUBLES + LIFE_D.heldMs] as number;
    if (held <= (now[0] as number)) {
      this.#expire(record, 0, out);
      return;
    }
    const isEnd = this.#records.get(record, LIFE_B.timer) === TIMER.maintenance;
    this.#reconsider(record, isEnd ? 'maintenance' : 'timer', out);
  }

  /** A hold has ended. */
  #expire(record: number, flags: number, out: OutputRegion): void {
    const records = this.#records;
    const onExpiry = records.get(record, LIFE_B.onExpiry);
    const evaluation = this.#evaluation;
    this.lives.doubles[record * LIFE_DOUBLES + LIFE_D.heldMs] = NaN;
    evaluation.layOut(record, 'hold-expired');
    evaluation.judge(record);
    records.setFlag(record, LIFE_FLAG.expired);
    if (onExpiry === 0) evaluation.waive(record);
    else records.setFlag(record, LIFE_FLAG.forced);
    if (onExpiry === 2) records.setFlag(record, LIFE_FLAG.byRefund);
    evaluation.decide(record);
    evaluation.amend(record, 'hold-expired', flags, out);
    this.#timers.arm(record, evaluation, 0);
    evaluation.release();
    this.#resolved(record, out);
  }

  /** Decides a record again after an event. */
  #reconsider(record: number, cause: Cause, out: OutputRegion): void {
    const evaluation = this.#evaluation;
    evaluation.layOut(record, cause);
    evaluation.judge(record);
    evaluation.decide(record);
    if (evaluation.hasChanged(record)) evaluation.amend(record, cause, 0, out);
    this.#timers.arm(record, evaluation, 0);
    evaluation.release();
  }

  /** A row's own part: its decision may change by what it is about, and is kept. */
  apply(row: number, out: OutputRegion): void {
    const { table } = this.#tables as LifeTables;
    const { i32 } = table;
    const at = row * this.#stride;
    const flags = i32[at + FLAGS_WORD] as number;
    this.#ofRecord = -1;
    this.#ownRecord = -1;
    if ((flags & (BAD | DECIDED)) !== DECIDED) return;
    if ((flags & REPEAT) !== 0) {
      this.#tellAgain(i32, at);
      return;
    }
    const kind = i32[at + KIND_WORD] as number;
    if (kind !== KIND.payment) this.#applyToPayment(row, at, kind);
    else if (this.#options.slots.readsCodes) this.#enterCode(row, at);
    const outcome = verdictOutcome(i32[at + VERDICT_WORD] as number);
    if (kind !== KIND.payment) this.#settlePayment(at, kind, outcome);
    if (this.#isAll || outcome === HOLD || (flags & DIFFERS) !== 0) this.#keep(row, at, kind, out);
  }

  /** A repeat tells the newest decision, amendments included. */
  #tellAgain(i32: Int32Array, at: number): void {
    const { words } = this.lives;
    const record = this.lives.find(
      i32[at + this.#words.id] as number,
      i32[at + this.#words.id + 1] as number,
    );
    if (record < 0) return;
    const w = record * LIFE_WORDS;
    i32[at + REPEAT_ROW_WORD] = -1;
    i32[at + REVISION_WORD] = words[w + LIFE_W.revision] as number;
    i32[at + VERDICT_WORD] = packVerdict(
      this.#records.get(record, LIFE_B.outcome),
      words[w + LIFE_W.first] as number,
    );
  }

  #find(i32: Int32Array, word: number): number {
    if ((i32[word + 3] as number) < 0) return -1;
    return this.lives.find(i32[word] as number, i32[word + 1] as number);
  }

  /** An amount in minor units of the file's currency; without a currency of its own as it stands. */
  #amount(i32: Int32Array, f64: Float64Array, at: number): number {
    const amount = f64[(at + this.#amountAt) >> 1] as number;
    const hasCurrency = (i32[at + this.#words.currency + 3] as number) >= 0;
    return hasCurrency ? amount : (f64[(at + this.#rawAmountAt) >> 1] as number);
  }

  /** A refund or reversal is put to its payment, and decided with what is then known of it. */
  #applyToPayment(row: number, at: number, kind: number): void {
    const { table } = this.#tables as LifeTables;
    const { i32, f64 } = table;
    const payment = this.#find(i32, at + this.#words.of);
    this.#ofRecord = payment;
    if (payment < 0 || !this.#isAll) return;
    const evaluation = this.#evaluation;
    if (kind === KIND.refund) {
      this.#records.countRefund(payment, this.#amount(i32, f64, at), 1);
      this.#records.noteRefund(payment, false);
    } else this.#records.noteReversal(payment, false);
    evaluation.readValues(payment);
    evaluation.writeOf(payment, i32, f64, at);
    this.#options.rescore(row);
  }

  /** What was decided of a refund or reversal moves its payment, or does not. */
  #settlePayment(at: number, kind: number, outcome: number): void {
    const payment = this.#ofRecord;
    if (payment < 0 || !this.#isAll) return;
    const { i32, f64 } = (this.#tables as LifeTables).table;
    const records = this.#records;
    this.lives.touch(payment);
    if (kind === KIND.refund) {
      if (outcome !== ALLOW) records.countRefund(payment, this.#amount(i32, f64, at), -1);
      records.settleState(payment);
      return;
    }
    if (outcome === ALLOW) records.reverse(payment);
    this.#seat(payment);
  }

  /** A payment with a code: what is known of the code is known of it. */
  #enterCode(row: number, at: number): void {
    const { table } = this.#tables as LifeTables;
    const { i32, f64 } = table;
    const word = at + this.#words.code;
    if ((i32[word + 3] as number) < 0) return;
    const { codes } = this;
    codes.now[0] = this.lives.now[0] as number;
    const anchor = codes.take(i32[word] as number, i32[word + 1] as number);
    const own = this.#enums.code.read(i32, at);
    const known = codes.stateOf(anchor);
    if (own !== 0) codes.setState(anchor, own);
    const others = codes.usesOf(anchor) - (this.#isOwnCode(i32, at, anchor) ? 1 : 0);
    if ((own !== 0 || known === 0) && others === 0) return;
    const { slots } = this.#options;
    this.#options.fill?.values(i32, f64, at);
    slots.values[VALUE.codeState] = codes.stateOf(anchor) === 0 ? NaN : codes.stateOf(anchor) - 1;
    slots.values[VALUE.codeUses] = others + 1;
    slots.writePayment(i32, f64, at);
    this.#options.rescore(row);
  }

  /** An id that is decided anew, with the code that it had. */
  #isOwnCode(i32: Int32Array, at: number, anchor: number): boolean {
    const record = this.#find(i32, at + this.#words.id);
    if (record < 0) return false;
    const node = this.lives.words[record * LIFE_WORDS + LIFE_W.codeNode] as number;
    return node !== 0 && this.codes.anchorOf(node) === anchor;
  }

  #codeUses(record: number): number {
    const node = this.lives.words[record * LIFE_WORDS + LIFE_W.codeNode] as number;
    return node === 0 ? NaN : this.codes.usesAt(node);
  }

  // -- keeping --

  /** The decided row gets a record, or its record a new decision. */
  #keep(row: number, at: number, kind: number, out: OutputRegion): void {
    const { table, F } = this.#tables as LifeTables;
    const { i32, f64, bytes } = table;
    const { lives } = this;
    const { words, doubles } = lives;
    const evaluation = this.#evaluation;
    const lo = i32[at + this.#words.id] as number;
    const hi = i32[at + this.#words.id + 1] as number;
    let record = lives.find(lo, hi);
    if (record >= 0) this.#renew(record, i32, at);
    else record = this.#make(lo, hi, i32, at, out);
    const w = record * LIFE_WORDS;
    const d = record * LIFE_DOUBLES;
    words[w + LIFE_W.kept] = evaluation.kept.save(i32, f64, at, F, row, bytes);
    words[w + LIFE_W.keptBytes] = evaluation.kept.savedBytes;
    doubles[d + LIFE_D.timeMs] = f64[(at + TIME_WORD) >> 1] as number;
    this.#records.set(record, LIFE_B.kind, kind);
    this.#records.set(record, LIFE_B.rail, this.#options.blocks.railOf(i32, at) + 1);
    if (kind === KIND.payment) this.#keepPayment(record, i32, f64, at);
    else this.#keepOf(record, i32, f64, at, kind);
    this.#keepVerdict(record, row, i32, at);
    // The fallback is told under the row's revision, what was evaluated under the next.
    const isFallback = ((i32[at + FLAGS_WORD] as number) & ROW_FLAG.fallback) !== 0;
    if (isFallback && this.#options.overdue?.isAmended(i32[at + VERDICT_WORD] as number) === true) {
      words[w + LIFE_W.revision] = (words[w + LIFE_W.revision] as number) + 1;
    }
    this.#ownRecord = record;
    if (doubles[d + LIFE_D.heldMs] === doubles[d + LIFE_D.heldMs] || this.#timers.hasClocks) {
      this.#timers.arm(record, this.#batchRow, row);
    }
  }

  get #batchRow(): { i32: Int32Array; f64: Float64Array; F: Float64Array; FI: Int32Array } {
    const tables = this.#tables as LifeTables;
    const row = this.#rowInHand;
    row.i32 = tables.table.i32;
    row.f64 = tables.table.f64;
    row.F = tables.F;
    row.FI = tables.FI;
    return row;
  }

  readonly #rowInHand: { i32: Int32Array; f64: Float64Array; F: Float64Array; FI: Int32Array } = {
    i32: new Int32Array(0),
    f64: new Float64Array(0),
    F: new Float64Array(0),
    FI: new Int32Array(0),
  };

  #make(lo: number, hi: number, i32: Int32Array, at: number, out: OutputRegion): number {
    const { lives } = this;
    // Two at a time: what is quiet is not found any more, so when it is taken away does not show.
    for (let k = 0; k < 2 || lives.isFull(lo); k++) {
      const leaving = lives.leaving(lo);
      if (leaving < 0) break;
      if (lives.isFull(lo)) {
        this.evicted++;
        i32[at + FLAGS_WORD] = (i32[at + FLAGS_WORD] as number) | TRUNCATED;
        this.#endEarly(leaving, i32, at, out);
      }
      this.#drop(leaving);
    }
    // Its id may stand in the index still, quiet for too long but not yet the oldest of its shard.
    const quiet = lives.index.find(lo, hi, lives.words, LIFE_WORDS, LIFE_W.idHi);
    if (quiet >= 0) this.#drop(quiet);
    return lives.create(lo, hi);
  }

  /** A record leaves at the limit: a hold ends now. */
  #endEarly(record: number, i32: Int32Array, at: number, out: OutputRegion): void {
    if (this.#records.get(record, LIFE_B.outcome) !== HOLD) return;
    const { event } = this.#evaluation;
    void i32;
    void at;
    event.pointAtNothing();
    event.time[0] = this.lives.now[0] as number;
    this.#expire(record, TRUNCATED, out);
  }

  #drop(record: number): void {
    this.heap.remove(record);
    this.#freeParts(record);
    this.#evaluation.verdicts.free(record);
    this.lives.remove(record);
  }

  #freeParts(record: number): void {
    const { words, texts } = this.lives;
    const w = record * LIFE_WORDS;
    texts.give(words[w + LIFE_W.kept] as number, words[w + LIFE_W.keptBytes] as number);
    const terminal = words[w + LIFE_W.terminalNode] as number;
    if (terminal !== 0) this.terminals.leave(terminal);
    words[w + LIFE_W.terminalNode] = 0;
    const code = words[w + LIFE_W.codeNode] as number;
    if (code !== 0) this.codes.leave(code);
    words[w + LIFE_W.codeNode] = 0;
  }

  /** An id that is decided anew: under the next revision; what happened to the payment stays. */
  #renew(record: number, i32: Int32Array, at: number): void {
    const { words } = this.lives;
    const w = record * LIFE_WORDS;
    // Its own earlier version is no other use of its code.
    const code = words[w + LIFE_W.codeNode] as number;
    if (code !== 0) this.codes.forget(code);
    words[w + LIFE_W.codeNode] = 0;
    this.#freeParts(record);
    this.#evaluation.verdicts.free(record);
    words[w + LIFE_W.revision] = (words[w + LIFE_W.revision] as number) + 1;
    i32[at + REVISION_WORD] = words[w + LIFE_W.revision] as number;
    this.#records.set(record, LIFE_B.flags, 0);
    this.lives.touch(record);
  }

  #keepPayment(record: number, i32: Int32Array, f64: Float64Array, at: number): void {
    const { words, doubles } = this.lives;
    const records = this.#records;
    const d = record * LIFE_DOUBLES;
    doubles[d + LIFE_D.charged] = f64[(at + this.#amountAt) >> 1] as number;
    const wallet = this.#enums.wallet.read(i32, at);
    if (!this.#isAll) {
      if (wallet === WALLET.charged) records.setFlag(record, LIFE_FLAG.charged);
      return;
    }
    const terminal = this.#enums.terminal.read(i32, at);
    if (wallet !== 0) records.set(record, LIFE_B.walletStatus, wallet);
    if (terminal !== 0) records.set(record, LIFE_B.terminalStatus, terminal);
    if ((i32[at + this.#words.terminal + 3] as number) >= 0) {
      records.setFlag(record, LIFE_FLAG.onTerminal);
    }
    records.settleState(record);
    const { slots } = this.#options;
    if (slots.readsEvents && records.isInFlight(record)) this.#sit(record, i32, at);
    const code = at + this.#words.code;
    if ((slots.readsCodes || slots.readsEvents) && (i32[code + 3] as number) >= 0) {
      this.codes.now[0] = this.lives.now[0] as number;
      const anchor = this.codes.take(i32[code] as number, i32[code + 1] as number);
      const own = this.#enums.code.read(i32, at);
      if (own !== 0) this.codes.setState(anchor, own);
      records.set(record, LIFE_B.codeState, this.codes.stateOf(anchor));
      words[record * LIFE_WORDS + LIFE_W.codeNode] = this.codes.join(anchor, record);
    }
  }

  /** It is in flight on its terminal from now on. */
  #sit(record: number, i32: Int32Array, at: number): void {
    const word = at + this.#words.terminal;
    this.terminals.now[0] = this.lives.now[0] as number;
    const anchor = this.terminals.take(i32[word] as number, i32[word + 1] as number);
    this.lives.words[record * LIFE_WORDS + LIFE_W.terminalNode] = this.terminals.join(
      anchor,
      record,
    );
  }

  /** It is in flight no more, where that is so. */
  #seat(record: number): void {
    const at = record * LIFE_WORDS + LIFE_W.terminalNode;
    const node = this.lives.words[at] as number;
    if (node === 0 || this.#records.isInFlight(record)) return;
    this.terminals.leave(node);
    this.lives.words[at] = 0;
  }

  #keepOf(record: number, i32: Int32Array, f64: Float64Array, at: number, kind: number): void {
    const word = at + this.#words.of;
    if ((i32[word + 3] as number) < 0) return;
    const { verdicts } = this.#evaluation;
    verdicts.ensure(record);
    verdicts.setOf(record, i32[word] as number, i32[word + 1] as number);
    if (kind === KIND.refund) verdicts.setAmount(record, this.#amount(i32, f64, at));
  }

  /** What the rules said of the row that was just decided. */
  #keepVerdict(record: number, row: number, i32: Int32Array, at: number): void {
    const { rules, blocks, plan } = this.#options;
    const { fired, table } = this.#tables as LifeTables;
    const evaluation = this.#evaluation;
    const verdict = this.#verdict;
    if (!rules.hasFired(row)) {
      clearVerdict(verdict);
      evaluation.remember(record, verdict);
      return;
    }
    rules.decide(row, verdict);
    blocks.completeRow(i32, table.f64, at, verdict);
    const { verdicts } = evaluation;
    verdicts.ensure(record);
    verdicts.setScore(record, this.#rowScore(row, verdict));
    const { firedWords, lifeBits } = rules;
    for (let word = 0; word < firedWords; word++) {
      const bits = fired[row * firedWords + word] as number;
      verdicts.setRowBits(record, word, 0);
      verdicts.setLifeBits(record, word, bits & (lifeBits[word] as number));
      verdicts.setWaivedBits(record, word, 0);
    }
    for (let k = 0; k < verdict.reasonCount; k++) {
      const rule = verdict.reasonRules[k] as number;
      const word = rule >> 5;
      if (plan.rules[rule]?.isLife === true) continue;
      verdicts.setRowBits(record, word, verdicts.rowBits(record, word) | (1 << (rule & 31)));
    }
    // A sum that reached a threshold and was taken away by an exemption stays taken away.
    const { hold, reverse } = plan.score;
    const reached = verdict.score >= (hold ?? NaN) || verdict.score >= (reverse ?? NaN);
    if (verdict.scoreOutcome === 0 && reached) {
      this.#records.setFlag(record, LIFE_FLAG.scoreWaived);
    }
    evaluation.remember(record, verdict);
  }

  /** Sum of the scores of the row rules that fired; NaN = none has one. */
  #rowScore(row: number, verdict: Verdict): number {
    const { rules, plan } = this.#options;
    let sum = NaN;
    for (let k = 0; k < verdict.evidenceCount; k++) {
      const rule = verdict.evidenceRules[k] as number;
      const { isLife = true, score = null } = plan.rules[rule] ?? {};
      if (isLife || score === null) continue;
      const own = rules.evidence.scoreOf(rule, row);
      sum = (sum === sum ? sum : 0) + (own === own ? own : 0);
    }
    return sum;
  }

  // -- events --

  /** What a row tells of other payments; their amendments go out behind it. */
  after(row: number, out: OutputRegion): void {
    const { table } = this.#tables as LifeTables;
    const { i32 } = table;
    const at = row * this.#stride;
    const flags = i32[at + FLAGS_WORD] as number;
    if ((flags & (BAD | REPEAT)) !== 0) return;
    const kind = i32[at + KIND_WORD] as number;
    if (kind === KIND.payment) {
      if (this.waiting.count > 0 && this.#ownRecord >= 0) this.#applyWaiting(this.#ownRecord, out);
      return;
    }
    this.#evaluation.event.pointAtRow(table, row);
    switch (kind) {
      case KIND.refund:
      case KIND.reversal:
        if (this.#ofRecord >= 0 && this.#isAll) {
          this.#reconsider(this.#ofRecord, kind === KIND.refund ? 'refund' : 'reversal', out);
        } else if (this.#ofRecord < 0) this.#wait(i32, at);
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
    const record = this.#find(i32, at + this.#words.of);
    if (record < 0) this.#wait(i32, at);
    else this.#tell(record, kind, out);
  }

  /** Applies the event in hand to a record and decides it again. */
  #tell(record: number, kind: number, out: OutputRegion): void {
    const { event } = this.#evaluation;
    this.lives.touch(record);
    if (kind === KIND.release) {
      this.#release(record, out);
      return;
    }
    if (!this.#isAll) return;
    if (kind === KIND.status) {
      this.#tellStatus(record);
      this.#reconsider(record, 'status', out);
    } else {
      this.#records.set(record, LIFE_B.label, this.#enums.label.read(event.i32, event.at));
      this.#reconsider(record, 'label', out);
    }
  }

  #tellStatus(record: number): void {
    const { i32, f64, at } = this.#evaluation.event;
    const wallet = this.#enums.wallet.read(i32, at);
    const amount = this.#amount(i32, f64, at);
    if (amount === amount) {
      this.lives.doubles[record * LIFE_DOUBLES + LIFE_D.charged] = amount;
    }
    this.#records.applyStatus(record, wallet, this.#enums.terminal.read(i32, at));
    this.#seat(record);
  }

  #release(record: number, out: OutputRegion): void {
    const evaluation = this.#evaluation;
    const records = this.#records;
    const { i32, at } = evaluation.event;
    const word = this.#enums.release.read(i32, at);
    records.set(record, LIFE_B.release, word);
    // It is a word on a hold: without one there is nothing to decide.
    if (records.get(record, LIFE_B.outcome) !== HOLD) return;
    const isRefused = this.#enums.credential.read(i32, at) === FAILED;
    evaluation.layOut(record, 'release');
    const isStopped = evaluation.judge(record);
    if (!isRefused && !isStopped) {
      if (word === APPROVE) evaluation.waive(record);
      else records.setFlag(record, LIFE_FLAG.forced);
    }
    evaluation.decide(record);
    const isChanged = evaluation.hasChanged(record);
    if (isChanged) evaluation.amend(record, 'release', 0, out);
    this.#timers.arm(record, evaluation, 0);
    evaluation.release();
    if (isChanged) this.#resolved(record, out);
  }

  /** A refund or reversal that was held may go out now: its payment moves. */
  #resolved(record: number, out: OutputRegion): void {
    const records = this.#records;
    const kind = records.get(record, LIFE_B.kind);
    const { verdicts, event } = this.#evaluation;
    if (!this.#isAll || kind === RECORD_KIND.payment || !verdicts.has(record)) return;
    if (records.get(record, LIFE_B.outcome) !== ALLOW) return;
    const payment = this.lives.find(verdicts.ofLo(record), verdicts.ofHi(record));
    if (payment < 0) return;
    if (kind === RECORD_KIND.refund) {
      records.countRefund(payment, verdicts.amount(record), 1);
      records.settleState(payment);
    } else {
      records.reverse(payment);
      this.#seat(payment);
    }
    const { words, texts } = this.lives;
    const block = words[record * LIFE_WORDS + LIFE_W.kept] as number;
    const { kept } = this.#evaluation;
    event.pointAtId(texts, kept.idOffset(block), kept.idLength(block));
    this.#reconsider(payment, kind === RECORD_KIND.refund ? 'refund' : 'reversal', out);
  }

  #tellCode(i32: Int32Array, at: number, out: OutputRegion): void {
    const word = at + this.#words.code;
    if (!this.#isAll || (i32[word + 3] as number) < 0) return;
    const { codes } = this;
    codes.now[0] = this.lives.now[0] as number;
    const anchor = codes.take(i32[word] as number, i32[word + 1] as number);
    const state = this.#enums.code.read(i32, at);
    if (state !== 0) codes.setState(anchor, state);
    for (let node = codes.first(anchor); node !== 0; node = codes.next(node)) {
      const record = codes.recordOf(node);
      if (state !== 0) this.#records.set(record, LIFE_B.codeState, state);
      this.lives.touch(record);
      this.#reconsider(record, 'code', out);
    }
  }

  #tellTerminal(i32: Int32Array, at: number, out: OutputRegion): void {
    const word = at + this.#words.terminal;
    if (!this.#isAll || this.#enums.fault.read(i32, at) === 0) return;
    this.terminals.now[0] = this.lives.now[0] as number;
    const anchor = this.terminals.find(i32[word] as number, i32[word + 1] as number);
    if (anchor < 0) return;
    for (let node = this.terminals.first(anchor); node !== 0; node = this.terminals.next(node)) {
      this.#reconsider(this.terminals.recordOf(node), 'fault', out);
    }
  }

  // -- rows that came before their payment --

  #wait(i32: Int32Array, at: number): void {
    const word = at + this.#words.of;
    if (!this.#isAll || (i32[word + 3] as number) < 0) return;
    const { event } = this.#evaluation;
    const { slots } = this.#options;
    const { texts, now } = this.lives;
    const bytes = event.keptBytes(slots.event);
    const block = texts.take(bytes);
    event.keepRow(texts, block, slots.event);
    this.waiting.now[0] = now[0] as number;
    this.waiting.add(i32[word] as number, i32[word + 1] as number, block, bytes);
  }

  #applyWaiting(record: number, out: OutputRegion): void {
    const { words, texts } = this.lives;
    const { event } = this.#evaluation;
    const lo = words[record * LIFE_WORDS + LIFE_W.idLo] as number;
    const hi = words[record * LIFE_WORDS + LIFE_W.idHi] as number;
    this.waiting.now[0] = this.lives.now[0] as number;
    this.waiting.expire();
    for (;;) {
      const block = this.waiting.first(lo, hi);
      if (block === 0) return;
      event.pointAtBlock(texts, block);
      const kind = event.i32[event.at + KIND_WORD] as number;
      if (kind === KIND.refund || kind === KIND.reversal) this.#applyEarly(record, kind, out);
      else {
        this.#records.conflict(record, 'event-before-payment');
        this.#tell(record, kind, out);
      }
      this.waiting.removeFirst(lo, hi);
    }
  }

  /** A refund or reversal that came before its payment, decided by then. */
  #applyEarly(record: number, kind: number, out: OutputRegion): void {
    const { event } = this.#evaluation;
    const records = this.#records;
    const own = this.#find(event.i32, event.at + this.#words.id);
    const isOut = own < 0 || records.get(own, LIFE_B.outcome) === ALLOW;
    if (kind === KIND.refund) {
      if (isOut) records.countRefund(record, this.#amount(event.i32, event.f64, event.at), 1);
      records.noteRefund(record, true);
      records.settleState(record);
    } else {
      records.noteReversal(record, true);
      if (isOut) records.reverse(record);
      this.#seat(record);
    }
    this.#reconsider(record, kind === KIND.refund ? 'refund' : 'reversal', out);
  }

  get counts(): LifeReport {
    return {
      kept: this.lives.count,
      timers: this.heap.count,
      bytes: this.bytesUsed,
      evicted: this.evicted + this.waiting.evicted,
      waiting: this.waiting.count,
      waitedInVain: this.waiting.expired,
    };
  }
}

function clearVerdict(verdict: Verdict): void {
  verdict.outcome = ALLOW;
  verdict.reasonCount = 0;
  verdict.scoreOutcome = 0;
  verdict.engineReason = -1;
  verdict.holdExpiresMs = NaN;
}
