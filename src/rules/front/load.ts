// The front end of the rules: a file and everything beside it -> a plan, or all its problems at
// once. The order is the data's way: read, parse YAML, gather includes, declarations, expressions,
// tests. Nothing is compiled or run here.

import { HoldfastError } from '../../base/errors.ts';
import { currencyCodes, isCurrencyCode } from '../../domain/currencies.ts';
import type { Plan, RateData } from '../../domain/plan.ts';
import { nearMiss } from './near-miss.ts';
import { checkLets } from './check/lets.ts';
import type { Scope } from './check/scope.ts';
import { FILE_NODES_MAX, Uses } from './check/scope.ts';
import { DeclarationReader } from './declarations.ts';
import type { RulesDocument } from './documents.ts';
import { DocumentLoader, resolvePath, singleValue } from './documents.ts';
import { Problems, quote } from './problem.ts';
import type { RulesProblem } from './problem.ts';
import type { ReadFile } from './read-file.ts';
import {
  CSV_BYTES_MAX,
  ContentHash,
  RULES_BYTES_MAX,
  readFileFromDisk,
  readText as readTextFile,
} from './read-file.ts';
import { readRatesFile } from './rates-file.ts';
import { readRails } from './rails.ts';
import { readPath, readScalar, readText, readZone } from './read-tree.ts';
import { ReasonTable } from './reasons.ts';
import { RulesReader } from './rules-section.ts';
import { readSettings } from './settings.ts';
import { SourceFile } from './source-file.ts';
import { TestsReader } from './tests-section.ts';

export type { RulesProblem } from './problem.ts';
export type { ReadFile } from './read-file.ts';
export { formatProblem } from './problem.ts';

export type LoadResult =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly RulesProblem[] }
  | { readonly ok: false; readonly problems: readonly RulesProblem[] };

/** `files`: the paths of all that was read, the rules file and what it names. */
export type FileLoadResult = LoadResult & { readonly files: readonly string[] };

/**
 * Loads a rules file from disk.
 * @throws HoldfastError IO_FAILED when the file itself is missing or unreadable
 */
export async function loadRulesFile(path: string): Promise<FileLoadResult> {
  return loadRulesFileSync(path);
}

export function loadRulesFileSync(path: string): FileLoadResult {
  const files: string[] = [];
  const readFile: ReadFile = (name, bytesMax) => {
    files.push(name);
    return readFileFromDisk(name, bytesMax);
  };
  const read = readTextFile(path, RULES_BYTES_MAX, readFile);
  if (read.ok) return { ...loadRulesText(read.text, path, readFile), files };
  if (read.unreadable) {
    throw new HoldfastError('IO_FAILED', `The rules file ${quote(path)} ${read.reason}.`, { path });
  }
  return { ...refused(path, read.reason), files };
}

/** What is wrong with the file as a whole. */
function refused(path: string, reason: string): LoadResult {
  const problems = new Problems();
  const file = new SourceFile(path, '');
  problems.error({ file, start: 0, end: 1, path: '', rule: null }, `The rules file ${reason}.`);
  return { ok: false, problems: problems.errors };
}

/**
 * Loads rules from text; `virtualPath` names it in messages and is what other paths are relative to.
 * `readFile` gives the bytes of the files that it names, and throws where there are none.
 */
export function loadRulesText(text: string, virtualPath: string, readFile: ReadFile): LoadResult {
  if (Buffer.byteLength(text) > RULES_BYTES_MAX) {
    return refused(virtualPath, `is larger than ${RULES_BYTES_MAX / 1_048_576} MiB`);
  }
  const problems = new Problems();
  const hash = new ContentHash();
  const loader = new DocumentLoader(problems, readFile, hash);
  loader.load(virtualPath, text.replace(/^\ufeff/, ''), null);
  const plan = makePlan(loader.documents, problems, readFile, hash);
  if (plan === null || problems.errorCount > 0)
    return { ok: false, problems: sorted(problems.errors) };
  return { ok: true, plan, warnings: sorted(problems.warnings) };
}

/** By file in order of reading, then by place: as one reads. */
function sorted(problems: readonly RulesProblem[]): RulesProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return problems.toSorted(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

function makePlan(
  documents: readonly RulesDocument[],
  problems: Problems,
  readFile: ReadFile,
  hash: ContentHash,
): Plan | null {
  const main = documents.at(-1);
  if (main === undefined) return null;
  const header = readHeader(documents, main, problems);
  const settings = readSettings(documents, problems);
  const rates = readRates(documents, header.currency, problems, readFile, hash);
  const { currency, timezone } = header;
  const rails = readRails(documents, problems, readFile, hash, timezone);
  const declarations = new DeclarationReader(problems, readFile, hash, currency).read(documents);
  const scope: Scope = {
    ...declarations,
    problems,
    currency,
    timezone,
    said: new Set(),
    budget: { nodes: FILE_NODES_MAX },
  };
  checkLets(scope, declarations.lets);
  const uses = new Uses();
  const reasons = new ReasonTable(documents, problems);
  const { rules, ruleIds, exempt } = new RulesReader(scope, uses, reasons, settings.life).read(
    documents,
  );
  const tests = new TestsReader(scope, currency, problems).read(documents, rules, ruleIds);
  return {
    ...header,
    ...settings,
    life: {
      ...settings.life,
      ...rails,
      fields: uses.lifeFields,
      timers: uses.timers,
    },
    hash: hash.digest(),
    rates,
    extraFields: declarations.extraFields,
    fieldsRead: [...uses.fieldNames],
    entities: uses.entities,
    features: uses.features,
    lists: declarations.lists,
    registers: declarations.registers,
    reasons: reasons.reasons,
    rules,
    exempt,
    tests,
  };
}

type Header = Pick<Plan, 'ruleset' | 'version' | 'description' | 'currency' | 'timezone'>;

function readHeader(
  documents: readonly RulesDocument[],
  main: RulesDocument,
  problems: Problems,
): Header {
  const own = (key: string): string | null => {
    const value = main.entries.get(key)?.value;
    if (value === undefined) return null;
    // A version may be a number: as written.
    const text =
      key === 'version'
        ? (readScalar(value, key, problems)?.text ?? null)
        : readText(value, key, problems);
    if (text?.trim() !== '' || key === 'description') return text;
    return problems.error(value, `A value is missing: ${key} is expected.`);
  };
  for (const { entries } of documents.slice(0, -1)) {
    for (const key of ['ruleset', 'description'] as const) {
      const value = entries.get(key)?.value;
      if (value !== undefined) readText(value, key, problems);
    }
  }
  return {
    ruleset: own('ruleset') ?? '',
    version: own('version'),
    description: own('description'),
    currency: readCurrency(documents, problems),
    timezone: readTimezone(documents, problems),
  };
}

function readCurrency(documents: readonly RulesDocument[], problems: Problems): string | null {
  const tree = singleValue(documents, 'currency', problems);
  const code = tree === null ? null : readText(tree, 'currency', problems);
  if (tree === null || code === null || isCurrencyCode(code)) return code;
  problems.error(
    tree,
    `${quote(code)} is no ISO 4217 currency; expected three capitals such as CNY.`,
    nearMiss(code, currencyCodes()),
  );
  // Money is then checked as if it had two decimals.
  return code;
}

function readTimezone(documents: readonly RulesDocument[], problems: Problems): string {
  const tree = singleValue(documents, 'timezone', problems);
  return (tree === null ? null : readZone(tree, problems)) ?? 'UTC';
}

function readRates(
  documents: readonly RulesDocument[],
  currency: string | null,
  problems: Problems,
  readFile: ReadFile,
  hash: ContentHash,
): readonly RateData[] {
  const tree = singleValue(documents, 'rates', problems);
  const path = tree === null ? null : readPath(tree, 'rates', problems);
  if (tree === null || path === null) return [];
  if (currency === null) {
    problems.error(tree, 'Rates need a "currency" to convert to.');
    return [];
  }
  const target = resolvePath(tree.file, path);
  const read = readTextFile(target, CSV_BYTES_MAX, readFile);
  if (!read.ok) {
    problems.error(tree, `The file of rates ${quote(target)} ${read.reason}.`);
    return [];
  }
  hash.add('rates', read.text);
  return readRatesFile(new SourceFile(target, read.text), currency, problems) ?? [];
}
