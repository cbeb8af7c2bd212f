// Amendments in msgpack: what takes the place of an earlier decision. Their head comes from what is
// kept of a payment, not from a row.
//
// Amendments are few; allocates nothing.

import type { AmendmentHead, Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putBytes, putConstant } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import { makeDigitPairs, putInteger } from './decision-digits.ts';
import type { DecisionParts } from './decision-entries.ts';
import { FLAG_MASK, FLAG_SHIFT } from './decision-entries.ts';
import { putNumber, putTextHead } from './decision-msgpack-values.ts';
import type { MsgpackVerdict } from './decision-msgpack-verdict.ts';

const HASH_SIGN = 0x23;
/** decisionId, transactionId, outcome, revision, supersedes, cause, rulesHash */
const KEYS_ALWAYS = 7;

export class MsgpackAmendment {
  readonly #constants: Constants;
  readonly #parts: DecisionParts;
  readonly #verdict: MsgpackVerdict;
  readonly #hasVersion: boolean;
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #number: Float64Array = new Float64Array(1);

  constructor(
    constants: Constants,
    parts: DecisionParts,
    verdict: MsgpackVerdict,
    hasVersion: boolean,
  ) {
    this.#constants = constants;
    this.#parts = parts;
    this.#verdict = verdict;
    this.#hasVersion = hasVersion;
  }

  /** The whole map; `row` is the one whose evidence is told. */
  put(view: DataView, from: number, row: number, verdict: Verdict, head: AmendmentHead): number {
    const parts = this.#parts;
    const { idOffset, idLength, accountOffset, accountLength } = head;
    let keys = KEYS_ALWAYS + (this.#hasVersion ? 1 : 0);
    let at = this.#put(view, from + 3, parts.decisionId);
    at = this.#decisionId(view, at, head, head.revision);
    at = this.#put(view, at, parts.transactionId);
    at = putText(view, at, head.view, idOffset, idLength);
    if (accountLength >= 0) {
      at = this.#put(view, at, parts.account);
      at = putText(view, at, head.view, accountOffset, accountLength);
      keys++;
    }
    at = this.#put(view, at, parts.outcomes[verdict.outcome] as number);
    this.#verdict.keys = 0;
    at = this.#verdict.put(view, at, row, verdict);
    const flags = head.flags & FLAG_MASK;
    if (flags !== 0) {
      at = this.#put(view, at, parts.flags[flags >> FLAG_SHIFT] as number);
      keys++;
    }
    at = this.#verdict.putShadow(view, at, verdict);
    if (Number.isFinite(head.eventTimeMs)) {
      this.#number[0] = head.eventTimeMs;
      at = putNumber(view, this.#put(view, at, parts.time), this.#number, 0);
      keys++;
    }
    this.#number[0] = head.revision;
    at = putNumber(view, this.#put(view, at, parts.revision), this.#number, 0);
    at = this.#put(view, at, parts.supersedes);
    at = this.#decisionId(view, at, head, head.revision - 1);
    at = this.#put(view, at, parts.causes[head.cause] as number);
    if (head.causeLength >= 0) {
      at = this.#put(view, at, parts.causedBy);
      at = putText(view, at, head.causeView, head.causeOffset, head.causeLength);
      keys++;
    }
    view.setUint8(from, 0xde);
    view.setUint16(from + 1, keys + this.#verdict.keys);
    return this.#put(view, at, parts.rules);
  }

  /** `<id>#<revision>`: its length is known once its digits stand. */
  #decisionId(view: DataView, at: number, head: AmendmentHead, revision: number): number {
    const { idOffset, idLength } = head;
    this.#number[0] = revision;
    const digits = putInteger(view, at, this.#pairs, this.#number, 0) - at;
    at = putTextHead(view, at, idLength + 1 + digits);
    at = putBytes(view, at, head.view, idOffset, idLength);
    view.setUint8(at, HASH_SIGN);
    return putInteger(view, at + 1, this.#pairs, this.#number, 0);
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }
}

function putText(
  view: DataView,
  at: number,
  source: DataView,
  from: number,
  length: number,
): number {
  return putBytes(view, putTextHead(view, at, length), source, from, length);
}
