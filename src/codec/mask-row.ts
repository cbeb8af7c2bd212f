// Card numbers of a bad row, masked in place at equal length before the row is written anywhere
// (docs/privacy.md). The digits of text are found by domain/card-numbers.ts. A msgpack row is also
// walked value by value: what stands beside a text may look like one more digit of it, and a number is
// binary: of one that is a PAN the digits between the first 6 and the last 4 become 0.
//
// The walk needs no well-formed row: after what makes no sense it goes on at the next byte.
// Allocates; bad rows are rare.

import { maskCardNumbers, maskText } from '../domain/card-numbers.ts';
import { utf8ErrorAt } from './utf8.ts';

const CURLY = 0x7b;

/** True when something was masked. */
export function maskRow(bytes: Uint8Array): boolean {
  const isText = utf8ErrorAt(bytes, 0, bytes.length) < 0 || bytes[0] === CURLY;
  const isMasked = !isText && maskMsgpack(bytes);
  // A whole row of text ends in no digit: where one does, it may be half a PAN.
  return maskCardNumbers(bytes, 0, bytes.length, { isCut: isText }) || isMasked;
}

/** Header and payload length of the msgpack value at `p`, by its first byte; containers are headers. */
interface Value {
  readonly header: number;
  readonly payload: number;
  readonly kind: 'text' | 'integer' | 'float' | 'other';
}

function valueAt(view: DataView, p: number): Value {
  const first = view.getUint8(p);
  const left = view.byteLength - p - 1;
  const size = (bytes: 1 | 2 | 4): number => {
    if (left < bytes) return left;
    return bytes === 1
      ? view.getUint8(p + 1)
      : bytes === 2
        ? view.getUint16(p + 1)
        : view.getUint32(p + 1);
  };
  const other = (header: number): Value => ({ header, payload: 0, kind: 'other' });
  if (first >= 0xa0 && first < 0xc0) return { header: 1, payload: first & 31, kind: 'text' };
  if (first < 0xc0 || first >= 0xe0) return other(1);
  switch (first) {
    case 0xc4:
    case 0xd9:
      return { header: 2, payload: size(1), kind: 'text' };
    case 0xc5:
    case 0xda:
      return { header: 3, payload: size(2), kind: 'text' };
    case 0xc6:
    case 0xdb:
      return { header: 5, payload: size(4), kind: 'text' };
    case 0xc7:
      return { header: 3, payload: size(1), kind: 'text' };
    case 0xc8:
      return { header: 4, payload: size(2), kind: 'text' };
    case 0xc9:
      return { header: 6, payload: size(4), kind: 'text' };
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return { header: 2, payload: 1 << (first - 0xd4), kind: 'text' };
    case 0xcb:
      return { header: 1, payload: 8, kind: 'float' };
    case 0xcf:
    case 0xd3:
      return { header: 1, payload: 8, kind: 'integer' };
    case 0xca:
      return other(5);
    case 0xcc:
    case 0xd0:
      return other(2);
    case 0xcd:
    case 0xd1:
    case 0xdc:
    case 0xde:
      return other(3);
    case 0xce:
    case 0xd2:
    case 0xdd:
    case 0xdf:
      return other(5);
    default:
      return other(1);
  }
}

function maskMsgpack(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let isMasked = false;
  let isCard = false;
  for (let p = 0; p < bytes.length;) {
    const { header, payload, kind } = valueAt(view, p);
    const from = Math.min(p + header, bytes.length);
    const isCut = from + payload > bytes.length;
    const to = isCut ? bytes.length : from + payload;
    if (kind === 'text') isMasked = maskCardNumbers(bytes, from, to, { isCard, isCut }) || isMasked;
    else if (isCut && kind !== 'other') isMasked = hideRest(bytes, from) || isMasked;
    else if (kind === 'integer') isMasked = maskInteger(view, from, isCard) || isMasked;
    else if (kind === 'float') isMasked = maskFloat(view, from, isCard) || isMasked;
    isCard = kind === 'text' && isCardKey(bytes, from, to);
    p = isCut ? from : to;
  }
  return isMasked;
}

function isCardKey(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= 4 && /card$/i.test(String.fromCharCode(...bytes.subarray(to - 4, to)));
}

/** The first bytes of a number that was cut tell most of it. */
function hideRest(bytes: Uint8Array, from: number): boolean {
  bytes.fill(0, from);
  return from < bytes.length;
}

/** Signed and unsigned alike: no PAN reaches the sign. */
function maskInteger(view: DataView, at: number, isCard: boolean): boolean {
  const masked = maskedNumber(view.getBigUint64(at), isCard);
  if (masked === null) return false;
  view.setBigUint64(at, masked);
  return true;
}

function maskFloat(view: DataView, at: number, isCard: boolean): boolean {
  const value = view.getFloat64(at);
  if (!Number.isInteger(value) || value < 0) return false;
  const masked = maskedNumber(BigInt(value), isCard);
  if (masked === null) return false;
  view.setFloat64(at, Number(masked));
  return true;
}

/** The number with zeros for the digits that its text has masked, or null where it is no PAN. */
function maskedNumber(value: bigint, isCard: boolean): bigint | null {
  const digits = String(value);
  const masked = maskText(digits, { isCard });
  return masked === digits ? null : BigInt(masked.replaceAll('*', '0'));
}
