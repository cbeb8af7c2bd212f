// What a transaction's bytes mean, written for plainness: JSON.parse and objects, no cleverness.
// The oracle of both decoders. It does not say which of several errors is reported, but which
// could be.

import type { FieldSpec } from '../../src/domain/fields.ts';
import { NESTING_MAX } from '../../src/domain/fields.ts';
import { ALL_FIELDS } from './decode-support.ts';

export interface Meaning {
  /** `CODE` or `CODE field`: what may be reported; empty = a good row. */
  readonly errors: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** ["BAD", ...] or the value that the record holds. */
function fieldValue(spec: FieldSpec, value: unknown): { error: string } | { value: unknown } {
  const wrongType = { error: `WRONG_TYPE ${spec.name}` };
  const badValue = { error: `BAD_VALUE ${spec.name}` };
  switch (spec.type) {
    case 'string':
    case 'enum':
      if (typeof value !== 'string') return wrongType;
      if (bytesOf(value) > spec.bytesMax) return { error: `STRING_TOO_LONG ${spec.name}` };
      if (spec.values !== undefined && !spec.values.includes(value)) return badValue;
      return { value };
    case 'boolean':
      return typeof value === 'boolean' ? { value } : wrongType;
    case 'time':
      if (typeof value === 'string') {
        const time = timeOf(value);
        return time === null ? badValue : { value: time };
      }
      break;
    default:
  }
  if (typeof value !== 'number') return wrongType;
  if (spec.type === 'latitude' || spec.type === 'longitude') {
    const limit = spec.type === 'latitude' ? 90 : 180;
    return Math.abs(value) <= limit ? { value: Math.round(value * 1e7) / 1e7 + 0 } : badValue;
  }
  if (!Number.isFinite(value)) return badValue;
  if (spec.type === 'number') return { value: value + 0 };
  return Number.isInteger(value) && Math.abs(value) <= 2 ** 53 ? { value: value + 0 } : badValue;
}

/** Date.parse knows RFC 3339 but takes other forms too, and days that do not exist. */
export function timeOf(text: string): number | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(
    text,
  );
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zone = ''] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1) return null;
  if (new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate() < Number(day))
    return null;
  if (!/^[Zz]$/.test(zone) && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59))
    return null;
  const ms = fraction.slice(1, 4).padEnd(3, '0');
  const time = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}${zone.toUpperCase()}`,
  );
  return Number.isNaN(time) ? null : time;
}

/** Meaning of a decoded top-level object; later duplicates have already won. */
export function meaningOf(row: Readonly<Record<string, unknown>>): Meaning {
  const values: Record<string, unknown> = {};
  const errors: string[] = [];
  for (const spec of ALL_FIELDS) {
    if (!Object.hasOwn(row, spec.name)) continue;
    const result = fieldValue(spec, row[spec.name]);
    if ('error' in result) errors.push(result.error);
    else values[spec.name] = result.value;
  }
  if (errors.length > 0) return { errors, values };
  const kind = values['kind'];
  const missing = ALL_FIELDS.find((spec) =>
    kind === undefined
      ? spec.neededBy.length === 8 && !(spec.name in values)
      : spec.neededBy.some((needing) => needing === kind) && !(spec.name in values),
  );
  return { errors: missing === undefined ? [] : [`MISSING_KEY ${missing.name}`], values };
}

export function meaningOfJson(bytes: Uint8Array): Meaning {
  const malformed: Meaning = { errors: ['BAD_JSON', 'BAD_UTF8'], values: {} };
  let text: string;
  let row: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    row = JSON.parse(text);
  } catch {
    return malformed;
  }
  const strings = text.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  // JSON.parse lets half surrogate pairs through.
  if (strings.some((one) => /\p{Surrogate}/u.test(JSON.parse(one) as string))) return malformed;
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return { errors: ['NOT_A_MAP'], values: {} };
  }
  const meaning = meaningOf(row as Record<string, unknown>);
  return depthOf(text) <= NESTING_MAX
    ? meaning
    : {
        ...meaning,
        errors: ['TOO_DEEP', ...meaning.errors.filter((error) => !error.startsWith('MISSING'))],
      };
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const c of text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    if (c === '}' || c === ']') depth--;
  }
  return deepest;
}
