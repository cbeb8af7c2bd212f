// What both encoders do to the values of evidence before they write them: text is cut where a
// character begins, card numbers are masked, the infinite numbers are texts.
//
// Runs for fired rules only. Allocates nothing: the text to write stands in a slot that is refilled.

import type { EvidenceTemplate, EvidenceValues } from '../domain/verdict.ts';
import { EVIDENCE_KIND, EVIDENCE_TEXT_BYTES_MAX } from '../domain/verdict.ts';

const PAN_DIGITS_MIN = 13;
const PAN_DIGITS_MAX = 19;
const PAN_HEAD_DIGITS = 6;
const PAN_TAIL_DIGITS = 4;
const STAR = 0x2a;

/** A text value as it is to be written. */
export interface EvidenceText {
  bytes: Uint8Array;
  offset: number;
  length: number;
  /** Where a masked card number is put together. */
  readonly masked: Uint8Array;
}

export function makeEvidenceText(): EvidenceText {
  const masked = new Uint8Array(PAN_DIGITS_MAX);
  return { bytes: masked, offset: 0, length: 0, masked };
}

/** Fills `text` with the text value at `index` (2k: value, 2k + 1: threshold). */
export function readEvidenceText(
  text: EvidenceText,
  values: EvidenceValues,
  index: number,
  template: EvidenceTemplate,
): void {
  const bytes = values.memory[index] as Uint8Array;
  const offset = values.offsets[index] as number;
  const length = values.lengths[index] as number;
  if (template.isCard && isPan(bytes, offset, length)) {
    const { masked } = text;
    for (let i = 0; i < length; i++) {
      const isShown = i < PAN_HEAD_DIGITS || i >= length - PAN_TAIL_DIGITS;
      masked[i] = isShown ? (bytes[offset + i] as number) : STAR;
    }
    text.bytes = masked;
    text.offset = 0;
    text.length = length;
  } else {
    text.bytes = bytes;
    text.offset = offset;
    text.length = wholeCharacters(bytes, offset, Math.min(length, EVIDENCE_TEXT_BYTES_MAX));
  }
}

/** 13-19 ASCII digits. */
function isPan(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < PAN_DIGITS_MIN || length > PAN_DIGITS_MAX) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[offset + i] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

/** The longest prefix of UTF-8 bytes that does not end inside a character. */
function wholeCharacters(bytes: Uint8Array, offset: number, length: number): number {
  let lead = length - 1;
  while (lead >= 0 && ((bytes[offset + lead] as number) & 0xc0) === 0x80) lead--;
  if (lead < 0) return 0;
  const byte = bytes[offset + lead] as number;
  const characterBytes = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  return lead + characterBytes <= length ? length : lead;
}

/** Kind of the value at `index`; a number that is NaN is missing. */
export function kindOfValue(values: EvidenceValues, index: number): number {
  const kind = values.kinds[index] as number;
  const isMissing = kind === EVIDENCE_KIND.number && Number.isNaN(values.numbers[index]);
  return isMissing ? EVIDENCE_KIND.missing : kind;
}

/** value - threshold of item `item` into out[0]; false where there is no margin to write. */
export function readMargin(
  out: Float64Array,
  values: EvidenceValues,
  item: number,
  template: EvidenceTemplate,
): boolean {
  const isNumeric =
    template.hasMargin &&
    values.kinds[2 * item] === EVIDENCE_KIND.number &&
    values.kinds[2 * item + 1] === EVIDENCE_KIND.number;
  if (!isNumeric) return false;
  out[0] = (values.numbers[2 * item] as number) - (values.numbers[2 * item + 1] as number);
  return Number.isFinite(out[0]);
}
