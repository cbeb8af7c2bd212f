// Statements and names of one generated function body. Equal texts share one local: emitted
// expressions are pure and built of locals and numbers only, so a text says all of its value.
// Names are a letter and a number; nothing of a rules file can reach them.

import { assert } from '../../base/assert.ts';
import { HoldfastError } from '../../base/errors.ts';
import { TEMP_SLOTS_MAX } from '../runtime/rule-runtime.ts';

/** A double as JavaScript text; -0 becomes 0, which nothing in the language tells apart. */
export function numberText(value: number): string {
  assert(typeof value === 'number', 'a number in generated code');
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '(-Infinity)';
  if (value === 0) return '0';
  return value < 0 ? `(${String(value)})` : String(value);
}

/** An int32 as JavaScript text. */
export function intText(value: number): string {
  assert((value | 0) === value, 'an int32 in generated code');
  return value < 0 ? `(${value})` : String(value);
}

export class Scope {
  #nextName = 0;
  #statements: string[] = [];
  #locals = new Map<string, string>();
  #memos = new Map<string, Map<object, string>>();
  #constants = new Map<string, string>();
  #tempSlots = 0;
  #tempSlotsMax = 0;

  /** A local that holds `text`: an atom as it is, else one `const` for all equal texts. */
  local(text: string): string {
    if (/^(?:[\w.]+|\(-[\d.]+\))$/.test(text)) return text;
    const known = this.#locals.get(text);
    if (known !== undefined) return known;
    const name = this.fresh();
    this.#statements.push(`const ${name} = ${text};`);
    this.#locals.set(text, name);
    return name;
  }

  /** Several locals that one group of statements makes; `make` is called the first time only. */
  once(key: string, make: () => string): string {
    const known = this.#locals.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#locals.set(key, name);
    return name;
  }

  /**
   * What `make` gave for this node the first time: a node that is asked for again (a condition and
   * its negation share their operands) is not walked again.
   */
  memo(kind: string, node: object, make: () => string): string {
    let known = this.#memos.get(kind);
    if (known === undefined) {
      known = new Map();
      this.#memos.set(kind, known);
    }
    let text = known.get(node);
    if (text === undefined) {
      text = make();
      known.set(node, text);
    }
    return text;
  }

  fresh(): string {
    return `x${this.#nextName++}`;
  }

  statement(text: string): void {
    this.#statements.push(text);
  }

  /** A constant of the function, made before its loop: `K.tables[3]`. */
  constant(name: string, text: string): string {
    this.#constants.set(name, `const ${name} = ${text};`);
    return name;
  }

  /** A slot of the batch's temp area for one text that the body makes. */
  tempSlot(): number {
    this.#tempSlots++;
    if (this.#tempSlots > TEMP_SLOTS_MAX) {
      throw new HoldfastError(
        'RULES_REJECTED',
        `Cannot compile the rules: one rule, or all features together, make at most ${TEMP_SLOTS_MAX} texts by lower and text functions over last`,
      );
    }
    this.#tempSlotsMax = Math.max(this.#tempSlotsMax, this.#tempSlots);
    return this.#tempSlots - 1;
  }

  /** Temp slots of this body so far. */
  get tempSlotsUsed(): number {
    return this.#tempSlots;
  }

  /** Most temp slots that one body uses. */
  get tempSlotCount(): number {
    return this.#tempSlotsMax;
  }

  /** Statements since the last call, in order; their locals stay known. */
  takeStatements(): string[] {
    const taken = this.#statements;
    this.#statements = [];
    return taken;
  }

  /** Statements that go before the loop. */
  preamble(): string[] {
    return [...this.#constants.values()];
  }

  /** Begins another function body: no local of the last one is visible. */
  reset(): void {
    this.#locals = new Map();
    this.#memos = new Map();
    this.#constants = new Map();
    this.#statements = [];
    this.#tempSlots = 0;
  }

  /** Runs `body` for a nested block: locals made in it are forgotten after it. */
  block<T>(body: () => T): T {
    const locals = this.#locals;
    const memos = this.#memos;
    this.#locals = new Map(locals);
    this.#memos = new Map();
    try {
      return body();
    } finally {
      this.#locals = locals;
      this.#memos = memos;
    }
  }
}
