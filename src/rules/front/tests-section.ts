// Tests in the file: transactions given and the decisions expected on some of them.

import { OUTCOMES } from '../../domain/decision.ts';
import type { FileTest, FileTestExpectation, RulePlan } from '../../domain/plan.ts';
import { nearMiss } from './near-miss.ts';
import type { RulesDocument } from './documents.ts';
import type { GivenFields } from './given.ts';
import { GivenReader } from './given.ts';
import { EXPECTATION_KEYS, TEST_KEYS } from './keys.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import {
  counted,
  readInteger,
  readKeys,
  readList,
  readOneOf,
  readText,
  readTexts,
} from './read-tree.ts';
import { TEST_ROWS_MAX } from './shapes.ts';
import { placeOf } from './source-file.ts';
import type { Tree } from './yaml-tree.ts';

export class TestsReader {
  readonly #given: GivenReader;
  readonly #problems: Problems;

  constructor(fields: GivenFields, currency: string | null, problems: Problems) {
    this.#given = new GivenReader(fields, currency, problems);
    this.#problems = problems;
  }

  read(
    documents: readonly RulesDocument[],
    rules: readonly RulePlan[],
    ruleIds: ReadonlySet<string>,
  ): FileTest[] {
    const tests: FileTest[] = [];
    for (const { entries } of documents) {
      const section = entries.get('tests');
      if (section === undefined) continue;
      for (const item of readList(section.value, '"tests"', this.#problems)?.items ?? []) {
        const test = this.#test(item, rules, ruleIds);
        if (test !== null) tests.push(test);
      }
    }
    return tests;
  }

  #test(item: Tree, rules: readonly RulePlan[], ruleIds: ReadonlySet<string>): FileTest | null {
    const entries = readKeys(item, TEST_KEYS, 'a test', this.#problems);
    if (entries === null) return null;
    const errorsBefore = this.#problems.errorCount;
    const nameTree = entries.get('name')?.value;
    const name =
      nameTree === undefined ? null : readText(nameTree, 'the name of a test', this.#problems);
    const givenTree = entries.get('given')?.value;
    const givenList = givenTree === undefined ? null : readList(givenTree, 'given', this.#problems);
    if (givenList?.items.length === 0)
      this.#problems.error(givenList, 'No transactions are given.');
    const given = this.#given.read(givenList?.items ?? []);
    const expectTree = entries.get('expect')?.value;
    const expectList =
      expectTree === undefined ? null : readList(expectTree, 'expect', this.#problems);
    if (expectList?.items.length === 0)
      this.#problems.error(expectList, 'Nothing is expected: the test could not fail.');
    const isGivenWhole = this.#problems.errorCount === errorsBefore;
    const expect = (expectList?.items ?? []).flatMap((expected) => {
      const one = this.#expectation(expected, isGivenWhole ? given.length : null, rules, ruleIds);
      return one === null ? [] : [one];
    });
    if (name === null || this.#problems.errorCount > errorsBefore) return null;
    const head = entries.get('name')?.key ?? item;
    return { name, at: placeOf(head.file, head.start), given, expect };
  }

  #expectation(
    tree: Tree,
    givenCount: number | null,
    rules: readonly RulePlan[],
    ruleIds: ReadonlySet<string>,
  ): FileTestExpectation | null {
    const entries = readKeys(tree, EXPECTATION_KEYS, 'an expectation', this.#problems);
    const atTree = entries?.get('at')?.value;
    if (entries === null || atTree === undefined) return null;
    const at = readInteger(atTree, 'at', -TEST_ROWS_MAX, TEST_ROWS_MAX, this.#problems);
    const outcomeTree = entries.get('outcome')?.value;
    const rulesTree = entries.get('rules')?.value;
    if (outcomeTree === undefined && rulesTree === undefined) {
      return this.#problems.error(
        tree,
        'An expectation names an outcome or rules: this one could not fail.',
      );
    }
    const outcome =
      outcomeTree === undefined
        ? null
        : readOneOf(outcomeTree, 'outcome', OUTCOMES, this.#problems);
    const ruleNames = rulesTree === undefined ? null : this.#ruleNames(rulesTree, rules, ruleIds);
    if (at === null || givenCount === null) return null;
    const index = at < 0 ? givenCount + at : at;
    if (index < 0 || index >= givenCount) {
      const given = `There ${givenCount === 1 ? 'is' : 'are'} ${counted(givenCount, 'transaction')}`;
      return this.#problems.error(
        atTree,
        `${given}: "at" is from ${-givenCount} to ${givenCount - 1}, not ${at}.`,
      );
    }
    const afterTree = entries.get('after')?.value;
    const after = afterTree === undefined ? null : this.#after(afterTree, index, givenCount);
    if (afterTree !== undefined && after === null) return null;
    return {
      at: index,
      after,
      outcome,
      rules: ruleNames,
      place: placeOf(tree.file, tree.start),
    };
  }

  /** After which transaction the decision on `at` is looked at: an index, or `end`. */
  #after(tree: Tree, at: number, givenCount: number): number | null {
    if (tree.kind === 'scalar' && tree.text === 'end') return givenCount;
    if (tree.kind !== 'scalar' || typeof tree.value !== 'number') {
      return this.#problems.error(tree, 'Here after must be the number of a transaction, or end.');
    }
    const after = readInteger(tree, 'after', -TEST_ROWS_MAX, TEST_ROWS_MAX, this.#problems);
    if (after === null) return null;
    const index = after < 0 ? givenCount + after : after;
    if (index >= at && index < givenCount) return index;
    return this.#problems.error(
      tree,
      `"after" is a transaction from ${at}, the one decided on, to ${givenCount - 1}, or end; not ${after}.`,
    );
  }

  #ruleNames(
    tree: Tree,
    rules: readonly RulePlan[],
    ruleIds: ReadonlySet<string>,
  ): readonly string[] | null {
    const names = readTexts(tree, 'the id of a rule', this.#problems);
    const seen = new Set<string>();
    for (const name of names ?? []) {
      if (!ruleIds.has(name.text)) {
        this.#problems.error(
          name,
          `There is no rule ${quote(name.text)}.`,
          nearMiss(name.text, ruleIds),
        );
        continue;
      }
      const mode = rules.find(({ id }) => id === name.text)?.mode ?? 'live';
      if (mode !== 'live') {
        this.#problems.error(
          name,
          `The rule ${quote(name.text)} has mode: ${mode}; only live rules stand here.`,
        );
      }
      seen.add(name.text);
    }
    return names === null ? null : [...seen];
  }
}
