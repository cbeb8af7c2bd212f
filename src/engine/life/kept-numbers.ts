// The numbers in what is kept of a payment (kept-values.ts): fields, then features, then features that are
// texts, as bits. Each number takes as many words of the block as it needs:
//
//   sizes | two bits a number: 0 = missing, 1 = a whole one from 0 to 2^31 - 1, 2 = a double |
//   words | of each number its words, one after another; then the bits |
//
// Money in minor units, counts and durations nearly always fit in one word. Nothing is allocated.

import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { STRING_FEATURE_DOUBLES } from '../../domain/feature-layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { TextArena } from '../../state/text-arena.ts';

const ABSENT = 0;
const WHOLE = 1;
const DOUBLE = 2;
/** Of each byte of four sizes, their sum. */
const WORDS_OF_SIZES: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, sizes) => (sizes & 3) + ((sizes >> 2) & 3) + ((sizes >> 4) & 3) + (sizes >> 6),
);

export class KeptNumbers {
  readonly sizeBytes: number;
  /** Where every number is a double. */
  readonly wordsMax: number;
  readonly #texts: TextArena;
  /** Words of fields from a record's start. */
  readonly #fields: Int32Array;
  /** Doubles of features: the first row's in the table, and from row to row. */
  readonly #bases: Int32Array;
  readonly #strides: Int32Array;
  readonly #bitBases: Int32Array;
  readonly #bitStrides: Int32Array;
  /** What `gather` found. */
  readonly #sizes: Uint8Array;
  readonly #words: Int32Array;
  #wordCount = 0;
  readonly #double = new Float64Array(1);
  readonly #halves = new Int32Array(this.#double.buffer);

  /** @param fields words from a record's start @param features numbers in the plan */
  constructor(
    plan: Plan,
    layout: FeatureLayout,
    texts: TextArena,
    fields: Int32Array,
    features: readonly number[],
  ) {
    this.#texts = texts;
    this.#fields = fields;
    const isText = (feature: number): boolean => plan.features[feature]?.type === 'string';
    const numbers = features.filter((feature) => !isText(feature));
    const bits = features
      .filter(isText)
      .flatMap((feature) => Array.from({ length: STRING_FEATURE_DOUBLES }, (_, k) => [feature, k]));
    const baseOf = (feature = 0, k = 0): number => (layout.base[feature] as number) + k;
    const strideOf = (feature = 0): number => layout.stride[feature] as number;
    this.#bases = Int32Array.from(numbers, (feature) => baseOf(feature));
    this.#strides = Int32Array.from(numbers, (feature) => strideOf(feature));
    this.#bitBases = Int32Array.from(bits, ([feature, k]) => baseOf(feature, k));
    this.#bitStrides = Int32Array.from(bits, ([feature]) => strideOf(feature));
    const count = fields.length + numbers.length;
    this.sizeBytes = Math.ceil(count / 4);
    this.wordsMax = (count + bits.length) * 2;
    this.#sizes = new Uint8Array(this.sizeBytes);
    this.#words = new Int32Array(this.wordsMax);
  }

  /** Takes the numbers of a row of the batch; gives how many words they need. */
  gather(f64: Float64Array, at: number, F: Float64Array, FI: Int32Array, row: number): number {
    const fields = this.#fields;
    const bases = this.#bases;
    const words = this.#words;
    const count = fields.length + bases.length;
    let next = 0;
    let sizes = 0;
    for (let k = 0; k < count; k++) {
      const feature = k - fields.length;
      const value =
        feature < 0
          ? (f64[(at + (fields[k] as number)) >> 1] as number)
          : (F[(bases[feature] as number) + row * (this.#strides[feature] as number)] as number);
      let size = ABSENT;
      if (value === value) {
        const whole = value | 0;
        // -0 is no whole number here: it would come back as 0.
        if (whole >= 0 && whole === value && (whole !== 0 || 1 / value > 0)) {
          size = WHOLE;
          words[next++] = whole;
        } else {
          size = DOUBLE;
          this.#double[0] = value;
          words[next++] = this.#halves[0] as number;
          words[next++] = this.#halves[1] as number;
        }
      }
      sizes |= size << ((k & 3) << 1);
      if ((k & 3) === 3 || k === count - 1) {
        this.#sizes[k >> 2] = sizes;
        sizes = 0;
      }
    }
    const bits = this.#bitBases;
    for (let k = 0; k < bits.length; k++) {
      const from = ((bits[k] as number) + row * (this.#bitStrides[k] as number)) * 2;
      words[next++] = FI[from] as number;
      words[next++] = FI[from + 1] as number;
    }
    this.#wordCount = next;
    return next;
  }

  /** Writes what was gathered. @param sizes byte, @param word in the arena */
  save(sizes: number, word: number): void {
    const { bytes, i32 } = this.#texts;
    for (let k = 0; k < this.sizeBytes; k++) bytes[sizes + k] = this.#sizes[k] as number;
    for (let k = 0; k < this.#wordCount; k++) i32[word + k] = this.#words[k] as number;
  }

  /** Writes the numbers into the record at word `at` and, as row 0, into a feature table; gives the word after them. */
  restore(
    sizes: number,
    word: number,
    f64: Float64Array,
    at: number,
    F: Float64Array,
    FI: Int32Array,
  ): number {
    const fields = this.#fields;
    const bases = this.#bases;
    const count = fields.length + bases.length;
    let next = word;
    for (let k = 0; k < count; k++) {
      const size = this.#sizeOf(sizes, k);
      const value = this.#number(size, next);
      next += size;
      if (k < fields.length) f64[(at + (fields[k] as number)) >> 1] = value;
      else F[bases[k - fields.length] as number] = value;
    }
    const bits = this.#bitBases;
    const { i32 } = this.#texts;
    for (let k = 0; k < bits.length; k++) {
      const to = (bits[k] as number) * 2;
      FI[to] = i32[next++] as number;
      FI[to + 1] = i32[next++] as number;
    }
    return next;
  }

  /** The number at a place among them. */
  numberAt(sizes: number, word: number, place: number): number {
    let at = word;
    for (let k = 0; k < place; k++) at += this.#sizeOf(sizes, k);
    return this.#number(this.#sizeOf(sizes, place), at);
  }

  /** How many words they take. */
  wordsOf(sizes: number): number {
    const { bytes } = this.#texts;
    let words = this.#bitBases.length * 2;
    for (let k = 0; k < this.sizeBytes; k++) {
      words += WORDS_OF_SIZES[bytes[sizes + k] as number] as number;
    }
    return words;
  }

  #sizeOf(sizes: number, k: number): number {
    return ((this.#texts.bytes[sizes + (k >> 2)] as number) >> ((k & 3) << 1)) & 3;
  }

  #number(size: number, word: number): number {
    if (size === ABSENT) return NaN;
    const { i32 } = this.#texts;
    if (size === WHOLE) return i32[word] as number;
    this.#halves[0] = i32[word] as number;
    this.#halves[1] = i32[word + 1] as number;
    return this.#double[0] as number;
  }
}
