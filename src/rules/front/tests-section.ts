// Tests in the file: transactions given (money in major units) and the decisions expected. `repeat`
// is expanded here, times and ids are filled in, so that what runs them needs no rules of its own.

import { currencyExponent, isCurrencyCode } from '../../domain/currency.ts';
import { OUTCOMES } from '../../domain/decision.ts';
import type { FieldSpec } from '../../domain/fields.ts';
import type { FileTest, FileTestExpectation, RulePlan } from '../../domain/plan.ts';
import { nearMiss } from '../../base/near-miss.ts';
import type { FieldInfo } from './check/scope.ts';
import type { RulesDocument } from './documents.ts';
import { EXPECTATION_KEYS, GIVEN_KEYS, TEST_KEYS } from './keys.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import {
  readDuration,
  readInteger,
  readKeys,
  readList,
  readMap,
  readOneOf,
  readText,
  readTexts,
  wordList,
} from './read-tree.ts';
import { placeOf } from './source-file.ts';
import { parseDecimal, parseTime, scaleToInteger } from './units.ts';
import type { MapEntry, ScalarNode, Tree } from './yaml-tree.ts';

/** Transactions of all tests of a file, after repeat is expanded. */
export const TEST_ROWS_MAX = 200_000;
const FIRST_TIME_MS = Date.UTC(2026, 0, 1);
const EVERY_MS = 1000;
const EVERY_MS_MAX = 3660 * 86_400_000;

type Row = Readonly<Record<string, unknown>>;

export class TestsReader {
  readonly #fields: ReadonlyMap<string, FieldInfo>;
  readonly #currency: string | null;
  readonly #problems: Problems;
  #rowCount = 0;
  #saidNoCurrency = false;

  constructor(fields: ReadonlyMap<string, FieldInfo>, currency: string | null, problems: Problems) {
    this.#fields = fields;
    this.#currency = currency;
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
    const given = this.#given(givenList?.items ?? []);
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

  #given(items: readonly Tree[]): Row[] {
    const rows: Row[] = [];
    let lastTimeMs: number | null = null;
    for (const item of items) {
      const entries = readKeys(item, GIVEN_KEYS, 'a given transaction', this.#problems);
      const tx = entries?.get('tx');
      if (entries === null || tx === undefined) continue;
      const fields = this.#transaction(tx.value);
      const repeatTree = entries.get('repeat')?.value;
      const everyTree = entries.get('every')?.value;
      const repeat =
        repeatTree === undefined
          ? 1
          : readInteger(repeatTree, 'repeat', 1, TEST_ROWS_MAX, this.#problems);
      const everyMs =
        everyTree === undefined
          ? EVERY_MS
          : readDuration(everyTree, 'every', 0, EVERY_MS_MAX, this.#problems);
      if (fields === null || repeat === null || everyMs === null) continue;
      this.#rowCount += repeat;
      if (this.#rowCount > TEST_ROWS_MAX) {
        this.#problems.error(
          item,
          `The tests have more than ${TEST_ROWS_MAX} transactions in all.`,
        );
        return rows;
      }
      for (let i = 0; i < repeat; i++) {
        const ownTime = fields.get('time') as number | undefined;
        const nextMs: number = lastTimeMs === null ? FIRST_TIME_MS : lastTimeMs + everyMs;
        const time: number = ownTime ?? nextMs;
        rows.push(this.#row(fields, rows.length, time));
        lastTimeMs = time;
      }
    }
    return rows;
  }

  #row(fields: ReadonlyMap<string, unknown>, index: number, time: number): Row {
    const filled = new Map<string, unknown>([
      ['id', `#${index}`],
      ['kind', 'payment'],
    ]);
    if (this.#currency !== null) filled.set('currency', this.#currency);
    for (const [name, value] of fields) filled.set(name, value);
    filled.set('time', time);
    // Own properties whatever the names: fromEntries defines, it does not assign.
    return Object.fromEntries(filled);
  }

  /** The keys of one given transaction, in the contract's units. */
  #transaction(tree: Tree): ReadonlyMap<string, unknown> | null {
    const map = readMap(tree, 'tx', this.#problems);
    if (map === null) return null;
    const errorsBefore = this.#problems.errorCount;
    const currency = this.#rowCurrency(map.entries);
    const fields = new Map<string, unknown>();
    for (const { key, name, value } of map.entries) {
      const field = this.#fields.get(name);
      if (field === undefined) {
        const near = nearMiss(name, this.#fields.keys());
        this.#problems.error(key, `The transaction has no field ${quote(name)}.`, near);
        continue;
      }
      if (value.kind !== 'scalar' || value.value === null) {
        this.#problems.error(
          value,
          `Here tx.${name} must be a value; leave the key out where it is absent.`,
        );
        continue;
      }
      fields.set(name, this.#fieldValue(field.spec, value, currency));
    }
    return this.#problems.errorCount === errorsBefore ? fields : null;
  }

  #rowCurrency(entries: readonly MapEntry[]): string | null {
    const own = entries.find(({ name }) => name === 'currency')?.value;
    if (own === undefined || own.kind !== 'scalar') return this.#currency;
    if (!isCurrencyCode(own.text)) {
      this.#problems.error(own, `${quote(own.text)} is no ISO 4217 currency.`);
    }
    return own.text;
  }

  #fieldValue(spec: FieldSpec, scalar: ScalarNode, currency: string | null): unknown {
    const { value, text } = scalar;
    const fail = (what: string): null =>
      this.#problems.error(scalar, `Here tx.${spec.name} must be ${what}, not ${quote(text)}.`);
    switch (spec.type) {
      case 'string':
        if (Buffer.byteLength(text) > spec.bytesMax) return fail(`at most ${spec.bytesMax} bytes`);
        return text;
      case 'enum': {
        const values = spec.values ?? [];
        if (values.includes(text)) return text;
        const message = `Here tx.${spec.name} must be ${wordList(values)}, not ${quote(text)}.`;
        return this.#problems.error(scalar, message, nearMiss(text, values));
      }
      case 'money':
        return this.#money(spec, scalar, currency);
      case 'time': {
        const ms = typeof value === 'number' ? value : parseTime(text);
        return ms !== null && Number.isSafeInteger(ms)
          ? ms
          : fail('a time such as 2026-01-31T08:00:00Z');
      }
      case 'duration':
      case 'integer':
        return Number.isSafeInteger(value) ? value : fail('a whole number');
      case 'boolean':
        return typeof value === 'boolean' ? value : fail('true or false');
      case 'latitude':
        return inRange(value, 90) ? value : fail('degrees from -90 to 90');
      case 'longitude':
        return inRange(value, 180) ? value : fail('degrees from -180 to 180');
      case 'number':
        return typeof value === 'number' && Number.isFinite(value) ? value : fail('a number');
    }
  }

  #money(spec: FieldSpec, scalar: ScalarNode, currency: string | null): number | null {
    if (currency === null) return this.#noCurrency(spec, scalar);
    const exponent = currencyExponent(currency);
    const decimal = typeof scalar.value === 'number' ? parseDecimal(scalar.text) : null;
    const minor = decimal === null ? null : scaleToInteger(decimal, exponent);
    if (minor !== null) return minor;
    const message = `${quote(scalar.text)} is no amount of ${quote(currency)}, which has ${exponent} decimals.`;
    return this.#problems.error(scalar, message);
  }

  /** Said once: the file's currency is missing, not each row's. */
  #noCurrency(spec: FieldSpec, scalar: ScalarNode): null {
    if (this.#saidNoCurrency) return null;
    this.#saidNoCurrency = true;
    return this.#problems.error(
      scalar,
      `tx.${spec.name} is money: the file or the transaction needs a "currency".`,
    );
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
      return this.#problems.error(
        atTree,
        `There are ${givenCount} transactions: "at" is from ${-givenCount} to ${givenCount - 1}, not ${at}.`,
      );
    }
    return { at: index, outcome, rules: ruleNames, place: placeOf(tree.file, tree.start) };
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

function inRange(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= limit;
}
