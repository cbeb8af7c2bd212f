// Keeping what was decided: a row gets a record, or its record a new decision; what a payment is part of
// (its terminal, its code), what the rules said of it, when it has to be looked at again.

import { ROW, ROW_FLAG } from '../../domain/row-layout.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { addScores } from '../../domain/score.ts';
import { LIFE_B, LIFE_D, LIFE_DOUBLES, LIFE_FLAG, LIFE_W, LIFE_WORDS } from '../../state/lives.ts';
import { RARE_D, RARE_W } from '../../state/rare-values.ts';
import type { OutputRegion } from '../output-region.ts';
import type { LifeDecisions } from './life-decisions.ts';
import type { LifeTables } from './life-evaluation.ts';
import { RECORD_KIND } from './life-records.ts';
import { KIND } from './life-state.ts';
import type { LifeState } from './life-state.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const FLAGS_WORD: number = ROW.flags / 4;
const TIME_WORD: number = ROW.timeMs / 4;
const CONTENT_WORD: number = ROW.contentLo / 4;
const VERDICT_WORD: number = ROW.verdict / 4;
const REVISION_WORD: number = ROW.revision / 4;
const TRUNCATED: number = ROW_FLAG.truncated;

export class LifeKeeper {
  readonly #state: LifeState;
  readonly #decisions: LifeDecisions;
  readonly #row: { i32: Int32Array; f64: Float64Array; F: Float64Array; FI: Int32Array } = {
    i32: new Int32Array(0),
    f64: new Float64Array(0),
    F: new Float64Array(0),
    FI: new Int32Array(0),
  };

  constructor(state: LifeState, decisions: LifeDecisions) {
    this.#state = state;
    this.#decisions = decisions;
  }

  /** The decided row gets a record, or its record a new decision; gives the record. */
  keep(row: number, at: number, kind: number, out: OutputRegion): number {
    const { table, F, FI } = this.#state.tables as LifeTables;
    const { i32, f64, bytes } = table;
    const { lives } = this.#state;
    const { rare } = lives;
    const evaluation = this.#state.evaluation;
    const lo = i32[at + this.#state.words.id] as number;
    const hi = i32[at + this.#state.words.id + 1] as number;
    let record = this.#state.known;
    if (record >= 0) this.#renew(record, i32, at, kind);
    else record = this.#make(lo, hi, i32, at, out);
    const w = record * LIFE_WORDS;
    rare.set(record, RARE_W.revision, i32[at + REVISION_WORD] as number);
    lives.words[w + LIFE_W.kept] = evaluation.kept.save(i32, f64, at, F, FI, row, bytes);
    this.#state.records.set(record, LIFE_B.kind, kind);
    this.hear(record, i32, f64, at);
    if (kind === KIND.payment) this.#keepPayment(record, i32, at);
    else this.#keepOf(record, i32, f64, at, kind);
    this.#keepVerdict(record, row, i32, at);
    if (((i32[at + FLAGS_WORD] as number) & ROW_FLAG.fallback) !== 0) {
      this.#noteFallback(record, i32[at + VERDICT_WORD] as number);
    }
    const held = rare.doubles[rare.at(record) + RARE_D.heldMs] as number;
    if (held === held || this.#state.timers.hasClocks) {
      this.#state.timers.arm(record, this.#batchRow(), row);
    } else this.#state.heap.remove(record);
    return record;
  }

  /** The fallback is told under the row's revision, what was evaluated, if it differs, under the next. */
  #noteFallback(record: number, evaluated: number): void {
    const { overdue } = this.#state.options;
    const { words, rare } = this.#state.lives;
    if (overdue?.isAmended(evaluated) === true) {
      rare.nextRevision(record);
    } else words[record * LIFE_WORDS + LIFE_W.first] = overdue?.firstReason ?? 0;
  }

  #make(lo: number, hi: number, i32: Int32Array, at: number, out: OutputRegion): number {
    const { lives } = this.#state;
    // Two at a time: what is quiet is not found any more, so when it is taken away does not show.
    for (let k = 0; k < 2 || lives.isFull(lo); k++) {
      const leaving = lives.leaving(lo);
      if (leaving < 0) break;
      if (lives.isFull(lo) && !lives.isQuiet(leaving)) {
        this.#state.evicted++;
        i32[at + FLAGS_WORD] = (i32[at + FLAGS_WORD] as number) | TRUNCATED;
        this.#endEarly(leaving, out);
      }
      this.#drop(leaving);
    }
    // Its id may stand in the index still, quiet for too long but not yet the oldest of its shard.
    const quiet = this.#state.rawRecord;
    if (quiet >= 0) this.#drop(quiet);
    this.#state.left.forget(lo, hi);
    this.#state.ids?.add(lo);
    return lives.create(lo, hi);
  }

  /** A record leaves at the limit: a hold ends now. */
  #endEarly(record: number, out: OutputRegion): void {
    const { rare, now } = this.#state.lives;
    const held = rare.doubles[rare.at(record) + RARE_D.heldMs] as number;
    if (held !== held) return;
    const { event } = this.#state.evaluation;
    event.pointAtNothing();
    event.time[0] = now[0] as number;
    this.#decisions.expire(record, TRUNCATED, out);
    this.#state.evaluation.release();
  }

  #drop(record: number): void {
    if (record === this.#state.ofRecord) this.#state.ofRecord = -1;
    if (record === this.#state.formerRecord) this.#state.formerRecord = -1;
    if (record === this.#state.rawRecord) this.#state.rawRecord = -1;
    this.#state.left.note(record);
    this.#state.ids?.remove(this.#state.lives.words[record * LIFE_WORDS + LIFE_W.idLo] as number);
    this.#state.heap.remove(record);
    this.#freeParts(record);
    this.#state.evaluation.verdicts.free(record);
    this.#state.lives.remove(record);
  }

  #freeParts(record: number): void {
    const { words, rare } = this.#state.lives;
    const w = record * LIFE_WORDS;
    this.#state.evaluation.kept.free(words[w + LIFE_W.kept] as number);
    const terminal = rare.get(record, RARE_W.terminalNode);
    if (terminal !== 0) this.#state.terminals.leave(terminal);
    rare.set(record, RARE_W.terminalNode, 0);
    const code = words[w + LIFE_W.codeNode] as number;
    if (code !== 0) this.#state.codes.leave(code);
    words[w + LIFE_W.codeNode] = 0;
  }

  /** An id that is decided anew: under the next revision; what happened to the payment stays. */
  #renew(record: number, i32: Int32Array, at: number, kind: number): void {
    const { words, rare } = this.#state.lives;
    const w = record * LIFE_WORDS;
    // Its own earlier version is no other use of its code.
    const code = words[w + LIFE_W.codeNode] as number;
    if (code !== 0) this.#state.codes.forget(code);
    words[w + LIFE_W.codeNode] = 0;
    this.#freeParts(record);
    this.#state.evaluation.verdicts.free(record);
    // The row's own decision is the newest.
    const own = rare.at(record);
    if (own > 0) rare.doubles[own + RARE_D.eventMs] = NaN;
    i32[at + REVISION_WORD] = rare.nextRevision(record);
    const { records } = this.#state;
    // Another thing under the same id: nothing has happened to it.
    if (records.get(record, LIFE_B.kind) !== kind) this.#state.lives.clearStates(record);
    records.set(record, LIFE_B.flags, 0);
    this.#state.lives.touch(record);
  }

  /** What the row that is decided says itself; of one decided anew, what else has happened stays. */
  hear(record: number, i32: Int32Array, f64: Float64Array, at: number): void {
    const { doubles } = this.#state.lives;
    const { records, enums, options } = this.#state;
    const d = record * LIFE_DOUBLES;
    doubles[d + LIFE_D.timeMs] = f64[(at + TIME_WORD) >> 1] as number;
    this.#state.lives.words[record * LIFE_WORDS + LIFE_W.content] = i32[
      at + CONTENT_WORD
    ] as number;
    records.set(record, LIFE_B.rail, options.blocks.railOf(i32, at) + 1);
    if (records.get(record, LIFE_B.kind) !== RECORD_KIND.payment) return;
    doubles[d + LIFE_D.charged] = f64[(at + this.#state.money.amountAt) >> 1] as number;
    records.set(record, LIFE_B.currency, this.#state.money.currencyOf(i32, at));
    records.hear(record, enums.wallet.read(i32, at), enums.terminal.read(i32, at));
  }

  #keepPayment(record: number, i32: Int32Array, at: number): void {
    if (!this.#state.isAll) return;
    const { words } = this.#state.lives;
    const records = this.#state.records;
    if ((i32[at + this.#state.words.terminal + 3] as number) >= 0) {
      records.setFlag(record, LIFE_FLAG.onTerminal);
    }
    const { slots } = this.#state.options;
    if (slots.readsEvents && records.isInFlight(record)) this.#state.sit(record, i32, at);
    if (!slots.readsCodes && !slots.readsEvents) return;
    const known = this.#state.codeAnchor;
    const anchor = known >= 0 ? known : this.#state.takeCode(i32, at);
    if (anchor < 0) return;
    records.set(record, LIFE_B.codeState, this.#state.codes.stateOf(anchor));
    words[record * LIFE_WORDS + LIFE_W.codeNode] = this.#state.codes.join(anchor, record);
  }

  #keepOf(record: number, i32: Int32Array, f64: Float64Array, at: number, kind: number): void {
    const word = at + this.#state.words.of;
    if ((i32[word + 3] as number) < 0) return;
    const { verdicts } = this.#state.evaluation;
    verdicts.ensure(record);
    verdicts.setOf(record, i32[word] as number, i32[word + 1] as number);
    if (kind === KIND.refund) {
      verdicts.setAmount(record, this.#state.amount(i32, f64, at, this.#state.ofRecord));
    }
  }

  /** What the rules said of the row that was just decided. */
  #keepVerdict(record: number, row: number, i32: Int32Array, at: number): void {
    const { rules, blocks, plan } = this.#state.options;
    const { fired, table } = this.#state.tables as LifeTables;
    const evaluation = this.#state.evaluation;
    const verdict = this.#state.evaluation.verdict;
    // Of nearly all rows.
    if (!rules.hasFired(row)) {
      evaluation.rememberNothing(record);
      return;
    }
    rules.decide(row, verdict);
    blocks.completeRow(i32, table.f64, at, verdict);
    const { verdicts } = evaluation;
    verdicts.ensure(record);
    verdicts.setScore(record, this.#rowScore(row, verdict));
    const { firedWords, lifeBits } = rules;
    for (let word = 0; word < firedWords; word++) {
      const bits = fired[row * firedWords + word] as number;
      verdicts.setRowBits(record, word, 0);
      verdicts.setLifeBits(record, word, bits & (lifeBits[word] as number));
      verdicts.setWaivedBits(record, word, 0);
    }
    for (let k = 0; k < verdict.reasonCount; k++) {
      const rule = verdict.reasonRules[k] as number;
      const word = rule >> 5;
      if (plan.rules[rule]?.isLife === true) continue;
      verdicts.setRowBits(record, word, verdicts.rowBits(record, word) | (1 << (rule & 31)));
    }
    evaluation.remember(record, verdict);
  }

  /** Sum of the scores of the row rules that fired; NaN = none has one. */
  #rowScore(row: number, verdict: Verdict): number {
    const { rules, plan } = this.#state.options;
    let sum = NaN;
    for (let k = 0; k < verdict.evidenceCount; k++) {
      const rule = verdict.evidenceRules[k] as number;
      const { isLife = true, score = null } = plan.rules[rule] ?? {};
      if (isLife || score === null) continue;
      const own = rules.evidence.scoreOf(rule, row);
      sum = addScores(sum === sum ? sum : 0, own === own ? own : 0);
    }
    return sum;
  }

  /** Where the values of the batch's rows stand, for timers. */
  #batchRow(): { i32: Int32Array; f64: Float64Array; F: Float64Array; FI: Int32Array } {
    const tables = this.#state.tables as LifeTables;
    const row = this.#row;
    row.i32 = tables.table.i32;
    row.f64 = tables.table.f64;
    row.F = tables.F;
    row.FI = tables.FI;
    return row;
  }
}
