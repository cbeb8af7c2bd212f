// Strings of the input inside JSON output: raw UTF-8 to escaped UTF-8.
//
// Canonical: only `"`, `\` and what is below 0x20 are escaped, by the short form where there is one.
// Method: copy four bytes at a time and look at all four at once for a byte that needs an escape;
// only where one was seen is the string written again byte by byte.
// Cost: ~1 ns a word.

/** Longest escaped form of one byte, \u00xx. */
export const ESCAPE_FACTOR = 6;

/**
 * Writes `length` bytes from `from` to `at`, escaped; the result is where they end. `bytes` and
 * `source` are the same memory.
 *
 * The test of four bytes: `b ^ 2 < 0x21` is true of exactly the controls and `"` (0x22), and
 * `b ^ 0x5c < 1` of the backslash; subtracting n from a byte below n sets its high bit where it was
 * clear (Mycroft's null-byte test). A borrow can only come from a byte that is itself one.
 */
export function putJsonText(
  view: DataView,
  at: number,
  bytes: Uint8Array,
  source: DataView,
  from: number,
  length: number,
): number {
  const last = length - 4;
  if (last < 0) return putEscapedText(view, at, bytes, from, length);
  let seen = 0;
  for (let i = 0; i < last; i += 4) {
    const word = source.getInt32(from + i, true);
    view.setInt32(at + i, word, true);
    seen |= (((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & ~word;
  }
  const word = source.getInt32(from + last, true);
  view.setInt32(at + last, word, true);
  seen |= (((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & ~word;
  if ((seen & 0x80808080) === 0) return at + length;
  return putEscapedText(view, at, bytes, from, length);
}

/** The same byte by byte, from any bytes. */
export function putEscapedText(
  view: DataView,
  at: number,
  bytes: Uint8Array,
  from: number,
  length: number,
): number {
  const end = from + length;
  for (let p = from; p < end; p++) {
    const byte = bytes[p] as number;
    if (byte >= 0x20 && byte !== 0x22 && byte !== 0x5c) view.setUint8(at++, byte);
    else at = putEscape(view, at, byte);
  }
  return at;
}

function putEscape(view: DataView, at: number, byte: number): number {
  view.setUint8(at, 0x5c);
  const letter = shortEscape(byte);
  if (letter !== 0) {
    view.setUint8(at + 1, letter);
    return at + 2;
  }
  const low = byte & 15;
  view.setUint8(at + 1, 0x75); // u
  view.setUint16(at + 2, 0x3030);
  view.setUint8(at + 4, 0x30 + (byte >> 4));
  view.setUint8(at + 5, low < 10 ? 0x30 + low : 0x57 + low);
  return at + 6;
}

/** The letter of the short escape of `byte`, 0 = none. */
function shortEscape(byte: number): number {
  switch (byte) {
    case 0x22:
    case 0x5c:
      return byte;
    case 0x08:
      return 0x62;
    case 0x0c:
      return 0x66;
    case 0x0a:
      return 0x6e;
    case 0x0d:
      return 0x72;
    case 0x09:
      return 0x74;
    default:
      return 0;
  }
}
