// The evidence of JSON decisions: what each fired rule compared, and by how much it was over.
//
// Runs for fired rules only. Allocates the text of numbers that are not whole, nothing else.

import type { EvidenceReader, EvidenceTemplate, Verdict } from '../domain/verdict.ts';
import { EVIDENCE_KIND } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putConstant } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import { makeDigitPairs, putNumberText } from './decision-digits.ts';
import type { EvidenceText } from './decision-evidence.ts';
import {
  kindOfValue,
  makeEvidenceText,
  readEvidenceText,
  readMargin,
} from './decision-evidence.ts';
import type { JsonParts } from './decision-json-parts.ts';
import { putEscapedText } from './decision-json-text.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

export class JsonEvidence {
  readonly #constants: Constants;
  readonly #parts: JsonParts;
  readonly #reader: EvidenceReader;
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #text: EvidenceText = makeEvidenceText();
  readonly #number: Float64Array = new Float64Array(1);

  constructor(constants: Constants, parts: JsonParts, reader: EvidenceReader) {
    this.#constants = constants;
    this.#parts = parts;
    this.#reader = reader;
  }

  /** The key and the entries of all rules of evidence. */
  put(view: DataView, at: number, row: number, verdict: Verdict): number {
    at = this.#put(view, at, this.#parts.evidence);
    for (let k = 0; k < verdict.evidenceCount; k++) {
      const rule = verdict.evidenceRules[k] as number;
      at = this.#put(view, at, this.#parts.ruleOpens[rule] as number);
      at = this.#compared(view, at, row, rule);
      this.#number[0] = this.#reader.scoreOf(rule, row);
      if (!Number.isNaN(this.#number[0])) {
        at = this.#put(view, at, this.#parts.score);
        at = this.putNumber(view, at, this.#number, 0);
      }
      at = this.#exemptBy(view, at, verdict, k);
      view.setUint8(at++, CLOSE_OBJECT);
      view.setUint8(at++, COMMA);
    }
    view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  /** The items of a rule that held; nothing where none did. */
  #compared(view: DataView, at: number, row: number, rule: number): number {
    const reader = this.#reader;
    reader.read(rule, row);
    const templates = reader.templates[rule] as readonly EvidenceTemplate[];
    const opens = this.#parts.itemOpens[rule] as Int32Array;
    let written = 0;
    for (let item = 0; item < templates.length; item++) {
      if (reader.values.held[item] === 0) continue;
      if (written === 0) at = this.#put(view, at, this.#parts.compared);
      at = this.#put(view, at, opens[item] as number);
      at = this.#item(view, at, rule, item, templates[item] as EvidenceTemplate);
      view.setUint8(at++, CLOSE_OBJECT);
      view.setUint8(at++, COMMA);
      written++;
    }
    if (written > 0) view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  /** value, threshold and margin of one item. */
  #item(
    view: DataView,
    at: number,
    rule: number,
    item: number,
    template: EvidenceTemplate,
  ): number {
    const parts = this.#parts;
    const { values } = this.#reader;
    if (kindOfValue(values, 2 * item) !== EVIDENCE_KIND.missing) {
      at = this.#put(view, at, parts.value);
      at = this.#evidenceValue(view, at, 2 * item, template);
    }
    if (template.thresholdText !== null) {
      at = this.#put(view, at, (parts.itemThresholds[rule] as Int32Array)[item] as number);
    } else if (kindOfValue(values, 2 * item + 1) !== EVIDENCE_KIND.missing) {
      at = this.#put(view, at, parts.threshold);
      at = this.#evidenceValue(view, at, 2 * item + 1, template);
    }
    if (readMargin(this.#number, values, item, template)) {
      at = this.#put(view, at, parts.margin);
      at = putNumberText(view, at, this.#pairs, this.#number, 0);
    }
    return at;
  }

  #evidenceValue(view: DataView, at: number, index: number, template: EvidenceTemplate): number {
    const { values } = this.#reader;
    const kind = values.kinds[index] as number;
    if (kind === EVIDENCE_KIND.number) {
      return this.putNumber(view, at, values.numbers, index);
    }
    if (kind === EVIDENCE_KIND.boolean) {
      return this.#put(view, at, values.numbers[index] === 0 ? this.#parts.no : this.#parts.yes);
    }
    const text = this.#text;
    readEvidenceText(text, values, index, template);
    view.setUint8(at, QUOTE);
    at = putEscapedText(view, at + 1, text.bytes, text.offset, text.length);
    view.setUint8(at, QUOTE);
    return at + 1;
  }

  /** values[index], which is not NaN. */
  putNumber(view: DataView, at: number, values: Float64Array, index: number): number {
    if (values[index] === Infinity) return this.#put(view, at, this.#parts.infinity);
    if (values[index] === -Infinity) return this.#put(view, at, this.#parts.minusInfinity);
    return putNumberText(view, at, this.#pairs, values, index);
  }

  /** Exempt clauses that took outcomes away from the k-th rule of evidence. */
  #exemptBy(view: DataView, at: number, verdict: Verdict, k: number): number {
    const { exempts } = this.#parts;
    let written = 0;
    for (let e = 0; e < exempts.length; e++) {
      const word = verdict.exemptBits[k * verdict.exemptWords + (e >> 5)] as number;
      if ((word & (1 << (e & 31))) === 0) continue;
      if (written === 0) at = this.#put(view, at, this.#parts.exemptBy);
      at = this.#put(view, at, exempts[e] as number);
      view.setUint8(at++, COMMA);
      written++;
    }
    if (written > 0) view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }
}
