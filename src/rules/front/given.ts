// The transactions of a test: `repeat` is expanded, times and ids are filled in and money becomes
// minor units here, so that what runs them needs no rules of its own.

import { exponentOr2, isCurrencyCode } from '../../domain/currencies.ts';
import type { FieldSpec } from '../../domain/fields.ts';
import { nearMiss } from './near-miss.ts';
import type { Scope } from './check/scope.ts';
import { GIVEN_KEYS } from './keys.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import { readDuration, readInteger, readKeys, readMap, wordList } from './read-tree.ts';
import { DURATION_MS_MAX } from './section.ts';
import { TEST_ROWS_MAX } from './shapes.ts';
import { parseDecimal, parseTime, scaleToInteger } from './units.ts';
import type { MapEntry, ScalarNode, Tree } from './yaml-tree.ts';

const FIRST_TIME_MS = Date.UTC(2026, 0, 1);
const EVERY_MS = 1000;

export type GivenFields = Pick<Scope, 'fields' | 'brokenFields'>;

type Row = Readonly<Record<string, unknown>>;

export class GivenReader {
  readonly #fields: GivenFields['fields'];
  readonly #brokenFields: GivenFields['brokenFields'];
  readonly #currency: string | null;
  readonly #problems: Problems;
  #rowCount = 0;
  #saidNoCurrency = false;

  constructor({ fields, brokenFields }: GivenFields, currency: string | null, problems: Problems) {
    this.#fields = fields;
    this.#brokenFields = brokenFields;
    this.#currency = currency;
    this.#problems = problems;
  }

  read(items: readonly Tree[]): Row[] {
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
          : readDuration(everyTree, 'every', 0, DURATION_MS_MAX, this.#problems);
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
        if (this.#brokenFields.has(name)) continue;
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
    const fail = (what: string): null => this.#fail(spec, scalar, what);
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

  #fail(spec: FieldSpec, scalar: ScalarNode, what: string): null {
    const { value, text } = scalar;
    const hint =
      typeof value === 'string' && isBareValue(text)
        ? `: write ${text} without quotes`
        : typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER
          ? ', which is too large'
          : '';
    const message = `Here tx.${spec.name} must be ${what}, not ${quote(text)}${hint}.`;
    return this.#problems.error(scalar, message);
  }

  #money(spec: FieldSpec, scalar: ScalarNode, currency: string | null): number | null {
    if (currency === null) return this.#noCurrency(spec, scalar);
    const exponent = exponentOr2(currency);
    const decimal = typeof scalar.value === 'number' ? parseDecimal(scalar.text) : null;
    const minor = decimal === null ? null : scaleToInteger(decimal, exponent);
    if (minor !== null) return minor;
    if (decimal === null) return this.#fail(spec, scalar, 'an amount');
    if (decimal.scale <= exponent) {
      return this.#problems.error(scalar, `The amount ${quote(scalar.text)} is too large.`);
    }
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
}

/** A number or a condition, as it is written without quotes. */
function isBareValue(text: string): boolean {
  return text === 'true' || text === 'false' || /^-?\d{1,15}(\.\d{1,15})?$/.test(text);
}

function inRange(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= limit;
}
