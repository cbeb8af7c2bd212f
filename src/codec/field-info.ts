// One block of words a field: everything that a decoder's loop needs of it, in two cache lines.
// One array rather than one a property, because the loop then keeps one address and one length in
// registers instead of a dozen of each. Blocks stand in field order, then that of unknown keys, then
// the one whose `next` is the first field of a row.
//
// Keys are recognised by prediction: `next` of a field is the block of the field that came after it
// last time, and its key is compared, 4 bytes at once, with the bytes as they stand in the format
// (JSON: `amount":`, msgpack: header byte and `amount`). Other keys are looked up in KeyIndex.

import type { FieldTables } from './field-tables.ts';
import { VALUE_CLASS } from './field-tables.ts';

/** Words of a block, and its size as a shift. */
export const INFO_SHIFT = 5;
export const INFO = {
  valueClass: 0,
  slotWord: 1,
  bytesMax: 2,
  saltLo: 3,
  saltHi: 4,
  bitLo: 5,
  bitHi: 6,
  next: 7, // block offset of the predicted next field
  keyBytes: 8, // of the pattern; more than any row has where the key cannot be predicted
  enumAt: 9, // index into the enum tables of the value that came last
  enumStart: 10,
  keyMask0: 11, // of the pattern's first and second word
  keyMask1: 12,
  keyLastMask: 13, // of the word after the last whole one
  keyWords: 16,
} as const;

const KEY_WORDS_MAX = 16;
const NEVER_BYTES = 1 << 28;

/** The low `count` bytes of a word; all of it for 4 and more. */
function maskOf(count: number): number {
  if (count >= 4) return -1;
  return count <= 0 ? 0 : (1 << (count * 8)) - 1;
}

/** @param patterns one a field: its key as it stands in the bytes, or null where that is not one */
export function makeFieldInfo(
  tables: FieldTables,
  patterns: readonly (Uint8Array | null)[],
): Int32Array {
  const count = tables.fieldCount;
  const info = new Int32Array((count + 2) << INFO_SHIFT);
  for (let field = 0; field <= count; field++) {
    const at = field << INFO_SHIFT;
    info[at + INFO.valueClass] = tables.classes[field] as number;
    info[at + INFO.slotWord] = tables.slotWords[field] as number;
    info[at + INFO.bytesMax] = tables.bytesMax[field] as number;
    info[at + INFO.saltLo] = tables.saltLo[field] as number;
    info[at + INFO.saltHi] = tables.saltHi[field] as number;
    info[at + INFO.bitLo] = tables.bitLo[field] as number;
    info[at + INFO.bitHi] = tables.bitHi[field] as number;
    info[at + INFO.keyBytes] = NEVER_BYTES;
    if (tables.classes[field] === VALUE_CLASS.enum) {
      info[at + INFO.enumAt] = tables.enumStart[field] as number;
      info[at + INFO.enumStart] = tables.enumStart[field] as number;
    }
  }
  patterns.forEach((bytes, field) => {
    if (bytes === null || bytes.length >= KEY_WORDS_MAX * 4) return;
    const at = field << INFO_SHIFT;
    info[at + INFO.keyBytes] = bytes.length;
    info[at + INFO.keyMask0] = maskOf(bytes.length);
    info[at + INFO.keyMask1] = maskOf(bytes.length - 4);
    info[at + INFO.keyLastMask] = maskOf(bytes.length & 3);
    bytes.forEach((byte, i) => {
      const word = at + INFO.keyWords + (i >> 2);
      info[word] = (info[word] as number) | (byte << ((i & 3) * 8));
    });
  });
  return info;
}
