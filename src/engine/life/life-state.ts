// What the life pass keeps, and what it reads of rows: records, timers, chains, waiting rows, and the
// places in a row's record that it looks at. Its parts (life-pass, life-keeper, life-decisions,
// life-events) share it.

import type { MoneyConversion } from '../../domain/currencies.ts';
import type { Kind } from '../../domain/fields.ts';
import { KINDS } from '../../domain/fields.ts';
import { CAUSES } from '../../domain/life.ts';
import type { Cause } from '../../domain/life.ts';
import { slotWord } from '../../domain/row-layout.ts';
import { SHARDS } from '../../domain/shards.ts';
import { IdFilter } from '../../state/id-filter.ts';
import { KeyChains } from '../../state/key-chains.ts';
import { LIFE_B, LIFE_W, LIFE_WORDS, Lives } from '../../state/lives.ts';
import { RARE_W } from '../../state/rare-values.ts';
import { TimerHeap } from '../../state/timer-heap.ts';
import { Waiting } from '../../state/waiting.ts';
import type { LifeReport } from '../worker.ts';
import { EnumReader } from './enum-reader.ts';
import { LifeEvaluation } from './life-evaluation.ts';
import type { LifeParts, LifeTables } from './life-evaluation.ts';
import type { LifeFill } from './life-fill.ts';
import { LifeLeft } from './life-left.ts';
import type { LifeMode } from './life-needs.ts';
import type { LifeRecords } from './life-records.ts';
import { LifeTimers } from './life-timers.ts';
import type { TimerCode } from './life-timers.ts';
import type { OverdueDecisions } from './overdue-decisions.ts';
import { PaymentMoney } from './payment-money.ts';

/** Indexes into OUTCOMES. */
export const ALLOW = 0;
export const HOLD = 1;

/** Place of each value in its list. */
function placesOf<T extends string>(values: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(values.map((value, place) => [value, place])) as Record<T, number>;
}

/** Indexes into KINDS. */
export const KIND: Readonly<Record<Kind, number>> = placesOf(KINDS);
/** Indexes into CAUSES. */
export const CAUSE: Readonly<Record<Cause, number>> = placesOf(CAUSES);

const TEXT_BYTES_MAX: number = 2 ** 30 - 4096;
/** More than the texts and values of any payment, on the average. */
const TEXT_BYTES_EACH = 65_536;

export interface LifeOptions extends LifeParts {
  readonly mode: LifeMode;
  /** Most records of a shard. */
  readonly perShard: number;
  readonly timerCode: TimerCode;
  readonly fill: LifeFill | null;
  readonly overdue: OverdueDecisions | null;
  /** null where the plan has no currency. */
  readonly money: MoneyConversion | null;
  /** Decides a row of the batch anew after its of. or payment. fields have changed. */
  readonly rescore: (row: number) => void;
}

export class LifeState {
  readonly options: LifeOptions;
  /** All payments are kept, not only what is held. */
  readonly isAll: boolean;
  readonly lives: Lives;
  readonly heap: TimerHeap;
  /** Payments in flight by terminal; payments by code. */
  readonly terminals: KeyChains;
  readonly codes: KeyChains;
  readonly waiting: Waiting;
  readonly evaluation: LifeEvaluation;
  readonly records: LifeRecords;
  readonly timers: LifeTimers;
  readonly left: LifeLeft;
  /** Ids of records, where only holds are kept (the repeats table may have forgotten them); else null. */
  readonly ids: IdFilter | null;
  readonly enums: Readonly<
    Record<
      'wallet' | 'terminal' | 'code' | 'label' | 'release' | 'credential' | 'fault',
      EnumReader
    >
  >;
  /** int32 words of slots from a record's start. */
  readonly words: Readonly<Record<'id' | 'of' | 'terminal' | 'code', number>>;
  readonly money: PaymentMoney;
  readonly stride: number;
  /** Records that had to leave at the limit. */
  evicted = 0;
  /** Record of the payment that the row in hand is about; -1 = none. */
  ofRecord = -1;
  /** Record of the payment that a refund in hand, decided anew, was about before, if it is another; -1 = none. */
  formerRecord = -1;
  /** Where the index has the id of the row in hand, be it quiet; -1 = nowhere. */
  rawRecord = -1;
  /** Anchor of the code of the payment in hand, where it has been looked up already; -1 = not so. */
  codeAnchor = -1;
  tables: LifeTables | null = null;

  constructor(options: LifeOptions) {
    const { plan, layout, pool } = options;
    this.options = options;
    this.isAll = options.mode === 'all';
    // A refund and its payment may fall in one shard.
    const perShard = Math.max(2, options.perShard);
    this.lives = new Lives({
      perShard,
      keepMs: plan.life.keepMs,
      textBytesMax: Math.min(TEXT_BYTES_MAX, perShard * SHARDS * TEXT_BYTES_EACH),
    });
    const { recordsMax } = this.lives;
    this.heap = new TimerHeap(recordsMax);
    const isKept = (record: number): boolean => !this.lives.isQuiet(record);
    const chains = { anchorsMax: recordsMax, nodesMax: recordsMax, isKept };
    this.terminals = new KeyChains({ ...chains, keepMs: 0 });
    this.codes = new KeyChains({ ...chains, keepMs: plan.life.keepMs });
    const waitingMax = Math.max(1, Math.ceil(perShard / SHARDS)) * SHARDS;
    this.waiting = new Waiting(waitingMax, plan.life.waitMs, this.lives.texts);
    this.money = new PaymentMoney(plan, layout, pool, options.money);
    this.evaluation = new LifeEvaluation(options, this.lives, this.codes, this.money);
    this.records = this.evaluation.records;
    this.timers = new LifeTimers(options.timerCode, this.lives, this.records, this.heap);
    this.left = new LifeLeft(plan, this.lives, this.records);
    this.ids = this.isAll ? null : new IdFilter();
    this.stride = layout.strideBytes / 4;
    const enumOf = (name: string): EnumReader => new EnumReader(name, layout, pool);
    this.enums = {
      wallet: enumOf('walletStatus'),
      terminal: enumOf('terminalStatus'),
      code: enumOf('codeState'),
      label: enumOf('label'),
      release: enumOf('release'),
      credential: enumOf('credential'),
      fault: enumOf('fault'),
    };
    const wordOf = (name: string): number => slotWord(layout, name);
    this.words = {
      id: wordOf('id'),
      of: wordOf('of'),
      terminal: wordOf('terminal'),
      code: wordOf('paymentCode'),
    };
  }

  bindBatch(tables: LifeTables): void {
    this.tables = tables;
    this.evaluation.bindBatch(tables);
  }

  /** Looks the id of the row in hand up, once for all who ask for its record. */
  locate(i32: Int32Array, at: number): void {
    const word = at + this.words.id;
    const { lives } = this;
    this.rawRecord = lives.index.find(
      i32[word] as number,
      i32[word + 1] as number,
      lives.words,
      LIFE_WORDS,
      LIFE_W.idHi,
    );
  }

  /** Record of the row in hand, from before; -1 = none. */
  get known(): number {
    const record = this.rawRecord;
    return record >= 0 && this.lives.isQuiet(record) ? -1 : record;
  }

  /** The same, if it is of a payment. */
  get knownPayment(): number {
    const record = this.known;
    return record >= 0 && this.records.get(record, LIFE_B.kind) === KIND.payment ? record : -1;
  }

  /** Record of the id in a text slot, or -1. */
  find(i32: Int32Array, word: number): number {
    if ((i32[word + 3] as number) < 0) return -1;
    return this.lives.find(i32[word] as number, i32[word + 1] as number);
  }

  /** Record of the payment whose id is in a text slot, or -1. */
  findPayment(i32: Int32Array, word: number): number {
    if ((i32[word + 3] as number) < 0) return -1;
    return this.records.findPayment(i32[word] as number, i32[word + 1] as number);
  }

  /** An amount of a row about a payment; -1 = about none. */
  amount(i32: Int32Array, f64: Float64Array, at: number, payment: number): number {
    const currency = payment < 0 ? 0 : this.records.get(payment, LIFE_B.currency);
    return this.money.amount(i32, f64, at, currency);
  }

  /**
   * Anchor of a row's payment code, touched now; -1 = it has none. Where the row tells the code's state that is
   * its state now.
   */
  takeCode(i32: Int32Array, at: number): number {
    const word = at + this.words.code;
    if ((i32[word + 3] as number) < 0) return -1;
    const { codes } = this;
    codes.now[0] = this.lives.now[0] as number;
    const anchor = codes.take(i32[word] as number, i32[word + 1] as number);
    const state = this.enums.code.read(i32, at);
    if (state !== 0) codes.setState(anchor, state);
    return anchor;
  }

  /** It is in flight on its terminal from now on. */
  sit(record: number, i32: Int32Array, at: number): void {
    const word = at + this.words.terminal;
    this.terminals.now[0] = this.lives.now[0] as number;
    const anchor = this.terminals.take(i32[word] as number, i32[word + 1] as number);
    this.lives.rare.set(record, RARE_W.terminalNode, this.terminals.join(anchor, record));
  }

  /** It is in flight no more, where that is so. */
  seat(record: number): void {
    const { rare } = this.lives;
    const node = rare.get(record, RARE_W.terminalNode);
    if (node === 0 || this.records.isInFlight(record)) return;
    this.terminals.leave(node);
    rare.set(record, RARE_W.terminalNode, 0);
  }

  get counts(): LifeReport {
    const { lives, heap, terminals, codes, waiting, evaluation } = this;
    return {
      kept: lives.count,
      timers: heap.count,
      bytes: lives.bytesUsed + terminals.bytesUsed + codes.bytesUsed + this.left.bytesUsed,
      textBytes: evaluation.kept.textBytesOf(lives.keptBlocks()),
      evicted: this.evicted,
      terminalsEvicted: terminals.evicted,
      codesEvicted: codes.evicted,
      waiting: waiting.count,
      waitingEvicted: waiting.evicted,
      waitedInVain: waiting.expired,
    };
  }
}
