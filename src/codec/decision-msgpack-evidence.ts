// The evidence of msgpack decisions: what each fired rule compared, and by how much it was over.
//
// Runs for fired rules only; allocates nothing. Counts of maps are put in once they are known.

import type { EvidenceReader, EvidenceTemplate, Verdict } from '../domain/verdict.ts';
import { EVIDENCE_KIND } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putConstant } from './decision-constants.ts';
import type { EvidenceText } from './decision-evidence.ts';
import {
  kindOfValue,
  makeEvidenceText,
  readEvidenceText,
  readMargin,
} from './decision-evidence.ts';
import type { DecisionParts } from './decision-entries.ts';
import { putArrayHead, putNumber, putTextHead } from './decision-msgpack-values.ts';

export class MsgpackEvidence {
  readonly #constants: Constants;
  readonly #parts: DecisionParts;
  readonly #reader: EvidenceReader;
  readonly #text: EvidenceText = makeEvidenceText();
  readonly #number: Float64Array = new Float64Array(1);

  constructor(constants: Constants, parts: DecisionParts, reader: EvidenceReader) {
    this.#constants = constants;
    this.#parts = parts;
    this.#reader = reader;
  }

  /** The entries of all rules of evidence; their key stands already. */
  put(view: DataView, at: number, row: number, verdict: Verdict): number {
    at = putArrayHead(view, at, verdict.evidenceCount);
    for (let k = 0; k < verdict.evidenceCount; k++) {
      const rule = verdict.evidenceRules[k] as number;
      const entryAt = at;
      let keys = 1;
      at = this.#put(view, at, this.#parts.ruleOpens[rule] as number);
      const comparedAt = at;
      at = this.#compared(view, at, row, rule);
      if (at > comparedAt) keys++;
      this.#number[0] = this.#reader.scoreOf(rule, row);
      if (!Number.isNaN(this.#number[0])) {
        at = this.#put(view, at, this.#parts.score);
        at = this.putNumber(view, at, this.#number, 0);
        keys++;
      }
      const exemptAt = at;
      at = this.#exemptBy(view, at, verdict, k);
      if (at > exemptAt) keys++;
      view.setUint8(entryAt, 0x80 | keys);
    }
    return at;
  }

  /** The items of a rule that held; nothing where none did. */
  #compared(view: DataView, at: number, row: number, rule: number): number {
    const reader = this.#reader;
    reader.read(rule, row);
    const templates = reader.templates[rule] as readonly EvidenceTemplate[];
    const opens = this.#parts.itemOpens[rule] as Int32Array;
    const { held } = reader.values;
    let count = 0;
    for (let item = 0; item < templates.length; item++) if (held[item] !== 0) count++;
    if (count === 0) return at;
    at = putArrayHead(view, this.#put(view, at, this.#parts.compared), count);
    for (let item = 0; item < templates.length; item++) {
      if (held[item] === 0) continue;
      const itemAt = at;
      at = this.#put(view, at, opens[item] as number);
      at = this.#item(view, at, itemAt, rule, item, templates[item] as EvidenceTemplate);
    }
    return at;
  }

  /** value, threshold and margin of one item, and the count of its keys. */
  #item(
    view: DataView,
    at: number,
    itemAt: number,
    rule: number,
    item: number,
    template: EvidenceTemplate,
  ): number {
    const parts = this.#parts;
    const { values } = this.#reader;
    let keys = 2;
    if (kindOfValue(values, 2 * item) !== EVIDENCE_KIND.missing) {
      at = this.#put(view, at, parts.value);
      at = this.#evidenceValue(view, at, 2 * item, template);
      keys++;
    }
    if (template.thresholdText !== null) {
      at = this.#put(view, at, (parts.itemThresholds[rule] as Int32Array)[item] as number);
      keys++;
    } else if (kindOfValue(values, 2 * item + 1) !== EVIDENCE_KIND.missing) {
      at = this.#put(view, at, parts.threshold);
      at = this.#evidenceValue(view, at, 2 * item + 1, template);
      keys++;
    }
    if (readMargin(this.#number, values, item, template)) {
      at = this.#put(view, at, parts.margin);
      at = putNumber(view, at, this.#number, 0);
      keys++;
    }
    view.setUint8(itemAt, 0x80 | keys);
    return at;
  }

  #evidenceValue(view: DataView, at: number, index: number, template: EvidenceTemplate): number {
    const { values } = this.#reader;
    const kind = values.kinds[index] as number;
    if (kind === EVIDENCE_KIND.number) return this.putNumber(view, at, values.numbers, index);
    if (kind === EVIDENCE_KIND.boolean) {
      view.setUint8(at, values.numbers[index] === 0 ? 0xc2 : 0xc3);
      return at + 1;
    }
    const text = this.#text;
    readEvidenceText(text, values, index, template);
    at = putTextHead(view, at, text.length);
    for (let i = 0; i < text.length; i++) {
      view.setUint8(at + i, text.bytes[text.offset + i] as number);
    }
    return at + text.length;
  }

  /** values[index], which is not NaN. */
  putNumber(view: DataView, at: number, values: Float64Array, index: number): number {
    if (values[index] === Infinity) return this.#put(view, at, this.#parts.infinity);
    if (values[index] === -Infinity) return this.#put(view, at, this.#parts.minusInfinity);
    return putNumber(view, at, values, index);
  }

  /** Exempt clauses that took outcomes away from the k-th rule of evidence; nothing where none. */
  #exemptBy(view: DataView, at: number, verdict: Verdict, k: number): number {
    const { exempts } = this.#parts;
    const { exemptBits, exemptWords } = verdict;
    let count = 0;
    for (let e = 0; e < exempts.length; e++) {
      count += ((exemptBits[k * exemptWords + (e >> 5)] as number) >>> (e & 31)) & 1;
    }
    if (count === 0) return at;
    at = putArrayHead(view, this.#put(view, at, this.#parts.exemptBy), count);
    for (let e = 0; e < exempts.length; e++) {
      const word = exemptBits[k * exemptWords + (e >> 5)] as number;
      if ((word & (1 << (e & 31))) !== 0) at = this.#put(view, at, exempts[e] as number);
    }
    return at;
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }
}
