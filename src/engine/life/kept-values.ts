// What is kept of a payment beside its record: one block of the text arena.
//
//   block | lengths of id, account, texts ... | values of few | numbers | hashes | features | texts ... |
//         `------- 2 bytes each -------------'`-- 1 byte ----'`----------- 8 bytes each ---------'
//
// The values are those that life rules read. A field with few values (a channel) is kept as the index of
// its value. A text's place follows from the lengths; laid out in a row record its offset is LIFE_OFFSET +
// place in the arena, so that rules read it like any other. Sizes are known when a payment is decided and
// never change. Nothing is allocated.

import { must } from '../../base/assert.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { STRING_FEATURE_DOUBLES } from '../../domain/feature-layout.ts';
import type { FieldType } from '../../domain/fields.ts';
import { isStringType } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { fieldNumber } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { LIFE_OFFSET } from '../../rules/runtime/rule-runtime.ts';
import type { TextArena } from '../../state/text-arena.ts';
import { EnumReader } from './enum-reader.ts';
import { keptParts } from './life-needs.ts';
import type { CopySlot } from './life-slots.ts';

/** Bytes that may be read past a text's end. */
const GUARD_BYTES = 16;
/** Length of a text that is missing. */
const MISSING = 0xffff;
/** id and account, which are always kept. */
const ALWAYS = 2;

interface KeptNumber {
  /** int32 words from a record's start */
  readonly word: number;
  /** doubles from a block's start */
  readonly at: number;
  readonly field: number;
}

interface KeptFeature {
  readonly feature: number;
  readonly doubles: number;
  readonly at: number;
}

interface KeptEnum {
  readonly word: number;
  readonly reader: EnumReader;
  /** Four words a value: hash, place and length of its text in the constant pool. */
  readonly texts: Int32Array;
  readonly field: number;
}

interface KeptText {
  readonly word: number;
  /** Doubles from a block's start, of its hash; -1 = not kept. */
  readonly hash: number;
  /** Which of the lengths. */
  readonly length: number;
  readonly field: number;
}

export class KeptValues {
  /** Bytes of a block but for its texts. */
  readonly fixedBytes: number;
  /** The size of the block that `save` made last. */
  savedBytes = 0;
  readonly #texts: TextArena;
  readonly #lengths: Uint16Array;
  readonly #features: FeatureLayout;
  readonly #numbers: readonly KeptNumber[];
  readonly #enums: readonly KeptEnum[];
  readonly #enumsAt: number;
  /** id, account, then the others. */
  readonly #strings: readonly KeptText[];
  readonly #kept: readonly KeptFeature[];

  constructor(
    plan: Plan,
    layout: RowLayout,
    features: FeatureLayout,
    pool: ConstantPool,
    texts: TextArena,
  ) {
    this.#texts = texts;
    this.#lengths = new Uint16Array(texts.i32.buffer);
    this.#features = features;
    const parts = keptParts(plan);
    const fields = parts.fields.filter((field) => layout.isRead[field] === 1);
    const typeOf = (field: number): FieldType => must(layout.fields[field], 'field').type;
    const wordOf = (field: number): number => (layout.slots[field] as number) / 4;
    const [id, account] = [fieldNumber(layout, 'id'), fieldNumber(layout, 'account')];
    const strings = fields.filter((field) => typeOf(field) === 'string');
    const others = strings.filter((field) => field !== id && field !== account);
    const enums = fields.filter((field) => typeOf(field) === 'enum');
    this.#enumsAt = (ALWAYS + others.length) * 2;
    let next = Math.ceil((this.#enumsAt + enums.length) / 8);
    this.#numbers = fields
      .filter((field) => !isStringType(typeOf(field)))
      .map((field) => {
        const slots = typeOf(field) === 'money' ? layout.moneySlots : layout.slots;
        return { word: (slots[field] as number) / 4, at: next++, field };
      });
    this.#strings = [id, account, ...others].map((field, length) => ({
      word: wordOf(field),
      hash: strings.includes(field) ? next++ : -1,
      length,
      field,
    }));
    this.#enums = enums.map((field) => {
      const { name, values = [] } = must(layout.fields[field], 'field');
      const constants = values.map((value) => pool.text(value));
      return {
        word: wordOf(field),
        reader: new EnumReader(name, layout, pool),
        texts: Int32Array.from(
          constants.flatMap(({ lo, hi, offset, length }) => [lo, hi, offset, length]),
        ),
        field,
      };
    });
    this.#kept = parts.features.map((feature) => {
      const doubles = plan.features[feature]?.type === 'string' ? STRING_FEATURE_DOUBLES : 1;
      next += doubles;
      return { feature, doubles, at: next - doubles };
    });
    this.fixedBytes = next * 8;
  }

  /** Of so many blocks of so many bytes together, those of texts. */
  textBytesOf(blocks: number, bytes: number): number {
    return bytes - blocks * (this.fixedBytes + GUARD_BYTES);
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
    const { f64: doubles, i32: words } = this.#texts;
    const strings = this.#strings;
    let size = this.fixedBytes + GUARD_BYTES;
    for (let k = 0; k < strings.length; k++) {
      size += Math.max(0, i32[at + (strings[k] as KeptText).word + 3] as number);
    }
    const block = this.#texts.take(size);
    this.savedBytes = size;
    const d = block >> 3;
    let end = block + this.fixedBytes;
    for (let k = 0; k < strings.length; k++) {
      const { word, hash } = strings[k] as KeptText;
      const length = i32[at + word + 3] as number;
      this.#lengths[(block >> 1) + k] = length < 0 ? MISSING : length;
      if (hash >= 0) {
        words[(d + hash) * 2] = i32[at + word] as number;
        words[(d + hash) * 2 + 1] = i32[at + word + 1] as number;
      }
      end = this.#copy(bytes, i32[at + word + 2] as number, length, end);
    }
    for (let k = 0; k < this.#numbers.length; k++) {
      const { word, at: to } = this.#numbers[k] as KeptNumber;
      doubles[d + to] = f64[(at + word) >> 1] as number;
    }
    for (let k = 0; k < this.#enums.length; k++) {
      const value = (this.#enums[k] as KeptEnum).reader.read(i32, at);
      this.#texts.bytes[block + this.#enumsAt + k] = value;
    }
    this.#saveFeatures(d, F, row);
    return block;
  }

  #saveFeatures(d: number, F: Float64Array, row: number): void {
    const { f64: doubles } = this.#texts;
    for (let k = 0; k < this.#kept.length; k++) {
      const { feature, doubles: count, at } = this.#kept[k] as KeptFeature;
      const from =
        (this.#features.base[feature] as number) + row * (this.#features.stride[feature] as number);
      for (let i = 0; i < count; i++) doubles[d + at + i] = F[from + i] as number;
    }
  }

  /** Writes what a block keeps into the record at word `at` and, as row 0, into a feature table. */
  restore(block: number, i32: Int32Array, f64: Float64Array, at: number, F: Float64Array): void {
    const { f64: doubles } = this.#texts;
    const d = block >> 3;
    let end = block + this.fixedBytes;
    for (let k = 0; k < this.#strings.length; k++) {
      const text = this.#strings[k] as KeptText;
      this.#writeText(block, text, end, i32, at + text.word);
      end += this.#lengthOf(block, k);
    }
    for (let k = 0; k < this.#numbers.length; k++) {
      const { word, at: from } = this.#numbers[k] as KeptNumber;
      f64[(at + word) >> 1] = doubles[d + from] as number;
    }
    for (let k = 0; k < this.#enums.length; k++) {
      const kept = this.#enums[k] as KeptEnum;
      this.#writeEnum(block, k, kept, i32, at + kept.word);
    }
    for (let k = 0; k < this.#kept.length; k++) {
      const { feature, doubles: count, at: from } = this.#kept[k] as KeptFeature;
      const to = this.#features.base[feature] as number;
      for (let i = 0; i < count; i++) F[to + i] = doubles[d + from + i] as number;
    }
  }

  /** Copies field X of a block to of.X of a record. */
  copyField(block: number, slot: CopySlot, i32: Int32Array, f64: Float64Array, at: number): void {
    const number = this.#numbers.find(({ field }) => field === slot.field);
    if (number !== undefined) {
      f64[(at + slot.to) >> 1] = this.#texts.f64[(block >> 3) + number.at] as number;
      return;
    }
    const place = this.#enums.findIndex(({ field }) => field === slot.field);
    if (place >= 0) {
      this.#writeEnum(block, place, this.#enums[place] as KeptEnum, i32, at + slot.to);
      return;
    }
    const text = this.#strings.find(({ field }) => field === slot.field);
    if (text === undefined) return;
    this.#writeText(block, text, this.#placeOf(block, text.length), i32, at + slot.to);
  }

  /** Byte offset of a text in the arena. @param length 0 = id, 1 = account */
  #placeOf(block: number, length: number): number {
    let place = block + this.fixedBytes;
    for (let k = 0; k < length; k++) place += this.#lengthOf(block, k);
    return place;
  }

  #lengthOf(block: number, k: number): number {
    const length = this.#lengths[(block >> 1) + k] as number;
    return length === MISSING ? 0 : length;
  }

  idOffset(block: number): number {
    return this.#placeOf(block, 0);
  }

  idLength(block: number): number {
    return this.#lengthOf(block, 0);
  }

  accountOffset(block: number): number {
    return this.#placeOf(block, 1);
  }

  /** -1 = it has none. */
  accountLength(block: number): number {
    const length = this.#lengths[(block >> 1) + 1] as number;
    return length === MISSING ? -1 : length;
  }

  #writeText(block: number, text: KeptText, place: number, i32: Int32Array, to: number): void {
    const { i32: words } = this.#texts;
    const length = this.#lengths[(block >> 1) + text.length] as number;
    if (text.hash >= 0) {
      const from = ((block >> 3) + text.hash) * 2;
      i32[to] = words[from] as number;
      i32[to + 1] = words[from + 1] as number;
    }
    i32[to + 2] = LIFE_OFFSET + place;
    i32[to + 3] = length === MISSING ? -1 : length;
  }

  #writeEnum(block: number, place: number, kept: KeptEnum, i32: Int32Array, to: number): void {
    const value = this.#texts.bytes[block + this.#enumsAt + place] as number;
    if (value === 0) {
      i32[to + 3] = -1;
      return;
    }
    for (let i = 0; i < 4; i++) i32[to + i] = kept.texts[(value - 1) * 4 + i] as number;
  }

  #copy(bytes: Uint8Array, from: number, length: number, to: number): number {
    const target = this.#texts.bytes;
    for (let i = 0; i < length; i++) target[to + i] = bytes[from + i] as number;
    return length > 0 ? to + length : to;
  }
}
