// Decisions as msgpack maps, one after another. What a decision is: domain/decision.ts; how rows
// stand in a table: domain/row-layout.ts.
//
//   de cccc  "decisionId" "<id>#0"  "transactionId" "<id>"  "account" ".."  ...  "rulesHash" ".."
//
// The head is always a map16 (its count is written last), so that keys can be added behind.
// Counts of inner maps are put in once they are known, too; no other byte is written twice.
// Cost: see bench; `allow` allocates nothing.

import { OUTCOMES } from '../domain/decision.ts';
import { ROW } from '../domain/row-layout.ts';
import type { AmendmentHead, RowTable, Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { ConstantPool, putBytes, putConstant, putTwo, wordsOf } from './decision-constants.ts';
import type { DecisionParts, EchoSlots } from './decision-entries.ts';
import {
  FLAG_SHIFT,
  TOLD_FLAGS,
  decisionBytesMax,
  echoSlots,
  firstReasonEntry,
} from './decision-entries.ts';
import { MsgpackAmendment } from './decision-msgpack-amendment.ts';
import { makeMsgpackParts } from './decision-msgpack-parts.ts';
import {
  DecisionIdWriter,
  NUMBER_BYTES_MAX,
  concat,
  packText,
  putNumber,
  putTextHead,
} from './decision-msgpack-values.ts';
import { MsgpackVerdict } from './decision-msgpack-verdict.ts';
import type { DecisionEncoder, DecisionEncoderOptions, OutputBuffer } from './decision-writer.ts';
import { FIRST_REASON } from './decision-writer.ts';

// Copies, because an imported constant is loaded at each use.
const FLAG_MASK = TOLD_FLAGS;
// In int32 from the record's start.
const FLAGS = ROW.flags >> 2;
const REVISION = ROW.revision >> 2;
const TIME = ROW.timeMs >> 2;
/** Keys around the strings of the row, as doubles, and where each begins among them. */
const OPEN = 0; // 14 bytes
const TRANSACTION_ID = 2; // 14
const ACCOUNT = 4; // 8
const MERCHANT = 5; // 9
const ORDER = 7; // 6
const ALLOW = 8; // 24
/** decisionId, transactionId, outcome, revision, rulesHash */
const KEYS_ALWAYS = 5;

export function makeMsgpackDecisionEncoder(options: DecisionEncoderOptions): DecisionEncoder {
  return new MsgpackDecisionEncoder(options);
}

class MsgpackDecisionEncoder implements DecisionEncoder {
  readonly bytesMax: number;
  readonly #slots: EchoSlots;
  readonly #verdict: MsgpackVerdict;
  readonly #amendment: MsgpackAmendment;
  readonly #invalidOutcome: number;
  readonly #hasVersion: boolean;
  readonly #constants: Constants;
  readonly #parts: DecisionParts;
  readonly #decisionId = new DecisionIdWriter();
  readonly #number: Float64Array = new Float64Array(1);
  readonly #words: Float64Array = wordsOf(
    concat(Uint8Array.of(0xde, 0, 0), packText('decisionId')),
    packText('transactionId'),
    packText('account'),
    packText('merchant'),
    packText('order'),
    concat(packText('outcome'), packText('allow'), packText('eventTime')),
  );
  /** Keys of the decision that is being written. */
  #keys = 0;

  constructor(options: DecisionEncoderOptions) {
    const { plan, layout, evidence } = options;
    this.#slots = echoSlots(layout);
    this.#invalidOutcome = OUTCOMES.indexOf(plan.invalid.outcome);
    this.#hasVersion = plan.version !== null;
    const pool = new ConstantPool();
    this.#parts = makeMsgpackParts(plan, evidence, pool);
    this.#constants = pool.finish();
    this.#verdict = new MsgpackVerdict(this.#constants, this.#parts, options);
    this.#amendment = new MsgpackAmendment(
      this.#constants,
      this.#parts,
      this.#verdict,
      this.#hasVersion,
    );
    this.bytesMax = decisionBytesMax({
      constants: this.#constants.lengths,
      evidence,
      parts: this.#parts,
      echoBytesMax: this.#slots.bytesMax,
      bytesPerByte: 1,
      numberBytes: NUMBER_BYTES_MAX,
    });
  }

  allow(table: RowTable, row: number, out: OutputBuffer): void {
    const record = row * this.#slots.strideWords;
    const flags = (table.i32[record + FLAGS] as number) & FLAG_MASK;
    const revision = table.i32[record + REVISION] as number;
    let at = this.#head(table, row, out, revision, true);
    if (flags === 0) {
      putTwo(out.view, at, this.#words, ALLOW);
      out.view.setFloat64(at + 16, this.#words[ALLOW + 2] as number, true);
      at = putNumber(out.view, at + 24, table.f64, (record + TIME) >> 1);
      this.#keys++;
    } else {
      at = this.#outcome(out.view, at, 0);
      at = this.#flags(table, record, out.view, at);
      at = this.#time(table, record, out.view, at);
    }
    this.#tail(out, at, revision, true);
  }

  decided(table: RowTable, row: number, verdict: Verdict, out: OutputBuffer): void {
    const view = out.view;
    const record = row * this.#slots.strideWords;
    const revision = table.i32[record + REVISION] as number;
    let at = this.#head(table, row, out, revision, true);
    at = this.#outcome(view, at, verdict.outcome);
    this.#verdict.keys = 0;
    at = this.#verdict.put(view, at, row, verdict);
    at = this.#flags(table, record, view, at);
    at = this.#verdict.putShadow(view, at, verdict);
    this.#keys += this.#verdict.keys;
    at = this.#time(table, record, view, at);
    this.#tail(out, at, revision, true);
  }

  amendment(row: number, verdict: Verdict, head: AmendmentHead, out: OutputBuffer): void {
    out.at = this.#amendment.put(out.view, out.at, row, verdict, head);
  }

  invalid(table: RowTable, row: number, out: OutputBuffer): void {
    const record = row * this.#slots.strideWords;
    const idLength = table.i32[record + this.#slots.id + 3] as number;
    if (idLength < 0 || idLength > this.#slots.bytesMax) return;
    const revision = table.i32[record + REVISION] as number;
    let at = this.#head(table, row, out, revision, true);
    at = this.#outcome(out.view, at, this.#invalidOutcome);
    at = this.#verdict.putReason(out.view, at, this.#parts.invalidReason);
    this.#keys++;
    at = this.#flags(table, record, out.view, at);
    at = this.#time(table, record, out.view, at);
    this.#tail(out, at, revision, true);
  }

  repeat(
    table: RowTable,
    row: number,
    outcome: number,
    revision: number,
    firstReason: number,
    out: OutputBuffer,
  ): void {
    const record = row * this.#slots.strideWords;
    let at = this.#head(table, row, out, revision, false);
    at = this.#outcome(out.view, at, outcome);
    if (firstReason !== FIRST_REASON.none) {
      const entry = firstReasonEntry(this.#parts, firstReason);
      at = this.#verdict.putReason(out.view, at, entry);
      this.#keys++;
    }
    at = this.#key(out.view, at, this.#parts.repeatFlags);
    at = this.#time(table, record, out.view, at);
    this.#tail(out, at, revision, false);
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }

  /** A constant that adds a key to the decision. */
  #key(view: DataView, at: number, constant: number): number {
    this.#keys++;
    return putConstant(view, at, this.#constants, constant);
  }

  /** From the map's head to the last echoed string. */
  #head(
    table: RowTable,
    row: number,
    out: OutputBuffer,
    revision: number,
    echoesMore: boolean,
  ): number {
    const { view } = out;
    const { i32 } = table;
    const slots = this.#slots;
    const words = this.#words;
    const record = row * slots.strideWords;
    const idOffset = i32[record + slots.id + 2] as number;
    const idLength = i32[record + slots.id + 3] as number;
    let at = out.at + 14;
    let keys = KEYS_ALWAYS;
    putTwo(view, out.at, words, OPEN);
    if (revision === 0) {
      at = putTextHead(view, at, idLength + 2);
      at = putBytes(view, at, table.view, idOffset, idLength);
      view.setUint16(at, 0x2330); // #0
      at += 2;
    } else {
      at = this.#decisionId.put(view, at, table.view, idOffset, idLength, revision);
    }
    putTwo(view, at, words, TRANSACTION_ID);
    at = putTextHead(view, at + 14, idLength);
    at = putBytes(view, at, table.view, idOffset, idLength);
    const accountLength = i32[record + slots.account + 3] as number;
    if (accountLength >= 0 && accountLength <= slots.bytesMax) {
      view.setFloat64(at, words[ACCOUNT] as number, true);
      at = putTextHead(view, at + 8, accountLength);
      const from = i32[record + slots.account + 2] as number;
      at = putBytes(view, at, table.view, from, accountLength);
      keys++;
    }
    const merchantLength = i32[record + slots.merchant + 3] as number;
    if (echoesMore && merchantLength >= 0) {
      putTwo(view, at, words, MERCHANT);
      at = putTextHead(view, at + 9, merchantLength);
      const from = i32[record + slots.merchant + 2] as number;
      at = putBytes(view, at, table.view, from, merchantLength);
      keys++;
    }
    const orderLength = i32[record + slots.order + 3] as number;
    if (echoesMore && orderLength >= 0) {
      view.setFloat64(at, words[ORDER] as number, true);
      at = putTextHead(view, at + 6, orderLength);
      const from = i32[record + slots.order + 2] as number;
      at = putBytes(view, at, table.view, from, orderLength);
      keys++;
    }
    this.#keys = keys;
    return at;
  }

  #outcome(view: DataView, at: number, outcome: number): number {
    return this.#put(view, at, this.#parts.outcomes[outcome] as number);
  }

  #flags(table: RowTable, record: number, view: DataView, at: number): number {
    const flags = (table.i32[record + FLAGS] as number) & FLAG_MASK;
    return flags === 0 ? at : this.#key(view, at, this.#parts.flags[flags >> FLAG_SHIFT] as number);
  }

  #time(table: RowTable, record: number, view: DataView, at: number): number {
    const index = (record + TIME) >> 1;
    if (Number.isNaN(table.f64[index])) return at;
    return putNumber(view, this.#key(view, at, this.#parts.time), table.f64, index);
  }

  /** Revision and rules; then the count of keys, and the decision is done. */
  #tail(out: OutputBuffer, at: number, revision: number, withVersion: boolean): void {
    const { view } = out;
    const hasVersion = withVersion && this.#hasVersion;
    if (revision === 0) {
      at = this.#put(view, at, hasVersion ? this.#parts.revision0Rules : this.#parts.revision0Hash);
    } else {
      this.#number[0] = revision;
      at = putNumber(view, this.#put(view, at, this.#parts.revision), this.#number, 0);
      at = this.#put(view, at, hasVersion ? this.#parts.rules : this.#parts.hash);
    }
    view.setUint16(out.at + 1, this.#keys + (hasVersion ? 1 : 0));
    out.at = at;
  }
}
