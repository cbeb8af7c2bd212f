// A payment that lives on is decided again: its kept values are laid out as a row of their own (the
// scratch row, in the form of every other row's record), the life rules run on it, and where outcome or
// reasons changed an amendment is written. Cost: about 1 µs and the rules; rows without events do not
// come here. Nothing is allocated but where evidence or a rail's window is met for the first time.

import type { DecisionEncoder } from '../../codec/decision-writer.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { KINDS } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW, ROW_FLAG, slotWord } from '../../domain/row-layout.ts';
import type { RowTable, Verdict } from '../../domain/verdict.ts';
import { makeVerdict } from '../../rules/compile/deciding.ts';
import type { RulesProgram } from '../../rules/compile/rules-program.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_FLAG, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import type { KeyChains } from '../../state/key-chains.ts';
import type { Lives } from '../../state/lives.ts';
import { RARE_D } from '../../state/rare-values.ts';
import { COUNTER } from '../counters.ts';
import type { OutputRegion } from '../output-region.ts';
import { Amendments } from './amendments.ts';
import { EventRow } from './event-row.ts';
import { KeptValues } from './kept-values.ts';
import { KeptVerdicts } from './kept-verdicts.ts';
import { LifeRecords, RECORD_KIND } from './life-records.ts';
import type { LifeSlots } from './life-slots.ts';
import { VALUE, writeRails } from './life-slots.ts';
import type { PaymentMoney } from './payment-money.ts';
import type { RuleBits } from './rule-bits.ts';
import { ruleBitsOf } from './rule-bits.ts';
import type { ScratchRow } from './scratch-row.ts';
import type { VerdictBlocks } from './verdict-blocks.ts';

const HOLD = 1;
const REVERSE = 2;

export interface LifeParts {
  readonly plan: Plan;
  readonly layout: RowLayout;
  readonly features: FeatureLayout;
  readonly pool: ConstantPool;
  readonly rules: RulesProgram;
  readonly encoder: DecisionEncoder;
  readonly counters: Float64Array;
  readonly blocks: VerdictBlocks;
  readonly slots: LifeSlots;
  readonly scratch: ScratchRow;
}

/** The tables of the batch in hand. */
export interface LifeTables {
  readonly table: RowTable;
  readonly F: Float64Array;
  readonly FI: Int32Array;
  readonly fired: Int32Array;
}

export class LifeEvaluation {
  readonly records: LifeRecords;
  readonly kept: KeptValues;
  readonly verdicts: KeptVerdicts;
  readonly event: EventRow;
  readonly verdict: Verdict;
  readonly scratch: ScratchRow;
  /** Bits of the rules that fire on the scratch row. */
  readonly #fired: Int32Array;
  /** Rules that had fired before `judge`. */
  readonly #firedBefore: Int32Array;
  readonly #parts: LifeParts;
  readonly #lives: Lives;
  readonly #codes: KeyChains;
  readonly #money: PaymentMoney;
  readonly #amendments: Amendments;
  readonly #kindWord: number;
  readonly #kinds: Int32Array;
  readonly #hasLifeRules: boolean;
  readonly #readsRow: boolean;
  readonly #bits: RuleBits;
  readonly #hasLatches: boolean;
  readonly #expiredReason: number;
  readonly #table: { i32: Int32Array; f64: Float64Array; bytes: Uint8Array; view: DataView };
  #batch: LifeTables | null = null;
  /** The rules are bound to the scratch row, not to the batch. */
  #isBound = false;
  /** What stands in the scratch row: kind of the record, -1 = not known; whether an event does. */
  #laidKind = -1;
  #hasEvent = true;

  constructor(parts: LifeParts, lives: Lives, codes: KeyChains, money: PaymentMoney) {
    const { plan, layout, features, pool, rules } = parts;
    this.#parts = parts;
    this.#lives = lives;
    this.#codes = codes;
    this.#money = money;
    this.records = new LifeRecords(lives);
    this.kept = new KeptValues(plan, layout, features, pool, lives.texts, parts.slots.ofFields);
    this.verdicts = new KeptVerdicts(lives, rules.firedWords);
    this.event = new EventRow(layout);
    this.verdict = makeVerdict(plan);
    this.scratch = parts.scratch;
    this.#fired = new Int32Array(rules.firedWords);
    this.#firedBefore = new Int32Array(rules.firedWords);
    const nothing = new Uint8Array(0);
    const view = new DataView(new ArrayBuffer(0));
    const { i32, f64 } = this.scratch;
    this.#table = { i32, f64, bytes: nothing, view };
    const { encoder, counters } = parts;
    const { records, kept, event } = this;
    this.#amendments = new Amendments({ encoder, counters, lives, records, kept, event });
    this.#kindWord = slotWord(layout, 'kind');
    this.#kinds = Int32Array.from(
      KINDS.flatMap((kind) => {
        const { lo, hi, offset, length } = pool.text(kind);
        return [lo, hi, offset, length];
      }),
    );
    this.#bits = ruleBitsOf(plan, layout, rules.firedWords);
    this.#hasLatches = this.#bits.latches.some((bits) => bits !== 0);
    this.#hasLifeRules = plan.rules.some((rule) => rule.isLife);
    this.#readsRow = this.#hasLifeRules || plan.exempt.length > 0;
    this.#expiredReason = plan.reasons.findIndex(({ code }) => code === 'HOLD_EXPIRED');
  }

  bindBatch(tables: LifeTables): void {
    this.#batch = tables;
    this.#table.bytes = tables.table.bytes;
    this.#table.view = tables.table.view;
  }

  /**
   * Lays the record out as the scratch row, at now (lives.now), with `event` as its event; binds the
   * rules to it, until `release`. @param cause index into CAUSES
   */
  layOut(record: number, cause: number): void {
    const { slots } = this.#parts;
    const { i32, f64, F, FI } = this.scratch;
    const { words, doubles, now } = this.#lives;
    this.#bind();
    // Without life rules and exemptions nothing of it is read but what fired.
    if (!this.#readsRow) return;
    const kind = this.records.get(record, LIFE_B.kind);
    f64[ROW.timeMs / 8] = doubles[record * LIFE_DOUBLES + LIFE_D.timeMs] as number;
    f64[ROW.streamTimeMs / 8] = now[0] as number;
    i32[ROW.flags / 4] = ROW_FLAG.decided;
    i32[ROW.kind / 4] = kind;
    for (let k = 0; k < 4; k++) i32[this.#kindWord + k] = this.#kinds[kind * 4 + k] as number;
    this.kept.restore(words[record * LIFE_WORDS + LIFE_W.kept] as number, i32, f64, 0, F, FI);
    // Of the record before, what this one lacks: the rest is written anew, or is never there.
    if (kind === RECORD_KIND.payment) {
      if (this.#laidKind !== kind) slots.clearOf(i32, f64, 0);
      this.readValues(record, slots.paymentRails);
      slots.writePayment(i32, f64, 0);
    } else {
      slots.clearPayment(i32, f64, 0);
      slots.clearOf(i32, f64, 0);
      this.#layOutOf(record);
    }
    this.#laidKind = kind;
    this.#layOutEvent(record, cause);
    if (slots.now >= 0) f64[slots.now] = now[0] as number;
  }

  #layOutEvent(record: number, cause: number): void {
    const { slots } = this.#parts;
    const { i32, f64 } = this.scratch;
    const { event } = this;
    if (event.isPresent) {
      slots.writeEvent(event.i32, event.f64, event.at, i32, f64, 0);
      if (slots.eventAmount >= 0) {
        const currency = this.records.get(record, LIFE_B.currency);
        f64[slots.eventAmount] = this.#money.amount(event.i32, event.f64, event.at, currency);
      }
    } else if (this.#hasEvent) slots.clearEvent(i32, f64, 0);
    this.#hasEvent = event.isPresent;
    slots.writeCause(i32, 0, cause);
  }

  #bind(): void {
    if (this.#isBound) return;
    const { F, FI } = this.scratch;
    this.#parts.rules.bind(this.#table, F, FI, this.#fired);
    this.#isBound = true;
  }

  /** Binds the rules to the batch again: before anything is asked of its rows. */
  release(): void {
    if (!this.#isBound) return;
    const { table, F, FI, fired } = this.#batch as LifeTables;
    this.#parts.rules.bind(table, F, FI, fired);
    this.#isBound = false;
  }

  #layOutOf(record: number): void {
    if (!this.verdicts.has(record)) return;
    const of = this.records.findPayment(this.verdicts.ofLo(record), this.verdicts.ofHi(record));
    if (of < 0) return;
    this.readValues(of, this.#parts.slots.ofRails);
    const isRefund = this.records.get(record, LIFE_B.kind) === RECORD_KIND.refund;
    if (isRefund && this.records.get(record, LIFE_B.outcome) === HOLD) {
      // The one in hand is counted, though it is held.
      const { values } = this.#parts.slots;
      values[VALUE.refundCount] = (values[VALUE.refundCount] as number) + 1;
      const amount = this.verdicts.amount(record);
      if (amount === amount) {
        values[VALUE.refundedAmount] = (values[VALUE.refundedAmount] as number) + amount;
      }
    }
    this.writeOf(of, this.scratch.i32, this.scratch.f64, 0);
  }

  /** of.X of payment `of` into a record; `slots.values` are its values. */
  writeOf(of: number, i32: Int32Array, f64: Float64Array, at: number): void {
    const { slots } = this.#parts;
    slots.writeOf(i32, f64, at);
    const block = this.#lives.words[of * LIFE_WORDS + LIFE_W.kept] as number;
    this.kept.copyOf(block, i32, f64, at);
  }

  /** What rules read of a payment, at now, into slots.values. @param rails what of its rail (LifeSlots.ofRails) */
  readValues(record: number, rails: number): void {
    const { slots, blocks } = this.#parts;
    const { records } = this;
    const { values } = slots;
    const { doubles, rare, now } = this.#lives;
    const d = record * LIFE_DOUBLES;
    // States are index + 1, 0 = unknown.
    values[VALUE.state] = (records.get(record, LIFE_B.state) || NaN) - 1;
    values[VALUE.terminalStatus] = (records.get(record, LIFE_B.terminalStatus) || NaN) - 1;
    values[VALUE.walletStatus] = (records.get(record, LIFE_B.walletStatus) || NaN) - 1;
    values[VALUE.codeState] = (records.get(record, LIFE_B.codeState) || NaN) - 1;
    values[VALUE.label] = (records.get(record, LIFE_B.label) || NaN) - 1;
    values[VALUE.release] = (records.get(record, LIFE_B.release) || NaN) - 1;
    values[VALUE.conflict] = (records.get(record, LIFE_B.conflict) || NaN) - 1;
    values[VALUE.codeUses] = this.#codeUses(record);
    const isCharged = records.hasFlag(record, LIFE_FLAG.charged);
    values[VALUE.chargedAmount] = isCharged ? (doubles[d + LIFE_D.charged] as number) : NaN;
    values[VALUE.refundedAmount] = rare.doubles[rare.at(record) + RARE_D.refunded] as number;
    values[VALUE.refundCount] = records.refundCount(record);
    const paymentMs = doubles[d + LIFE_D.timeMs] as number;
    const age = (now[0] as number) - paymentMs;
    values[VALUE.ageMs] = age;
    values[VALUE.pendingMs] = records.isPending(record) ? age : NaN;
    if (rails === 0) return;
    const rail = records.get(record, LIFE_B.rail) - 1;
    writeRails(slots, rails, blocks, rail, paymentMs, now[0] as number, isCharged);
  }

  /** Payments so far with the record's code. */
  #codeUses(record: number): number {
    const node = this.#lives.words[record * LIFE_WORDS + LIFE_W.codeNode] as number;
    return node === 0 ? NaN : this.#codes.usesAt(node);
  }

  /**
   * Runs the life rules on the scratch row; gives true where one that is new would stop it. What a release
   * shows is of this event alone: the next operator is another. A rule that asks who speaks, and what
   * (RuleBits.asked), is new at each, though it was shown or waived before.
   */
  judge(record: number, isRelease: boolean = false): boolean {
    const { rules } = this.#parts;
    const { verdicts } = this;
    const fired = this.#fired;
    const hasBlock = verdicts.has(record);
    for (let word = 0; word < fired.length; word++) {
      fired[word] = hasBlock ? verdicts.rowBits(record, word) : 0;
    }
    // A refund or reversal was put to its payment once; what is new of it, an event must show.
    const isPayment = this.records.get(record, LIFE_B.kind) === RECORD_KIND.payment;
    if (isPayment ? this.#hasLifeRules : this.#hasLatches) rules.scoreLife(0);
    let isNew = false;
    for (let word = 0; word < fired.length; word++) {
      const bits = fired[word] as number;
      if (bits !== 0 || hasBlock) {
        if (this.#judgeWord(record, word, isPayment, isRelease)) isNew = true;
      } else this.#firedBefore[word] = 0;
    }
    return isNew;
  }

  #judgeWord(record: number, word: number, isPayment: boolean, isRelease: boolean): boolean {
    const { verdicts } = this;
    const fired = this.#fired;
    const lifeBits = this.#parts.rules.lifeBits[word] as number;
    const latchBits = this.#bits.latches[word] as number;
    const scored = (fired[word] as number) & (isPayment ? lifeBits : latchBits);
    const before = verdicts.lifeBits(record, word);
    const shown = isRelease ? scored & latchBits : 0;
    const asked = shown & (this.#bits.asked[word] as number);
    const waived = verdicts.waivedBits(record, word) & ~asked;
    const life = scored | (before & (isPayment ? latchBits : -1));
    this.#firedBefore[word] = before | verdicts.rowBits(record, word);
    const fresh = (life & ~before & ~waived) | asked;
    if (life !== 0 || verdicts.has(record)) {
      verdicts.ensure(record);
      verdicts.setLifeBits(record, word, life & ~(shown & ~before));
    }
    this.#countFired(word, fresh);
    fired[word] = (((fired[word] as number) & ~lifeBits) | life) & ~waived;
    return (fresh & (this.#bits.stops[word] as number)) !== 0;
  }

  #countFired(word: number, bits: number): void {
    if (bits === 0) return;
    const { counters } = this.#parts;
    for (let bit = 0; bit < 32; bit++) {
      if (((bits >>> bit) & 1) === 0) continue;
      const at = COUNTER.rules + (word * 32 + bit) * 2;
      counters[at] = (counters[at] as number) + 1;
    }
  }

  /** The rules that had fired before `judge` are waived for this decision. */
  waive(record: number): void {
    const { verdicts } = this;
    verdicts.ensure(record);
    for (let word = 0; word < this.#fired.length; word++) {
      const bits = verdicts.waivedBits(record, word) | (this.#firedBefore[word] as number);
      verdicts.setWaivedBits(record, word, bits);
      this.#fired[word] = (this.#fired[word] as number) & ~bits;
    }
    this.records.setFlag(record, LIFE_FLAG.scoreWaived);
  }

  /** What had fired before `judge` counts on: a reverse by decline or expiry has the reasons that it had. */
  keepFired(record: number): void {
    const { verdicts } = this;
    if (!verdicts.has(record)) return;
    for (let word = 0; word < this.#fired.length; word++) {
      const before = this.#firedBefore[word] as number;
      const lifeBits = this.#parts.rules.lifeBits[word] as number;
      const kept = verdicts.lifeBits(record, word) | (before & lifeBits);
      verdicts.setLifeBits(record, word, kept);
      this.#fired[word] =
        (this.#fired[word] as number) | (before & ~verdicts.waivedBits(record, word));
    }
  }

  /** The verdict of what `judge` left, with hold, reversal and what was forced. */
  decide(record: number): void {
    const { rules, blocks } = this.#parts;
    const { verdict, records } = this;
    const { doubles, now } = this.#lives;
    const d = record * LIFE_DOUBLES;
    const isWaived = records.hasFlag(record, LIFE_FLAG.scoreWaived);
    rules.decideAgain(0, isWaived ? NaN : this.verdicts.score(record), verdict);
    if (records.hasFlag(record, LIFE_FLAG.forced)) verdict.outcome = REVERSE;
    const isExpired = records.hasFlag(record, LIFE_FLAG.expired);
    verdict.engineReason = isExpired ? this.#expiredReason : -1;
    const { context } = blocks;
    context.times[0] = doubles[d + LIFE_D.timeMs] as number;
    context.times[1] = now[0] as number;
    context.times[2] = this.event.time[0] as number;
    context.rail = records.get(record, LIFE_B.rail) - 1;
    context.isPayment = records.get(record, LIFE_B.kind) === RECORD_KIND.payment;
    context.isCharged = records.hasFlag(record, LIFE_FLAG.charged);
    context.byRefund = records.hasFlag(record, LIFE_FLAG.byRefund);
    context.givenBack = records.givenBack(record);
    blocks.complete(verdict);
    this.#keepHold(record);
    // Its hold has ended, and nothing is left to reverse with: the next one would end likewise.
    if (records.hasFlag(record, LIFE_FLAG.endless)) verdict.holdExpiresMs = NaN;
  }

  /** A hold that goes on ends when it was to end. */
  #keepHold(record: number): void {
    const { verdict, records } = this;
    if (verdict.outcome !== HOLD || records.get(record, LIFE_B.outcome) !== HOLD) return;
    const { rare } = this.#lives;
    const held = rare.doubles[rare.at(record) + RARE_D.heldMs] as number;
    if (held !== held) return;
    verdict.holdExpiresMs = held;
    verdict.holdOnExpiry = records.get(record, LIFE_B.onExpiry);
  }

  /** No rule has ever fired on the record: its decision is an allow without reasons, and stays so. */
  isPlain(record: number): boolean {
    return !this.verdicts.has(record);
  }

  /** Whether the verdict differs from the record's newest decision. */
  hasChanged(record: number): boolean {
    return this.#amendments.hasChanged(record, this.verdict);
  }

  /** Writes the verdict as the record's next revision. @param cause index into CAUSES */
  amend(record: number, cause: number, flags: number, out: OutputRegion): void {
    this.#amendments.write(record, this.verdict, cause, flags, out);
  }

  /** A verdict becomes the record's newest decision. */
  remember(record: number, verdict: Verdict): void {
    this.#amendments.remember(record, verdict);
  }

  /** The record's newest decision is an allow without reasons. */
  rememberNothing(record: number): void {
    this.#amendments.rememberNothing(record);
  }
}
