// Watches the rates of holds, reversals and refunds of the whole stream and of each merchant, and how
// often each rule fires, against their own recent past; a jump begins an alert, and it ends when the rate
// is near the usual one again. What is counted, compared and told: docs/alerts.md.
//
// Called once a decided row, repeats left out, in the order of the stream, by one worker: the alerts are
// then a function of the stream alone. Time is stream time. Nothing is allocated for a row on which
// nothing begins or ends.
//
// Cost: 2 counts for the stream, one look-up and 2 counts for the merchant; more only where something is
// counted. What is open is looked at again at each step of time (10 s).

import { encodeAlert } from '../codec/alert.ts';
import { textAt } from '../codec/row-text.ts';
import type { Alert, AlertScope, WatchSettings, WatchedMeasure } from '../domain/alert.ts';
import { DEFAULT_WATCH, WATCHED_MEASURES } from '../domain/alert.ts';
import { KINDS } from '../domain/fields.ts';
import type { Plan } from '../domain/plan.ts';
import type { RowLayout } from '../domain/row-layout.ts';
import { ROW, slotWord } from '../domain/row-layout.ts';
import type { RowTable } from '../domain/verdict.ts';
import { MerchantRates } from '../state/merchant-rates.ts';
import {
  Fading,
  RATES,
  RATES_DOUBLES,
  RATES_WORD,
  STEPS_PER_NOW,
  advanceRates,
} from '../state/rates.ts';
import { RateJudge } from './rate-judge.ts';

// Own constants: an imported one is loaded and checked at each use in a hot loop.
const KIND_WORD: number = ROW.kind / 4;
const STREAM_TIME_DOUBLE: number = ROW.streamTimeMs / 8;
const REFUND: number = KINDS.indexOf('refund');
const ROWS_NOW: number = RATES.rowsNow;
const ROWS_PAST: number = RATES.rowsPast;
const NOW: number = RATES.now;
const PAST: number = RATES.past;
const STEP: number = RATES_WORD.step;
const ACTIVE: number = RATES_WORD.active;
const MERCHANT_DOUBLES: number = RATES_DOUBLES;
const MEASURES: number = WATCHED_MEASURES.length;
/** Of a rule: counted now, counted past. */
const RULE_DOUBLES = 2;
const STEPS_MAX: number = 2 ** 30;

export interface WatchOptions {
  readonly plan: Pick<Plan, 'rules' | 'hash' | 'version'>;
  readonly layout: RowLayout;
  readonly settings?: Partial<WatchSettings>;
}

export interface WatchCounts {
  readonly begun: number;
  readonly ended: number;
  readonly merchants: number;
  readonly merchantsEvicted: number;
  /** Rows of merchants for which there was no room: all others had open alerts. */
  readonly rowsUnwatched: number;
}

interface OpenAlert {
  readonly scope: AlertScope;
  readonly id: string | null;
  /** Rule or record of the merchant. */
  readonly number: number;
  /** Index into WATCHED_MEASURES; of a rule 0. */
  readonly measure: number;
  readonly sinceMs: number;
}

export class Watch {
  readonly #plan: WatchOptions['plan'];
  readonly #settings: WatchSettings;
  readonly #strideWords: number;
  readonly #merchantSlot: number;
  readonly #idSlot: number;
  readonly #ruleWords: number;
  readonly #fading: Fading;
  readonly #merchantFading: Fading;
  readonly #judge: RateJudge;
  readonly #stream: Float64Array = new Float64Array(RATES_DOUBLES);
  readonly #streamWords: Int32Array = new Int32Array(this.#stream.buffer);
  readonly #rules: Float64Array;
  /** Step to which each rule's counts have faded. */
  readonly #ruleSteps: Int32Array;
  readonly #rulesActive: Uint8Array;
  #merchants: MerchantRates;
  /** Stream time of the row in hand, end of the step in hand, time of step 0. */
  readonly #times: Float64Array = Float64Array.of(0, -Infinity, NaN);
  #step = 0;
  #merchantStep = 0;
  #open: OpenAlert[] = [];
  #lines: Uint8Array[] = [];
  #begun = 0;
  #ended = 0;
  #rowsUnwatched = 0;

  constructor({ plan, layout, settings }: WatchOptions) {
    this.#plan = plan;
    this.#settings = { ...DEFAULT_WATCH, ...settings };
    const { nowMs, pastMs, merchantNowMs, merchantPastMs, merchantsMax } = this.#settings;
    this.#strideWords = layout.strideBytes / 4;
    this.#merchantSlot = slotWord(layout, 'merchant');
    this.#idSlot = slotWord(layout, 'id');
    this.#ruleWords = Math.ceil(plan.rules.length / 32);
    this.#fading = new Fading(nowMs, pastMs);
    this.#merchantFading = new Fading(merchantNowMs, merchantPastMs);
    this.#judge = new RateJudge(this.#settings);
    this.#rules = new Float64Array(plan.rules.length * RULE_DOUBLES);
    this.#ruleSteps = new Int32Array(plan.rules.length);
    this.#rulesActive = new Uint8Array(plan.rules.length);
    this.#merchants = new MerchantRates(merchantsMax);
  }

  get counts(): WatchCounts {
    return {
      begun: this.#begun,
      ended: this.#ended,
      merchants: this.#merchants.count,
      merchantsEvicted: this.#merchants.evicted,
      rowsUnwatched: this.#rowsUnwatched,
    };
  }

  /** Forgets all rows: after the warm-up. */
  reset(): void {
    this.#stream.fill(0);
    this.#rules.fill(0);
    this.#ruleSteps.fill(0);
    this.#rulesActive.fill(0);
    this.#merchants = new MerchantRates(this.#settings.merchantsMax);
    this.#times.set([0, -Infinity, NaN]);
    this.#step = 0;
    this.#merchantStep = 0;
    this.#open = [];
    this.#lines = [];
    this.#begun = 0;
    this.#ended = 0;
    this.#rowsUnwatched = 0;
  }

  /**
   * NDJSON lines of the alerts since the last call, to go along with the batch's result. A list of its
   * own each time, empty or not: a worker may decide the next batch before the result is sent.
   */
  takeAlerts(): readonly Uint8Array[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /**
   * Counts a decided row.
   * @param outcome index into OUTCOMES of its first decision
   * @param fired bits of the rules that fired on it, from word `firedBase` on
   */
  observe(
    table: RowTable,
    row: number,
    outcome: number,
    fired: Int32Array,
    firedBase: number,
  ): void {
    const { i32, f64 } = table;
    const at = row * this.#strideWords;
    const times = this.#times;
    times[0] = f64[(at >> 1) + STREAM_TIME_DOUBLE] as number;
    if (times[0] >= (times[1] as number)) this.#nextStep(table, at);
    const stream = this.#stream;
    stream[ROWS_NOW] = (stream[ROWS_NOW] as number) + 1;
    stream[ROWS_PAST] = (stream[ROWS_PAST] as number) + 1;
    const slot = at + this.#merchantSlot;
    const merchant = (i32[slot + 3] as number) < 0 ? -1 : this.#merchantOf(i32, slot);
    // Bit m: measure m is counted.
    const measures =
      (outcome === 1 ? 1 : 0) |
      (outcome === 2 ? 2 : 0) |
      ((i32[at + KIND_WORD] as number) === REFUND ? 4 : 0);
    if (measures !== 0) this.#count(table, at, measures, merchant);
    for (let word = 0; word < this.#ruleWords; word++) {
      let bits = fired[firedBase + word] as number;
      while (bits !== 0) {
        this.#countRule(table, at, word * 32 + 31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
      }
    }
  }

  /** Number of the merchant's record, with the row counted; -1 where there is no room. */
  #merchantOf(i32: Int32Array, slot: number): number {
    const merchants = this.#merchants;
    const step = this.#merchantStep;
    const merchant = merchants.find(i32[slot] as number, i32[slot + 1] as number, step);
    if (merchant < 0) {
      this.#rowsUnwatched++;
      return -1;
    }
    const { values, words } = merchants;
    const base = merchant * MERCHANT_DOUBLES;
    if (words[base * 2 + STEP] !== step) {
      advanceRates(values, words, base, step, this.#merchantFading);
    }
    values[base + ROWS_NOW] = (values[base + ROWS_NOW] as number) + 1;
    values[base + ROWS_PAST] = (values[base + ROWS_PAST] as number) + 1;
    return merchant;
  }

  #count(table: RowTable, at: number, measures: number, merchant: number): void {
    const { values, words } = this.#merchants;
    for (let measure = 0; measure < MEASURES; measure++) {
      if ((measures & (1 << measure)) === 0) continue;
      addOne(this.#stream, 0, measure);
      this.#judgeRecord(table, at, 'stream', this.#stream, this.#streamWords, 0, measure);
      if (merchant < 0) continue;
      addOne(values, merchant * MERCHANT_DOUBLES, measure);
      this.#judgeRecord(table, at, 'merchant', values, words, merchant, measure);
    }
  }

  #judgeRecord(
    table: RowTable,
    at: number,
    scope: 'stream' | 'merchant',
    values: Float64Array,
    words: Int32Array,
    number: number,
    measure: number,
  ): void {
    const base = number * MERCHANT_DOUBLES;
    const active = words[base * 2 + ACTIVE] as number;
    if ((active & (1 << measure)) !== 0) return;
    const step = scope === 'stream' ? this.#step : this.#merchantStep;
    if (!this.#isOldEnough(step - (words[base * 2 + RATES_WORD.first] as number))) return;
    this.#readRecord(values, base, measure);
    if (!this.#judge.hasJumped()) return;
    words[base * 2 + ACTIVE] = active | (1 << measure);
    const id = scope === 'merchant' ? textAt(table, at + this.#merchantSlot) : null;
    this.#begin(table, at, { scope, id, number, measure, sinceMs: this.#times[0] as number });
  }

  #countRule(table: RowTable, at: number, rule: number): void {
    const rules = this.#rules;
    const base = rule * RULE_DOUBLES;
    this.#fadeRule(rule);
    rules[base] = (rules[base] as number) + 1;
    rules[base + 1] = (rules[base + 1] as number) + 1;
    if (this.#rulesActive[rule] !== 0 || !this.#isOldEnough(this.#step)) return;
    this.#readRule(rule);
    if (!this.#judge.hasJumped()) return;
    this.#rulesActive[rule] = 1;
    const id = this.#plan.rules[rule]?.id ?? '';
    const sinceMs = this.#times[0] as number;
    this.#begin(table, at, { scope: 'rule', id, number: rule, measure: 0, sinceMs });
  }

  #fadeRule(rule: number): void {
    const steps = this.#step - (this.#ruleSteps[rule] as number);
    if (steps === 0) return;
    const base = rule * RULE_DOUBLES;
    this.#ruleSteps[rule] = this.#step;
    this.#fading.fade(this.#rules, base, base + 1, 1, steps);
  }

  #isOldEnough(steps: number): boolean {
    return steps >= this.#settings.pastSpansMin * STEPS_PER_NOW;
  }

  #readRecord(values: Float64Array, base: number, measure: number): void {
    const { counts } = this.#judge;
    counts[0] = values[base + ROWS_NOW] as number;
    counts[1] = values[base + ROWS_PAST] as number;
    counts[2] = values[base + NOW + measure] as number;
    counts[3] = values[base + PAST + measure] as number;
  }

  #readRule(rule: number): void {
    const { counts } = this.#judge;
    counts[0] = this.#stream[ROWS_NOW] as number;
    counts[1] = this.#stream[ROWS_PAST] as number;
    counts[2] = this.#rules[rule * RULE_DOUBLES] as number;
    counts[3] = this.#rules[rule * RULE_DOUBLES + 1] as number;
  }

  /** Time has passed the step in hand: the stream's counts fade, and what is open is looked at. */
  #nextStep(table: RowTable, at: number): void {
    const times = this.#times;
    const time = times[0] as number;
    const { stepMs } = this.#fading;
    const merchantStepMs = this.#merchantFading.stepMs;
    // Steps begin at whole multiples, wherever the stream begins.
    if (Number.isNaN(times[2])) times[2] = Math.floor(time / merchantStepMs) * merchantStepMs;
    const passed = time - (times[2] as number);
    const step = Math.min(STEPS_MAX, Math.floor(passed / stepMs));
    const steps = step - this.#step;
    times[1] = step === STEPS_MAX ? Infinity : (times[2] as number) + (step + 1) * stepMs;
    this.#step = step;
    this.#merchantStep = Math.min(STEPS_MAX, Math.floor(passed / merchantStepMs));
    if (steps <= 0) return;
    advanceRates(this.#stream, this.#streamWords, 0, step, this.#fading);
    if (this.#open.length > 0)
      this.#open = this.#open.filter((alert) => this.#stays(table, at, alert));
  }

  /** False where the alert has ended, which is then told. */
  #stays(table: RowTable, at: number, alert: OpenAlert): boolean {
    const { scope, number, measure } = alert;
    if (scope === 'rule') {
      this.#fadeRule(number);
      this.#readRule(number);
    } else {
      const { values, words } = scope === 'stream' ? this.#streamRecord() : this.#merchants;
      const base = number * MERCHANT_DOUBLES;
      // The step of a merchant says when its last row was: a copy fades instead.
      this.#readRecord(values, base, measure);
      if (scope === 'merchant') this.#fadeCopy(words[base * 2 + STEP] as number);
    }
    if (!this.#judge.isOver()) return true;
    if (scope === 'rule') this.#rulesActive[number] = 0;
    else {
      const { words } = scope === 'stream' ? this.#streamRecord() : this.#merchants;
      const word = number * MERCHANT_DOUBLES * 2 + ACTIVE;
      words[word] = (words[word] as number) & ~(1 << measure);
    }
    this.#ended++;
    this.#tell(table, at, alert, 'ended');
    return false;
  }

  #streamRecord(): { readonly values: Float64Array; readonly words: Int32Array } {
    return { values: this.#stream, words: this.#streamWords };
  }

  /** Lets the counts in the judge fade from `step` to the merchants' step in hand. */
  #fadeCopy(step: number): void {
    const { counts } = this.#judge;
    this.#merchantFading.fade(counts, 0, 1, 1, this.#merchantStep - step);
    this.#merchantFading.fade(counts, 2, 3, 1, this.#merchantStep - step);
  }

  #begin(table: RowTable, at: number, alert: OpenAlert): void {
    this.#open.push(alert);
    this.#begun++;
    this.#tell(table, at, alert, 'begun');
  }

  /** With the judge's figures of the last look. */
  #tell(table: RowTable, at: number, open: OpenAlert, state: Alert['state']): void {
    const { counts, figures } = this.#judge;
    const { nowMs, pastMs, merchantNowMs, merchantPastMs } = this.#settings;
    const isMerchant = open.scope === 'merchant';
    const rows = counts[0] as number;
    const counted = counts[2] as number;
    const usualRate = figures[0] as number;
    const rate = rows > 0 ? counted / rows : 0;
    const measure: WatchedMeasure =
      open.scope === 'rule' ? 'fired' : (WATCHED_MEASURES[open.measure] ?? 'fired');
    const alert: Alert = {
      alert: 'rate-jump',
      state,
      scope: open.scope,
      ...(open.id === null ? {} : { id: open.id }),
      measure,
      rate,
      usualRate,
      ratio: rate / usualRate,
      rows,
      counted,
      expected: usualRate * rows,
      ...(state === 'begun' ? { score: figures[1] as number } : {}),
      nowMs: isMerchant ? merchantNowMs : nowMs,
      pastMs: isMerchant ? merchantPastMs : pastMs,
      eventTime: this.#times[0] as number,
      transactionId: textAt(table, at + this.#idSlot),
      ...(state === 'ended' ? { since: open.sinceMs } : {}),
      rulesHash: this.#plan.hash,
      ...(this.#plan.version === null ? {} : { rulesVersion: this.#plan.version }),
    };
    this.#lines.push(encodeAlert(alert));
  }
}

function addOne(values: Float64Array, base: number, measure: number): void {
  const now = base + NOW + measure;
  const past = base + PAST + measure;
  values[now] = (values[now] as number) + 1;
  values[past] = (values[past] as number) + 1;
}
