// Amendments: whether a verdict differs from the newest decision of a record, what is remembered of it, and
// the bytes that tell it.

import type { DecisionEncoder } from '../../codec/decision-writer.ts';
import { FIRST_REASON } from '../../codec/decision-writer.ts';
import type { AmendmentHead, Verdict } from '../../domain/verdict.ts';
import { LIFE_B, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import type { Lives } from '../../state/lives.ts';
import { RARE_D, RARE_W } from '../../state/rare-values.ts';
import { COUNTER } from '../counters.ts';
import type { OutputRegion } from '../output-region.ts';
import type { EventRow } from './event-row.ts';
import type { KeptValues } from './kept-values.ts';
import type { LifeRecords } from './life-records.ts';
import { firstReason, reasonsHash } from './reasons.ts';

const ALLOW = 0;
const HOLD = 1;

export interface AmendmentParts {
  readonly encoder: DecisionEncoder;
  readonly counters: Float64Array;
  readonly lives: Lives;
  readonly records: LifeRecords;
  readonly kept: KeptValues;
  readonly event: EventRow;
}

export class Amendments {
  readonly #parts: AmendmentParts;
  readonly #head: AmendmentHead;
  readonly #reasons = new Int32Array(2);

  constructor(parts: AmendmentParts) {
    this.#parts = parts;
    this.#head = newHead(parts.lives);
  }

  /** Whether the verdict differs from the newest decision, in outcome or reasons. */
  hasChanged(record: number, verdict: Verdict): boolean {
    const { rare } = this.#parts.lives;
    reasonsHash(verdict, this.#reasons);
    return (
      verdict.outcome !== this.#parts.records.get(record, LIFE_B.outcome) ||
      this.#reasons[0] !== rare.get(record, RARE_W.reasonsLo) ||
      this.#reasons[1] !== rare.get(record, RARE_W.reasonsHi)
    );
  }

  /** The verdict becomes the record's newest decision. */
  remember(record: number, verdict: Verdict): void {
    const { records } = this.#parts;
    const { words, rare } = this.#parts.lives;
    reasonsHash(verdict, this.#reasons);
    rare.set(record, RARE_W.reasonsLo, this.#reasons[0] as number);
    rare.set(record, RARE_W.reasonsHi, this.#reasons[1] as number);
    words[record * LIFE_WORDS + LIFE_W.first] = firstReason(verdict);
    records.set(record, LIFE_B.outcome, verdict.outcome);
    records.set(record, LIFE_B.onExpiry, verdict.holdOnExpiry);
    const heldMs = verdict.outcome === HOLD ? verdict.holdExpiresMs : NaN;
    if (heldMs === heldMs) rare.doubles[rare.ensure(record) + RARE_D.heldMs] = heldMs;
    else rare.endHold(record);
  }

  /** No rule fired: `remember` of the emptiest of verdicts. */
  rememberNothing(record: number): void {
    const { words, rare } = this.#parts.lives;
    rare.set(record, RARE_W.reasonsLo, 0);
    rare.set(record, RARE_W.reasonsHi, 0);
    rare.endHold(record);
    words[record * LIFE_WORDS + LIFE_W.first] = FIRST_REASON.none;
    this.#parts.records.set(record, LIFE_B.outcome, ALLOW);
  }

  /**
   * Writes the verdict as the record's next revision; its evidence is read in row 0 of the bound tables.
   * @param cause index into CAUSES
   */
  write(record: number, verdict: Verdict, cause: number, flags: number, out: OutputRegion): void {
    const { encoder, counters, kept, event } = this.#parts;
    const { words, rare } = this.#parts.lives;
    const head = this.#head;
    const block = words[record * LIFE_WORDS + LIFE_W.kept] as number;
    const revision = rare.nextRevision(record);
    head.idLength = kept.idLength(block);
    head.accountLength = kept.accountLength(block);
    head.idOffset = kept.idOffset(block);
    head.accountOffset = kept.accountOffset(block);
    head.causeBytes = event.bytes;
    head.causeView = event.view;
    head.causeOffset = event.idOffset;
    head.causeLength = event.idLength;
    head.cause = cause;
    head.revision = revision;
    head.eventTimeMs = event.time[0] as number;
    head.flags = flags;
    out.ensure(encoder.bytesMax);
    encoder.amendment(0, verdict, head, out.buffer);
    this.remember(record, verdict);
    rare.doubles[rare.ensure(record) + RARE_D.eventMs] = event.time[0] as number;
    counters[COUNTER.amendments] = (counters[COUNTER.amendments] as number) + 1;
    const outcome = COUNTER.amendedOutcomes + verdict.outcome;
    counters[outcome] = (counters[outcome] as number) + 1;
    counters[COUNTER.causes + head.cause] = (counters[COUNTER.causes + head.cause] as number) + 1;
  }
}

/** A head whose id and account stand in the texts of the payments. */
function newHead({ texts }: Lives): AmendmentHead {
  return {
    bytes: texts.bytes,
    view: texts.view,
    idOffset: 0,
    idLength: 0,
    accountOffset: 0,
    accountLength: -1,
    causeBytes: texts.bytes,
    causeView: texts.view,
    causeOffset: 0,
    causeLength: -1,
    cause: 0,
    revision: 0,
    eventTimeMs: NaN,
    flags: 0,
  };
}
