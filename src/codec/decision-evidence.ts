// What both encoders do to the values of evidence before they write them: text is cut where a
// character begins, card numbers are masked, the infinite numbers are texts.
//
// Runs for fired rules only. Allocates nothing but where a text may hold a card number: the text to
// write stands in a slot that is refilled.

import type { Masking } from '../domain/card-numbers.ts';
import { CUT_DIGITS_MIN, maskEvidence } from '../domain/card-numbers.ts';
import type { EvidenceTemplate, EvidenceValues } from '../domain/verdict.ts';
import { EVIDENCE_KIND, EVIDENCE_TEXT_BYTES_MAX } from '../domain/verdict.ts';

/** A text value as it is to be written. */
export interface EvidenceText {
  bytes: Uint8Array;
  offset: number;
  length: number;
  /** Where a text with a masked card number is put together. */
  readonly masked: Uint8Array;
}

export function makeEvidenceText(): EvidenceText {
  const masked = new Uint8Array(EVIDENCE_TEXT_BYTES_MAX);
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
  const length = Math.min(values.lengths[index] as number, EVIDENCE_TEXT_BYTES_MAX);
  text.bytes = bytes;
  text.offset = offset;
  text.length = wholeCharacters(bytes, offset, length);
  const masking = template.maskings[index & 1] as Masking;
  if (masking !== 'none' && mayHoldCard(text)) mask(text, masking);
}

/** Most texts have few digits: they are written as they stand. */
function mayHoldCard({ bytes, offset, length }: EvidenceText): boolean {
  let digits = 0;
  for (let i = offset; i < offset + length; i++) {
    const byte = bytes[i] as number;
    // Fullwidth digits begin with 0xef.
    if ((byte >= 0x30 && byte <= 0x39) || byte === 0xef) digits++;
  }
  return digits >= CUT_DIGITS_MIN;
}

function mask(text: EvidenceText, masking: Masking): void {
  const { masked, bytes, offset, length } = text;
  for (let i = 0; i < length; i++) masked[i] = bytes[offset + i] as number;
  if (!maskEvidence(masked, length, masking)) return;
  text.bytes = masked;
  text.offset = 0;
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
