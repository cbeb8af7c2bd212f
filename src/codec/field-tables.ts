// The fields of a row layout as flat tables by field number: what the decoders look up.
// Index `fieldCount` is "an unknown key": its class says so, its bits and sizes are zero.

import { assert, must } from '../base/assert.ts';
import type { HashKey } from '../base/hash.ts';
import { hashString } from '../base/hash.ts';
import type { FieldSpec, FieldType, Kind } from '../domain/fields.ts';
import { FIELDS_MAX, KINDS } from '../domain/fields.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, fieldNumber } from '../domain/row-layout.ts';
import { contentSalt } from './content-hash.ts';
import { KeyIndex } from './key-index.ts';

/** What a value must be, in an order that the decoders compare by; assembly/area.ts has the same. */
export const VALUE_CLASS = {
  string: 0,
  enum: 1,
  integer: 2,
  time: 3,
  latitude: 4,
  longitude: 5,
  number: 6,
  boolean: 7,
  unknown: 8,
} as const;

const CLASS_BY_TYPE: Readonly<Record<FieldType, number>> = {
  string: VALUE_CLASS.string,
  enum: VALUE_CLASS.enum,
  integer: VALUE_CLASS.integer,
  money: VALUE_CLASS.integer,
  duration: VALUE_CLASS.integer,
  time: VALUE_CLASS.time,
  latitude: VALUE_CLASS.latitude,
  longitude: VALUE_CLASS.longitude,
  number: VALUE_CLASS.number,
  boolean: VALUE_CLASS.boolean,
};

export interface FieldTables {
  readonly fieldCount: number;
  readonly specs: readonly FieldSpec[];
  readonly keys: KeyIndex;
  /** VALUE_CLASS by field. */
  readonly classes: Uint8Array;
  /** Slot of a field in 32-bit words from the record's start. */
  readonly slotWords: Int32Array;
  readonly strideWords: number;
  readonly bytesMax: Int32Array;
  readonly saltLo: Int32Array;
  readonly saltHi: Int32Array;
  /** A field's bit in the two words of a row's set of fields. */
  readonly bitLo: Int32Array;
  readonly bitHi: Int32Array;
  /** Fields with a slot of their own, but time: they are marked missing where absent. */
  readonly readLo: number;
  readonly readHi: number;
  /** By kind: the fields that it needs; entry KINDS.length: those that every kind needs. */
  readonly neededLo: Int32Array;
  readonly neededHi: Int32Array;
  /** Values of enum fields: field f has [enumStart[f], enumStart[f + 1]) of the hash arrays. */
  readonly enumStart: Int32Array;
  readonly enumLo: Int32Array;
  readonly enumHi: Int32Array;
  /** Read money fields whose converted value has a slot of its own, as pairs of doubles' indexes. */
  readonly moneyFrom: Int32Array;
  readonly moneyTo: Int32Array;
  readonly hashKey: HashKey;
  readonly idField: number;
  readonly kindField: number;
  readonly timeField: number;
  /** What names a row, and is told of a bad one too where it can be read: id, kind, time, account, merchant, order. */
  readonly namingFields: readonly number[];
  readonly currencyField: number;
}

interface BitSet {
  readonly lo: number;
  readonly hi: number;
}

function bitSet(
  specs: readonly FieldSpec[],
  includes: (spec: FieldSpec, field: number) => boolean,
): BitSet {
  let lo = 0;
  let hi = 0;
  specs.forEach((spec, field) => {
    if (!includes(spec, field)) return;
    if (field < 32) lo |= 1 << field;
    else hi |= 1 << (field - 32);
  });
  return { lo, hi };
}

function neededBits(specs: readonly FieldSpec[], kind: Kind | null): BitSet {
  return bitSet(specs, (spec) =>
    kind === null ? spec.neededBy.length === KINDS.length : spec.neededBy.includes(kind),
  );
}

function byField(
  specs: readonly FieldSpec[],
  value: (spec: FieldSpec, field: number) => number,
  ofUnknown: number,
): Int32Array {
  return Int32Array.from([...specs.map(value), ofUnknown]);
}

function enumTables(
  specs: readonly FieldSpec[],
  key: HashKey,
): Pick<FieldTables, 'enumStart' | 'enumLo' | 'enumHi'> {
  const starts: number[] = [0];
  const hashes: [number, number][] = [];
  for (const spec of specs) {
    if (spec.type === 'enum') {
      for (const value of must(spec.values, `Values of ${spec.name}`)) {
        hashes.push(hashString(value, key));
      }
    }
    starts.push(hashes.length);
  }
  return {
    enumStart: Int32Array.from(starts),
    enumLo: Int32Array.from(hashes.map(([lo]) => lo)),
    enumHi: Int32Array.from(hashes.map(([, hi]) => hi)),
  };
}

function requiredField(layout: RowLayout, name: string): number {
  const field = fieldNumber(layout, name);
  assert(field >= 0, `The row layout lacks the field ${name}`);
  return field;
}

/** @param requireKeys false: rows of a kind need no more than what every kind needs */
export function makeFieldTables(
  layout: RowLayout,
  hashKey: HashKey,
  requireKeys: boolean = true,
): FieldTables {
  const specs = layout.fields.slice(0, layout.inputFieldCount);
  assert(specs.length <= FIELDS_MAX, `More than ${FIELDS_MAX} fields: ${specs.length}`);
  const slot = (field: number): number => layout.slots[field] as number;
  const moneySlot = (field: number): number => layout.moneySlots[field] as number;
  const isRead = (field: number): boolean => layout.isRead[field] === 1;
  const timeField = requiredField(layout, 'time');
  assert(slot(timeField) === ROW.timeMs, 'The time slot is not in the record header');
  const salts = specs.map((spec) => contentSalt(spec.name, hashKey));
  const read = bitSet(specs, (_, field) => isRead(field) && field !== timeField);
  const needed = [...KINDS, null].map((kind) => neededBits(specs, requireKeys ? kind : null));
  const converted = specs
    .map((_, field) => field)
    .filter((field) => isRead(field) && moneySlot(field) >= 0 && moneySlot(field) !== slot(field));
  return {
    fieldCount: specs.length,
    specs,
    keys: new KeyIndex(specs.map((spec) => spec.name)),
    classes: Uint8Array.from([...specs.map((s) => CLASS_BY_TYPE[s.type]), VALUE_CLASS.unknown]),
    slotWords: byField(specs, (_, field) => slot(field) >> 2, 0),
    strideWords: layout.strideBytes >> 2,
    bytesMax: byField(specs, (spec) => spec.bytesMax, 0),
    saltLo: byField(specs, (_, field) => must(salts[field], 'salt')[0], 0),
    saltHi: byField(specs, (_, field) => must(salts[field], 'salt')[1], 0),
    bitLo: byField(specs, (_, field) => (field < 32 ? 1 << field : 0), 0),
    bitHi: byField(specs, (_, field) => (field < 32 ? 0 : 1 << (field - 32)), 0),
    readLo: read.lo,
    readHi: read.hi,
    neededLo: Int32Array.from(needed.map((bits) => bits.lo)),
    neededHi: Int32Array.from(needed.map((bits) => bits.hi)),
    ...enumTables(specs, hashKey),
    moneyFrom: Int32Array.from(converted.map((field) => slot(field) >> 3)),
    moneyTo: Int32Array.from(converted.map((field) => moneySlot(field) >> 3)),
    hashKey,
    idField: requiredField(layout, 'id'),
    kindField: requiredField(layout, 'kind'),
    timeField,
    namingFields: ['id', 'kind', 'time', 'account', 'merchant', 'order'].map((name) =>
      requiredField(layout, name),
    ),
    currencyField: requiredField(layout, 'currency'),
  };
}

/** Index of the value with this hash among an enum field's values, or -1. */
export function enumIndex(tables: FieldTables, field: number, lo: number, hi: number): number {
  const start = tables.enumStart[field] as number;
  const end = tables.enumStart[field + 1] as number;
  for (let i = start; i < end; i++) {
    if (tables.enumLo[i] === lo && tables.enumHi[i] === hi) return i - start;
  }
  return -1;
}

const TWO_TO_53 = 2 ** 53;
const LAST_WHOLE = VALUE_CLASS.time;
const LATITUDE = VALUE_CLASS.latitude;
const LAST_DEGREES = VALUE_CLASS.longitude;

/** The value that a number field of this class keeps, or NaN where it may not have it. */
export function checkNumber(valueClass: number, value: number, isExact: boolean): number {
  if (valueClass <= LAST_WHOLE) {
    const isWhole = Math.abs(value) <= TWO_TO_53 && value === Math.floor(value);
    if (!isWhole || !isExact) return NaN;
    return value + 0; // -0 is 0
  }
  if (valueClass <= LAST_DEGREES) {
    const limit = valueClass === LATITUDE ? 90 : 180;
    return Math.abs(value) <= limit ? Math.round(value * 1e7) / 1e7 + 0 : NaN;
  }
  return Math.abs(value) < Infinity ? value + 0 : NaN;
}
