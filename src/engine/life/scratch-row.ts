// The row as which a payment is decided again: one record in the form of every other row's, and a feature
// table of which only row 0 is used. Made once a worker; pages of the table that are never touched cost
// nothing, however many rows the batch's own has.

import type { FeatureLayout } from '../../domain/feature-layout.ts';
import { STRING_FEATURE_DOUBLES } from '../../domain/feature-layout.ts';
import { isStringType } from '../../domain/fields.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RowLayout } from '../../domain/row-layout.ts';
import { ROW } from '../../domain/row-layout.ts';

export class ScratchRow {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly F: Float64Array;
  readonly FI: Int32Array;

  /** Everything in it is missing. */
  constructor(plan: Plan, layout: RowLayout, features: FeatureLayout) {
    this.i32 = new Int32Array(layout.strideBytes / 4);
    this.f64 = new Float64Array(this.i32.buffer);
    this.F = new Float64Array(new SharedArrayBuffer(Math.max(8, features.length) * 8));
    this.FI = new Int32Array(this.F.buffer);
    plan.features.forEach(({ type }, feature) => {
      const base = features.base[feature] as number;
      this.F.fill(NaN, base, base + (type === 'string' ? STRING_FEATURE_DOUBLES : 1));
    });
    const { i32, f64 } = this;
    layout.fields.forEach((spec, field) => {
      const slot = layout.slots[field] as number;
      if (isStringType(spec.type)) i32[slot / 4 + 3] = -1;
      else f64[slot / 8] = NaN;
      const money = layout.moneySlots[field] as number;
      if (money >= 0) f64[money / 8] = NaN;
    });
    i32[ROW.repeatRow / 4] = -1;
  }
}
