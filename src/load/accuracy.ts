// How right the decisions were: a decisions file (NDJSON) against a labels file
// (`transactionId,label,knownAt,kind`), one streaming pass each. Memory: one map entry a label,
// nothing a decision. Cost: ~0.5 us an allowed row, a JSON.parse for each that was stopped.
//
// Stopped = hold or reverse. Injected = labelled fraud or chargeback. Only the first decision of a
// transaction counts: repeats and later revisions are skipped, and so is what could not be read.

import { HoldfastError } from '../base/errors.ts';
import type { Decision } from '../domain/decision.ts';
import { eachLine } from './lines.ts';

export interface KindAccuracy {
  readonly kind: string;
  /** Labelled rows that were decided. */
  readonly injected: number;
  readonly caught: number;
  readonly missed: number;
  /** Honest rows that a rule of the trigger of this name stopped (by the first reason). */
  readonly falseAlarms: number;
  /** caught / (caught + falseAlarms); NaN when nothing was stopped. */
  readonly precision: number;
  /** caught / injected; NaN when nothing was injected. */
  readonly recall: number;
}

export interface HardCases {
  readonly kind: string;
  /** Honest rows that look suspicious. */
  readonly shown: number;
  readonly stopped: number;
}

export interface Accuracy {
  readonly decided: number;
  readonly stopped: number;
  readonly overall: KindAccuracy;
  /** By name of kind. */
  readonly kinds: readonly KindAccuracy[];
  readonly hardCases: readonly HardCases[];
}

interface Tally {
  injected: number;
  caught: number;
  falseAlarms: number;
}

/** Collects labels first, then decisions, then says how right they were. */
export class AccuracyMeter {
  /** Index into #kinds, * 2, + 1 when genuine; -1 - that once it was decided. */
  readonly #labels: Map<string, number> = new Map();
  readonly #kindNames: string[] = [];
  readonly #kindNumbers: Map<string, number> = new Map();
  readonly #tallies: Tally[] = [];
  readonly #shown: number[] = [];
  readonly #stoppedHonest: number[] = [];
  readonly #triggers: ReadonlyMap<string, string>;
  #decided = 0;
  #stopped = 0;
  #falseAlarms = 0;

  /** @param triggers trigger of each rule, for false alarms by kind */
  constructor(triggers: ReadonlyMap<string, string> = new Map()) {
    this.#triggers = triggers;
  }

  addLabel(transactionId: string, label: string, kind: string): void {
    this.#labels.set(transactionId, this.#kind(kind) * 2 + (label === 'genuine' ? 1 : 0));
  }

  addAllowed(transactionId: string): void {
    this.#decided++;
    this.#note(transactionId, false);
  }

  addStopped(decision: Decision): void {
    this.#decided++;
    this.#stopped++;
    if (this.#note(decision.transactionId, true)) return;
    this.#falseAlarms++;
    const rule = decision.reasons?.find((reason) => reason.rule !== undefined)?.rule;
    const trigger = rule === undefined ? 'composite' : (this.#triggers.get(rule) ?? rule);
    this.#tally(this.#kind(trigger)).falseAlarms++;
  }

  result(): Accuracy {
    const rows = this.#kindNames.map((kind, i) => accuracyOf(kind, this.#tally(i)));
    const sum = (of: (tally: Tally) => number): number =>
      this.#tallies.reduce((total, tally) => total + of(tally), 0);
    return {
      decided: this.#decided,
      stopped: this.#stopped,
      overall: accuracyOf('all', {
        injected: sum((tally) => tally.injected),
        caught: sum((tally) => tally.caught),
        falseAlarms: this.#falseAlarms,
      }),
      kinds: rows
        .filter((row) => row.injected > 0 || row.falseAlarms > 0)
        .toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
      hardCases: this.#kindNames
        .map((kind, i) => ({
          kind,
          shown: this.#shown[i] as number,
          stopped: this.#stoppedHonest[i] as number,
        }))
        .filter(({ shown }) => shown > 0),
    };
  }

  /** Counts a labelled row once; true when it was right to stop it. */
  #note(transactionId: string, isStopped: boolean): boolean {
    const label = this.#labels.get(transactionId);
    if (label === undefined) return false;
    const isSeen = label < 0;
    const code = isSeen ? -1 - label : label;
    const isGenuine = (code & 1) === 1;
    if (isSeen) return !isGenuine;
    this.#labels.set(transactionId, -1 - code);
    const number = code >> 1;
    if (isGenuine) {
      this.#shown[number] = (this.#shown[number] as number) + 1;
      if (isStopped) this.#stoppedHonest[number] = (this.#stoppedHonest[number] as number) + 1;
      return false;
    }
    const tally = this.#tally(number);
    tally.injected++;
    if (isStopped) tally.caught++;
    return true;
  }

  #kind(name: string): number {
    let number = this.#kindNumbers.get(name);
    if (number === undefined) {
      number = this.#kindNames.length;
      this.#kindNumbers.set(name, number);
      this.#kindNames.push(name);
      this.#tallies.push({ injected: 0, caught: 0, falseAlarms: 0 });
      this.#shown.push(0);
      this.#stoppedHonest.push(0);
    }
    return number;
  }

  #tally(number: number): Tally {
    return this.#tallies[number] as Tally;
  }
}

function accuracyOf(kind: string, { injected, caught, falseAlarms }: Tally): KindAccuracy {
  return {
    kind,
    injected,
    caught,
    missed: injected - caught,
    falseAlarms,
    precision: caught / (caught + falseAlarms),
    recall: caught / injected,
  };
}

export interface MeasureOptions {
  /** NDJSON. */
  readonly decisionsPath: string;
  /** CSV; its 4th column `kind` may be absent: then the label is the kind. */
  readonly labelsPath: string;
  readonly triggers?: ReadonlyMap<string, string>;
  /** Sees every stopped decision: for examples. */
  readonly onStopped?: (decision: Decision) => void;
}

/** Throws HoldfastError IO_FAILED when a file cannot be read or is not what it should be. */
export async function measureAccuracy(options: MeasureOptions): Promise<Accuracy> {
  const meter = new AccuracyMeter(options.triggers);
  await eachLine(options.labelsPath, (line, number) => {
    if (number === 0) return;
    const [transactionId, label, , kind] = line.split(',');
    if (transactionId === undefined || label === undefined) {
      throw notAsExpected(options.labelsPath, number, 'transactionId,label,knownAt,kind');
    }
    meter.addLabel(transactionId, label, kind ?? label);
  });
  await eachLine(options.decisionsPath, (line, number) => {
    if (line.includes('"outcome":"allow"') && !line.includes('\\')) {
      if (isFirstDecision(line)) meter.addAllowed(textAfter(line, '"transactionId":"'));
      return;
    }
    const decision = parseDecision(line);
    if (decision === null) throw notAsExpected(options.decisionsPath, number, 'a decision');
    if (decision.revision > 0 || decision.flags?.includes('REPEAT') === true) return;
    if (isUnreadableInput(decision)) return;
    if (decision.outcome === 'allow') meter.addAllowed(decision.transactionId);
    else {
      meter.addStopped(decision);
      options.onStopped?.(decision);
    }
  });
  return meter.result();
}

function isFirstDecision(line: string): boolean {
  return line.includes('"revision":0') && !line.includes('"REPEAT"');
}

/** The engine's own word on a broken row: no rule has judged it. */
function isUnreadableInput(decision: Decision): boolean {
  const reasons = decision.reasons ?? [];
  return reasons.some(({ code, rule }) => code === 'INVALID_INPUT' && rule === undefined);
}

function textAfter(line: string, key: string): string {
  const start = line.indexOf(key) + key.length;
  return line.slice(start, line.indexOf('"', start));
}

function parseDecision(line: string): Decision | null {
  try {
    return JSON.parse(line) as Decision;
  } catch {
    return null;
  }
}

function notAsExpected(path: string, line: number, what: string): HoldfastError {
  return new HoldfastError('IO_FAILED', `Cannot read "${path}": line ${line + 1} is not ${what}`, {
    path,
  });
}
