// Amendments in JSON: what takes the place of an earlier decision. Their head comes from what is kept
// of a payment, not from a row.
//
// Amendments are few. Allocates the text of numbers that are not whole, nothing else.

import type { AmendmentHead, Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { putConstant } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import { makeDigitPairs, putInteger, putNumberText } from './decision-digits.ts';
import { FLAG_SHIFT, TOLD_FLAGS } from './decision-entries.ts';
import type { JsonParts } from './decision-json-parts.ts';
import { putJsonText } from './decision-json-text.ts';
import type { JsonVerdict } from './decision-json-verdict.ts';

const QUOTE = 0x22;
const HASH_SIGN = 0x23;

export class JsonAmendment {
  readonly #constants: Constants;
  readonly #parts: JsonParts;
  readonly #verdict: JsonVerdict;
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #number: Float64Array = new Float64Array(1);

  constructor(constants: Constants, parts: JsonParts, verdict: JsonVerdict) {
    this.#constants = constants;
    this.#parts = parts;
    this.#verdict = verdict;
  }

  /** The whole line; `row` is the one whose evidence is told. */
  put(view: DataView, at: number, row: number, verdict: Verdict, head: AmendmentHead): number {
    const parts = this.#parts;
    at = this.#put(view, at, parts.decisionId);
    at = this.#decisionId(view, at, head, head.revision);
    at = this.#put(view, at, parts.transactionId);
    at = putJsonText(view, at, head.bytes, head.view, head.idOffset, head.idLength);
    if (head.accountLength >= 0) {
      at = this.#put(view, at, parts.account);
      at = putJsonText(view, at, head.bytes, head.view, head.accountOffset, head.accountLength);
    }
    at = this.#put(view, at, parts.outcomes[verdict.outcome] as number);
    at = this.#verdict.put(view, at, row, verdict);
    at = this.#put(view, at, parts.flags[(head.flags & TOLD_FLAGS) >> FLAG_SHIFT] as number);
    at = this.#verdict.putShadow(view, at, verdict);
    this.#number[0] = head.eventTimeMs;
    if (Number.isFinite(this.#number[0])) {
      at = this.#put(view, at, parts.time);
      at = putNumberText(view, at, this.#pairs, this.#number, 0);
    }
    at = this.#whole(view, this.#put(view, at, parts.revision), head.revision);
    at = this.#put(view, at, parts.supersedes);
    at = this.#decisionId(view, at, head, head.revision - 1);
    at = this.#cause(view, at, head);
    return this.#put(view, at, parts.rules);
  }

  #decisionId(view: DataView, at: number, head: AmendmentHead, revision: number): number {
    at = putJsonText(view, at, head.bytes, head.view, head.idOffset, head.idLength);
    view.setUint8(at, HASH_SIGN);
    return this.#whole(view, at + 1, revision);
  }

  #cause(view: DataView, at: number, head: AmendmentHead): number {
    at = this.#put(view, at, this.#parts.causes[head.cause] as number);
    const { causeBytes, causeView, causeOffset, causeLength } = head;
    if (causeLength < 0) return at;
    at = this.#put(view, at, this.#parts.causedBy);
    at = putJsonText(view, at, causeBytes, causeView, causeOffset, causeLength);
    view.setUint8(at, QUOTE);
    return at + 1;
  }

  #whole(view: DataView, at: number, value: number): number {
    this.#number[0] = value;
    return putInteger(view, at, this.#pairs, this.#number, 0);
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }
}
