// What rules read under payment., of. and event. when a row is decided for the first time: a payment's
// own words, nothing of another's. Before the score pass, by whoever scores the row; rows that are about
// another payment are put to it later, by the life pass.

import { KINDS } from '../../domain/fields.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, ROW_FLAG, fieldNumber, slotWord } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { EnumReader } from './enum-reader.ts';
import { WALLET } from './life-records.ts';
import type { LifeSlots } from './life-slots.ts';
import { VALUE, writeRails } from './life-slots.ts';
import type { VerdictBlocks } from './verdict-blocks.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const KIND_WORD: number = ROW.kind / 4;
const STREAM_TIME_WORD: number = ROW.streamTimeMs / 4;
const TIME_WORD: number = ROW.timeMs / 4;
const { bad: BAD, decided: DECIDED, repeat: REPEAT } = ROW_FLAG;
const PAYMENT = KINDS.indexOf('payment');

export class LifeFill {
  readonly wallet: EnumReader;
  readonly terminal: EnumReader;
  readonly code: EnumReader;
  readonly #slots: LifeSlots;
  readonly #blocks: VerdictBlocks;
  readonly #stride: number;
  readonly #amountAt: number;
  readonly #codeWord: number;

  constructor(layout: RowLayout, pool: ConstantPool, slots: LifeSlots, blocks: VerdictBlocks) {
    this.#slots = slots;
    this.#blocks = blocks;
    this.wallet = new EnumReader('walletStatus', layout, pool);
    this.terminal = new EnumReader('terminalStatus', layout, pool);
    this.code = new EnumReader('codeState', layout, pool);
    this.#stride = layout.strideBytes / 4;
    this.#amountAt = (layout.moneySlots[fieldNumber(layout, 'amount')] as number) / 4;
    this.#codeWord = slotWord(layout, 'paymentCode');
  }

  /** Fills the slots of rows [from, to) that are scored. */
  rows(i32: Int32Array, f64: Float64Array, from: number, to: number): void {
    const slots = this.#slots;
    for (let row = from; row < to; row++) {
      const at = row * this.#stride;
      if (((i32[at + FLAGS_WORD] as number) & (BAD | DECIDED | REPEAT)) !== DECIDED) continue;
      if (slots.now >= 0) {
        f64[(at >> 1) + slots.now] = f64[(at + STREAM_TIME_WORD) >> 1] as number;
      }
      slots.clearOf(i32, f64, at);
      slots.writeEvent(i32, f64, at, i32, f64, at);
      slots.writeCause(i32, at, -1);
      if (i32[at + KIND_WORD] === PAYMENT) {
        this.values(i32, f64, at);
        slots.writePayment(i32, f64, at);
      } else slots.clearPayment(i32, f64, at);
    }
  }

  /** The life of a payment that has just come, into slots.values. */
  values(i32: Int32Array, f64: Float64Array, at: number): void {
    const { values, readsCodes, paymentRails } = this.#slots;
    const wallet = this.wallet.read(i32, at);
    const terminal = this.terminal.read(i32, at);
    const isCharged = wallet === WALLET.charged;
    const isKnown = isCharged || wallet === WALLET.notCharged;
    const time = f64[(at + TIME_WORD) >> 1] as number;
    const now = f64[(at + STREAM_TIME_WORD) >> 1] as number;
    values[VALUE.codeState] = NaN;
    values[VALUE.codeUses] = NaN;
    values[VALUE.label] = NaN;
    values[VALUE.release] = NaN;
    values[VALUE.conflict] = NaN;
    values[VALUE.state] = isCharged ? 1 : isKnown ? 2 : 0;
    values[VALUE.walletStatus] = wallet === 0 ? NaN : wallet - 1;
    values[VALUE.terminalStatus] = terminal === 0 ? NaN : terminal - 1;
    values[VALUE.chargedAmount] = isCharged ? (f64[(at + this.#amountAt) >> 1] as number) : NaN;
    values[VALUE.refundedAmount] = 0;
    values[VALUE.refundCount] = 0;
    values[VALUE.ageMs] = now - time;
    values[VALUE.pendingMs] = isKnown && terminal !== 3 ? NaN : now - time;
    if (readsCodes && (i32[at + this.#codeWord + 3] as number) >= 0) {
      const code = this.code.read(i32, at);
      values[VALUE.codeState] = code === 0 ? NaN : code - 1;
      values[VALUE.codeUses] = 1;
    }
    if (paymentRails === 0) return;
    const blocks = this.#blocks;
    const rail = blocks.railOf(i32, at);
    writeRails(this.#slots, paymentRails, blocks, rail, time, now, isCharged);
  }
}
