// Decodes single rows with the real decoders and reads the records back as plain objects.

import { Packr } from 'msgpackr';
import { DEFAULT_HASH_KEY } from '../../src/base/hash.ts';
import type { DecodeOptions, RowDecoder } from '../../src/codec/decode-options.ts';
import { createJsonDecoder } from '../../src/codec/json-decoder.ts';
import { createMsgpackDecoder } from '../../src/codec/msgpack-decoder.ts';
import type { MoneyConversion } from '../../src/domain/currencies.ts';
import type { FieldSpec } from '../../src/domain/fields.ts';
import { KINDS, TRANSACTION_FIELDS, isStringType } from '../../src/domain/fields.ts';
import { INPUT_ERRORS } from '../../src/domain/input-error.ts';
import type { RowLayout } from '../../src/domain/row-layout.ts';
import { ROW, ROW_FLAG, makeRowLayout } from '../../src/domain/row-layout.ts';
import type { RowTable } from '../../src/domain/verdict.ts';
import { makeDecodeMemory } from './decode-memory.ts';

export const EXTRA_FIELDS: readonly FieldSpec[] = [
  { name: 'loyaltyTier', type: 'string', bytesMax: 16, neededBy: [], meaning: 'extra' },
  { name: 'riskHint', type: 'number', bytesMax: 1024, neededBy: [], meaning: 'extra' },
  { name: 'isStaff', type: 'boolean', bytesMax: 1024, neededBy: [], meaning: 'extra' },
  { name: 'aFieldWithAVeryLongName', type: 'integer', bytesMax: 9, neededBy: [], meaning: 'extra' },
];

export const ALL_FIELDS: readonly FieldSpec[] = [...TRANSACTION_FIELDS, ...EXTRA_FIELDS];

/** Every field read, money with a second slot. */
export const LAYOUT: RowLayout = makeRowLayout(
  EXTRA_FIELDS,
  new Set(ALL_FIELDS.map((spec) => spec.name)),
  true,
);

export interface Decoded {
  readonly error: string | null;
  readonly errorField: string | null;
  readonly errorAt: number;
  readonly id: string | null;
  readonly flags: number;
  readonly kind: string | null;
  readonly content: string;
  /** Read fields that are present. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly converted: Readonly<Record<string, number>>;
  readonly table: RowTable;
  readonly hashes: Readonly<Record<string, string>>;
}

export type Decode = (row: string | Uint8Array, splitError?: number) => Decoded;

export function readRecord(layout: RowLayout, table: RowTable, record: number): Decoded {
  const base = (layout.strideBytes * record) / 4;
  const at = (offset: number): number => table.i32[base + offset / 4] as number;
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const values: Record<string, unknown> = {};
  const converted: Record<string, number> = {};
  const hashes: Record<string, string> = {};
  layout.fields.forEach((spec, field) => {
    const slot = base + (layout.slots[field] as number) / 4;
    if (layout.isRead[field] !== 1) return;
    if (isStringType(spec.type)) {
      const [lo, hi, offset, length] = table.i32.slice(slot, slot + 4) as unknown as number[];
      if ((length as number) >= 0) {
        const bytes = table.bytes.slice(offset, (offset as number) + (length as number));
        values[spec.name] = text.decode(bytes);
        hashes[spec.name] = `${lo}:${hi}`;
      }
      return;
    }
    const value = table.f64[slot / 2] as number;
    if (!Number.isNaN(value)) values[spec.name] = spec.type === 'boolean' ? value === 1 : value;
    const money = layout.moneySlots[field] as number;
    if (money >= 0) converted[spec.name] = table.f64[(base + money / 4) / 2] as number;
  });
  const flags = at(ROW.flags);
  const isBad = (flags & ROW_FLAG.bad) !== 0;
  return {
    error: isBad ? (INPUT_ERRORS[at(ROW.errorCode)]?.code ?? 'none') : null,
    errorField: layout.fields[at(ROW.errorField)]?.name ?? null,
    errorAt: at(ROW.errorAt),
    id: !isBad || (flags & ROW_FLAG.idReadable) !== 0 ? String(values['id']) : null,
    flags,
    kind: KINDS[at(ROW.kind)] ?? null,
    // Of a bad row the hash of its bytes, which another form of it has not.
    content: isBad ? '' : `${at(ROW.contentLo)}:${at(ROW.contentHi)}`,
    values,
    converted,
    table,
    hashes,
  };
}

/** A decode function that keeps one decoder: its predictions carry over from row to row. */
export function makeDecode(
  format: 'json' | 'msgpack',
  money: MoneyConversion | null = null,
  layout: RowLayout = LAYOUT,
): Decode & { decoder(): RowDecoder } {
  let decoder: RowDecoder | null = null;
  const { table, scratchOffset, areaOffset } = makeDecodeMemory(layout, 200_000, 2);
  const hashKey = DEFAULT_HASH_KEY;
  const options: DecodeOptions = { layout, hashKey, scratchOffset, areaOffset, money };
  const instance = (): RowDecoder =>
    (decoder ??= format === 'json' ? createJsonDecoder(options) : createMsgpackDecoder(options));
  const decode = (row: string | Uint8Array, splitError = -1): Decoded => {
    const bytes = typeof row === 'string' ? new TextEncoder().encode(row) : row;
    // What stands behind a row must not matter: here it could belong to a string or key.
    table.bytes.fill(0x22, 0, bytes.length + 64);
    table.bytes.set(bytes, 3);
    table.i32.fill(0x5a5a5a5a);
    const spans = Int32Array.of(0, 0, 3, bytes.length);
    instance().decode(table, spans, Int32Array.of(-1, splitError), 1, 2, 0);
    return readRecord(layout, { ...table, i32: table.i32.slice(), f64: table.f64.slice() }, 1);
  };
  return Object.assign(decode, { decoder: instance });
}

export const decodeJson: Decode = makeDecode('json');
export const decodeMsgpack: Decode = makeDecode('msgpack');

const packr = new Packr({ useRecords: false, variableMapSize: true });

export function pack(value: unknown): Uint8Array {
  return packr.pack(value);
}
