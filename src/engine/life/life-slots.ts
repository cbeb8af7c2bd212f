// Writes what rules read under payment., of. and event. into a row's record. The values of one payment
// stand in `values`, by the place of their name in LIFE_NAMES (a text as the index of its value, NaN =
// missing); `write` copies those that the plan reads into their slots.

import { must } from '../../base/assert.ts';
import type { FieldSpec } from '../../domain/fields.ts';
import { isStringType } from '../../domain/fields.ts';
import { CAUSES, LIFE_NAMES, NOW_FIELD } from '../../domain/life.ts';
import type { Plan } from '../../domain/plan.ts';
import { METHODS } from '../../domain/rails.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { fieldNamed, splitName } from './life-needs.ts';
import type { VerdictBlocks } from './verdict-blocks.ts';

/** Places in `values`. */
export const VALUE = {
  state: 0,
  terminalStatus: 1,
  walletStatus: 2,
  codeState: 3,
  codeUses: 4,
  label: 5,
  release: 6,
  chargedAmount: 7,
  refundedAmount: 8,
  refundCount: 9,
  ageMs: 10,
  pendingMs: 11,
  conflict: 12,
  openMethod: 13,
  reversalOpen: 14,
  voidOpen: 15,
  refundOpen: 16,
} as const;

/** Slots that are written: a text's four words come from the texts, a number is one double. */
interface Slots {
  /** int32 words from the record's start */
  readonly words: Int32Array;
  /** indexes in `values` */
  readonly values: Int32Array;
  /** Words of a text's values begin here, four each; -1 = a number. */
  readonly texts: Int32Array;
}

interface Slot {
  readonly word: number;
  readonly value: number;
  readonly texts: number;
}

/** A field of a row (event.X) or of a kept payment (of.X), copied from slot to slot. */
export interface CopySlot {
  readonly isText: boolean;
  readonly from: number;
  readonly to: number;
  /** number of the field X */
  readonly field: number;
}

export class LifeSlots {
  readonly values: Float64Array = new Float64Array(LIFE_NAMES.length).fill(NaN);
  /** event.X for each field X that is read. */
  readonly event: readonly CopySlot[];
  /** of.X likewise. */
  readonly ofFields: readonly CopySlot[];
  /** Doubles from the record's start; -1 = not read. */
  readonly now: number;
  /** event.amount, likewise. */
  readonly eventAmount: number;
  readonly readsEvents: boolean;
  readonly readsCodes: boolean;
  /** What of openMethod and the windows rules read as payment.X and as of.X: bit 0 is openMethod. */
  readonly paymentRails: number;
  readonly ofRails: number;
  readonly #payment: Slots;
  readonly #of: Slots;
  readonly #cause: Slot | null;
  readonly #texts: Int32Array;

  constructor(plan: Plan, layout: RowLayout, pool: ConstantPool) {
    const texts: number[] = [];
    const slotOf = (spec: FieldSpec, values: readonly string[], value: number): Slot => {
      const at = isStringType(spec.type) ? texts.length : -1;
      for (const text of values) {
        const { lo, hi, offset, length } = pool.text(text);
        texts.push(lo, hi, offset, length);
      }
      const field = layout.fields.indexOf(spec);
      const word = (layout.slots[field] as number) / 4;
      return { word, value, texts: at };
    };
    const payment: Slot[] = [];
    const of: Slot[] = [];
    const event: CopySlot[] = [];
    const ofFields: CopySlot[] = [];
    let cause: Slot | null = null;
    let now = -1;
    let eventAmount = -1;
    for (const spec of plan.life.fields) {
      const [owner, name] = splitName(spec.name);
      if (spec.name === NOW_FIELD) {
        now = (layout.slots[layout.fields.indexOf(spec)] as number) / 8;
      } else if (spec.name === 'event.cause') cause = slotOf(spec, CAUSES, 0);
      else {
        const value = LIFE_NAMES.findIndex((life) => life.name === name);
        if (owner !== 'event' && value >= 0) {
          const values = must(LIFE_NAMES[value], 'name').values ?? [];
          (owner === 'of' ? of : payment).push(slotOf(spec, values, value));
        } else (owner === 'of' ? ofFields : event).push(copyOf(plan, layout, spec, name));
        if (spec.name === 'event.amount') {
          eventAmount = (layout.slots[layout.fields.indexOf(spec)] as number) / 8;
        }
      }
    }
    this.#payment = flat(payment);
    this.#of = flat(of);
    this.#cause = cause;
    this.event = event;
    this.ofFields = ofFields;
    this.now = now;
    this.eventAmount = eventAmount;
    this.#texts = Int32Array.from(texts);
    const names = plan.life.fields.map((spec) => spec.name);
    this.readsEvents = names.some((name) => name.startsWith('event.'));
    this.readsCodes = names.some((name) => /\.code(State|Uses)$/.test(name));
    this.paymentRails = railsRead(payment);
    this.ofRails = railsRead(of);
  }

  /** payment.X from `values`, of the record that begins at int32 word `at`. */
  writePayment(i32: Int32Array, f64: Float64Array, at: number): void {
    this.#write(this.#payment, i32, f64, at);
  }

  writeOf(i32: Int32Array, f64: Float64Array, at: number): void {
    this.#write(this.#of, i32, f64, at);
  }

  clearPayment(i32: Int32Array, f64: Float64Array, at: number): void {
    clear(this.#payment, i32, f64, at);
  }

  clearOf(i32: Int32Array, f64: Float64Array, at: number): void {
    clear(this.#of, i32, f64, at);
    for (const slot of this.ofFields) clearSlot(slot.isText, slot.to, i32, f64, at);
  }

  /** event.X from the row at word `from` of a table. */
  writeEvent(
    sourceI32: Int32Array,
    sourceF64: Float64Array,
    from: number,
    i32: Int32Array,
    f64: Float64Array,
    at: number,
  ): void {
    for (let k = 0; k < this.event.length; k++) {
      copySlot(this.event[k] as CopySlot, sourceI32, sourceF64, from, i32, f64, at);
    }
  }

  clearEvent(i32: Int32Array, f64: Float64Array, at: number): void {
    for (const slot of this.event) clearSlot(slot.isText, slot.to, i32, f64, at);
  }

  /** @param cause index into CAUSES; -1 = none */
  writeCause(i32: Int32Array, at: number, cause: number): void {
    const slot = this.#cause;
    if (slot === null) return;
    if (cause < 0) i32[at + slot.word + 3] = -1;
    else this.#writeText(slot.texts + cause * 4, i32, at + slot.word);
  }

  #write(slots: Slots, i32: Int32Array, f64: Float64Array, at: number): void {
    const { words, values, texts } = slots;
    const known = this.values;
    for (let k = 0; k < words.length; k++) {
      const value = known[values[k] as number] as number;
      const word = at + (words[k] as number);
      const text = texts[k] as number;
      if (text < 0) f64[word >> 1] = value;
      else if (value >= 0) this.#writeText(text + value * 4, i32, word);
      else i32[word + 3] = -1;
    }
  }

  #writeText(from: number, i32: Int32Array, to: number): void {
    const texts = this.#texts;
    for (let word = 0; word < 4; word++) i32[to + word] = texts[from + word] as number;
  }
}

function flat(slots: readonly Slot[]): Slots {
  return {
    words: Int32Array.from(slots, ({ word }) => word),
    values: Int32Array.from(slots, ({ value }) => value),
    texts: Int32Array.from(slots, ({ texts }) => texts),
  };
}

function railsRead(slots: readonly Slot[]): number {
  const first: number = VALUE.openMethod;
  return slots.reduce(
    (bits, { value }) => (value < first ? bits : bits | (1 << (value - first))),
    0,
  );
}

/** openMethod and which windows are open, into slots.values. @param read which of them, as bits */
export function writeRails(
  slots: LifeSlots,
  read: number,
  blocks: VerdictBlocks,
  rail: number,
  paymentMs: number,
  nowMs: number,
  isCharged: boolean,
): void {
  const { values } = slots;
  const { rails, choice } = blocks;
  if (rail < 0) {
    values.fill(NaN, VALUE.openMethod, LIFE_NAMES.length);
    return;
  }
  if ((read & 1) !== 0) {
    const isOpen = rails.choose(rail, paymentMs, nowMs, isCharged, false, choice);
    values[VALUE.openMethod] = isOpen ? choice.method : NaN;
  }
  for (let method = 0; method < METHODS.length; method++) {
    if (((read >> (method + 1)) & 1) === 0) continue;
    values[VALUE.reversalOpen + method] = rails.isOpen(rail, method, paymentMs, nowMs) ? 1 : 0;
  }
}

/** Copies a slot between two records. */
function copySlot(
  slot: CopySlot,
  sourceI32: Int32Array,
  sourceF64: Float64Array,
  from: number,
  i32: Int32Array,
  f64: Float64Array,
  at: number,
): void {
  if (!slot.isText) {
    f64[(at + slot.to) >> 1] = sourceF64[(from + slot.from) >> 1] as number;
    return;
  }
  for (let word = 0; word < 4; word++) {
    i32[at + slot.to + word] = sourceI32[from + slot.from + word] as number;
  }
}

function clear({ words, texts }: Slots, i32: Int32Array, f64: Float64Array, at: number): void {
  for (let k = 0; k < words.length; k++) {
    clearSlot((texts[k] as number) >= 0, words[k] as number, i32, f64, at);
  }
}

function clearSlot(
  isText: boolean,
  word: number,
  i32: Int32Array,
  f64: Float64Array,
  at: number,
): void {
  if (isText) i32[at + word + 3] = -1;
  else f64[(at + word) >> 1] = NaN;
}

/** From field X's slot (of money the converted one) to that of owner.X. */
function copyOf(plan: Plan, layout: RowLayout, spec: FieldSpec, name: string): CopySlot {
  const field = fieldNamed(plan, name);
  const slots = spec.type === 'money' ? layout.moneySlots : layout.slots;
  return {
    isText: isStringType(spec.type),
    from: (slots[field] as number) / 4,
    to: (layout.slots[layout.fields.indexOf(spec)] as number) / 4,
    field,
  };
}
