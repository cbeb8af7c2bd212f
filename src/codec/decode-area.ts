// Writes the area that a decoder's WebAssembly code works in (assembly/area.ts says what is where): the
// fields of the layout as one block each, and the tables beside them.
//
// Keys are recognised by prediction: a block has the address of the one that came after it before, and
// its key as it stands in the format's bytes (JSON: `amount":`, msgpack: header byte and `amount`). Blocks
// stand in field order, then that of unknown keys, then the one whose `next` is a row's first field.

import type { MoneyConversion } from '../domain/currencies.ts';
import { KINDS } from '../domain/fields.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import * as area from './assembly/area.ts';
import type { FieldTables } from './field-tables.ts';

const EXACT_DIGITS_MAX = 15;
const MASK_BYTES = 16;

interface AreaPlaces {
  readonly spans: number;
  readonly blocks: number;
  readonly enums: number;
  readonly powers: number;
  readonly masks: number;
  readonly needed: number;
  readonly money: number;
  readonly bytes: number;
}

/** Places from the area's start; all are whole cache lines. */
function placesOf(fields: number, enumValues: number, moneyPairs: number): AreaPlaces {
  let at = area.HEAD_BYTES;
  const take = (bytes: number): number => {
    const place = at;
    at += Math.ceil(bytes / 64) * 64;
    return place;
  };
  return {
    spans: take(area.SPAN_ROWS * 8),
    blocks: take((fields + 2) * area.BLOCK_BYTES),
    enums: take(enumValues * 8),
    powers: take((EXACT_DIGITS_MAX + 1) * 8),
    masks: take((MASK_BYTES + 1) * MASK_BYTES),
    needed: take(KINDS.length * 8),
    money: take(moneyPairs * 8),
    bytes: at,
  };
}

/** Bytes of one decoder's area. */
export function decodeAreaBytes({ fields, inputFieldCount }: RowLayout): number {
  const inputs = fields.slice(0, inputFieldCount);
  const values = inputs.reduce(
    (sum, { type, values: all = [] }) => sum + (type === 'enum' ? all.length : 0),
    0,
  );
  return placesOf(inputs.length, values, inputs.length).bytes;
}

/** @param patterns one a field: its key as it stands in the bytes, or null where that is not one */
export function writeDecodeArea(
  memory: SharedArrayBuffer,
  offset: number,
  tables: FieldTables,
  patterns: readonly (Uint8Array | null)[],
  money: MoneyConversion | null,
): void {
  const places = placesOf(tables.fieldCount, tables.enumLo.length, tables.fieldCount);
  new Uint8Array(memory, offset, places.bytes).fill(0);
  const view = new DataView(memory, offset, places.bytes);
  const word = (at: number, value: number): void => view.setInt32(at, value, true);
  const blockAt = (field: number): number => places.blocks + field * area.BLOCK_BYTES;

  word(area.HEAD_SEED, tables.hashKey.k0);
  word(area.HEAD_SEED + 4, tables.hashKey.k1);
  word(area.HEAD_BLOCKS, offset + places.blocks);
  word(area.HEAD_FIRST, offset + blockAt(tables.fieldCount + 1));
  word(area.HEAD_KIND, offset + blockAt(tables.kindField));
  word(area.HEAD_POWERS, offset + places.powers);
  word(area.HEAD_MASKS, offset + places.masks);
  word(area.HEAD_NEEDED, offset + places.needed);
  word(area.HEAD_STRIDE, tables.strideWords * 4);
  word(area.HEAD_READ, tables.readLo);
  word(area.HEAD_READ + 4, tables.readHi);
  word(area.HEAD_MONEY, offset + places.money);
  word(area.HEAD_MONEY_COUNT, tables.moneyFrom.length);
  word(area.HEAD_CURRENCY_SLOT, (tables.slotWords[tables.currencyField] as number) * 4);
  word(area.HEAD_CONVERTS, money === null || tables.moneyFrom.length === 0 ? 0 : 1);
  word(area.HEAD_OWN_CURRENCY, money?.planLo ?? 0);
  word(area.HEAD_OWN_CURRENCY + 4, money?.planHi ?? 0);
  word(area.HEAD_SPANS, offset + places.spans);

  for (let field = 0; field <= tables.fieldCount + 1; field++) {
    const at = blockAt(field);
    word(at + area.BLOCK_NEXT, offset + places.blocks);
    word(at + area.BLOCK_KEY_BYTES, area.KEY_NEVER);
    if (field > tables.fieldCount) continue;
    word(at + area.BLOCK_CLASS, tables.classes[field] as number);
    word(at + area.BLOCK_SLOT, (tables.slotWords[field] as number) * 4);
    word(at + area.BLOCK_BYTES_MAX, tables.bytesMax[field] as number);
    word(at + area.BLOCK_SALT, tables.saltLo[field] as number);
    word(at + area.BLOCK_SALT + 4, tables.saltHi[field] as number);
    word(at + area.BLOCK_BIT, tables.bitLo[field] as number);
    word(at + area.BLOCK_BIT + 4, tables.bitHi[field] as number);
  }
  patterns.forEach((bytes, field) => {
    const at = blockAt(field);
    const enumStart = offset + places.enums + (tables.enumStart[field] as number) * 8;
    word(at + area.BLOCK_ENUM_AT, enumStart);
    word(at + area.BLOCK_ENUM_START, enumStart);
    word(
      at + area.BLOCK_ENUM_END,
      offset + places.enums + (tables.enumStart[field + 1] as number) * 8,
    );
    if (bytes === null || bytes.length > area.BLOCK_KEY_BYTES_MAX) return;
    new Uint8Array(
      memory,
      offset + at + area.BLOCK_KEY_MASK,
      Math.min(bytes.length, MASK_BYTES),
    ).fill(0xff);
    word(at + area.BLOCK_KEY_BYTES, bytes.length);
    new Uint8Array(memory, offset + at + area.BLOCK_KEY, bytes.length).set(bytes);
  });
  tables.enumLo.forEach((lo, value) => {
    word(places.enums + value * 8, lo);
    word(places.enums + value * 8 + 4, tables.enumHi[value] as number);
  });
  for (let n = 0; n <= EXACT_DIGITS_MAX; n++) view.setFloat64(places.powers + n * 8, 10 ** n, true);
  for (let n = 0; n <= MASK_BYTES; n++) {
    new Uint8Array(memory, offset + places.masks + n * MASK_BYTES, n).fill(0xff);
  }
  for (let kind = 0; kind < KINDS.length; kind++) {
    word(places.needed + kind * 8, tables.neededLo[kind] as number);
    word(places.needed + kind * 8 + 4, tables.neededHi[kind] as number);
  }
  tables.moneyFrom.forEach((from, pair) => {
    word(places.money + pair * 8, from * 8);
    word(places.money + pair * 8 + 4, (tables.moneyTo[pair] as number) * 8);
  });
}
