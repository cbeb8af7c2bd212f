// Decisions as NDJSON lines. What a decision is: domain/decision.ts; how rows stand in a table:
// domain/row-layout.ts.
//
//   {"decisionId":"<id>#0","transactionId":"<id>","account":"..",..,"outcome":"allow", ... ,"rulesHash":".."}\n
//   `--constant--´    `------ constant ------´    `-constant-´     `--- constant ---´    `--- constant ---´
//
// Everything that does not come from the row is a constant made at set-up (decision-constants.ts).
// Cost: see bench; `allow` is some 30 short copies and allocates nothing.

import { OUTCOMES } from '../domain/decision.ts';
import { ROW } from '../domain/row-layout.ts';
import type { AmendmentHead, RowTable, Verdict } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { ConstantPool, putBytes, putConstant, putTwo, wordsOf } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import {
  NUMBER_TEXT_BYTES_MAX,
  makeDigitPairs,
  makeTimeHead,
  putInteger,
  putTime,
} from './decision-digits.ts';
import type { EchoSlots } from './decision-entries.ts';
import {
  FLAG_SHIFT,
  TOLD_FLAGS,
  decisionBytesMax,
  echoSlots,
  firstReasonEntry,
} from './decision-entries.ts';
import { JsonAmendment } from './decision-json-amendment.ts';
import type { JsonParts } from './decision-json-parts.ts';
import { makeJsonParts } from './decision-json-parts.ts';
import { ESCAPE_FACTOR, putJsonText } from './decision-json-text.ts';
import { JsonVerdict } from './decision-json-verdict.ts';
import type { DecisionEncoder, DecisionEncoderOptions, OutputBuffer } from './decision-writer.ts';
import { FIRST_REASON } from './decision-writer.ts';

/** What stands around the strings of the row, as doubles, and where each begins among them. */
const HEAD_TEXTS = [
  '{"decisionId":"', // 15 bytes
  '","transactionId', // 16, and ID_END
  '","account":"', // 13
  '","merchant":"', // 14
  '","order":"', // 11
  '","outcome":"allow","eventTime":', // 32
] as const;
const OPEN = 0;
const TRANSACTION_ID = 2;
const ACCOUNT = 4;
const MERCHANT = 6;
const ORDER = 8;
const ALLOW = 10;
/** `":"` */
const ID_END = 0x223a22;
// Copies, because an imported constant is loaded at each use.
const FLAG_MASK = TOLD_FLAGS;
// In int32 from the record's start.
const FLAGS = ROW.flags >> 2;
const REVISION = ROW.revision >> 2;
const TIME = ROW.timeMs >> 2;

export function makeJsonDecisionEncoder(options: DecisionEncoderOptions): DecisionEncoder {
  return new JsonDecisionEncoder(options);
}

class JsonDecisionEncoder implements DecisionEncoder {
  readonly bytesMax: number;
  readonly #slots: EchoSlots;
  readonly #verdict: JsonVerdict;
  readonly #amendment: JsonAmendment;
  readonly #invalidOutcome: number;
  readonly #constants: Constants;
  readonly #parts: JsonParts;
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #words: Float64Array = wordsOf(
    ...HEAD_TEXTS.map((text) => new TextEncoder().encode(text)),
  );
  readonly #timeHead: Float64Array = makeTimeHead();
  readonly #number: Float64Array = new Float64Array(1);

  constructor(options: DecisionEncoderOptions) {
    const { plan, layout, evidence } = options;
    this.#slots = echoSlots(layout);
    this.#invalidOutcome = OUTCOMES.indexOf(plan.invalid.outcome);
    const pool = new ConstantPool();
    this.#parts = makeJsonParts(plan, evidence, pool);
    this.#constants = pool.finish();
    this.#verdict = new JsonVerdict(this.#constants, this.#parts, options);
    this.#amendment = new JsonAmendment(this.#constants, this.#parts, this.#verdict);
    this.bytesMax = decisionBytesMax({
      constants: this.#constants.lengths,
      evidence,
      parts: this.#parts,
      echoBytesMax: this.#slots.bytesMax,
      bytesPerByte: ESCAPE_FACTOR,
      numberBytes: NUMBER_TEXT_BYTES_MAX,
    });
  }

  allow(table: RowTable, row: number, out: OutputBuffer): void {
    const record = row * this.#slots.strideWords;
    const flags = (table.i32[record + FLAGS] as number) & FLAG_MASK;
    const revision = table.i32[record + REVISION] as number;
    let at = this.#head(table, row, out, revision, true);
    if (flags === 0) {
      putTwo(out.view, at, this.#words, ALLOW);
      putTwo(out.view, at + 16, this.#words, ALLOW + 2);
      at = this.#timeText(out.view, at + 32, table.f64, (record + TIME) >> 1);
    } else {
      at = this.#outcome(out.view, at, 0);
      at = this.#flagsAndTime(table, row, out.view, at);
    }
    out.at = this.#tail(out.view, at, revision, true);
  }

  decided(table: RowTable, row: number, verdict: Verdict, out: OutputBuffer): void {
    const view = out.view;
    const record = row * this.#slots.strideWords;
    const revision = table.i32[record + REVISION] as number;
    let at = this.#head(table, row, out, revision, true);
    at = this.#outcome(view, at, verdict.outcome);
    at = this.#verdict.put(view, at, row, verdict);
    at = this.#flags(table, record, view, at);
    at = this.#verdict.putShadow(view, at, verdict);
    at = this.#time(table, record, view, at);
    out.at = this.#tail(view, at, revision, true);
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
    at = this.#flagsAndTime(table, row, out.view, at);
    out.at = this.#tail(out.view, at, revision, true);
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
    }
    at = this.#put(out.view, at, this.#parts.repeatFlags);
    at = this.#time(table, record, out.view, at);
    out.at = this.#tail(out.view, at, revision, false);
  }

  #put(view: DataView, at: number, constant: number): number {
    return putConstant(view, at, this.#constants, constant);
  }

  #whole(view: DataView, at: number, value: number): number {
    this.#number[0] = value;
    return putInteger(view, at, this.#pairs, this.#number, 0);
  }

  /** From the start up to the last echoed string, its closing quote left out. */
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
    const idLength = i32[record + slots.id + 3] as number;
    const idFrom = i32[record + slots.id + 2] as number;
    const idAt = out.at + 15;
    putTwo(view, out.at, words, OPEN);
    let at = putJsonText(view, idAt, table.bytes, table.view, idFrom, idLength);
    const idBytes = at - idAt;
    if (revision === 0) {
      view.setUint16(at, 0x3023, true); // #0
      at += 2;
    } else {
      view.setUint8(at, 0x23);
      at = this.#whole(view, at + 1, revision);
    }
    putTwo(view, at, words, TRANSACTION_ID);
    view.setInt32(at + 16, ID_END, true);
    at += 19;
    // From the input where that is the same: what was just written cannot be read at once.
    if (idBytes === idLength) at = putBytes(view, at, table.view, idFrom, idLength);
    else at = putBytes(view, at, view, idAt, idBytes);
    const accountLength = i32[record + slots.account + 3] as number;
    if (accountLength >= 0 && accountLength <= slots.bytesMax) {
      putTwo(view, at, words, ACCOUNT);
      const from = i32[record + slots.account + 2] as number;
      at = putJsonText(view, at + 13, table.bytes, table.view, from, accountLength);
    }
    if (!echoesMore) return at;
    const merchantLength = i32[record + slots.merchant + 3] as number;
    if (merchantLength >= 0) {
      putTwo(view, at, words, MERCHANT);
      const from = i32[record + slots.merchant + 2] as number;
      at = putJsonText(view, at + 14, table.bytes, table.view, from, merchantLength);
    }
    const orderLength = i32[record + slots.order + 3] as number;
    if (orderLength >= 0) {
      putTwo(view, at, words, ORDER);
      const from = i32[record + slots.order + 2] as number;
      at = putJsonText(view, at + 11, table.bytes, table.view, from, orderLength);
    }
    return at;
  }

  #outcome(view: DataView, at: number, outcome: number): number {
    return this.#put(view, at, this.#parts.outcomes[outcome] as number);
  }

  #flagsAndTime(table: RowTable, row: number, view: DataView, at: number): number {
    const record = row * this.#slots.strideWords;
    return this.#time(table, record, view, this.#flags(table, record, view, at));
  }

  #flags(table: RowTable, record: number, view: DataView, at: number): number {
    const flags = (table.i32[record + FLAGS] as number) & FLAG_MASK;
    return flags === 0 ? at : this.#put(view, at, this.#parts.flags[flags >> FLAG_SHIFT] as number);
  }

  #time(table: RowTable, record: number, view: DataView, at: number): number {
    const index = (record + TIME) >> 1;
    if (Number.isNaN(table.f64[index])) return at;
    at = this.#put(view, at, this.#parts.time);
    return this.#timeText(view, at, table.f64, index);
  }

  #timeText(view: DataView, at: number, f64: Float64Array, index: number): number {
    return putTime(view, at, this.#pairs, this.#timeHead, f64, index);
  }

  /** Revision, rules and the end of the line. */
  #tail(view: DataView, at: number, revision: number, withVersion: boolean): number {
    const parts = this.#parts;
    if (revision === 0) {
      return this.#put(view, at, withVersion ? parts.revision0Rules : parts.revision0Hash);
    }
    at = this.#whole(view, this.#put(view, at, parts.revision), revision);
    return this.#put(view, at, withVersion ? parts.rules : parts.hash);
  }
}
