// Reading typed values out of the tree: each reader returns the value, or reports a sentence at its
// place and returns null.

import { nearMiss } from './near-miss.ts';
import type { KeySpec } from './keys.ts';
import { quote } from './problem.ts';
import type { Problems } from './problem.ts';
import { DURATION_UNITS, formatDuration, isTimezone, parseDuration } from './units.ts';
import type { ListNode, MapEntry, MapNode, ScalarNode, Tree } from './yaml-tree.ts';

export type Entries = ReadonlyMap<string, MapEntry>;

/** Checks the keys of a map against their table; null where it is no map. */
export function readKeys(
  tree: Tree,
  keys: readonly KeySpec[],
  what: string,
  problems: Problems,
): Entries | null {
  const map = readMap(tree, what, problems);
  if (map === null) return null;
  const known = new Set(keys.map(({ name }) => name));
  const entries = new Map<string, MapEntry>();
  for (const entry of map.entries) if (known.has(entry.name)) entries.set(entry.name, entry);
  // What is there already was not meant a second time.
  const absent = [...known].filter((name) => !entries.has(name));
  for (const entry of map.entries) {
    if (!known.has(entry.name)) {
      const near = nearMiss(entry.name, absent) ?? nearMiss(entry.name, known);
      const expected = expectedKeys(keys, near);
      const hint = endsAtComma(map, entry) ? COMMA_HINT : '';
      const message = `Unknown key ${quote(entry.name)} in ${what}${expected}.${hint}`;
      problems.error(entry.key, message, near);
    }
  }
  for (const { name, required } of keys) {
    if (required === true && !entries.has(name) && !isMistyped(map, name, keys)) {
      problems.error(headOf(map), `The key "${name}" is missing in ${what}.`);
    }
  }
  return entries;
}

/** More keys than this are not listed where a near miss tells which was meant. */
const KEYS_SHOWN_MAX = 12;

/** Of a map with more keys than this no near misses are sought twice. */
const MISTYPED_KEYS_MAX = 100;

function expectedKeys(keys: readonly KeySpec[], near: string | null): string {
  if (near !== null && keys.length > KEYS_SHOWN_MAX) return '';
  return `; expected ${wordList(keys.map(({ name }) => name))}`;
}

const COMMA_HINT =
  ' A comma ends a value inside { }: a condition that has one must be quoted as a whole.';

/** Whether a key is the rest of a value that a comma cut off, `{ when: a(b, c) > 1 }`. */
function endsAtComma(map: MapNode, { name, value }: MapEntry): boolean {
  const isFlow = map.file.text[map.start] === '{';
  return isFlow && isEmpty(value) && /[^\w-]/.test(name);
}

/** Whether a key that is not there stands in the map mistyped: that is said where it stands. */
export function isMistyped(tree: Tree, name: string, keys: readonly KeySpec[]): boolean {
  if (tree.kind !== 'map' || tree.entries.length > MISTYPED_KEYS_MAX) return false;
  const known = keys.map((key) => key.name);
  return tree.entries.some(
    (entry) => !known.includes(entry.name) && nearMiss(entry.name, known) === name,
  );
}

/** A map's first line: a caret under all of it would say nothing. */
function headOf(map: MapNode): Tree {
  return map.entries[0]?.key ?? map;
}

/** 1 part, 2 parts */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** a, b or c */
export function wordList(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

export function readMap(tree: Tree, what: string, problems: Problems): MapNode | null {
  if (tree.kind === 'map') return tree;
  if (isEmpty(tree))
    return problems.error(tree, `A value is missing: ${what} is a map of keys and values.`);
  return problems.error(tree, `Here ${what} must be a map of keys and values.`);
}

export function readList(tree: Tree, what: string, problems: Problems): ListNode | null {
  if (tree.kind === 'list') return tree;
  return problems.error(tree, `Here ${what} must be a list.`);
}

export function isEmpty(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}

/** Any scalar that is there, as written. */
export function readScalar(tree: Tree, what: string, problems: Problems): ScalarNode | null {
  if (tree.kind !== 'scalar') return problems.error(tree, `Here ${what} must be a single value.`);
  if (tree.value === null) return problems.error(tree, `A value is missing: ${what} is expected.`);
  return tree;
}

export function readText(tree: Tree, what: string, problems: Problems): string | null {
  const scalar = readScalar(tree, what, problems);
  if (scalar === null) return null;
  if (typeof scalar.value === 'string') return scalar.value;
  return problems.error(
    scalar,
    `Here ${what} must be a text: put it in quotes, ${quote(scalar.text)}.`,
  );
}

/** A text or list of texts. */
export function readTexts(tree: Tree, what: string, problems: Problems): ScalarNode[] | null {
  const items = tree.kind === 'list' ? tree.items : [tree];
  const texts: ScalarNode[] = [];
  for (const item of items) {
    if (readText(item, what, problems) !== null) texts.push(item as ScalarNode);
  }
  return texts.length === items.length ? texts : null;
}

/** Name of a file. */
export function readPath(tree: Tree, what: string, problems: Problems): string | null {
  const path = readText(tree, what, problems);
  if (path?.trim() !== '') return path;
  return problems.error(tree, "A file's name is expected here.");
}

/** A name of a file or a list of names. */
export function readPaths(tree: Tree, what: string, problems: Problems): ScalarNode[] {
  const items = tree.kind === 'list' ? tree.items : [tree];
  return items.flatMap((item) =>
    readPath(item, what, problems) === null ? [] : [item as ScalarNode],
  );
}

export function readNumber(tree: Tree, what: string, problems: Problems): number | null {
  const scalar = readScalar(tree, what, problems);
  if (scalar === null) return null;
  if (typeof scalar.value === 'number' && Number.isFinite(scalar.value)) return scalar.value;
  return problems.error(scalar, `Here ${what} must be a number.`);
}

export function readInteger(
  tree: Tree,
  what: string,
  min: number,
  max: number,
  problems: Problems,
): number | null {
  const scalar = readScalar(tree, what, problems);
  if (scalar === null) return null;
  const { value } = scalar;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) {
    return value;
  }
  return problems.error(scalar, `Here ${what} must be a whole number from ${min} to ${max}.`);
}

export function readDuration(
  tree: Tree,
  what: string,
  minMs: number,
  maxMs: number,
  problems: Problems,
): number | null {
  const scalar = readScalar(tree, what, problems);
  if (scalar === null) return null;
  const ms = parseDuration(scalar.text);
  if (ms === null) {
    return problems.error(
      scalar,
      `Here ${what} must be a duration: a whole number and a unit (${DURATION_UNITS}), such as 10m.`,
    );
  }
  if (ms >= minMs && ms <= maxMs) return ms;
  return problems.error(
    scalar,
    `Here ${what} must be from ${formatDuration(minMs)} to ${formatDuration(maxMs)}.`,
  );
}

export function readOneOf<T extends string>(
  tree: Tree,
  what: string,
  values: readonly T[],
  problems: Problems,
): T | null {
  const scalar = readScalar(tree, what, problems);
  if (scalar === null) return null;
  const value = values.find((candidate) => candidate === scalar.text);
  if (value !== undefined) return value;
  return problems.error(
    scalar,
    `Here ${what} must be ${wordList(values)}, not ${quote(scalar.text)}.`,
    nearMiss(scalar.text, values),
  );
}

/** An IANA time zone. */
export function readZone(tree: Tree, problems: Problems): string | null {
  const zone = readText(tree, 'timezone', problems);
  if (zone === null || isTimezone(zone)) return zone;
  const { message, near } = noZone(zone);
  return problems.error(tree, message, near);
}

/** What to say of a name that isTimezone does not know. */
export function noZone(name: string): { readonly message: string; readonly near: string | null } {
  return {
    message: `There is no time zone ${quote(name)}; expected an IANA name such as Asia/Shanghai.`,
    near: nearMiss(name, Intl.supportedValuesOf('timeZone')),
  };
}
