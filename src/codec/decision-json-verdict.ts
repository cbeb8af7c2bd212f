// What a verdict says, in JSON: reasons, score, evidence, hold, reversal; of decided rows and of
// amendments.
//
// Runs where something fired. Allocates the text of numbers that are not whole, nothing else.

import type { Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putConstant, putRaw } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import { makeDigitPairs, putNumberText } from './decision-digits.ts';
import { JsonEvidence } from './decision-json-evidence.ts';
import type { JsonParts } from './decision-json-parts.ts';
import type { DecisionEncoderOptions } from './decision-writer.ts';

const COMMA = 0x2c;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

export class JsonVerdict {
  readonly #constants: Constants;
  readonly #parts: JsonParts;
  readonly #evidence: JsonEvidence;
  readonly #emitShadow: boolean;
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #number: Float64Array = new Float64Array(1);

  constructor(
    constants: Constants,
    parts: JsonParts,
    { evidence, emitShadow }: DecisionEncoderOptions,
  ) {
    this.#constants = constants;
    this.#parts = parts;
    this.#evidence = new JsonEvidence(constants, parts, evidence);
    this.#emitShadow = emitShadow;
  }

  /** All between outcome and flags. `row` is the one whose evidence is told. */
  put(view: DataView, at: number, row: number, verdict: Verdict): number {
    const hasReasons = verdict.reasonCount > 0 || verdict.scoreAt >= 0 || verdict.engineReason >= 0;
    if (hasReasons) at = this.#reasons(view, at, verdict);
    if (!Number.isNaN(verdict.score)) {
      this.#number[0] = verdict.score;
      at = this.#put(view, at, this.#parts.score);
      at = this.#evidence.putNumber(view, at, this.#number, 0);
    }
    if (verdict.evidenceCount > 0) at = this.#evidence.put(view, at, row, verdict);
    if (Number.isFinite(verdict.holdExpiresMs)) at = this.#hold(view, at, verdict);
    return verdict.method < 0 ? at : this.#reversal(view, at, verdict);
  }

  /** What shadow rules would have done, where that is told. */
  putShadow(view: DataView, at: number, verdict: Verdict): number {
    if (!this.#emitShadow || verdict.shadowCount === 0) return at;
    at = this.#put(view, at, this.#parts.shadow);
    for (let k = 0; k < verdict.shadowCount; k++) {
      at = this.#put(view, at, this.#parts.shadows[verdict.shadowRules[k] as number] as number);
      view.setUint8(at++, COMMA);
    }
    view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  /** reasons of one entry, a constant. */
  putReason(view: DataView, at: number, entry: number): number {
    at = this.#put(view, at, this.#parts.reasons);
    at = this.#put(view, at, entry);
    view.setUint8(at, CLOSE_ARRAY);
    return at + 1;
  }

  /** The engine's own first, then rules and SCORE, most severe first. */
  #reasons(view: DataView, at: number, verdict: Verdict): number {
    const parts = this.#parts;
    at = this.#put(view, at, parts.reasons);
    if (verdict.engineReason >= 0) {
      at = this.#reason(view, at, parts.engineReasons[verdict.engineReason] as number);
    }
    const { scoreAt, reasonCount } = verdict;
    for (let k = 0; k < reasonCount; k++) {
      if (k === scoreAt) at = this.#reason(view, at, parts.scoreReason);
      at = this.#reason(view, at, parts.ruleReasons[verdict.reasonRules[k] as number] as number);
    }
    if (scoreAt === reasonCount) at = this.#reason(view, at, parts.scoreReason);
    view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  #reason(view: DataView, at: number, entry: number): number {
    at = this.#put(view, at, entry);
    view.setUint8(at, COMMA);
    return at + 1;
  }

  #hold(view: DataView, at: number, verdict: Verdict): number {
    this.#number[0] = verdict.holdExpiresMs;
    at = this.#put(view, at, this.#parts.hold);
    at = putNumberText(view, at, this.#pairs, this.#number, 0);
    return this.#put(view, at, this.#parts.onExpiry[verdict.holdOnExpiry] as number);
  }

  #reversal(view: DataView, at: number, verdict: Verdict): number {
    const parts = this.#parts;
    at = this.#put(view, at, parts.reversal);
    at = this.#put(view, at, parts.methods[verdict.method] as number);
    if (Number.isFinite(verdict.notBeforeMs)) {
      this.#number[0] = verdict.notBeforeMs;
      at = putNumberText(view, this.#put(view, at, parts.notBefore), this.#pairs, this.#number, 0);
    }
    if (Number.isFinite(verdict.notAfterMs)) {
      this.#number[0] = verdict.notAfterMs;
      at = putNumberText(view, this.#put(view, at, parts.notAfter), this.#pairs, this.#number, 0);
    }
    if (verdict.fallbackMethod >= 0) {
      at = this.#put(view, at, parts.fallbackMethods[verdict.fallbackMethod] as number);
    }
    if (verdict.queryRail >= 0) {
      at = putRaw(view, at, parts.queries[verdict.queryRail] as Uint8Array);
    }
    view.setUint8(at, CLOSE_OBJECT);
    return at + 1;
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }
}
