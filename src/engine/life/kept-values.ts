// What is kept of a payment beside its record: one block of the text arena.
//
//   block | id length | account length | id at | account at |      16 bytes
//         | numbers, 8 bytes each | texts' slots, 16 each | features |
//         | id | account | the slots' texts ...
//
// A text's slot is that of a row record (hash, offset, length); its offset is LIFE_OFFSET + place in the
// arena, so that rules read it like any other. Sizes are known when a payment is decided and never
// change. Nothing is allocated.

import { must } from '../../base/assert.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { STRING_FEATURE_DOUBLES } from '../../domain/feature-layout.ts';
import { isStringType } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { fieldNumber } from '../../domain/row-layout.ts';
import { LIFE_OFFSET } from '../../rules/runtime/rule-runtime.ts';
import type { TextArena } from '../../state/text-arena.ts';
import { keptParts } from './life-needs.ts';
import type { CopySlot } from './life-slots.ts';

const HEAD_BYTES = 16;
/** Bytes that may be read past a text's end. */
const GUARD_BYTES = 16;

interface KeptFeature {
  readonly feature: number;
  readonly doubles: number;
  /** Doubles from the block's start. */
  readonly at: number;
}

export class KeptValues {
  /** Bytes of the fixed part. */
  readonly fixedBytes: number;
  /** [0]: the size of the block that `save` made. */
  savedBytes = 0;
  readonly #texts: TextArena;
  readonly #features: FeatureLayout;
  readonly #numbers: readonly { readonly word: number; readonly at: number }[];
  readonly #strings: readonly { readonly word: number; readonly at: number }[];
  readonly #kept: readonly KeptFeature[];
  /** Where each kept field stands in a block, by field number: words from its start. */
  readonly #placeOf = new Map<number, number>();
  readonly #idWord: number;
  readonly #accountWord: number;

  constructor(plan: Plan, layout: RowLayout, features: FeatureLayout, texts: TextArena) {
    this.#texts = texts;
    this.#features = features;
    const parts = keptParts(plan);
    const fields = parts.fields.filter((field) => layout.isRead[field] === 1);
    const isText = (field: number): boolean =>
      isStringType(must(layout.fields[field], 'field').type);
    let word = HEAD_BYTES / 4;
    this.#numbers = fields
      .filter((field) => !isText(field))
      .map((field) => {
        const spec = must(layout.fields[field], 'field');
        const slots = spec.type === 'money' ? layout.moneySlots : layout.slots;
        this.#placeOf.set(field, word);
        word += 2;
        return { word: (slots[field] as number) / 4, at: word - 2 };
      });
    this.#strings = fields.filter(isText).map((field) => {
      this.#placeOf.set(field, word);
      word += 4;
      return { word: (layout.slots[field] as number) / 4, at: word - 4 };
    });
    this.#kept = parts.features.map((feature) => {
      const doubles = plan.features[feature]?.type === 'string' ? STRING_FEATURE_DOUBLES : 1;
      const at = word / 2;
      word += doubles * 2;
      return { feature, doubles, at };
    });
    this.fixedBytes = word * 4;
    this.#idWord = (layout.slots[fieldNumber(layout, 'id')] as number) / 4;
    this.#accountWord = (layout.slots[fieldNumber(layout, 'account')] as number) / 4;
  }

  /** Copies a row of the batch into a block; gives its offset, its size is in `savedBytes`. */
  save(
    i32: Int32Array,
    f64: Float64Array,
    at: number,
    F: Float64Array,
    row: number,
    bytes: Uint8Array,
  ): number {
    const { i32: words, f64: doubles } = this.#texts;
    const idLength = i32[at + this.#idWord + 3] as number;
    const accountLength = i32[at + this.#accountWord + 3] as number;
    let size = this.fixedBytes + idLength + Math.max(0, accountLength) + GUARD_BYTES;
    for (let k = 0; k < this.#strings.length; k++) {
      const { word } = this.#strings[k] as { word: number };
      size += Math.max(0, i32[at + word + 3] as number);
    }
    const block = this.#texts.take(size);
    this.savedBytes = size;
    const w = block >> 2;
    let end = block + this.fixedBytes;
    words[w] = idLength;
    words[w + 1] = accountLength;
    words[w + 2] = end;
    end = this.#copy(bytes, i32[at + this.#idWord + 2] as number, idLength, end);
    words[w + 3] = end;
    end = this.#copy(bytes, i32[at + this.#accountWord + 2] as number, accountLength, end);
    for (let k = 0; k < this.#numbers.length; k++) {
      const { word, at: to } = this.#numbers[k] as { word: number; at: number };
      doubles[(w + to) >> 1] = f64[(at + word) >> 1] as number;
    }
    for (let k = 0; k < this.#strings.length; k++) {
      const { word, at: to } = this.#strings[k] as { word: number; at: number };
      const length = i32[at + word + 3] as number;
      words[w + to] = i32[at + word] as number;
      words[w + to + 1] = i32[at + word + 1] as number;
      words[w + to + 2] = LIFE_OFFSET + end;
      words[w + to + 3] = length;
      end = this.#copy(bytes, i32[at + word + 2] as number, length, end);
    }
    this.#saveFeatures(block, F, row);
    return block;
  }

  #saveFeatures(block: number, F: Float64Array, row: number): void {
    const { f64: doubles } = this.#texts;
    for (let k = 0; k < this.#kept.length; k++) {
      const { feature, doubles: count, at } = this.#kept[k] as KeptFeature;
      const from =
        (this.#features.base[feature] as number) + row * (this.#features.stride[feature] as number);
      for (let d = 0; d < count; d++) doubles[(block >> 3) + at + d] = F[from + d] as number;
    }
  }

  /** Writes what a block keeps into the record at word `at` and, as row 0, into a feature table. */
  restore(block: number, i32: Int32Array, f64: Float64Array, at: number, F: Float64Array): void {
    const { i32: words, f64: doubles } = this.#texts;
    const w = block >> 2;
    for (let k = 0; k < this.#numbers.length; k++) {
      const { word, at: from } = this.#numbers[k] as { word: number; at: number };
      f64[(at + word) >> 1] = doubles[(w + from) >> 1] as number;
    }
    for (let k = 0; k < this.#strings.length; k++) {
      const { word, at: from } = this.#strings[k] as { word: number; at: number };
      for (let i = 0; i < 4; i++) i32[at + word + i] = words[w + from + i] as number;
    }
    for (let k = 0; k < this.#kept.length; k++) {
      const { feature, doubles: count, at: from } = this.#kept[k] as KeptFeature;
      const to = this.#features.base[feature] as number;
      for (let d = 0; d < count; d++) F[to + d] = doubles[(block >> 3) + from + d] as number;
    }
    this.#restoreTexts(w, i32, at);
  }

  /** Id and account, as the engine reads them; their hashes are not kept here. */
  #restoreTexts(w: number, i32: Int32Array, at: number): void {
    const { i32: words } = this.#texts;
    i32[at + this.#idWord + 2] = LIFE_OFFSET + (words[w + 2] as number);
    i32[at + this.#idWord + 3] = words[w] as number;
    i32[at + this.#accountWord + 2] = LIFE_OFFSET + (words[w + 3] as number);
    i32[at + this.#accountWord + 3] = words[w + 1] as number;
  }

  /** Copies field X of a block to of.X of a record. */
  copyField(block: number, slot: CopySlot, i32: Int32Array, f64: Float64Array, at: number): void {
    const { i32: words, f64: doubles } = this.#texts;
    const place = this.#placeOf.get(slot.field);
    if (place === undefined) return;
    const w = (block >> 2) + place;
    if (!slot.isText) {
      f64[(at + slot.to) >> 1] = doubles[w >> 1] as number;
      return;
    }
    for (let i = 0; i < 4; i++) i32[at + slot.to + i] = words[w + i] as number;
  }

  #copy(bytes: Uint8Array, from: number, length: number, to: number): number {
    const target = this.#texts.bytes;
    for (let i = 0; i < length; i++) target[to + i] = bytes[from + i] as number;
    return length > 0 ? to + length : to;
  }
}
