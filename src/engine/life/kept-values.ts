// What is kept of a payment beside its record: one block of the text arena.
//
//   block | lengths of id, account, texts ... | values of few | sizes of numbers | numbers ... | texts ... |
//         `-------- 1 byte each ------------'`-- 1 byte ---'`---- 2 bits ----'`- 0, 4, 8 B -'
//
// The values are those that life rules read: fields and features. A field with few values (a channel) is kept
// as the index of its value; numbers take as many words as they need (kept-numbers.ts). A text of LONG bytes
// or more has its length before it; its hash is made again when it is read. A text laid out in a row
// record has the offset LIFE_OFFSET + its place in the arena, so that rules read it like any other. The
// size follows from what a block says, and never changes. Nothing is allocated.

import { hashBytes } from '../../base/hash.ts';
import type { HashKey } from '../../base/hash.ts';
import { must } from '../../base/assert.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import type { FieldType } from '../../domain/fields.ts';
import { isStringType } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { fieldNumber } from '../../domain/row-layout.ts';
import type { ConstantPool } from '../../rules/runtime/constant-pool.ts';
import { LIFE_OFFSET } from '../../rules/runtime/rule-runtime.ts';
import type { TextArena } from '../../state/text-arena.ts';
import { KeptNumbers } from './kept-numbers.ts';
import { keptParts } from './life-needs.ts';
import type { CopySlot } from './life-slots.ts';

/** Lengths of texts from here on stand before them, in two bytes. */
const LONG = 254;
const MISSING = 255;
/** Where a field of a kept payment goes as of.X: words from a record's start, by the form in which it is kept. */
interface KeptCopy {
  readonly form: 'number' | 'enum' | 'text';
  /** Which of the numbers, enums, texts. */
  readonly place: number;
  readonly to: number;
}

export class KeptValues {
  /** Bytes of a block but for its texts, where every number needs a double. */
  readonly bytesMax: number;
  readonly #texts: TextArena;
  readonly #hashKey: HashKey;
  readonly #hash = new Int32Array(2);
  // The plan of a block, flat: what follows runs for each payment that is kept. Words are from a record's
  // start, places are bytes from a block's start.
  /** Words of id, account, then the others; which of them have their hash read. */
  readonly #stringWords: Int32Array;
  readonly #isHashed: Uint8Array;
  readonly #enumWords: Int32Array;
  readonly #enumsAt: number;
  /** Values of enum k are [ends[k], ends[k + 1]) of these: low half of the hash; hash, place and length. */
  readonly #enumEnds: Int32Array;
  readonly #enumHashes: Int32Array;
  readonly #enumTexts: Int32Array;
  readonly #numbers: KeptNumbers;
  readonly #sizesAt: number;
  readonly #wordsAt: number;
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
    this.#hashKey = pool.hashKey;
    const parts = keptParts(plan);
    const fields = parts.fields.filter((field) => layout.isRead[field] === 1);
    const typeOf = (field: number): FieldType => must(layout.fields[field], 'field').type;
    const wordOf = (field: number): number => (layout.slots[field] as number) / 4;
    const always = [fieldNumber(layout, 'id'), fieldNumber(layout, 'account')];
    const hashed = fields.filter((field) => typeOf(field) === 'string');
    const strings = [...always, ...hashed.filter((field) => !always.includes(field))];
    const enums = fields.filter((field) => typeOf(field) === 'enum');
    const numbers = fields.filter((field) => !isStringType(typeOf(field)));
    const numberWords = Int32Array.from(numbers, (field) => {
      const slots = typeOf(field) === 'money' ? layout.moneySlots : layout.slots;
      return (slots[field] as number) / 4;
    });
    this.#numbers = new KeptNumbers(plan, features, texts, numberWords, parts.features);
    this.#stringWords = Int32Array.from(strings, wordOf);
    this.#isHashed = Uint8Array.from(strings, (field) => (hashed.includes(field) ? 1 : 0));
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
    this.#enumsAt = strings.length;
    this.#sizesAt = this.#enumsAt + enums.length;
    this.#wordsAt = Math.ceil((this.#sizesAt + this.#numbers.sizeBytes) / 4) * 4;
    this.bytesMax = this.#wordsAt + this.#numbers.wordsMax * 4;
    this.#copies = copied.flatMap(({ field, to }): KeptCopy[] => {
      const form = numbers.includes(field) ? 'number' : enums.includes(field) ? 'enum' : 'text';
      const place = { number: numbers, enum: enums, text: strings }[form].indexOf(field);
      return place < 0 ? [] : [{ form, place, to }];
    });
  }

  /** Of the texts of so many blocks. */
  textBytesOf(blocks: Iterable<number>): number {
    let sum = 0;
    for (const block of blocks) sum += this.#endOf(block) - this.#textsAt(block);
    return sum;
  }

  /** Gives a block back. */
  free(block: number): void {
    this.#texts.give(block, this.#endOf(block) - block);
  }

  /** Copies a row of the batch into a block; gives its offset. */
  save(
    i32: Int32Array,
    f64: Float64Array,
    at: number,
    F: Float64Array,
    FI: Int32Array,
    row: number,
    bytes: Uint8Array,
  ): number {
    const wordCount = this.#numbers.gather(f64, at, F, FI, row);
    const strings = this.#stringWords;
    let size = this.#wordsAt + wordCount * 4;
    for (let k = 0; k < strings.length; k++) {
      const length = i32[at + (strings[k] as number) + 3] as number;
      if (length > 0) size += length >= LONG ? length + 2 : length;
    }
    const block = this.#texts.take(size);
    const from = (block + this.#wordsAt) >> 2;
    this.#numbers.save(block + this.#sizesAt, from);
    let end = (from + wordCount) << 2;
    for (let k = 0; k < strings.length; k++) {
      end = this.#saveText(i32, at + (strings[k] as number), bytes, block + k, end);
    }
    this.#saveEnums(i32, at, block);
    return block;
  }

  /** A text of the row at `end`, its length at `lengthAt`; gives the end of what it wrote. */
  #saveText(
    i32: Int32Array,
    word: number,
    bytes: Uint8Array,
    lengthAt: number,
    end: number,
  ): number {
    const { bytes: target } = this.#texts;
    const length = i32[word + 3] as number;
    const from = i32[word + 2] as number;
    let to = end;
    if (length < LONG) target[lengthAt] = length < 0 ? MISSING : length;
    else {
      target[lengthAt] = LONG;
      target[to++] = length & 255;
      target[to++] = length >> 8;
    }
    for (let i = 0; i < length; i++) target[to + i] = bytes[from + i] as number;
    return length > 0 ? to + length : to;
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
  restore(
    block: number,
    i32: Int32Array,
    f64: Float64Array,
    at: number,
    F: Float64Array,
    FI: Int32Array,
  ): void {
    const next = this.#numbers.restore(
      block + this.#sizesAt,
      (block + this.#wordsAt) >> 2,
      f64,
      at,
      F,
      FI,
    );
    const strings = this.#stringWords;
    let place = next << 2;
    for (let k = 0; k < strings.length; k++) {
      place = this.#writeText(block, k, place, i32, at + (strings[k] as number));
    }
    const enums = this.#enumWords;
    for (let k = 0; k < enums.length; k++) {
      this.#writeEnum(block, k, i32, at + (enums[k] as number));
    }
  }

  /** Copies what is read of a block as of.X into the record at word `at`. */
  copyOf(block: number, i32: Int32Array, f64: Float64Array, at: number): void {
    for (let k = 0; k < this.#copies.length; k++) {
      const { form, place, to } = this.#copies[k] as KeptCopy;
      if (form === 'number') f64[(at + to) >> 1] = this.#numberAt(block, place);
      else if (form === 'enum') this.#writeEnum(block, place, i32, at + to);
      else this.#writeText(block, place, this.#placeOf(block, place), i32, at + to);
    }
  }

  #numberAt(block: number, place: number): number {
    return this.#numbers.numberAt(block + this.#sizesAt, (block + this.#wordsAt) >> 2, place);
  }

  #textsAt(block: number): number {
    return block + this.#wordsAt + this.#numbers.wordsOf(block + this.#sizesAt) * 4;
  }

  /** Byte offset of a text in the arena, its length before it if it is long. @param string 0 = id, 1 = account */
  #placeOf(block: number, string: number): number {
    let place = this.#textsAt(block);
    for (let k = 0; k < string; k++) {
      const length = this.#lengthOf(block, k, place);
      place += length >= LONG ? length + 2 : Math.max(0, length);
    }
    return place;
  }

  #endOf(block: number): number {
    return this.#placeOf(block, this.#stringWords.length);
  }

  /** -1 = missing. @param place as of #placeOf */
  #lengthOf(block: number, string: number, place: number): number {
    const { bytes } = this.#texts;
    const length = bytes[block + string] as number;
    if (length < LONG) return length;
    return length === MISSING ? -1 : (bytes[place] as number) | ((bytes[place + 1] as number) << 8);
  }

  idOffset(block: number): number {
    return this.#offsetOf(block, 0);
  }

  idLength(block: number): number {
    return this.#lengthOf(block, 0, this.#placeOf(block, 0));
  }

  accountOffset(block: number): number {
    return this.#offsetOf(block, 1);
  }

  /** -1 = it has none. */
  accountLength(block: number): number {
    return this.#lengthOf(block, 1, this.#placeOf(block, 1));
  }

  #offsetOf(block: number, string: number): number {
    const place = this.#placeOf(block, string);
    return this.#texts.bytes[block + string] === LONG ? place + 2 : place;
  }

  /** Gives the place of the next text. */
  #writeText(block: number, string: number, place: number, i32: Int32Array, to: number): number {
    const length = this.#lengthOf(block, string, place);
    i32[to + 3] = length;
    if (length < 0) return place;
    const offset = length >= LONG ? place + 2 : place;
    i32[to + 2] = LIFE_OFFSET + offset;
    if (this.#isHashed[string] === 1) {
      hashBytes(this.#texts.bytes, offset, length, this.#hashKey, this.#hash);
      i32[to] = this.#hash[0] as number;
      i32[to + 1] = this.#hash[1] as number;
    }
    return offset + length;
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
