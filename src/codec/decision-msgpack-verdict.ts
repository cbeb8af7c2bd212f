// What a verdict says, in msgpack: reasons, score, evidence, hold, reversal; of decided rows and of
// amendments.
//
// Runs where something fired; allocates nothing. The counts of keys are for the decision's own map,
// whose head its writer puts in last.

import type { Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putConstant, putRaw } from './decision-constants.ts';
import type { DecisionParts } from './decision-entries.ts';
import { MsgpackEvidence } from './decision-msgpack-evidence.ts';
import { putArrayHead, putNumber } from './decision-msgpack-values.ts';
import type { DecisionEncoderOptions } from './decision-writer.ts';

export class MsgpackVerdict {
  /** Keys of the decision that were written since it was last set to 0. */
  keys = 0;
  readonly #constants: Constants;
  readonly #parts: DecisionParts;
  readonly #evidence: MsgpackEvidence;
  readonly #emitShadow: boolean;
  readonly #number: Float64Array = new Float64Array(1);

  constructor(
    constants: Constants,
    parts: DecisionParts,
    { evidence, emitShadow }: DecisionEncoderOptions,
  ) {
    this.#constants = constants;
    this.#parts = parts;
    this.#evidence = new MsgpackEvidence(constants, parts, evidence);
    this.#emitShadow = emitShadow;
  }

  /** All between outcome and flags. `row` is the one whose evidence is told. */
  put(view: DataView, at: number, row: number, verdict: Verdict): number {
    const hasReasons = verdict.reasonCount > 0 || verdict.scoreAt >= 0 || verdict.engineReason >= 0;
    if (hasReasons) at = this.#reasons(view, at, verdict);
    if (!Number.isNaN(verdict.score)) {
      this.#number[0] = verdict.score;
      at = this.#key(view, at, this.#parts.score);
      at = this.#evidence.putNumber(view, at, this.#number, 0);
    }
    if (verdict.evidenceCount > 0) {
      at = this.#evidence.put(view, this.#key(view, at, this.#parts.evidence), row, verdict);
    }
    if (Number.isFinite(verdict.holdExpiresMs)) at = this.#hold(view, at, verdict);
    return verdict.method < 0 ? at : this.#reversal(view, at, verdict);
  }

  /** What shadow rules would have done, where that is told. */
  putShadow(view: DataView, at: number, verdict: Verdict): number {
    if (!this.#emitShadow || verdict.shadowCount === 0) return at;
    at = putArrayHead(view, this.#key(view, at, this.#parts.shadow), verdict.shadowCount);
    for (let k = 0; k < verdict.shadowCount; k++) {
      at = this.#put(view, at, this.#parts.shadows[verdict.shadowRules[k] as number] as number);
    }
    return at;
  }

  /** reasons of one entry, a constant. */
  putReason(view: DataView, at: number, entry: number): number {
    at = putArrayHead(view, this.#key(view, at, this.#parts.reasons), 1);
    return this.#put(view, at, entry);
  }

  /** The engine's own first, then rules and SCORE, most severe first. */
  #reasons(view: DataView, at: number, verdict: Verdict): number {
    const parts = this.#parts;
    const { scoreAt, reasonCount } = verdict;
    const ownCount = (verdict.engineReason >= 0 ? 1 : 0) + (scoreAt >= 0 ? 1 : 0);
    at = this.#key(view, at, parts.reasons);
    at = putArrayHead(view, at, reasonCount + ownCount);
    if (verdict.engineReason >= 0) {
      at = this.#put(view, at, parts.engineReasons[verdict.engineReason] as number);
    }
    for (let k = 0; k < reasonCount; k++) {
      if (k === scoreAt) at = this.#put(view, at, parts.scoreReason);
      at = this.#put(view, at, parts.ruleReasons[verdict.reasonRules[k] as number] as number);
    }
    return scoreAt === reasonCount ? this.#put(view, at, parts.scoreReason) : at;
  }

  #hold(view: DataView, at: number, verdict: Verdict): number {
    this.#number[0] = verdict.holdExpiresMs;
    at = putNumber(view, this.#key(view, at, this.#parts.hold), this.#number, 0);
    return this.#put(view, at, this.#parts.onExpiry[verdict.holdOnExpiry] as number);
  }

  #reversal(view: DataView, at: number, verdict: Verdict): number {
    const parts = this.#parts;
    const mapAt = this.#key(view, at, parts.reversal);
    let keys = 1;
    at = this.#put(view, mapAt, parts.methods[verdict.method] as number);
    if (Number.isFinite(verdict.notBeforeMs)) {
      this.#number[0] = verdict.notBeforeMs;
      at = putNumber(view, this.#put(view, at, parts.notBefore), this.#number, 0);
      keys++;
    }
    if (Number.isFinite(verdict.notAfterMs)) {
      this.#number[0] = verdict.notAfterMs;
      at = putNumber(view, this.#put(view, at, parts.notAfter), this.#number, 0);
      keys++;
    }
    if (verdict.fallbackMethod >= 0) {
      at = this.#put(view, at, parts.fallbackMethods[verdict.fallbackMethod] as number);
      keys++;
    }
    if (verdict.queryRail >= 0) {
      const query = parts.queries[verdict.queryRail] as Uint8Array;
      if (query.length > 0) keys++;
      at = putRaw(view, at, query);
    }
    view.setUint8(mapAt, 0x80 | keys);
    return at;
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }

  /** A constant that adds a key to the decision. */
  #key(view: DataView, at: number, constant: number): number {
    this.keys++;
    return putConstant(view, at, this.#constants, constant);
  }
}
