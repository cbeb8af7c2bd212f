// Objects to msgpack, which is how the library hands rows to the decoders. What cannot be packed is told
// in words of the caller's: the packer's own speak of its options, and one of them quotes the value, which
// may be a card number; for this the error has no cause where the words are ours.

import { Packr } from 'msgpackr';
import { HoldfastError } from '../base/errors.ts';

/** A key that is `undefined` is absent, as in JSON: it has no form in msgpack. */
const PACKING = { useRecords: false, skipValues: [undefined] };

/** What the packer and V8 say, and what we say instead. A test holds the beginnings. */
const IN_OUR_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Maximum call stack size exceeded/, 'it contains itself, or is nested too deep'],
  [
    /^-?\d+ was too large to fit in MessagePack 64-bit/,
    'it has a BigInt that does not fit in 64 bits; allowed are -2^63 to 2^64-1',
  ],
];

export class RowPacker {
  readonly #packr = new Packr(PACKING);

  /**
   * @param index of the row in its batch, for the message
   * @throws HoldfastError USAGE
   */
  pack(row: unknown, index: number): Uint8Array {
    try {
      return this.#packr.pack(row);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      const ours = IN_OUR_WORDS.find(([pattern]) => pattern.test(detail))?.[1];
      const message = `Cannot pack row ${index} of the batch: ${ours ?? detail}. Nothing of it was decided.`;
      throw new HoldfastError('USAGE', message, ours === undefined ? { cause } : {});
    }
  }
}
