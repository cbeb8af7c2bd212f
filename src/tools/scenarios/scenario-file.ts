// A scenario: a merchant's story as transactions in and decisions out, a YAML file each in
// fixtures/scenarios (its README has the form). This reads one; what is in it is as on the wire, so
// money is in minor units and nothing is added to a row but its id, kind, time and currency.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { HoldfastError } from '../../base/errors.ts';
import { parseDuration, parseTime } from '../../rules/front/units.ts';

export type WireRow = Readonly<Record<string, unknown>>;
/** A decision, or several plain allows in one, as written under `expect`. */
export type WrittenRecord = Readonly<Record<string, unknown>>;

export interface Scenario {
  /** Of the file, without its folder. */
  readonly file: string;
  readonly title: string;
  /** Numbers of the documented triggers that it shows. */
  readonly triggers: readonly number[];
  /** It shows what must not be stopped. */
  readonly isNearMiss: boolean;
  readonly rulesPath: string;
  readonly given: readonly WireRow[];
  /** How much time passes after the last row. */
  readonly endMs: number;
  readonly expect: readonly WrittenRecord[];
}

const KEYS = new Set([
  'title',
  'trigger',
  'nearMiss',
  'story',
  'rules',
  'each',
  'given',
  'end',
  'expect',
]);
const FIRST_TIME_MS = Date.UTC(2026, 0, 1);
const EVERY_MS = 1000;
const DEFAULT_RULES = '../rules/pos-wallet.yaml';
const DEFAULT_CURRENCY = 'CNY';

/** Throws HoldfastError USAGE with the file's name where it is not what it should be. */
export function readScenario(path: string): Scenario {
  return new ScenarioReader(path).read(readFileSync(path, 'utf8'));
}

class ScenarioReader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(text: string): Scenario {
    const root = this.#map(parse(text), 'the file');
    for (const key of Object.keys(root)) if (!KEYS.has(key)) this.#fail(`unknown key "${key}"`);
    const rules = root['rules'] ?? DEFAULT_RULES;
    const each = root['each'] === undefined ? {} : this.#map(root['each'], '"each"');
    return {
      file: this.#path.split(/[\\/]/).at(-1) ?? '',
      title: this.#text(root['title'], '"title"'),
      triggers: this.#triggers(root['trigger']),
      isNearMiss: root['nearMiss'] === true,
      rulesPath: join(dirname(this.#path), this.#text(rules, '"rules"')),
      given: this.#rows(this.#list(root['given'], '"given"'), each),
      endMs: root['end'] === undefined ? 0 : this.#duration(root['end'], '"end"'),
      expect: this.#list(root['expect'] ?? [], '"expect"').map((item) =>
        this.#map(item, 'a decision'),
      ),
    };
  }

  #triggers(value: unknown): readonly number[] {
    const numbers: readonly unknown[] = Array.isArray(value) ? value : [value];
    return numbers.map((number) =>
      typeof number === 'number' ? number : this.#fail('"trigger" must be a number, or several'),
    );
  }

  #rows(items: readonly unknown[], each: WireRow): readonly WireRow[] {
    const rows: WireRow[] = [];
    let lastTimeMs: number | null = null;
    for (const item of items) {
      const { tx, repeat = 1, every, ...others } = this.#map(item, 'a row');
      const stray = Object.keys(others)[0];
      if (stray !== undefined) this.#fail(`unknown key "${stray}" beside tx, repeat and every`);
      if (typeof repeat !== 'number') this.#fail('"repeat" must be a number');
      const fields = this.#map(tx, '"tx"');
      const everyMs = every === undefined ? EVERY_MS : this.#duration(every, '"every"');
      for (let i = 0; i < repeat; i++) {
        const nextMs: number = lastTimeMs === null ? FIRST_TIME_MS : lastTimeMs + everyMs;
        const time = fields['time'] === undefined ? nextMs : this.#time(fields['time']);
        rows.push(filled(fields, each, rows.length, time));
        lastTimeMs = time;
      }
    }
    return rows;
  }

  #map(value: unknown, what: string): Record<string, unknown> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    return this.#fail(`${what} must be a map`);
  }

  #list(value: unknown, what: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.#fail(`${what} must be a list`);
  }

  #text(value: unknown, what: string): string {
    return typeof value === 'string' ? value : this.#fail(`${what} must be a text`);
  }

  #duration(value: unknown, what: string): number {
    const ms = parseDuration(String(value));
    return ms ?? this.#fail(`${what} must be a duration such as 10m`);
  }

  #time(value: unknown): number {
    const ms = typeof value === 'number' ? value : parseTime(String(value));
    return ms ?? this.#fail('"time" must be a time such as 2026-01-31T08:00:00Z');
  }

  #fail(what: string): never {
    const path = this.#path;
    throw new HoldfastError('USAGE', `Cannot read the scenario "${path}": ${what}`, { path });
  }
}

/** `each` is said of payments only: news about one carries what it needs itself. */
function filled(fields: WireRow, each: WireRow, index: number, time: number): WireRow {
  const kind = fields['kind'] ?? 'payment';
  const shared = kind === 'payment' ? each : {};
  const currency = fields['amount'] === undefined && shared['amount'] === undefined ? {} : CURRENCY;
  return { id: `#${index}`, kind, ...currency, ...shared, ...fields, time };
}

const CURRENCY: WireRow = { currency: DEFAULT_CURRENCY };
