// Reason codes: the engine's, the file's own, and those that a rule gives response codes of its own.

import type { ReasonSpec } from '../../domain/reasons.ts';
import { REASONS } from '../../domain/reasons.ts';
import { nearMiss } from './near-miss.ts';
import type { RulesDocument } from './documents.ts';
import { REASON_KEYS, RULE_REASON_KEYS } from './keys.ts';
import { REASON_CODE } from './names.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import type { Entries } from './read-tree.ts';
import { readKeys, readMap, readText } from './read-tree.ts';
import type { Tree } from './yaml-tree.ts';

export class ReasonTable {
  /** The engine's first, in their order; then the file's own; then those of single rules. */
  readonly reasons: ReasonSpec[] = [...REASONS];
  readonly #byCode = new Map<string, number>();
  readonly #problems: Problems;

  constructor(documents: readonly RulesDocument[], problems: Problems) {
    this.#problems = problems;
    REASONS.forEach(({ code }, index) => this.#byCode.set(code, index));
    for (const { entries } of documents) {
      const section = entries.get('reasons');
      if (section === undefined) continue;
      for (const { key, name, value } of readMap(section.value, '"reasons"', problems)?.entries ??
        []) {
        if (!REASON_CODE.test(name)) {
          problems.error(
            key,
            `${quote(name)} is no reason code: capitals, digits and _, up to 64.`,
          );
        } else if (this.#byCode.has(name)) {
          problems.error(
            key,
            `The reason ${quote(name)} exists already; a rule may set its own codes: reason: { code: ${name}, de39: "…" }.`,
          );
        } else {
          const codes = readKeys(value, REASON_KEYS, 'a reason', problems);
          if (codes !== null) this.#byCode.set(name, this.#add(name, codes, null));
        }
      }
    }
  }

  /** Index of a rule's reason, or null after the reason why not is reported. */
  read(tree: Tree): number | null {
    if (tree.kind !== 'map') {
      const code = readText(tree, 'a reason code', this.#problems);
      return code === null ? null : this.#find(tree, code);
    }
    const entries = readKeys(tree, RULE_REASON_KEYS, 'a reason', this.#problems);
    const codeEntry = entries?.get('code');
    if (entries === null || codeEntry === undefined) return null;
    const code = readText(codeEntry.value, 'a reason code', this.#problems);
    const base = code === null ? null : this.#find(codeEntry.value, code);
    if (code === null || base === null) return null;
    return this.#add(code, entries, this.reasons[base] ?? null);
  }

  #find(tree: Tree, code: string): number | null {
    const index = this.#byCode.get(code);
    if (index !== undefined) return index;
    const near = nearMiss(code, this.#byCode.keys());
    return this.#problems.error(
      tree,
      `There is no reason ${quote(code)}; others than the engine's are declared under "reasons".`,
      near,
    );
  }

  #add(code: string, entries: Entries, base: ReasonSpec | null): number {
    const reason: ReasonSpec = {
      code,
      responseCode:
        this.#code(entries, 'de39', /^[0-9A-Z]{2}$/, 'two characters in quotes, such as "05"') ??
        base?.responseCode ??
        null,
      reversalReason:
        this.#code(entries, 'de25', /^[0-9]{4}$/, 'four digits, such as "4020"') ??
        base?.reversalReason ??
        null,
      isoReason:
        this.#code(
          entries,
          'iso',
          /^[A-Z0-9]{1,4}$/,
          'up to four capitals or digits, such as "FRAD"',
        ) ??
        base?.isoReason ??
        null,
    };
    return this.reasons.push(reason) - 1;
  }

  #code(entries: Entries, key: string, pattern: RegExp, shape: string): string | null {
    const value = entries.get(key)?.value;
    if (value === undefined) return null;
    // As written: 05 without quotes is meant as 05 too.
    if (value.kind === 'scalar' && value.value !== null && pattern.test(value.text))
      return value.text;
    return this.#problems.error(value, `Here ${key} must be ${shape}.`);
  }
}
