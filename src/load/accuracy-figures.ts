// The figures of how right decisions were, and how they come from what accuracy-meter.ts counts: one
// record a kind of label and one a stopped transaction.

export interface Money {
  /** Minor units of the rules file's currency. */
  readonly rightly: number;
  readonly wrongly: number;
}

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

export interface RuleAccuracy {
  /** Id; SCORE_RULE of what only the sum of scores stopped. */
  readonly rule: string;
  /** Its trigger, which is the kind that it is for; '' = it has none. */
  readonly kind: string;
  /** Transactions that it stops, alone. */
  readonly fired: number;
  /** Of them guilty: of its kind, and of any. */
  readonly caughtOfKind: number;
  readonly caught: number;
  /** Of fired. */
  readonly precisionOfKind: number;
  readonly precision: number;
  /** Of all that is guilty of its kind; NaN where nothing is. Of all that is guilty. */
  readonly recallOfKind: number;
  readonly recall: number;
  /** Null when amounts are not known. */
  readonly money: Money | null;
}

export interface HardCases {
  readonly kind: string;
  /** Honest rows that look suspicious. */
  readonly shown: number;
  readonly stopped: number;
  /** Of them, those that were allowed in the end. */
  readonly letGo: number;
}

export interface Accuracy {
  readonly decided: number;
  readonly stopped: number;
  readonly overall: KindAccuracy;
  /** By name of kind. */
  readonly kinds: readonly KindAccuracy[];
  /** Most money stopped rightly first, then most caught. */
  readonly rules: readonly RuleAccuracy[];
  readonly hardCases: readonly HardCases[];
  /** Stopped and in the end allowed: guilty ones, honest ones. */
  readonly letGo: { readonly guilty: number; readonly honest: number };
  /** Null when amounts are not known. */
  readonly money: (Money & { readonly missed: number }) | null;
}

export const SCORE_RULE = 'SCORE';

/** Of one kind. */
export interface Tally {
  injected: number;
  caught: number;
  falseAlarms: number;
}

/** A transaction that some decision held or reversed. */
export interface Stopped {
  /** Index of its kind; -1 = it has no label. */
  readonly kind: number;
  readonly isGuilty: boolean;
  /** Indexes of rules that stopped it. */
  readonly rules: number[];
  isLetGo: boolean;
  /** Minor units; NaN = not known. */
  amountMinor: number;
}

/** What one rule alone would have stopped. */
export function ruleFigures(
  rule: string,
  kind: string,
  those: readonly Stopped[],
  all: { readonly kind: number; readonly ofKind: number; readonly injected: number },
  hasAmounts: boolean,
): RuleAccuracy {
  const caught = those.filter(({ isGuilty }) => isGuilty).length;
  const ofKind = those.filter((one) => one.isGuilty && one.kind === all.kind).length;
  return {
    rule,
    kind,
    fired: those.length,
    caughtOfKind: ofKind,
    caught,
    precisionOfKind: ofKind / those.length,
    precision: caught / those.length,
    recallOfKind: ofKind / all.ofKind,
    recall: caught / all.injected,
    money: hasAmounts ? moneyOf(those) : null,
  };
}

export function byMoneyThenCaught(a: RuleAccuracy, b: RuleAccuracy): number {
  const money = (b.money?.rightly ?? 0) - (a.money?.rightly ?? 0);
  return money || b.caught - a.caught || (a.rule < b.rule ? -1 : 1);
}

export function hardCase(
  kind: string,
  number: number,
  shown: number,
  stopped: readonly Stopped[],
): HardCases {
  const those = stopped.filter((one) => !one.isGuilty && one.kind === number);
  const letGo = those.filter(({ isLetGo }) => isLetGo).length;
  return { kind, shown, stopped: those.length, letGo };
}

/** What has no amount (a reversal) counts nothing. */
export function moneyOf(those: readonly Stopped[]): Money {
  let rightly = 0;
  let wrongly = 0;
  for (const { isGuilty, amountMinor } of those) {
    if (Number.isNaN(amountMinor)) continue;
    if (isGuilty) rightly += amountMinor;
    else wrongly += amountMinor;
  }
  return { rightly, wrongly };
}

export function accuracyOf(kind: string, { injected, caught, falseAlarms }: Tally): KindAccuracy {
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
