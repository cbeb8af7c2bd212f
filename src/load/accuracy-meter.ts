// How right decisions were, counted against labels: by kind of what was injected, and by rule, as if it
// were the only one. Memory: a map entry a label and one a stopped transaction, nothing for the rest.
//
// Guilty = labelled fraud or chargeback. Stopped = some decision of the transaction held or reversed it,
// the first or an amendment: the processor acts on each as it comes. So what is let go later (released,
// answered in the end) was stopped all the same: right if guilty, a false alarm if not. What is let go
// is counted beside. Repeats, and other content under the same id, are left out.

import type { Decision } from '../domain/decision.ts';
import type { Accuracy, HardCases, RuleAccuracy, Stopped, Tally } from './accuracy-figures.ts';
import {
  SCORE_RULE,
  accuracyOf,
  byMoneyThenCaught,
  hardCase,
  moneyOf,
  ruleFigures,
} from './accuracy-figures.ts';

/** Collects labels first, then decisions, then amounts, then says how right they were. */
export class AccuracyMeter {
  /** Index into #kindNames, * 2, + 1 when genuine; -1 - that once it was decided. */
  readonly #labels: Map<string, number> = new Map();
  readonly #kinds: Names = new Names();
  readonly #rules: Names = new Names();
  readonly #tallies: Tally[] = [];
  readonly #stopped: Map<string, Stopped> = new Map();
  readonly #triggers: ReadonlyMap<string, string>;
  #decided = 0;
  #missedMinor = 0;
  #hasAmounts = false;

  /** @param triggers trigger of each rule, for what is counted by kind */
  constructor(triggers: ReadonlyMap<string, string> = new Map()) {
    this.#triggers = triggers;
  }

  addLabel(transactionId: string, label: string, kind: string): void {
    this.#labels.set(transactionId, this.#kind(kind) * 2 + (label === 'genuine' ? 1 : 0));
  }

  /** Any decision, in the stream's order; false where it does not count. */
  add(decision: Decision): boolean {
    const { transactionId, outcome, cause, revision, flags } = decision;
    if (flags?.includes('REPEAT') === true || isUnreadableInput(decision)) return false;
    if (cause === undefined && revision > 0) return false;
    if (outcome === 'allow') this.addAllowed(transactionId, cause !== undefined);
    else this.#addStopped(decision);
    return true;
  }

  /** The same of one that allows. */
  addAllowed(transactionId: string, isAmendment: boolean = false): void {
    if (!isAmendment) {
      this.#decide(transactionId);
      return;
    }
    const stopped = this.#stopped.get(transactionId);
    if (stopped !== undefined) stopped.isLetGo = true;
  }

  /** What was at stake; of a row that comes again the first is meant. */
  addAmount(transactionId: string, amountMinor: number): void {
    this.#hasAmounts = true;
    const stopped = this.#stopped.get(transactionId);
    if (stopped !== undefined) {
      if (Number.isNaN(stopped.amountMinor)) stopped.amountMinor = amountMinor;
      return;
    }
    const label = this.#labels.get(transactionId) ?? 0;
    // Labelled, decided, guilty, and nobody stopped it.
    if (label >= 0 || ((-1 - label) & 1) === 1) return;
    this.#missedMinor += amountMinor;
  }

  /** Whether addAmount would do anything with it. */
  wantsAmount(transactionId: string): boolean {
    return this.#stopped.has(transactionId) || (this.#labels.get(transactionId) ?? 0) < 0;
  }

  #addStopped(decision: Decision): void {
    const { transactionId, cause, reasons = [] } = decision;
    if (cause === undefined) this.#decide(transactionId);
    let stopped = this.#stopped.get(transactionId);
    if (stopped === undefined) {
      const label = this.#labels.get(transactionId);
      const code = label === undefined ? -1 : label < 0 ? -1 - label : label;
      const isGuilty = code >= 0 && (code & 1) === 0;
      stopped = { kind: code >> 1, isGuilty, rules: [], isLetGo: false, amountMinor: NaN };
      this.#stopped.set(transactionId, stopped);
      if (isGuilty) this.#tally(stopped.kind).caught++;
      else this.#tally(this.#kindOfAlarm(decision)).falseAlarms++;
    }
    stopped.isLetGo = false;
    for (const { rule, code } of reasons) {
      if (rule === undefined && code !== 'SCORE') continue;
      const number = this.#rules.numberOf(rule ?? SCORE_RULE);
      if (!stopped.rules.includes(number)) stopped.rules.push(number);
    }
  }

  result(): Accuracy {
    const kinds = this.#kinds.all.map((kind, i) => accuracyOf(kind, this.#tally(i)));
    const sum = (of: (tally: Tally) => number): number =>
      this.#tallies.reduce((total, tally) => total + of(tally), 0);
    const overall = accuracyOf('all', {
      injected: sum((tally) => tally.injected),
      caught: sum((tally) => tally.caught),
      falseAlarms: sum((tally) => tally.falseAlarms),
    });
    const stopped = [...this.#stopped.values()];
    const letGo = stopped.filter(({ isLetGo }) => isLetGo);
    return {
      decided: this.#decided,
      stopped: stopped.length,
      overall,
      kinds: kinds
        .filter((row) => row.injected > 0 || row.falseAlarms > 0)
        .toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
      rules: this.#ruleRows(stopped, overall.injected),
      hardCases: this.#hardCases(stopped),
      letGo: {
        guilty: letGo.filter(({ isGuilty }) => isGuilty).length,
        honest: letGo.filter(({ isGuilty }) => !isGuilty).length,
      },
      money: this.#hasAmounts ? { ...moneyOf(stopped), missed: this.#missedMinor } : null,
    };
  }

  #ruleRows(stopped: readonly Stopped[], injected: number): RuleAccuracy[] {
    const byRule: Stopped[][] = this.#rules.all.map(() => []);
    for (const one of stopped) for (const rule of one.rules) byRule[rule]?.push(one);
    return this.#rules.all
      .map((rule, i) => {
        const trigger = this.#triggerOf(rule);
        const kind = this.#kinds.find(trigger);
        const ofKind = kind < 0 ? NaN : this.#tally(kind).injected;
        const all = { kind, ofKind, injected };
        return ruleFigures(rule, trigger, byRule[i] ?? [], all, this.#hasAmounts);
      })
      .toSorted(byMoneyThenCaught);
  }

  #hardCases(stopped: readonly Stopped[]): HardCases[] {
    const shown = this.#kinds.all.map(() => 0);
    for (const label of this.#labels.values()) {
      const code = -1 - label;
      if (label < 0 && (code & 1) === 1) shown[code >> 1] = (shown[code >> 1] as number) + 1;
    }
    return this.#kinds.all
      .map((kind, i) => hardCase(kind, i, shown[i] as number, stopped))
      .filter((row) => row.shown > 0)
      .toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  }

  /** Counts a transaction, and its label once. */
  #decide(transactionId: string): void {
    this.#decided++;
    const label = this.#labels.get(transactionId);
    if (label === undefined || label < 0) return;
    this.#labels.set(transactionId, -1 - label);
    if ((label & 1) === 0) this.#tally(label >> 1).injected++;
  }

  #kindOfAlarm({ reasons }: Decision): number {
    const rule = reasons?.find((reason) => reason.rule !== undefined)?.rule;
    return this.#kind(rule === undefined ? 'composite' : this.#triggerOf(rule) || rule);
  }

  #triggerOf(rule: string): string {
    return rule === SCORE_RULE ? 'composite' : (this.#triggers.get(rule) ?? '');
  }

  #kind(name: string): number {
    const number = this.#kinds.numberOf(name);
    while (this.#tallies.length <= number) {
      this.#tallies.push({ injected: 0, caught: 0, falseAlarms: 0 });
    }
    return number;
  }

  #tally(number: number): Tally {
    return this.#tallies[number] as Tally;
  }
}

/** Names in the order in which they came. */
class Names {
  readonly all: string[] = [];
  readonly #numbers: Map<string, number> = new Map();

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.all.length;
      this.#numbers.set(name, number);
      this.all.push(name);
    }
    return number;
  }

  /** -1 = it has not come. */
  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }
}

/** The engine's own word on a broken row: no rule has judged it. */
function isUnreadableInput({ reasons = [] }: Decision): boolean {
  return reasons.some(({ code, rule }) => code === 'INVALID_INPUT' && rule === undefined);
}
