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
import type { EvidenceReader, EvidenceTemplate, RowTable, Verdict } from '../domain/verdict.ts';
import { EVIDENCE_KIND } from '../domain/verdict.ts';
import type { Constants } from './decision-constants.ts';
import { ConstantPool, putBytes, putConstant } from './decision-constants.ts';
import type { DigitPairs } from './decision-digits.ts';
import {
  NUMBER_TEXT_BYTES_MAX,
  makeDigitPairs,
  putInteger,
  putNumberText,
} from './decision-digits.ts';
import type { EchoSlots } from './decision-entries.ts';
import {
  FLAG_COMBINATIONS,
  FLAG_SHIFT,
  decisionBytesMax,
  echoSlots,
  ruleOutcomes,
} from './decision-entries.ts';
import type { EvidenceText } from './decision-evidence.ts';
import {
  kindOfValue,
  makeEvidenceText,
  readEvidenceText,
  readMargin,
} from './decision-evidence.ts';
import type { JsonParts } from './decision-json-parts.ts';
import { makeJsonParts, repeatedJsonParts } from './decision-json-parts.ts';
import { ESCAPE_FACTOR, putEscapedText, putJsonText } from './decision-json-text.ts';
import type { DecisionEncoder, DecisionEncoderOptions, OutputBuffer } from './decision-writer.ts';
import { FIRST_REASON } from './decision-writer.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;
const FLAG_MASK = (FLAG_COMBINATIONS - 1) << FLAG_SHIFT;

export function makeJsonDecisionEncoder(options: DecisionEncoderOptions): DecisionEncoder {
  return new JsonDecisionEncoder(options);
}

class JsonDecisionEncoder implements DecisionEncoder {
  readonly bytesMax: number;
  readonly #slots: EchoSlots;
  readonly #evidence: EvidenceReader;
  readonly #emitShadow: boolean;
  readonly #outcomeOfRule: Int32Array;
  readonly #invalidOutcome: number;
  readonly #constants: Constants;
  readonly #parts: JsonParts;
  readonly #pairs: DigitPairs = makeDigitPairs();
  readonly #text: EvidenceText = makeEvidenceText();
  readonly #number: Float64Array = new Float64Array(1);

  constructor({ plan, layout, evidence, emitShadow }: DecisionEncoderOptions) {
    this.#slots = echoSlots(layout);
    this.#evidence = evidence;
    this.#emitShadow = emitShadow;
    this.#outcomeOfRule = ruleOutcomes(plan);
    this.#invalidOutcome = OUTCOMES.indexOf(plan.invalid.outcome);
    const pool = new ConstantPool();
    this.#parts = makeJsonParts(plan, evidence, pool);
    this.#constants = pool.finish();
    this.bytesMax = decisionBytesMax({
      constants: this.#constants.lengths,
      evidence,
      keys: repeatedJsonParts(this.#parts),
      exempts: this.#parts.exempts,
      echoBytesMax: this.#slots.bytesMax,
      bytesPerByte: ESCAPE_FACTOR,
      numberBytes: NUMBER_TEXT_BYTES_MAX,
    });
  }

  allow(table: RowTable, row: number, out: OutputBuffer): void {
    const record = row * this.#slots.strideWords;
    const flags = (table.i32[record + (ROW.flags >> 2)] as number) & FLAG_MASK;
    const revision = table.i32[record + (ROW.revision >> 2)] as number;
    let at = this.#head(table, row, out, revision, true);
    if (flags === 0) {
      at = putConstant(out.view, at, this.#constants, this.#parts.allowTime);
      at = putInteger(out.view, at, this.#pairs, table.f64, (record + (ROW.timeMs >> 2)) >> 1);
    } else {
      at = this.#outcome(out.view, at, 0);
      at = this.#flagsAndTime(table, row, out.view, at);
    }
    out.at = this.#tail(out.view, at, revision, true);
  }

  decided(table: RowTable, row: number, verdict: Verdict, out: OutputBuffer): void {
    const view = out.view;
    const record = row * this.#slots.strideWords;
    const revision = table.i32[record + (ROW.revision >> 2)] as number;
    let at = this.#head(table, row, out, revision, true);
    at = this.#outcome(view, at, verdict.outcome);
    if (verdict.reasonCount > 0 || verdict.scoreOutcome > 0) at = this.#reasons(view, at, verdict);
    if (!Number.isNaN(verdict.score)) {
      this.#number[0] = verdict.score;
      at = this.#put(view, at, this.#parts.score);
      at = this.#numberValue(view, at, this.#number, 0);
    }
    if (verdict.evidenceCount > 0) at = this.#evidenceEntries(view, at, row, verdict);
    at = this.#flags(table, record, view, at);
    if (this.#emitShadow && verdict.shadowCount > 0) at = this.#shadow(view, at, verdict);
    at = this.#time(table, record, view, at);
    out.at = this.#tail(view, at, revision, true);
  }

  invalid(table: RowTable, row: number, out: OutputBuffer): void {
    const record = row * this.#slots.strideWords;
    const idLength = table.i32[record + this.#slots.id + 3] as number;
    if (idLength < 0 || idLength > this.#slots.bytesMax) return;
    let at = this.#head(table, row, out, 0, false);
    at = this.#outcome(out.view, at, this.#invalidOutcome);
    at = this.#firstReason(out.view, at, FIRST_REASON.invalidInput);
    at = this.#flagsAndTime(table, row, out.view, at);
    out.at = this.#tail(out.view, at, 0, true);
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
    if (firstReason !== FIRST_REASON.none) at = this.#firstReason(out.view, at, firstReason);
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
    const parts = this.#parts;
    const constants = this.#constants;
    const record = row * slots.strideWords;
    const idLength = i32[record + slots.id + 3] as number;
    const idAt = putConstant(view, out.at, constants, parts.open);
    let at = putJsonText(view, idAt, table, i32[record + slots.id + 2] as number, idLength);
    const idBytes = at - idAt;
    if (revision === 0) {
      at = putConstant(view, at, constants, parts.revision0Id);
    } else {
      view.setUint8(at, 0x23);
      at = this.#whole(view, at + 1, revision);
      at = putConstant(view, at, constants, parts.transactionId);
    }
    at = putBytes(view, at, view, idAt, idBytes);
    const accountLength = i32[record + slots.account + 3] as number;
    if (accountLength >= 0 && accountLength <= slots.bytesMax) {
      at = putConstant(view, at, constants, parts.account);
      at = putJsonText(view, at, table, i32[record + slots.account + 2] as number, accountLength);
    }
    if (!echoesMore) return at;
    const merchantLength = i32[record + slots.merchant + 3] as number;
    if (merchantLength >= 0) {
      at = putConstant(view, at, constants, parts.merchant);
      at = putJsonText(view, at, table, i32[record + slots.merchant + 2] as number, merchantLength);
    }
    const orderLength = i32[record + slots.order + 3] as number;
    if (orderLength >= 0) {
      at = putConstant(view, at, constants, parts.order);
      at = putJsonText(view, at, table, i32[record + slots.order + 2] as number, orderLength);
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
    const flags = (table.i32[record + (ROW.flags >> 2)] as number) & FLAG_MASK;
    return flags === 0 ? at : this.#put(view, at, this.#parts.flags[flags >> FLAG_SHIFT] as number);
  }

  #time(table: RowTable, record: number, view: DataView, at: number): number {
    const index = (record + (ROW.timeMs >> 2)) >> 1;
    if (Number.isNaN(table.f64[index])) return at;
    at = this.#put(view, at, this.#parts.time);
    return putInteger(view, at, this.#pairs, table.f64, index);
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

  /** Most severe first; SCORE stands after the rules of its own severity. */
  #reasons(view: DataView, at: number, verdict: Verdict): number {
    const parts = this.#parts;
    at = this.#put(view, at, parts.reasons);
    let scoreOutcome = verdict.scoreOutcome;
    for (let k = 0; k < verdict.reasonCount; k++) {
      const rule = verdict.reasonRules[k] as number;
      if (scoreOutcome > (this.#outcomeOfRule[rule] as number)) {
        at = this.#put(view, at, parts.scoreReason);
        view.setUint8(at++, COMMA);
        scoreOutcome = 0;
      }
      at = this.#put(view, at, parts.ruleReasons[rule] as number);
      view.setUint8(at++, COMMA);
    }
    if (scoreOutcome > 0) {
      at = this.#put(view, at, parts.scoreReason);
      view.setUint8(at++, COMMA);
    }
    view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  /** reasons of one entry. */
  #firstReason(view: DataView, at: number, packed: number): number {
    const parts = this.#parts;
    at = this.#put(view, at, parts.reasons);
    if (packed === FIRST_REASON.score) at = this.#put(view, at, parts.scoreReason);
    else if (packed === FIRST_REASON.invalidInput) at = this.#put(view, at, parts.invalidReason);
    else at = this.#put(view, at, parts.ruleReasons[packed] as number);
    view.setUint8(at, CLOSE_ARRAY);
    return at + 1;
  }

  #shadow(view: DataView, at: number, verdict: Verdict): number {
    at = this.#put(view, at, this.#parts.shadow);
    for (let k = 0; k < verdict.shadowCount; k++) {
      at = this.#put(view, at, this.#parts.shadows[verdict.shadowRules[k] as number] as number);
      view.setUint8(at++, COMMA);
    }
    view.setUint8(at - 1, CLOSE_ARRAY);
    return at;
  }

  #evidenceEntries(view: DataView, at: number, row: number, verdict: Verdict): number {
    at = this.#put(view, at, this.#parts.evidence);
    for (let k = 0; k < verdict.evidenceCount; k++) {
      const rule = verdict.evidenceRules[k] as number;
      at = this.#put(view, at, this.#parts.ruleOpens[rule] as number);
      at = this.#compared(view, at, row, rule);
      this.#number[0] = this.#evidence.scoreOf(rule, row);
      if (!Number.isNaN(this.#number[0])) {
        at = this.#put(view, at, this.#parts.score);
        at = this.#numberValue(view, at, this.#number, 0);
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
    const reader = this.#evidence;
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
    const { values } = this.#evidence;
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
    const { values } = this.#evidence;
    const kind = values.kinds[index] as number;
    if (kind === EVIDENCE_KIND.number) {
      return this.#numberValue(view, at, values.numbers, index);
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

  #numberValue(view: DataView, at: number, values: Float64Array, index: number): number {
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
}
