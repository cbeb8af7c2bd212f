// Where each feature's value of a row stands: one record of doubles a row (with several workers one
// a row and entity, so that two writers never share a cache line). NaN = missing.
//
// A number-like feature takes one double. A string feature (`last` of a string) takes more:
//   [0] length in bytes or NaN when missing, [1] hash (low and high int32), [2..6] first 40 bytes.

import type { FeatureSpec } from './plan.ts';

/** A UUID and most ids fit: what is kept of a longer text cannot be told in full, nor searched. */
export const STRING_FEATURE_TEXT_BYTES = 40;
export const STRING_FEATURE_DOUBLES: number = 2 + STRING_FEATURE_TEXT_BYTES / 8;

export interface FeatureLayout {
  /** Index of row 0's value of each feature, in doubles. */
  readonly base: Int32Array;
  /** Doubles from one row to the next, of each feature. */
  readonly stride: Int32Array;
  /** Length of the whole table in doubles. */
  readonly length: number;
}

function doublesOf(feature: FeatureSpec): number {
  return feature.type === 'string' ? STRING_FEATURE_DOUBLES : 1;
}

/**
 * @param rowsMax rows of the table
 * @param separate true: one record a row and entity; false: one a row
 */
export function makeFeatureLayout(
  features: readonly FeatureSpec[],
  entityCount: number,
  rowsMax: number,
  separate: boolean,
): FeatureLayout {
  const base = new Int32Array(features.length);
  const stride = new Int32Array(features.length);
  let regionStart = 0;
  const groups = separate ? Array.from({ length: entityCount }, (_, entity) => entity) : [-1];
  for (const group of groups) {
    const members = features.flatMap((feature, index) =>
      group === -1 || feature.entity === group ? [{ feature, index }] : [],
    );
    let width = 0;
    for (const { feature, index } of members) {
      base[index] = regionStart + width;
      width += doublesOf(feature);
    }
    const rowStride = Math.ceil(width / 8) * 8;
    for (const { index } of members) stride[index] = rowStride;
    regionStart += rowStride * rowsMax;
  }
  return { base, stride, length: regionStart };
}
