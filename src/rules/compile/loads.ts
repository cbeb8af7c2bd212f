// Loads of a row's fields and features as text: each value once a function, in a local.

import { assert, must } from '../../base/assert.ts';
import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { STRING_FEATURE_TEXT_BYTES } from '../../domain/feature-layout.ts';
import { isStringType } from '../../domain/fields.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import type { Scope } from './scope.ts';

/** Texts of a string value's parts. `offset` may add statements when it is first read. */
export interface StringText {
  readonly lo: string;
  readonly hi: string;
  /** >= 0: in the batch's bytes; < 0: ~position in the constant pool. */
  readonly offset: string;
  /** -1 = missing. Of text features the whole length, also where only the first bytes are kept. */
  readonly length: string;
  /** Length for text functions: also -1 where the whole text is not kept. */
  readonly textLength: string;
}

export class Loads {
  readonly #layout: RowLayout;
  readonly #features: FeatureLayout | null;
  readonly #scope: Scope;

  constructor(layout: RowLayout, features: FeatureLayout | null, scope: Scope) {
    this.#layout = layout;
    this.#features = features;
    this.#scope = scope;
  }

  numberField(field: number): string {
    const spec = must(this.#layout.fields[field], 'field');
    assert(!isStringType(spec.type), `${spec.name} is a number`);
    assert(this.#layout.isRead[field] === 1, `${spec.name} is read by decode`);
    const slots = spec.type === 'money' ? this.#layout.moneySlots : this.#layout.slots;
    return this.#scope.local(`f64[b64 + ${(slots[field] as number) / 8}]`);
  }

  stringField(field: number): StringText {
    const spec = must(this.#layout.fields[field], 'field');
    assert(isStringType(spec.type), `${spec.name} is a text`);
    assert(this.#layout.isRead[field] === 1, `${spec.name} is read by decode`);
    const at = (this.#layout.slots[field] as number) / 4;
    const scope = this.#scope;
    const load = (word: number): string => scope.local(`i32[b32 + ${at + word}]`);
    return {
      get lo() {
        return load(0);
      },
      get hi() {
        return load(1);
      },
      get offset() {
        return load(2);
      },
      get length() {
        return load(3);
      },
      get textLength() {
        return load(3);
      },
    };
  }

  numberFeature(feature: number): string {
    return this.#scope.local(`F[${this.#featureIndex(feature)}]`);
  }

  /** Int32 index of a text feature's bytes in the feature table. */
  featureTextWord(feature: number): string {
    return this.#scope.local(`(${this.#scope.local(this.#featureIndex(feature))} << 1) + 4`);
  }

  #featureIndex(feature: number): string {
    const layout = this.#features;
    assert(layout !== null, 'features may not stand in where and value of features');
    const stride = must(layout.stride[feature], 'feature');
    return `${this.#scope.local(`row * ${stride}`)} + ${layout.base[feature]}`;
  }

  stringFeature(feature: number): StringText {
    const scope = this.#scope;
    const at = scope.local(this.#featureIndex(feature));
    const raw = scope.local(`F[${at}]`);
    const length = scope.local(`(${raw} >= 0 ? ${raw} : -1)`);
    const kept = STRING_FEATURE_TEXT_BYTES;
    return {
      get lo() {
        return scope.local(`FI[(${at} << 1) + 2]`);
      },
      get hi() {
        return scope.local(`FI[(${at} << 1) + 3]`);
      },
      get offset() {
        return scope.once(`text of ${at}`, () =>
          scope.local(`rt.featureText((${at} << 1) + 4, ${length}, ${scope.tempSlot()})`),
        );
      },
      length,
      get textLength() {
        return scope.local(`(${length} > ${kept} ? -1 : ${length})`);
      },
    };
  }
}
