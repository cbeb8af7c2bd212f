// What is wrong with a transaction that is a JavaScript object; null = it is good. Only what its
// values say: text and framing errors are the decoders' own tests.

import type { FieldSpec } from '../../src/domain/fields.ts';
import type { InputErrorCode } from '../../src/domain/input-error.ts';
import type { PreparedPlan } from '../../src/rules/interpret/interpreter.ts';
import type { InputRow } from './rows.ts';

export function checkRow(prepared: PreparedPlan, row: InputRow): InputErrorCode | null {
  for (const spec of prepared.fields) {
    const value = row[spec.name];
    const error = value === undefined ? null : checkValue(spec, value);
    if (error !== null) return error;
  }
  const isMissing = prepared.fields.some((spec) => {
    const needed = row['kind'] === undefined ? spec.name === 'kind' : isNeeded(spec, row['kind']);
    return needed && row[spec.name] === undefined;
  });
  return isMissing ? 'MISSING_KEY' : null;
}

function isNeeded(spec: FieldSpec, kind: unknown): boolean {
  return spec.neededBy.some((needing) => needing === kind);
}

/** null = the key may have this value. */
export function checkValue(spec: FieldSpec, value: unknown): InputErrorCode | null {
  switch (spec.type) {
    case 'string':
    case 'enum':
      return checkText(spec, value);
    case 'boolean':
      return typeof value === 'boolean' ? null : 'WRONG_TYPE';
    case 'number':
      return checkNumber(value, -Infinity, Infinity, false);
    case 'latitude':
      return checkNumber(value, -90, 90, false);
    case 'longitude':
      return checkNumber(value, -180, 180, false);
    case 'time':
      if (typeof value === 'string') return Number.isNaN(Date.parse(value)) ? 'BAD_VALUE' : null;
      return checkNumber(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, true);
    default:
      return checkNumber(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, true);
  }
}

function checkText(spec: FieldSpec, value: unknown): InputErrorCode | null {
  if (typeof value !== 'string') return 'WRONG_TYPE';
  if (new TextEncoder().encode(value).length > spec.bytesMax) return 'STRING_TOO_LONG';
  if (spec.values !== undefined && !spec.values.includes(value)) return 'BAD_VALUE';
  return null;
}

function checkNumber(
  value: unknown,
  min: number,
  max: number,
  isWhole: boolean,
): InputErrorCode | null {
  if (typeof value !== 'number') return 'WRONG_TYPE';
  if (!Number.isFinite(value) || value < min || value > max) return 'BAD_VALUE';
  return isWhole && !Number.isInteger(value) ? 'BAD_VALUE' : null;
}
