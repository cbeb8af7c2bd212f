// The rules and exemptions themselves.

import type { Outcome } from '../../domain/decision.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import type { ExemptPlan, RuleMode, RulePlan } from '../../domain/plan.ts';
import type { HoldPlan } from '../../domain/rails.ts';
import { nearMiss } from './near-miss.ts';
import type { Scope, Uses } from './check/scope.ts';
import type { RulesDocument } from './documents.ts';
import { EXEMPT_KEYS, RULE_KEYS } from './keys.ts';
import type { LifeSettings } from './life-settings.ts';
import { readHold, refuseLongHold } from './life-settings.ts';
import { quote } from './problem.ts';
import type { Entries } from './read-tree.ts';
import {
  isMistyped,
  readKeys,
  readList,
  readOneOf,
  readText,
  readTexts,
  wordList,
} from './read-tree.ts';
import type { ReasonTable } from './reasons.ts';
import { RuleExpressions } from './rule-expressions.ts';
import { ID_LENGTH_MAX } from './shapes.ts';
import { placeOf } from './source-file.ts';
import type { Tree } from './yaml-tree.ts';

const RULES_MAX = 20_000;
const MODES = ['live', 'shadow', 'score'] as const satisfies readonly RuleMode[];

export interface RulesSection {
  readonly rules: readonly RulePlan[];
  /** Ids of all rules, broken ones too, so that naming them is no second error. */
  readonly ruleIds: ReadonlySet<string>;
  readonly exempt: readonly ExemptPlan[];
}

export class RulesReader {
  readonly #scope: Scope;
  readonly #expressions: RuleExpressions;
  readonly #reasons: ReasonTable;
  readonly #life: LifeSettings;
  readonly #rules: RulePlan[] = [];
  /** Where the ids of rules stand. */
  readonly #ruleIds = new Map<string, Tree>();
  readonly #exempt: ExemptPlan[] = [];
  readonly #exemptIds = new Map<string, Tree>();

  constructor(scope: Scope, uses: Uses, reasons: ReasonTable, life: LifeSettings) {
    this.#scope = scope;
    this.#expressions = new RuleExpressions(scope, uses);
    this.#reasons = reasons;
    this.#life = life;
  }

  read(documents: readonly RulesDocument[]): RulesSection {
    this.#each(documents, 'rules', (item) => this.#rule(item));
    this.#each(documents, 'exempt', (item) => this.#exemption(item));
    const main = documents.at(-1);
    if (this.#ruleIds.size === 0 && main !== undefined && this.#scope.problems.errorCount === 0) {
      const at = main.entries.get('rules')?.value ?? main.root;
      this.#scope.problems.error(at, 'There are no rules: at least one is needed.');
    }
    return { rules: this.#rules, ruleIds: new Set(this.#ruleIds.keys()), exempt: this.#exempt };
  }

  #each(documents: readonly RulesDocument[], key: string, read: (item: Tree) => void): void {
    for (const { entries } of documents) {
      const section = entries.get(key);
      if (section === undefined) continue;
      const list = readList(section.value, `"${key}"`, this.#scope.problems);
      for (const item of list?.items ?? []) read(item);
    }
  }

  #id(entries: Entries, what: string, taken: Map<string, Tree>): string | null {
    const entry = entries.get('id');
    if (entry === undefined) return null;
    const { problems } = this.#scope;
    const id = readText(entry.value, `the id of ${what}`, problems);
    if (id === null) return null;
    const { length } = Array.from(id);
    if (id.trim() === '' || length > ID_LENGTH_MAX || /\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/u.test(id)) {
      return problems.error(
        entry.value,
        `An id is a text of 1 to ${ID_LENGTH_MAX} visible characters (code points) on one line.`,
      );
    }
    const first = taken.get(id);
    if (first !== undefined) {
      const { file, line } = placeOf(first.file, first.start);
      const where = `${quote(file)}, line ${line}`;
      return problems.error(entry.value, `The id ${quote(id)} is used twice: first in ${where}.`);
    }
    taken.set(id, entry.value);
    return id;
  }

  #rule(item: Tree): void {
    const { problems } = this.#scope;
    const entries = readKeys(item, RULE_KEYS, 'a rule', problems);
    if (entries === null) return;
    if (this.#ruleIds.size >= RULES_MAX) {
      if (this.#ruleIds.size === RULES_MAX) problems.error(item, `More than ${RULES_MAX} rules.`);
      return;
    }
    const id = this.#id(entries, 'a rule', this.#ruleIds);
    const modeTree = entries.get('mode')?.value;
    const mode = modeTree === undefined ? 'live' : readOneOf(modeTree, 'mode', MODES, problems);
    const scoreTree = entries.get('score')?.value;
    const body = this.#expressions.rule(entries.get('when')?.value, scoreTree);
    const verdict = mode === null ? null : this.#verdict(item, entries, mode);
    const hold = this.#hold(entries, verdict?.outcome ?? null);
    if (id === null || body === null || mode === null || verdict === null) return;
    const first = entries.get('id')?.key ?? item;
    this.#rules.push({
      id,
      trigger: this.#optionalText(entries, 'trigger'),
      description: this.#optionalText(entries, 'description'),
      ...body,
      mode,
      outcome: verdict.outcome,
      reason: verdict.reason,
      hold,
      at: placeOf(first.file, first.start),
    });
  }

  #verdict(
    item: Tree,
    entries: Entries,
    mode: RuleMode,
  ): { readonly outcome: Outcome; readonly reason: number } | null {
    const { problems } = this.#scope;
    const outcomeEntry = entries.get('outcome');
    const reasonEntry = entries.get('reason');
    const head = entries.get('id')?.key ?? item;
    if (mode === 'score') {
      for (const entry of [outcomeEntry, reasonEntry]) {
        if (entry === undefined) continue;
        problems.error(
          entry.key,
          `With mode: score a rule has no "${entry.name}": it only adds its score.`,
        );
      }
      if (!entries.has('score')) problems.error(head, 'With mode: score a rule needs a "score".');
      return { outcome: 'allow', reason: -1 };
    }
    for (const key of ['outcome', 'reason']) {
      if (entries.has(key) || isMistyped(item, key, RULE_KEYS)) continue;
      problems.error(head, `The key "${key}" is missing in a rule.`);
    }
    const outcome =
      outcomeEntry === undefined
        ? null
        : readOneOf(outcomeEntry.value, 'outcome', OUTCOMES, problems);
    const reason = reasonEntry === undefined ? null : this.#reasons.read(reasonEntry.value);
    return outcome === null || reason === null ? null : { outcome, reason };
  }

  /** How the rule's own hold expires; null where it says nothing. */
  #hold(entries: Entries, outcome: Outcome | null): HoldPlan | null {
    const entry = entries.get('hold');
    if (entry === undefined) return null;
    const { problems } = this.#scope;
    const hold = readHold(entry.value, this.#life.hold, problems);
    const isOwn = hold.forMs !== this.#life.hold.forMs;
    if (isOwn) refuseLongHold(entry.value, hold, this.#life.keepMs, problems);
    if (outcome !== null && outcome !== 'hold') {
      const message =
        '"hold" says how a hold expires: it stands only in a rule with outcome: hold.';
      problems.error(entry.key, message);
    }
    return hold;
  }

  #optionalText(entries: Entries, key: string): string | null {
    const value = entries.get(key)?.value;
    return value === undefined ? null : readText(value, key, this.#scope.problems);
  }

  #exemption(item: Tree): void {
    const { problems } = this.#scope;
    const entries = readKeys(item, EXEMPT_KEYS, 'an exemption', problems);
    if (entries === null) return;
    const id = this.#id(entries, 'an exemption', this.#exemptIds);
    const when = this.#expressions.exemption(entries.get('when')?.value);
    this.#optionalText(entries, 'description');
    const from = this.#from(entries);
    const rules = this.#ruleIndexes(entries);
    if (from !== null) this.#warnIdle(entries, from, rules);
    if (id === null || when === null || from === null) return;
    this.#exempt.push({ id, when, from, rules });
  }

  /** An exemption that can do nothing is no error, but surely not what was meant. */
  #warnIdle(entries: Entries, from: readonly Outcome[], named: readonly number[] | null): void {
    const { problems } = this.#scope;
    const fromEntry = entries.get('from');
    const rulesEntry = entries.get('rules');
    const taken: readonly Outcome[] = from.filter((outcome) => outcome !== 'allow');
    if (taken.length === 0 && fromEntry !== undefined) {
      const why = 'allow is what is decided without an outcome, too';
      problems.warning(fromEntry.value, `This exemption changes no decision: ${why}.`);
      return;
    }
    const rules = (named ?? []).flatMap((index) => this.#rules[index] ?? []);
    // Of a rule that is broken nothing is known.
    if (rulesEntry === undefined || rules.length === 0 || rules.length !== named?.length) return;
    if (rules.every(({ mode }) => mode === 'score')) {
      const why = 'a rule with mode: score has no outcome to take away';
      problems.warning(rulesEntry.value, `This exemption can do nothing: ${why}.`);
    } else if (!rules.some(({ mode, outcome }) => mode !== 'score' && taken.includes(outcome))) {
      const why = `none of the named rules has the outcome ${wordList(taken)}`;
      problems.warning((fromEntry ?? rulesEntry).value, `This exemption can do nothing: ${why}.`);
    }
  }

  #from(entries: Entries): readonly Outcome[] | null {
    const tree = entries.get('from')?.value;
    if (tree === undefined) return ['hold', 'reverse'];
    const { problems } = this.#scope;
    const items = tree.kind === 'list' ? tree.items : [tree];
    const outcomes = new Set<Outcome>();
    for (const item of items) {
      const outcome = readOneOf(item, 'an outcome', OUTCOMES, problems);
      if (outcome !== null) outcomes.add(outcome);
    }
    if (items.length === 0)
      return problems.error(tree, 'The list is empty: it would exempt from nothing.');
    return [...outcomes];
  }

  #ruleIndexes(entries: Entries): readonly number[] | null {
    const tree = entries.get('rules')?.value;
    if (tree === undefined) return null;
    const { problems } = this.#scope;
    const indexes = new Set<number>();
    const names = readTexts(tree, 'the id of a rule', problems) ?? [];
    if (tree.kind === 'list' && tree.items.length === 0) {
      problems.error(tree, 'The list is empty: it would exempt from no rule.');
    }
    for (const name of names) {
      if (!this.#ruleIds.has(name.text)) {
        problems.error(
          name,
          `There is no rule ${quote(name.text)}.`,
          nearMiss(name.text, this.#ruleIds.keys()),
        );
      }
      indexes.add(this.#rules.findIndex(({ id }) => id === name.text));
    }
    return [...indexes];
  }
}
