// Row and feature tables as decode and the windows would leave them, made from JavaScript values:
// so that compiled rules can be run on any values, non-finite ones too, without a decoder.

import { DEFAULT_HASH_KEY, hashString } from '../../src/base/hash.ts';
import type { FeatureLayout } from '../../src/domain/feature-layout.ts';
import { STRING_FEATURE_TEXT_BYTES } from '../../src/domain/feature-layout.ts';
import { isStringType } from '../../src/domain/fields.ts';
import type { RowLayout } from '../../src/domain/row-layout.ts';
import { ROW, ROW_FLAG } from '../../src/domain/row-layout.ts';
import type { RowTable } from '../../src/domain/verdict.ts';
import type { Value } from '../../src/rules/interpret/interpreter.ts';

export interface MadeRowTable {
  readonly table: RowTable;
  /** Where `tempBytes` of free bytes begin. */
  readonly tempOffset: number;
}

/**
 * A table of decided rows.
 * @param rows values by field number, money in the plan's currency
 */
export function makeRowTable(
  layout: RowLayout,
  rows: readonly (readonly Value[])[],
  tempBytes: number,
): MadeRowTable {
  const buffer = new ArrayBuffer(Math.max(64, layout.strideBytes * rows.length));
  const i32 = new Int32Array(buffer);
  const f64 = new Float64Array(buffer);
  const texts: Uint8Array[] = [];
  let textAt = 0;
  rows.forEach((values, row) => {
    const start = row * layout.strideBytes;
    i32[(start + ROW.flags) / 4] = ROW_FLAG.decided;
    layout.fields.forEach((spec, field) => {
      if (layout.isRead[field] !== 1) return;
      const value = values[field];
      const slot = start + (layout.slots[field] ?? 0);
      if (!isStringType(spec.type)) {
        f64[slot / 8] = value === undefined ? NaN : Number(value);
        if (spec.type === 'money') {
          f64[(start + (layout.moneySlots[field] ?? 0)) / 8] = f64[slot / 8] ?? NaN;
        }
        return;
      }
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : undefined;
      const hash = hashString(String(value), DEFAULT_HASH_KEY);
      i32.set([...hash, textAt, bytes?.length ?? -1], slot / 4);
      if (bytes === undefined) return;
      texts.push(bytes);
      textAt += bytes.length;
    });
  });
  const bytes = new Uint8Array(textAt + tempBytes);
  let at = 0;
  for (const text of texts) {
    bytes.set(text, at);
    at += text.length;
  }
  return {
    table: { i32, f64, bytes, view: new DataView(bytes.buffer) },
    tempOffset: textAt,
  };
}

export type FeatureValues = readonly (number | string | undefined)[];

/** @param rows values by feature, of each row */
export function makeFeatureTable(
  layout: FeatureLayout,
  rows: readonly FeatureValues[],
): { readonly F: Float64Array; readonly FI: Int32Array } {
  const F = new Float64Array(layout.length);
  const FI = new Int32Array(F.buffer);
  const bytes = new Uint8Array(F.buffer);
  rows.forEach((values, row) => {
    values.forEach((value, feature) => {
      const at = (layout.base[feature] ?? 0) + row * (layout.stride[feature] ?? 0);
      if (typeof value !== 'string') {
        F[at] = value ?? NaN;
        return;
      }
      const text = new TextEncoder().encode(value);
      F[at] = text.length;
      FI.set(hashString(value, DEFAULT_HASH_KEY), at * 2 + 2);
      bytes.set(text.subarray(0, STRING_FEATURE_TEXT_BYTES), at * 8 + 16);
    });
  });
  return { F, FI };
}
