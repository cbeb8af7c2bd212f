// Amendments in msgpack: what takes the place of an earlier decision. Their head comes from what is
// kept of a payment, not from a row.
//
// Amendments are few; allocates nothing.

import type { AmendmentHead, Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putBytes, putConstant } from './decision-constants.ts';
import type { DecisionParts } from './decision-entries.ts';
import { FLAG_SHIFT, TOLD_FLAGS } from './decision-entries.ts';
import { DecisionIdWriter, putNumber, putTextHead } from './decision-msgpack-values.ts';
import type { MsgpackVerdict } from './decision-msgpack-verdict.ts';

/** decisionId, transactionId, outcome, revision, supersedes, cause, rulesHash */
const KEYS_ALWAYS = 7;

export class MsgpackAmendment {
  readonly #constants: Constants;
  readonly #parts: DecisionParts;
  readonly #verdict: MsgpackVerdict;
  readonly #hasVersion: boolean;
  readonly #decisionId = new DecisionIdWriter();
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
    at = this.#decisionId.put(view, at, head.view, idOffset, idLength, head.revision);
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
    const flags = head.flags & TOLD_FLAGS;
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
    at = this.#decisionId.put(view, at, head.view, idOffset, idLength, head.revision - 1);
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
