// The decoded row: one record a row in a table that decode writes and the later passes read.
// One record rather than one column a field, because decode then writes to one or two streams
// instead of forty (bench/row-layout shows it); a record is a whole number of cache lines, so two
// workers never write one line.
//
//   0        16       32           48          64                      stride
//   | time | stream | flags ... | errors ... | field slots ........... |
//
// A string slot is four int32: hash low, hash high, offset, length (-1 = missing).
// Every other slot is one double (NaN = missing). Offsets are in bytes from the record's start.

import { assert } from '../base/assert.ts';
import type { FieldSpec } from './fields.ts';
import { TRANSACTION_FIELDS, isStringType } from './fields.ts';

/** Byte offsets of the fixed part. */
export const ROW = {
  timeMs: 0, // f64, NaN when unreadable
  streamTimeMs: 8, // f64, greatest time of the partition so far, this row included
  flags: 16, // i32, ROW_FLAG bits
  kind: 20, // i32, index into KINDS, -1 when unreadable
  bytesOffset: 24, // i32, where the row's bytes stand in the slab
  bytesLength: 28, // i32
  contentLo: 32, // i32, order-independent hash over all known keys and their values; of a bad row over its bytes
  contentHi: 36, // i32
  errorCode: 40, // i32, index into INPUT_ERRORS when BAD
  errorField: 44, // i32, field number it is about, or -1
  errorAt: 48, // i32, byte offset within the row where it was noticed
  repeatRow: 52, // i32, row of this batch that it repeats, or differs from under the same id, or -1
  revision: 56, // i32, revision of the decision, 0 unless REPEAT or REPEAT_DIFFERS
  verdict: 60, // i32, packed verdict of the decision that is repeated (state/repeats.ts)
} as const;
const ROW_HEADER_BYTES = 64;

export const ROW_FLAG = {
  bad: 1,
  decided: 2, // kind is payment, refund or reversal; of a bad row: it is told as INVALID_INPUT
  late: 4,
  repeat: 8,
  repeatDiffers: 16,
  overdue: 32, // its deadline had passed when its batch began, by the main thread's mark
  currencyUnknown: 64,
  truncated: 128,
  idReadable: 256, // of a bad row: its id slot is set
  fallback: 2048, // overdue, and gets the declared fallback first
  filled: 1024, // keys that it lacks stand in keySlots, from the payment that it is about
  charged: 4096, // a payment that is decided anew: the wallet had charged, and this row knows nothing else
  // likewise: a part of it, or all, was refunded or reversed before
  partlyBack: 8192,
  whollyBack: 16384,
  lateSomewhere: 512, // over scanMax at some entity; becomes `late` when its features are known
} as const;

export interface RowLayout {
  readonly strideBytes: number;
  /**
   * The contract's fields, then the rules file's extra ones, then those of the life of a payment;
   * index = field number.
   */
  readonly fields: readonly FieldSpec[];
  /** So many of them are keys of the input; the engine itself supplies the others. */
  readonly inputFieldCount: number;
  /** Byte offset of each field's slot; fields that nobody reads share one junk slot. */
  readonly slots: Int32Array;
  /** 1 where the field is read (its slot is its own). */
  readonly isRead: Uint8Array;
  /**
   * Byte offsets of the converted money slots (file's currency, minor units, half-even); equal to
   * the field's own slot where the plan needs no conversion; -1 for fields that are not money.
   */
  readonly moneySlots: Int32Array;
  /**
   * Byte offset of the key (8 bytes: a text's hash, a number's bits) that a row gets from the payment
   * that it is about; -1 = the field is not filled.
   */
  readonly keySlots: Int32Array;
}

/** Fields that the engine itself reads, whatever the rules say (decode, repeats, decisions). */
const ALWAYS_READ: readonly string[] = ['id', 'kind', 'account', 'merchant', 'order', 'currency'];

/**
 * @param extraFields declared in the rules file
 * @param readNames fields that rules, entities or features read
 * @param convertsMoney true when the plan has a currency: money gets a second, converted slot
 * @param filledNames key fields that rows may get from the payment that they are about
 * @param lifeFields of the life of a payment: all read, money in the plan's currency already
 */
export function makeRowLayout(
  extraFields: readonly FieldSpec[],
  readNames: ReadonlySet<string>,
  convertsMoney: boolean,
  lifeFields: readonly FieldSpec[] = [],
  filledNames: readonly string[] = [],
): RowLayout {
  const inputFieldCount = TRANSACTION_FIELDS.length + extraFields.length;
  const fields = [...TRANSACTION_FIELDS, ...extraFields, ...lifeFields];
  const slots = new Int32Array(fields.length);
  const moneySlots = new Int32Array(fields.length).fill(-1);
  const isRead = new Uint8Array(fields.length);
  let next = ROW_HEADER_BYTES;
  const unread: number[] = [];
  fields.forEach((spec, number) => {
    if (spec.name === 'time') {
      slots[number] = ROW.timeMs;
      isRead[number] = 1;
    } else if (
      number >= inputFieldCount ||
      readNames.has(spec.name) ||
      ALWAYS_READ.includes(spec.name)
    ) {
      isRead[number] = 1;
      slots[number] = next;
      next += isStringType(spec.type) ? 16 : 8;
    } else {
      unread.push(number);
    }
    if (spec.type === 'money') {
      moneySlots[number] = slots[number] as number;
      if (convertsMoney && isRead[number] === 1 && number < inputFieldCount) {
        moneySlots[number] = next;
        next += 8;
      }
    }
  });
  for (const number of unread) {
    slots[number] = next;
    if (fields[number]?.type === 'money') moneySlots[number] = next;
  }
  if (unread.length > 0) next += 16;
  const keySlots = new Int32Array(fields.length).fill(-1);
  for (const name of filledNames) {
    keySlots[fields.findIndex((spec) => spec.name === name)] = next;
    next += 8;
  }
  return {
    strideBytes: Math.ceil(next / 64) * 64,
    fields,
    inputFieldCount,
    slots,
    isRead,
    moneySlots,
    keySlots,
  };
}

/** Number of a field by name, or -1. */
export function fieldNumber(layout: RowLayout, name: string): number {
  return layout.fields.findIndex((spec) => spec.name === name);
}

/** Where the slot of a field that there must be begins, in 32-bit words from the record's start. */
export function slotWord(layout: RowLayout, name: string): number {
  const field = fieldNumber(layout, name);
  assert(field >= 0, `the row layout lacks the field ${name}`);
  return (layout.slots[field] as number) / 4;
}
