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
import { keptParts } from './life-needs.ts';
import type { CopySlot } from './life-slots.ts';

/** Bytes that may be read past a text's end. */
const GUARD_BYTES = 16;
/** Length of a text that is missing. */
const MISSING = 0xffff;
/** Where a field of a kept payment goes as of.X: words from a record's start, by the form in which it is kept. */
interface KeptCopy {
  readonly form: 'number' | 'enum' | 'text';
  /** Which of the numbers, enums, texts. */
  readonly place: number;
  readonly to: number;
}

export class KeptValues {
  /** Bytes of a block but for its texts. */
  readonly fixedBytes: number;
  /** The size of the block that `save` made last. */
  savedBytes = 0;
  readonly #texts: TextArena;
  readonly #lengths: Uint16Array;
  // The plan of a block, flat: what follows runs for each payment that is kept. Words are from a record's
  // start, `at` are doubles from a block's start.
  /** Words of id, account, then the others; `at` of their hashes, -1 = not kept. */
  readonly #stringWords: Int32Array;
  readonly #stringHashes: Int32Array;
  readonly #numberWords: Int32Array;
  readonly #numbersAt: number;
  readonly #enumWords: Int32Array;
  /** Bytes from a block's start. */
  readonly #enumsAt: number;
  /** Values of enum k are [ends[k], ends[k + 1]) of these: low half of the hash; hash, place and length. */
  readonly #enumEnds: Int32Array;
  readonly #enumHashes: Int32Array;
  readonly #enumTexts: Int32Array;
  /** Doubles of features: the first row's in the table, and from row to row. */
  readonly #featureBases: Int32Array;
  readonly #featureStrides: Int32Array;
  readonly #featuresAt: number;
  readonly #copies: readonly KeptCopy[];

  /** @param copied fields that are read as of.X */
  constructor(
    plan: Plan,
    layout: RowLayout,
    features: FeatureLayout,
    pool: ConstantPool,
    texts: TextArena,
    copied: readonly CopySlot[],
  ) {
    this.#texts = texts;
    this.#lengths = new Uint16Array(texts.i32.buffer, texts.i32.byteOffset);
    const parts = keptParts(plan);
    const fields = parts.fields.filter((field) => layout.isRead[field] === 1);
    const typeOf = (field: number): FieldType => must(layout.fields[field], 'field').type;
    const wordOf = (field: number): number => (layout.slots[field] as number) / 4;
    const always = [fieldNumber(layout, 'id'), fieldNumber(layout, 'account')];
    const hashed = fields.filter((field) => typeOf(field) === 'string');
    const strings = [...always, ...hashed.filter((field) => !always.includes(field))];
    const enums = fields.filter((field) => typeOf(field) === 'enum');
    const numbers = fields.filter((field) => !isStringType(typeOf(field)));
    this.#enumsAt = strings.length * 2;
    this.#numbersAt = Math.ceil((this.#enumsAt + enums.length) / 8);
    let next = this.#numbersAt + numbers.length;
    this.#numberWords = Int32Array.from(numbers, (field) => {
      const slots = typeOf(field) === 'money' ? layout.moneySlots : layout.slots;
      return (slots[field] as number) / 4;
    });
    this.#stringWords = Int32Array.from(strings, wordOf);
    this.#stringHashes = Int32Array.from(strings, (field) =>
      hashed.includes(field) ? next++ : -1,
    );
    const valuesOf = (field: number): readonly string[] => layout.fields[field]?.values ?? [];
    this.#enumWords = Int32Array.from(enums, wordOf);
    this.#enumEnds = new Int32Array(enums.length + 1);
    enums.forEach((field, k) => {
      this.#enumEnds[k + 1] = (this.#enumEnds[k] as number) + valuesOf(field).length;
    });
    const constants = enums.flatMap(valuesOf).map((value) => pool.text(value));
    this.#enumHashes = Int32Array.from(constants, ({ lo }) => lo);
    this.#enumTexts = Int32Array.from(
      constants.flatMap(({ lo, hi, offset, length }) => [lo, hi, offset, length]),
    );
    this.#featuresAt = next;
    const doubles = parts.features.flatMap((feature) => {
      const count = plan.features[feature]?.type === 'string' ? STRING_FEATURE_DOUBLES : 1;
      return Array.from({ length: count }, (_, k) => ({ feature, k }));
    });
    this.#featureBases = Int32Array.from(
      doubles,
      ({ feature, k }) => (features.base[feature] as number) + k,
    );
    this.#featureStrides = Int32Array.from(
      doubles,
      ({ feature }) => features.stride[feature] as number,
    );
    this.fixedBytes = (next + doubles.length) * 8;
    this.#copies = copied.flatMap(({ field, to }): KeptCopy[] => {
      const form = numbers.includes(field) ? 'number' : enums.includes(field) ? 'enum' : 'text';
      const place = { number: numbers, enum: enums, text: strings }[form].indexOf(field);
      return place < 0 ? [] : [{ form, place, to }];
    });
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
    const { f64: doubles, i32: words, bytes: target } = this.#texts;
    const strings = this.#stringWords;
    const hashes = this.#stringHashes;
    const lengths = this.#lengths;
    let size = this.fixedBytes + GUARD_BYTES;
    for (let k = 0; k < strings.length; k++) {
      const length = i32[at + (strings[k] as number) + 3] as number;
      if (length > 0) size += length;
    }
    const block = this.#texts.take(size);
    this.savedBytes = size;
    const d = block >> 3;
    let end = block + this.fixedBytes;
    for (let k = 0; k < strings.length; k++) {
      const word = at + (strings[k] as number);
      const length = i32[word + 3] as number;
      lengths[(block >> 1) + k] = length < 0 ? MISSING : length;
      const hash = hashes[k] as number;
      if (hash >= 0) {
        words[(d + hash) * 2] = i32[word] as number;
        words[(d + hash) * 2 + 1] = i32[word + 1] as number;
      }
      const from = i32[word + 2] as number;
      for (let i = 0; i < length; i++) target[end + i] = bytes[from + i] as number;
      if (length > 0) end += length;
    }
    const numbers = this.#numberWords;
    const numbersAt = d + this.#numbersAt;
    for (let k = 0; k < numbers.length; k++) {
      doubles[numbersAt + k] = f64[(at + (numbers[k] as number)) >> 1] as number;
    }
    this.#saveEnums(i32, at, block);
    const bases = this.#featureBases;
    const strides = this.#featureStrides;
    const featuresAt = d + this.#featuresAt;
    for (let k = 0; k < bases.length; k++) {
      doubles[featuresAt + k] = F[(bases[k] as number) + row * (strides[k] as number)] as number;
    }
    return block;
  }

  /** Of each the index + 1 of its value; 0 = missing. */
  #saveEnums(i32: Int32Array, at: number, block: number): void {
    const { bytes } = this.#texts;
    const enums = this.#enumWords;
    const ends = this.#enumEnds;
    const hashes = this.#enumHashes;
    for (let k = 0; k < enums.length; k++) {
      const word = at + (enums[k] as number);
      const hash = i32[word] as number;
      const begin = ends[k] as number;
      const end = (i32[word + 3] as number) < 0 ? begin : (ends[k + 1] as number);
      let value = begin;
      while (value < end && hashes[value] !== hash) value++;
      bytes[block + this.#enumsAt + k] = value < end ? value - begin + 1 : 0;
    }
  }

  /** Writes what a block keeps into the record at word `at` and, as row 0, into a feature table. */
  restore(block: number, i32: Int32Array, f64: Float64Array, at: number, F: Float64Array): void {
    const { f64: doubles } = this.#texts;
    const d = block >> 3;
    const strings = this.#stringWords;
    let end = block + this.fixedBytes;
    for (let k = 0; k < strings.length; k++) {
      this.#writeText(block, k, end, i32, at + (strings[k] as number));
      end += this.#lengthOf(block, k);
    }
    const numbers = this.#numberWords;
    const numbersAt = d + this.#numbersAt;
    for (let k = 0; k < numbers.length; k++) {
      f64[(at + (numbers[k] as number)) >> 1] = doubles[numbersAt + k] as number;
    }
    const enums = this.#enumWords;
    for (let k = 0; k < enums.length; k++) {
      this.#writeEnum(block, k, i32, at + (enums[k] as number));
    }
    const bases = this.#featureBases;
    const featuresAt = d + this.#featuresAt;
    for (let k = 0; k < bases.length; k++) {
      F[bases[k] as number] = doubles[featuresAt + k] as number;
    }
  }

  /** Copies what is read of a block as of.X into the record at word `at`. */
  copyOf(block: number, i32: Int32Array, f64: Float64Array, at: number): void {
    for (let k = 0; k < this.#copies.length; k++) {
      const { form, place, to } = this.#copies[k] as KeptCopy;
      if (form === 'number') {
        const from = (block >> 3) + this.#numbersAt + place;
        f64[(at + to) >> 1] = this.#texts.f64[from] as number;
      } else if (form === 'enum') this.#writeEnum(block, place, i32, at + to);
      else this.#writeText(block, place, this.#placeOf(block, place), i32, at + to);
    }
  }

  /** Byte offset of a text in the arena. @param string 0 = id, 1 = account */
  #placeOf(block: number, string: number): number {
    let place = block + this.fixedBytes;
    for (let k = 0; k < string; k++) place += this.#lengthOf(block, k);
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

  #writeText(block: number, string: number, place: number, i32: Int32Array, to: number): void {
    const { i32: words } = this.#texts;
    const length = this.#lengths[(block >> 1) + string] as number;
    const hash = this.#stringHashes[string] as number;
    if (hash >= 0) {
      const from = ((block >> 3) + hash) * 2;
      i32[to] = words[from] as number;
      i32[to + 1] = words[from + 1] as number;
    }
    i32[to + 2] = LIFE_OFFSET + place;
    i32[to + 3] = length === MISSING ? -1 : length;
  }

  #writeEnum(block: number, place: number, i32: Int32Array, to: number): void {
    const value = this.#texts.bytes[block + this.#enumsAt + place] as number;
    if (value === 0) {
      i32[to + 3] = -1;
      return;
    }
    const texts = this.#enumTexts;
    const from = ((this.#enumEnds[place] as number) + value - 1) * 4;
    for (let i = 0; i < 4; i++) i32[to + i] = texts[from + i] as number;
  }
}
